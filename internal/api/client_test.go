package api_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

var testStart = time.Now()

func TestClientAgainstWhatIsNotNewsdesk(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "elsewhere", http.StatusTeapot) }))
	defer other.Close()
	seen := ""
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.Header.Get("Authorization") }))
	defer thief.Close()
	thiefs := strings.Replace(thief.URL, "127.0.0.1", "localhost", 1) // another host by name
	answer := func(status int, kind, body string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	redirect := httptest.NewServer(http.RedirectHandler(thiefs, http.StatusTemporaryRedirect))
	defer redirect.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + closed.Addr().String()
	closed.Close()
	const secret = "nd_secret0secret0secret0"
	for _, c := range []struct {
		name, url string
		kind      press.Kind
		code      string
	}{
		{"nobody", nobody, press.Unavailable, "server.unreachable"},
		{"a page", answer(200, "text/html", "<h1>Welcome</h1>"), press.Unavailable, "server.answer"},
		{"a proxy without its server", answer(502, "text/html", "<h1>Bad gateway</h1>"), press.Unavailable, "http.502"},
		{"a proxy with a limit", answer(413, "text/html", "<h1>Too large</h1>"), press.TooLarge, "http.413"},
		{"a broken problem", answer(409, "application/problem+json", "{"), press.Conflict, "http.409"},
		{"something else", other.URL, press.Invalid, "http.418"},
		{"a redirect to a thief", redirect.URL, press.Unavailable, "server.answer"},
		{"no address", "127.0.0.1:8080", press.Invalid, "server.address"},
		{"a file", "file:///etc/passwd", press.Invalid, "server.address"},
	} {
		_, err := api.NewClient(c.url, secret, nil).Articles(t.Context(), api.ArticleQuery{})
		if press.KindOf(err) != c.kind || press.CodeOf(err) != c.code {
			t.Errorf("%s: got %v (%s, %s), want %s, %s", c.name, err, press.KindOf(err), press.CodeOf(err), c.kind, c.code)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the token is in the error %v", c.name, err)
		}
	}
	if seen != "" {
		t.Errorf("another host was given %q", seen)
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ready, err := api.NewClient(d.url, "", nil).Ready(t.Context())
	if err != nil || !ready.Ready || ready.Parts["sql"] != "ok" {
		t.Errorf("got %+v, %v", ready, err)
	}
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"ready":false,"parts":{"sql":"gone"}}`))
	}))
	defer broken.Close()
	ready, err = api.NewClient(broken.URL, "", nil).Ready(t.Context())
	refused(t, err, press.Unavailable, "server.not_ready")
	if ready.Parts["sql"] != "gone" {
		t.Errorf("got %+v", ready)
	}
}

func TestClientsLanguage(t *testing.T) {
	t.Parallel()
	got := ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Accept-Language")
		_, _ = w.Write([]byte(`{"total":0,"articles":[]}`))
	}))
	defer s.Close()
	c := api.NewClient(s.URL+"/", "nd_x", nil)
	for _, lang := range []press.Lang{press.Chinese, press.English} {
		c.Language = lang
		if _, err := c.Articles(t.Context(), api.ArticleQuery{}); err != nil || got != string(lang) {
			t.Errorf("%s: asked for %q: %v", lang, got, err)
		}
	}
}

// An address with a password in it is shown without, whether nobody answers there or it is no address at all.
func TestClientHidesPasswords(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"http://name:p@ssword@127.0.0.1:1", "ftp://name:p@ssword@host", "http://name:p@ssword%@host"} {
		_, err := api.NewClient(base, "nd_x", nil).Articles(t.Context(), api.ArticleQuery{})
		if text := press.TextOf(err); err == nil || strings.Contains(text.EN+text.ZH, "ssword") {
			t.Errorf("%s: %q", base, text.EN)
		}
	}
}
