package wordpress_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"newsdesk/internal/press"
	"newsdesk/internal/site/wordpress"
)

// TestEditedThere: what somebody did to the post in WordPress is noticed, asked about, and overwritten only as it was seen.
func TestEditedThere(t *testing.T) {
	t.Parallel()
	change := func(body map[string]any) func(*bench, found) {
		return func(b *bench, p found) { b.asks("POST", "posts/"+strconv.FormatInt(p.ID, 10), nil, body, nil) }
	}
	remove := func(query url.Values) func(*bench, found) {
		return func(b *bench, p found) { b.asks("DELETE", "posts/"+strconv.FormatInt(p.ID, 10), query, nil, nil) }
	}
	for name, c := range map[string]struct {
		edit func(*bench, found)
		said string
	}{
		"text":    {change(map[string]any{"content": "<!-- wp:paragraph --><p>改过</p><!-- /wp:paragraph -->"}), "改过这篇文章"},
		"title":   {change(map[string]any{"title": "改过"}), "改过这篇文章"},
		"excerpt": {change(map[string]any{"excerpt": "改过"}), "改过这篇文章"},
		"offline": {change(map[string]any{"status": "draft"}), "“draft”"},
		"trash":   {remove(nil), "回收站"},
		"deleted": {remove(url.Values{"force": {"true"}}), "删除了"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, nil)
			p := b.page()
			p.Content.Body, p.Content.Cover, p.Content.Column = press.Body{Blocks: []press.Block{press.Divider{}}}, press.Cover{}, nil
			b.publish(p)
			c.edit(b, b.only(p.ID))
			p.Content.Title = "更正"
			_, err := b.Publish(t.Context(), p)
			f := faultOf(t, err)
			if f.Code != press.CodePageEdited || f.Class != press.ClassContent || f.Seen == "" || !strings.Contains(f.Text.ZH, c.said) {
				t.Fatalf("%+v", f)
			}
			for _, now := range b.posts(p.ID) {
				if now.Title.Raw == "更正" {
					t.Error("overwritten unasked")
				}
			}
			p.Agreed = "what was seen yesterday"
			if _, err := b.Publish(t.Context(), p); faultOf(t, err).Seen != f.Seen {
				t.Error(err)
			}
			p.Agreed = f.Seen
			b.publish(p)
			p.Agreed = ""
			b.publish(p)
			if now := b.only(p.ID); now.Title.Raw != "更正" || now.Status != "publish" {
				t.Errorf("%+v", now)
			}
		})
	}
}

// TestWhatIsNoEdit: what people add around the article stays theirs, and plugins that change what they store are no people.
func TestWhatIsNoEdit(t *testing.T) {
	t.Parallel()
	b := open(t, func(c *wordpress.Config) { c.HTTP = &http.Client{Transport: road{words: "rewrites"}} })
	p := b.page()
	b.publish(p)
	first := b.only(p.ID)
	if !strings.Contains(first.Content.Raw, `<p lang="zh">8月14日`) {
		t.Fatal(first.Content.Raw)
	}
	b.asks("POST", "posts/"+strconv.FormatInt(first.ID, 10), nil, map[string]any{"categories": []int{1}, "slug": "pretty-name", "comment_status": "closed"}, nil)
	p.Content.Title = "更正"
	b.publish(p)
	var now found
	b.asks("GET", "posts/"+strconv.FormatInt(first.ID, 10), url.Values{"context": {"edit"}}, nil, &now)
	if now.Title.Raw != "更正" || now.Slug != "pretty-name" || len(now.Categories) != 1 || now.Categories[0] != 1 {
		t.Errorf("%+v", now)
	}
	// A photo that somebody deleted from the library is brought again.
	media := b.media(p, p.Content.Cover.Photo)
	b.asks("DELETE", "media/"+strconv.FormatInt(int64(media[0]["id"].(float64)), 10), url.Values{"force": {"true"}}, nil, nil)
	b.publish(p)
	if again := b.media(p, p.Content.Cover.Photo); len(again) != 1 || again[0]["id"] == media[0]["id"] {
		t.Errorf("the photo: %v", again)
	}
}

// TestAuthorsAndOptions: an author may not write everything that an editor may, and what WordPress cleans of it is no edit.
func TestAuthorsAndOptions(t *testing.T) {
	t.Parallel()
	k := &killer{}
	b := open(t, func(c *wordpress.Config) {
		c.HTTP = &http.Client{Transport: road{cut: k.cut}}
		c.User, c.Password = "author", real(t).Users["author"]
		c.Options = map[string]string{press.OptionCategories: "新闻资讯 = 1", press.OptionRetract: press.RetractDraft}
	})
	p := b.page()
	p.Content.Body.Blocks = everything(p.Content.Cover.Photo)
	b.publish(p)
	got := b.only(p.ID)
	if got.Categories[0] != 1 || !strings.Contains(got.Content.Raw, `<mark style="background-color:transparent;color:#d43a36" class="has-inline-color">`) {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(got.Content.Raw, `rowspan="2"`) || !strings.Contains(got.Content.Raw, `data-align="right"`) {
		t.Errorf("what the author's text became: %s", got.Content.Raw)
	}
	p.Content.Title = `更正 "后" 的 <标题>`
	k.kill(3) // after the post and its photos: the answer to what changes it is lost
	if _, err := b.Publish(t.Context(), p); err == nil || b.only(p.ID).Title.Raw != `更正 "后" 的 &lt;标题&gt;` {
		t.Fatal(err)
	}
	k.kill(0)
	b.publish(p)
	if err := b.Remove(t.Context(), nil, p.ID); err != nil || b.only(p.ID).Status != "draft" {
		t.Error(err)
	}
	p.Content.Column = press.Column{"新栏目" + string(p.ID[20:])}
	_, err := b.Publish(t.Context(), p)
	if f := faultOf(t, err); f.Code != "wordpress.rights" || !strings.Contains(f.Text.ZH, "新栏目") {
		t.Errorf("%+v", f)
	}

	e := open(t, func(c *wordpress.Config) {
		c.Options = map[string]string{press.OptionAuthors: "张三 = author\n* = 1"}
	})
	p = e.page()
	p.Content.Column = nil
	e.publish(p)
	if by := e.only(p.ID).Author; by != got.Author {
		t.Errorf("by %d, not %d", by, got.Author)
	}
	p.Content.Credits.Text = "李四"
	e.publish(p)
	if by := e.only(p.ID).Author; by != 1 {
		t.Errorf("by %d", by)
	}
}

// everything is a body with every block and every look.
func everything(photo press.Digest) []press.Block {
	say := func(s string) []press.Run { return []press.Run{{Text: s}} }
	cell := func(s string) press.Cell { return press.Cell{Text: say(s)} }
	inner := &press.List{Ordered: true, Items: []press.ListItem{{Text: say("内层")}}}
	return []press.Block{
		press.Paragraph{Text: []press.Run{
			{Text: "粗“体” & <b>", Bold: true},
			{Text: "斜", Italic: true},
			{Text: "下划线", Underline: true},
			{Text: "删除", Strike: true},
			{Text: "全部", Bold: true, Italic: true, Underline: true, Strike: true, Color: press.Red},
			{Text: "换\n行 \"quoted\" it's\u00a0[1] [gallery]"},
			{Text: "学校官网", Link: "https://example.edu/?a=1&b=2"},
			{Text: "官", Link: "https://example.edu/", Bold: true, Color: press.Blue},
		}},
		press.Paragraph{Align: press.AlignCenter, Text: say("居中")},
		press.Paragraph{Align: press.AlignRight, Text: say("宣传部\n2024年8月16日")},
		press.Paragraph{Text: say("https://example.edu/watch?v=1")},
		press.Heading{Level: 2, Text: say("二级")},
		press.Heading{Level: 3, Align: press.AlignCenter, Text: say("三级")},
		press.Heading{Level: 4, Text: say("四级")},
		press.Picture{Photo: photo, Caption: "调研现场 & “合影”", Alt: `几个人 "站" 在展板前`},
		press.Picture{Photo: photo},
		press.Gallery{Photos: []press.Picture{{Photo: photo, Caption: "左"}, {Photo: photo, Alt: "右"}}},
		press.List{Items: []press.ListItem{{Text: say("一")}, {Text: say("二"), List: inner}}},
		press.List{Ordered: true, Start: 3, Items: []press.ListItem{{Text: say("三")}}},
		press.Quote{Paragraphs: []press.Paragraph{{Text: say("产教融合。")}, {Align: press.AlignRight, Text: say("——校长")}}},
		press.Table{Header: true, Rows: [][]press.Cell{{cell("时间"), {Text: say("人数"), Align: press.AlignRight}}, {cell("上午"), cell("12")}}},
		press.Table{Rows: [][]press.Cell{{{Text: say("上午"), RowSpan: 2}, cell("察看")}, {cell("座谈")}}},
		press.Divider{},
		press.Paragraph{},
	}
}
