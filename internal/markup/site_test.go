package markup

import (
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

func siteOf(t *testing.T, opt SiteOptions, blocks ...press.Block) string {
	t.Helper()
	html, err := Site(press.Body{Blocks: blocks}, sitePictures(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return html
}

func TestHeadingIDs(t *testing.T) {
	t.Parallel()
	var blocks []press.Block
	for _, text := range []string{"Opening: day 1!", "Opening: day 1!", "Opening day 1 2", "Opening day 1", "……", strings.Repeat("长", 60)} {
		blocks = append(blocks, press.Heading{Level: 2, Text: say(text)})
	}
	var ids []string
	for n := range parse(t, siteOf(t, SiteOptions{}, blocks...)).Descendants() {
		if n.Data == "h2" {
			ids = append(ids, n.Attr[0].Val)
		}
	}
	want := []string{"h-opening-day-1", "h-opening-day-1-2", "h-opening-day-1-2-2", "h-opening-day-1-3", "h-", "h-" + strings.Repeat("长", 40)}
	if !slices.Equal(ids, want) {
		t.Errorf("got  %q\nwant %q", ids, want)
	}
}

func TestSiteLanguage(t *testing.T) {
	t.Parallel()
	foreign := para("This paragraph is in English.")
	tests := []struct {
		name, want string
		lang       press.Lang
	}{
		{"told from the text", `<div class="prose indent" lang="zh-CN">`, ""},
		{"asked for", `<div class="prose" lang="en">`, press.English},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := siteOf(t, SiteOptions{Lang: tt.lang}, para("这一段是中文，而且比另一段长一些。"), foreign, para("2024-08-14, 9:00"))
			if !strings.HasPrefix(out, tt.want) {
				t.Errorf("got %s", out)
			}
			if strings.Count(out, "lang=") != 2 {
				t.Errorf("not exactly one paragraph is in another language: %s", out)
			}
		})
	}
}

// Only the first picture of a body may load at once, in a gallery too, and a header that reaches down stays one header.
func TestSiteDetails(t *testing.T) {
	t.Parallel()
	out := siteOf(t, SiteOptions{}, press.Gallery{Photos: []press.Picture{{Photo: wide}, {Photo: tall}}}, press.Picture{Photo: small})
	if strings.Count(out, "<img") != 3 || strings.Count(out, `loading="lazy"`) != 2 || strings.Index(out, "lazy") < strings.Index(out, "tall") {
		t.Errorf("lazy pictures: %s", out)
	}
	cell := func(s string, rows int) press.Cell { return press.Cell{Text: say(s), RowSpan: rows} }
	out = siteOf(t, SiteOptions{}, press.Table{Header: true, Rows: [][]press.Cell{
		{cell("甲", 2), {Text: say("乙"), ColSpan: 2}}, {cell("丙", 0), cell("丁", 0)}, {cell("1", 0), cell("2", 0), cell("3", 0)},
	}})
	if strings.Count(out, "<th ") != 4 || strings.Count(out, "<td") != 3 || strings.Index(out, "</thead>") < strings.Index(out, "丁") {
		t.Errorf("header: %s", out)
	}
}

func TestColumnWidths(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		table press.Table
		want  []int
	}{
		"one column":   {press.Table{Rows: [][]press.Cell{{{Text: say("一")}}}}, []int{100}},
		"even":         {press.Table{Rows: [][]press.Cell{{{}, {}, {}}}}, []int{33, 33, 34}},
		"long text":    {press.Table{Rows: [][]press.Cell{{{Text: say(strings.Repeat("长", 90))}, {Text: say("12")}}}}, []int{80, 20}},
		"reaches down": {press.Table{Rows: [][]press.Cell{{{RowSpan: 2}, {}}, {{}, {}}}}, []int{33, 33, 34}},
		"no cells":     {press.Table{Rows: [][]press.Cell{{}}}, nil},
	}
	for name, tt := range tests {
		if got := columnWidths(tt.table); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	body := press.Body{Blocks: []press.Block{
		press.Heading{Level: 2, Text: say("标题")},
		press.Picture{Photo: wide, Caption: "说明", Alt: "描述"},
		press.Picture{Photo: wide},
		press.Picture{Photo: wide, Alt: "描述"},
		press.Quote{Paragraphs: []press.Paragraph{para("一\n二"), para("三")}},
	}}
	want := "标题\n\n[说明]\n\n[描述]\n\n> 一\n> 二\n>\n> 三"
	if got := Text(body); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestSiteWebP: a browser that reads WebP is offered it, in its sizes; every other program finds the picture as before.
func TestSiteWebP(t *testing.T) {
	t.Parallel()
	digest := press.DigestOf([]byte("p"))
	body := press.Body{Blocks: []press.Block{press.Picture{Photo: digest, Alt: "a"}}}
	picture := SitePicture{Width: 960, Height: 640, Sources: []Source{{"/a.jpg", 480}, {"/b.jpg", 960}}}
	without, err := Site(body, map[press.Digest]SitePicture{digest: picture}, SiteOptions{Sizes: "50vw"})
	if err != nil || strings.Contains(without, "<picture") {
		t.Fatalf("%s, %v", without, err)
	}
	picture.WebP = []Source{{"/a.webp", 480}, {`/b".webp`, 960}}
	with, err := Site(body, map[press.Digest]SitePicture{digest: picture}, SiteOptions{Sizes: "50vw"})
	if err != nil {
		t.Fatal(err)
	}
	const source = `<picture><source type="image/webp" srcset="/a.webp 480w, /b&quot;.webp 960w" sizes="50vw">`
	if want := strings.Replace(strings.Replace(without, "<img", source+"<img", 1), "</figure>", "</picture></figure>", 1); with != want {
		t.Errorf("got\n%s\nwant\n%s", with, want)
	}
	picture.WebP = []Source{{"/480", 480}, {"/768", 768}, {"/960", 960}, {"/1600", 1600}}
	phones, err := Site(body, map[press.Digest]SitePicture{digest: picture}, SiteOptions{Sizes: "(max-width: 600px) 100vw, (max-width: 800px) 90vw, 744px"})
	const two = `<source type="image/webp" media="(max-width: 600px)" srcset="/480 480w, /768 768w" sizes="100vw">` +
		`<source type="image/webp" srcset="/768 768w, /960 960w, /1600 1600w" sizes="(max-width: 800px) 90vw, 744px"><img`
	if err != nil || !strings.Contains(phones, two) {
		t.Errorf("%s, %v", phones, err)
	}
}

// TestCaptionStyles sets captions as a column wants them, for both targets. A mark that the author wrote is not doubled.
func TestCaptionStyles(t *testing.T) {
	t.Parallel()
	content := press.Content{Body: press.Body{Blocks: []press.Block{
		press.Picture{Photo: wide, Caption: "会场"}, press.Picture{Photo: wide, Caption: "▲会场外"},
	}}}
	images := map[press.Digest]Image{wide: {URL: "https://mmbiz.qpic.cn/1", Width: 1080, Height: 720}}
	pictures := map[press.Digest]SitePicture{wide: {Width: 480, Height: 320, Sources: []Source{{URL: "1.jpg", Width: 480}}}}
	for style, want := range map[press.CaptionStyle][3]string{
		press.CaptionTheme: {">会场<", "text-align:center", `class="prose indent"`}, press.CaptionMarked: {">▲ 会场<", "text-align:center", `class="prose indent"`},
		press.CaptionLeft: {">会场<", "", `class="prose indent captions-left"`},
	} {
		wechat, err := WeChat(content, Themes().Default(), images, WeChatOptions{Captions: style})
		if err != nil {
			t.Fatal(err)
		}
		site, err := Site(content.Body, pictures, SiteOptions{Captions: style})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(wechat, want[0]) || !strings.Contains(site, want[0]) || !strings.Contains(site, want[2]) || !strings.Contains(wechat, ">▲会场外<") {
			t.Errorf("%q:\n%s\n%s", style, wechat, site)
		}
		if centred := strings.Contains(wechat, "text-align:center"); centred != (want[1] != "") {
			t.Errorf("%q: captions are centred: %t, in %s", style, centred, wechat)
		}
	}
}

// TestPhotosLeadToTheirLargeForm: each with a name of its own, said from the alt text where there is one; a tall one is shown
// narrower, and only the first is fetched before others.
func TestPhotosLeadToTheirLargeForm(t *testing.T) {
	t.Parallel()
	one, two := press.DigestOf([]byte("1")), press.DigestOf([]byte("2"))
	pictures := map[press.Digest]SitePicture{
		one: {Width: 1600, Height: 1067, Sources: []Source{{"/a.jpg", 480}, {"/b.jpg", 1600}}, Large: "/b.jpg"},
		two: {Width: 900, Height: 1200, Sources: []Source{{"/c.jpg", 480}, {"/d.jpg", 900}}, Large: `/d".jpg`},
	}
	body := press.Body{Blocks: []press.Block{press.Picture{Photo: one, Alt: "会场"}, press.Picture{Photo: two}}}
	out, err := Site(body, pictures, SiteOptions{Lang: press.Chinese, Sizes: "50vw"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<figure><a class="zoom" href="/b.jpg" aria-label="查看大图 1：会场"><img src="/a.jpg"`, `sizes="50vw" width="1600" height="1067" alt="会场" fetchpriority="high"></a></figure>`,
		`<figure class="tall"><a class="zoom" href="/d&quot;.jpg" aria-label="查看大图 2">`, `sizes="` + tallSizes + `" width="900" height="1200" alt="" loading="lazy" decoding="async"></a>`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	english, _ := Site(body, pictures, SiteOptions{Lang: press.English})
	if !strings.Contains(english, `aria-label="Enlarge photo 1: 会场"`) {
		t.Error(english)
	}
}
