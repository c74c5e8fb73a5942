package app_test

import (
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

var attachmentLink = regexp.MustCompile(`href="(/[^"]*/p/[0-9a-f]{2}/[0-9a-f]{64}/[^"]+)" download="([^"]+)"`)

// TestAttachments: a parcel with a PDF becomes a page that lists it, from which readers fetch the same bytes; a correction that drops
// it takes them away.
func TestAttachments(t *testing.T) {
	t.Parallel()
	r := enter(t, nil)
	ctx := t.Context()
	data := "%PDF-1.7\n" + strings.Repeat("名单\n", 50_000)
	handed, err := r.handIn(file("通知.md", []byte("# 关于公布名单的通知\n\n现将名单公布如下。\n\n附件：1.入围名单\n")), file("附件1.pdf", []byte(data)))
	r.ok(err)
	article := r.sign(handed.Article)
	edition := r.compose(press.ModePublish, time.Now(), article.ID)
	r.await(edition, press.Live)
	r.until(20*time.Second, func() bool { return r.pagesOf(edition)["site"].State == press.Live })
	address := r.pagesOf(edition)["site"].URLs[0]

	page := r.fetch(address)
	m := attachmentLink.FindStringSubmatch(page)
	if m == nil || m[2] != "附件1：入围名单.pdf" || strings.Contains(page, "<p>附件：1.入围名单</p>") {
		t.Fatalf("the page does not list it, or says it twice (%q):\n%s", m, page)
	}
	host, _, _ := strings.Cut(address, "/site/")
	res, err := http.Get(host + m[1]) //nolint:noctx // a reader
	r.ok(err)
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	r.ok(err)
	if string(got) != data || res.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("fetched %d bytes of %d, %v", len(got), len(data), res.Header)
	}

	editor := r.people["editor"]
	article, err = r.Desk.Correct(ctx, editor, article.ID, "撤下名单。")
	r.ok(err)
	rev, err := r.Store.Revision(ctx, article.ID, article.Revision)
	r.ok(err)
	rev.Content.Attachments = nil
	saved, err := r.Desk.SaveRevision(ctx, editor, article.ID, article.Revision, rev.Content, true)
	r.ok(err)
	r.sign(saved.Article)
	files := func() []string {
		list, err := filepath.Glob(filepath.Join(r.Config.Site.Dir, "p", "*", "*", "*.pdf"))
		r.ok(err)
		return list
	}
	r.until(20*time.Second, func() bool { return len(files()) == 0 })
	if page = r.fetch(address); strings.Contains(page, ".pdf") || !strings.Contains(page, "撤下名单。") {
		t.Errorf("after the correction:\n%s", page)
	}
}
