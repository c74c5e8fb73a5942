package editor_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"newsdesk/internal/app"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest/apptest"
)

// newsroom is a whole Newsdesk with the sample people in it.
type newsroom struct {
	testing.TB
	*app.App
	office *app.Office
}

func open(t *testing.T) *newsroom {
	t.Helper()
	a := apptest.Open(t, map[string]any{"limits.photo_bytes": 200_000}, nil)
	n := &newsroom{TB: t, App: a, office: &app.Office{App: a, Lang: press.Chinese}}
	if err := n.office.Hire(t.Context()); err != nil {
		t.Fatal(err)
	}
	return n
}

// person is somebody's browser.
type person struct {
	*newsroom
	cookie string
}

func (n *newsroom) as(key string) person {
	n.Helper()
	secret, _, err := n.Desk.SignIn(n.Context(), n.office.Person(key).Name, app.SamplePassword, "test", "127.0.0.1")
	if err != nil {
		n.Fatal(err)
	}
	return person{n, secret}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (p person) send(method, path, kind string, body io.Reader, header ...string) answer {
	p.Helper()
	req, err := http.NewRequestWithContext(p.Context(), method, p.Config.PublicURL+path, body)
	if err != nil {
		p.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if kind == "application/json" || kind == "" && method != http.MethodGet {
		req.Header.Set("Accept", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if p.cookie != "" {
		req.AddCookie(&http.Cookie{Name: "newsdesk-session", Value: p.cookie})
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		p.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		p.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(data)}
}

func (p person) get(path string) answer { p.Helper(); return p.send(http.MethodGet, path, "", nil) }

func (p person) json(method, path string, v any) answer {
	p.Helper()
	data, err := press.EncodeJSON(v)
	if err != nil {
		p.Fatal(err)
	}
	return p.send(method, path, "application/json", bytes.NewReader(data), "Accept", "application/json")
}

func (p person) form(path string, values url.Values) answer {
	p.Helper()
	return p.send(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()), "Accept", "text/html")
}

// is checks an answer's status, and the code of a refusal.
func (p person) is(a answer, status int, code string) answer {
	p.Helper()
	var told struct{ Code, Text string }
	if code != "" {
		if err := json.Unmarshal([]byte(a.body), &told); err != nil || told.Text == "" {
			p.Fatalf("%d is no refusal in JSON: %.300s", a.status, a.body)
		}
	}
	if a.status != status || told.Code != code {
		p.Fatalf("got %d %s, want %d %s: %.300s", a.status, told.Code, status, code, a.body)
	}
	return a
}

func into[T any](p person, a answer) (out T) {
	p.Helper()
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		p.Fatalf("%v: %.300s", err, a.body)
	}
	return out
}

// begin begins an article and returns its path.
func (p person) begin() string {
	p.Helper()
	a := p.form("/articles", nil)
	if a.status != http.StatusSeeOther || !strings.HasSuffix(a.header.Get("Location"), "/edit") {
		p.Fatalf("%d %s", a.status, a.body)
	}
	return strings.TrimSuffix(a.header.Get("Location"), "/edit")
}

func text(title string, paragraphs ...string) press.Content {
	c := press.Content{Title: title}
	for _, s := range paragraphs {
		c.Body.Blocks = append(c.Body.Blocks, press.Paragraph{Text: []press.Run{{Text: s}}})
	}
	return c
}

type sent struct {
	Base    int           `json:"base"`
	Content press.Content `json:"content"`
	Submit  bool          `json:"submit,omitempty"`
}

// TestTwoPeopleWrite: the slower one keeps every word, learns who was faster, and is shown both.
func TestTwoPeopleWrite(t *testing.T) {
	t.Parallel()
	n := open(t)
	writer, editor := n.as("writer"), n.as("editor")
	path := writer.begin()

	kept := into[struct {
		SavedAt  time.Time `json:"saved_at"`
		Current  struct{ Revision int }
		Findings []struct{ Code, Where, Text string }
		Counts   map[string]int
	}](writer, writer.is(writer.json("PUT", path+"/working", sent{Base: 1, Content: text("我的标题", "我写的", "")}), 200, ""))
	if kept.Current.Revision != 1 || kept.SavedAt.IsZero() || len(kept.Findings) == 0 || kept.Counts["title"] != 4 {
		t.Errorf("kept %+v", kept)
	}
	if page := editor.get(path + "/edit"); page.status != 200 || !strings.Contains(page.body, n.office.Person("writer").Name+" 也在修改") || strings.Contains(page.body, "我写的") {
		t.Errorf("the editor sees %d %.2000s", page.status, page.body)
	}
	saved := into[struct {
		Revision        int
		State, Location string
	}](editor, editor.is(editor.json("POST", path+"/revisions", sent{Base: 1, Content: text("编辑的标题", "编辑写的")}), 200, ""))
	if saved.Revision != 2 || saved.State != "draft" || saved.Location != path {
		t.Errorf("saved %+v", saved)
	}
	told := into[struct {
		Current struct {
			Revision int
			Author   string
			At       time.Time
		}
	}](writer, writer.is(writer.json("POST", path+"/revisions", sent{Base: 1, Content: text("我的标题", "我写的")}), 409, "article.stale"))
	if told.Current.Revision != 2 || told.Current.Author != n.office.Person("editor").Name || told.Current.At.IsZero() {
		t.Errorf("told %+v", told)
	}
	if again := writer.is(writer.json("PUT", path+"/working", sent{Base: 1, Content: text("我的标题", "我写的，更多")}), 200, ""); !strings.Contains(again.body, `"revision":2`) {
		t.Errorf("not told: %s", again.body)
	}
	theirs := writer.is(writer.get(path+"/revisions/2"), 200, "")
	if !strings.Contains(theirs.body, "编辑写的") || !strings.Contains(theirs.body, `"photos":{}`) {
		t.Errorf("theirs: %s", theirs.body)
	}
	if page := writer.get(path + "/edit"); !strings.Contains(page.body, "我写的，更多") {
		t.Error("what was typed is gone")
	}
	writer.is(writer.json("POST", path+"/revisions", sent{Base: 2, Content: text("我的标题", "都要"), Submit: true}), 200, "")
	if page := writer.get(path + "/edit"); strings.Contains(page.body, "我写的，更多") || !strings.Contains(page.body, `"state":"review"`) {
		t.Error("the working copy outlived its revision")
	}
	writer.is(writer.send("DELETE", path+"/working", "", nil), 200, "")
}

// TestForbidden: what a role may not do is refused by hand-made requests too.
func TestForbidden(t *testing.T) {
	t.Parallel()
	n := open(t)
	path := n.as("editor").begin()
	photo := press.DigestOf([]byte("none"))
	body := sent{Base: 1, Content: text("t", "b")}
	for _, tc := range []struct {
		who    string
		method string
		path   string
		body   any
		status int
		code   string
	}{
		{"", "PUT", path + "/working", body, 401, "session.none"},
		{"", "POST", path + "/revisions", body, 401, "session.none"},
		{"", "POST", path + "/preview", map[string]any{}, 401, "session.none"},
		{"first", "PUT", path + "/working", body, 403, "role"},
		{"first", "POST", path + "/revisions", body, 403, "role"},
		{"first", "POST", "/photos/" + string(photo) + "/rotate", map[string]int{"turns": 1}, 403, "role"},
		{"admin", "DELETE", path + "/working", struct{}{}, 403, "role"},
		{"writer", "PUT", path + "/working", body, 404, "article.missing"}, // somebody else's article
		{"writer", "POST", path + "/revisions", body, 404, "article.missing"},
		{"writer", "POST", path + "/preview", map[string]any{"content": body.Content, "target": "wechat"}, 404, "article.missing"},
		{"editor", "PUT", "/articles/01m6fj4z80wdct3qnvp7r3vjpz/working", body, 404, "article.missing"},
		{"editor", "POST", path + "/preview", map[string]any{"content": body.Content, "target": "pigeon"}, 422, "preview.target"},
		{"editor", "PUT", path + "/working", sent{Base: 7, Content: body.Content}, 409, "article.stale"},
		{"editor", "POST", "/photos/" + string(photo) + "/rotate", map[string]int{"turns": 1}, 404, "photo.missing"},
	} {
		p := person{n, ""}
		if tc.who != "" {
			p = n.as(tc.who)
		}
		p.is(p.json(tc.method, tc.path, tc.body), tc.status, tc.code)
	}
	first := n.as("first")
	if a := first.get(path + "/edit"); a.status != 403 {
		t.Errorf("a reviewer opens the editor: %d", a.status)
	}
	if a := first.send("POST", "/photos", "application/json", strings.NewReader("{}")); a.status != 403 {
		t.Errorf("a reviewer uploads: %d", a.status)
	}
	writer := n.as("writer")
	if a := writer.get(path + "/revisions/1"); a.status != 404 {
		t.Errorf("a stranger reads a revision: %d", a.status)
	}
	foreign := n.as("editor").send("PUT", path+"/working", "application/json", strings.NewReader("{}"), "Sec-Fetch-Site", "cross-site")
	if foreign.status != 403 {
		t.Errorf("another website may save: %d", foreign.status)
	}
}

// TestHostileJSON: nothing that is sent becomes a fault of ours, and nothing of it is kept.
func TestHostileJSON(t *testing.T) {
	t.Parallel()
	n := open(t)
	editor := n.as("editor")
	path := editor.begin()
	block := func(s string) string {
		return `{"base":1,"content":{"title":"t","credits":{},"cover":{"focus":{"x":0.5,"y":0.5}},"body":{"version":1,"blocks":[` + s + `]}}}`
	}
	deep := strings.Repeat(`{"type":"list","items":[{"text":[],"list":`, 1)
	for name, body := range map[string]string{
		"nothing": "", "no JSON": "{", "two": "{}{}", "a list": "[]", "unknown field": `{"base":1,"evil":1}`,
		"unknown block":   block(`{"type":"script","text":"x"}`),
		"unknown look":    block(`{"type":"paragraph","text":[{"text":"x","onclick":"x"}]}`),
		"newer version":   `{"base":1,"content":{"body":{"version":99,"blocks":[]}}}`,
		"a level":         block(`{"type":"heading","level":1,"text":[{"text":"x"}]}`),
		"a digest":        block(`{"type":"photo","photo":"../../etc/passwd"}`),
		"many cells":      block(`{"type":"table","rows":[[{"colspan":100000,"rowspan":100000,"text":[]}]]}`),
		"crop outside":    `{"base":1,"content":{"cover":{"wide":{"x1":-1,"y1":0,"x2":9,"y2":1}}}}`,
		"not a number":    `{"base":1e99,"content":{}}`,
		"nested":          block(deep + strings.Repeat(`{"items":[{"text":[],"list":`, 2000) + `{"items":[{"text":[{"text":"x"}]}]}` + strings.Repeat(`}]}`, 2000) + `}]}`),
		"deep JSON":       strings.Repeat("[", 100_000),
		"many blocks":     block(strings.TrimSuffix(strings.Repeat(`{"type":"divider"},`, 3000), ",")),
		"endless a title": fmt.Sprintf(`{"base":1,"content":{"title":%q}}`, strings.Repeat("长", 100_000)),
	} {
		for _, to := range []struct{ method, path string }{{"PUT", "/working"}, {"POST", "/revisions"}, {"POST", "/preview"}} {
			a := editor.send(to.method, path+to.path, "application/json", strings.NewReader(body))
			if a.status != 422 && a.status != 413 {
				t.Errorf("%s, %s: %d %.200s", name, to.path, a.status, a.body)
			}
		}
	}
	huge := editor.send("PUT", path+"/working", "application/json", io.LimitReader(strings.NewReader(`{"base":1,"content":{"title":"`+strings.Repeat("x", 3<<20)), 3<<20))
	if huge.status != 413 {
		t.Errorf("3 MB: %d", huge.status)
	}
	if _, err := n.Store.Working(t.Context(), press.ArticleID(strings.TrimPrefix(path, "/articles/")), n.office.Person("editor").ID); press.KindOf(err) != press.NotFound {
		t.Errorf("something was kept: %v", err)
	}
	// What is unsafe goes, what was typed stays; previews escape it.
	evil := text(`<script>alert(1)</script>`, `</div><img src=x onerror=alert(1)>`)
	evil.Body.Blocks = append(evil.Body.Blocks, press.Paragraph{Text: []press.Run{{Text: "link", Link: "javascript:alert(1)"}}})
	editor.is(editor.json("PUT", path+"/working", sent{Base: 1, Content: evil}), 200, "")
	page := editor.get(path + "/edit")
	if scripts := scriptsOf(t, page.body); len(scripts) > 0 || strings.Contains(page.body, "javascript:") {
		t.Errorf("in the page: %v", scripts)
	}
	for _, target := range []string{"wechat", "site"} {
		a := editor.is(editor.json("POST", path+"/preview", map[string]any{"content": evil, "target": target}), 200, "")
		shown := into[struct{ HTML string }](editor, a)
		if scripts := scriptsOf(t, shown.HTML); len(scripts) > 0 || strings.Contains(shown.HTML, "javascript:") {
			t.Errorf("in the preview for %s: %v", target, scripts)
		}
	}
}

// scriptsOf finds what would run in markup: inline scripts that are not data, handlers.
func scriptsOf(t *testing.T, markup string) (out []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		data := false
		for _, a := range n.Attr {
			data = data || a.Key == "type" && a.Val == "application/json" || a.Key == "src" && strings.HasPrefix(a.Val, "/assets/")
			if strings.HasPrefix(a.Key, "on") {
				out = append(out, a.Key)
			}
		}
		if n.Data == "script" && !data {
			out = append(out, "script")
		}
	}
	return out
}

func picture(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{R: uint8(x), G: uint8(y), B: uint8(x ^ y), A: 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (p person) uploadPhoto(name string, data []byte) answer {
	p.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("photo", name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err != nil || form.Close() != nil {
		p.Fatal(err)
	}
	return p.send("POST", "/photos", form.FormDataContentType(), &body, "Accept", "application/json")
}

func TestPhotos(t *testing.T) {
	t.Parallel()
	n := open(t)
	writer, nobody := n.as("writer"), person{n, ""}
	type photo struct {
		Digest        press.Digest
		Name          string
		Width, Height int
	}
	up := into[photo](writer, writer.is(writer.uploadPhoto("C:\\照片\\操场.jpg", picture(t, 300, 200)), 200, ""))
	if up.Name != "操场.jpg" || up.Width != 300 || up.Height != 200 {
		t.Errorf("uploaded %+v", up)
	}
	turned := into[photo](writer, writer.is(writer.json("POST", "/photos/"+string(up.Digest)+"/rotate", map[string]int{"turns": 3}), 200, ""))
	if turned.Digest == up.Digest || turned.Width != 200 || turned.Name != up.Name {
		t.Errorf("turned %+v", turned)
	}
	writer.is(writer.uploadPhoto("a.jpg", []byte("no photo")), 415, "photo.format")
	writer.is(writer.uploadPhoto("a.jpg", append(picture(t, 30, 20), make([]byte, 250_000)...)), 413, "photo.bytes")
	writer.is(writer.uploadPhoto("a.jpg", make([]byte, 1_000_000)), 413, "photo.bytes")
	writer.is(writer.send("POST", "/photos", "multipart/form-data; boundary=x", strings.NewReader("--x--"), "Accept", "application/json"), 422, "photo.form")
	writer.is(writer.send("POST", "/photos", "multipart/form-data; boundary=x", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n\xff\xd8"), "Accept", "application/json"), 422, "photo.read")

	for _, recipe := range []string{"site-480", "site-1600", "wechat-body", "cover-wide", "cover-square?frame=f0.2500,0.5000", "cover-wide?frame=c0.1000,0.1000,0.9000,0.5000"} {
		a := writer.get("/photos/" + string(up.Digest) + "/" + recipe)
		if a.status != 200 || a.header.Get("Content-Type") != "image/jpeg" || !strings.Contains(a.header.Get("Cache-Control"), "immutable") || !strings.Contains(a.header.Get("Cache-Control"), "private") {
			t.Errorf("%s: %d %v", recipe, a.status, a.header)
		}
		again := writer.send("GET", "/photos/"+string(up.Digest)+"/"+recipe, "", nil, "If-None-Match", a.header.Get("ETag"))
		if again.status != 304 || again.body != "" {
			t.Errorf("%s again: %d", recipe, again.status)
		}
		if a := nobody.get("/photos/" + string(up.Digest) + "/" + recipe); a.status != 404 {
			t.Errorf("%s for nobody: %d", recipe, a.status)
		}
	}
	for _, bad := range []string{string(up.Digest) + "/huge", strings.Repeat("0", 64) + "/site-480", "..%2f..%2fetc/site-480", string(up.Digest) + "/cover-wide?frame=c0,0,9,9", string(up.Digest) + "/cover-wide?frame=f0.50000,0.5"} {
		if a := writer.get("/photos/" + bad); a.status != 404 {
			t.Errorf("%s: %d", bad, a.status)
		}
	}
}

// TestFrames: a preview stands in a page with a policy of its own and no script.
func TestFrames(t *testing.T) {
	t.Parallel()
	n := open(t)
	writer := n.as("writer")
	path := writer.begin()
	for _, target := range []string{"wechat", "site"} {
		for _, dark := range []string{"", "?dark=1"} {
			a := writer.get(path + "/frame/" + target + dark)
			policy := a.header.Get("Content-Security-Policy")
			if a.status != 200 || !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script-src") || a.header.Get("X-Frame-Options") != "SAMEORIGIN" {
				t.Errorf("%s%s: %d %s", target, dark, a.status, policy)
			}
			if scheme := map[string]string{"": "color-scheme:light", "?dark=1": "color-scheme:dark"}[dark]; !strings.Contains(a.body, scheme) {
				t.Errorf("%s%s is not %s", target, dark, scheme)
			}
		}
	}
	up := into[struct{ Digest press.Digest }](writer, writer.uploadPhoto("a.jpg", picture(t, 300, 200)))
	c := text("标题", "正文")
	c.Credits.Text = "供稿人"
	c.Body.Blocks = append(c.Body.Blocks, press.Picture{Photo: up.Digest, Caption: "图"}, press.Picture{Photo: press.DigestOf([]byte("gone"))})
	for target, want := range map[string][]string{
		"wechat": {"<h1>标题</h1>", "供稿人", "/photos/" + string(up.Digest) + "/wechat-body", "light-dark("},
		"site":   {"<main", ">标题</h1>", "/photos/" + string(up.Digest) + "/site-480", "图"},
	} {
		began := time.Now()
		a := into[struct{ HTML string }](writer, writer.is(writer.json("POST", path+"/preview", map[string]any{"content": c, "target": target}), 200, ""))
		for _, w := range want {
			if !strings.Contains(a.HTML, w) {
				t.Errorf("%s has no %s: %s", target, w, a.HTML)
			}
		}
		t.Logf("%s in %s", target, time.Since(began))
	}
}

// TestPlainForm: without scripts an article is begun, written, handed in, and two people notice each other.
func TestPlainForm(t *testing.T) {
	t.Parallel()
	n := open(t)
	writer, editor := n.as("writer"), n.as("editor")
	path := writer.begin()
	values := formOf(t, writer.get(path+"/edit").body)
	values.Set("title", "春季运动会")
	values.Set("body", "## 开幕式\r\n\r\n三千名职工**入场**。\r\n\r\n- 甲\r\n- 乙")
	values.Set("credit_text", "示例供稿")
	if a := writer.form(path+"/plain", values); a.status != 303 || a.header.Get("Location") != path {
		t.Fatalf("%d %.500s", a.status, a.body)
	}
	rev := into[struct{ Content press.Content }](writer, writer.get(path+"/revisions/2"))
	if len(rev.Content.Body.Blocks) != 3 || rev.Content.Credits.Text != "示例供稿" || rev.Content.Title != "春季运动会" {
		t.Errorf("saved %+v", rev.Content)
	}
	values = formOf(t, writer.get(path+"/edit").body)
	if !strings.Contains(values.Get("body"), "**入场**") {
		t.Errorf("the form has %q", values.Get("body"))
	}
	editor.is(editor.json("POST", path+"/revisions", sent{Base: 2, Content: text("编辑改的", "文字")}), 200, "")
	values.Set("body", values.Get("body")+"\n\n我加的一段")
	values.Set("submit", "1")
	late := writer.form(path+"/plain", values)
	again := formOf(t, late.body)
	if late.status != 409 || !strings.Contains(again.Get("body"), "我加的一段") || again.Get("base") != "3" || !strings.Contains(late.body, "第 3 版") {
		t.Fatalf("%d base %s: %.600s", late.status, again.Get("base"), late.body)
	}
	if page := formOf(t, writer.get(path+"/edit").body); !strings.Contains(page.Get("body"), "我加的一段") {
		t.Error("what was refused is not kept")
	}
	again.Set("submit", "1")
	if a := writer.form(path+"/plain", again); a.status != 303 {
		t.Fatalf("%d %.500s", a.status, a.body)
	}
	if page := writer.get(path + "/edit"); !strings.Contains(page.body, `"state":"review"`) {
		t.Error("not handed in")
	}
	again.Set("title", "")
	again.Set("base", "4")
	if a := writer.form(path+"/plain", again); a.status != 422 || !strings.Contains(a.body, "标题为空") || !strings.Contains(formOf(t, a.body).Get("body"), "我加的一段") {
		t.Errorf("without a title: %d", a.status)
	}
	if a := writer.form(path+"/forget", nil); a.status != 303 {
		t.Errorf("forget: %d", a.status)
	}
}

// formOf reads the plain form's fields out of a page, as a browser does.
func formOf(t *testing.T, markup string) url.Values {
	t.Helper()
	root, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		t.Fatal(err)
	}
	values := url.Values{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
		}
		switch _, checked := attr["checked"]; {
		case attr["type"] == "file" || attr["type"] == "checkbox" && !checked:
		case strings.HasPrefix(attr["name"], "attached_"):
			values.Add(attr["name"], attr["value"])
		case n.Data == "input" && attr["name"] != "" && attr["name"] != "lang" && attr["name"] != "next" && attr["name"] != "q":
			values.Set(attr["name"], attr["value"])
		case n.Data == "textarea" && n.FirstChild != nil:
			values.Set(attr["name"], n.FirstChild.Data)
		}
	}
	if values.Get("base") == "" {
		t.Fatalf("no form in %.2000s", markup)
	}
	return values
}
