package site

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// attach gives an article attachments of these names, each with its own bytes; the same name means the same bytes.
func attach(a Article, names ...string) Article {
	data := map[press.Digest][]byte{}
	a.Content.Attachments = nil
	for _, name := range names {
		bytes := []byte("%PDF-1.7 " + name)
		file := press.DigestOf(bytes)
		data[file] = bytes
		a.Content.Attachments = append(a.Content.Attachments, press.Attachment{File: file, Name: name, Size: int64(len(bytes))})
	}
	a.Attached = func(_ context.Context, f press.Attachment) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data[f.File])), nil
	}
	return a
}

// attachedFiles are the files of attachments in the folder.
func attachedFiles(tb testing.TB, s *Site) (out []string) {
	tb.Helper()
	for name := range tree(tb, s) {
		if attachmentName.MatchString(name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, nil)
	const list, table = `附件1：名单 (第二批)&"说明".pdf`, "附件2：汇总表.xlsx"
	a := attach(plain(1), press.AttachmentName(list), table)
	a.Content.Body.Blocks = append(a.Content.Body.Blocks, para("附件：1."+list+"\n2.汇总表"))
	live(t, s, archive, a)
	file := AttachmentFile(a.Content.Attachments[0])
	if !strings.HasPrefix(file, "p/") || !strings.HasSuffix(file, "/附件1：名单 (第二批)__说明_.pdf") {
		t.Errorf("the file is %s", file)
	}
	page := fileOf(t, s, s.Path(a.ID))
	at := strings.Index(page, `<section class="attachments">`)
	for _, want := range []string{"<h2>附件</h2>", `download="附件1：名单 (第二批)&amp;_说明_.pdf">附件1：名单 (第二批)&amp;_说明_.pdf</a> <span>PDF · 50 B</span>`, ">" + table + "</a> <span>XLSX · "} {
		if at < 0 || !strings.Contains(page[at:], want) {
			t.Errorf("the page lacks %s:\n%s", want, page[max(at, 0):])
		}
	}
	if strings.Contains(string(bodyIn([]byte(page))), "附件") {
		t.Error("the page says twice what is attached")
	}
	res := ask(t, s, http.MethodGet, "/"+file, nil)
	if got := bodyOf(t, res); press.DigestOf([]byte(got)) != a.Content.Attachments[0].File {
		t.Errorf("fetched %q", got)
	}
	for key, want := range map[string]string{
		"Content-Type": "application/pdf", "Content-Disposition": "attachment; filename*=UTF-8''" + url.PathEscape("附件1：名单 (第二批)__说明_.pdf"),
		"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
	} {
		if got := res.Header.Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	for _, feed := range []string{"feed.xml", "feed.json"} {
		for _, f := range a.Content.Attachments {
			if text := fileOf(t, s, feed); !strings.Contains(text, s.absolute(AttachmentFile(f))) {
				t.Errorf("%s lacks %s:\n%s", feed, s.absolute(AttachmentFile(f)), text)
			}
		}
	}
	if p := stageOf(file); p != bringContent {
		t.Errorf("a place has it at stage %d", p)
	}
}

// TestAttachmentFile: a name has one ending for servers, whatever people put into it.
func TestAttachmentFile(t *testing.T) {
	t.Parallel()
	digest := press.DigestOf([]byte("x"))
	for name, want := range map[string]string{
		"名单.php.pdf": "名单_php.pdf", "2026.9.1 名单.PDF": "2026.9.1 名单.pdf", "a.tar.gz.et": "a_tar_gz.et", "a.pHtml..cgi.txt": "a_pHtml._cgi.txt", "a.html": "",
	} {
		got := AttachmentFile(press.Attachment{File: digest, Name: name})
		if path.Base(got) != want && got != want {
			t.Errorf("%s lies at %s, want %s", name, got, want)
		}
		if want != "" && !attachmentName.MatchString(got) {
			t.Errorf("%s is not known as an attachment", got)
		}
	}
}

// TestAttachmentsComeAndGo: one copy whoever has it, gone with the last; a link to somebody else's holds nothing, and a rebuild
// gives the same bytes.
func TestAttachmentsComeAndGo(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, nil)
	one, two := attach(plain(1), "名单.pdf", "通知.pdf"), attach(plain(2), "名单.pdf")
	three := plain(3)
	live(t, s, archive, one)
	three.Content.Body.Blocks = append(three.Content.Body.Blocks,
		press.Paragraph{Text: []press.Run{{Text: "名单", Link: s.absolute(AttachmentFile(one.Content.Attachments[0]))}}})
	live(t, s, archive, two)
	live(t, s, archive, three)
	if got := attachedFiles(t, s); len(got) != 2 {
		t.Fatalf("the folder has %v", got)
	}
	all := map[press.ArticleID]Article{one.ID: one, two.ID: two, three.ID: three}
	before := tree(t, s)
	if err := s.Rebuild(t.Context(), each(archive, all)); err != nil {
		t.Fatal(err)
	}
	for name, text := range tree(t, s) {
		if !strings.HasPrefix(name, privateDir) && before[name] != text {
			t.Errorf("rebuilt, %s is another", name)
		}
	}
	if err := removing("", three).do(s, archive); err != nil || len(attachedFiles(t, s)) != 2 {
		t.Fatalf("%v, %v after an article that links to one went", err, attachedFiles(t, s))
	}
	one = attach(one, "名单.pdf")
	live(t, s, archive, one)
	if got := attachedFiles(t, s); len(got) != 1 || !strings.HasSuffix(got[0], "/名单.pdf") {
		t.Errorf("a correction that drops one leaves %v", got)
	}
	for i, a := range []Article{two, one} {
		for cut := 1; cutAt(t, s, archive, removing("", a), cut); cut += 2 {
		}
		if got := attachedFiles(t, s); len(got) != 1-i {
			t.Errorf("%d articles went: %v", i+1, got)
		}
	}
	lost := attach(plain(4), "丢失.pdf")
	lost.Attached = func(context.Context, press.Attachment) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("other bytes")), nil
	}
	if _, err := s.Publish(t.Context(), lost); press.CodeOf(err) != "site.photo" || len(attachedFiles(t, s)) > 0 {
		t.Errorf("other bytes than were kept: %v, %v", err, attachedFiles(t, s))
	}
	if _, ok := tree(t, s)[s.Path(lost.ID)]; ok {
		t.Error("there is a page without its attachment")
	}
}
