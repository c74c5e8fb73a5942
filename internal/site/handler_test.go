package site

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ask sends a path to the handler as it is, which no client would, and returns the answer.
func ask(t *testing.T, s *Site, method, path string, header http.Header) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path, r.Header = path, header
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w.Result()
}

func bodyOf(t *testing.T, res *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestHandlerServesTheSite(t *testing.T) {
	t.Parallel()
	s, _ := filled(t, 3)
	thumb := "/" + entryOf(sample(t, 0)).Thumb
	for path, want := range map[string]string{
		"/": "text/html; charset=utf-8", "/index.html": "text/html; charset=utf-8", "/c/新闻资讯/": "text/html; charset=utf-8",
		"/feed.xml": "application/atom+xml; charset=utf-8", "/sitemap.xml": "application/xml; charset=utf-8",
		"/robots.txt": "text/plain; charset=utf-8", thumb: "image/jpeg", s.chrome.Style: "text/css; charset=utf-8", s.chrome.Icon: "image/svg+xml",
	} {
		res := ask(t, s, http.MethodGet, path, nil)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != want || len(bodyOf(t, res)) == 0 {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Header.Get("Content-Type"))
		}
		immutable := strings.Contains(res.Header.Get("Cache-Control"), "immutable")
		if named := path == thumb || strings.HasPrefix(path, "/assets/"); named != immutable {
			t.Errorf("%s: %s", path, res.Header.Get("Cache-Control"))
		}
		if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "script-src 'self';") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", path, csp)
		}
		again := ask(t, s, http.MethodGet, path, http.Header{"If-None-Match": {res.Header.Get("ETag")}})
		if again.StatusCode != http.StatusNotModified || bodyOf(t, again) != "" {
			t.Errorf("%s again: %d", path, again.StatusCode)
		}
	}
}

// TestHandlerCompresses: the same bytes reach a reader either way, each under a tag of its own; what is small, asked for in parts,
// a picture, or not wanted so stays as it is.
func TestHandlerCompresses(t *testing.T) {
	t.Parallel()
	s, _ := filled(t, 3)
	thumb := "/" + entryOf(sample(t, 0)).Thumb
	plain := ask(t, s, http.MethodGet, "/", nil)
	want := bodyOf(t, plain)
	for _, accepted := range []string{"gzip", "br;q=1.0, gzip;q=0.8, *;q=0.1", "deflate, GZIP ; q=1"} {
		res := ask(t, s, http.MethodGet, "/", http.Header{"Accept-Encoding": {accepted}})
		if res.Header.Get("Content-Encoding") != "gzip" || res.Header.Get("Vary") != "Accept-Encoding" || res.Header.Get("Content-Length") != "" {
			t.Fatalf("%s: %v", accepted, res.Header)
		}
		z, err := gzip.NewReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, %v; want %d", accepted, len(got), err, len(want))
		}
		tag := res.Header.Get("ETag")
		again := ask(t, s, http.MethodGet, "/", http.Header{"Accept-Encoding": {accepted}, "If-None-Match": {tag}})
		if again.StatusCode != http.StatusNotModified || again.Header.Get("Content-Encoding") != "" || bodyOf(t, again) != "" || tag == plain.Header.Get("ETag") {
			t.Errorf("%s again: %d %v", accepted, again.StatusCode, again.Header)
		}
	}
	gz := http.Header{"Accept-Encoding": {"gzip"}}
	for name, res := range map[string]*http.Response{
		"refused":   ask(t, s, http.MethodGet, "/", http.Header{"Accept-Encoding": {"gzip;q=0, br"}}),
		"a part":    ask(t, s, http.MethodGet, "/", http.Header{"Accept-Encoding": {"gzip"}, "Range": {"bytes=0-99"}}),
		"a picture": ask(t, s, http.MethodGet, thumb, gz),
		"small":     ask(t, s, http.MethodGet, "/robots.txt", gz),
	} {
		if res.Header.Get("Content-Encoding") != "" || len(bodyOf(t, res)) == 0 {
			t.Errorf("%s: %v", name, res.Header)
		}
	}
	missing := ask(t, s, http.MethodGet, "/nothing.html", gz)
	if missing.StatusCode != http.StatusNotFound || missing.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("404: %d %v", missing.StatusCode, missing.Header)
	}
	if head := ask(t, s, http.MethodHead, "/", gz); bodyOf(t, head) != "" {
		t.Error("HEAD has a body")
	}
}

func TestHandlerRefuses(t *testing.T) {
	t.Parallel()
	s, _ := filled(t, 3)
	outside := filepath.Dir(s.cfg.Dir)
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "secret"), filepath.Join(s.cfg.Dir, "way-out.txt")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"/../secret", "/a/../../secret", "/%2e%2e/secret", "/..\\secret", "//secret", "/way-out.txt", "/.newsdesk/lock", "/.newsdesk/look", "/.newsdesk/",
		"/a/", "/p/", "/a/2026", "/assets/", "/c/新闻资讯/index.html/", "/nothing", "/nothing/", "/a\x00b", "/./index.html", "/c//新闻资讯/", "secret/..",
		"/" + strings.Repeat("a", 300), "/" + strings.Repeat("a/", 2000),
	} {
		res := ask(t, s, http.MethodGet, path, nil)
		text := bodyOf(t, res)
		if res.StatusCode != http.StatusNotFound || !strings.Contains(text, "没有找到这个页面") {
			t.Errorf("%.60q: %d %.60q", path, res.StatusCode, text)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		if res := ask(t, s, method, "/", nil); res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") == "" {
			t.Errorf("%s: %d", method, res.StatusCode)
		}
	}
	if res := ask(t, s, http.MethodHead, "/", nil); res.StatusCode != http.StatusOK || bodyOf(t, res) != "" {
		t.Errorf("HEAD: %d", res.StatusCode)
	}
}

func TestHandlerUnderAPath(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, func(c *Config) { c.BaseURL = "http://127.0.0.1:8080/news" })
	live(t, s, archive, sample(t, 1))
	res := ask(t, s, http.MethodGet, "/news/all", nil)
	if got := res.Header.Get("Location"); res.StatusCode != http.StatusMovedPermanently || got != "/news/all/" {
		t.Errorf("%d to %q", res.StatusCode, got)
	}
	for _, path := range []string{"/news/", "/news/all/", "/all/", "/"} { // with the path, or taken off by a proxy
		if res := ask(t, s, http.MethodGet, path, nil); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func TestHandlerWithoutAFolder(t *testing.T) {
	t.Parallel()
	s, _ := newSite(t, nil)
	if res := ask(t, s, http.MethodGet, "/", nil); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%d", res.StatusCode)
	}
}
