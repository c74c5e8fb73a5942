package site

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"newsdesk/internal/press"
)

// page reads a served file.
func page(tb testing.TB, s *Site, name string) string {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(s.cfg.Dir, name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

func TestArticlePage(t *testing.T) {
	t.Parallel()
	s, archive := filled(t, 8)
	a := sample(t, 7)
	a.Content.Subtitle = "副题"
	a.UpdatedAt = a.PublishedAt.Add(26 * time.Hour)
	live(t, s, archive, a)
	doc := parse(t, page(t, s, s.Path(a.ID)))
	texts := map[string]string{
		"title":      "学校召开三季度安全生产工作会议 - 示例学院新闻网",
		"h1":         "学校召开三季度安全生产工作会议",
		"p.subtitle": "副题",
		"nav.crumbs": "当前位置：首页 通知公告",
		"ul.meta":    "来源：集团融媒体中心 2026-09-16 20:00 供稿：党委宣传部 示例作者 摄影：示例摄影 审核：示例审核 更新：2026-09-17 22:00",
		"nav.around": "上一篇示例讲坛第三十二期：人工智能与职业教育的未来 下一篇已是最新一篇",
	}
	for selector, want := range texts {
		if got := textOf(one(t, doc, selector)); got != want {
			t.Errorf("%s: %q, want %q", selector, got, want)
		}
	}
	if got := textOf(one(t, doc, "ul.credits")); got != "编辑：示例编辑" {
		t.Errorf("credits: %q", got)
	}
	if lang := attrOf(one(t, doc, "html"), "lang"); lang != "zh-CN" {
		t.Errorf("lang %q", lang)
	}
	if got := attrOf(one(t, doc, "link[rel=canonical]"), "href"); got != s.Address(a.ID) {
		t.Errorf("canonical %q", got)
	}
	for _, img := range find(one(t, doc, "div.prose"), "img") {
		if attrOf(img, "width") == "" || attrOf(img, "height") == "" || strings.Count(attrOf(img, "srcset"), ",") != 2 {
			t.Errorf("a picture that shifts or has one size: %v", img.Attr)
		}
	}
	if n := len(find(one(t, doc, "div.prose"), "figcaption")); n != 3 {
		t.Errorf("%d captions", n)
	}
}

func TestStructuredData(t *testing.T) {
	t.Parallel()
	s, archive := filled(t, 2)
	a := sample(t, 4)
	live(t, s, archive, a)
	doc := parse(t, page(t, s, s.Path(a.ID)))
	var data newsArticle
	if err := json.Unmarshal([]byte(textOf(one(t, doc, "script[type=application/ld+json]"))), &data); err != nil {
		t.Fatal(err)
	}
	if data.Headline != a.Content.Title || data.Page != s.Address(a.ID) || !data.Published.Equal(a.PublishedAt) || len(data.Images) != 3 {
		t.Errorf("%+v", data)
	}
	for property, want := range map[string]string{
		"og:type": "article", "og:title": a.Content.Title, "og:url": s.Address(a.ID), "og:image": data.Images[2], "og:image:width": "160",
	} {
		if got := attrOf(one(t, doc, "meta[property="+property+"]"), "content"); got != want {
			t.Errorf("%s: %q, want %q", property, got, want)
		}
	}
	front := parse(t, page(t, s, "index.html"))
	if got := attrOf(one(t, front, "meta[property=og:image]"), "content"); !slices.Contains(data.Images, got) {
		t.Errorf("the front page is passed on with the picture %s", got)
	}
	is, ok := s.readRecord([]byte(page(t, s, s.Path(a.ID))))
	if !ok || !slices.Equal(is.Column, a.Content.Column) || len(is.Photos) != 3 || len(is.Around) != 1 {
		t.Errorf("read back %+v", is)
	}
}

func TestEnglishArticleOnAChineseSite(t *testing.T) {
	t.Parallel()
	s, archive := filled(t, 4)
	a := sample(t, 5)
	live(t, s, archive, a)
	doc := parse(t, page(t, s, s.Path(a.ID)))
	if attrOf(one(t, doc, "html"), "lang") != "en" || attrOf(one(t, doc, "nav.crumbs"), "lang") != "zh-CN" {
		t.Error("the page must say en and its chrome zh-CN")
	}
	if len(find(doc, "div.indent")) != 0 {
		t.Error("English is indented like Chinese")
	}
	list := parse(t, page(t, s, "all/index.html"))
	if n := len(find(list, "a[lang=en]")); n < 2 {
		t.Errorf("%d English links in the list say so", n)
	}
}

func TestEnglishChrome(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, func(c *Config) { c.Lang = press.English })
	a := plain(1)
	englishContent(&a.Content)
	live(t, s, archive, a)
	text := page(t, s, s.Path(a.ID))
	for _, want := range []string{"Current location", "Home", "Sample College News", "By: ", "This is the latest article"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	if got := strings.IndexFunc(text, func(r rune) bool { return r >= 0x4e00 && r < 0xa000 }); got >= 0 {
		t.Errorf("Chinese on an English page: %q", text[got:got+30])
	}
}

func TestListPages(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, func(c *Config) { c.PageSize = 5 })
	var want []string
	articles := map[press.ArticleID]Article{}
	for n := range 33 {
		a := plain(n)
		articles[a.ID] = a
		archive.set(entryOf(a))
		want = append(want, s.link(s.Path(a.ID)))
	}
	if err := s.Rebuild(t.Context(), each(archive, articles)); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(want)
	var got []string
	var names []string
	for name := "all/2026-09/05-08.html"; name != ""; {
		doc := parse(t, page(t, s, name))
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(name, "all/2026-09/"), ".html"))
		entries := find(one(t, doc, "ol.entries"), "h2")
		if len(entries) > 10 {
			t.Errorf("%s has %d articles", name, len(entries))
		}
		for _, h := range entries {
			got = append(got, attrOf(find(h, "a")[0], "href"))
		}
		name = ""
		if older := find(doc, "a[rel=next]"); len(older) == 1 {
			name, _ = targetOf(s, attrOf(older[0], "href"))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("leafing from the newest to the oldest gives %d entries in another order than published", len(got))
	}
	if got := strings.Join(names, " "); got != "05-08 04 03 02 01" {
		t.Errorf("pages %s", got)
	}
}

func TestFeedsAndSitemap(t *testing.T) {
	t.Parallel()
	s, archive := filled(t, 34)
	var feed atomFeed
	unmarshal(t, page(t, s, "feed.xml"), &feed)
	newest := sample(t, 33)
	if len(feed.Entries) != 30 || feed.Entries[0].ID != s.Address(newest.ID) || feed.Updated != instant(newest.PublishedAt) {
		t.Errorf("feed of %d, first %s, updated %s", len(feed.Entries), feed.Entries[0].ID, feed.Updated)
	}
	unmarshal(t, page(t, s, "c/通知公告/feed.xml"), &feed)
	if want := len(archive.of(notices)); len(feed.Entries) != 30+want {
		t.Errorf("the column's feed has %d entries, want %d", len(feed.Entries)-30, want)
	}
	var index mapIndex
	unmarshal(t, page(t, s, "sitemap.xml"), &index)
	articles := 0
	for _, part := range index.Parts {
		var set urlset
		name, _ := targetOf(s, part.Loc)
		unmarshal(t, page(t, s, name), &set)
		for _, u := range set.URLs {
			if name, _ := targetOf(s, u.Loc); articleIn(name) != "" {
				articles++
			}
		}
	}
	if articles != 34 || len(index.Parts) != 1+3 {
		t.Errorf("%d articles in %d parts", articles, len(index.Parts))
	}
}

func unmarshal(t *testing.T, text string, v any) {
	t.Helper()
	if err := xml.Unmarshal([]byte(text), v); err != nil {
		t.Fatal(err)
	}
}

// TestHostileWords puts into every field what tries to be more than words.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	quiet, quietArchive := filled(t, 3)
	s, archive := filled(t, 3)
	for i, evil := range []string{
		`"><script>alert(1)</script>`, `</script><script>alert(1)</script>`, `<!--around--><!--/around-->`, `{{.Title}}{{template "front"}}`,
		`' onmouseover='alert(1)`, `]]></title><svg onload=alert(1)>`, "\u202e\ufeff\u2028", `javascript:alert(1)//`,
		`<a rel="next" href="/a/2026/09/01m1d47z000000000000000000.html">`, `{"@type":"NewsArticle"}`, `/p/00/` + strings.Repeat("0", 64) + `.jpg`,
	} {
		calm := hostile(t, i+10, "普通的字")
		live(t, quiet, quietArchive, calm)
		a := hostile(t, i+10, evil)
		live(t, s, archive, a)
		doc, want := parse(t, page(t, s, s.Path(a.ID))), parse(t, page(t, quiet, quiet.Path(calm.ID)))
		if got, want := skeleton(doc), skeleton(want); got != want {
			t.Errorf("%q changes the page's elements:\n%s\n%s", evil, got, want)
		}
		is, ok := s.readRecord([]byte(page(t, s, s.Path(a.ID))))
		if !ok || len(is.Photos) != 3 || len(is.Around) > 2 || !slices.Equal(is.Column, a.Content.Column) {
			t.Errorf("%q: read back %+v", evil, is)
		}
		quietArchive.delete(calm.ID)
		if err := quiet.Remove(t.Context(), calm.ID, calm.Content.Column); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range tree(t, s) {
		checkWellFormed(t, name, text)
	}
	if dead := deadLinks(t, s, tree(t, s)); len(dead) > 0 {
		t.Errorf("dead links: %v", dead)
	}
}

func hostile(tb testing.TB, n int, evil string) Article {
	a := sample(tb, n)
	digest, renditions := drawn(tb, 77, 100, 48, 96, 160)
	a.Photos = map[press.Digest][]Photo{digest: renditions}
	column := strings.Map(func(r rune) rune {
		if strings.ContainsRune(">›»/＞\\\x00\n", r) {
			return -1
		}
		return r
	}, evil)
	a.Content = press.Content{
		Title: evil, Subtitle: evil, Digest: evil, Column: press.Column{"敌", column[:min(len(column), 30)]},
		Credits: press.Credits{Text: evil, Photos: evil, Editor: evil, Reviewer: evil, Source: evil},
		Body: press.Body{Blocks: []press.Block{
			para(strings.Repeat("正文", 60)), para(evil),
			press.Heading{Level: 2, Text: say(evil)},
			press.Picture{Photo: digest, Caption: evil, Alt: evil},
			press.List{Items: []press.ListItem{{Text: say(evil)}}},
			press.Quote{Paragraphs: []press.Paragraph{para(evil)}},
			press.Table{Rows: [][]press.Cell{{{Text: say(evil)}}}},
		}},
		Cover: press.Cover{Photo: digest},
	}
	return a
}

// skeleton is a page's elements and the names of their attributes, without the words.
func skeleton(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.CommentNode {
			out.WriteString("<!>")
		}
		if d.Type == html.ElementNode {
			out.WriteString("<" + d.Data)
			for _, a := range d.Attr {
				if a.Key != "lang" {
					out.WriteString(" " + a.Key)
				}
			}
		}
	}
	return out.String()
}

func checkWellFormed(t *testing.T, name, text string) {
	t.Helper()
	switch filepath.Ext(name) {
	case ".html":
		for _, script := range find(parse(t, text), "script") {
			if strings.HasPrefix(attrOf(script, "src"), "/assets/") && textOf(script) == "" {
				continue // a file of the site's own
			}
			if attrOf(script, "type") != "application/ld+json" || !json.Valid([]byte(textOf(script))) {
				t.Errorf("%s: a script: %s", name, textOf(script))
			}
		}
	case ".xml":
		for d := xml.NewDecoder(strings.NewReader(text)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
		}
	}
}

func TestSegment(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"集团新闻": "集团新闻", "Group news": "group-news", "News": "news", "2026招生": "2026招生",
	} {
		if got := segment(name); got != want {
			t.Errorf("segment(%q) = %q, want %q", name, got, want)
		}
	}
	seen := map[string]string{}
	for _, name := range []string{
		"Group news", "Group News", "group news", "group-news", "Group-news", "Group  news", "GROUP NEWS", "Page", "page", "..", ".", "！！", "!!", "~", "a.b",
		"a b", "A b", "A/b", "con", "\u202e集团新闻", "集团新闻", strings.Repeat("长", 40), "é", "É",
	} {
		got := segment(name)
		if other, taken := seen[got]; taken {
			t.Errorf("%q and %q share the folder %q", name, other, got)
		}
		seen[got] = name
		if got == "" || strings.ContainsAny(got, "./\\ ") || len(got) > 200 {
			t.Errorf("segment(%q) = %q", name, got)
		}
	}
}

func TestAddressDependsOnTheIdentifierAlone(t *testing.T) {
	t.Parallel()
	s, _ := newSite(t, nil)
	id := idAt(time.Date(2026, 11, 30, 23, 59, 0, 0, time.UTC), 1)
	if got, want := s.Address(id), "https://news.example.edu.cn/a/2026/11/"+string(id)+".html"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := articleIn(s.nameOf(s.Address(id))); got != id {
		t.Errorf("read back %q", got)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	good := Config{Dir: t.TempDir(), BaseURL: "http://127.0.0.1:8080/site", Archive: &memory{}}
	s, err := New(good)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.link("c/新闻/index.html"); got != "/site/c/%E6%96%B0%E9%97%BB/" {
		t.Errorf("link %s", got)
	}
	for name, spoil := range map[string]func(*Config){
		"no folder":   func(c *Config) { c.Dir = "" },
		"no address":  func(c *Config) { c.BaseURL = "" },
		"relative":    func(c *Config) { c.BaseURL = "/news" },
		"ftp":         func(c *Config) { c.BaseURL = "ftp://example.edu/" },
		"a password":  func(c *Config) { c.BaseURL = "https://u:p@example.edu/" },
		"a query":     func(c *Config) { c.BaseURL = "https://example.edu/?a=b" },
		"page size":   func(c *Config) { c.PageSize = -1 },
		"large pages": func(c *Config) { c.PageSize = 5000 },
	} {
		cfg := good
		spoil(&cfg)
		if _, err := New(cfg); press.CodeOf(err) != "site.config" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
