package compare

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// Bodies in these tests are written a block a line: "# heading", "- item", "> quote", "[photo caption]", "[a|b caption]"
// for a gallery, "a | b" for a row of a table (rows that follow each other are one table), "---", and anything else is a
// paragraph.
func body(text string) press.Body {
	var out press.Body
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out.Blocks = addLine(out.Blocks, line)
		}
	}
	return out.Normalize()
}

func addLine(blocks []press.Block, line string) []press.Block {
	n := len(blocks) - 1
	switch {
	case line == "---":
		return append(blocks, press.Divider{})
	case strings.HasPrefix(line, "# "):
		return append(blocks, press.Heading{Level: 2, Text: runsOf(line[2:])})
	case strings.HasPrefix(line, "- "):
		item := press.ListItem{Text: runsOf(line[2:])}
		if n >= 0 {
			if l, ok := blocks[n].(press.List); ok {
				l.Items = append(l.Items, item)
				blocks[n] = l
				return blocks
			}
		}
		return append(blocks, press.List{Items: []press.ListItem{item}})
	case strings.HasPrefix(line, "> "):
		return append(blocks, press.Quote{Paragraphs: []press.Paragraph{{Text: runsOf(line[2:])}}})
	case strings.HasPrefix(line, "["):
		names, caption, _ := strings.Cut(strings.Trim(line, "[]"), " ")
		var photos []press.Picture
		for _, name := range strings.Split(names, "|") {
			photos = append(photos, press.Picture{Photo: press.DigestOf([]byte(name)), Caption: caption})
		}
		return append(blocks, press.Gallery{Photos: photos})
	case strings.Contains(line, " | "):
		var row []press.Cell
		for _, cell := range strings.Split(line, " | ") {
			row = append(row, press.Cell{Text: runsOf(cell)})
		}
		if n >= 0 {
			if t, ok := blocks[n].(press.Table); ok {
				t.Rows = append(t.Rows, row)
				blocks[n] = t
				return blocks
			}
		}
		return append(blocks, press.Table{Rows: [][]press.Cell{row}})
	}
	return append(blocks, press.Paragraph{Text: runsOf(line)})
}

// drawn writes a result a block a line, for the eye and for tables: the fate, and the text with [-removed-], {+added+}
// and <changed look>.
func drawn(blocks []Block) string {
	var out strings.Builder
	for _, b := range blocks {
		out.WriteString(map[Op]string{Same: "  ", Added: "+ ", Removed: "- ", Changed: "~ "}[b.Op])
		if b.Moved {
			out.WriteString("(moved) ")
		}
		if b.Form {
			out.WriteString("(form) ")
		}
		var parts []string
		for _, item := range b.Items {
			parts = append(parts, mark(item.Op)+words(item.Text))
		}
		for _, row := range b.Rows {
			var cells []string
			for _, c := range row.Cells {
				cells = append(cells, words(c.Text))
			}
			parts = append(parts, mark(row.Op)+strings.Join(cells, " | "))
		}
		for _, p := range b.Photos {
			parts = append(parts, photo(p))
		}
		fmt.Fprintln(&out, strings.TrimSpace(words(b.Text)+strings.Join(parts, " / ")))
	}
	return out.String()
}

func mark(op Op) string { return map[Op]string{Added: "+", Removed: "-", Changed: "~"}[op] }

func words(text []Span) string {
	var out strings.Builder
	for _, s := range text {
		switch s.Op {
		case Removed:
			out.WriteString("[-" + s.Run.Text + "-]")
		case Added:
			out.WriteString("{+" + s.Run.Text + "+}")
		case Changed:
			out.WriteString("<" + s.Run.Text + ">")
		default:
			out.WriteString(s.Run.Text)
		}
	}
	return out.String()
}

func photo(p Photo) string {
	out := mark(p.Op) + "photo"
	if p.Moved {
		out += " moved"
	}
	if p.Replaced() {
		out += " replaced"
	}
	if len(p.Caption) > 0 {
		out += " " + words(p.Caption)
	}
	return out
}

func TestBlocks(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, before, after, want string }{
		{"nothing", "一段文字。\n[a 图]", "一段文字。\n[a 图]", "  一段文字。\n  photo\n"},
		{
			"an edited paragraph is one that changed",
			"集团召开年度安全生产工作会议。\n会议由总经理主持。\n与会人员进行了热烈讨论。",
			"集团召开2026年度安全生产工作会议。\n会议由总经理主持。\n与会人员进行了深入讨论。",
			"~ 集团召开{+2026+}年度安全生产工作会议。\n  会议由总经理主持。\n~ 与会人员进行了[-热烈-]{+深入+}讨论。\n",
		},
		{
			"a number is a word", "完成投资1250万元，同比增长12%。", "完成投资1350万元，同比增长15%。",
			"~ 完成投资[-1250-]{+1350+}万元，同比增长[-12-]{+15+}%。\n",
		},
		{
			"a Latin word is a word", "The committee approved the plan.", "The commission approved the plan.",
			"~ The [-committee-]{+commission+} approved the plan.\n",
		},
		{
			"a new paragraph among others", "第一段讲了背景情况。\n第三段讲了下一步工作。", "第一段讲了背景情况。\n这里插入全新的内容。\n第三段讲了下一步工作。",
			"  第一段讲了背景情况。\n+ {+这里插入全新的内容。+}\n  第三段讲了下一步工作。\n",
		},
		{
			"a moved paragraph", "背景：去年以来形势发生变化。\n措施：全面加强现场管理工作。\n结果：事故数量明显下降了。",
			"结果：事故数量明显下降了。\n背景：去年以来形势发生变化。\n措施：全面加强现场管理工作。",
			"  (moved) 结果：事故数量明显下降了。\n  背景：去年以来形势发生变化。\n  措施：全面加强现场管理工作。\n",
		},
		{
			"moved and edited", "背景：去年以来形势发生变化，全公司上下积极应对各种困难。\n措施：加强管理。\n结果：事故数量下降。",
			"措施：加强管理。\n结果：事故数量下降。\n背景：今年以来形势发生变化，全公司上下积极应对各种困难。",
			"  措施：加强管理。\n  结果：事故数量下降。\n~ (moved) 背景：[-去-]{+今+}年以来形势发生变化，全公司上下积极应对各种困难。\n",
		},
		{
			"what has nothing in common is removed and added", "旧的一段完全是别的事情。", "Entirely different words.",
			"- [-旧的一段完全是别的事情。-]\n+ {+Entirely different words.+}\n",
		},
		{"a paragraph made a heading", "工作成效显著", "# 工作成效显著", "~ (form) 工作成效显著\n"},
		{"a photo exchanged", "上文在此。\n[a 会议现场]\n下文在此。", "上文在此。\n[b 会议现场]\n下文在此。", "  上文在此。\n~ ~photo replaced\n  下文在此。\n"},
		{"a caption", "[a 张三发言]", "[a 张三讲话]", "~ ~photo 张三[-发言-]{+讲话+}\n"},
		{"a photo moved", "[a]\n第一段文字比较长一些。\n第二段文字也不短。", "第一段文字比较长一些。\n第二段文字也不短。\n[a]", "  第一段文字比较长一些。\n  第二段文字也不短。\n  (moved) photo\n"},
		{"a gallery", "[a|b|c]", "[a|c|d]", "~ photo / -photo / photo / +photo\n"},
		{"the order of a gallery", "[a|b|c]", "[c|a|b]", "~ photo moved / photo / photo\n"},
		{"items", "- 苹果一斤\n- 香蕉两斤\n- 橘子三斤", "- 苹果一斤\n- 香蕉五斤\n- 橘子三斤\n- 葡萄", "~ 苹果一斤 / ~香蕉[-两-]{+五+}斤 / 橘子三斤 / +{+葡萄+}\n"},
		{
			"cells", "单位 | 产量\n一厂 | 100\n二厂 | 200", "单位 | 产量\n一厂 | 105\n二厂 | 200\n三厂 | 50",
			"~ 单位 | 产量 / ~一厂 | [-100-]{+105+} / 二厂 | 200 / +{+三厂+} | {+50+}\n",
		},
		{"a new column", "单位 | 产量\n一厂 | 100", "单位 | 地点 | 产量\n一厂 | 北京 | 100", "~ ~单位 | {+地点+} | 产量 / ~一厂 | {+北京+} | 100\n"},
		{"dividers are not moved", "---\n一段文字在这里。", "一段文字在这里。\n---", "- \n  一段文字在这里。\n+ \n"},
		{"a quote", "> 质量是企业的生命", "> 质量是企业的灵魂", "~ ~质量是企业的[-生命-]{+灵魂+}\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := drawn(Contents(press.Content{Body: body(tc.before)}, press.Content{Body: body(tc.after)}).Blocks)
			if got != tc.want {
				t.Errorf("got\n%swant\n%s", got, tc.want)
			}
		})
	}
}

func TestLooks(t *testing.T) {
	t.Parallel()
	before := press.Content{Body: press.Body{Blocks: []press.Block{press.Paragraph{Text: []press.Run{
		{Text: "详见"}, {Text: "通知全文", Link: "https://example.com/a"}, {Text: "，请执行。"},
	}}}}}
	after := press.Content{Body: press.Body{Blocks: []press.Block{press.Paragraph{Text: []press.Run{
		{Text: "详见"}, {Text: "通知全文", Link: "https://example.com/b"}, {Text: "，请"}, {Text: "认真", Bold: true}, {Text: "执行。"},
	}}}}}
	r := Contents(before, after)
	if got, want := drawn(r.Blocks), "~ 详见<通知全文>，请{+认真+}执行。\n"; got != want {
		t.Fatalf("got %swant %s", got, want)
	}
	link := r.Blocks[0].Text[1]
	if link.Was.Link != "https://example.com/a" || link.Run.Link != "https://example.com/b" || link.Was.Text != "" {
		t.Errorf("a changed address is not told: %+v", link)
	}
	if !r.Blocks[0].Text[3].Run.Bold {
		t.Errorf("a new word lost its look: %+v", r.Blocks[0].Text[3])
	}
}

func TestFieldsAndCover(t *testing.T) {
	t.Parallel()
	a, b := press.DigestOf([]byte("a")), press.DigestOf([]byte("b"))
	before := press.Content{Title: "关于召开会议的通知", Column: press.Column{"新闻"}, Credits: press.Credits{Text: "办公室"}, Cover: press.Cover{Photo: a}}
	after := press.Content{
		Title: "关于召开年会的通知", Column: press.Column{"新闻", "集团"}, Credits: press.Credits{Text: "办公室"},
		Cover: press.Cover{Photo: a, Wide: &press.Rect{X2: 1, Y2: 0.5}},
	}
	r := Contents(before, after)
	if len(r.Fields) != 2 || r.Fields[0].Name != Title || words(r.Fields[0].Text) != "关于召开[-会议-]{+年会+}的通知" || r.Fields[1].After != "新闻 › 集团" {
		t.Errorf("fields: %+v", r.Fields)
	}
	if r.Cover == nil || r.Cover.Photo || !r.Cover.Crop {
		t.Errorf("a crop: %+v", r.Cover)
	}
	after.Cover.Photo = b
	if r = Contents(before, after); r.Cover == nil || !r.Cover.Photo {
		t.Errorf("another cover: %+v", r.Cover)
	}
	if !Contents(after, after).Same() || r.Same() {
		t.Error("what is the same is not told from what differs")
	}
}

func TestCountAndPhotos(t *testing.T) {
	t.Parallel()
	r := Contents(
		press.Content{Body: body("开头的一段文字。\n[a|b 合影]\n结尾的一段文字。")},
		press.Content{Body: body("开头的一段文字。\n[b 合影]\n[a 合影]\n结尾的两段文字。")})
	photos := r.Photos()
	if len(photos) != 1 || !photos[0].Moved || photos[0].Before == nil || photos[0].After == nil {
		t.Errorf("a photo that left its gallery has moved: %+v", photos)
	}
	if c := r.Count(); c.RunesIn != 1 || c.RunesOut != 1 || c.Photos != 1 {
		t.Errorf("count: %+v", c)
	}
}

// TestHostileSizes: what no editor writes takes a bounded time, and the answer says that it is coarser.
func TestHostileSizes(t *testing.T) {
	t.Parallel()
	many := func(n int, line func(int) string) press.Content {
		var out strings.Builder
		for i := range n {
			out.WriteString(line(i) + "\n")
		}
		return press.Content{Body: body(out.String())}
	}
	long := func(every int) press.Content {
		var out strings.Builder
		for i := range 350_000 {
			if i%every == 0 {
				out.WriteRune('改')
			}
			out.WriteRune(rune('一' + i*i*7%9973))
		}
		return press.Content{Body: press.Body{Blocks: []press.Block{press.Paragraph{Text: runsOf(out.String())}}}}
	}
	for name, pair := range map[string][2]press.Content{
		"blocks that repeat": {
			many(5000, func(i int) string { return fmt.Sprint("重复的段落 ", i%7) }), many(5000, func(i int) string { return fmt.Sprint("重复的段落 ", i%5) }),
		},
		"blocks all different": {
			many(5000, func(i int) string { return fmt.Sprint("甲方段落 ", i) }), many(5000, func(i int) string { return fmt.Sprint("乙方内容 ", i*31) }),
		},
		"blocks reversed": {
			many(5000, func(i int) string { return fmt.Sprint("第几段 ", i) }), many(5000, func(i int) string { return fmt.Sprint("第几段 ", 5000-i) }),
		},
		"rows all different": {
			many(2500, func(i int) string { return fmt.Sprint(i, " | ", i*3) }), many(2500, func(i int) string { return fmt.Sprint(i*7, " | x") }),
		},
		"one paragraph of a megabyte": {long(5), long(7)},
	} {
		began := time.Now()
		r := Contents(pair[0], pair[1])
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s: took %s", name, took)
		} else {
			t.Logf("%s: %s, %d blocks, coarse %v", name, took, len(r.Blocks), r.Coarse)
		}
		if !r.Coarse {
			t.Errorf("%s: the answer does not say that it is coarse", name)
		}
		whole(t, pair[0].Body, pair[1].Body, r)
	}
}

// TestALongEditStaysFine: one word in an article of the largest allowed size is found as one word.
func TestALongEditStaysFine(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&text, "第%d句话讲述情况。", i)
	}
	before := press.Content{Body: body(text.String())}
	after := press.Content{Body: body(strings.Replace(text.String(), "第9000句话讲述情况", "第9000句话说明情况", 1))}
	r := Contents(before, after)
	if c := r.Count(); c.RunesIn != 2 || c.RunesOut != 2 || c.Changed != 1 {
		t.Errorf("count: %+v", c)
	}
}

// whole checks that nothing is lost: the spans that are kept or removed spell the earlier body, those kept or added the
// later one, and each block stands once.
func whole(t *testing.T, before, after press.Body, r Result) {
	t.Helper()
	from, to := map[int]bool{}, map[int]bool{}
	last := -1
	for _, b := range r.Blocks {
		if b.From >= 0 {
			if from[b.From] {
				t.Fatalf("earlier block %d stands twice", b.From)
			}
			from[b.From] = true
		}
		if b.To >= 0 {
			if b.To != last+1 {
				t.Fatalf("later block %d follows %d", b.To, last)
			}
			last, to[b.To] = b.To, true
		}
		if got, want := spelled(b, Added), wordsOf(b.Before); got != want {
			t.Fatalf("the earlier text reads %q, not %q", got, want)
		}
		if got, want := spelled(b, Removed), wordsOf(b.After); got != want {
			t.Fatalf("the later text reads %q, not %q", got, want)
		}
	}
	if len(from) != len(before.Blocks) || len(to) != len(after.Blocks) {
		t.Fatalf("%d of %d earlier and %d of %d later blocks are there", len(from), len(before.Blocks), len(to), len(after.Blocks))
	}
}

// spelled returns the text of a block without what has the fate that is left out.
func spelled(b Block, without Op) string {
	b.Photos = nil
	var out strings.Builder
	b.eachText(func(text []Span) {
		for _, s := range text {
			if s.Op != without {
				out.WriteString(s.Run.Text)
			}
		}
	})
	return out.String()
}

func wordsOf(b press.Block) string {
	if b == nil {
		return ""
	}
	var out strings.Builder
	press.Body{Blocks: []press.Block{b}}.EachRuns(func(runs []press.Run) { out.WriteString(press.PlainText(runs)) })
	return out.String()
}

func FuzzContents(f *testing.F) {
	f.Add("一段文字。\n# 标题\n[a 图]\n- 一\n- 二", "一段新文字。\n[b 图]\n- 二\n- 三\na | b")
	f.Add("x \U000F0001 y\n> q", "x \U000F0002 y\n---\n> q")
	f.Add("a | b | c\n1 | 2 | 3", "a | c\n1 | 3\n[a|b|c d]")
	f.Fuzz(func(t *testing.T, before, after string) {
		if len(before)+len(after) > 1<<16 {
			return
		}
		a, b := body(strings.ToValidUTF8(before, "?")), body(strings.ToValidUTF8(after, "?"))
		r := Contents(press.Content{Title: before, Body: a}, press.Content{Title: after, Body: b})
		whole(t, a, b, r)
		if again := Contents(press.Content{Body: b}, press.Content{Body: b}); !again.Same() {
			t.Fatalf("a body differs from itself: %s", drawn(again.Blocks))
		}
	})
}
