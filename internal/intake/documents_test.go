package intake

import (
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
)

func TestSeedArticle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, title, photo string
		column             press.Column
	}{
		{"seed-article/article.txt", "Warmly welcome city leaders to visit Shandong deep spring Technician College research and guidance work", "Wechat photo _20240816103911.jpg", press.Column{"News information", "Group news"}},
		{"seed-article/article-zh.txt", "热烈欢迎市领导莅临山东深泉技师学院调研指导工作", "微信图片_20240816103911.jpg", press.Column{"新闻资讯", "集团新闻"}},
	} {
		p := readPath(t, c.name)
		checkParcel(t, p)
		if p.Content.Title != c.title || !slices.Equal(p.Content.Column, c.column) {
			t.Errorf("%s: title %q, column %q", c.name, p.Content.Title, p.Content.Column)
		}
		var kinds []string
		for _, block := range p.Content.Body.Blocks {
			kinds = append(kinds, press.BlockType(block))
		}
		if got := strings.Join(kinds, " "); got != "paragraph photo paragraph photo paragraph photo paragraph" {
			t.Errorf("%s: blocks %s", c.name, got)
		}
		if len(p.Photos) != 3 || p.Photos[0].File.Name != c.photo || len(p.Notes) != 0 {
			t.Errorf("%s: photos %v, notes %v; want its three and no note", c.name, p.Photos, p.Notes)
		}
	}
}

func TestSeedFolderHoldsTwoDocuments(t *testing.T) {
	t.Parallel()
	files, err := FromPaths([]string{servicetest.Data(t, "seed-article")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Read(files, DefaultLimits())
	text := press.TextOf(err)
	if press.CodeOf(err) != "parcel.documents" || !strings.Contains(text.EN, "article.txt") || !strings.Contains(text.ZH, "article-zh.txt") {
		t.Errorf("Read = %v, want one sentence that names both documents", err)
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, title string
		credits     press.Credits
		kinds       string // of the blocks
		placed      int
		notes       string
	}{
		{"docs/zh-gbk.txt", "关于举办2024年秋季学期开学典礼的新闻", press.Credits{Text: "宣传处", Photos: "学生会", Reviewer: "办公室"}, "paragraph paragraph photo paragraph", 1, ""},
		{"docs/zh-utf8-bom.txt", "关于举办2024年秋季学期开学典礼的新闻", press.Credits{Text: "宣传处", Photos: "学生会", Reviewer: "办公室"}, "paragraph paragraph photo paragraph", 1, ""},
		{"docs/zh-news.md", "我校在全市职业技能大赛中再创佳绩", press.Credits{Text: "宣传处", Photos: "宣传处", Reviewer: "办公室"}, "paragraph photo heading list quote heading table photo paragraph", 2, "front.unknown"},
		{"docs/en-news.md", "Students visit the regional innovation centre", press.Credits{}, "paragraph photo list paragraph photo paragraph paragraph", 1, "link.dropped photo.missing"},
		{"docs/escaped_characters.md", "Headers:", press.Credits{}, "heading paragraph heading list list heading paragraph heading paragraph heading table paragraph heading paragraph heading paragraph", 0, ""},
		{"docs/zh-word-paste.html", "学院召开2024年秋季学期教学工作会议", press.Credits{Text: "教务处"}, "paragraph paragraph photo list table", 1, ""},
		{"docs/word-clipboard-mac.html", "This is normal text", press.Credits{}, "list list list", 0, "title.guessed"},
		{"docs/zh-wechat-editor-paste.html", "喜迎国庆 | 学院开展系列主题活动", press.Credits{}, "paragraph paragraph photo paragraph", 1, "photo.remote media.left caption.orphan"},
		{"html/draft-clean.html", "学院举行消防应急疏散演练", press.Credits{}, "paragraph heading list quote table paragraph divider paragraph", 0, "photo.missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := readPath(t, c.name)
			checkParcel(t, p)
			var kinds []string
			for _, block := range p.Content.Body.Blocks {
				kinds = append(kinds, press.BlockType(block))
			}
			if p.Content.Title != c.title || p.Content.Credits != c.credits || strings.Join(kinds, " ") != c.kinds || noteCodes(p) != c.notes {
				t.Errorf("title %q\ncredits %+v\nblocks %s\nnotes %q\nwant %+v", p.Content.Title, p.Content.Credits, kinds, noteCodes(p), c)
			}
			if len(p.Photos) != c.placed {
				t.Errorf("%d photos came along, want the %d that are named", len(p.Photos), c.placed)
			}
		})
	}
}

func TestWordPasteKeepsWhatItSays(t *testing.T) {
	t.Parallel()
	p := readPath(t, "docs/zh-word-paste.html")
	if got := listOutline(p.Content.Body.Blocks[3].(press.List)); got != "ol(<抓好常规教学，严格课堂考勤；><推进校企合作，落实《旧方案》《产教融合实施方案》。>)" {
		t.Errorf("list %s", got)
	}
	table := p.Content.Body.Blocks[4].(press.Table)
	if !table.Header || table.Rows[0][1].ColSpan != 2 || len(table.Rows[1]) != 3 {
		t.Errorf("table %+v", table)
	}
	mac := readPath(t, "docs/word-clipboard-mac.html")
	if got := listOutline(mac.Content.Body.Blocks[1].(press.List)); got != "ol(<Outline numbered 1 ol(<Outline numbered 1.a><Outline numbered 1.b>)><Outline numbered 2>)" {
		t.Errorf("outline list %s", got)
	}
}
