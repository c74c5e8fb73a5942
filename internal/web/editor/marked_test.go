package editor_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// TestPreviewLooksAsPublished: whoever writes or reads sees the photos of a column with its watermark and the captions in its
// style before readers do, and does not see them in other columns.
func TestPreviewLooksAsPublished(t *testing.T) {
	t.Parallel()
	n := open(t)
	writer := n.as("writer")
	boss := n.office.Person("admin")
	column := press.Column{"校园"}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(n.Desk.AddColumn(t.Context(), boss, column))
	mark, err := n.Desk.TakeWatermark(t.Context(), boss, "seal.jpg", picture(t, 60, 40))
	ok(err)
	_, err = n.Desk.SaveColumnRules(t.Context(), boss, press.RuledColumn{Column: column, Rules: press.ColumnRules{
		Caption: press.CaptionMarked, Watermark: &press.Watermark{Photo: mark, Opacity: 100},
	}})
	ok(err)
	path := writer.begin()
	up := into[struct{ Digest press.Digest }](writer, writer.uploadPhoto("a.jpg", picture(t, 300, 200)))
	c := text("标题", "正文")
	c.Body.Blocks = append(c.Body.Blocks, press.Picture{Photo: up.Digest, Caption: "会场"})
	for _, target := range []string{"wechat", "site"} {
		c.Column = nil
		a := into[struct{ HTML string }](writer, writer.is(writer.json("POST", path+"/preview", map[string]any{"content": c, "target": target}), 200, ""))
		if strings.Contains(a.HTML, "?mark=") || strings.Contains(a.HTML, "▲") {
			t.Errorf("%s without a column: %s", target, a.HTML)
		}
		c.Column = column
		a = into[struct{ HTML string }](writer, writer.is(writer.json("POST", path+"/preview", map[string]any{"content": c, "target": target}), 200, ""))
		address := regexp.MustCompile(`/photos/[0-9a-f]{64}/[a-z0-9-]+\?mark=[0-9a-f]+`).FindString(a.HTML)
		if address == "" || !strings.Contains(a.HTML, "▲ 会场") {
			t.Fatalf("%s: %s", target, a.HTML)
		}
		plain, _, _ := strings.Cut(address, "?")
		if marked := writer.get(address); marked.status != 200 || marked.body == writer.get(plain).body {
			t.Errorf("%s: %s is answered with %d, or without the watermark", target, address, marked.status)
		}
	}
	for inline, want := range map[bool]string{true: "data:image/jpeg", false: "mmbiz.qpic.cn"} {
		html, err := n.Desk.Pages.WeChat(t.Context(), c, "", inline)
		ok(err)
		if !strings.Contains(html, want) || !strings.Contains(html, "▲ 会场") {
			t.Errorf("the phone page, inline %t: %.600s", inline, html)
		}
	}
	page, err := n.Desk.Pages.Site(t.Context(), press.ArticleID(press.NewID(time.Now())), c)
	ok(err)
	if !strings.Contains(page, "▲ 会场") {
		t.Error("the page of the website has captions in another style")
	}
}
