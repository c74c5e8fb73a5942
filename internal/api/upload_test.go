package api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"newsdesk/internal/api"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// zeros is a file of any size that takes no memory. It counts what was read of it.
type zeros struct {
	left int64
	read *atomic.Int64
	each func(int64) // after every read, with the sum; may be nil
}

func (z *zeros) Read(p []byte) (int, error) {
	if z.left <= 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), z.left))
	clear(p[:n])
	z.left -= int64(n)
	if sum := z.read.Add(int64(n)); z.each != nil {
		z.each(sum)
	}
	return n, nil
}

func (z *zeros) Close() error { return nil }

func TestTwoGigabytesAreRefused(t *testing.T) {
	d := open(t, map[string]any{"limits.parcel_bytes": "8MB", "limits.photo_bytes": "1MB", "limits.document_bytes": "1MB"})
	const size = 2 << 30
	var announced, streamed atomic.Int64
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)

	big := intake.File{Name: "big.jpg", Size: size, Open: func() (io.ReadCloser, error) { return &zeros{left: size, read: &announced}, nil }}
	_, err := d.as("writer").HandIn(t.Context(), api.Parcel{Files: append(parcel(t, "Big"), big)})
	refused(t, err, press.TooLarge, "parcel.bytes")
	if n := announced.Load(); n > 0 {
		t.Errorf("%d bytes were read of a parcel whose length alone is too much", n)
	}

	head := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big.jpg\"\r\n\r\n"
	body := io.MultiReader(strings.NewReader(head), &zeros{left: size, read: &streamed})
	res := d.raw(t, http.MethodPost, "/api/v1/parcels", d.tokens["writer"], body, "Content-Type", "multipart/form-data; boundary=x")
	if p := problem(t, res); p.Status != http.StatusRequestEntityTooLarge || p.Code != "parcel.bytes" {
		t.Errorf("got %d %s", p.Status, p.Code)
	}
	if n := streamed.Load(); n > 64<<20 {
		t.Errorf("%d MB were taken of an endless parcel; the limit is 8", n>>20)
	}
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > 32 {
		t.Errorf("%d MB were allocated for parcels that were refused", n)
	}
	if n := spooled(t, d); n != 0 {
		t.Errorf("%d folders of refused parcels are left", n)
	}
}

func TestTokenRevokedWhileUploading(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ctx := t.Context()
	tokens, err := d.Store.Tokens(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var revoke press.TokenID
	for _, token := range tokens {
		if token.UserName == "writer" {
			revoke = token.ID
		}
	}
	var read atomic.Int64
	done := false
	slow := intake.File{Name: "rest.bin", Size: 4 << 20, Open: func() (io.ReadCloser, error) {
		return &zeros{left: 4 << 20, read: &read, each: func(sum int64) {
			if sum > 1<<20 && !done {
				done = true
				if err := d.Desk.RevokeToken(ctx, press.System(), revoke); err != nil {
					t.Error(err)
				}
			}
		}}, nil
	}}
	_, err = d.as("writer").HandIn(ctx, api.Parcel{Files: append(parcel(t, "Revoked"), slow)})
	refused(t, err, press.Unauthenticated, "token.invalid")
	if list := must[api.ArticleList](t)(d.as("editor").Articles(ctx, api.ArticleQuery{})); list.Total != 0 {
		t.Errorf("%d articles were made", list.Total)
	}
	if n := spooled(t, d); n != 0 {
		t.Errorf("%d folders are left", n)
	}
}

// form writes a multipart body by hand.
func form(t *testing.T, parts ...[2]string) (io.Reader, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, p := range parts {
		part, err := w.CreatePart(map[string][]string{"Content-Disposition": {p[0]}})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(part, p[1])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &body, w.FormDataContentType()
}

func named(name string) string { return `form-data; name="file"; filename="` + name + `"` }

const text = "Title\nA paragraph.\n"

func TestHostileUploads(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	var many [][2]string
	for i := range 500 {
		many = append(many, [2]string{named(fmt.Sprintf("%d.jpg", i)), "x"})
	}
	var fields [][2]string
	for range 50 {
		fields = append(fields, [2]string{`form-data; name="column"`, "News"})
	}
	for _, c := range []struct {
		name   string
		parts  [][2]string
		status int
		code   string
	}{
		{"500 files", many, 413, "parcel.files"},
		{"50 fields", fields, 422, "parcel.field"},
		{"a field of 1 MB", [][2]string{{`form-data; name="column"`, strings.Repeat("x", 1<<20)}}, 413, "parcel.field"},
		{"an unknown field", [][2]string{{`form-data; name="role"`, "administrator"}}, 422, "parcel.field"},
		{"a part without a name", [][2]string{{`form-data`, "x"}}, 422, "parcel.field"},
		{"an endless name", [][2]string{{named(strings.Repeat("n", 5000) + ".txt"), text}}, 422, "parcel.name"},
		{"nothing", nil, 422, "parcel.no_document"},
		{"photos alone", [][2]string{{named("a.jpg"), "x"}}, 422, "parcel.no_document"},
		{"two documents", [][2]string{{named("a.txt"), text}, {named("b.txt"), text + "Another."}}, 422, "parcel.documents"},
		{"an article of nobody", [][2]string{{`form-data; name="article"`, press.NewID(testStart)}, {named("a.txt"), text}}, 404, "article.missing"},
		{"an article that is no identifier", [][2]string{{`form-data; name="article"`, "../../etc"}, {named("a.txt"), text}}, 404, "article.missing"},
		{"a deep column", [][2]string{{`form-data; name="column"`, "a > b > c > d > e"}, {named("a.txt"), text}}, 422, "column.depth"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			body, kind := form(t, c.parts...)
			p := problem(t, d.raw(t, http.MethodPost, "/api/v1/parcels", d.tokens["writer"], body, "Content-Type", kind))
			if p.Status != c.status || p.Code != c.code {
				t.Errorf("got %d %s (%s), want %d %s", p.Status, p.Code, p.Detail, c.status, c.code)
			}
		})
	}
}

func TestBrokenForms(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	whole := "--x\r\nContent-Disposition: " + named("a.txt") + "\r\n\r\n" + text + "\r\n--x--\r\n"
	for _, c := range []struct {
		name, kind, body string
		status           int
		code             string
	}{
		{"without a boundary", "multipart/form-data", whole, 415, "parcel.form"},
		{"with another boundary", "multipart/form-data; boundary=y", whole, 422, "parcel.broken"},
		{"cut off inside a file", "multipart/form-data; boundary=x", whole[:len(whole)-20], 422, "parcel.broken"},
		{"cut off inside a header", "multipart/form-data; boundary=x", whole[:30], 422, "parcel.broken"},
		{"empty", "multipart/form-data; boundary=x", "", 422, "parcel.broken"},
		{"urlencoded", "application/x-www-form-urlencoded", "file=x", 415, "parcel.form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := problem(t, d.raw(t, http.MethodPost, "/api/v1/parcels", d.tokens["writer"], strings.NewReader(c.body), "Content-Type", c.kind))
			if p.Status != c.status || p.Code != c.code {
				t.Errorf("got %d %s (%s), want %d %s", p.Status, p.Code, p.Detail, c.status, c.code)
			}
		})
	}
}

// Whatever a file is called, it lands in the spool folder and nowhere else.
func TestNamesCannotEscape(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	picture := string(photo(t, 3, 320, 240))
	names := []string{"../../../../escaped.jpg", `..\\..\\escaped.jpg`, "/tmp/escaped.jpg", "a/b/../../../escaped.jpg", "escaped.txt%00.jpg", "con.jpg", "\u202egpj.escaped.jpg"}
	parts := [][2]string{{named("../../article.txt"), "Title\nA paragraph.\nescaped.jpg\n"}}
	for _, name := range names {
		parts = append(parts, [2]string{named(name), picture})
	}
	body, kind := form(t, parts...)
	res := d.raw(t, http.MethodPost, "/api/v1/parcels", d.tokens["writer"], body, "Content-Type", kind)
	if res.StatusCode != http.StatusCreated {
		t.Fatalf("got %s: %+v", res.Status, problem(t, res))
	}
	for _, root := range []string{filepath.Dir(d.Config.Data), d.Config.Data, os.TempDir()} {
		if found, err := filepath.Glob(filepath.Join(root, "*escaped*")); err != nil || len(found) > 0 {
			t.Errorf("a file got out: %v, %v", found, err)
		}
	}
	if n := spooled(t, d); n != 0 {
		t.Errorf("%d spool folders are left", n)
	}
}

func TestFilesThatChangeWhileTheyAreSent(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	data := []byte(text)
	grown := file("article.txt", data)
	grown.Size--
	shrunk := file("article.txt", data)
	shrunk.Size++
	gone := file("article.txt", data)
	gone.Open = func() (io.ReadCloser, error) { return nil, os.ErrNotExist }
	for name, f := range map[string]intake.File{"grown": grown, "shrunk": shrunk, "gone": gone} {
		_, err := d.as("writer").HandIn(t.Context(), api.Parcel{Files: []intake.File{f}})
		if press.CodeOf(err) != "parcel.file" || !strings.Contains(press.TextOf(err).EN, "article.txt") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStoppedUpload(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	var read atomic.Int64
	endless := intake.File{Name: "a.jpg", Size: 1 << 30, Open: func() (io.ReadCloser, error) {
		return &zeros{left: 1 << 30, read: &read, each: func(sum int64) {
			if sum > 1<<20 {
				stop()
			}
		}}, nil
	}}
	_, err := d.as("writer").HandIn(ctx, api.Parcel{Files: append(parcel(t, "Stopped"), endless)})
	if press.CodeOf(err) != "stopped" || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
