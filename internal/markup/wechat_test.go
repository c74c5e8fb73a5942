package markup

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"newsdesk/internal/press"
)

func TestMissingPhoto(t *testing.T) {
	t.Parallel()
	body := press.Body{Blocks: []press.Block{para("文"), press.Picture{Photo: digest("d"), Caption: "谁"}}}
	gallery := press.Body{Blocks: []press.Block{press.Gallery{Photos: []press.Picture{{Photo: wide}, {Photo: digest("d")}}}}}
	for _, b := range []press.Body{body, gallery} {
		_, err := WeChat(press.Content{Body: b}, Themes().Default(), images(), WeChatOptions{})
		wantMissing(t, err)
		_, err = Site(b, sitePictures(), SiteOptions{})
		wantMissing(t, err)
	}
	out, err := WeChat(press.Content{Body: body}, Themes().Default(), nil, WeChatOptions{Preview: true})
	if err != nil || !strings.Contains(out, "图片 dddddddddddd") || strings.Contains(out, "<img") {
		t.Errorf("preview: %v\n%s", err, out)
	}
}

func wantMissing(t *testing.T, err error) {
	t.Helper()
	var e *press.Error
	if !errors.As(err, &e) || e.Kind != press.Internal || e.Code != "render.photo" {
		t.Fatalf("got %v", err)
	}
	for _, text := range []string{e.Text.EN, e.Text.ZH} {
		if !strings.Contains(text, "dddddddddddd") || strings.Contains(text, "%!") {
			t.Errorf("does not name the photo: %s", text)
		}
	}
}

func TestUnknownBlock(t *testing.T) {
	t.Parallel()
	body := press.Body{Blocks: []press.Block{nil}}
	if _, err := WeChat(press.Content{Body: body}, Themes().Default(), nil, WeChatOptions{}); press.CodeOf(err) != "render.block" {
		t.Error(err)
	}
	if _, err := Site(body, nil, SiteOptions{}); press.CodeOf(err) != "render.block" {
		t.Error(err)
	}
}

func TestWeChatLink(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]string{
		"":                                     "",
		"https://mp.weixin.qq.com/s/a?b=1":     "https://mp.weixin.qq.com/s/a?b=1",
		"http://mp.weixin.qq.com/s/a":          "https://mp.weixin.qq.com/s/a",
		"https://mp.weixin.qq.com.evil.com/s":  "",
		"https://mp.weixin.qq.com:444/s":       "",
		"https://example.edu/mp.weixin.qq.com": "",
		"mailto:a@mp.weixin.qq.com":            "",
	} {
		if got := weChatLink(link); got != want {
			t.Errorf("%q became %q, want %q", link, got, want)
		}
	}
}

// A link whose runs differ in look is one link with one note, and an address that is read in the text needs none.
func TestNotes(t *testing.T) {
	t.Parallel()
	link := "https://example.edu/a"
	out := weChat(t, press.Content{Body: press.Body{Blocks: []press.Block{
		press.Paragraph{Text: []press.Run{{Text: "一", Link: link}, {Text: "二", Link: link, Bold: true}, {Text: "三"}}},
		press.Paragraph{Text: []press.Run{{Text: "https://example.edu/b/", Link: "https://example.edu/b"}, {Text: "四", Link: link}}},
	}}}, theme(t, "institutional"))
	for text, want := range map[string]int{"[1]</sup>": 2, "[2]": 0, "example.edu/b": 1, "example.edu/a": 1, "<p>[1] https://example.edu/a</p>": 1} {
		if got := strings.Count(out, text); got != want {
			t.Errorf("%q is there %d times, want %d\n%s", text, got, want, out)
		}
	}
	if !strings.Contains(out, "一<strong>二</strong><sup") {
		t.Errorf("the mark is not behind the whole link\n%s", out)
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]press.Lang{
		"热烈欢迎市领导莅临调研":                                         press.Chinese,
		"Warmly welcome city leaders to our school。":          press.English,
		"使用 Microsoft Word 2024 编辑稿件":                         press.Chinese,
		"The mayor (市长) visited Jinan (济南) on Friday morning": press.English,
		"":           press.Chinese,
		"2024-08-14": press.Chinese,
	} {
		if got := Language(press.Content{Title: text}); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

// The editor shows an empty bullet for white space between items, and flattens a list inside an item.
func TestListsForTheEditor(t *testing.T) {
	t.Parallel()
	out := weChat(t, press.Content{Body: press.Body{Blocks: []press.Block{nestedList(true), nestedList(false)}}}, theme(t, "campus"))
	for n := range parse(t, out).Descendants() {
		if n.Data == "ul" || n.Data == "ol" {
			for c := range n.ChildNodes() {
				if c.Data != "li" && c.Data != "ul" && c.Data != "ol" {
					t.Errorf("%s holds %q", n.Data, c.Data)
				}
			}
		}
		if n.Data == "li" && (n.FirstChild.Data != "section" || n.FirstChild != n.LastChild) {
			t.Errorf("an item holds %q", n.FirstChild.Data)
		}
	}
	if !strings.Contains(out, `<ol start="3"`) {
		t.Error("the first number is lost")
	}
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	characters, bytes := Measure("<p>汉字😀</p>")
	if characters != 10 || bytes != 7+6+4 {
		t.Errorf("%d characters, %d bytes", characters, bytes)
	}
}

func TestDeterministic(t *testing.T) {
	t.Parallel()
	c := everything(press.Chinese)
	first := weChat(t, c, theme(t, "campus"))
	for range 20 {
		if weChat(t, c, theme(t, "campus")) != first {
			t.Fatal("two renderings differ")
		}
	}
}

// newsOf is an article of plain paragraphs, of 118 characters each.
func newsOf(paragraphs int) press.Content {
	text := strings.Repeat("在县政府的大力支持下，学校建设和双创中心项目快速推进，取得了显著成效。学校立足区域产教融合，培养技能人才，", 2)
	c := press.Content{Title: "新闻"}
	for range paragraphs {
		c.Body.Blocks = append(c.Body.Blocks, para(text))
	}
	return c
}

// markupOf is how many characters of a rendering are not the article's own.
func markupOf(t testing.TB, c press.Content) int {
	characters, _ := Measure(weChat(t, c, Themes().Default()))
	return characters - utf8.RuneCountInString(strings.ReplaceAll(c.Body.Text(), "\n", ""))
}

func TestMarkupPerParagraph(t *testing.T) {
	t.Parallel()
	if each := markupOf(t, newsOf(101)) - markupOf(t, newsOf(100)); each > 25 {
		t.Errorf("a paragraph costs %d characters of markup", each)
	}
	for _, name := range Themes().Names() {
		if outer, _ := Measure(weChat(t, press.Content{}, theme(t, name))); outer > 150 {
			t.Errorf("%s: an empty article has %d characters", name, outer)
		}
	}
}

func BenchmarkWeChat(b *testing.B) {
	const paragraphs = 40
	c, theme := newsOf(paragraphs), Themes().Default()
	out := weChat(b, c, theme)
	for b.Loop() {
		if _, err := WeChat(c, theme, nil, WeChatOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	characters, bytes := Measure(out)
	b.ReportMetric(float64(markupOf(b, newsOf(paragraphs+1))-markupOf(b, c)), "chars/paragraph")
	b.ReportMetric(float64(characters), "chars/article")
	b.ReportMetric(float64(bytes), "bytes/article")
}

// BenchmarkWeChatEveryBlock renders an article with every kind of block, for the cost of markup in a rich one.
func BenchmarkWeChatEveryBlock(b *testing.B) {
	c, theme := everything(press.Chinese), Themes().Default()
	out := weChat(b, c, theme)
	for b.Loop() {
		if _, err := WeChat(c, theme, images(), WeChatOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	characters, bytes := Measure(out)
	b.ReportMetric(float64(characters), "chars/article")
	b.ReportMetric(float64(bytes), "bytes/article")
}
