package web_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/apptest"
	"newsdesk/internal/servicetest/browsertest"
	"newsdesk/internal/wechat/sandbox"
)

var look = flag.String("look", "", "write pictures of the pages into this folder")

// house is a whole Newsdesk on free ports, everything embedded.
func house(t testing.TB, flags map[string]any) *app.App {
	t.Helper()
	all := apptest.Quick(map[string]any{"site.title_zh": "示例学院新闻网", "site.title_en": "Sample College News"})
	maps.Copy(all, flags)
	a := apptest.Open(t, all, func(o *app.Options) {
		o.Logger = slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
		o.Sandbox = func(c *sandbox.Config) { c.PublishDelay = 50 * time.Millisecond; c.Limits.MassPerDay = 1000 }
	})
	return a
}

// testLog keeps what a server warns of until its test has failed.
type testLog struct{ testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "level=ERROR") {
		fmt.Fprintf(os.Stderr, "%s: %s", l.Name(), p)
	}
	return len(p), nil
}

// furnished is a house with the sample office in it.
func furnished(t testing.TB, lang press.Lang) (*app.App, *app.Office) {
	t.Helper()
	a := house(t, nil)
	office := &app.Office{App: a, Lang: lang}
	if err := office.Furnish(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a, office
}

// requireScripts skips where the scripts could not be built; in CI they must be there.
func requireScripts(t testing.TB) {
	t.Helper()
	if _, err := os.Stat("script/dist/editor.js"); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("the pages' scripts are not built: run make assets")
	}
	t.Skip("the pages' scripts are not built: run make assets")
}

// tab is a window of somebody's own, with cookies of its own.
type tab struct {
	testing.TB
	ctx  context.Context
	base string

	mu     sync.Mutex
	faults []string // what the browser complained of: refused by the policy, thrown by a script
}

// window opens a tab that nobody is signed in to.
func window(t testing.TB, browser context.Context, a *app.App, width, height int64, lang press.Lang) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // the window lives as long as the context of this first call
		t.Fatal(err)
	}
	w := &tab{TB: t, ctx: ctx, base: a.Config.PublicURL}
	w.do(chromedp.EmulateViewport(width, height))
	w.cookie("newsdesk-lang", string(lang))
	if err := chromedp.Listen(ctx, w.hear); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *tab) hear(ev any) {
	fault := ""
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		fault = ev.ExceptionDetails.Text
		if ev.ExceptionDetails.Exception != nil {
			fault += " " + ev.ExceptionDetails.Exception.Description
		}
	case *cdplog.EventEntryAdded:
		if ev.Entry.Source == cdplog.EntrySourceSecurity {
			fault = ev.Entry.Text
		}
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError && len(ev.Args) > 0 {
			fault = string(ev.Args[0].Value)
		}
	}
	if fault != "" {
		w.mu.Lock()
		w.faults = append(w.faults, fault)
		w.mu.Unlock()
	}
}

// patience is how long a page may take to do what is waited for, on a machine that does much else.
const patience = 30 * time.Second

func (w *tab) act(f func(context.Context) error) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if err := f(ctx); err != nil {
		w.fail("%v", err)
	}
}

func (w *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	w.Helper()
	w.act(func(ctx context.Context) error { return chromedp.Do(ctx, steps...) })
}

// fail says what the page showed when something did not come about.
func (w *tab) fail(format string, args ...any) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 5*time.Second)
	defer cancel()
	shown, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText.slice(0, 1500)`))
	w.mu.Lock()
	defer w.mu.Unlock()
	if dir := os.Getenv("NEWSDESK_TEST_SHOTS"); dir != "" {
		if data, err := chromedp.Run(ctx, chromedp.CaptureScreenshot()); err == nil {
			_ = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(w.Name(), "/", "-")+".png"), data, 0o600)
		}
	}
	w.Fatalf(format+"\nThe page:\n%s\nThe browser said: %q", append(args, shown, w.faults)...)
}

func (w *tab) open(path string) {
	w.Helper()
	if strings.HasPrefix(path, "/") {
		path = w.base + path
	}
	w.do(chromedp.Navigate(path))
}

// eval runs a script in the page.
func eval[T any](w *tab, js string, args ...any) T {
	w.Helper()
	var out T
	w.act(func(ctx context.Context) (err error) {
		out, err = chromedp.Run(ctx, chromedp.Evaluate[T](browsertest.Filled(js, args...), chromedp.EvalAwaitPromise))
		return err
	})
	return out
}

// until waits for a condition in the page, also across a navigation.
func (w *tab) until(js string, args ...any) {
	w.Helper()
	script := browsertest.Filled(js, args...)
	var last error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		ok, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool]("!!("+script+")"))
		if err == nil && ok {
			return
		}
		last = err
	}
	w.fail("never true: %s (%v)", script, last)
}

// sees waits until the page shows a text.
func (w *tab) sees(text string) {
	w.Helper()
	w.until(`document.body && document.body.innerText.includes(%s)`, text)
}

// click presses the first element that a selector finds, once it is there and can be pressed.
func (w *tab) click(selector string) {
	w.Helper()
	w.until(`(e => e && !e.disabled && e.checkVisibility({visibilityProperty: true}))(document.querySelector(%s))`, selector)
	eval[bool](w, `(e => { e.scrollIntoView({block: 'center', behavior: 'instant'}); return true })(document.querySelector(%s))`, selector) // not behind a bar
	w.do(chromedp.Click(chromedp.CSS(selector)))
}

// press presses the button or link that says a text.
func (w *tab) press(text string) {
	w.Helper()
	const find = `[...document.querySelectorAll('dialog[open] button, dialog[open] a, main button, main a, [data-bar] button, aside button, body button, body a')]
		.find(e => e.getClientRects().length && !e.disabled && (e.innerText.trim() === %[1]s || e.getAttribute('aria-label') === %[1]s))`
	for end := time.Now().Add(patience); ; {
		w.until(find, text)
		_, _ = chromedp.Run(w.ctx, chromedp.Evaluate[bool](browsertest.Filled(`(e => { e.setAttribute('data-pressed', ''); e.scrollIntoView({block: 'center'}); return true })(`+find+`)`, text)))
		ctx, cancel := context.WithTimeout(w.ctx, 5*time.Second)
		err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS("[data-pressed]")))
		cancel()
		if err == nil {
			break
		}
		// The page may have put another in its place meanwhile, which is pressed then; one that is there still will not have it.
		there, asked := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`!!document.querySelector('[data-pressed]')`))
		if there || asked != nil || time.Now().After(end) {
			w.fail("%q cannot be pressed: %v", text, err)
		}
	}
	_, _ = chromedp.Run(w.ctx, chromedp.Evaluate[bool](`document.querySelector('[data-pressed]')?.removeAttribute('data-pressed'), true`))
}

// fill types into a field.
func (w *tab) fill(selector, text string) {
	w.Helper()
	w.until(`(e => e && !e.disabled && e.checkVisibility({visibilityProperty: true}))(document.querySelector(%s))`, selector)
	eval[bool](w, `(e => { e.focus(); e.value = ''; return true })(document.querySelector(%s))`, selector)
	w.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// set gives a field a value at once, as a picker does.
func (w *tab) set(selector, value string) {
	w.Helper()
	w.until(`document.querySelector(%s)`, selector)
	eval[bool](w, `(e => { e.value = %[2]s; e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true})); return true })(document.querySelector(%[1]s))`, selector, value)
}

// signIn signs somebody in by the form.
func (w *tab) signIn(name, password string) {
	w.Helper()
	w.open("/sign-in")
	w.fill(`input[name="name"]`, name)
	w.fill(`input[name="password"]`, password)
	w.click(`main form button.primary`)
	w.until(`location.pathname !== '/sign-in' && document.querySelector('.side')`)
}

// as opens a tab of one of the sample people.
func as(t testing.TB, browser context.Context, a *app.App, office *app.Office, key string, width, height int64) *tab {
	t.Helper()
	w := window(t, browser, a, width, height, office.Lang)
	secret, _, err := a.Desk.SignIn(t.Context(), office.Person(key).Name, app.SamplePassword, "test", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	w.cookie("newsdesk-session", secret)
	return w
}

// cookie puts a cookie into the window.
func (w *tab) cookie(name, value string) {
	w.Helper()
	only := true
	w.act(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: w.base, HTTPOnly: &only})
		return err
	})
}

func (w *tab) dark(on bool) {
	w.Helper()
	scheme := "light"
	if on {
		scheme = "dark"
	}
	w.act(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// clean checks that the browser had nothing to complain of.
func (w *tab) clean() {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.faults {
		w.Errorf("the browser complains: %s", f)
	}
}
