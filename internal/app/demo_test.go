package app_test

import (
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/apptest"
	"newsdesk/internal/wechat/sandbox"
)

// TestDemo goes through the main job with everything embedded, on the sample article.
func TestDemo(t *testing.T) {
	t.Parallel()
	for _, lang := range []press.Lang{press.Chinese, press.English} {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			a := open(t, nil)
			demo := app.Demo{App: a, Lang: lang, Files: app.SampleParcel(lang), Say: func(text press.Text) { t.Log(text.EN) }}
			summary, err := demo.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			checkLive(t, summary)
			if len(summary.Photos) != 3 || len(summary.Photos[0].Renditions) != 6 {
				t.Errorf("%d photos, the first with %d renditions; want 3 with 6", len(summary.Photos), len(summary.Photos[0].Renditions))
			}
			// Two pushes of one article are prepared at the same moment; each picture is uploaded once all the same.
			for path, want := range map[string]int{"media/uploadimg": 3, "material/add_material": 1, "draft/add": 2} {
				if calls := a.Sandbox.Calls(sandbox.CallFilter{Path: path}); len(calls) != want {
					t.Errorf("%d calls of %s, want %d", len(calls), path, want)
				}
			}
			t.Log(summary.Milliseconds)
			checkWebP(t, a, summary)
		})
	}
}

func checkLive(t *testing.T, s app.Summary) {
	t.Helper()
	if !s.Live {
		for _, p := range s.WeChat {
			t.Errorf("%s is %s: %+v", p.Mode, p.State, p.Reason)
		}
		t.Fatalf("not everything is live; the website is %s", s.Website.State)
	}
	for _, p := range s.WeChat {
		if p.Attempts != 1 || len(p.Articles) != 1 || !strings.HasPrefix(p.Articles[0], "http") || p.Fired.Before(p.Due) {
			t.Errorf("%s: %+v; want one attempt, one address, not early", p.Mode, p)
		}
	}
	page, err := os.ReadFile(s.Website.File)
	if err != nil || !strings.Contains(string(page), s.Title) {
		t.Errorf("the website's page %s: %v", s.Website.File, err)
	}
}

// open starts a Newsdesk of its own on free ports, everything in it.
func open(t *testing.T, flags map[string]any) *app.App { return openAs(t, flags, nil) }

// openAs does so with other options.
func openAs(t *testing.T, flags map[string]any, change func(*app.Options)) *app.App {
	t.Helper()
	all := map[string]any{"site.lead": "1s", "delivery.wake_early": "1s", "delivery.sweep": "500ms"}
	maps.Copy(all, flags)
	a := apptest.Open(t, all, func(o *app.Options) {
		o.Sandbox = func(c *sandbox.Config) { c.PublishDelay = 100 * time.Millisecond }
		if change != nil {
			change(o)
		}
	})
	return a
}
