package intake

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"newsdesk/internal/press"
)

func captionsOf(p Parcel) string {
	var out []string
	for _, picture := range p.Content.Body.Pictures() {
		out = append(out, picture.Caption)
	}
	return strings.Join(out, " | ")
}

func TestCaptionLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"▲ 会场":                          "会场",
		"▲图1 开幕式现场":                     "开幕式现场",
		"△颁奖现场　张三 摄":                    "颁奖现场　张三 摄",
		"图注：会场":                         "会场",
		"图片说明: 会场":                      "会场",
		"图1 会场":                         "会场",
		"图为张三在发言。":                      "图为张三在发言。",
		"（图为合影）":                        "图为合影",
		"会场全景 张三 摄":                     "会场全景 张三 摄",
		"会场全景（李四/摄影）":                   "会场全景（李四/摄影）",
		"颁奖现场（摄影：王五）":                   "颁奖现场（摄影：王五）",
		"王五供图":                          "王五供图",
		"The hall. Photo by Li Lei":     "The hall. Photo by Li Lei",
		"会议指出，要坚持立德树人。":                 "",
		"（摄影：学生会）":                      "",
		"供稿：宣传处 摄影：学生会":                 "",
		"大会在热烈的气氛中结束":                   "",
		"图书馆新馆开放":                       "",
		"随后，大家观看了摄影展。":                  "",
		"图为" + strings.Repeat("长", 300): "",
	} {
		if got, ok := captionLine(line); got != want || ok != (want != "") {
			t.Errorf("%q: caption %q, %v; want %q", line, got, ok, want)
		}
	}
}

func TestCaptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, list string // list: of the file of captions
		photos           []string
		captions, body   string
		notes            string
	}{
		{"under it", "T\na\n1.jpg\n▲ 会场\nb", "", []string{"1.jpg"}, "会场", "p:a | photo:1.jpg | p:b", ""},
		{"above it", "T\na\n▼ 会场\n1.jpg\nb", "", []string{"1.jpg"}, "会场", "p:a | photo:1.jpg | p:b", ""},
		{"of a marker", "T\na\n【图1】\n图1 会场\n图2：合影", "", []string{"1.jpg", "2.jpg"}, "会场 | 合影", "p:a | photo:1.jpg | photo:2.jpg", ""},
		{"not a paragraph", "T\na\n1.jpg\n会议强调，要加强领导。", "", []string{"1.jpg"}, "", "p:a | photo:1.jpg | p:会议强调，要加强领导。", ""},
		{"credits stay credits", "T\na\n1.jpg\n（摄影：学生会）", "", []string{"1.jpg"}, "", "p:a | photo:1.jpg", ""},
		{"from names", "T\na\n【图1】\n【图2】\n【图3】", "", []string{"01校长在开幕式上讲话.jpg", "02-学生代表在主席台上发言(1).JPG", "3.jpg"}, "校长在开幕式上讲话 | 学生代表在主席台上发言 | ", "p:a | photo:01校长在开幕式上讲话.jpg | photo:02-学生代表在主席台上发言(1).JPG | photo:3.jpg", "caption.name"},
		{"from no names of machines", "T\na", "", []string{"IMG_2034.jpg", "微信图片_20240816103911.jpg", "屏幕截图 2024-01-01 会场的情况.png", "mmexport1723775951.jpg", "未命名的一张会场图片.jpg", "DSC_0001.jpg"}, " |  |  |  |  | ", "", "photo.at_end"},
		{"from no series", "T\na", "", []string{"校庆文艺演出现场1.jpg", "校庆文艺演出现场2.jpg"}, " | ", "", "photo.at_end"},
		{"from a list", "T\na\n【图1】\n【图2】\n合影.jpg", "1.jpg 张三在发言\n图2：李四在发言\n\n合影.jpg\n全体合影\n这一行没有图片\n", []string{"1.jpg", "2.jpg", "合影.jpg"}, "张三在发言 | 李四在发言 | 全体合影", "p:a | photo:1.jpg | photo:2.jpg | photo:合影.jpg", "caption.line caption.taken"},
		{"from a numbered list", "T\na", "1、张三在发言\n2. 李四在发言", []string{"IMG_3001.jpg", "IMG_3002.jpg"}, "张三在发言 | 李四在发言", "", "caption.taken photo.at_end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := parcelOf("a.txt", c.text, c.photos...)
			if c.list != "" {
				files = append(files, embedded("图片说明.txt", []byte(c.list)))
			}
			p, err := Read(files, DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			checkParcel(t, p)
			if captionsOf(p) != c.captions || c.body != "" && outline(p) != c.body || noteCodes(p) != c.notes {
				t.Errorf("captions %q, %s, notes %q; want %q, %s, %q", captionsOf(p), outline(p), noteCodes(p), c.captions, c.body, c.notes)
			}
		})
	}
}

func TestSeveralDocuments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		files    []File
		document string // "" : refused
		notes    string
	}{
		{"a list of captions by what it holds", append(parcelOf("稿件.txt", "T\na\n【图1】", "1.jpg", "2.jpg"), embedded("说明.txt", []byte("1.jpg 会场\n2.jpg 合影"))), "稿件.txt", "caption.taken photo.unplaced"},
		{"formats", append(parcelOf("稿件.txt", "T\na"), embedded("稿件.md", []byte("# T\n\nb"))), "稿件.md", "document.formats"},
		{"copies", append(parcelOf("稿件.txt", "T\na"), embedded("备份/稿件.txt", []byte("T\na"))), "稿件.txt", "document.twice"},
		{"a page and its frames", append(parcelOf("a.htm", "<h1>T</h1><p>b"), embedded("a.files/header.htm", []byte("<p>x"))), "a.htm", ""},
		{"a PDF beside it", append(parcelOf("稿件.txt", "T\na"), embedded("附件.pdf", []byte("%PDF-1.4"))), "稿件.txt", ""},
		{"a PDF of the article", append(parcelOf("稿件.txt", "T\na"), embedded("稿件.pdf", []byte("%PDF-1.4"))), "稿件.txt", "attachment.copy"},
		{"what cannot be read", append(parcelOf("稿件.txt", "T\na"), embedded("说明.pages", []byte("PK"))), "稿件.txt", "file.unreadable"},
		{"an article called an attachment", parcelOf("附件1.txt", "T\na"), "附件1.txt", ""},
		{"a second document called an attachment", append(parcelOf("稿件.txt", "T\na"), embedded("附件/报名表.docx", []byte("PK"))), "稿件.txt", ""},
		{"two articles", append(parcelOf("一.txt", "T\na"), embedded("二.txt", []byte("U\nb"))), "", ""},
		{"two articles in their folders", append(parcelOf("2026-11-20 校庆/稿件.txt", "T\na"), embedded("2026-11-21 运动会/稿件.md", []byte("U\nb"))), "", ""},
		{"captions alone", append(parcelOf("图片说明.txt", "T\na"), embedded("图注.txt", []byte("U\nb"))), "", ""},
	} {
		p, err := Read(c.files, DefaultLimits())
		if (err != nil) != (c.document == "") || err != nil && press.CodeOf(err) != "parcel.documents" {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if p.Document != c.document || noteCodes(p) != c.notes {
			t.Errorf("%s: read %q, notes %q; want %q, %q", c.name, p.Document, noteCodes(p), c.document, c.notes)
		}
	}
}

// What office systems call .doc is often something else inside.
func TestDocumentsByTheirBytes(t *testing.T) {
	t.Parallel()
	p, err := Read([]File{embedded("a.doc", []byte("<html><h1>标题</h1><p>正文"))}, DefaultLimits())
	if err != nil || p.Content.Title != "标题" {
		t.Errorf("HTML called .doc: %q, %v", p.Content.Title, err)
	}
	encoded, err := simplifiedchinese.GBK.NewEncoder().String("<html><head><meta charset=gb2312></head><h1>标题</h1><p>正文")
	if err != nil {
		t.Fatal(err)
	}
	if p, err = Read([]File{embedded("a.doc", []byte(encoded))}, DefaultLimits()); err != nil || p.Content.Title != "标题" {
		t.Errorf("HTML in GBK called .doc: %q, %v", p.Content.Title, err)
	}
	for name, data := range map[string]string{"a.doc": "{\\rtf1 x}", "a": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.txt": "{\\rtf1 x}"} {
		if _, err := Read([]File{embedded(name, []byte(data))}, DefaultLimits()); press.CodeOf(err) != "document.office" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Read([]File{embedded("a.doc", []byte("%PDF-1.4"))}, DefaultLimits()); press.CodeOf(err) != "parcel.unsupported" {
		t.Errorf("a PDF called .doc: %v", err)
	}
}
