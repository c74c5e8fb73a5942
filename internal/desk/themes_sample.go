package desk

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"strings"
	"sync"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// ThemeSample returns the HTML of a short article with a piece of everything that a theme gives a look to. It shows itself
// by day and by night: each colour stands there for both.
func ThemeSample(theme markup.Theme, lang press.Lang) (string, error) {
	content := sampleContent(lang)
	html, err := markup.WeChat(content, theme, map[press.Digest]markup.Image{sampleDigest: samplePicture()}, markup.WeChatOptions{})
	if err != nil {
		return "", err
	}
	return markup.Night(html), nil
}

// DraftTheme reads a theme that is not saved, to show its sample.
func DraftTheme(name, yaml string) (markup.Theme, error) {
	return markup.ParseTheme(name, []byte(yaml))
}

var sampleDigest = press.Digest(strings.Repeat("0", 64))

func sampleContent(lang press.Lang) press.Content {
	say := func(en, zh string) string { return press.Text{EN: en, ZH: zh}.In(lang) }
	run := func(en, zh string) []press.Run { return []press.Run{{Text: say(en, zh)}} }
	cell := func(en, zh string) press.Cell { return press.Cell{Text: run(en, zh)} }
	return press.Content{
		Title: say("A day on campus", "校园一日"),
		Credits: press.Credits{
			Text: say("Sample News Centre", "示例新闻中心"), Photos: say("Sample photographer", "示例摄影"), Editor: say("Sample editor", "示例编辑"),
		},
		Body: press.Body{Blocks: []press.Block{
			press.Paragraph{Text: []press.Run{
				{Text: say("This sample shows what a theme does: running text with ", "这篇样稿展示主题的效果：正文段落，")},
				{Text: say("words in bold", "加粗文字"), Bold: true},
				{Text: say(", in ", "，")},
				{Text: say("a colour of the palette", "调色板中的颜色"), Color: press.Red},
				{Text: say(", and a ", "，以及")},
				{Text: say("link", "链接"), Link: "https://www.example.edu.cn/"},
				{Text: say(".", "。")},
			}},
			press.Heading{Level: 2, Text: run("A heading of the second level", "二级标题：主楼前的早晨")},
			press.Picture{Photo: sampleDigest, Caption: say("A photo with its caption", "图片与图片说明"), Alt: say("Hills under the sun", "阳光下的山丘")},
			press.Heading{Level: 3, Text: run("A heading of the third level", "三级标题：课程安排")},
			press.List{Items: []press.ListItem{
				{Text: run("the first entry of a list", "列表的第一项")}, {Text: run("and the second", "列表的第二项")},
			}},
			press.Quote{Paragraphs: []press.Paragraph{{Text: run("Somebody else's words stand in a quote.", "引用的文字放在引用块中，与正文区分。")}}},
			press.Heading{Level: 4, Text: run("A heading of the fourth level", "四级标题：时间表")},
			press.Table{Header: true, Rows: [][]press.Cell{
				{cell("Time", "时间"), cell("What", "安排")}, {cell("9:00", "9:00"), cell("Opening", "开幕式")}, {cell("10:30", "10:30"), cell("Talks", "分论坛")},
			}},
			press.Divider{},
			press.Paragraph{Text: run("After the divider the article comes to its end.", "分隔线之后，文章接近尾声。")},
		}},
	}.Normalize()
}

// Width and height of the sample's picture.
const (
	sampleWidth  = 640
	sampleHeight = 260
)

// samplePicture is a landscape of a sky and two hills, drawn once.
var samplePicture = sync.OnceValue(func() markup.Image {
	sky, sun := color.RGBA{R: 198, G: 221, B: 236, A: 255}, color.RGBA{R: 246, G: 214, B: 142, A: 255}
	far, near := color.RGBA{R: 126, G: 164, B: 146, A: 255}, color.RGBA{R: 78, G: 122, B: 104, A: 255}
	img := image.NewPaletted(image.Rect(0, 0, sampleWidth, sampleHeight), color.Palette{sky, sun, far, near})
	for y := range sampleHeight {
		for x := range sampleWidth {
			img.SetColorIndex(x, y, landscape(x, y))
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic("desk: a picture that cannot be written: " + err.Error()) // to memory it always can
	}
	return markup.Image{
		URL: "data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes()), Width: sampleWidth, Height: sampleHeight,
	}
})

// landscape says what stands at a point: the sky, the sun, the far hill or the near one.
func landscape(x, y int) uint8 {
	within := func(cx, cy, rx, ry int) bool {
		dx, dy := x-cx, y-cy
		return dx*dx*ry*ry+dy*dy*rx*rx <= rx*rx*ry*ry
	}
	switch {
	case within(480, 290, 420, 130):
		return 3
	case within(120, 290, 380, 160):
		return 2
	case within(500, 80, 36, 36):
		return 1
	}
	return 0
}
