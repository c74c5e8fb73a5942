package web_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/browsertest"
	"newsdesk/internal/store"
)

// sight is a page to be looked at, and by whom. An empty person is nobody.
type sight struct {
	name, path, person string
}

// sights lists every page of a newsroom with something of each kind in it.
func sights(t testing.TB, a *app.App) []sight {
	t.Helper()
	article := func(state press.ArticleState) press.ArticleID {
		list, _, err := a.Store.Articles(t.Context(), store.ArticleFilter{States: []press.ArticleState{state}, Limit: 500})
		if err != nil || len(list) == 0 {
			t.Fatalf("no article is %s: %v", state, err)
		}
		return list[0].ID
	}
	editions, _, err := a.Store.Editions(t.Context(), store.EditionFilter{Limit: 500})
	if err != nil || len(editions) == 0 {
		t.Fatalf("no editions: %v", err)
	}
	deliveries, _, err := a.Store.Deliveries(t.Context(), store.DeliveryFilter{States: []press.State{press.Blocked}})
	if err != nil || len(deliveries) == 0 {
		t.Fatalf("nothing is blocked: %v", err)
	}
	mended, behind := corrected(t, a)
	settle(t, a)
	review, returned, approved := article(press.ArticleReview), article(press.ArticleReturned), article(press.ArticleApproved)
	out := []sight{
		{"article-corrected", "/articles/" + string(mended), "editor"},
		{"article-where", "/articles/" + string(mended) + "/where", "editor"},
		{"editor-correction", "/articles/" + string(mended) + "/edit", "editor"},
		{"resend", "/deliveries/" + string(behind) + "/resend", "editor"},
		{"sign-in", "/sign-in", ""},
		{"today-writer", "/", "writer"},
		{"today-reviewer", "/", "first"},
		{"today-editor", "/", "editor"},
		{"hand-in", "/hand-in", "writer"},
		{"parcel", "/hand-in/" + string(handedIn(t, a)), "writer"},
		{"article-returned", "/articles/" + string(returned), "writer"},
		{"article-approved", "/articles/" + string(approved), "editor"},
		{"export", "/articles/" + string(approved) + "/export", "editor"},
		{"editor", "/articles/" + string(returned) + "/edit", "writer"},
		{"review", "/articles/" + string(review) + "/review", "third"},
		{"sheet", "/articles/" + string(approved) + "/sheet", "editor"},
		{"article-history", "/articles/" + string(returned) + "/history", "editor"},
		{"edition", "/editions/" + string(editions[0].ID), "editor"},
		{"delivery", "/deliveries/" + string(deliveries[0].ID), "editor"},
		{"me-password", "/me/password", "writer"},
		{"account-own", "/settings/accounts/campus", "admin"},
		{"theme-own", "/settings/themes/mine", "admin"},
		{"theme-yaml", "/settings/themes/mine?as=yaml", "admin"},
	}
	out = append(out, ruled(t, a)...)
	return append(out, lists()...)
}

// lists are the pages that are there also when nothing is in them.
func lists() []sight {
	return []sight{
		{"today", "/", "admin"},
		{"articles", "/articles", "editor"},
		{"articles-none", "/articles?q=%E6%B2%A1%E6%9C%89", "editor"},
		{"editions", "/editions", "editor"},
		{"editions-new", "/editions/new", "editor"},
		{"calendar-month", "/editions/calendar?view=month", "editor"},
		{"calendar-week", "/editions/calendar?view=week", "editor"},
		{"history", "/history", "editor"},
		{"me", "/me", "editor"},
		{"people", "/people", "admin"},
		{"tokens", "/tokens", "admin"},
		{"columns", "/settings/columns", "admin"},
		{"words", "/settings/words", "admin"},
		{"accounts", "/settings/accounts", "admin"},
		{"themes", "/settings/themes", "admin"},
		{"stages", "/settings/stages", "admin"},
		{"settings", "/settings", "admin"},
		{"account", "/settings/accounts/sandbox", "admin"},
		{"account-new", "/settings/accounts/new", "admin"},
		{"notices", "/settings/notices", "admin"},
		{"notice-mail", "/settings/notices/new?road=mail", "admin"},
		{"targets", "/settings/targets", "admin"},
		{"target-own", "/settings/targets/site", "admin"},
		{"target-new", "/settings/new-target?kind=wordpress", "admin"},
		{"notice-feishu", "/settings/notices/new?road=feishu", "admin"},
		{"notice-webhook", "/settings/notices/new?road=webhook", "admin"},
		{"theme", "/settings/themes/campus", "admin"},
		{"theme-new", "/settings/themes/new", "admin"},
		{"stops", "/stops", "editor"},
		{"help-faults", "/help/faults", "writer"},
		{"missing", "/nothing-is-here", "editor"},
		{"forbidden", "/people", "writer"},
	}
}

// visitors keeps one tab for each person.
type visitors struct {
	browser context.Context
	app     *app.App
	office  *app.Office
	tabs    map[string]*tab
}

func (v *visitors) open(t testing.TB) {
	t.Helper()
	v.tabs[""] = window(t, v.browser, v.app, 1440, 900, v.office.Lang)
	for _, key := range []string{"admin", "writer", "editor", "first", "third"} {
		v.tabs[key] = as(t, v.browser, v.app, v.office, key, 1440, 900)
	}
}

// TestEveryPage opens every page on a phone and on a desk, in light and in dark, in each language, with something in it and
// with nothing. axe-core finds nothing, nothing is wider than the screen, pictures load, and the browser has nothing to say.
// With -look it writes pictures of them all, at three widths.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	requireScripts(t)
	browser := browsertest.Start(t)
	axe, err := os.ReadFile("script/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []press.Lang{press.Chinese, press.English} {
		t.Run("full-"+string(lang), func(t *testing.T) {
			a, office := furnished(t, lang)
			v := &visitors{browser, a, office, map[string]*tab{}}
			v.open(t)
			visitAll(t, v, sights(t, a), "full", string(axe))
			visitAll(t, v, attached(t, a), "full", string(axe))
			visitAll(t, v, stopped(t, a), "full", string(axe))
			visitAll(t, v, unstopped(t, a), "full", string(axe))
			visitAll(t, v, undecided(t, a), "full", string(axe))
		})
	}
	t.Run("empty", func(t *testing.T) {
		a := house(t, nil)
		w := window(t, browser, a, 1440, 900, press.Chinese)
		visit(w, t, sight{"setup", "/setup", ""}, "empty", string(axe), press.Chinese)
		office := &app.Office{App: a, Lang: press.Chinese}
		if err := office.Hire(t.Context()); err != nil {
			t.Fatal(err)
		}
		v := &visitors{browser, a, office, map[string]*tab{}}
		v.open(t)
		visitAll(t, v, lists(), "empty", string(axe))
	})
}

func visitAll(t *testing.T, v *visitors, pages []sight, what, axe string) {
	for _, s := range pages {
		t.Run(s.name, func(t *testing.T) {
			w := v.tabs[s.person]
			visit(w, t, s, what, axe, v.office.Lang)
		})
	}
}

// view is a way to look at a page: how wide, in which colours, and which of axe's rules are asked; none: "".
type view struct {
	width int64
	dark  bool
	rules string
}

// What axe is asked. A page in another width and in the dark differs from itself in the colours; the same page in another
// language differs in the length of its words, which its shape shows.
const (
	allRules = `{}`
	colours  = `{runOnly: ['color-contrast']}`
)

// views are the ways in which a page is looked at: each of them loads it once and asks of it what the others have not.
func views(lang press.Lang) []view {
	switch {
	case *look != "":
		return []view{{390, false, allRules}, {820, false, ""}, {1440, false, ""}, {390, true, ""}, {820, true, ""}, {1440, true, allRules}}
	case lang == press.English:
		return []view{{390, false, ""}}
	}
	return []view{{390, false, allRules}, {1440, true, colours}}
}

// visit looks at one page. The tab outlives the subtest, which is told what is wrong all the same.
func visit(w *tab, t *testing.T, s sight, what, axe string, lang press.Lang) {
	t.Helper()
	before := w.TB
	w.TB = t
	defer func() { w.TB = before }()
	for i, v := range views(lang) {
		w.do(chromedp.EmulateViewport(v.width, 900))
		w.dark(v.dark)
		if i == 0 || *look != "" { // a page that is open already follows its window
			w.open(s.path)
			w.until(`document.readyState === 'complete' && document.querySelector('#main')`)
		}
		where := fmt.Sprintf("%s at %d", s.path, v.width)
		checkShape(w, where, s.name == "missing" || s.name == "forbidden")
		if v.rules != "" {
			checkAxe(w, where, axe, v.rules)
		}
		if *look != "" {
			scheme := map[bool]string{false: "light", true: "dark"}[v.dark]
			name := fmt.Sprintf("%s-%s-%s-%d-%s.png", s.name, what, lang, v.width, scheme)
			data, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
			if err == nil {
				err = os.WriteFile(filepath.Join(*look, name), data, 0o600)
			}
			if err != nil {
				t.Error(err)
			}
		}
	}
	w.clean()
}

type shape struct {
	Text   int
	Scroll int
	Width  int
	Broken []string
	Unsaid bool
	Error  bool
}

func checkShape(w *tab, where string, refused bool) {
	w.Helper()
	p := eval[shape](w, `(async () => {
		for (const img of document.images) img.loading = 'eager';
		await Promise.all([...document.images].map(img => img.complete ? 0 : new Promise(r => { img.onload = img.onerror = r })));
		return {
			Text: document.querySelector('#main').innerText.trim().length, Scroll: document.scrollingElement.scrollWidth, Width: innerWidth,
			Broken: [...document.images].filter(img => !img.naturalWidth).map(img => img.currentSrc || img.src),
			Error: !!document.querySelector('.error-page'),
			Unsaid: /⟦|%!|<no value>/.test(document.body.innerText),
		};
	})()`)
	if p.Error != refused {
		w.Errorf("%s is refused: %v, want %v", where, p.Error, refused)
	}
	if p.Text < 8 {
		w.Errorf("%s shows %d characters", where, p.Text)
	}
	if p.Scroll > p.Width {
		w.Errorf("%s is %d pixels wide", where, p.Scroll)
	}
	if len(p.Broken) > 0 {
		w.Errorf("%s: pictures that do not load: %v", where, p.Broken)
	}
	if p.Unsaid {
		w.Errorf("%s shows a message that is not in the catalogue, or not filled in", where)
	}
}

func checkAxe(w *tab, where, axe, rules string) {
	w.Helper()
	if !eval[bool](w, `!!window.axe`) {
		w.act(func(ctx context.Context) error {
			_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](axe+"\n;true"))
			return err
		})
	}
	found := eval[[]string](w, `document.getAnimations().forEach(a => a.effect.getComputedTiming().endTime < Infinity && a.finish()), axe.run(document, {resultTypes: ['violations'], ...`+rules+`}).then(r => r.violations.flatMap(v =>
		v.nodes.map(n => v.id + ': ' + n.target.join(' ') + ' — ' + (n.any[0] || n.all[0] || n.none[0] || {message: v.help}).message)))`)
	for _, f := range found {
		w.Errorf("%s: axe: %s", where, strings.ReplaceAll(f, "\n", " "))
	}
}
