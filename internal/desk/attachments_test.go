package desk_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/blob"
	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// packed is a zip of empty parts, as Office writes its documents.
func packed(t testing.TB, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range parts {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var pdf = []byte("%PDF-1.7\n1 0 obj\n")

// TestAttachments: a file is kept for an article, placed by a revision, and open to those who read the article; nobody else, and
// no other article, learns of it.
func TestAttachments(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	article, err := o.NewArticle(ctx, o.writer)
	o.ok(err)
	_, err = o.KeepAttachment(ctx, o.other, article.ID, "名单.pdf", bytes.NewReader(pdf))
	o.refused(err, press.NotFound, "article.missing")
	_, err = o.KeepAttachment(ctx, o.reviewers[0], article.ID, "名单.pdf", bytes.NewReader(pdf))
	o.refused(err, press.Forbidden, "role")
	kept, err := o.KeepAttachment(ctx, o.writer, article.ID, `C:\稿件\附件1：名单.PDF`, bytes.NewReader(pdf))
	o.ok(err)
	if want := (press.Attachment{File: press.DigestOf(pdf), Name: "附件1：名单.pdf", Size: int64(len(pdf))}); kept != want {
		t.Fatalf("kept %+v, want %+v", kept, want)
	}
	if got := o.audited(string(article.ID)); strings.Join(got, " ") != "article.create article.attach" {
		t.Errorf("audited %v", got)
	}

	c := press.Content{Title: "关于公布名单的通知", Attachments: []press.Attachment{{File: kept.File, Name: "名单.pdf"}}}
	saved, err := o.SaveRevision(ctx, o.writer, article.ID, 1, c, false)
	o.ok(err)
	rev, err := o.rows.Revision(ctx, article.ID, saved.Article.Revision)
	o.ok(err)
	if got := rev.Content.Attachments; len(got) != 1 || got[0] != (press.Attachment{File: kept.File, Name: "名单.pdf", Size: kept.Size}) {
		t.Errorf("the revision has %+v", got)
	}
	for _, who := range []press.Actor{o.writer, o.editor, o.reviewers[0], o.admin} {
		a, r, err := o.OpenAttachment(ctx, who, article.ID, kept.File)
		o.ok(err)
		data, err := io.ReadAll(r)
		o.ok(err)
		if o.ok(r.Close()); a.Name != "名单.pdf" || !bytes.Equal(data, pdf) {
			t.Errorf("%s opened %+v, %q", who.Name, a, data)
		}
	}
	_, _, err = o.OpenAttachment(ctx, o.other, article.ID, kept.File)
	o.refused(err, press.NotFound, "article.missing")
	own, err := o.NewArticle(ctx, o.other)
	o.ok(err)
	_, _, err = o.OpenAttachment(ctx, o.other, own.ID, kept.File)
	o.refused(err, press.NotFound, "attachment.missing")
	_, _, err = o.OpenAttachment(ctx, o.other, "", kept.File)
	o.refused(err, press.NotFound, "attachment.missing")

	var many []press.Attachment
	for i := range press.MaxAttachments + 1 {
		many = append(many, press.Attachment{File: press.DigestOf([]byte{byte(i)}), Name: "a.pdf", Size: 1})
	}
	for code, list := range map[string][]press.Attachment{
		"attachment.missing": {{File: press.DigestOf([]byte("x")), Name: "a.pdf", Size: 1}},
		"attachment.renamed": {{File: kept.File, Name: "a.docx", Size: kept.Size}},
		"attachment.count":   many,
	} {
		c.Attachments = list
		_, err = o.SaveRevision(ctx, o.writer, article.ID, 2, c, false)
		if press.CodeOf(err) != code {
			t.Errorf("saving with %d attachments: %v, want %s", len(list), err, code)
			continue
		}
		o.plain(press.TextOf(err))
	}
}

// TestAttachmentBytes: what the bytes are decides, not what they are called; of what is refused nothing is kept.
func TestAttachmentBytes(t *testing.T) {
	t.Parallel()
	o := open(t)
	const types = "[Content_Types].xml"
	compound := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00\xff", 40_000)
	macros := compound + "_\x00V\x00B\x00A\x00_\x00P\x00R\x00O\x00J\x00E\x00C\x00T\x00" + compound
	presentation := func(project string) string { // a VBAInfoAtom, of which the project is one compressed object
		return compound + "\x1f\x00\xff\x03\x14\x00\x00\x00\x02\x00\x00\x04\x0c\x00\x00\x00" + project + "\x01\x00\x00\x00\x02\x00\x00\x00" + compound
	}
	sheet := func(kind string) string {
		return compound + "\x85\x00\x0d\x00\x00\x01\x00\x00\x00" + kind + "\x05\x00Macro" + compound
	}
	odt := "PK\x03\x04" + strings.Repeat("\x00", 26) + "mimetypeapplication/vnd.oasis.opendocument.text"
	for _, c := range []struct{ name, data, code string }{
		{"a.pdf", "%PDF-1.4", ""},
		{"a.pdf", "<html>%PDF-1.4", "attachment.disguised"},
		{"a.pdf", "", "attachment.empty"},
		{"a.docx", string(packed(t, types, "word/document.xml")), ""},
		{"a.xlsx", string(packed(t, types, "xl/workbook.xml")), ""},
		{"a.xlsx", string(packed(t, types, "word/document.xml")), "attachment.disguised"},
		{"a.docx", string(packed(t, "word/document.xml")), "attachment.disguised"},
		{"a.docx", string(packed(t, types, "word/document.xml", `word\VbaProject.bin`)), "attachment.macros"},
		{"a.xlsx", string(packed(t, types, "xl/workbook.xml", "xl/macrosheets/sheet1.xml")), "attachment.macros"},
		{"a.docx", string(packed(t, types, "word/document.xml"))[:60], "attachment.disguised"},
		{"a.docx", compound, "attachment.disguised"}, // protected by a password
		{"a.docm", string(packed(t, types, "word/document.xml")), "attachment.macros"},
		{"a.doc", compound, ""},
		{"a.et", compound, ""},
		{"a.xls", macros, "attachment.macros"},
		{"a.ppt", "PK\x03\x04", "attachment.disguised"},
		{"a.ppt", presentation("\x07\x00\x00\x00"), "attachment.macros"},
		{"a.ppt", presentation("\x00\x00\x00\x00"), ""},
		{"a.xls", sheet("\x01"), "attachment.macros"}, // of Excel 4
		{"a.xls", sheet("\x00"), ""},
		{"a.odt", odt, "attachment.disguised"}, // cut off
		{"a.csv", "姓名,学号\n", ""},
		{"a.txt", "\xd0\xd5\xc3\xfb\n", ""}, // GBK
		{"a.txt", "MZ\x90\x00", "attachment.disguised"},
		{"a.txt", "\xff\xfea\x00", ""}, // UTF-16
		{"a.zip", "PK\x03\x04zip", "attachment.kind"},
		{"a.html", "<p>", "attachment.kind"},
		{"a.svg", "<svg/>", "attachment.kind"},
		{"a", "%PDF-1.4", "attachment.kind"},
	} {
		before, err := o.Files.(blob.Store).Has(t.Context(), press.DigestOf([]byte(c.data))) // under another name
		o.ok(err)
		_, err = o.KeepAttachment(t.Context(), o.writer, "", c.name, inPieces(c.data))
		switch {
		case c.code == "" && err != nil:
			t.Errorf("%s of %.20q: %v", c.name, c.data, err)
		case c.code != "" && (err == nil || press.CodeOf(err) != c.code):
			t.Errorf("%s of %.20q: %v, want %s", c.name, c.data, err, c.code)
		case c.code != "":
			o.plain(press.TextOf(err))
			if ok, err := o.Files.(blob.Store).Has(t.Context(), press.DigestOf([]byte(c.data))); ok != before || err != nil {
				t.Errorf("%s of %.20q was kept, %v", c.name, c.data, err)
			}
		}
	}
	_, err := o.KeepAttachment(t.Context(), o.writer, "", "a.txt", io.LimitReader(letters{}, press.MaxAttachmentBytes+1))
	o.refused(err, press.TooLarge, "attachment.bytes")
	_, err = o.KeepAttachment(t.Context(), o.writer, "", "a.txt", io.LimitReader(letters{}, press.MaxAttachmentBytes))
	o.ok(err)
}

// inPieces gives data in pieces of odd lengths, as networks do.
func inPieces(data string) io.Reader { return &pieces{data: data} }

type pieces struct{ data string }

func (p *pieces) Read(b []byte) (int, error) {
	if p.data == "" {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), 1021)], p.data)
	p.data = p.data[n:]
	return n, nil
}

type letters struct{}

func (letters) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}

// TestParcelWithAttachments: what lies beside the article becomes attachments in the order of their numbers, with titles from the
// text, and what must not be is left out by name; the rest goes on.
func TestParcelWithAttachments(t *testing.T) {
	t.Parallel()
	o := open(t)
	form := packed(t, "[Content_Types].xml", "word/document.xml")
	sheet := packed(t, "[Content_Types].xml", "xl/workbook.xml")
	out := o.handIn(position+"关于公布名单的通知\n现将名单公布如下。\n附件：1.入围名单\n2.报名表\n示例学院\n",
		file("附件2.docx", form), file("附件1.pdf", pdf), file("汇总.xlsx", sheet), file("article.pdf", pdf), file("宏.xlsm", sheet),
		file("附件3.xls", sheet), file("清单.pdf", pdf), file("附件/说明.md", []byte("说明")), file("x.exe", []byte("MZ")))
	var names []string
	for _, a := range out.Revision.Content.Attachments {
		names = append(names, a.Name)
	}
	if got, want := strings.Join(names, " "), "附件1：入围名单.pdf 附件2：报名表.docx 汇总.xlsx"; got != want {
		t.Errorf("attached %s, want %s", got, want)
	}
	if !slices.Contains(codes(out.Revision.Notes), desk.NoteAttached) {
		t.Errorf("nothing says what became attachments: %v", codes(out.Revision.Notes))
	}
	said := map[string]string{}
	for _, n := range out.Revision.Notes {
		if n.File != "" {
			said[n.File] = n.Code
		}
		if n.Code == desk.NoteAttached && !(strings.Contains(n.Text.ZH, "入围名单") && strings.Contains(n.Text.ZH, "汇总.xlsx")) {
			t.Errorf("one note names all of them: %s", n.Text.ZH)
		}
		o.plain(n.Text)
	}
	for name, code := range map[string]string{
		"清单.pdf": "attachment.twice", "article.pdf": "attachment.copy", "宏.xlsm": "attachment.macros",
		"附件3.xls": "attachment.disguised", "附件/说明.md": "attachment.kind", "x.exe": "file.left",
	} {
		if said[name] != code {
			t.Errorf("of %s the notes say %q, want %s", name, said[name], code)
		}
	}
	found, err := o.Preflight(t.Context(), out.Article.ID, "")
	o.ok(err)
	if !slices.ContainsFunc(found, func(f press.Finding) bool { return f.Code == "attachments.wechat" && !f.Blocks }) {
		t.Errorf("preflight does not say that WeChat takes none: %+v", found)
	}
	again, err := o.Desk.HandIn(t.Context(), o.writer, desk.HandIn{Article: out.Article.ID, Files: []intake.File{file("article.txt", []byte(position+"关于公布名单的通知\n新的正文。\n"))}})
	o.ok(err)
	if len(again.Revision.Content.Attachments) != 3 || !slices.Contains(codes(again.Revision.Notes), desk.NoteAttachmentsKept) {
		t.Errorf("handed in anew without files: %+v, %v", again.Revision.Content.Attachments, codes(again.Revision.Notes))
	}
	many := []intake.File{file("article.txt", []byte(position+"标题\n正文。\n"))}
	for i := range press.MaxAttachments + 2 {
		many = append(many, file(fmt.Sprintf("表%d.csv", i), []byte{byte('a' + i)}))
	}
	full, err := o.Desk.HandIn(t.Context(), o.writer, desk.HandIn{Files: many})
	o.ok(err)
	if n := len(full.Revision.Content.Attachments); n != press.MaxAttachments || !slices.Contains(codes(full.Revision.Notes), "attachment.count") {
		t.Errorf("%d attachments of %d, %v", n, len(many)-1, codes(full.Revision.Notes))
	}
}
