package press

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// identity makes a valid number of seventeen digits.
func identity(front string) string {
	sum := 0
	for i := range 17 {
		sum += int(front[i]-'0') * identityWeights[i]
	}
	return front + strings.ToUpper(string("10x98765432"[sum%11]))
}

// card makes a valid number of all digits but the last.
func card(front string) string {
	for d := '0'; d <= '9'; d++ {
		if luhn(front + string(d)) {
			return front + string(d)
		}
	}
	return ""
}

func para(text string) Content {
	return Content{Body: Body{Blocks: []Block{Paragraph{Text: []Run{{Text: text}}}}}}
}

func codesOf(list []Finding) []string {
	out := []string{}
	for _, f := range list {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return out
}

func TestPersonalNumbers(t *testing.T) {
	t.Parallel()
	id, old, woman := identity("33010619900307123"), "330106900307123", identity("11010119491231002")
	long, short := card("622202120800012345"), card("411111111111111")
	fours := fmt.Sprintf("%s %s %s %s %s", long[:4], long[4:8], long[8:12], long[12:16], long[16:])
	wide := strings.Map(func(r rune) rune { return r - '0' + '０' }, "13800138000")
	for text, want := range map[string]string{
		"身份证号" + id + "，请核对。":                   "text.identity",
		"身份证" + woman + "。":                     "text.identity",
		"No." + id:                              "text.identity",
		id[:6] + " " + id[6:14] + " " + id[14:]: "text.identity",
		id[:6] + "-" + id[6:14] + "-" + id[14:]: "text.identity",
		"身份证：" + old:                            "text.identity",
		"卡号" + long:                             "text.card",
		"卡号 " + fours + "，开户行":                  "text.card",
		"请汇至" + short + "。":                     "text.card",
		"电话13800138000。":                        "text.phone",
		"电话 138 0013 8000。":                     "text.phone",
		"电话 138-0013-8000。":                     "text.phone",
		"电话+8613800138000。":                     "text.phone",
		"电话 +86-13800138000。":                   "text.phone",
		"电话 008613800138000。":                   "text.phone",
		"0571-88888888/13800138000":             "text.phone",
		"13800138000@163.com":                   "text.phone",
		"张三 13800138000 李四":                     "text.phone",
		"电话" + wide + "。":                       "text.fullwidth text.phone",
		"1\u200b3800138000":                     "text.phone",
		"张三 " + id + " 13800138000":             "text.identity text.phone",

		// What looks like one and is none.
		id[:17] + "0" + "（校验码不对）":                  "",
		"330106199002301234":                       "", // there is no 30 February
		"统一社会信用代码911100007109310421":               "",
		"统一社会信用代码91330100MA27XY1X5T":               "",
		"订单号2026112312345678":                      "",
		"订单编号：13912345678":                         "",
		"学号 202612345678":                          "",
		"学号13520200101":                            "",
		"ISBN 978-7-5325-1234-5":                   "",
		"ISBN 9787532512345":                       "",
		"https://example.com/p/13800138000?a=1":    "",
		"http://example.com/13800138000.html":      "",
		"123456789012345678901234567890":           "",
		"投资13800138000元":                           "",
		"0.13800138000":                            "",
		"13800138000.5":                            "",
		"2026年11月23日12:30，1,000人，3.14":             "",
		"0571-88888888，400-800-8820":               "",
		"10001380013800012":                        "",
		"IMG_13800138000.jpg":                      "",
		"12800138000":                              "",
		"经度120.13800138000":                        "",
		"订单 " + card("411111111111112") + "已发货":    "",
		"版本 1.13.13800138000":                      "",
		"330106 1990 0307 就这样":                     "",
		"在2026-11-23-13800138000文件夹中":              "",
		"流水号" + card("622202120800012346") + "，查询": "",
	} {
		got := NewTextCheck(nil).Read(para(text)).Without(nil, nil)
		if codes := strings.Join(codesOf(got), " "); codes != want {
			t.Errorf("%s: got %q, want %q", text, codes, want)
		}
		for _, f := range got {
			for _, number := range []string{id, woman, old, long, short, "13800138000", wide} {
				if said := f.Quote + f.Text.EN + f.Text.ZH; strings.Contains(strings.ToUpper(said), number) {
					t.Errorf("%s: the finding says the number: %+v", text, f)
				}
			}
		}
	}
	if got, want := MaskNumbers("身份证"+id+"，"+fours+"，电话13800138000"), "身份证3301**********"+id[14:]+"，6222 **** **** ***"+long[15:16]+" "+long[16:]+"，电话138****8000"; got != want {
		t.Errorf("masked as %s, want %s", got, want)
	}
}

// Numbers are found wherever readers would see them, and where they stand is said.
func TestNumbersEverywhere(t *testing.T) {
	t.Parallel()
	id := identity("33010619900307123")
	bold := []Run{{Text: id[:5]}, {Text: id[5:9], Bold: true}, {Text: id[9:]}}
	c := Content{
		Title: "关于" + id, Subtitle: id, Digest: id, Credits: Credits{Text: id, Source: id},
		Body: Body{Blocks: []Block{
			Paragraph{Text: bold},
			Heading{Level: 2, Text: bold},
			Quote{Paragraphs: []Paragraph{{Text: bold}}},
			List{Items: []ListItem{{Text: []Run{{Text: "无"}}, List: &List{Items: []ListItem{{Text: bold}}}}}},
			Picture{Caption: "图：" + id, Alt: "alt " + id},
			Gallery{Photos: []Picture{{}, {Caption: id}}},
			Table{Rows: [][]Cell{{{Text: []Run{{Text: "姓名"}}}, {Text: []Run{{Text: "身份证"}}}}, {{Text: []Run{{Text: "张三"}}}, {Text: bold}}}},
		}},
	}
	var got []string
	for _, f := range NewTextCheck(nil).Read(c).Without(nil, nil) {
		if f.Code != "text.identity" || !f.Blocks {
			t.Errorf("found %+v", f)
		}
		got = append(got, f.Where)
	}
	want := []string{
		"title", "subtitle", "digest", "credits", "credits", "body.blocks[0]", "body.blocks[1]", "body.blocks[2]", "body.blocks[3]",
		"body.blocks[4]", "body.blocks[4]", "body.blocks[5].photos[1]", "body.blocks[6]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("found in\n%v, want\n%v", got, want)
	}
	cells := Table{Rows: [][]Cell{
		{{Text: []Run{{Text: "学号"}}}, {Text: []Run{{Text: "手机"}}}, {Text: []Run{{Text: "证件号"}}}},
		{{Text: []Run{{Text: "13520200101"}}}, {Text: []Run{{Text: "13520200102"}}}, {Text: []Run{{Text: "330106900307123"}}}},
	}}
	found := NewTextCheck(nil).Read(Content{Body: Body{Blocks: []Block{cells}}}).Without(nil, nil)
	if len(found) != 2 || !found[0].Blocks || found[0].Code != "text.identity" || found[1].Code != "text.phone" ||
		!strings.HasPrefix(found[1].Text.ZH, "表格第 2 行第 2 格：有手机号码 135****0102") {
		t.Errorf("in a table: %+v", found)
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"同学们，，大家好。":     "text.doubled",
		"大家好。。":         "text.doubled",
		"太好了！！！":        "text.doubled",
		"书、，本子":         "text.doubled",
		"结束了。，":         "text.doubled",
		"什么,,意思":        "text.doubled",
		"你好,世界":         "text.halfwidth",
		"时间:12:30":      "text.halfwidth",
		"会议结束.":         "text.halfwidth",
		"是吗?":           "text.halfwidth",
		"浙江大学(紫金港校区)举行": "text.halfwidth",
		"他说\"你好\"。":     "text.halfwidth",
		"他说“你好。":        "text.unpaired",
		"他说你好”。":        "text.unpaired",
		"阅读《红楼梦一书":      "text.unpaired",
		"活动（含颁奖。":       "text.unpaired",
		"我们一起去 学校参加活动。": "text.space",
		"我们一起去　学校参加活动。": "text.space",
		"共有１２人":         "text.fullwidth",
		"等等。。。":         "text.ellipsis",
		"等等...":         "text.ellipsis",
		"等等......":      "text.ellipsis",
		"等等…":           "text.ellipsis",
		"目标--前进":        "text.dash",
		"目标—前进":         "text.dash",
		"你好,世界,再见,朋友":   "text.halfwidth",
		"他们,来了!!":       "text.doubled text.halfwidth",
		"第一行，\n第二行。。":   "text.doubled",
		"看(这里）吧":        "",
		"他问：“真的？！”":     "",
		"等等……":          "",
		"目标——前进":        "",
		"中国-东盟":         "",
		"2020—2025年":    "",
		"参加人员：张三 李四 王五，共三人。":             "",
		"校训“厚德 博学 求是”，意义深远。":             "",
		"我们一起去 学校参加活动":                   "", // a title or a slogan: no stop in it
		"约3.14，12:30开始，1,000人":           "",
		"见附件.docx，网址www.example.cn/a,b":  "",
		"https://example.com/a,,b?c=d!!": "",
		"She said (张三, a teacher) so.":   "",
		"Mr. Zhang (张三), who came.":      "",
		"“第一段。":                          "text.unpaired",
		"1）报名；2）参加。":                     "",
		"（1）报名（见图 2）。":                   "",
		"it’s the students’ day 在杭州":     "",
		"“他说：‘好。’”":                      "",
		"一.总则":                           "",
		"世界卫生组织(WHO)发布":                  "",
		"No Chinese here,, at all.. (x":  "",
	} {
		if codes := strings.Join(codesOf(NewTextCheck(nil).Read(para(text)).Without(nil, nil)), " "); codes != want {
			t.Errorf("%s: got %q, want %q", text, codes, want)
		}
	}
	link := Content{Body: Body{Blocks: []Block{Paragraph{Text: []Run{{Text: "请看"}, {Text: "这里,,的", Link: "https://example.com"}}}}}}
	if got := NewTextCheck(nil).Read(link).Without(nil, nil); len(got) != 0 {
		t.Errorf("in a link: %+v", got)
	}
	over := Content{Body: Body{Blocks: []Block{
		Paragraph{Text: []Run{{Text: "“第一段。"}}}, Divider{}, Paragraph{Text: []Run{{Text: "“第二段。”"}}},
	}}}
	if got := NewTextCheck(nil).Read(over).Without(nil, nil); len(got) != 0 {
		t.Errorf("a quotation over paragraphs: %+v", got)
	}
	got := NewTextCheck(nil).Read(para("你好,世界,再见,朋友")).Without(nil, nil)
	if len(got) != 1 || !strings.HasSuffix(got[0].Text.ZH, "（此处共 3 次）") || got[0].Quote != "你好,世界,再见,朋友" || got[0].Blocks {
		t.Errorf("the same thrice: %+v", got)
	}
}

func TestWordsToAvoid(t *testing.T) {
	t.Parallel()
	list := []AvoidWord{
		{Phrase: "截止目前", Instead: "截至目前", Severity: SeverityMust, Reason: "用词不当"},
		{Phrase: "最佳", Severity: SeverityCheck},
		{Phrase: "最佳论文奖", Severity: SeverityAllow},
		{Phrase: "中国移动", Instead: "中国移动公司", Severity: SeverityCheck},
		{Phrase: "AI", Instead: "人工智能", Severity: SeverityCheck},
		{Phrase: "禁词", Severity: SeverityMust},
		{Phrase: "app", Instead: "App", Severity: SeverityCheck},
	}
	check := NewTextCheck(list)
	for text, want := range map[string]string{
		"截止目前，共有": "“截止目前”应写作“截至目前”。用词不当。",
		"最佳论文奖":   "", "最佳": "请核对“最佳”。", "最佳论文": "请核对“最佳”。",
		"中国移动": "请核对“中国移动”，是否应为“中国移动公司”。", "中国移动公司": "",
		"用AI写": "请核对“AI”，是否应为“人工智能”。", "用ＡＩ写": "请核对“ＡＩ”，是否应为“人工智能”。", "用ai写": "请核对“ai”，是否应为“人工智能”。",
		"MAIL": "", "AIR": "", "AI2": "", "see ai.example.com/ai": "",
		"禁\u200b词": "不使用“禁词”，请改写。", "手机APP": "请核对“APP”，是否应为“App”。", "手机App": "",
	} {
		said := ""
		for _, f := range check.Read(para(text)).Without(nil, nil) {
			if strings.HasPrefix(f.Code, "words.") {
				said += f.Text.ZH
			}
		}
		if said != want {
			t.Errorf("%s: said %q, want %q", text, said, want)
		}
	}
	c := Content{
		Title: "截止目前", Credits: Credits{Editor: "禁词"},
		Body: Body{Blocks: []Block{
			Paragraph{Text: []Run{{Text: "截止"}, {Text: "目", Bold: true}, {Text: "前", Link: "https://a.cn"}}},
			Table{Rows: [][]Cell{{{Text: []Run{{Text: "禁"}, {Text: "词", Bold: true}}}}}},
			Picture{Caption: "截止目前"},
			List{Items: []ListItem{{Text: []Run{{Text: "截止目前"}}}}},
		}},
	}
	found := check.Read(c)
	if got := len(found.Without(nil, nil)); got != 6 {
		t.Errorf("%d found, want 6: %+v", got, found.Without(nil, nil))
	}
	if got := found.Words(); !slices.Equal(got, []string{"截止目前", "禁词"}) {
		t.Errorf("words %v", got)
	}
	blocking := func(list []Finding) (n int) {
		for _, f := range list {
			if f.Blocks {
				n++
			}
		}
		return n
	}
	if got := found.Without([]Meant{{Words: []string{"禁词"}}}, []TextFindings{found}); blocking(got) != 4 {
		t.Errorf("%d block once one word is meant: %+v", blocking(got), got)
	}
	number := check.Read(para(identity("33010619900307123")))
	if got := number.Without(nil, []TextFindings{number}); len(got) != 1 || got[0].Blocks || !got[0].Meant {
		t.Errorf("a number that is meant: %+v", got)
	}
	if got := number.Without(nil, []TextFindings{check.Read(para(identity("33010619900307124")))}); blocking(got) != 1 {
		t.Errorf("another number was meant: %+v", got)
	}
}

func TestParseWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":          "",
		"截止目前\n禁词":  "截止目前,,check, 禁词,,check,",
		"截止目前→截至目前": "截止目前,截至目前,check,",
		"截止目前 => 截至目前,必须修改,常见错误":                          "截止目前,截至目前,must,常见错误",
		"\ufeff用词,建议用词,级别,原因\r\n截止目前,截至目前,必须修改,\"误，甲,乙\"": "截止目前,截至目前,must,误，甲,乙",
		"用词\t建议用词\n a \tb, c\tmust\t":                     "a,b, c,must,",
		"# 示例\n\nx,,allow,":                      "x,,allow,",
		"x,y,check,one, two":                     "x,y,check,one,two",
		"x,y,很重要":                                "words.severity Line 1",
		"好\nx,x":                                 "words.same Line 2",
		strings.Repeat("长", 41):                  "words.phrase Line 1",
		"x," + strings.Repeat("长", 81):           "words.long Line 1",
		"a\x00b":                                 "words.control Line 1",
		strings.Repeat("x\n", MaxAvoidWords+1):   "words.many The list has",
		strings.Repeat("x", MaxAvoidListBytes+1): "words.bytes The list is",
	} {
		list, err := ParseWords(text)
		var got []string
		for _, w := range list {
			got = append(got, strings.Join([]string{w.Phrase, w.Instead, string(w.Severity), w.Reason}, ","))
		}
		said := strings.Join(got, " ")
		if err != nil {
			said = CodeOf(err) + " " + TextOf(err).EN
		}
		if said != want && (err == nil || !strings.HasPrefix(said, want)) {
			t.Errorf("%.40q: got %.200q, want %q", text, said, want)
		}
	}
	for _, lang := range []Lang{Chinese, English} {
		list, err := ParseWords(FormatWords(SampleWords(), lang))
		if err != nil || !slices.Equal(list, SampleWords()) {
			t.Errorf("a list that was written in %s is read as %+v, %v", lang, list, err)
		}
	}
	list, added, err := PutWords(SampleWords(), []AvoidWord{{Phrase: " 帐号 ", Instead: "账户"}, {Phrase: "新词"}})
	if err != nil || added != 1 || len(list) != len(SampleWords())+1 || list[7].Instead != "账户" {
		t.Errorf("put: %d added, %v: %+v", added, err, list)
	}
	if list, n := DropWords(list, []string{"新词", "没有"}); n != 1 || len(list) != len(SampleWords()) {
		t.Errorf("dropped %d: %+v", n, list)
	}
}

func FuzzTextCheck(f *testing.F) {
	for _, seed := range []string{
		"同学们，，大家好(真的)。\"", "身份证" + identity("33010619900307123") + " 6222 0212 0800 0123 456", "138 0013 8000-", "截止\u200b目前……。。。", "“‘（((]）》",
		"http://a.b/c,, 13800138000@x.cn", "１３８００１３８０００", "\xff\xfe中", strings.Repeat("1 ", 40), "…—-－　 1)",
	} {
		f.Add(seed, seed, uint(3))
	}
	check := NewTextCheck(append(SampleWords(), AvoidWord{Phrase: "1", Severity: SeverityMust}, AvoidWord{Phrase: "（", Severity: SeverityMust}))
	f.Fuzz(func(t *testing.T, a, b string, cut uint) {
		at := int(cut % uint(len(a)+1))
		c := Content{Title: b, Digest: a, Credits: Credits{Text: a}, Body: Body{Blocks: []Block{
			Paragraph{Text: []Run{{Text: a[:at]}, {Text: a[at:], Bold: true}}},
			Gallery{Photos: []Picture{{Caption: b}, {Alt: a}}},
			Table{Rows: [][]Cell{{{Text: []Run{{Text: a}}}}, {{Text: []Run{{Text: b}}, ColSpan: 3}}}},
		}}}
		found := check.Read(c)
		list := found.Without(nil, nil)
		for _, one := range list {
			if CheckPlace(one.Where, c) != nil || one.Code == "" || one.Text.EN == "" || one.Text.ZH == "" {
				t.Fatalf("finding %+v", one)
			}
		}
		if len(list) > 0 && !slices.ContainsFunc(list, func(f Finding) bool { return f.Blocks }) && found.Blocks() {
			t.Fatal("what blocks is not said")
		}
		for _, one := range found.Without([]Meant{{Words: found.Words()}}, []TextFindings{found}) {
			if one.Blocks {
				t.Fatalf("it is meant, and blocks: %+v", one)
			}
		}
		_ = MaskNumbers(a)
		if list, err := ParseWords(a); err == nil {
			NewTextCheck(list).Read(c)
		}
	})
}

// BenchmarkTextCheck reads 20,000 characters with a list of 2,000 entries: how much longer strings.Contains takes for each.
func BenchmarkTextCheck(b *testing.B) {
	var list []AvoidWord
	for i := range 2000 {
		list = append(list, AvoidWord{Phrase: fmt.Sprintf("学校%c%c活动", '一'+rune(i%997), '丁'+rune(i)), Severity: SeverityCheck})
	}
	text := strings.Repeat("学校一举办的活动，吸引了来自全校各个学院的同学们参加，现场气氛热烈。", 600)
	c := para(text)
	check := NewTextCheck(list)
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			check.Read(c)
		}
	})
	b.Run("only words", func(b *testing.B) {
		p := newPiece("", Run{Text: text})
		r := reader{check: check, at: map[string]int{}, same: map[string]int{}, keys: map[string]bool{}}
		for b.Loop() {
			r.words(p)
		}
	})
	b.Run("one after the other", func(b *testing.B) {
		for b.Loop() {
			for _, w := range list {
				_ = strings.Contains(text, w.Phrase)
			}
		}
	})
	b.Run("make ready", func(b *testing.B) {
		for b.Loop() {
			NewTextCheck(list)
		}
	})
}
