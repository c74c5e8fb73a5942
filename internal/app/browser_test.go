package app_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/browsertest"
)

var look = flag.String("look", "", "write pictures of the pages into this folder")

// TestPagesInABrowser opens what a demo leaves behind in Chromium, on a phone and on a desk: every
// picture loads, nothing is wider than the screen, and there is something to read.
func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t)
	a := open(t, nil)
	demo := app.Demo{App: a, Files: app.SampleParcel(press.Chinese), Say: func(press.Text) {}}
	s, err := demo.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checkLive(t, s)
	checkWebP(t, a, s)
	site := a.Config.Site.BaseURL
	for name, address := range map[string]string{
		"door": a.Config.PublicURL + "/", "front": site + "/", "article": s.Website.Address, "column": site + "/c/",
		"missing": site + "/nothing.html", "wechat": s.WeChat[0].Local[0], "chat": s.Chat,
		"sandbox": "http://" + a.Config.Sandbox.Listen + "/",
	} {
		for _, width := range []int64{360, 1440} {
			t.Run(fmt.Sprintf("%s-%d", name, width), func(t *testing.T) {
				if *look != "" {
					defer picture(t, browser, filepath.Join(*look, fmt.Sprintf("%s-%d.png", name, width)))
				}
				p := checkPage(t, browser, address, width)
				if name == "article" && p.WebP == 0 {
					t.Error("the browser chose no WebP")
				}
			})
		}
	}
}

// page is what is asked of a page that has loaded.
type page struct {
	Text   int
	Scroll int
	Width  int
	Broken []string
	WebP   int // pictures that the browser chose to have in WebP
}

// probe loads late pictures too, and gathers what is wrong.
const probe = `(async () => {
	for (const img of document.images) img.loading = 'eager';
	await Promise.all([...document.images].map(img => img.complete ? 0 : new Promise(r => { img.onload = img.onerror = r })));
	return {
		Text: document.body.innerText.trim().length,
		Scroll: document.scrollingElement.scrollWidth, Width: innerWidth,
		WebP: [...document.images].filter(img => img.currentSrc.endsWith('.webp') && img.naturalWidth).length,
		Broken: [...document.images].filter(img => !img.naturalWidth).map(img => img.currentSrc || img.src),
	};
})()`

func checkPage(t *testing.T, browser context.Context, address string, width int64) page {
	t.Helper()
	ctx, cancel := context.WithTimeout(browser, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	p, err := chromedp.Run(ctx, chromedp.Evaluate[page](probe, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if p.Text < 20 {
		t.Errorf("%s shows %d characters", address, p.Text)
	}
	if p.Scroll > p.Width {
		t.Errorf("%s is %d pixels wide on a screen of %d", address, p.Scroll, p.Width)
	}
	if len(p.Broken) > 0 {
		t.Errorf("%s: pictures that do not load: %v", address, p.Broken)
	}
	return p
}

func picture(t *testing.T, browser context.Context, path string) {
	t.Helper()
	data, err := chromedp.Run(browser, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}
