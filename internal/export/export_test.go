package export

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// shelf holds photos as a gallery gives them, made by code.
type shelf struct {
	bytes  map[press.Digest][]byte // by the digest of the rendition
	widths map[press.Digest]int    // of originals
}

func newShelf() *shelf {
	return &shelf{bytes: map[press.Digest][]byte{}, widths: map[press.Digest]int{}}
}

func (s *shelf) original(seed string, width int) press.Digest {
	d := press.DigestOf([]byte(seed))
	s.widths[d] = width
	return d
}

// attached keeps a file and returns the attachment that it is.
func (s *shelf) attached(name, text string) press.Attachment {
	d := press.DigestOf([]byte(text))
	s.bytes[d] = []byte(text)
	return press.Attachment{File: d, Name: name, Size: int64(len(text))}
}

func (s *shelf) Open(_ context.Context, file press.Digest) (io.ReadCloser, int64, error) {
	data, ok := s.bytes[file]
	if !ok {
		return nil, 0, errors.New("no such file")
	}
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), nil
}

func (s *shelf) make(d press.Digest, recipe press.Recipe, most int) press.Rendition {
	width := min(most, s.widths[d])
	img := image.NewGray(image.Rect(0, 0, width, width*2/3))
	for x := range width {
		img.SetGray(x, x%(width*2/3), color.Gray{Y: d[x%64]})
	}
	var data bytes.Buffer
	if err := jpeg.Encode(&data, img, nil); err != nil {
		panic(err)
	}
	r := press.Rendition{RenditionKey: press.RenditionKey{Photo: d, Recipe: recipe}, Digest: press.DigestOf(data.Bytes()), ContentType: "image/jpeg", Width: width, Height: width * 2 / 3, Bytes: int64(data.Len())}
	s.bytes[r.Digest] = data.Bytes()
	return r
}

func (s *shelf) InSizes(_ context.Context, c press.Content, recipes []press.Recipe) (map[press.Digest][]press.Rendition, error) {
	out := map[press.Digest][]press.Rendition{}
	for _, d := range c.Photos() {
		for _, recipe := range recipes {
			for _, size := range Sizes() {
				if size.Recipe == recipe {
					out[d] = append(out[d], s.make(d, recipe, size.Width))
				}
			}
		}
	}
	return out, nil
}

func (s *shelf) Rendition(_ context.Context, d press.Digest, recipe press.Recipe, _ press.Frame) (press.Rendition, error) {
	return s.make(d, recipe, 90), nil
}

func (s *shelf) Read(_ context.Context, r press.Rendition) ([]byte, error) {
	data, ok := s.bytes[r.Digest]
	if !ok {
		return nil, errors.New("no such photo")
	}
	return data, nil
}

func runs(text string) []press.Run { return []press.Run{{Text: text}} }

func cells(row ...string) []press.Cell {
	var out []press.Cell
	for _, text := range row {
		out = append(out, press.Cell{Text: runs(text)})
	}
	return out
}

// everything is an article with every kind of block.
func everything(s *shelf) press.Content {
	hall, talk, tall, last := s.original("hall", 1600), s.original("talk", 1200), s.original("tall", 300), s.original("last", 700)
	inner := &press.List{Items: []press.ListItem{{Text: runs("点")}, {Text: runs("又一点")}}}
	return press.Content{
		Title: "示例大学举行产教融合座谈会", Subtitle: "校企共商人才培养", Digest: "一场座谈会。", Column: press.Column{"新闻资讯", "集团新闻"},
		Credits: press.Credits{Text: "示例宣传部", Photos: "示例甲", Editor: "示例乙", Reviewer: "示例丙"},
		Body: press.Body{Blocks: []press.Block{
			press.Paragraph{Text: []press.Run{
				{Text: "8月14日上午，"},
				{Text: "粗", Bold: true},
				{Text: "斜", Italic: true},
				{Text: "线", Underline: true},
				{Text: "删", Strike: true},
				{Text: "红", Color: press.Red},
				{Text: "橙", Color: press.Orange},
				{Text: "绿", Color: press.Green},
				{Text: "蓝", Color: press.Blue},
				{Text: "紫", Color: press.Purple},
				{Text: "，详见"},
				{Text: "官网", Link: "https://example.edu/a?b=1&c=2"},
				{Text: "<与> & “引号”。\n第二行。"},
			}},
			press.Heading{Level: 2, Text: runs("实地调研")},
			press.Paragraph{Text: runs("与会人员参观了实训中心，并听取了负责人的介绍。")},
			press.Picture{Photo: hall, Caption: "座谈会现场", Alt: "二十余人围坐在会议桌旁"},
			press.Paragraph{Text: runs("会议由示例甲主持，各学院负责人参加了会议。")},
			press.Heading{Level: 3, Align: press.AlignCenter, Text: runs("交流发言")},
			press.Gallery{Photos: []press.Picture{{Photo: talk, Caption: "代表发言"}, {Photo: tall, Caption: "参观实训"}, {Photo: last}}},
			press.Heading{Level: 4, Text: runs("三点共识")},
			press.List{Ordered: true, Start: 3, Items: []press.ListItem{{Text: runs("共建专业")}, {Text: runs("共享师资"), List: inner}, {Text: runs("共育人才")}}},
			press.List{Items: []press.ListItem{{Text: runs("另一张表")}, {Text: runs("第二项")}}},
			press.Paragraph{Text: runs("下面是安排。")},
			press.Table{Header: true, Rows: [][]press.Cell{
				cells("时间", "内容", "人数"),
				{{Text: runs("上午"), RowSpan: 2}, {Text: runs("参观")}, {Text: runs("12"), Align: press.AlignRight}},
				{{Text: runs("座谈")}, {Text: runs("8"), Align: press.AlignRight}},
				{{Text: runs("合计"), ColSpan: 2, Align: press.AlignCenter}, {Text: runs("20"), Align: press.AlignRight}},
			}},
			press.Divider{},
			press.Quote{Paragraphs: []press.Paragraph{{Text: runs("产教融合是必由之路。")}, {Align: press.AlignRight, Text: runs("示例丁")}}},
			press.Paragraph{Align: press.AlignRight, Text: runs("示例宣传部\n2024年8月16日")},
		}},
	}.Normalize()
}

func exported(c press.Content) press.Exported {
	at := time.Date(2024, 8, 16, 1, 2, 3, 4, time.UTC)
	return press.Exported{
		Article: press.Article{ID: "01m8200000000000000000abcd", Title: c.Title}, ApprovedAt: at,
		Revision: press.Revision{Number: 3, Hash: c.Hash(), Content: c, CreatedAt: at}, Addresses: []string{"https://news.example.edu/a/1.html"},
	}
}

func written(t testing.TB, s *shelf, c press.Content, sizes string) []byte {
	t.Helper()
	chosen, err := ParseSizes(sizes)
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(s, s, nil).Prepare(t.Context(), exported(c), chosen, press.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Write(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func unpacked(t testing.TB, data []byte) (names []string, files map[string][]byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name], err = io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name)
	}
	return names, files
}

// TestPackage: everything is in it, in order and under names that Windows takes, and twice the same bytes.
func TestPackage(t *testing.T) {
	t.Parallel()
	s := newShelf()
	c := everything(s)
	data := written(t, s, c, "1600,480")
	if !bytes.Equal(data, written(t, s, c, "1600,480")) {
		t.Error("an export made twice differs")
	}
	names, files := unpacked(t, data)
	want := "fields.txt paste.html page.html article.md article.docx photos/1600/01-座谈会现场.jpg photos/1600/02-代表发言.jpg photos/1600/03-参观实训.jpg photos/1600/04.jpg " +
		"photos/480/01-座谈会现场.jpg photos/480/02-代表发言.jpg photos/480/03-参观实训.jpg photos/480/04.jpg cover/90x60.jpg cover/90x60.jpg"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, part := range []string{"标题：示例大学举行产教融合座谈会\r\n", "栏目：新闻资讯 › 集团新闻", "摄影：示例甲", "日期：2024-08-16 01:02", "【图1】  01-座谈会现场.jpg", "图注：座谈会现场", "替代文字：二十余人围坐在会议桌旁"} {
		if !strings.Contains(string(files["fields.txt"]), part) {
			t.Errorf("fields.txt lacks %q:\n%s", part, files["fields.txt"])
		}
	}
	if !strings.Contains(string(files["paste.html"]), `【图1】`) || strings.Contains(string(files["paste.html"]), "<img") {
		t.Error("paste.html does not mark photos")
	}
	for _, name := range []string{"page.html", "article.md"} {
		if !strings.Contains(string(files[name]), "photos/480/01-座谈会现场.jpg") {
			t.Errorf("%s does not name the photo beside it", name)
		}
	}
	for _, name := range names {
		if strings.HasPrefix(name, "photos/") && bytes.Contains(files[name], []byte("Exif")) {
			t.Errorf("%s has metadata", name)
		}
	}
}

// TestWordIsReadBack: what is written as a Word document is the same article when it is handed in again.
func TestWordIsReadBack(t *testing.T) {
	t.Parallel()
	s := newShelf()
	c := everything(s)
	_, files := unpacked(t, written(t, s, c, ""))
	docx := files["article.docx"]
	_, parts := unpacked(t, docx)
	for name, part := range parts {
		if !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels") {
			continue
		}
		for d := xml.NewDecoder(bytes.NewReader(part)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	if dir := os.Getenv("NEWSDESK_EXPORT_DIR"); dir != "" { // to be opened by other programs
		if err := os.WriteFile(filepath.Join(dir, "article.docx"), docx, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := readBack(t, s, map[string][]byte{"article.docx": docx})
	want := c
	want.Column, want.Digest = nil, "" // fields of the form, not of the document
	same(t, got, want)
}

// TestMarkdownIsReadBack: so is the Markdown, with the photos beside it.
func TestMarkdownIsReadBack(t *testing.T) {
	t.Parallel()
	s := newShelf()
	c := everything(s)
	_, files := unpacked(t, written(t, s, c, "960"))
	for name := range files {
		if name != "article.md" && !strings.HasPrefix(name, "photos/") {
			delete(files, name)
		}
	}
	got := readBack(t, s, files)
	want := c
	want.Body.Blocks = nil
	for _, block := range c.Body.Blocks { // what Markdown has no words for
		switch block := block.(type) {
		case press.Gallery:
			for _, p := range block.Photos {
				p.Alt = p.Caption // GFM has one place for both
				want.Body.Blocks = append(want.Body.Blocks, p)
			}
		case press.Heading:
			block.Align = press.AlignStart
			want.Body.Blocks = append(want.Body.Blocks, block)
		case press.Paragraph:
			block.Align, block.Text = press.AlignStart, plainColours(block.Text)
			want.Body.Blocks = append(want.Body.Blocks, block)
		case press.Quote:
			block.Paragraphs = []press.Paragraph{block.Paragraphs[0], {Text: block.Paragraphs[1].Text}}
			want.Body.Blocks = append(want.Body.Blocks, block)
		default:
			want.Body.Blocks = append(want.Body.Blocks, block)
		}
	}
	same(t, got, want.Normalize())
}

func plainColours(runs []press.Run) []press.Run {
	out := append([]press.Run(nil), runs...)
	for i := range out {
		out[i].Color = ""
	}
	return press.NormalizeRuns(out)
}

// readBack hands files in and gives photos their originals' digests again, which their bytes name.
func readBack(t *testing.T, s *shelf, files map[string][]byte) press.Content {
	t.Helper()
	var list []intake.File
	for name, data := range files {
		list = append(list, intake.File{Name: name, Size: int64(len(data)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }})
	}
	p, err := intake.Read(list, intake.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range p.Notes {
		t.Logf("note %s: %s", n.Code, n.Text.EN)
	}
	originals := map[press.Digest]press.Digest{}
	for d := range s.widths {
		for _, size := range Sizes() {
			originals[s.make(d, size.Recipe, size.Width).Digest] = d
		}
	}
	digests := map[string]press.Digest{}
	for _, photo := range p.Photos {
		r, err := photo.File.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		digests[photo.Key] = originals[press.DigestOf(data)]
	}
	return p.Resolve(digests)
}

func same(t *testing.T, got, want press.Content) {
	t.Helper()
	for i := range max(len(got.Body.Blocks), len(want.Body.Blocks)) {
		var a, b press.Block
		if i < len(got.Body.Blocks) {
			a = got.Body.Blocks[i]
		}
		if i < len(want.Body.Blocks) {
			b = want.Body.Blocks[i]
		}
		if x, y := shown(a), shown(b); x != y {
			t.Errorf("block %d\ngot  %s\nwant %s", i, x, y)
		}
	}
	got.Body, want.Body = press.Body{}, press.Body{}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func shown(b press.Block) string {
	data, err := press.EncodeJSON(b)
	return fmt.Sprintf("%T %s %v", b, data, err)
}

func TestSafeName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"会场":                    "会场",
		` a/b\c:d*e?"f"<g>|h. `: "a b c d e f g h",
		"..\u202e\x00 .":        "",
		strings.Repeat("长", 80): strings.Repeat("长", 40),
		strings.Repeat("𠀀", 40): strings.Repeat("𠀀", 30),
		"图1：领导\n讲话  ":           "图1：领导 讲话",
		"../../etc/passwd":      "etc passwd",
		"CON":                   "_CON",
		"aux.会场":                "_aux.会场",
		"Com¹ .txt":             "_Com¹ .txt",
		"nul. ":                 "_nul",
		"console":               "console",
	} {
		if got := SafeName(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
		if got := SafeName(in); strings.ContainsRune(got, '/') || path.Base("x"+got) != "x"+got {
			t.Errorf("%q is a path", got)
		}
	}
}

func TestParseSizes(t *testing.T) {
	t.Parallel()
	if got, err := ParseSizes(" 480, 1600,480"); err != nil || len(got) != 2 || got[0].Width != 480 || got[1].Recipe != press.Site1600 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := ParseSizes("1600,700"); press.CodeOf(err) != "export.size" || press.KindOf(err) != press.Invalid {
		t.Errorf("%v", err)
	}
}
