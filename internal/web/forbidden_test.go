package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"newsdesk/internal/app"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/apptest"
	"newsdesk/internal/store"
	"newsdesk/internal/web"
	"newsdesk/internal/web/page"
)

// who may take a route.
type who int

const (
	everybody who = iota // before signing in, too
	signedIn
	readers    // of the article: contributors their own, others every one
	writers    // contributors and editors
	ownWriters // the same, contributors their own articles
	reviewers
	returners // reviewers and editors
	editors
	stoppers // editors and administrators
	administrators
)

// decided says for every route of the newsroom who may take it. A route that is not here fails the test: whoever adds one
// decides here.
func decided() map[string]who {
	return map[string]who{
		"GET /setup": everybody, "POST /setup": everybody, "GET /sign-in": everybody, "POST /sign-in": everybody,
		"POST /sign-out": everybody, "POST /language": everybody,
		"GET /photos/{digest}/{recipe}": everybody, // who is not signed in is told that there is no such photo

		"GET /live": signedIn, "GET /{$}": signedIn, "GET /today/part": signedIn,
		"GET /me": signedIn, "GET /me/password": signedIn, "POST /me/password": signedIn, "POST /me/language": signedIn,
		"POST /me/sessions/end": signedIn, "POST /me/sessions/{session}/end": signedIn,

		"GET /people": administrators, "GET /people/new": administrators, "POST /people": administrators,
		"POST /people/unlock": administrators, "GET /people/{id}": administrators, "POST /people/{id}": administrators,
		"POST /people/{id}/disable": administrators, "POST /people/{id}/enable": administrators,
		"POST /people/{id}/password": administrators, "POST /people/{id}/sessions/end": administrators,
		"POST /people/{id}/sessions/{session}/end": administrators,
		"GET /tokens": administrators, "POST /tokens": administrators, "POST /tokens/{id}/revoke": administrators,

		"GET /articles": signedIn, "POST /articles": writers, "POST /articles/move": writers,
		"GET /articles/{id}": readers, "GET /articles/{id}/file": readers, "GET /articles/{id}/export": readers, "GET /articles/{id}/export.zip": readers,
		"POST /articles/{id}/submit": ownWriters, "POST /articles/{id}/withdraw": ownWriters, "POST /articles/{id}/restore": ownWriters,
		"POST /articles/{id}/correct": ownWriters, "POST /articles/{id}/retract": editors, "POST /articles/{id}/publish": editors,
		"GET /articles/{id}/where": readers, "GET /articles/{id}/where/part": readers, "POST /articles/{id}/where/{delivery}/retract": editors, "POST /articles/{id}/where/{delivery}/taken-down": editors,
		"GET /hand-in": writers, "POST /hand-in": writers, "GET /hand-in/{id}": ownWriters, "POST /hand-in/{id}/into": ownWriters,

		"GET /articles/{id}/edit": ownWriters, "PUT /articles/{id}/working": ownWriters,
		// What these drop is the person's own working copy, wherever it is.
		"DELETE /articles/{id}/working": writers, "POST /articles/{id}/forget": writers,
		"POST /articles/{id}/revisions": ownWriters, "GET /articles/{id}/revisions/{number}": readers,
		"POST /articles/{id}/preview": readers, "POST /articles/{id}/plain": ownWriters,
		"POST /articles/{id}/attachments": ownWriters, "GET /attachments/{article}/{file}": readers,
		"GET /articles/{id}/frame/{target}": signedIn, // an empty page, the same for every article
		"POST /photos":                      writers, "POST /photos/{digest}/rotate": writers,

		"GET /articles/{id}/review": readers, "GET /articles/{id}/review/wechat": readers,
		"POST /articles/{id}/review/sign": reviewers, "POST /articles/{id}/review/return": returners,
		"POST /articles/{id}/review/meant":    editors,
		"POST /articles/{id}/review/comments": readers, "POST /articles/{id}/review/comments/{comment}": readers,
		"GET /articles/{id}/sheet": readers, "GET /articles/{id}/history": readers,
		"GET /history": signedIn, "GET /history.csv": signedIn,

		"GET /editions": signedIn, "GET /editions/calendar": signedIn, "GET /editions/calendar/part": signedIn,
		"GET /editions/new": editors, "POST /editions": editors, "GET /editions/cover/{article}/{revision}/{shape}": readers,
		"GET /editions/{id}": readers, "GET /editions/{id}/state": readers, "GET /editions/{id}/slots": editors,
		"POST /editions/{id}/time": editors, "POST /editions/{id}/change": editors, "POST /editions/{id}/cancel": editors,
		"POST /editions/{id}/fire": editors, "POST /editions/{id}/preview": editors,
		"GET /deliveries/{id}": readers, "GET /deliveries/{id}/state": readers,
		"POST /deliveries/{id}/release": editors, "POST /deliveries/{id}/retry": editors, "POST /deliveries/{id}/cancel": editors,
		"POST /deliveries/{id}/went-out": editors, "POST /deliveries/{id}/retract": editors, "GET /deliveries/{id}/resend": editors, "POST /deliveries/{id}/resend": editors,

		"GET /stops": stoppers, "GET /stops/part": stoppers, "GET /stops/note": signedIn, "POST /stops": stoppers, "POST /stops/lift": stoppers,
		"GET /help/faults": signedIn,

		"GET /settings":         administrators,
		"GET /settings/columns": administrators, "POST /settings/columns": administrators,
		"POST /settings/columns/rename": administrators, "POST /settings/columns/place": administrators,
		"POST /settings/columns/remove": administrators,
		"GET /settings/columns/rules":   administrators, "POST /settings/columns/rules": administrators,
		"GET /settings/words": administrators, "POST /settings/words": administrators, "POST /settings/words/paste": administrators,
		"POST /settings/words/sample": administrators, "POST /settings/words/remove": administrators, "GET /settings/words.csv": administrators,
		"GET /settings/accounts": administrators, "GET /settings/accounts/new": administrators,
		"POST /settings/accounts": administrators, "GET /settings/accounts/{name}": administrators,
		"POST /settings/accounts/{name}": administrators, "POST /settings/accounts/{name}/remove": administrators,
		"POST /settings/accounts/{name}/test": administrators, "POST /settings/accounts/{name}/quota": administrators,
		"GET /settings/themes": administrators, "GET /settings/themes/new": administrators,
		"GET /settings/notices": administrators, "GET /settings/notices/new": administrators,
		"POST /settings/notices": administrators, "GET /settings/notices/{channel}": administrators,
		"POST /settings/notices/{channel}": administrators, "POST /settings/notices/{channel}/remove": administrators,
		"POST /settings/notices/{channel}/test": administrators,
		"GET /settings/targets":                 administrators, "GET /settings/new-target": administrators, "POST /settings/targets": administrators,
		"GET /settings/targets/{name}": administrators, "POST /settings/targets/{name}": administrators,
		"POST /settings/targets/{name}/remove": administrators, "POST /settings/targets/{name}/test": administrators,
		"POST /settings/themes": administrators, "POST /settings/themes/sample": administrators,
		"GET /settings/themes/{name}": administrators, "GET /settings/themes/{name}/sample": administrators,
		"POST /settings/themes/{name}": administrators, "POST /settings/themes/{name}/remove": administrators,
		"GET /settings/stages": administrators, "POST /settings/stages": administrators, "POST /settings/stages/quiet": administrators,
	}
}

// frameRoutes are the routes of page itself, which no room lists.
var frameRoutes = []page.Route{{Pattern: "GET /live"}, {Pattern: "POST /language", Open: true}}

// mayMiss are routes whose thing is not there in the test, and says so to who may ask.
var mayMiss = []string{
	"POST /articles/{id}/review/comments/{comment}", "GET /hand-in/{id}", "POST /hand-in/{id}/into", "GET /articles/{id}/file",
	"GET /articles/{id}/sheet", "GET /editions/cover/{article}/{revision}/{shape}", "POST /tokens", "POST /settings/themes",
	"GET /settings/notices/new", "GET /settings/notices/{channel}", "POST /settings/notices/{channel}", "POST /settings/notices/{channel}/remove",
	"POST /settings/notices/{channel}/test",
	"GET /settings/new-target", "GET /settings/targets/{name}", "POST /settings/targets/{name}", "POST /settings/targets/{name}/remove", "POST /settings/targets/{name}/test",
}

func routes(t *testing.T) []page.Route {
	t.Helper()
	kit, err := page.New(web.Config{})
	if err != nil {
		t.Fatal(err)
	}
	out := slices.Clone(frameRoutes)
	for _, room := range web.Rooms(kit) {
		out = append(out, room.Routes...)
	}
	return out
}

// TestEveryRouteIsDecided walks the table of the routes that there are.
func TestEveryRouteIsDecided(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	for _, r := range routes(t) {
		there[r.Pattern] = true
		w, ok := decided()[r.Pattern]
		if !ok {
			t.Errorf("nobody has decided who may take %q", r.Pattern)
			continue
		}
		if r.Open != (w == everybody) {
			t.Errorf("%q is open: %v", r.Pattern, r.Open)
		}
		if w > signedIn && w != readers && len(r.Roles) == 0 {
			t.Errorf("%q asks for no role at the door", r.Pattern)
		}
	}
	for pattern := range decided() {
		if !there[pattern] {
			t.Errorf("%q is decided and is not there", pattern)
		}
	}
}

// intruder makes requests by hand: with whatever cookie, and no page before them.
type intruder struct {
	testing.TB
	http.Client
	base   string
	cookie string
}

func (i *intruder) request(method, path, contentType, body string, header ...string) (*http.Response, string) {
	i.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(i.Context()), method, i.base+path, strings.NewReader(body))
	if err != nil {
		i.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if i.cookie != "" {
		req.AddCookie(&http.Cookie{Name: "newsdesk-session", Value: i.cookie})
	}
	for n := 0; n+1 < len(header); n += 2 {
		req.Header.Set(header[n], header[n+1])
	}
	res, err := i.Do(req)
	if err != nil {
		i.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") { // goes on for ever
		return res, ""
	}
	data, err := io.ReadAll(res.Body)
	if err != nil {
		i.Fatalf("%s %s: %v", method, path, err)
	}
	return res, string(data)
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// premises is a furnished house, with what the addresses name and somebody in every role.
type premises struct {
	testing.TB
	*app.App
	office  *app.Office
	people  map[string]press.Actor // by key; stranger is a contributor who has written nothing
	cookies map[string]string
	values  map[string]string // of the places in addresses, by collection and name
}

func occupied(t *testing.T, lang press.Lang) *premises {
	t.Helper()
	a, office := furnished(t, lang)
	p := &premises{TB: t, App: a, office: office, people: map[string]press.Actor{}, cookies: map[string]string{}}
	for _, key := range []string{"admin", "writer", "editor", "first"} {
		p.people[key] = office.Person(key)
	}
	p.people["stranger"] = p.hire("Stranger", press.Contributor)
	p.people["victim"] = p.hire("Victim", press.Contributor)
	for key := range p.people {
		p.cookies[key] = p.cookie(key)
	}
	p.find()
	return p
}

func (p *premises) ok(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *premises) hire(name string, role press.Role) press.Actor {
	p.Helper()
	user, err := p.Desk.AddUser(p.Context(), press.System(), name, []press.Role{role}, nil)
	p.ok(err)
	once, user, err := p.Desk.ResetPassword(p.Context(), press.System(), user.ID)
	p.ok(err)
	p.ok(p.Desk.ChangePassword(p.Context(), press.Actor{User: user}, once, app.SamplePassword, press.Session{}))
	user.MustChange = false
	return press.Actor{User: user}
}

func (p *premises) cookie(key string) string {
	p.Helper()
	secret, _, err := p.Desk.SignIn(p.Context(), p.people[key].Name, app.SamplePassword, "test", "127.0.0.1")
	p.ok(err)
	return secret
}

// find looks up what addresses can name.
func (p *premises) find() {
	p.Helper()
	ctx := p.Context()
	articles, _, err := p.Store.Articles(ctx, store.ArticleFilter{States: []press.ArticleState{press.ArticleReview}, Author: p.people["writer"].ID})
	p.ok(err)
	editions, _, err := p.Store.Editions(ctx, store.EditionFilter{Limit: 1})
	p.ok(err)
	deliveries, _, err := p.Store.Deliveries(ctx, store.DeliveryFilter{Kind: press.TargetWeChat, Limit: 1})
	p.ok(err)
	sessions, err := p.Store.Sessions(ctx, p.people["victim"].ID)
	p.ok(err)
	_, token, err := p.Desk.CreateToken(ctx, press.System(), "Victim", "test")
	p.ok(err)
	if len(articles) == 0 || len(editions) == 0 || len(deliveries) == 0 || len(sessions) == 0 {
		p.Fatalf("the office lacks something: %d articles, %d editions, %d deliveries", len(articles), len(editions), len(deliveries))
	}
	photo := ""
	for _, a := range articles {
		revision, err := p.Store.Revision(ctx, a.ID, 0)
		p.ok(err)
		if list := revision.Content.Body.Photos(); len(list) > 0 {
			photo = string(list[0])
		}
	}
	attached, err := p.Desk.KeepAttachment(ctx, p.people["writer"], articles[0].ID, "form.csv", strings.NewReader("<script>,a"))
	p.ok(err)
	p.values = map[string]string{
		"{file}":   string(attached.File),
		"articles": string(articles[0].ID), "hand-in": string(articles[0].ID), "editions": string(editions[0].ID),
		"deliveries": string(deliveries[0].ID), "people": string(p.people["victim"].ID), "tokens": string(token.ID),
		"{session}": string(sessions[0].ID), "{comment}": press.NewID(time.Now()), "{number}": "1", "{target}": "wechat",
		"{delivery}": string(deliveries[0].ID),
		"{digest}":   photo, "{recipe}": "site-480", "{article}": string(articles[0].ID), "{revision}": "1", "{shape}": "wide", "{channel}": press.NewID(time.Now()),
		"accounts": p.Config.Accounts[0].Name, "themes": p.Config.Themes.Default,
		"targets": "none",
	}
}

var place = regexp.MustCompile(`\{[a-z$]+\}`)

// address fills the places of a pattern.
func (p *premises) address(pattern string) (method, path string) {
	p.Helper()
	method, path, _ = strings.Cut(pattern, " ")
	collection, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	path = place.ReplaceAllStringFunc(path, func(name string) string {
		switch name {
		case "{$}":
			return ""
		case "{id}":
			name = collection
		case "{name}": // settings/accounts, settings/themes
			name = strings.Split(path, "/")[2]
		}
		value := p.values[name]
		if value == "" {
			p.Fatalf("nothing to put for %s in %q", name, pattern)
		}
		return value
	})
	if path == "/live" {
		path += "?topic=today"
	}
	return method, path
}

func (p *premises) intruder(key string) *intruder {
	return &intruder{TB: p, Client: http.Client{CheckRedirect: stay, Timeout: 20 * time.Second}, base: p.Config.PublicURL, cookie: p.cookies[key]}
}

// verdict is what a person is to get: let in, refused, or told that there is no such thing.
type verdict int

const (
	letIn verdict = iota
	refused
	hidden
)

// judge says what is decided for somebody.
func judge(w who, key string) verdict {
	role := map[string]press.Role{
		"admin": press.Administrator, "writer": press.Contributor, "stranger": press.Contributor, "editor": press.Editor, "first": press.Reviewer,
	}[key]
	oneOf := func(roles ...press.Role) verdict {
		if slices.Contains(roles, role) {
			return letIn
		}
		return refused
	}
	switch w {
	case everybody, signedIn:
		return letIn
	case readers:
		if key == "stranger" {
			return hidden
		}
		return letIn
	case ownWriters:
		if key == "stranger" {
			return hidden
		}
		return oneOf(press.Contributor, press.Editor)
	case writers:
		return oneOf(press.Contributor, press.Editor)
	case reviewers:
		return oneOf(press.Reviewer)
	case returners:
		return oneOf(press.Reviewer, press.Editor)
	case editors:
		return oneOf(press.Editor)
	case stoppers:
		return oneOf(press.Editor, press.Administrator)
	case administrators:
		return oneOf(press.Administrator)
	}
	panic("nothing is decided")
}

const formType = "application/x-www-form-urlencoded"

// sent is a body that a route can read.
func sent(pattern string) (contentType, body string) {
	const content = `"content":{"title":"t","credits":{},"cover":{"focus":{"x":0.5,"y":0.5}},"body":{"version":1,"blocks":[]}}`
	switch pattern {
	case "PUT /articles/{id}/working", "POST /articles/{id}/revisions":
		return "application/json", `{"base":1,` + content + `}`
	case "POST /articles/{id}/preview":
		return "application/json", `{"target":"wechat",` + content + `}`
	}
	return formType, ""
}

// TestForbidden tries, by hand-made requests, everything that somebody's role forbids.
func TestForbidden(t *testing.T) {
	t.Parallel()
	p := occupied(t, press.English)
	all := routes(t)
	t.Run("pages", func(t *testing.T) { checkPages(t, p, all) })
	t.Run("other websites", func(t *testing.T) { checkOtherWebsites(t, p, all) })
	t.Run("sizes", func(t *testing.T) { checkSizes(t, p, all) })
	t.Run("nobody", func(t *testing.T) { checkNobody(t, p, all) })
	t.Run("one-time password", func(t *testing.T) { checkOneTime(t, p, all) })
	// Refusals first: what is let in changes things.
	for _, let := range []bool{false, true} {
		for _, key := range []string{"stranger", "writer", "first", "editor", "admin"} {
			t.Run(fmt.Sprintf("%s let in %v", key, let), func(t *testing.T) { checkRole(t, p, all, key, let) })
		}
	}
}

// checkRole asks for every route as one person; those they are let in to, or the others. Being turned away changes nothing.
func checkRole(t *testing.T, p *premises, all []page.Route, key string, let bool) {
	before := p.last(key)
	for _, route := range all {
		want := judge(decided()[route.Pattern], key)
		if (want == letIn) != let {
			continue
		}
		i := p.intruder(key)
		i.TB = t
		method, path := p.address(route.Pattern)
		if path == "/sign-out" {
			i.cookie = p.cookie(key) // a session that ends
		}
		kind, sends := sent(route.Pattern)
		res, body := i.request(method, path, kind, sends)
		if complaint := weigh(want, route.Pattern, res); complaint != "" {
			t.Errorf("%s as %s: %d to %q, %s\n%.600s", route.Pattern, key, res.StatusCode, res.Header.Get("Location"), complaint, body)
		}
		if want != letIn && strings.Contains(body, p.values["articles"]) && !strings.Contains(path, p.values["articles"]) {
			t.Errorf("%s as %s: the refusal names an article", route.Pattern, key)
		}
	}
	if after := p.last(key); !let && after != before {
		t.Errorf("%s has done something: entry %d of the history", key, after)
	}
}

// last is the number of the newest entry of the history that names somebody as who did it.
func (p *premises) last(key string) int64 {
	p.Helper()
	list, err := p.Store.Audit(p.Context(), store.AuditFilter{Actor: p.people[key].ID, Limit: 1})
	p.ok(err)
	if len(list) == 0 {
		return 0
	}
	return list[0].Seq
}

// weigh compares an answer with what is decided; "": it is right.
func weigh(want verdict, pattern string, res *http.Response) string {
	to := res.Header.Get("Location")
	switch {
	case want == refused && res.StatusCode != http.StatusForbidden:
		return "want to be refused"
	case want == hidden && res.StatusCode != http.StatusNotFound && !(res.StatusCode == http.StatusSeeOther && toldNo(res)):
		return "want to be told that there is no such thing"
	case want != letIn:
		return ""
	case res.StatusCode == http.StatusNotFound && slices.Contains(mayMiss, pattern):
		return ""
	case slices.Contains([]int{401, 403, 404, 405, 500, 503}, res.StatusCode),
		strings.HasPrefix(to, "/sign-in") && pattern != "POST /sign-out" && pattern != "POST /setup":
		return "want to be let in"
	}
	return ""
}

// toldNo reports whether the page that an answer leads to will say that it was refused.
func toldNo(res *http.Response) bool {
	for _, c := range res.Cookies() {
		data, err := base64.RawURLEncoding.DecodeString(c.Value)
		if c.Name == "newsdesk-flash" && err == nil && strings.Contains(string(data), `"k":"refused"`) {
			return true
		}
	}
	return false
}

// checkNobody asks for everything without a session, and with sessions that are none.
func checkNobody(t *testing.T, p *premises, all []page.Route) {
	over := p.cookie("stranger")
	_, session, err := p.Desk.SessionActor(t.Context(), over)
	p.ok(err)
	p.ok(p.Desk.EndSession(t.Context(), p.people["admin"], session.ID))
	real := p.cookies["admin"]
	for name, cookie := range map[string]string{
		"none": "", "invented": strings.Repeat("A", 43), "over": over, "changed": flip(real), "cut": real[:42], "long": real + "A", "its identifier": string(session.ID),
		"huge": strings.Repeat("A", 4000), "odd": "%00'--",
	} {
		for _, route := range all {
			if decided()[route.Pattern] == everybody || name != "none" && route.Pattern != "GET /people" && route.Pattern != "POST /people" {
				continue
			}
			i := &intruder{TB: t, Client: http.Client{CheckRedirect: stay}, base: p.Config.PublicURL, cookie: cookie}
			method, path := p.address(route.Pattern)
			res, _ := i.request(method, path, formType, "")
			to := res.Header.Get("Location")
			if method == http.MethodGet && (res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in")) ||
				method != http.MethodGet && res.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s with a session that is %s: %d to %q", route.Pattern, name, res.StatusCode, to)
			}
		}
	}
	i := &intruder{TB: t, base: p.Config.PublicURL}
	if res, _ := i.request(http.MethodGet, "/photos/"+p.values["{digest}"]+"/site-480", "", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("a photo for nobody: %d", res.StatusCode)
	}
}

// flip changes one character in the middle of a secret.
func flip(secret string) string {
	other := "A"
	if secret[20] == 'A' {
		other = "B"
	}
	return secret[:20] + other + secret[21:]
}

// checkOneTime asks for everything with a one-time password that has not been changed.
func checkOneTime(t *testing.T, p *premises, all []page.Route) {
	user, err := p.Desk.AddUser(t.Context(), press.System(), "New "+t.Name(), []press.Role{press.Administrator, press.Editor}, nil)
	p.ok(err)
	once, _, err := p.Desk.ResetPassword(t.Context(), press.System(), user.ID)
	p.ok(err)
	secret, _, err := p.Desk.SignIn(t.Context(), user.Name, once, "test", "127.0.0.1")
	p.ok(err)
	for _, route := range all {
		method, path := p.address(route.Pattern)
		if decided()[route.Pattern] == everybody || path == "/me/password" {
			continue
		}
		i := &intruder{TB: t, Client: http.Client{CheckRedirect: stay}, base: p.Config.PublicURL, cookie: secret}
		if res, _ := i.request(method, path, formType, ""); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/me/password" {
			t.Errorf("%s with a one-time password: %d to %q", route.Pattern, res.StatusCode, res.Header.Get("Location"))
		}
	}
}

// checkOtherWebsites sends every change from a page of another website, in the browser of somebody who may make it.
func checkOtherWebsites(t *testing.T, p *premises, all []page.Route) {
	for _, route := range all {
		method, path := p.address(route.Pattern)
		if method == http.MethodGet {
			continue
		}
		for _, header := range [][]string{
			{"Sec-Fetch-Site", "cross-site", "Origin", "https://elsewhere.example"},
			{"Sec-Fetch-Site", "same-site"},
			{"Origin", "https://elsewhere.example"},
			{"Origin", "null"},
		} {
			i := p.intruder("admin")
			i.TB = t
			if res, _ := i.request(method, path, formType, "", header...); res.StatusCode != http.StatusForbidden {
				t.Errorf("%s with %v: %d", route.Pattern, header, res.StatusCode)
			}
		}
	}
}

// checkSizes sends far too much to every route. Nothing breaks, and what reads its body says that it is too large.
func checkSizes(t *testing.T, p *premises, all []page.Route) {
	says := map[string]string{ // who may send it
		"POST /sign-in": "", "POST /people": "admin", "POST /tokens": "admin", "POST /me/password": "first",
		"PUT /articles/{id}/working": "writer", "POST /articles/{id}/revisions": "writer",
	}
	for _, route := range all {
		method, path := p.address(route.Pattern)
		if method == http.MethodGet || route.MaxBytes < 0 {
			continue
		}
		limit := route.MaxBytes
		if limit == 0 {
			limit = 1 << 20
		}
		key, told := says[route.Pattern]
		if !told {
			key = "victim"
		}
		kind, body := formType, "name="+strings.Repeat("x", int(limit)+1)
		if strings.HasPrefix(route.Pattern, "PUT") || strings.HasSuffix(path, "/revisions") {
			kind, body = "application/json", `{"base":1,"content":"`+strings.Repeat("x", int(limit)+1)+`"}`
		}
		i := &intruder{TB: t, Client: http.Client{CheckRedirect: stay}, base: p.Config.PublicURL, cookie: p.cookies[key]}
		if told && key != "" {
			i.cookie = p.cookie(key) // a session that may end
		}
		res, said := i.request(method, path, kind, body)
		if told && res.StatusCode != http.StatusRequestEntityTooLarge || res.StatusCode >= 500 {
			t.Errorf("%s with %d bytes: %d\n%.300s", route.Pattern, len(body), res.StatusCode, said)
		}
	}
}

// checkPages looks at every page as people of every role see it: nothing runs that is not a file of ours, and every answer
// carries the policy.
func checkPages(t *testing.T, p *premises, all []page.Route) {
	pages := 0
	for _, key := range []string{"", "writer", "first", "editor", "admin"} {
		for _, route := range all {
			method, path := p.address(route.Pattern)
			if method != http.MethodGet || path == "/live?topic=today" {
				continue
			}
			i := p.intruder(key)
			i.TB = t
			res, body := i.request(method, path, "", "")
			checkHeaders(t, path, res)
			if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && res.StatusCode != http.StatusSeeOther {
				pages++
				frame := res.Header.Get("Content-Security-Policy") == page.FramePolicy
				for _, found := range inline(t, body, frame) {
					t.Errorf("%s as %q: %s", path, key, found)
				}
			}
		}
	}
	if pages < 40 {
		t.Errorf("only %d pages were looked at", pages)
	}
}

func checkHeaders(t *testing.T, path string, res *http.Response) {
	t.Helper()
	h := res.Header
	policy := h.Get("Content-Security-Policy")
	if file := strings.HasPrefix(h.Get("Content-Disposition"), "attachment"); policy != page.Policy && policy != page.FramePolicy && (!file || policy != page.FilePolicy) {
		t.Errorf("%s has the policy %q", path, policy)
	}
	for _, allowed := range []string{"'unsafe-eval'", "*", "http:", "https:"} {
		if strings.Contains(policy, allowed) {
			t.Errorf("%s: the policy allows %s", path, allowed)
		}
	}
	if policy == page.Policy && strings.Contains(policy, "'unsafe-inline'") || strings.Contains(policy, "script-src 'unsafe-inline'") {
		t.Errorf("%s: the policy allows what stands in the page", path)
	}
	if h.Get("X-Content-Type-Options") != "nosniff" || !slices.Contains([]string{"SAMEORIGIN", "DENY"}, h.Get("X-Frame-Options")) || h.Get("Referrer-Policy") == "" {
		t.Errorf("%s lacks headers: %v", path, h)
	}
	if cache := h.Get("Cache-Control"); cache != "no-store" && !strings.HasPrefix(cache, "private") {
		t.Errorf("%s may be kept by others: %q", path, cache)
	}
}

// inline lists what a policy without exceptions would not let run or look like something. In the frame of a preview styles
// are the renderer's own.
func inline(t *testing.T, text string, frame bool) (found []string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			value := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style" && !frame, a.Key == "srcdoc":
				found = append(found, fmt.Sprintf("<%s %s=%q>", n.Data, a.Key, a.Val))
			case strings.HasPrefix(value, "javascript:"), strings.HasPrefix(value, "vbscript:"), strings.HasPrefix(value, "data:text"):
				found = append(found, fmt.Sprintf("<%s %s=%q>", n.Data, a.Key, a.Val))
			}
		}
		own := strings.HasPrefix(attr["src"], "/assets/")
		switch {
		case n.Data == "script" && (frame || attr["type"] != "application/json" && !own), n.Data == "style" && !frame,
			n.Data == "base" && (!frame || attr["href"] != ""), n.Data == "object", n.Data == "embed", n.Data == "iframe" && attr["src"] != "" && !strings.HasPrefix(attr["src"], "/"):
			found = append(found, fmt.Sprintf("<%s %v>", n.Data, n.Attr))
		}
	}
	return found
}

// TestSessionFixation: a secret that was put into the browser beforehand never becomes somebody's session.
func TestSessionFixation(t *testing.T) {
	t.Parallel()
	a := house(t, nil)
	_, _, err := a.Desk.SetUp(t.Context(), desk.SetUp{Name: "Admin", Password: app.SamplePassword, Here: true})
	if err != nil {
		t.Fatal(err)
	}
	chosen := strings.Repeat("A", 43)
	base, err := url.Parse(a.Config.PublicURL)
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]bool{chosen: true}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(base, []*http.Cookie{{Name: "newsdesk-session", Value: chosen, Path: "/"}})
	i := &intruder{TB: t, Client: http.Client{CheckRedirect: stay, Jar: jar}, base: a.Config.PublicURL}
	for range 3 { // each sign-in gives a fresh secret, and ends the one before
		res, _ := i.request(http.MethodPost, "/sign-in", formType, url.Values{"name": {"Admin"}, "password": {app.SamplePassword}}.Encode())
		var cookie *http.Cookie
		for _, c := range res.Cookies() {
			if c.Name == "newsdesk-session" && c.Value != "" {
				cookie = c
			}
		}
		if cookie == nil || secrets[cookie.Value] {
			t.Fatalf("no fresh secret: %v", res.Cookies())
		}
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
			t.Errorf("the cookie is %+v", cookie)
		}
		for old := range secrets {
			if _, _, err := a.Desk.SessionActor(t.Context(), old); press.KindOf(err) != press.Unauthenticated {
				t.Errorf("an earlier secret still opens: %v", err)
			}
		}
		secrets[cookie.Value] = true
	}
}

// TestLockoutOverHTTP: who guesses is stopped, by name and by address, and what is said is the same for names that exist.
func TestLockoutOverHTTP(t *testing.T) {
	t.Parallel()
	a := house(t, map[string]any{"behind_proxy": true})
	if _, _, err := a.Desk.SetUp(t.Context(), desk.SetUp{Name: "Admin", Password: app.SamplePassword, Here: true}); err != nil {
		t.Fatal(err)
	}
	guess := func(name, password, address string) (int, string) {
		i := &intruder{TB: t, Client: http.Client{CheckRedirect: stay}, base: a.Config.PublicURL}
		res, body := i.request(http.MethodPost, "/sign-in", formType, url.Values{"name": {name}, "password": {password}}.Encode(),
			"X-Forwarded-For", "203.0.113.9, "+address, "Accept-Language", "en")
		return res.StatusCode, strings.ReplaceAll(body, name, "NAME")
	}
	said := map[string][]string{}
	for _, name := range []string{"Admin", "Nobody"} {
		for n := range 7 {
			status, body := guess(name, "a wrong sentence", fmt.Sprint("192.0.2.", n))
			if want := map[bool]int{true: http.StatusUnprocessableEntity, false: http.StatusTooManyRequests}[n < 5]; status != want {
				t.Errorf("guess %d of %s: %d, want %d", n, name, status, want)
			}
			said[name] = append(said[name], body)
		}
	}
	if !slices.Equal(said["Admin"], said["Nobody"]) {
		t.Error("a name that nobody has is told apart")
	}
	if status, _ := guess("Admin", app.SamplePassword, "192.0.2.99"); status != http.StatusTooManyRequests {
		t.Errorf("the right password while locked: %d", status)
	}
	for n := range 31 {
		status, _ := guess(fmt.Sprint("name ", n), "a wrong sentence", "198.51.100.1")
		if n == 30 && status != http.StatusTooManyRequests {
			t.Errorf("guess %d from one address: %d", n+1, status)
		}
	}
	list, err := a.Desk.Lockouts(t.Context(), press.System())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(list, func(l press.Lockout) bool { return l.Address == "198.51.100.1" }) {
		t.Errorf("the address that the proxy names is not locked: %+v", list)
	}
}

// TestSecretsStaySecret lives through what has to do with secrets and looks for them in every line of the log and on every
// page afterwards.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	log := &transcript{}
	a := loud(t, log)
	ctx := t.Context()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	i := &intruder{TB: t, Client: http.Client{CheckRedirect: stay, Jar: jar}, base: a.Config.PublicURL}
	form := func(path string, pairs ...string) string {
		t.Helper()
		values := url.Values{}
		for n := 0; n+1 < len(pairs); n += 2 {
			values.Add(pairs[n], pairs[n+1])
		}
		res, body := i.request(http.MethodPost, path, formType, values.Encode())
		if res.StatusCode >= 500 {
			t.Fatalf("%s: %d\n%s", path, res.StatusCode, body)
		}
		return body
	}
	const (
		password = "the sentence of the administrator"
		wrong    = "a sentence that is wrong"
		appKey   = "0123456789abcdef0123456789abcdef"
	)
	form("/setup", "name", "Admin", "password", password, "again", password)
	once := shown.FindStringSubmatch(form("/people", "name", "Wang Min", "role", "contributor"))
	token := shown.FindStringSubmatch(form("/tokens", "user", "Admin", "label", "test"))
	if once == nil || token == nil {
		t.Fatal("what is shown once is not shown")
	}
	form("/sign-in", "name", "Admin", "password", wrong)
	form("/sign-in", "name", wrong, "password", wrong) // typed into the wrong field
	form("/me/password", "old", wrong, "new", password+" 2", "again", password+" 2")
	form("/me/password", "old", password, "new", wrong, "again", password)
	form("/sign-in?password="+url.QueryEscape(wrong), "name", "Admin")
	admin, err := a.Store.UserByName(ctx, "Admin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Desk.SaveAccount(ctx, press.Actor{User: admin}, desk.AccountChange{
		Name: "second", AppID: "wx0123456789abcdef", Kind: press.AccountSubscription, Theme: a.Config.Themes.Default, Secret: appKey,
	}); err != nil {
		t.Fatal(err)
	}
	_, _ = a.Desk.TestAccount(ctx, press.Actor{User: admin}, "second") // refused by the sandbox, which does not know it
	base, err := url.Parse(a.Config.PublicURL)
	if err != nil {
		t.Fatal(err)
	}
	session := ""
	for _, c := range jar.Cookies(base) {
		if c.Name == "newsdesk-session" {
			session = c.Value
		}
	}
	secrets := map[string]string{
		"password": password, "wrong password": wrong, "one-time password": once[1], "token": token[1], "account secret": appKey, "session": session,
	}
	for name, secret := range secrets {
		if len(secret) < 10 {
			t.Fatalf("the %s is %q", name, secret)
		}
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds the %s", name)
		}
	}
	crawl(t, i, func(path, body string) {
		for name, secret := range secrets {
			if strings.Contains(body, secret) || strings.Contains(body, url.QueryEscape(secret)) {
				t.Errorf("%s shows the %s", path, name)
			}
		}
	})
	entries, err := a.Store.Audit(ctx, store.AuditFilter{Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		for name, secret := range secrets {
			if strings.Contains(fmt.Sprintf("%+v", e), secret) {
				t.Errorf("the history holds the %s: %+v", name, e)
			}
		}
	}
}

var (
	shown = regexp.MustCompile(`id="secret"[^>]* value="([^"]+)"`)
	links = regexp.MustCompile(`(?:href|src|data-live-src|hx-get)="(/[^"]*)"`)
)

// crawl reads every page that can be reached by links.
func crawl(t *testing.T, i *intruder, look func(path, body string)) {
	t.Helper()
	seen, todo := map[string]bool{}, []string{"/", "/people", "/tokens", "/history", "/history.csv", "/me", "/settings/accounts"}
	for len(todo) > 0 && len(seen) < 200 {
		path := strings.ReplaceAll(todo[0], "&amp;", "&")
		todo = todo[1:]
		if path, _, _ = strings.Cut(path, "#"); seen[path] || strings.HasPrefix(path, "/assets/") || strings.HasPrefix(path, "/live") {
			continue
		}
		seen[path] = true
		res, body := i.request(http.MethodGet, path, "", "")
		if res.StatusCode >= 500 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		look(path, body)
		for _, m := range links.FindAllStringSubmatch(body, -1) {
			todo = append(todo, m[1])
		}
	}
	if len(seen) < 12 {
		t.Errorf("only %d pages can be reached: %v", len(seen), slices.Sorted(maps.Keys(seen)))
	}
}

// transcript is a log that is kept.
type transcript struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (l *transcript) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

// loud is a house that says everything it can say.
func loud(t *testing.T, log io.Writer) *app.App {
	t.Helper()
	a := apptest.Open(t, nil, func(o *app.Options) {
		o.Logger = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug - 4}))
	})
	return a
}
