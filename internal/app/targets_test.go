package app_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
	"newsdesk/internal/site/webhook"
	"newsdesk/internal/store"
)

// receiver is a system without an interface of its own that somebody taught to take messages.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	secret string
	got    []webhook.Message
	forged int
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		body, err := io.ReadAll(io.LimitReader(req.Body, 1<<20))
		if err != nil || webhook.Verify(r.secret, req.Header.Get("Newsdesk-Signature"), body, time.Now()) != nil {
			r.forged++
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var m webhook.Message
		if err := json.Unmarshal(body, &m); err != nil {
			t.Error(err)
		}
		r.got = append(r.got, m)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) events() (out []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.got {
		out = append(out, string(m.Event))
	}
	return out
}

func (r *receiver) sharesSecret(secret string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secret = secret
}

// TestManyPlaces: one article goes to the static website, a real WordPress that 阅读原文 points at, and a webhook; it is
// corrected there, where somebody had changed the post, and taken down.
func TestManyPlaces(t *testing.T) {
	t.Parallel()
	wp, err := servicetest.StartWordPress(t.Context())
	if errors.Is(err, servicetest.ErrNoWordPress) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(wp.Stop)
	r := enter(t, map[string]any{"targets.private": true})
	hook := newReceiver(t)
	r.addTargets(wp, hook)

	handed, err := r.handIn(file("news.md", []byte("# 示例学院运动会开幕\n\n上午九时，运动会在田径场开幕。\n\n![开幕式](opening.jpg)\n\n共有二十支代表队参加。\n")),
		file("opening.jpg", drawn(t, 9, 1600, 1067)))
	r.ok(err)
	article := r.sign(handed.Article)
	edition := r.compose(press.ModePublish, time.Now(), article.ID)
	push := r.await(edition, press.Live)
	pages := r.pagesOf(edition)
	if len(pages) != 3 {
		t.Fatalf("the article is at %d websites", len(pages))
	}
	page := r.fetch(pages["campus"].URLs[0])
	r.contains(page, "示例学院运动会开幕")
	r.contains(page, "共有二十支代表队参加。")
	r.contains(r.fetch(r.Sandbox.LocalURL(push.URLs[0])), wp.URL+"/?d="+string(push.ID)+"&name=")

	// Somebody improves the post by hand, and then a correction comes.
	r.editPost(wp, article.ID, "改过的标题")
	article = r.correct(article.ID, "“二十支”应为“二十一支”。")
	var asked press.Delivery
	r.until(20*time.Second, func() bool {
		list, err := r.Store.Replacing(t.Context(), article)
		r.ok(err)
		asked = r.pagesAt(article)["campus"]
		return len(list) == 0 && asked.State == press.Blocked
	})
	if asked.Reason.Code != press.CodePageEdited {
		t.Fatalf("the page is blocked for %+v", asked.Reason)
	}
	r.contains(r.fetch(pages["campus"].URLs[0]), "改过的标题")
	_, err = r.Desk.Release(t.Context(), r.people["editor"], asked.ID)
	r.ok(err)
	r.until(20*time.Second, func() bool { return r.pagesAt(article)["campus"].State == press.Live })
	page = r.fetch(pages["campus"].URLs[0])
	r.contains(page, "示例学院运动会开幕")
	r.contains(page, "“二十支”应为“二十一支”。")
	r.contains(r.fetch(pages["site"].URLs[0]), "“二十支”应为“二十一支”。")

	_, err = r.Desk.RetractEverywhere(t.Context(), r.people["editor"], article.ID, "示例")
	r.ok(err)
	res, err := http.Get(pages["campus"].URLs[0]) //nolint:noctx // a reader
	r.ok(err)
	res.Body.Close()
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("the retracted post answers %s", res.Status)
	}
	if got, want := hook.events(), []string{"test", "publish", "correct", "retract"}; !slices.Equal(got, want) || hook.forged != 1 {
		t.Errorf("the receiver got %v and %d forged ones, want %v and the trial's", got, hook.forged, want)
	}
}

// addTargets has an administrator add both, and try them.
func (r *room) addTargets(wp *servicetest.WordPress, hook *receiver) {
	r.Helper()
	ctx := r.Context()
	user, err := r.Desk.AddUser(ctx, press.System(), "admin", []press.Role{press.Administrator}, nil)
	r.ok(err)
	admin := press.Actor{User: user}
	_, err = r.Desk.SaveTarget(ctx, admin, desk.TargetChange{
		New: true, Name: "campus", Kind: press.SiteWordPress, Title: "校园网站", Address: wp.URL, On: true, Policy: press.SiteRequired, First: true,
		User: "editor", Secret: wp.Users["editor"],
	})
	r.ok(err)
	saved, err := r.Desk.SaveTarget(ctx, admin, desk.TargetChange{
		New: true, Name: "portal", Kind: press.SiteWebhook, Title: "门户", Address: hook.URL, On: true, Policy: press.SiteOptional,
	})
	r.ok(err)
	hook.sharesSecret(saved.Secret)
	for _, name := range []string{"site", "campus", "portal"} {
		report, err := r.Desk.TestTarget(ctx, admin, name)
		r.ok(err)
		if !report.Works {
			r.Fatalf("%s does not work: %+v", name, report)
		}
	}
}

// correct has a correction signed.
func (r *room) correct(id press.ArticleID, note string) press.Article {
	r.Helper()
	a, err := r.Desk.Correct(r.Context(), r.people["editor"], id, note)
	r.ok(err)
	_, err = r.Desk.Submit(r.Context(), r.people["editor"], a.ID, a.Revision)
	r.ok(err)
	a, err = r.Store.Article(r.Context(), id)
	r.ok(err)
	return r.sign(a)
}

func (r *room) pagesOf(id press.EditionID) map[string]press.Delivery {
	r.Helper()
	_, pages := r.deliveries(id)
	out := map[string]press.Delivery{}
	for _, p := range pages {
		out[p.Target] = p
	}
	return out
}

// pagesAt returns the pages of an article's present revision by target.
func (r *room) pagesAt(a press.Article) map[string]press.Delivery {
	r.Helper()
	list, _, err := r.Store.Deliveries(r.Context(), store.DeliveryFilter{Article: a.ID, Kind: press.TargetSite})
	r.ok(err)
	out := map[string]press.Delivery{}
	for _, p := range list {
		if p.Revision == a.Revision {
			out[p.Target] = p
		}
	}
	return out
}

// editPost does what somebody does at WordPress's own pages.
func (r *room) editPost(wp *servicetest.WordPress, id press.ArticleID, title string) {
	r.Helper()
	place, err := r.Store.PagePlace(r.Context(), "campus", id)
	r.ok(err)
	form := url.Values{"title": {title}}
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, wp.URL+"/?rest_route=/wp/v2/posts/"+place.Remote, strings.NewReader(form.Encode()))
	r.ok(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth("editor", wp.Users["editor"])
	res, err := http.DefaultClient.Do(req)
	r.ok(err)
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		r.Fatalf("the post was not edited: %s", res.Status)
	}
}
