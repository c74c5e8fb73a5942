package markup

import (
	"strings"

	"newsdesk/internal/press"
)

func digest(c string) press.Digest { return press.Digest(strings.Repeat(c, 64)) }

func say(text string) []press.Run { return []press.Run{{Text: text}} }

func para(text string) press.Paragraph { return press.Paragraph{Text: say(text)} }

// wide, tall and small are the photos of the samples.
var wide, tall, small = digest("a"), digest("b"), digest("c")

func images() map[press.Digest]Image {
	return map[press.Digest]Image{
		wide:  {URL: "http://mmbiz.qpic.cn/wide/0?wx_fmt=jpeg&from=appmsg", Width: 1080, Height: 720},
		tall:  {URL: "http://mmbiz.qpic.cn/tall/0?wx_fmt=jpeg", Width: 1080, Height: 1440},
		small: {URL: "http://mmbiz.qpic.cn/small/0?wx_fmt=png", Width: 240, Height: 160},
	}
}

func sitePictures() map[press.Digest]SitePicture {
	of := func(name string, width, height int) SitePicture {
		p := SitePicture{Width: width, Height: height}
		for _, w := range []int{480, 960, 1600} {
			if w <= width {
				p.Sources = append(p.Sources, Source{URL: "/photos/" + name + "-" + map[int]string{480: "480", 960: "960", 1600: "1600"}[w] + ".jpg", Width: w})
			}
		}
		if len(p.Sources) == 0 {
			p.Sources = []Source{{URL: "/photos/" + name + ".png", Width: width}}
		}
		return p
	}
	return map[press.Digest]SitePicture{wide: of("wide", 1600, 1067), tall: of("tall", 960, 1280), small: of("small", 240, 160)}
}

// sample is a content that shows one thing.
type sample struct {
	name    string
	content press.Content
}

func samples() []sample {
	of := func(name string, blocks ...press.Block) sample {
		return sample{name, press.Content{Title: "校园新闻", Body: press.Body{Blocks: blocks}}}
	}
	english := sample{"english", press.Content{
		Title: "A visit", Credits: press.Credits{Text: "Wang Fang", Reviewer: "Li Na"},
		Body: press.Body{Blocks: []press.Block{para("Leaders visited the school."), linkParagraph("the report", "https://example.edu/r?a=1&b=2")}},
	}}
	credits := of("credits", para("正文。"))
	credits.content.Credits = press.Credits{Text: "张三", Photos: "李四", Editor: "王五", Reviewer: "赵六", Source: "宣传部"}
	return []sample{
		of("paragraph", para("8月14日上午，领导一行莅临我校。"), para("第二段。"),
			press.Paragraph{Align: press.AlignCenter, Text: say("居中")}, press.Paragraph{Align: press.AlignRight, Text: say("宣传部\n2024年8月16日")}),
		of("looks", press.Paragraph{Text: looks()}),
		of("links", linkParagraph("学校官网", "https://example.edu/"), linkParagraph("往期推送", "http://mp.weixin.qq.com/s/abc?a=1&b=2"),
			linkParagraph("再看官网", "https://example.edu/"), linkParagraph("来信", "mailto:news@example.edu"),
			linkParagraph("example.edu/list", "https://example.edu/list")),
		of("heading", headings("")...),
		of("heading-center", headings(press.AlignCenter)...),
		of("photo", press.Picture{Photo: wide, Caption: "调研现场", Alt: "几个人站在展板前"}, press.Picture{Photo: small}),
		of("gallery", press.Gallery{Photos: []press.Picture{{Photo: wide, Caption: "左"}, {Photo: tall, Alt: "右"}}},
			press.Gallery{Photos: []press.Picture{{Photo: wide}, {Photo: wide}, {Photo: wide}}},
			press.Gallery{Photos: []press.Picture{{Photo: tall}, {Photo: tall}, {Photo: tall}}}),
		of("list", nestedList(false), nestedList(true)),
		of("quote", press.Quote{Paragraphs: []press.Paragraph{para("产教融合。"), {Align: press.AlignRight, Text: say("——校长")}}}),
		of("table", grid(), wideGrid()),
		of("divider", para("上"), press.Divider{}, para("下")),
		credits,
		english,
	}
}

func linkParagraph(words, link string) press.Paragraph {
	return press.Paragraph{Text: []press.Run{{Text: "见"}, {Text: words, Link: link}, {Text: "。"}}}
}

func looks() []press.Run {
	runs := []press.Run{
		{Text: "粗", Bold: true},
		{Text: "斜", Italic: true},
		{Text: "下划线", Underline: true},
		{Text: "删除", Strike: true},
		{Text: "全部", Bold: true, Italic: true, Underline: true, Strike: true, Color: press.Red},
		{Text: " ", Color: press.Red},
		{Text: "换\n行"},
	}
	for _, c := range press.Palette() {
		runs = append(runs, press.Run{Text: string(c), Color: c})
	}
	return runs
}

func headings(align press.Align) []press.Block {
	return []press.Block{
		press.Heading{Level: 2, Align: align, Text: say("领导调研")},
		para("正文。"),
		press.Heading{Level: 3, Align: align, Text: say("创新中心")},
		para("正文。"),
		press.Heading{Level: 4, Align: align, Text: say("Deep 融合 2024")},
		para("正文。"),
		press.Heading{Level: 2, Align: align, Text: say("领导调研")},
	}
}

func nestedList(ordered bool) press.List {
	start := 0
	if ordered {
		start = 3
	}
	deep := &press.List{Ordered: ordered, Items: []press.ListItem{{Text: say("更深一层")}}}
	inner := &press.List{Ordered: ordered, Items: []press.ListItem{{Text: say("内层一")}, {Text: say("内层二"), List: deep}}}
	return press.List{Ordered: ordered, Start: start, Items: []press.ListItem{
		{Text: say("加强组织领导，压实工作责任，确保各项任务按时间节点高质量完成")}, {Text: say("有内层"), List: inner}, {Text: say("最后一项")},
	}}
}

func grid() press.Table {
	cell := func(s string) press.Cell { return press.Cell{Text: say(s)} }
	return press.Table{Header: true, Rows: [][]press.Cell{
		{cell("时间"), cell("内容"), {Text: say("人数"), Align: press.AlignRight}},
		{{Text: say("上午"), RowSpan: 2}, cell("实地察看学校创业创新中心"), {Text: say("12"), Align: press.AlignRight}},
		{cell("座谈"), {Text: say("8"), Align: press.AlignRight}},
		{{Text: say("合计"), ColSpan: 2, Align: press.AlignCenter}, {Text: say("20"), Align: press.AlignRight}},
	}}
}

func wideGrid() press.Table {
	var rows [][]press.Cell
	for _, line := range []string{"学院 周一 周二 周三 周四 周五", "机械 1 2 3 4 5", "信息 6 7 8 9 10"} {
		var row []press.Cell
		for _, word := range strings.Fields(line) {
			row = append(row, press.Cell{Text: say(word)})
		}
		rows = append(rows, row)
	}
	return press.Table{Rows: rows}
}
