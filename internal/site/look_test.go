package site

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// folder writes a school's own folder.
func ownFolder(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

func siteWith(tb testing.TB, theme, templates string) (*Site, error) {
	tb.Helper()
	return New(Config{Dir: tb.TempDir(), BaseURL: "https://news.example.edu.cn/", Theme: theme, Templates: templates, Archive: &memory{}})
}

// TestThemesAreSound: every theme has all pages, its words can be read on their grounds by day and by night, and its style
// is small.
func TestThemesAreSound(t *testing.T) {
	t.Parallel()
	for _, name := range Themes() {
		s, err := siteWith(t, name, "")
		if err != nil {
			t.Fatal(name, err)
		}
		for _, advice := range s.Advice() {
			t.Errorf("%s: %s", name, advice.EN)
		}
		for kind := range pageKinds {
			for _, full := range []bool{true, false} {
				page, err := s.pages.render(kind, s.sampleView(kind, full))
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if err := s.checkTry(own{dir: "own"}, kind, page); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if bytes.Contains(page, []byte(" style=")) || bytes.Contains(page, []byte("<style")) || bytes.Contains(page, []byte(" on")) && bytes.Contains(page, []byte(" onload=")) {
					t.Errorf("%s: %s has style or script within it, which the content security policy forbids", name, kind)
				}
			}
		}
		for of, style := range map[string][]byte{"an article": s.style, "lists": s.chrome.files["assets"+strings.TrimPrefix(s.chrome.Style, "/assets")]} {
			var small bytes.Buffer
			z := gzip.NewWriter(&small)
			_, _ = z.Write(style)
			_ = z.Close()
			t.Logf("%s: %d bytes of style for %s, %d compressed", name, len(style), of, small.Len())
			if small.Len() > 6_000 || small.Len() < 1_000 {
				t.Errorf("%s: %d bytes of style for %s, compressed", name, small.Len(), of)
			}
			if wrong := checkStyle(style); wrong != nil {
				t.Errorf("%s: style of %s: %s", name, of, wrong.en)
			}
		}
	}
}

// TestBrokenLooks: a school's mistake is named with its file, its line and what is wrong, in both languages, and nothing
// starts.
func TestBrokenLooks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files  map[string]string
		en, zh string
	}{
		"parse error":    {map[string]string{"list.html": "{{define \"list\"}}\n\n{{if .Title}\n{{end}}"}, "list.html, line 3: ", "list.html 第 3 行"},
		"no end":         {map[string]string{"list.html": "{{define \"list\"}}\n{{if .Heading}}\n"}, "before {{end}}", "缺少 {{end}}"},
		"unknown field":  {map[string]string{"frame.html": "{{define \"footer\"}}\n<footer>{{.Nmae}}</footer>{{end}}"}, "frame.html, line 2: there is no Nmae here; perhaps Name is meant", "没有字段 Nmae，是否应为 Name"},
		"field in a row": {map[string]string{"list.html": "{{define \"line\"}}<li>\n{{if not .Thumb}}{{.Picture1}}{{end}}</li>{{end}}"}, "list.html, line 2: there is no Picture1 here", "没有字段 Picture1"},
		"function":       {map[string]string{"frame.html": "{{define \"footer\"}}{{now}}{{end}}"}, "line 1: there is no function now", "没有函数 now"},
		"variable":       {map[string]string{"frame.html": "{{define \"footer\"}}\n{{$x}}{{end}}"}, "line 2: there is no variable $x", "没有变量 $x"},
		"no template":    {map[string]string{"frame.html": "{{define \"footer\"}}\n{{template \"foot\" .}}{{end}}"}, "line 2: there is no template \"foot\"", "没有名为“foot”的模板"},
		"misspelt":       {map[string]string{"frame.html": "\n{{define \"futer\"}}\nx{{end}}"}, "line 2: no page uses the template \"futer\"; perhaps footer", "是否应为 footer"},
		"strange file":   {map[string]string{"fronts.html": ""}, "fronts.html: no page uses a file of this name; perhaps front.html is meant", "是否应为 front.html"},
		"half an href":   {map[string]string{"frame.html": "{{define \"footer\"}}\n<a href=\"{{if .Home}}x\"{{end}}>{{end}}"}, "frame.html, line ", "frame.html 第 "},
		"no around":      {map[string]string{"article.html": `{{define "article"}}{{template "head" .}}<main>{{.Body}}</main>{{end}}`}, "article.html: an article's page lacks {{.Around}}", "上一篇与下一篇"},
		"no data":        {map[string]string{"frame.html": `{{define "head"}}<link href="{{.State}}">{{end}}`}, "structured data", "结构化数据"},
		"counting":       {map[string]string{"frame.html": "{{define \"footer\"}}\n\n{{range 2000000000}}{{end}}{{end}}"}, "frame.html, line 3: a range counts to a number", "第 3 行：range 不能对数字循环"},
		"counted":        {map[string]string{"frame.html": "{{define \"footer\"}}{{$n := 2000000000}}\n{{range $i := $n}}{{end}}{{end}}"}, "frame.html, line 2: a range counts to a number", "第 2 行：range 不能对数字循环"},
		"in brackets":    {map[string]string{"frame.html": "{{define \"footer\"}}{{$n := ((2000000000))}}\n{{range $n}}{{end}}{{end}}"}, "frame.html, line 2: a range counts to a number", "第 2 行：range 不能对数字循环"},
		"circle": {
			map[string]string{"missing.html": "{{define \"missing\"}}{{template \"x\" 1}}{{end}}\n{{define \"x\"}}" + strings.Repeat("{{with .}}", 60) + "{{template \"y\" .}}" + strings.Repeat("{{end}}", 60) + "{{end}}{{define \"y\"}}{{template \"x\" .}}{{end}}"},
			"missing.html, line 2: the template \"x\" puts itself in", "模板“x”直接或间接引用了自身",
		},
		"endless":        {map[string]string{"missing.html": "{{define \"missing\"}}{{template \"x\" 1000000}}{{end}}{{define \"x\"}}{{range .}}a row of the page{{end}}{{end}}"}, "missing.html: its page grows beyond 8 MB", "超过 8 MB"},
		"no state":       {map[string]string{"missing.html": `{{define "missing"}}<p>{{.Hint}}{{end}}`}, "missing.html: its page does not link {{.State}}", "置灰"},
		"unknown token":  {map[string]string{"tokens.css": ":root {\n  --acent: #123456;\n}"}, "tokens.css, line 2: --acent is no token of this theme; perhaps --accent is meant", "是否应为 --accent"},
		"no colour":      {map[string]string{"tokens.css": ":root {\n\n  --accent: blau;\n}"}, "line 3: --accent is blau, which is no colour", "不是颜色"},
		"no length":      {map[string]string{"tokens.css": ":root { --wide: broad }"}, "line 1: --wide is broad, which is no length", "不是长度"},
		"rule in tokens": {map[string]string{"tokens.css": "/* a\n*/\nbody { color: red }"}, "line 3: tokens.css holds tokens", "style.css"},
		"open token":     {map[string]string{"tokens.css": ":root {\n --ink: #000;\n"}, "before a } closes", "缺少 }"},
		"open style":     {map[string]string{"style.css": "a {}\n.b { color: red;\n.c { }\n"}, "style.css, line 2: the { in this line is never closed", "没有对应的 }"},
		"import":         {map[string]string{"style.css": "@import url(https://fonts.example/x.css);"}, "@import is not possible", "不支持 @import"},
		"logo":           {map[string]string{"logo.png": "no picture"}, "logo.png: it is no picture", "不是能读出尺寸的图片"},
		"two at once":    {map[string]string{"tokens.css": ":root{--ink:#000}", "index.html": "x"}, "index.html: no page uses", "没有页面使用"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := ownFolder(t, c.files)
			_, err := siteWith(t, "campus", dir)
			said := press.TextOf(err)
			if press.CodeOf(err) != "site.look" || !strings.Contains(said.EN, c.en) || !strings.Contains(said.ZH, c.zh) || !strings.Contains(said.EN, dir) {
				t.Errorf("%v\n%s\n%s\nwant %q and %q", err, said.EN, said.ZH, c.en, c.zh)
			}
		})
	}
	if _, err := siteWith(t, "", filepath.Join(t.TempDir(), "nowhere")); press.CodeOf(err) != "site.look" {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// TestOwnLook: what a school brings is on the pages, and the pages made before are known to be outdated.
func TestOwnLook(t *testing.T) {
	t.Parallel()
	archive := &memory{}
	cfg := Config{Dir: t.TempDir() + "/www", BaseURL: "https://news.example.edu.cn/", Archive: archive}
	usual := newUnsynced(t, cfg)
	for range 2 {
		if old, err := usual.Outdated(t.Context()); err != nil || old {
			t.Fatal(old, err)
		}
		live(t, usual, archive, plain(1))
	}
	cfg.Templates = ownFolder(t, map[string]string{
		"frame.html":  `{{define "footer"}}<footer class="footer"><p>示例学院 {{.Filing}}</p></footer>{{end}}`,
		"tokens.css":  ":root { --band: #101c3a; --paper: #fdfdfe; }\n@media (prefers-color-scheme: dark) { :root { --band: #000000; --paper: #010101; } }",
		"style.css":   "/* ours */\n.footer  >  p { content: \"  kept  \"; }",
		"logo.svg":    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 60"></svg>`,
		"favicon.png": "\x89PNG", "README.md": "x", ".DS_Store": "x",
	})
	cfg.Filing = "示ICP备00000000号"
	mine := newUnsynced(t, cfg)
	if old, err := mine.Outdated(t.Context()); err != nil || !old {
		t.Fatalf("pages in another look are not outdated: %v", err)
	}
	if err := mine.Refresh(t.Context(), nil, ""); err != nil {
		t.Fatal(err)
	}
	front, style := page(t, mine, "index.html"), string(mine.style)
	for _, want := range []string{"示ICP备00000000号", `width="300" height="60" alt="新闻网"`, `type="image/png"`, `content="#fdfdfe"`, `content="#010101"`} {
		if !strings.Contains(front, want) {
			t.Errorf("the front page lacks %s", want)
		}
	}
	if strings.Contains(front, `class="name"`) {
		t.Error("the name stands beside a logo that holds it")
	}
	if !strings.Contains(style, "--band:#101c3a") || !strings.Contains(style, `"  kept  "`) || strings.Contains(style, "ours") {
		t.Errorf("style: %.300s", style)
	}
	if dead := deadLinks(t, mine, tree(t, mine)); len(dead) > 0 {
		t.Errorf("dead links: %v", dead)
	}
}

// TestGreyDays: one small file turns the whole site grey, on the day in the site's own zone, and no page is written.
func TestGreyDays(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 12, 15, 59, 0, 0, time.UTC) // a minute to midnight in China
	s, archive := newSite(t, func(c *Config) {
		c.GreyDays, c.Now = []string{"12-13", "2026-04-04"}, func() time.Time { return now }
	})
	live(t, s, archive, plain(1))
	before := tree(t, s)
	if strings.Contains(before[stateFile], "grayscale") {
		t.Error("grey a minute early")
	}
	now = now.Add(time.Minute)
	if err := s.KeepState(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := tree(t, s)
	if got := diff(before, after); len(got) != 1 || got[0] != "≠ "+stateFile || !strings.Contains(after[stateFile], "grayscale") {
		t.Errorf("a grey day changes %v: %s", got, after[stateFile])
	}
	for name, text := range after {
		if strings.HasSuffix(name, ".html") && !strings.Contains(text, `href="/`+stateFile+`"`) {
			t.Errorf("%s would stay coloured", name)
		}
	}
	now = now.Add(24 * time.Hour)
	if err := s.KeepState(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, s)[stateFile]; strings.Contains(got, "grayscale") {
		t.Errorf("the day after: %s", got)
	}
	for day, grey := range map[string]bool{"2026-04-04": true, "2027-04-04": false, "2027-12-13": true} {
		at, _ := time.Parse(time.DateOnly, day)
		if s.grey(at) != grey {
			t.Errorf("grey on %s: %v", day, !grey)
		}
	}
	if _, err := New(Config{Dir: t.TempDir(), BaseURL: "http://a/", Archive: archive, GreyDays: []string{"02-30"}}); press.CodeOf(err) != "site.config" {
		t.Errorf("30 February: %v", err)
	}
}

// TestOwnFlaws: HTML that a browser would have to guess at is no reason not to start, but is named with file and line; what the
// themes make has none.
func TestOwnFlaws(t *testing.T) {
	t.Parallel()
	for _, name := range Themes() {
		s, err := siteWith(t, name, ownFolder(t, map[string]string{"frame.html": `{{define "crumbs"}}<nav><ul><li>a<li>b</ul></nav>{{end}}`}))
		if err != nil || len(s.Advice()) > 0 {
			t.Errorf("%s: %v, %v", name, s.Advice(), err)
		}
	}
	s, err := siteWith(t, "campus", ownFolder(t, map[string]string{
		"frame.html": "{{define \"footer\"}}<footer>\n<div id=\"foot\"><div>{{.Name}}\n</div>\n<p id=\"foot\">x</footer>{{end}}",
	}))
	if err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprint(s.Advice())
	for _, want := range []string{"<div> not equally often (frame.html, line 2)", `the id "foot" more than once (frame.html, line 4)`, "（frame.html 第 4 行）"} {
		if !strings.Contains(said, want) {
			t.Errorf("%s lacks %s", said, want)
		}
	}
	end := make(chan struct{})
	defer close(end)
	err = own{dir: "own"}.within(time.Nanosecond, func() error { <-end; return nil })
	if press.CodeOf(err) != "site.look" {
		t.Errorf("templates that take too long: %v", err)
	}
}
