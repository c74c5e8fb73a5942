package webhook_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"newsdesk/internal/press"
	"newsdesk/internal/site/webhook"
)

// TestAttachments: a message names them with what a receiver needs to fetch them; their addresses are for whoever got them and
// for nothing else; where Newsdesk cannot be reached they come inside, up to a bound.
func TestAttachments(t *testing.T) {
	t.Parallel()
	file := press.Attachment{File: press.DigestOf([]byte("the form")), Name: "报名表 1.pdf", Size: 8}
	open := func(_ context.Context, d press.Digest) (io.ReadCloser, int64, error) {
		if d != file.File {
			return nil, 0, errors.New("none")
		}
		return io.NopCloser(strings.NewReader("the form")), 8, nil
	}
	r := listening(t)
	p := page("一")
	p.Content.Attachments = []press.Attachment{file}
	if _, err := r.target(&memory{}, nil).Publish(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	got := r.last(t, 1).Article.Attachments
	if len(got) != 1 || got[0].Name != file.Name || got[0].Digest != file.File || got[0].Bytes != 8 || got[0].ContentType != "application/pdf" || got[0].Expires.IsZero() {
		t.Fatalf("told %+v", got)
	}
	serve := webhook.Attachments{Open: open, Key: func(context.Context, string) (string, error) { return webhook.PhotoKey(key, "v1.sealed"), nil }}
	ask := func(address string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		serve.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
		return w
	}
	address := strings.TrimPrefix(got[0].URL, "https://newsroom.example.edu")
	w := ask(address)
	if w.Code != 200 || w.Body.String() != "the form" || w.Header().Get("Content-Type") != "application/pdf" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment; filename*=UTF-8''%E6") {
		t.Errorf("%s answers %d %s %v", address, w.Code, w.Body, w.Header())
	}
	for _, wrong := range []string{
		strings.Replace(address, ".pdf", ".txt", 1), strings.Replace(address, ".pdf", ".html", 1), strings.Replace(address, "v1=", "v1=0", 1),
		strings.Replace(address, "/cms/", "/other/", 1), strings.Replace(address, webhook.FilePath, webhook.PhotoPath, 1), webhook.FilePath, webhook.FilePath + "cms/x",
	} {
		if w := ask(wrong); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", wrong, w.Code)
		}
	}

	inside := r.target(&memory{}, func(c *webhook.Config) {
		c.Inline, c.File = true, open
		c.Read = func(_ context.Context, r press.Rendition) ([]byte, error) { return []byte(r.ContentType), nil }
	})
	if _, err := inside.Publish(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if got := r.last(t, 2).Article.Attachments; len(got) != 1 || got[0].Data != "dGhlIGZvcm0=" || got[0].URL != "" {
		t.Errorf("inside: %+v", got)
	}
	p.Content.Title, p.Content.Attachments[0].Size = "二", 7<<20
	var fault *press.PageFault
	if _, err := inside.Publish(t.Context(), p); !errors.As(err, &fault) || fault.Code != "webhook.too_large" {
		t.Errorf("too much is %v", err)
	}
}
