package wechat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/wechat"
	"newsdesk/internal/wechat/sandbox"
)

const (
	appID         = "wx0123456789abcdef"
	secret        = "s3cr3t-of-the-account-0123456789"
	callbackToken = "callback-token-7321"
	aesKey        = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// rig is an account in front of a sandbox. Everything that is said about it, errors and logs, is searched for secrets when
// the test ends.
type rig struct {
	*wechat.Account
	t    *testing.T
	box  *sandbox.Sandbox
	base string
	wire *recorder
	logs *buffer
	cfg  wechat.Config
}

type setup struct {
	box    func(*sandbox.Config)
	client func(*wechat.Config)
}

func newRig(t *testing.T, s setup) *rig {
	t.Helper()
	boxCfg := sandbox.Config{
		Accounts:     []sandbox.Account{{AppID: appID, Secret: secret, CallbackToken: callbackToken}},
		PublishDelay: -1,
	}
	if s.box != nil {
		s.box(&boxCfg)
	}
	box, err := sandbox.New(boxCfg)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(box.Handler())
	t.Cleanup(func() {
		srv.CloseClientConnections()
		_ = box.Close()
		srv.Close()
	})
	box.SetPublicURL(srv.URL)
	r := &rig{t: t, box: box, base: srv.URL, wire: &recorder{next: &http.Transport{}}, logs: &buffer{}}
	r.cfg = wechat.Config{
		Name: "office", AppID: appID, Secret: secret, BaseURL: srv.URL, CallbackToken: callbackToken,
		Timeout: 20 * time.Second, HTTP: r.wire,
		Logger: slog.New(slog.NewTextHandler(r.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if s.client != nil {
		s.client(&r.cfg)
	}
	r.Account = r.another()
	t.Cleanup(r.searchLogs)
	return r
}

// another is a second client of the same account, as another process would have.
func (r *rig) another() *wechat.Account {
	r.t.Helper()
	a, err := wechat.New(r.cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

func (r *rig) fault(f sandbox.Fault) {
	r.t.Helper()
	if _, err := r.box.AddFault(f); err != nil {
		r.t.Fatal(err)
	}
}

// refusal returns the refusal that err must be, after searching it for secrets.
func (r *rig) refusal(err error) *press.Refusal {
	r.t.Helper()
	var refusal *press.Refusal
	if !errors.As(err, &refusal) {
		r.t.Fatalf("got %v, want a refusal", err)
	}
	all, _ := json.Marshal(refusal)
	r.search("error", fmt.Sprintf("%v %+v %#v %s %v", err, err, *refusal, all, refusal.Err))
	if refusal.Text.EN == "" || refusal.Text.ZH == "" || refusal.Fix.EN == "" || refusal.Fix.ZH == "" {
		r.t.Errorf("%v does not say what it means and what to do: %+v", err, refusal)
	}
	return refusal
}

func (r *rig) searchLogs() { r.search("log", r.logs.String()) }

func (r *rig) search(where, said string) {
	r.t.Helper()
	words := append(r.wire.tokens(), secret, callbackToken, aesKey)
	for _, word := range words {
		if strings.Contains(said, word) {
			r.t.Errorf("a secret is in the %s: %s", where, said)
		}
	}
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// calls counts the calls that reached the sandbox.
func (r *rig) calls(path string) int {
	return len(r.box.Calls(sandbox.CallFilter{Path: path}))
}

func (r *rig) cover() string {
	r.t.Helper()
	id, _, err := r.AddImage(context.Background(), "封面.png", picture(r.t, 900, 383))
	r.must(err)
	return id
}

func (r *rig) article(title string) press.PushArticle {
	return press.PushArticle{
		Title: title, Author: "宣传部", Digest: "摘要", HTML: "<section><p>正文</p></section>",
		SourceURL: "https://news.example.org/a/1?d=01J", ThumbMedia: r.cover(),
	}
}

func (r *rig) draft(titles ...string) string {
	r.t.Helper()
	var list []press.PushArticle
	for _, title := range titles {
		list = append(list, r.article(title))
	}
	id, err := r.AddDraft(context.Background(), list)
	r.must(err)
	return id
}

// recorder is a transport that remembers the tokens that passed, and can be told to fail.
type recorder struct {
	next http.RoundTripper
	mu   sync.Mutex
	seen []string
}

var tokenInJSON = regexp.MustCompile(`"access_token":"([^"]+)"`)

func (w *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	w.note(req.URL.Query().Get("access_token"))
	resp, err := w.next.RoundTrip(req)
	if err != nil || !strings.HasSuffix(req.URL.Path, "/stable_token") {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if m := tokenInJSON.FindSubmatch(body); m != nil {
		w.note(string(m[1]))
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, err
}

func (w *recorder) note(token string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if token != "" {
		w.seen = append(w.seen, token)
	}
}

func (w *recorder) tokens() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.seen...)
}

// buffer is a bytes.Buffer for several writers.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, h))
	img.SetGray(w/2, h/2, color.Gray{Y: 200})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
