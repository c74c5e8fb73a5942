package webhook_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/site/webhook"
)

const key = "a key of thirty-two characters.."

// memory remembers pages as the store does.
type memory struct {
	mu     sync.Mutex
	places map[press.ArticleID]press.PagePlace
}

func (m *memory) PagePlace(_ context.Context, _ string, id press.ArticleID) (press.PagePlace, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.places[id]
	if !ok {
		return p, press.Fail(press.NotFound, "place.missing", press.Say("none", "无"))
	}
	return p, nil
}

func (m *memory) SavePagePlace(_ context.Context, p press.PagePlace) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.places == nil {
		m.places = map[press.ArticleID]press.PagePlace{}
	}
	m.places[p.Article] = p
	return nil
}

// receiver is somebody else's system: it checks signatures and keeps messages; answer may say something else.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []webhook.Message
	header []http.Header
	answer func(w http.ResponseWriter, m webhook.Message) bool // reports whether it has answered
}

func listening(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil || webhook.Verify(key, req.Header.Get(webhook.HeaderSignature), body, time.Now()) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var m webhook.Message
		if err := json.Unmarshal(body, &m); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		r.mu.Lock()
		r.got, r.header = append(r.got, m), append(r.header, req.Header)
		answer := r.answer
		r.mu.Unlock()
		if answer == nil || !answer(w, m) {
			_, _ = io.WriteString(w, `{"url":"https://cms.example.edu/1","id":"77"}`)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) says(answer func(w http.ResponseWriter, m webhook.Message) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func (r *receiver) last(t *testing.T, want int) webhook.Message {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.got) != want {
		t.Fatalf("%d messages came, want %d", len(r.got), want)
	}
	return r.got[want-1]
}

func (r *receiver) target(mem webhook.Memory, change func(*webhook.Config)) *webhook.Target {
	cfg := webhook.Config{Name: "cms", Address: r.URL, Secret: key, PhotoKey: webhook.PhotoKey(key, "v1.sealed"), Private: true, Memory: mem, Public: "https://newsroom.example.edu/"}
	if change != nil {
		change(&cfg)
	}
	return webhook.New(cfg)
}

var photo = press.DigestOf([]byte("original"))

func page(title string) press.Page {
	at := time.Date(2024, 8, 16, 1, 2, 3, 0, time.UTC)
	rendition := func(width int, kind string) press.Rendition {
		data := []byte(kind + title)
		return press.Rendition{Digest: press.DigestOf(data), ContentType: kind, Width: width, Height: width / 2, Bytes: int64(len(data))}
	}
	c := press.Content{
		Title: title, Column: press.Column{"新闻资讯"}, Credits: press.Credits{Text: "示例宣传部"}, Cover: press.Cover{Photo: photo},
		Body: press.Body{Blocks: []press.Block{
			press.Paragraph{Text: []press.Run{{Text: "正文 <b> & “引号”。"}}}, press.Picture{Photo: photo, Caption: "会场", Alt: "几个人"},
		}},
	}.Normalize()
	return press.Page{ID: "01m8200000000000000000abcd", Revision: 3, Content: c, PublishedAt: at, UpdatedAt: at, Renditions: map[press.Digest][]press.Rendition{
		photo: {rendition(480, "image/jpeg"), rendition(960, "image/jpeg"), rendition(1600, "image/jpeg"), rendition(1600, "image/webp")},
	}}
}

// TestLife publishes, repeats, corrects, retracts and publishes again: each change is told once, and numbered.
func TestLife(t *testing.T) {
	t.Parallel()
	r, mem := listening(t), &memory{}
	target := r.target(mem, nil)
	send := func(p press.Page) string {
		t.Helper()
		address, err := target.Publish(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		return address
	}
	remove := func() {
		t.Helper()
		if err := target.Remove(t.Context(), nil, page("").ID); err != nil {
			t.Fatal(err)
		}
	}
	remove() // never there: nothing is said
	if address := send(page("一")); address != "https://cms.example.edu/1" {
		t.Errorf("the address is %q", address)
	}
	m := r.last(t, 1)
	a := m.Article
	switch {
	case m.Event != webhook.Publish || m.Sequence != 1 || m.Version != 1 || m.Target != "cms" || len(m.ID) != 32:
		t.Errorf("the first message is %+v", m)
	case a.Title != "一" || a.Revision != 3 || a.Hash != page("一").Content.Hash() || a.Digest == "" || a.Credits.Text != "示例宣传部" || a.Text == "" || !a.PublishedAt.Equal(page("").PublishedAt):
		t.Errorf("its article is %+v", a)
	case len(a.Photos) != 1 || a.Photos[0].Width != 1600 || a.Photos[0].ContentType != "image/jpeg" || a.Photos[0].Caption != "会场" || a.Photos[0].Data != "":
		t.Errorf("its photos are %+v", a.Photos)
	case !strings.Contains(a.HTML, strings.ReplaceAll(a.Photos[0].URL, "&", "&amp;")) || !strings.Contains(a.HTML, "&lt;b&gt;") || !strings.Contains(a.Markdown, a.Photos[0].URL):
		t.Errorf("its body is %s and %s, its photo at %s", a.HTML, a.Markdown, a.Photos[0].URL)
	}
	if h := r.header[0]; h.Get("Idempotency-Key") != m.ID || h.Get("Newsdesk-Event") != "publish" {
		t.Errorf("the headers are %v", h)
	}
	send(page("一"))
	r.last(t, 1) // known already
	send(page("二"))
	if m := r.last(t, 2); m.Event != webhook.Correct || m.Sequence != 2 {
		t.Errorf("a correction is %+v", m)
	}
	remove()
	if m := r.last(t, 3); m.Event != webhook.Retract || m.Sequence != 3 || m.Article.ID == "" || m.Article.HTML != "" {
		t.Errorf("a retraction is %+v", m)
	}
	remove()
	r.last(t, 3)
	send(page("二"))
	if m := r.last(t, 4); m.Event != webhook.Publish || m.Sequence != 4 {
		t.Errorf("what is published again is %+v", m)
	}
}

// TestBrokenOff: a request whose answer was lost is sent again with the same key, whatever happened to this process; another
// one has another key.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	r, mem := listening(t), &memory{}
	r.says(func(http.ResponseWriter, webhook.Message) bool { panic(http.ErrAbortHandler) })
	for range 2 {
		_, err := r.target(mem, nil).Publish(t.Context(), page("一"))
		var fault *press.PageFault
		if !errors.As(err, &fault) || fault.Class != press.ClassBackoff {
			t.Fatalf("a lost answer is %v", err)
		}
	}
	r.says(nil)
	if _, err := r.target(mem, nil).Publish(t.Context(), page("一")); err != nil {
		t.Fatal(err)
	}
	r.last(t, 3)
	if r.got[0].ID != r.got[1].ID || r.got[1].ID != r.got[2].ID {
		t.Errorf("three tries have the keys %s, %s, %s", r.got[0].ID, r.got[1].ID, r.got[2].ID)
	}
	r.says(func(http.ResponseWriter, webhook.Message) bool { panic(http.ErrAbortHandler) })
	_, _ = r.target(mem, nil).Publish(t.Context(), page("二"))
	r.says(nil)
	if err := r.target(mem, nil).Remove(t.Context(), nil, page("").ID); err != nil {
		t.Fatal(err)
	}
	if m := r.last(t, 5); m.ID == r.got[3].ID || r.got[3].ID == r.got[0].ID || m.Event != webhook.Retract {
		t.Errorf("keys: %s, %s, %s", r.got[0].ID, r.got[3].ID, m.ID)
	}
}

// TestEditedThere: a page that was changed at the receiver is asked about, and overwritten only as it was seen.
func TestEditedThere(t *testing.T) {
	t.Parallel()
	r := listening(t)
	target := r.target(&memory{}, nil)
	r.says(func(w http.ResponseWriter, m webhook.Message) bool {
		if m.Overwrite == "etag-9" {
			return false
		}
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, `{"seen":"etag-9"}`)
		return true
	})
	_, err := target.Publish(t.Context(), page("一"))
	var fault *press.PageFault
	if !errors.As(err, &fault) || fault.Code != press.CodePageEdited || fault.Seen != "etag-9" || fault.Class != press.ClassContent {
		t.Fatalf("an edited page is %+v", err)
	}
	p := page("一")
	p.Agreed = fault.Seen
	if _, err := target.Publish(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if m := r.last(t, 2); m.ID == r.got[0].ID {
		t.Error("the agreed message has the key of the refused one")
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status int
		code   string
		class  press.Class
	}{
		{302, "webhook.redirect", press.ClassConfig},
		{400, "webhook.rejected", press.ClassContent},
		{401, "webhook.refused", press.ClassConfig},
		{404, "webhook.missing", press.ClassConfig},
		{409, "webhook.rejected", press.ClassContent},
		{410, "webhook.gone", press.ClassConfig},
		{413, "webhook.too_large", press.ClassConfig},
		{429, "webhook.busy", press.ClassBackoff},
		{503, "webhook.fault", press.ClassBackoff},
	} {
		r := listening(t)
		r.says(func(w http.ResponseWriter, _ webhook.Message) bool {
			w.Header().Set("Location", "https://elsewhere.example/")
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(tt.status)
			_, _ = io.WriteString(w, "why\n\x00 "+strings.Repeat("长", 1000))
			return true
		})
		_, err := r.target(&memory{}, nil).Publish(t.Context(), page("一"))
		var fault *press.PageFault
		if !errors.As(err, &fault) || fault.Code != tt.code || fault.Class != tt.class || fault.Text.ZH == "" || fault.Fix.EN == "" {
			t.Errorf("%d is %+v", tt.status, err)
			continue
		}
		if len(fault.Answer) > 1000 || strings.ContainsAny(fault.Answer, "\x00\n") || strings.Contains(fault.Error(), key) {
			t.Errorf("%d: the answer is %q", tt.status, fault.Answer)
		}
		if waits := fault.Wait == 7*time.Second; waits != (tt.class == press.ClassBackoff) {
			t.Errorf("%d waits %v", tt.status, fault.Wait)
		}
	}
	r := listening(t)
	_, err := r.target(&memory{}, func(c *webhook.Config) { c.Private = false }).Publish(t.Context(), page("一"))
	var fault *press.PageFault
	if !errors.As(err, &fault) || fault.Code != "webhook.unreachable" || fault.Class != press.ClassConfig || len(r.got) != 0 {
		t.Errorf("an address of this machine is %+v", err)
	}
}

// TestMovedWhileUnderWay: what the receiver before has taken, this one has not.
func TestMovedWhileUnderWay(t *testing.T) {
	t.Parallel()
	before, after, mem := listening(t), listening(t), &memory{}
	for _, r := range []*receiver{before, after, after} {
		if _, err := r.target(mem, nil).Publish(t.Context(), page("一")); err != nil {
			t.Fatal(err)
		}
	}
	if m := after.last(t, 1); m.Event != webhook.Publish || m.Sequence != 2 {
		t.Errorf("the new receiver is told %s, number %d", m.Event, m.Sequence)
	}
}

// TestPhotos: the address of a photo is for whoever got it, for a time; nothing is learned by guessing.
func TestPhotos(t *testing.T) {
	t.Parallel()
	r := listening(t)
	if _, err := r.target(&memory{}, nil).Publish(t.Context(), page("一")); err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(r.last(t, 1).Article.Photos[0].URL, "https://newsroom.example.edu")
	now := time.Now()
	photos := webhook.Photos{
		Now: func() time.Time { return now },
		Key: func(_ context.Context, target string) (string, error) {
			if target != "cms" {
				return "", errors.New("none")
			}
			return webhook.PhotoKey(key, "v1.sealed"), nil
		},
		Open: func(_ context.Context, d press.Digest) (io.ReadCloser, int64, error) {
			if d != press.DigestOf([]byte("image/jpeg一")) && d != photo {
				return nil, 0, errors.New("none")
			}
			return io.NopCloser(strings.NewReader("bytes")), 5, nil
		},
	}
	ask := func(address string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		photos.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
		return w
	}
	if w := ask(address); w.Code != 200 || w.Body.String() != "bytes" || w.Header().Get("Content-Type") != "image/jpeg" {
		t.Errorf("%s answers %d %s", address, w.Code, w.Body)
	}
	other := string(press.DigestOf([]byte("image/webp一")))
	for _, wrong := range []string{
		strings.Replace(address, "/cms/", "/other/", 1), strings.Replace(address, "v1=", "v1=0", 1), strings.Replace(address, "expires=", "expires=9", 1),
		address[:strings.IndexByte(address, '?')], webhook.PhotoPath, webhook.PhotoPath + "cms/" + other + address[strings.Index(address, ".jpg"):],
	} {
		if w := ask(wrong); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", wrong, w.Code)
		}
	}
	// The receiver knows its key and the original's digest: that must not be enough for the original itself.
	expires := strings.TrimPrefix(address[strings.Index(address, "expires="):strings.Index(address, "&")], "expires=")
	for _, known := range []string{key, webhook.PhotoKey(key, key), ""} {
		h := hmac.New(sha256.New, []byte(known))
		h.Write([]byte("photo\ncms\n" + string(photo) + "\n" + expires))
		forged := webhook.PhotoPath + "cms/" + string(photo) + ".jpg?expires=" + expires + "&v1=" + hex.EncodeToString(h.Sum(nil))
		if w := ask(forged); w.Code != http.StatusNotFound {
			t.Errorf("an address that the receiver made answers %d", w.Code)
		}
	}
	now = now.Add(webhook.PhotoLifetime + time.Hour)
	if w := ask(address); w.Code != http.StatusGone {
		t.Errorf("later it answers %d", w.Code)
	}
}

func TestInline(t *testing.T) {
	t.Parallel()
	r := listening(t)
	target := r.target(&memory{}, func(c *webhook.Config) {
		c.Inline = true
		c.Read = func(_ context.Context, r press.Rendition) ([]byte, error) { return []byte(r.ContentType), nil }
	})
	if _, err := target.Publish(t.Context(), page("一")); err != nil {
		t.Fatal(err)
	}
	a := r.last(t, 1).Article
	if p := a.Photos[0]; p.Width != 960 || p.Data != "aW1hZ2UvanBlZw==" || p.URL != "" || !strings.Contains(a.HTML, `src="photo:1"`) {
		t.Errorf("%+v in %s", p, a.HTML)
	}
	p := page("二")
	for i := range p.Renditions[photo] {
		p.Renditions[photo][i].Bytes = 30 << 20
	}
	var fault *press.PageFault
	if _, err := target.Publish(t.Context(), p); !errors.As(err, &fault) || fault.Code != "webhook.too_large" {
		t.Errorf("too much is %v", err)
	}
}

func TestTrial(t *testing.T) {
	t.Parallel()
	r := listening(t)
	report, err := r.target(&memory{}, nil).Test(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !report.Works || len(report.Checks) != 3 || report.Checks[0].OK || !report.Checks[1].OK || !report.Checks[2].OK {
		t.Errorf("a good receiver: %+v", report)
	}
	r.last(t, 1)
	careless := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer careless.Close()
	report, _ = r.target(&memory{}, func(c *webhook.Config) { c.Address = careless.URL }).Test(t.Context())
	if !report.Works || report.Checks[2].OK || report.Fix.ZH == "" {
		t.Errorf("one that takes everything: %+v", report)
	}
	report, _ = r.target(&memory{}, func(c *webhook.Config) { c.Secret = "another" }).Test(t.Context())
	if report.Works || len(report.Checks) != 2 || !strings.Contains(report.Checks[1].Answer, "401") {
		t.Errorf("another key: %+v", report)
	}
}

// TestPythonReceiver runs the receiver of the README as it stands there.
func TestPythonReceiver(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```python\n")
	program, _, _ := strings.Cut(rest, "```")
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), python, "-", "0", key, dir)
	cmd.Stdin = strings.NewReader(program)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	target := webhook.New(webhook.Config{Name: "cms", Address: "http://127.0.0.1:" + strings.TrimSpace(port) + "/articles", Secret: key, Private: true, Memory: &memory{}})
	if report, err := target.Test(t.Context()); err != nil || !report.Works || !report.Checks[2].OK {
		t.Fatalf("%+v", report)
	}
	address, err := target.Publish(t.Context(), page("一"))
	if err != nil || address != "https://www.example.edu.cn/news/01m8200000000000000000abcd" {
		t.Fatalf("%s, %v", address, err)
	}
	kept, err := os.ReadFile(filepath.Join(dir, "01m8200000000000000000abcd.json"))
	var m webhook.Message
	if err != nil || json.Unmarshal(kept, &m) != nil || m.Article.Title != "一" {
		t.Errorf("it keeps %s, %v", kept, err)
	}
}
