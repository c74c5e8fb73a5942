package press

import (
	"slices"
	"testing"
)

// TestBodyWithList: lines that only say what the attachments are called give way to the list of them; anything else stays.
func TestBodyWithList(t *testing.T) {
	t.Parallel()
	para := func(text string) Block { return Paragraph{Text: []Run{{Text: text}}} }
	first, last := para("现将名单公布如下。"), para("示例学院\n2026年11月23日")
	list := List{Ordered: true, Items: []ListItem{{Text: []Run{{Text: "入围名单"}}}, {Text: []Run{{Text: "汇总表"}}}}}
	both := []Attachment{{Name: "附件1：入围名单.pdf"}, {Name: "汇总表.xlsx"}}
	for _, c := range []struct {
		lines []Block
		files []Attachment
		stay  bool
	}{
		{[]Block{para("附件：1.入围名单.pdf\n　　　2.汇总表.xlsx")}, both, false},
		{[]Block{para("附件：1. 入围名单；2. 汇总表")}, both, false},
		{[]Block{para("附件："), para("1.入围名单.pdf"), para("2、《汇总表》")}, both, false},
		{[]Block{para("附件："), list}, both, false},
		{[]Block{para("附件1：入围名单"), para("附件二：汇总表")}, both, false},
		{[]Block{para("附 件：汇总表.xlsx")}, both[1:], false},
		{[]Block{para("附件：1.入围名单\n2.报名表")}, both, true}, // of which one did not come along
		{[]Block{para("附件：汇总表请到教务处领取")}, both, true},
		{[]Block{para("1.入围名单")}, both, true},
		{[]Block{para("附件：1.入围名单")}, nil, true},
		{[]Block{list}, both, true},
	} {
		blocks := append(append([]Block{first}, c.lines...), last)
		got := Content{Body: Body{Blocks: blocks}, Attachments: c.files}.BodyWithList()
		want := 2
		if c.stay {
			want = len(blocks)
		}
		if len(got.Blocks) != want || PlainText(got.Blocks[0].(Paragraph).Text) != "现将名单公布如下。" {
			t.Errorf("%+v with %d files: %d blocks stay, want %d", c.lines, len(c.files), len(got.Blocks), want)
		}
	}
	// Looked through once, and not once from each line on, which would take hours.
	many := Content{Body: Body{Blocks: slices.Repeat([]Block{para("附件：")}, 100_000)}, Attachments: both}
	if n := len(many.BodyWithList().Blocks); n != 100_000 || len(many.NameAttachments()) != 2 {
		t.Errorf("of 100,000 lines that only begin a list %d stay", n)
	}
	named := Content{Body: Body{Blocks: []Block{para("附件：1.入围名单\n2.《汇总表》.xlsx；")}}, Attachments: []Attachment{{Name: "附件2.xlsx"}, {Name: "附件一.pdf"}, {Name: "附件3.pdf"}, {Name: "1.说明.txt"}}}
	for i, want := range []string{"附件2：汇总表.xlsx", "附件一：入围名单.pdf", "附件3.pdf", "1.说明.txt"} {
		if got := named.NameAttachments()[i].Name; got != want {
			t.Errorf("%s is called %s, want %s", named.Attachments[i].Name, got, want)
		}
	}
	for name, want := range map[string]int{"附件12-表.pdf": 12, "附件十二.pdf": 12, "附件二十一：表.pdf": 21, "【附件3】表.pdf": 3, "名单.pdf": 0, "2026年计划.pdf": 0, "3、表.pdf": 3} {
		if got := NumberOfAttachment(name); got != want {
			t.Errorf("NumberOfAttachment(%s) = %d, want %d", name, got, want)
		}
	}
}
