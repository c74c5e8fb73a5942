package editions_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/app"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/apptest"
	"newsdesk/internal/store"
	"newsdesk/internal/wechat/sandbox"
)

// house is a whole Newsdesk with the sample office in it, and a browser without scripts for each of its people.
type house struct {
	testing.TB
	*app.App
	office *app.Office
	as     map[string]*http.Client
}

func open(t testing.TB) *house {
	t.Helper()
	a := apptest.Open(t, apptest.Quick(nil), func(o *app.Options) {
		o.Sandbox = func(c *sandbox.Config) { c.PublishDelay = 50 * time.Millisecond }
	})
	h := &house{TB: t, App: a, office: &app.Office{App: a, Lang: press.Chinese}, as: map[string]*http.Client{}}
	h.ok(h.office.Furnish(t.Context()))
	for _, key := range []string{"admin", "writer", "editor", "first"} {
		h.signIn(key, h.office.Person(key).Name)
	}
	h.as[""] = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return h
}

func (h *house) signIn(key, name string) {
	h.Helper()
	secret, _, err := h.Desk.SignIn(h.Context(), name, app.SamplePassword, "test", "127.0.0.1")
	h.ok(err)
	jar, err := cookiejar.New(nil)
	h.ok(err)
	base, err := url.Parse(h.Config.PublicURL)
	h.ok(err)
	jar.SetCookies(base, []*http.Cookie{{Name: "newsdesk-session", Value: secret}})
	h.as[key] = &http.Client{Jar: jar}
}

func (h *house) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatalf("unexpected error: %v", err)
	}
}

// page is what came back: where the browser ended up, and what it shows.
type page struct {
	code int
	path string
	text string
}

func (h *house) send(key, method, path string, form url.Values, accept string) page {
	h.Helper()
	req, err := http.NewRequestWithContext(h.Context(), method, h.Config.PublicURL+path, strings.NewReader(form.Encode()))
	h.ok(err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept", accept)
	res, err := h.as[key].Do(req)
	h.ok(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	h.ok(err)
	return page{res.StatusCode, res.Request.URL.RequestURI(), string(body)}
}

func (h *house) get(key, path string) page {
	return h.send(key, http.MethodGet, path, nil, "text/html")
}

func (h *house) post(key, path string, form url.Values) page {
	return h.send(key, http.MethodPost, path, form, "text/html")
}

// shows checks that a page was answered and says what it must.
func (h *house) shows(p page, code int, texts ...string) {
	h.Helper()
	if p.code != code {
		h.Fatalf("%s: %d, want %d: %s", p.path, p.code, code, p.text)
	}
	for _, text := range texts {
		if !strings.Contains(p.text, html.EscapeString(text)) {
			h.Errorf("%s does not show %q", p.path, text)
		}
	}
}

// waiting are the articles that wait for an edition.
func (h *house) waiting() []store.ArticleRow {
	h.Helper()
	list, err := h.Store.Unscheduled(h.Context(), 10)
	h.ok(err)
	if len(list) < 2 {
		h.Fatalf("%d articles wait for an edition, want two", len(list))
	}
	return list
}

// form is what the page for composing sends.
func form(at time.Time, mode press.Mode, articles ...press.ArticleID) url.Values {
	at = at.In(time.FixedZone("CST", 8*3600))
	v := url.Values{
		"account": {"sandbox"}, "mode": {string(mode)}, "day": {at.Format(time.DateOnly)}, "clock": {at.Format("15:04")},
		"site": {"required"}, "lateness": {"30"}, "theme": {"institutional"},
	}
	for i, id := range articles {
		v.Set("place."+string(id), string(rune('1'+i)))
	}
	return v
}

func (h *house) push(id press.EditionID) press.Delivery {
	h.Helper()
	d, err := h.Store.Push(h.Context(), id)
	h.ok(err)
	return d
}

func (h *house) until(id press.EditionID, state press.State) press.Delivery {
	h.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(30 * time.Second); ; <-tick.C {
		d := h.push(id)
		if d.State == state {
			return d
		}
		if time.Now().After(end) || d.State == press.Blocked {
			h.Fatalf("the push is %s (%+v), want %s", d.State, d.Reason, state)
		}
	}
}

// TestFromComposingToRetraction: an editor without scripts composes, previews, moves, sends and takes down.
func TestFromComposingToRetraction(t *testing.T) {
	t.Parallel()
	h := open(t)
	list := h.waiting()
	first, second := list[1], list[0]
	h.shows(h.get("editor", "/editions/new"), 200, first.Title, second.Title)
	h.shows(h.get("editor", "/editions/new?article="+string(first.ID)), 200, first.Title, "/editions/cover/"+string(first.ID)+"/")

	tomorrow := time.Now().AddDate(0, 0, 1)
	done := h.post("editor", "/editions", form(tomorrow, press.ModePublish, first.ID, second.ID))
	h.shows(done, 200, "推送已安排", first.Title, second.Title)
	id := press.EditionID(strings.TrimPrefix(done.path, "/editions/"))
	e, err := h.Store.Edition(t.Context(), id)
	h.ok(err)
	if len(e.Items) != 2 || e.Items[0].Article != first.ID || e.Items[1].Article != second.ID || e.Theme != "institutional" {
		t.Fatalf("composed %+v", e)
	}
	push := h.until(id, press.Ready)
	where := "/editions/" + string(id)
	h.shows(h.post("editor", where+"/preview", url.Values{"reader": {"13800138000"}}), 200, "不是手机号")
	h.shows(h.post("editor", where+"/preview", url.Values{"reader": {"xuanchuanbu"}}), 200, "预览已发给 xuanchuanbu")

	moved := tomorrow.AddDate(0, 0, 1)
	h.shows(h.post("editor", where+"/time", url.Values{"day": {moved.Format(time.DateOnly)}, "clock": {"07:30"}}), 200, "已改到")
	if e, err = h.Store.Edition(t.Context(), id); err != nil || !strings.HasSuffix(e.At.In(h.Config.Zone).Format(time.RFC3339), "07:30:00+08:00") {
		t.Errorf("moved to %v: %v", e.At, err)
	}
	h.shows(h.get("editor", "/editions/calendar?view=month&at="+moved.Format(time.DateOnly)), 200, first.Title)
	h.shows(h.get("editor", "/editions/calendar?view=week&at="+moved.Format(time.DateOnly)), 200, first.Title)
	h.shows(h.get("editor", "/editions"), 200, first.Title)

	sent := h.post("editor", where+"/fire", nil)
	h.shows(sent, 200, "已提前到")
	push = h.until(id, press.Live)
	delivery := "/deliveries/" + string(push.ID)
	shown := h.get("editor", delivery)
	h.shows(shown, 200, "已上线", "微信的原始答复", "http://"+h.Config.Sandbox.Listen+"/s/")
	if part := h.get("editor", delivery+"/state"); !strings.HasPrefix(strings.TrimSpace(part.text), `<div class="columns" id="delivery" data-live="delivery:`) {
		t.Errorf("the part that stays true begins %.100s", part.text)
	}

	h.shows(h.post("editor", delivery+"/retract", nil), 200, "已撤回")
	if got := h.push(id); got.State != press.Retracted {
		t.Errorf("after the retraction the push is %s", got.State)
	}
	address := strings.Replace(push.URLs[0], "https://mp.weixin.qq.com", "http://"+h.Config.Sandbox.Listen, 1)
	res, err := http.Get(address) //nolint:noctx // a reader
	h.ok(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	h.ok(err)
	if !strings.Contains(string(body), "已被发布者删除") && !strings.Contains(string(body), "deleted by its publisher") {
		t.Errorf("readers still see the article at %s", address)
	}

	pages, err := h.Store.SiteDeliveries(t.Context(), id)
	h.ok(err)
	h.shows(h.get("", strings.TrimPrefix(pages[0].URLs[0], h.Config.PublicURL)), 200, first.Title)
	h.shows(h.post("editor", "/deliveries/"+string(pages[0].ID)+"/retract", nil), 200, "已撤回")
	h.shows(h.get("", strings.TrimPrefix(pages[0].URLs[0], h.Config.PublicURL)), 410)
	h.shows(h.get("", "/site/"), 200, second.Title)
	if strings.Contains(h.get("", "/site/").text, first.Title) {
		t.Error("the website's front page still names what was retracted")
	}
}

// TestRefusedTimes: what the allowance, quiet hours and the past forbid is told before and refused after, and nothing that
// was chosen is lost.
func TestRefusedTimes(t *testing.T) {
	t.Parallel()
	h := open(t)
	admin := h.office.Person("admin")
	settings, err := h.Desk.Settings(t.Context())
	h.ok(err)
	_, err = h.Desk.SaveQuiet(t.Context(), admin, settings.Version, []press.QuietHours{{Name: "夜间", From: 22 * 60, Until: 6 * 60}})
	h.ok(err)
	list := h.waiting()
	noon := time.Date(time.Now().Year(), time.Now().Month(), time.Now().Day()+5, 4, 0, 0, 0, time.UTC) // 12:00
	compose := func(at time.Time) (press.Edition, error) {
		e, _, err := h.Desk.Compose(t.Context(), h.office.Person("editor"), desk.NewEdition{Mode: press.ModeMass, At: at, Articles: []press.ArticleID{list[0].ID}})
		return e, err
	}
	_, err = compose(noon)
	h.ok(err)
	e, err := compose(noon.AddDate(0, 0, 1))
	h.ok(err)

	past := noon.AddDate(0, 0, -20)
	for name, at := range map[string]struct {
		at   time.Time
		code int
		text string
	}{
		"allowance": {noon.Add(time.Hour), 409, "已安排"},
		"quiet":     {noon.Add(11 * time.Hour), 409, "静默时段"},
		"past":      {past, 422, "时间已过"},
	} {
		wrong := form(at.at, press.ModeMass, list[1].ID)
		p := h.post("editor", "/editions", wrong)
		h.shows(p, at.code, at.text, list[1].Title, wrong.Get("clock"))
		if !strings.Contains(p.text, `<option value="1" selected>`) {
			t.Errorf("%s: the chosen article is lost", name)
		}
	}
	h.shows(h.get("editor", "/editions/new?"+form(past, press.ModeMass, list[1].ID).Encode()), 200, "时间已过") // also before it is sent

	var closed struct {
		Days, Hours map[string]string
	}
	slots := h.send("editor", http.MethodGet, "/editions/"+string(e.ID)+"/slots?from="+noon.AddDate(0, 0, -2).Format(time.DateOnly)+
		"&until="+noon.AddDate(0, 0, 4).Format(time.DateOnly), nil, "application/json")
	h.ok(json.Unmarshal([]byte(slots.text), &closed))
	day, own := noon.Format(time.DateOnly), noon.AddDate(0, 0, 1).Format(time.DateOnly)
	if closed.Days[day] == "" || closed.Days[own] != "" || closed.Hours[own+"T23:00"] == "" || closed.Hours[own+"T14:00"] != "" {
		t.Errorf("closed are %+v", closed)
	}

	move := "/editions/" + string(e.ID) + "/time"
	dropped := h.send("editor", http.MethodPost, move, url.Values{"at": {day}}, "application/json")
	var problem struct{ Code, Text string }
	h.ok(json.Unmarshal([]byte(dropped.text), &problem))
	if dropped.code != 409 || problem.Code != "edition.slot_mass" || problem.Text == "" {
		t.Errorf("dropped on a day that is taken: %d %s", dropped.code, dropped.text)
	}
	dropped = h.send("editor", http.MethodPost, move, url.Values{"at": {own + "T09:00"}}, "application/json")
	if !strings.Contains(dropped.text, "view=week") || dropped.code != 200 {
		t.Errorf("dropped on an hour: %d %s", dropped.code, dropped.text)
	}
	if got, err := h.Store.Edition(t.Context(), e.ID); err != nil || got.At.In(h.Config.Zone).Format("2006-01-02 15:04") != own+" 09:00" {
		t.Errorf("moved to %v: %v", got.At, err)
	}
}

// TestWhoMay: what a role does not allow is refused on the server, and who may not read an article learns nothing of it.
func TestWhoMay(t *testing.T) {
	t.Parallel()
	h := open(t)
	list, _, err := h.Store.Editions(t.Context(), store.EditionFilter{})
	h.ok(err)
	id := list[0].ID
	push := h.push(id)
	edition, delivery := "/editions/"+string(id), "/deliveries/"+string(push.ID)
	before := h.push(id)
	posts := []string{
		"/editions", edition + "/time", edition + "/change", edition + "/cancel", edition + "/fire", edition + "/preview",
		delivery + "/release", delivery + "/retry", delivery + "/cancel", delivery + "/retract", delivery + "/went-out",
	}
	for _, who := range []string{"writer", "first", "admin"} {
		for _, path := range posts {
			if p := h.post(who, path, form(time.Now().AddDate(0, 0, 3), press.ModeDraft)); p.code != 403 {
				t.Errorf("%s: POST %s: %d, want 403", who, path, p.code)
			}
		}
		for _, path := range []string{"/editions/new", edition + "/slots?from=2026-01-01&until=2026-01-02"} {
			if p := h.get(who, path); p.code != 403 {
				t.Errorf("%s: GET %s: %d, want 403", who, path, p.code)
			}
		}
	}
	for _, path := range posts {
		if p := h.send("", http.MethodPost, path, nil, "application/json"); p.code != 401 {
			t.Errorf("nobody: POST %s: %d, want 401", path, p.code)
		}
	}
	if after := h.push(id); after.State != before.State || !after.DueAt.Equal(before.DueAt) {
		t.Errorf("a refused request changed the push from %+v to %+v", before, after)
	}
	for _, path := range []string{"/editions", "/editions/calendar", edition, delivery} {
		h.shows(h.get("first", path), 200)
	}
	stranger, err := h.Desk.AddUser(t.Context(), press.System(), "示例新投稿人", []press.Role{press.Contributor}, nil)
	h.ok(err)
	once, stranger, err := h.Desk.ResetPassword(t.Context(), h.office.Person("admin"), stranger.ID)
	h.ok(err)
	h.ok(h.Desk.ChangePassword(t.Context(), press.Actor{User: stranger}, once, app.SamplePassword, press.Session{}))
	h.signIn("stranger", stranger.Name)
	for _, path := range []string{edition, edition + "/state", delivery, delivery + "/state", "/editions/cover/" + string(list[0].Items[0].Article) + "/1/wide"} {
		if p := h.get("stranger", path); p.code != 404 {
			t.Errorf("a contributor opened %s of other people's articles: %d", path, p.code)
		}
	}
	if p := h.get("stranger", "/editions"); p.code != 200 || strings.Contains(p.text, list[0].Items[0].Title) {
		t.Errorf("the list names other people's articles (%d)", p.code)
	}
	for _, path := range []string{"/editions/01m00000000000000000000000", "/deliveries/01m00000000000000000000000", "/editions/cover/x/y/z"} {
		h.shows(h.get("editor", path), 404)
	}
}
