package markup

import (
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

func wordPressPictures() map[press.Digest]WordPressPicture {
	return map[press.Digest]WordPressPicture{
		wide: {11, "https://news.example.edu/wp-content/uploads/wide.jpg"}, tall: {12, "https://news.example.edu/wp-content/uploads/tall.jpg"},
		small: {13, "https://news.example.edu/wp-content/uploads/small.png?a=1&b=2"},
	}
}

// TestWordPressGolden: what is here is what the editor of WordPress 6.1 serialises; the test of the WordPress client asks it.
func TestWordPressGolden(t *testing.T) {
	t.Parallel()
	editors := map[string]WordPressEditor{
		"5.6": {}, "6.1": {Galleries: true, Nested: true},
		"6.6": {Galleries: true, Nested: true, HeadingClass: true, TableSpans: true, FixedTables: true, ListClass: true},
	}
	for _, s := range samples() {
		for name, editor := range editors {
			html, err := WordPress(s.content, wordPressPictures(), WordPressOptions{Editor: editor})
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "wordpress/"+name+"/"+s.name+".html", html+"\n")
		}
	}
}

func TestWordPressTellsOfCorrections(t *testing.T) {
	t.Parallel()
	c := press.Content{Title: "校园新闻", Subtitle: "副题", Body: press.Body{Blocks: []press.Block{para("正文。")}}}
	c.Credits = press.Credits{Source: "宣传部", Text: "张三", Editor: "王五"}
	at := time.Date(2024, 8, 16, 17, 0, 0, 0, time.UTC)
	html, err := WordPress(c, nil, WordPressOptions{
		Zone: time.FixedZone("", 8*3600), Corrections: []press.Correction{{Note: "人数为 <12> 人", At: at.AddDate(0, 0, -1)}, {Note: "时间", At: at}},
	})
	if err != nil {
		t.Fatal(err)
	}
	at1, at2 := strings.Index(html, "本文于2024年8月17日更正：时间"), strings.Index(html, "本文于2024年8月16日更正：人数为 &lt;12&gt; 人")
	if at1 < 0 || at2 < at1 || strings.Index(html, "来源：宣传部　供稿：张三") > at1 || strings.Index(html, "编辑：王五") < at2 {
		t.Error(html)
	}
}

// TestWordPressCarriesNothingOut: words stay words where WordPress would carry them out.
func TestWordPressCarriesNothingOut(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"[gallery ids=1]":              "&#091;gallery ids=1]",
		"[[embed]] [/caption]":         "&#091;&#091;embed]] &#091;/caption]",
		"〔2024〕5号 [1] 注":               "〔2024〕5号 [1] 注",
		"[短代码]":                        "&#091;短代码]",
		"[3d-flip-book id=1] [-x] [.y": "&#091;3d-flip-book id=1] &#091;-x] &#091;.y",
		"https://video.example.com/v1": "https:&#047;&#047;video.example.com/v1",
		"见 https://example.com/":       "见 https://example.com/",
		"<!-- wp:html --><script>":     "&lt;!-- wp:html --&gt;&lt;script&gt;",
		"a\u00a0b\"c\"":                `a&nbsp;b"c"`,
	} {
		html, err := WordPress(press.Content{Title: "标题", Body: press.Body{Blocks: []press.Block{para(text)}}}, nil, WordPressOptions{})
		if want := "<!-- wp:paragraph -->\n<p>" + want + "</p>\n<!-- /wp:paragraph -->"; err != nil || html != want {
			t.Errorf("%q: %v\n got %s\nwant %s", text, err, html, want)
		}
	}
}

// TestWordPressCarriesNothingOutInAttributes: a real one replaces [audio …] in what a picture or a link says, too.
func TestWordPressCarriesNothingOutInAttributes(t *testing.T) {
	t.Parallel()
	const code = "[audio src=x]"
	html, err := WordPress(press.Content{
		Title: "标题", Subtitle: "https://video.example.com/v1", Body: press.Body{Blocks: []press.Block{
			press.Picture{Photo: wide, Alt: code, Caption: code},
			press.Paragraph{Text: []press.Run{{Text: "["}, {Text: "audio src=x]", Color: press.Red}, {Text: "链接", Link: "https://example.com/?a=[audio+src=x]"}}},
			press.Quote{Paragraphs: []press.Paragraph{para("https://video.example.com/v2")}},
		}},
	}, map[press.Digest]WordPressPicture{wide: {ID: 1, URL: "https://news.example.edu/" + code + ".jpg"}}, WordPressOptions{})
	if err != nil || strings.Contains(html, "[") || strings.Count(html, "&#091;") != 5 || strings.Contains(html, ">https://") {
		t.Errorf("%v\n%s", err, html)
	}
}

// TestWordPressFiles: attachments stand below the body, and neither their names nor their addresses begin or end anything.
func TestWordPressFiles(t *testing.T) {
	t.Parallel()
	html, err := WordPress(press.Content{Credits: press.Credits{Editor: "王五"}, Body: press.Body{Blocks: []press.Block{para("正文。")}}}, nil, WordPressOptions{
		Editor: WordPressEditor{FileIDs: true}, Files: []WordPressFile{{ID: 7, URL: `https://x.example/a--b">?c=1&d=2.pdf`, Name: `[audio src=x] <b> & "名单".pdf`, Size: "340 KB"}},
	})
	want := `<!-- wp:paragraph {"className":"newsdesk-attachments"} -->
<p class="newsdesk-attachments">附件：</p>
<!-- /wp:paragraph -->

<!-- wp:file {"id":7,"href":"https://x.example/a\u002d\u002db\u0022\u003e?c=1\u0026d=2.pdf","showDownloadButton":false} -->
<div class="wp-block-file"><a id="wp-block-file--media-7" href="https://x.example/a--b&quot;&gt;?c=1&amp;d=2.pdf">&#091;audio src=x] &lt;b&gt; &amp; "名单".pdf（340 KB）</a></div>
<!-- /wp:file -->

<!-- wp:paragraph {"className":"newsdesk-credits"} -->`
	if err != nil || !strings.Contains(html, want) {
		t.Errorf("%v\n%s\nwant\n%s", err, html, want)
	}
}

func TestWordPressNeedsItsPhotos(t *testing.T) {
	t.Parallel()
	_, err := WordPress(press.Content{Body: press.Body{Blocks: []press.Block{press.Picture{Photo: wide}}}}, nil, WordPressOptions{})
	if press.CodeOf(err) != "render.photo" {
		t.Error(err)
	}
}
