package editor

import (
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

func run(text string) press.Run { return press.Run{Text: text} }

func paragraph(runs ...press.Run) press.Block { return press.Paragraph{Text: runs} }

func items(texts ...string) []press.ListItem {
	var out []press.ListItem
	for _, t := range texts {
		out = append(out, press.ListItem{Text: []press.Run{run(t)}})
	}
	return out
}

var aPhoto, bPhoto = press.DigestOf([]byte("a")), press.DigestOf([]byte("b"))

// sayable is what Markdown has words for: none of it may need a line that stands for it.
func sayable() []press.Block {
	inner := press.List{Items: items("里", "inner")}
	bold, italic := press.Run{Text: "“重点”", Bold: true}, press.Run{Text: "斜体", Italic: true}
	return []press.Block{
		paragraph(run("8月14日上午，领导一行莅临我校。")),
		paragraph(run("他强调"), bold, run("要落实。"), italic, press.Run{Text: "两者", Bold: true, Italic: true}, run("，"), press.Run{Text: "划掉", Strike: true}, press.Run{Text: "下划线", Underline: true}),
		paragraph(run("第一行\n第二行")),
		paragraph(run("1. 不是列表")), paragraph(run("- 也不是")), paragraph(run("# 不是标题")), paragraph(run("> 不是引用")),
		paragraph(run("a*b*c _d_ `e` [f](g) <b>h</b> & &amp; ~~i~~ \\ | ^j^ !")),
		paragraph(run("网址 https://example.org/a_b?c=d 和 www.example.org，邮箱 a@example.org")),
		paragraph(run("见"), press.Run{Text: "官网", Link: "https://example.edu/a(b)?x=1&y=_2_"}, run("。")),
		paragraph(press.Run{Text: "粗", Bold: true, Link: "https://example.edu/"}, press.Run{Text: "细", Link: "https://example.edu/"}),
		paragraph(run("照片.jpg")),
		paragraph(run("来源：宣传部")),
		press.Heading{Level: 2, Text: []press.Run{run("一、总体情况 #1")}},
		press.Heading{Level: 4, Text: []press.Run{run("第四级")}},
		press.Picture{Photo: aPhoto, Caption: "调研现场 [左]"},
		press.Picture{Photo: aPhoto, Caption: "图 “说明”", Alt: "几个人站在展板前"},
		press.Picture{Photo: bPhoto},
		press.List{Items: []press.ListItem{{Text: []press.Run{run("甲")}, List: &inner}, {Text: []press.Run{run("乙\n续行")}}}},
		paragraph(run("之间")),
		press.List{Ordered: true, Start: 3, Items: items("三", "四")},
		press.Quote{Paragraphs: []press.Paragraph{{Text: []press.Run{run("产教融合。")}}, {Text: []press.Run{run("——校长")}}}},
		press.Table{Header: true, Rows: [][]press.Cell{
			{{Text: []press.Run{run("姓名")}}, {Text: []press.Run{run("单位|部门")}}}, {{Text: []press.Run{run("张三")}}, {Text: []press.Run{run("办\n公室")}}},
		}},
		press.Divider{},
		paragraph(run("完")),
	}
}

func unsayable() []press.Block {
	return []press.Block{
		press.Paragraph{Align: press.AlignCenter, Text: []press.Run{run("居中")}},
		paragraph(press.Run{Text: "红", Color: press.Red}),
		press.Gallery{Photos: []press.Picture{{Photo: aPhoto}, {Photo: bPhoto, Caption: "x"}}},
		press.Table{Rows: [][]press.Cell{{{ColSpan: 2, Text: []press.Run{run("跨列 [[1]] **x**")}}}, {{Text: []press.Run{run("a")}}, {Text: []press.Run{run("b")}}}}},
		press.Picture{Photo: aPhoto, Alt: "只有替代文字"},
		paragraph(run("两  个空格")),
		paragraph(run("[[1: 假的]]")),
	}
}

func TestPlainBody(t *testing.T) {
	t.Parallel()
	for name, blocks := range map[string][]press.Block{
		"sayable": sayable(), "unsayable": unsayable(), "mixed": slices.Concat(unsayable(), sayable(), unsayable()), "empty": {},
		"two lists":             {press.List{Items: items("a")}, press.List{Items: items("b")}, press.List{Ordered: true, Items: items("c")}},
		"two quotes":            {press.Quote{Paragraphs: []press.Paragraph{{Text: []press.Run{run("a")}}}}, press.Quote{Paragraphs: []press.Paragraph{{Text: []press.Run{run("b")}}}}},
		"list, words":           {press.List{Items: items("a")}, paragraph(run("b"))},
		"a divider below words": {paragraph(run("a")), press.Divider{}, press.Divider{}},
	} {
		c := press.Content{Title: "标题", Cover: press.Cover{Photo: aPhoto, Wide: &press.Rect{X2: 1, Y2: 0.5}}, Body: press.Body{Blocks: blocks}}.Normalize()
		form := newPlainForm(c, 1, time.Time{}, press.Chinese)
		back, err := form.content()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, form.Body)
			continue
		}
		if got, want := encoded(back.Normalize()), encoded(c); got != want {
			t.Errorf("%s:\n%s\ngot  %s\nwant %s", name, form.Body, got, want)
		}
		if name == "sayable" && strings.Contains(form.Body, "[[") {
			t.Errorf("Markdown has words for all of this:\n%s", form.Body)
		}
	}
}

// TestPlainLinesMove: a line that stands for a block may go elsewhere or away.
func TestPlainLinesMove(t *testing.T) {
	t.Parallel()
	blocks := unsayable()[:3]
	form := newPlainForm(press.Content{Title: "t", Body: press.Body{Blocks: blocks}}, 1, time.Time{}, press.Chinese)
	lines := strings.Split(form.Body, "\n\n")
	form.Body = lines[2] + "\n\n新的一段\n\n" + lines[0] + "\n\n[[9: 没有]]"
	back, err := form.content()
	if err != nil {
		t.Fatal(err)
	}
	want := press.Body{Blocks: []press.Block{blocks[2], paragraph(run("新的一段")), blocks[0], paragraph(run("[[9: 没有]]"))}}
	if encoded(back.Body) != encoded(want) {
		t.Errorf("got %s\n%s", encoded(back.Body), form.Body)
	}
	form.Body = "![远程](https://example.org/a.jpg)"
	if _, err := form.content(); press.CodeOf(err) != "photo.remote" {
		t.Errorf("a picture was dropped silently: %v", err)
	}
	for _, hostile := range []plainForm{{Kept: "{"}, {Rest: `{"x":1`}, {Kept: `{"1":{"version":1,"blocks":[{"type":"script"}]}}`}, {Kept: strings.Repeat(" ", maxKept+1)}} {
		if _, err := hostile.content(); press.CodeOf(err) != "plain.form" {
			t.Errorf("%.40q: %v", hostile.Kept+hostile.Rest, err)
		}
	}
}

// FuzzPlainBody: whatever can be written in the plain form comes back from it unchanged.
func FuzzPlainBody(f *testing.F) {
	form := newPlainForm(press.Content{Title: "t", Body: press.Body{Blocks: slices.Concat(sayable(), unsayable())}}, 1, time.Time{}, press.English)
	f.Add(form.Body)
	f.Add("a\n\n- b\n  1. c\n\n> d\n>\n> e\n\n| f |\n|---|\n| g |\n\n**h*i*j**k ~~l~~<u>m</u>")
	f.Fuzz(func(t *testing.T, source string) {
		body, _, err := intake.ReadMarkdown(source)
		if err != nil || len(source) > 4000 {
			return
		}
		c := press.Content{Title: "t", Body: body}.Normalize()
		form := newPlainForm(c, 1, time.Time{}, press.Chinese)
		back, err := form.content()
		if err != nil {
			t.Fatalf("%v\n%s", err, form.Body)
		}
		if got, want := encoded(back.Normalize().Body), encoded(c.Body); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", form.Body, got, want)
		}
	})
}
