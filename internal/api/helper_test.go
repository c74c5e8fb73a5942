package api_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"path/filepath"
	"testing"

	"newsdesk/internal/api"
	"newsdesk/internal/app"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/apptest"
)

// desk is a running server without workers, with people and their tokens.
type desk struct {
	*app.App
	url    string
	tokens map[string]string
}

// open starts a server of its own for a test, with everything real in it.
func open(t testing.TB, flags map[string]any) *desk {
	t.Helper()
	a := apptest.Open(t, flags, func(o *app.Options) { o.Work = false })
	d := &desk{App: a, url: a.Config.PublicURL, tokens: map[string]string{}}
	d.person(t, "writer", press.Contributor)
	d.person(t, "editor", press.Editor)
	for _, name := range []string{"one", "two", "three"} {
		d.person(t, name, press.Reviewer)
	}
	return d
}

func (d *desk) person(t testing.TB, name string, roles ...press.Role) {
	t.Helper()
	if _, err := d.Desk.AddUser(t.Context(), press.System(), name, roles, nil); err != nil {
		t.Fatal(err)
	}
	secret, _, err := d.Desk.CreateToken(t.Context(), press.System(), name, "test")
	if err != nil {
		t.Fatal(err)
	}
	d.tokens[name] = secret
}

func (d *desk) as(name string) *api.Client { return api.NewClient(d.url, d.tokens[name], nil) }

// file is a file of a parcel made of bytes.
func file(name string, data []byte) intake.File {
	return intake.File{Name: name, Size: int64(len(data)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

// photo draws a photo that differs from those with another seed.
func photo(t testing.TB, seed, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.SetRGBA(x, y, color.RGBA{R: uint8(x * 200 / width), G: uint8(y * 200 / height), B: uint8(seed * 40), A: 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func parcel(t testing.TB, title string) []intake.File {
	t.Helper()
	text := "Current Location:News information > Group news\n" + title + "\nThe first paragraph.\npicture 1.jpg\nThe second one.\n"
	return []intake.File{file("article.txt", []byte(text)), file("picture 1.jpg", photo(t, len(title), 640, 480))}
}

func (d *desk) handIn(t testing.TB, title string) api.HandedIn {
	t.Helper()
	out, err := d.as("writer").HandIn(t.Context(), api.Parcel{Files: parcel(t, title)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (d *desk) approved(t testing.TB, title string) press.Article {
	t.Helper()
	article := d.handIn(t, title).Article
	for _, name := range []string{"one", "two", "three"} {
		signed, err := d.as(name).Sign(t.Context(), article.ID, article.Revision, article.Hash)
		if err != nil {
			t.Fatal(err)
		}
		article = signed.Article
	}
	return article
}

// raw makes a request as a program that is not ours would.
func (d *desk) raw(t testing.TB, method, path, token string, body io.Reader, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, d.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

func refused(t testing.TB, err error, kind press.Kind, code string) {
	t.Helper()
	if err == nil || press.KindOf(err) != kind || press.CodeOf(err) != code {
		t.Fatalf("got %v (%s, %s), want %s, %s", err, press.KindOf(err), press.CodeOf(err), kind, code)
	}
	if text := press.TextOf(err); text.EN == "" || text.ZH == "" || text.EN == text.ZH {
		t.Errorf("the refusal %s is not said in both languages: %+v", code, text)
	}
}

func spooled(t testing.TB, d *desk) int {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(d.Config.Data, "tmp", "parcel-*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(left)
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
