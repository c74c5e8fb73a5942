package articles_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/apptest"
	"newsdesk/internal/store"
)

// office is a whole Newsdesk with the sample people in it, and a browser without scripts for each.
type office struct {
	testing.TB
	*app.App
	people *app.Office
	as     map[string]*http.Client
}

func newOffice(t *testing.T, furnished bool) *office {
	t.Helper()
	a := apptest.Open(t, apptest.Quick(map[string]any{
		"limits.parcel_bytes": 8_000_000, "limits.photo_bytes": 6_000_000, "limits.document_bytes": 1_000_000,
	}), nil)
	o := &office{TB: t, App: a, people: &app.Office{App: a, Lang: press.Chinese}, as: map[string]*http.Client{}}
	furnish := o.people.Hire
	if furnished {
		furnish = o.people.Furnish
	}
	o.ok(furnish(t.Context()))
	return o
}

func (o *office) ok(err error) {
	o.Helper()
	if err != nil {
		o.Fatalf("unexpected error: %v", err)
	}
}

// browser is somebody's, signed in.
func (o *office) browser(key string) *http.Client {
	o.Helper()
	if c := o.as[key]; c != nil {
		return c
	}
	o.signIn(key, o.people.Person(key).Name)
	return o.as[key]
}

func (o *office) signIn(key, name string) {
	o.Helper()
	secret, _, err := o.Desk.SignIn(o.Context(), name, app.SamplePassword, "test", "127.0.0.1")
	o.ok(err)
	jar, err := cookiejar.New(nil)
	o.ok(err)
	base, err := url.Parse(o.Config.PublicURL)
	o.ok(err)
	jar.SetCookies(base, []*http.Cookie{{Name: "newsdesk-session", Value: secret}, {Name: "newsdesk-lang", Value: "zh"}})
	o.as[key] = &http.Client{Jar: jar}
}

// answer is what came back: where the browser ended up, and what it shows.
type answer struct {
	code int
	path string
	text string
}

func (o *office) send(key string, req *http.Request) answer {
	o.Helper()
	res, err := o.browser(key).Do(req)
	o.ok(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	o.ok(err)
	return answer{res.StatusCode, res.Request.URL.RequestURI(), string(body)}
}

func (o *office) request(method, path string, body io.Reader) *http.Request {
	o.Helper()
	req, err := http.NewRequestWithContext(o.Context(), method, o.Config.PublicURL+path, body)
	o.ok(err)
	return req
}

func (o *office) get(key, path string) answer {
	o.Helper()
	return o.send(key, o.request(http.MethodGet, path, nil))
}

func (o *office) post(key, path string, form url.Values) answer {
	o.Helper()
	req := o.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return o.send(key, req)
}

// shows checks the status and that every text is on the page.
func (o *office) shows(a answer, code int, texts ...string) {
	o.Helper()
	if a.code != code {
		o.Fatalf("%s answers %d, want %d: %.2000s", a.path, a.code, code, a.text)
	}
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			o.Errorf("%s does not say %q", a.path, text)
		}
	}
	if strings.Contains(a.text, "⟦") || strings.Contains(a.text, "<no value>") || strings.Contains(a.text, "%!") {
		o.Errorf("%s says something that is not in the catalogue", a.path)
	}
}

func (o *office) hides(a answer, texts ...string) {
	o.Helper()
	for _, text := range texts {
		if strings.Contains(a.text, text) {
			o.Errorf("%s says %q", a.path, text)
		}
	}
}

// titled is the article with a word in it.
func (o *office) titled(word string) press.Article {
	o.Helper()
	list, _, err := o.Store.Articles(o.Context(), store.ArticleFilter{Query: word})
	o.ok(err)
	if len(list) == 0 {
		o.Fatalf("no article says %q", word)
	}
	return list[0]
}

// file is a part of a parcel.
type file struct {
	name, path string
	data       []byte
}

func parcelOf(fields map[string]string, files ...file) (contentType string, body *bytes.Buffer) {
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for name, value := range fields {
		_ = w.WriteField(name, value)
	}
	for _, f := range files {
		if f.path != "" {
			_ = w.WriteField("paths", f.path)
		}
	}
	for _, f := range files {
		part, _ := w.CreateFormFile("files", f.name)
		_, _ = part.Write(f.data)
	}
	_ = w.Close()
	return w.FormDataContentType(), body
}

func (o *office) handIn(key string, script bool, fields map[string]string, files ...file) answer {
	o.Helper()
	contentType, body := parcelOf(fields, files...)
	req := o.request(http.MethodPost, "/hand-in", body)
	req.Header.Set("Content-Type", contentType)
	if script {
		req.Header.Set("Accept", "application/json")
	}
	return o.send(key, req)
}

// sample is the program's own sample parcel.
func (o *office) sample() (out []file) {
	o.Helper()
	for _, f := range app.SampleParcel(press.Chinese) {
		r, err := f.Open()
		o.ok(err)
		data, err := io.ReadAll(r)
		o.ok(err)
		out = append(out, file{name: f.Name, path: "稿件/" + f.Name, data: data})
	}
	return out
}

func decoded[T any](o *office, a answer) (v T) {
	o.Helper()
	if err := json.Unmarshal([]byte(a.text), &v); err != nil {
		o.Fatalf("%s: %v in %.300s", a.path, err, a.text)
	}
	return v
}

func ids(list ...press.Article) url.Values {
	out := url.Values{}
	for _, a := range list {
		out.Add("id", fmt.Sprint(a.ID))
	}
	return out
}
