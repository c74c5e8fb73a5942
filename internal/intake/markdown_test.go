package intake

import (
	"strings"
	"testing"

	"newsdesk/internal/press"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, title, body, notes string }{
		{"title from the first heading", "# T\n\none", "T", "p:one", ""},
		{"title from front matter, heading repeats it", "---\ntitle: T\n---\n# T\n\none", "T", "p:one", ""},
		{"heading that says something else stays", "---\ntitle: T\n---\n# U\n\n## V\n\none", "T", "h2:U | h3:V | p:one", ""},
		{"title from a first heading of another level", "## T\n\n### U\n\none", "T", "h3:U | p:one", ""},
		{"first line where nothing is marked", "T\n\none", "T", "p:one", "title.guessed"},
		{"headings are clamped", "# T\n\n## a\n\n#### b\n\n###### c\n\none", "T", "h2:a | h4:b | h4:c | p:one", ""},
		{"soft breaks", "# T\n\none\ntwo\n\n中文\n换行\n\n英文 word\n中文", "T", "p:one two | p:中文换行 | p:英文 word 中文", ""},
		{"hard breaks", "# T\n\none  \ntwo\\\nthree", "T", "p:one\ntwo\nthree", ""},
		{"photo line inside a paragraph", "# T\n\none\nx.jpg\ntwo", "T", "p:one | photo:x.jpg | p:two", ""},
		{"photo line in a list follows it", "# T\n\n- one\n\n  x.jpg\n- two", "T", "ul(<one><two>) | photo:x.jpg", ""},
		{"photo line in a quote follows it", "# T\n\n> one\n> x.jpg\n> two", "T", "quote:<one><two> | photo:x.jpg", ""},
		{"image between words follows them", "# T\n\none ![](x.jpg) two", "T", "p:one two | photo:x.jpg", ""},
		{"nested lists", "# T\n\n1. a\n   - b\n     1. c\n2. d", "T", "ol(<a ul(<b ol(<c>)>)><d>)", ""},
		{"tasks", "# T\n\n- [x] done\n- [ ] open", "T", "ul(<done><open>)", ""},
		{"table", "# T\n\n|a|b|\n|-|-|\n|c|d|", "T", "table:/<a><b>/<c><d>", ""},
		{"code keeps its lines", "# T\n\n```go\na\n  b\n```\n\n    c", "T", "p:a\n  b | p:c", ""},
		{"footnotes", "# T\n\na[^1] b\n\n[^1]: note", "T", "p:a[1] b | divider | ol(<note>)", ""},
		{"footnote that nothing refers to", "# T\n\na\n\n[^1]: note", "T", "p:a | p:[^1]: note", ""},
		{"raw HTML", "# T\n\n<div align=center><b>a</b></div>\n\nx <script>alert(1)</script> y <kbd>z</kbd>", "T", "p:a | p:x y z", ""},
		{"dividers only between parts", "# T\n\n---\n\na\n\n---\n\n***\n\nb\n\n---\n", "T", "p:a | divider | p:b", ""},
		{"no front matter", "---\nT\n---\n\none", "T", "p:one", ""},
		{"front matter is not YAML", "---\ntitle: a: b: c\n---\n# T\n\none", "T", "p:one", "front.unreadable"},
		{"position line", "当前位置：新闻 > 快讯\n\n# T\n\none", "T", "p:one", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var photos []string
			if strings.Contains(c.text, "x.jpg") {
				photos = []string{"x.jpg"}
			}
			p := mustRead(t, "a.md", c.text, photos...)
			if p.Content.Title != c.title || outline(p) != c.body || noteCodes(p) != c.notes {
				t.Errorf("%q became\n%q, %s, notes %q; want\n%q, %s, notes %q", c.text, p.Content.Title, outline(p), noteCodes(p), c.title, c.body, c.notes)
			}
		})
	}
}

func TestMarkdownCaptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, caption, alt string }{
		{`![words](x.jpg "title")`, "title", "words"},
		{`![words](x.jpg)`, "words", "words"},
		{`![](x.jpg "title")`, "title", ""},
		{`![x.jpg](x.jpg)`, "", ""},
		{`<img src="x.jpg" alt="words">`, "words", "words"},
	} {
		p := mustRead(t, "a.md", "# T\n\n"+c.text, "x.jpg")
		got := p.Content.Body.Pictures()
		if len(got) != 1 || got[0].Caption != c.caption || got[0].Alt != c.alt {
			t.Errorf("%s: %+v, want caption %q, alt %q", c.text, got, c.caption, c.alt)
		}
	}
}

func TestFrontMatter(t *testing.T) {
	t.Parallel()
	p := mustRead(t, "a.md", `---
标题: 标题
副标题: 小标题
微信标题: 短标题
摘要: 摘要文字
栏目: [新闻资讯, 集团新闻]
作者: 张三
署名: 摄影：李四 审核：王五
封面: 封面.png
date: 2024-09-12
tags: [a, b]
layout: post
---
正文

x.jpg
`, "x.jpg", "封面.png")
	c := p.Content
	if c.Title != "标题" || c.Subtitle != "小标题" || c.PushTitle != "短标题" || c.Digest != "摘要文字" || c.Column.String() != "新闻资讯 › 集团新闻" {
		t.Errorf("fields %q %q %q %q", c.Title, c.Subtitle, c.Digest, c.Column)
	}
	if want := (press.Credits{Text: "张三", Photos: "李四", Reviewer: "王五"}); c.Credits != want {
		t.Errorf("credits %+v, want %+v", c.Credits, want)
	}
	cover, ok := p.PhotoOf(c.Cover.Photo)
	if !ok || cover.File.Name != "封面.png" || !cover.Placed || c.Cover.Photo == c.Body.Photos()[0] {
		t.Errorf("cover %+v, want the photo that is only the cover", cover)
	}
	if noteCodes(p) != "front.unknown front.unknown" || p.Notes[0].Line != 11 || p.Notes[1].Line != 12 {
		t.Errorf("notes %+v, want tags and layout with their lines", p.Notes)
	}
}

func TestFrontMatterBounds(t *testing.T) {
	t.Parallel()
	bomb := "---\ntitle: T\na: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b]\n---\none"
	if p := mustRead(t, "a.md", bomb); p.Content.Title != "T" || outline(p) != "p:one" {
		t.Errorf("aliases: %q, %s", p.Content.Title, outline(p))
	}
	long := mustRead(t, "a.md", "---\ntitle: T\ndigest: "+strings.Repeat("长", 600)+"\nauthor: "+strings.Repeat("x", 200)+"\ncover: no.jpg\n---\none")
	if noteCodes(long) != "digest.long credits.long photo.missing" {
		t.Errorf("notes %q", noteCodes(long))
	}
	if err := long.Content.Check(); err != nil {
		t.Error(err)
	}
}

func TestMarkdownLines(t *testing.T) {
	t.Parallel()
	p := mustRead(t, "a.md", "---\ntitle: T\n---\n\none\ntwo\na.jpg\n\n![](b.jpg)\n\n- [l](ftp://x)\n")
	var lines []int
	for _, note := range p.Notes {
		lines = append(lines, note.Line)
	}
	if len(lines) != 3 || lines[0] != 7 || lines[1] != 9 || lines[2] != 11 {
		t.Errorf("notes %+v, want lines 7, 9 and 11", p.Notes)
	}
}

func TestMarkdownWithPictureInside(t *testing.T) {
	t.Parallel()
	data := "data:image/png;base64,iVBORw0KGgoA" + strings.Repeat("AAAA", 40_000)
	p := mustRead(t, "a.md", "# T\n\none\n\n![words]("+data+")\n")
	if len(p.Photos) != 1 || !p.Photos[0].Placed || p.Photos[0].File.Name != "embedded-1.png" {
		t.Fatalf("photos %+v, notes %+v, want the embedded one", p.Photos, p.Notes)
	}
}
