package sandbox

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	testAppID  = "wx5a3db0c5ad8b0000"
	testSecret = "sandbox-secret"
	testKey    = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// clock is a clock that a test moves by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// rig is a sandbox behind a real listener, with a client that knows the raw wire.
type rig struct {
	t     *testing.T
	s     *Sandbox
	url   string
	clock *clock
	token string
}

func newRig(t *testing.T, change func(*Config)) *rig {
	t.Helper()
	r := &rig{t: t, clock: newClock()}
	cfg := Config{
		Accounts: []Account{{Name: "厦小集", AppID: testAppID, Secret: testSecret, CallbackToken: "callback-token"}},
		Now:      r.clock.Now,
		Clocks:   Clocks{CallbackPause: time.Millisecond},
	}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		srv.Close()
	})
	s.SetPublicURL(srv.URL)
	r.s, r.url = s, srv.URL
	return r
}

type answer map[string]any

func (a answer) code() int {
	n, _ := a["errcode"].(float64)
	return int(n)
}

func (a answer) str(key string) string {
	s, _ := a[key].(string)
	return s
}

func (r *rig) raw(method, target, contentType string, body io.Reader) (*http.Response, []byte) {
	r.t.Helper()
	req, err := http.NewRequest(method, r.url+target, body)
	if err != nil {
		r.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return res, data
}

func (r *rig) parse(data []byte) answer {
	r.t.Helper()
	var a answer
	if err := json.Unmarshal(data, &a); err != nil {
		r.t.Fatalf("reply %q: %v", data, err)
	}
	return a
}

// auth gets a stable token once and returns the query that carries it.
func (r *rig) auth() string {
	r.t.Helper()
	if r.token == "" {
		a := r.stable(false)
		r.token = a.str("access_token")
		if r.token == "" {
			r.t.Fatalf("no token: %v", a)
		}
	}
	return "access_token=" + r.token
}

func (r *rig) stable(force bool) answer {
	r.t.Helper()
	body, _ := json.Marshal(map[string]any{"grant_type": "client_credential", "appid": testAppID, "secret": testSecret, "force_refresh": force})
	_, data := r.raw("POST", "/cgi-bin/stable_token", "application/json", bytes.NewReader(body))
	return r.parse(data)
}

func (r *rig) get(path string) answer {
	r.t.Helper()
	_, data := r.raw("GET", path+"?"+r.auth(), "", nil)
	return r.parse(data)
}

// post sends a body, which is JSON text or something to be written as JSON.
func (r *rig) post(path string, body any) answer {
	r.t.Helper()
	s, isText := body.(string)
	if !isText {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(body); err != nil {
			r.t.Fatal(err)
		}
		s = b.String()
	}
	_, data := r.raw("POST", path+"?"+r.auth(), "application/json", strings.NewReader(s))
	return r.parse(data)
}

func (r *rig) upload(path, query, name string, data []byte, fields ...string) answer {
	r.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, _ := w.CreateFormFile("media", name)
	_, _ = part.Write(data)
	for i := 0; i+1 < len(fields); i += 2 {
		_ = w.WriteField(fields[i], fields[i+1])
	}
	_ = w.Close()
	_, body := r.raw("POST", path+"?"+r.auth()+query, w.FormDataContentType(), &b)
	return r.parse(body)
}

// thumb uploads a permanent picture and returns its id.
func (r *rig) thumb() string {
	r.t.Helper()
	a := r.upload("/cgi-bin/material/add_material", "&type=image", "cover.jpg", jpegBytes(90, 38))
	if a.str("media_id") == "" {
		r.t.Fatalf("add_material: %v", a)
	}
	return a.str("media_id")
}

func (r *rig) draft(fields ...answer) string {
	r.t.Helper()
	if len(fields) == 0 {
		fields = []answer{{}}
	}
	a := r.post("/cgi-bin/draft/add", answer{"articles": r.articles(fields...)})
	if a.str("media_id") == "" {
		r.t.Fatalf("draft/add: %v", a)
	}
	return a.str("media_id")
}

// articles fills in what a test does not care about.
func (r *rig) articles(fields ...answer) []answer {
	r.t.Helper()
	var out []answer
	for _, f := range fields {
		a := answer{"title": "标题", "content": "<p>正文</p>"}
		if _, given := f["thumb_media_id"]; !given {
			a["thumb_media_id"] = r.thumb()
		}
		for k, v := range f {
			a[k] = v
		}
		out = append(out, a)
	}
	return out
}

func (r *rig) expect(a answer, code int) {
	r.t.Helper()
	if a.code() != code {
		r.t.Fatalf("errcode %d, want %d: %v", a.code(), code, a)
	}
}

func picture1(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(40 + 160*x/w), uint8(80 + 120*y/h), 150, 255})
		}
	}
	return img
}

func jpegBytes(w, h int) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, picture1(w, h), nil)
	return b.Bytes()
}

func pngBytes(w, h int) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, picture1(w, h))
	return b.Bytes()
}

func gifBytes() []byte {
	var b bytes.Buffer
	_ = gif.Encode(&b, picture1(4, 4), nil)
	return b.Bytes()
}

// receiver is a callback address that keeps what it is sent.
type receiver struct {
	*httptest.Server
	got chan pushed
}

type pushed struct {
	query map[string][]string
	body  string
}

func newReceiver(t *testing.T, answer func(n int, w http.ResponseWriter)) *receiver {
	t.Helper()
	rc := &receiver{got: make(chan pushed, 100)}
	var n atomic.Int64
	rc.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if echo := r.FormValue("echostr"); echo != "" {
			_, _ = io.WriteString(w, echo)
			return
		}
		body, _ := io.ReadAll(r.Body)
		try := int(n.Add(1))
		rc.got <- pushed{r.URL.Query(), string(body)}
		if answer != nil {
			answer(try, w)
			return
		}
		_, _ = io.WriteString(w, "success")
	}))
	t.Cleanup(rc.Close)
	return rc
}

func (rc *receiver) next(t *testing.T) pushed {
	t.Helper()
	select {
	case p := <-rc.got:
		return p
	case <-time.After(10 * time.Second):
		t.Fatal("no event came")
		return pushed{}
	}
}
