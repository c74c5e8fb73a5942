package site

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"newsdesk/internal/servicetest/browsertest"
)

// patience is how long a page may take to do what is waited for, on a machine that does much else.
const patience = 30 * time.Second

// served starts a server for a handler that is named when its address is known, as a site's base is part of its pages.
func served(t testing.TB) (base string, serve func(http.Handler)) {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	return server.URL + "/", func(h http.Handler) { handler = h }
}

// tab is a window of its own, with an empty cache.
type tab struct {
	testing.TB
	ctx context.Context

	mu     sync.Mutex
	faults []string // what the browser complained of: refused by the policy, thrown by a script, not found
}

func newTab(t testing.TB, browser context.Context, width, height int64) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // the window lives as long as the context of this first call
		t.Fatal(err)
	}
	w := &tab{TB: t, ctx: ctx}
	w.do(chromedp.EmulateViewport(width, height))
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
	}
	if fault != "" {
		w.mu.Lock()
		w.faults = append(w.faults, fault)
		w.mu.Unlock()
	}
}

func (w *tab) act(f func(context.Context) error) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if err := f(ctx); err != nil {
		w.Fatalf("%v; the browser said %q", err, w.faults)
	}
}

func (w *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	w.Helper()
	w.act(func(ctx context.Context) error { return chromedp.Do(ctx, steps...) })
}

func (w *tab) open(address string) {
	w.Helper()
	w.do(chromedp.Navigate(address))
}

func (w *tab) dark(on bool) {
	w.Helper()
	scheme := map[bool]string{false: "light", true: "dark"}[on]
	w.act(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// scripts switches scripts of pages on or off.
func (w *tab) scripts(on bool) {
	w.Helper()
	w.act(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	})
}

// eval runs a script in the page; args are put into it as JSON.
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
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool]("!!("+script+")")); err == nil && ok {
			return
		}
	}
	w.Fatalf("never true: %s; the browser said %q", script, w.faults)
}

// clean checks that the browser had nothing to complain of.
func (w *tab) clean() {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.faults {
		w.Errorf("the browser complains: %s", strings.ReplaceAll(f, "\n", " "))
	}
}
