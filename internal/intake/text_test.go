package intake

import (
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, title, body, notes string }{
		{"lines", "Title\nOne.\nTwo.\n", "Title", "p:One. | p:Two.", ""},
		{"blank lines and CRLF", "\r\n\r\nTitle\r\n\r\nOne.\r\n\r\n\r\nTwo.", "Title", "p:One. | p:Two.", ""},
		{"ideographic indent", "\u3000\u3000标题\n\u3000\u3000正文。\u3000", "标题", "p:正文。", ""},
		{
			"wrapped English", "Title\nThis is a line of English that somebody's editor has broken in the\nmiddle of a sentence.\nNext.", "Title",
			"p:This is a line of English that somebody's editor has broken in the middle of a sentence. | p:Next.", "",
		},
		{"control characters", "Ti\x00t\x07le\nO\u202en\u200be\x1b[0m.", "Title", "p:One[0m.", ""},
		{"photo before the title", "x.jpg\nTitle\nOne.", "Title", "photo:x.jpg | p:One.", ""},
		{"photo in brackets", "Title\n【x.jpg】\nOne.", "Title", "photo:x.jpg | p:One.", ""},
		{"sentence about a file", "Title\nPlease open the file that is called; y.jpg", "Title", "p:Please open the file that is called; y.jpg | photo:x.jpg", "photo.at_end"},
		{"photo twice", "Title\nx.jpg\nOne.\nx.jpg", "Title", "photo:x.jpg | p:One. | photo:x.jpg", ""},
		{"photo from the web", "Title\nOne.\nhttps://example.org/y.jpg", "Title", "p:One.", "photo.remote photo.unplaced"},
		{"missing", "Title\nOne.\ny.heic", "Title", "p:One.", "photo.missing photo.unplaced"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var photos []string // where the case is about them
			if strings.Contains(c.text, ".jpg") || strings.Contains(c.text, ".heic") {
				photos = append(photos, "x.jpg")
			}
			p := mustRead(t, "a.txt", c.text, photos...)
			notes := noteCodes(p)
			if p.Content.Title != c.title || outline(p) != c.body || notes != c.notes {
				t.Errorf("%q became\n%q, %s, notes %q; want\n%q, %s, notes %q", c.text, p.Content.Title, outline(p), notes, c.title, c.body, c.notes)
			}
		})
	}
}

func TestNoteNamesLineAndFile(t *testing.T) {
	t.Parallel()
	p := mustRead(t, "a.txt", "Title\n\nOne.\n\ngone.jpg\n", "spare.jpg")
	want := []press.Note{
		{Code: "photo.missing", Line: 5, File: "gone.jpg", Text: press.Say(
			`Line 5 names the photo "gone.jpg", which was not handed in; add it or take the name out.`,
			"第 5 行写到的图片“gone.jpg”没有随稿提交，请补交图片或删去该名称。")},
		{Code: "photo.unplaced", File: "spare.jpg", Text: press.Say(
			`The photo "spare.jpg" is named nowhere in the document; it is kept with the article, not shown in it.`,
			"图片“spare.jpg”未在文档中出现，已随稿件保留，但不会显示在正文中。")},
	}
	if !slices.Equal(p.Notes, want) {
		t.Errorf("notes\n%+v, want\n%+v", p.Notes, want)
	}
}

func TestPosition(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line string
		want press.Column
	}{
		{"Group news Current Location:News information > Group news", press.Column{"News information", "Group news"}},
		{"当前位置：新闻资讯 > 集团新闻", press.Column{"新闻资讯", "集团新闻"}},
		{"当前位置:首页›新闻资讯›集团新闻", press.Column{"新闻资讯", "集团新闻"}},
		{"您的位置：首页 » 校园 ／ 快讯 ＞ 正文", press.Column{"校园", "快讯"}},
		{"current location： A/B", press.Column{"A", "B"}},
		{"您当前的位置是：新闻", press.Column{"新闻"}},
		{"新闻：大会在京召开", nil},
		{"The current location of the school", nil},
	} {
		got, _ := position(c.line)
		if !slices.Equal(got, c.want) {
			t.Errorf("position(%q) = %q, want %q", c.line, got, c.want)
		}
	}
}

func TestPositionThatCannotBeKept(t *testing.T) {
	t.Parallel()
	p := mustRead(t, "a.txt", "当前位置：一 > 二 > 三 > 四 > 五\n标题\n正文")
	if len(p.Content.Column) != 0 || noteCodes(p) != "column.unusable" || p.Notes[0].Line != 1 {
		t.Errorf("column %q, notes %+v, want none and a note for line 1", p.Content.Column, p.Notes)
	}
}

func TestCredits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line string
		want press.Credits
	}{
		{"（撰稿：宣传处　摄影：学生会　审核：办公室）", press.Credits{Text: "宣传处", Photos: "学生会", Reviewer: "办公室"}},
		{"图/文：宣传处 审核：办公室", press.Credits{Text: "宣传处", Photos: "宣传处", Reviewer: "办公室"}},
		{"供稿：机电系 摄影：李明、王芳 编辑:赵六 来源：校报", press.Credits{Text: "机电系", Photos: "李明、王芳", Editor: "赵六", Source: "校报"}},
		{"文丨张三  图丨李四", press.Credits{Text: "张三", Photos: "李四"}},
		{"文/王五 图/赵六", press.Credits{Text: "王五", Photos: "赵六"}},
		{"（文/图 宣传处", press.Credits{Text: "宣传处", Photos: "宣传处"}},
		{"（教务处 供稿）", press.Credits{Text: "教务处"}},
		{"初审：甲 复审：乙 终审：丙", press.Credits{Reviewer: "甲、乙、丙"}},
		{"来源：学院官网 发布时间：2024-09-12 10:00 浏览次数：35", press.Credits{Source: "学院官网"}},
		{"Words and photos: Student Union; Editor: Ms Li", press.Credits{Text: "Student Union", Photos: "Student Union", Editor: "Ms Li"}},
		{"Source: Campus News", press.Credits{Source: "Campus News"}},
		{"图为学生在实训中心参观", press.Credits{}},
		{"审核：这一句是正文，说的是审核工作如何开展。", press.Credits{}},
		{"Text: 00:16.000 ----> 00:18.000", press.Credits{}},
		{"（2024年9月3日）", press.Credits{}},
		{"编辑：", press.Credits{}},
		{"作者认为：这件事值得记录", press.Credits{}},
	} {
		got, ok := parseCredits(c.line)
		if !ok {
			got = press.Credits{}
		}
		if got != c.want {
			t.Errorf("parseCredits(%q) = %+v, want %+v", c.line, got, c.want)
		}
	}
}

func TestCreditsAtHeadAndEnd(t *testing.T) {
	t.Parallel()
	p := mustRead(t, "a.txt", "标题\n来源：校报\n正文一。\n编辑：这一行在中间\n正文二。\n正文三。\n正文四。\n（摄影：甲）\n宣传处")
	want := press.Credits{Source: "校报", Photos: "甲"}
	if p.Content.Credits != want {
		t.Errorf("credits %+v, want %+v", p.Content.Credits, want)
	}
	if got := outline(p); got != "p:正文一。 | p:编辑：这一行在中间 | p:正文二。 | p:正文三。 | p:正文四。 | p:宣传处" {
		t.Errorf("body %s: want the line in the middle kept", got)
	}
}
