package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"newsdesk/internal/press"
	"newsdesk/internal/web"
)

func get(t *testing.T, cfg web.Config, method, path, languages string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	req.Header.Set("Accept-Language", languages)
	out := httptest.NewRecorder()
	web.Handler(cfg).ServeHTTP(out, req)
	return out
}

func TestDoor(t *testing.T) {
	t.Parallel()
	all := web.Config{
		Version: "1.2<3", SiteTitle: press.Say("News", "新闻中心"), Site: "http://site.example/?a=1&b=2", Sandbox: "http://box.example/",
	}
	for name, tc := range map[string]struct {
		cfg       web.Config
		languages string
		shows     []string
		not       []string
	}{
		"English": {all, "en-GB,zh;q=0.5", []string{`lang="en"`, "Sandbox: nothing here reaches WeChat", ">News<", "http://site.example/?a=1&amp;b=2", "1.2&lt;3"}, []string{"新闻中心", "1.2<3"}},
		"Chinese": {all, "zh-CN,en;q=0.5", []string{`lang="zh-CN"`, "沙箱模式", "新闻中心", `href="http://box.example/"`}, []string{"The website"}},
		"neither": {all, "fr", []string{`lang="zh-CN"`}, nil},
		"bare":    {web.Config{Version: "1"}, "en", []string{"/api/v1/openapi.yaml"}, []string{"sandbox", "Sandbox", "The website"}},
		"unsafe":  {web.Config{Site: "javascript:alert(1)"}, "en", []string{"#ZgotmplZ"}, []string{"javascript:"}},
	} {
		out := get(t, tc.cfg, http.MethodGet, "/", tc.languages)
		page := out.Body.String()
		for _, want := range tc.shows {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page does not show %q", name, want)
			}
		}
		for _, unwanted := range tc.not {
			if strings.Contains(page, unwanted) {
				t.Errorf("%s: the page shows %q", name, unwanted)
			}
		}
		h := out.Header()
		if out.Code != http.StatusOK || h.Get("Vary") != "Accept-Language" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") ||
			h.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %v", name, out.Code, h)
		}
	}
}

func TestNothingElse(t *testing.T) {
	t.Parallel()
	if out := get(t, web.Config{}, http.MethodGet, "/nothing", "en"); out.Code != http.StatusNotFound {
		t.Errorf("GET /nothing: %d", out.Code)
	}
	if out := get(t, web.Config{}, http.MethodPost, "/", "en"); out.Code != http.StatusMethodNotAllowed || out.Header().Get("Allow") == "" {
		t.Errorf("POST: %d", out.Code)
	}
}
