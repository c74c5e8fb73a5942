package app_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/app"
)

// checkWebP waits until the page that went out with what there was offers its photos in WebP and names a picture to be passed on
// with, and compares it with that of a rebuilt website.
func checkWebP(t *testing.T, a *app.App, s app.Summary) {
	t.Helper()
	if !a.Config.Site.WebP {
		return // under the race detector
	}
	var page []byte
	wait, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !bytes.Contains(page, []byte(`<source type="image/webp"`)) || !bytes.Contains(page, []byte(`og:image:width" content="1200"`)) {
		var err error
		if page, err = os.ReadFile(s.Website.File); err != nil {
			t.Fatal(err)
		}
		select {
		case <-wait.Done():
			t.Fatalf("no WebP or no picture to be passed on with in\n%s", page)
		case <-time.After(20 * time.Millisecond):
		}
	}
	if n := strings.Count(string(page), ".webp "); n < 3 {
		t.Errorf("%d sizes in WebP", n)
	}
	if err := a.RebuildSite(t.Context()); err != nil {
		t.Fatal(err)
	}
	again, err := os.ReadFile(s.Website.File)
	if err != nil || !bytes.Equal(again, page) {
		t.Errorf("the rebuilt page has other bytes: %v", err)
	}
}
