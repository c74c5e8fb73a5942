package editor_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// multiform makes a form with files as a browser does; files are names and contents in turn.
func multiform(t testing.TB, fields url.Values, field string, files ...string) (kind string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for name, values := range fields {
		for _, v := range values {
			if err := w.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := 0; i+1 < len(files); i += 2 {
		part, err := w.CreateFormFile(field, files[i])
		if err == nil {
			_, err = part.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), body
}

func (p person) attach(path string, files ...string) answer {
	p.Helper()
	kind, body := multiform(p, nil, "file", files...)
	return p.send(http.MethodPost, path+"/attachments", kind, body, "Accept", "application/json")
}

const aPDF = "%PDF-1.7\nsample\n%%EOF\n"

// TestAttachments: a file is kept, saved with a revision, and fetched by those who read the article, never as a page.
func TestAttachments(t *testing.T) {
	t.Parallel()
	n := open(t)
	writer, reviewer := n.as("writer"), n.as("first")
	path := writer.begin()
	kept := into[press.Attachment](writer, writer.is(writer.attach(path, `附件 1：报名表.pdf`, aPDF), http.StatusOK, ""))
	writer.is(writer.attach(path, "page.html", "<script>"), http.StatusUnsupportedMediaType, "attachment.kind")
	writer.is(writer.attach(path, "form.pdf", "PK\x03\x04"), http.StatusUnprocessableEntity, "attachment.disguised")
	writer.is(writer.attach(path), http.StatusUnprocessableEntity, "attachment.form")
	reviewer.is(reviewer.attach(path, "a.pdf", aPDF), http.StatusForbidden, "role")

	content := text("有附件的稿件", "正文。")
	content.Attachments = []press.Attachment{{File: kept.File, Name: "报名表（新）.pdf", Size: kept.Size}}
	writer.is(writer.json(http.MethodPut, path+"/working", map[string]any{"base": 1, "content": content}), http.StatusOK, "")
	writer.is(writer.json(http.MethodPost, path+"/revisions", map[string]any{"base": 1, "content": content}), http.StatusOK, "")
	at := "/attachments/" + strings.TrimPrefix(path, "/articles/") + "/" + string(kept.File)
	if page := writer.get(path).body; !strings.Contains(page, `href="`+at+`"`) || !strings.Contains(page, "报名表（新）.pdf") {
		t.Error("the article's page does not offer its attachment")
	}
	got := reviewer.get(at)
	if got.status != http.StatusOK || got.body != aPDF || got.header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment;") || !strings.Contains(got.header.Get("Content-Disposition"), url.PathEscape("报名表（新）.pdf")) ||
		!strings.HasPrefix(got.header.Get("Content-Security-Policy"), "sandbox") || got.header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("fetched: %d, %v", got.status, got.header)
	}
	if part := reviewer.send(http.MethodGet, at, "", nil, "Range", "bytes=0-3"); part.status != http.StatusPartialContent || part.body != "%PDF" {
		t.Errorf("a part: %d %q", part.status, part.body)
	}
	if other := reviewer.get(at[:len(at)-64] + strings.Repeat("0", 64)); other.status != http.StatusNotFound {
		t.Errorf("a file that there is not: %d", other.status)
	}
}

// TestPlainAttachments: the same without scripts. A file that is not taken loses nothing of the form.
func TestPlainAttachments(t *testing.T) {
	t.Parallel()
	n := open(t)
	writer := n.as("writer")
	path := writer.begin()
	fill := func(more url.Values, files ...string) answer {
		form := formOf(t, writer.get(path+"/edit").body)
		for name, values := range more {
			form[name] = values
		}
		kind, body := multiform(t, form, "files", files...)
		return writer.send(http.MethodPost, path+"/plain", kind, body, "Accept", "text/html")
	}
	typed := url.Values{"title": {"通知"}, "body": {"见附件。"}, "attach": {"1"}}
	if a := fill(typed, "b.pdf", aPDF, "a.csv", "姓名\n"); a.status != http.StatusSeeOther {
		t.Fatalf("uploaded: %d %.300s", a.status, a.body)
	}
	if a := fill(typed, "evil.docm", "x", "empty.txt", ""); a.status < 400 || !strings.Contains(a.body, "evil.docm") || !strings.Contains(a.body, "empty.txt") || !strings.Contains(a.body, "见附件。") {
		t.Errorf("not taken: %d", a.status)
	}
	form := formOf(t, writer.get(path+"/edit").body)
	if len(form["attached_file"]) != 2 || form.Get("title") != "通知" {
		t.Fatalf("the form has %v", form)
	}
	// The second goes first under another name, the first goes.
	if a := fill(url.Values{"attached_name": {"b.pdf", "名单.csv"}, "attached_place": {"2", "1"}, "attached_remove": {form["attached_file"][0]}}); a.status != http.StatusSeeOther {
		t.Fatalf("saved: %d %.300s", a.status, a.body)
	}
	rev, err := n.Store.Revision(t.Context(), press.ArticleID(strings.TrimPrefix(path, "/articles/")), 0)
	if err != nil || len(rev.Content.Attachments) != 1 || rev.Content.Attachments[0].Name != "名单.csv" || rev.Content.Title != "通知" {
		t.Errorf("revision %d has %+v, %v", rev.Number, rev.Content.Attachments, err)
	}
}
