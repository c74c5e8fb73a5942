package intake

import (
	stdcontext "context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/office"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
)

// Every document there is becomes an article that holds together, or is refused in a sentence.
func TestEveryDocument(t *testing.T) {
	t.Parallel()
	folder := servicetest.Data(t, "docs")
	found, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	all, err := FromPaths([]string{folder})
	if err != nil {
		t.Fatal(err)
	}
	photos := slices.DeleteFunc(all, func(f File) bool { return !isPhoto(f.Name) })
	refused := []string{"word-2003-clipboard.html"} // a title and nothing else
	for _, file := range found {
		name := file.Name()
		if file.IsDir() {
			continue
		}
		t.Run(name, func(t *testing.T) {
			files, err := FromPaths([]string{filepath.Join(folder, name)})
			if err != nil {
				t.Fatal(err)
			}
			packed := packedFolder(t, append(files[:1:1], photos...))
			for way, files := range map[string][]File{"alone": files, "with all photos": append(files[:1:1], photos...), "in a zip": {packed}} {
				p, err := Read(files, DefaultLimits())
				text := press.TextOf(err)
				switch {
				case err != nil && (press.KindOf(err) == press.Internal || text.ZH == "" || !slices.Contains(refused, name)):
					t.Errorf("%s: %v", way, err)
				case err == nil:
					checkParcel(t, p)
					for _, n := range p.Notes {
						if n.Text.EN == "" || n.Text.ZH == "" || n.Text.EN == n.Text.ZH {
							t.Errorf("%s: a note is not said in both languages: %+v", way, n)
						}
					}
				}
			}
		})
	}
}

// packedFolder packs files into one zip.
func packedFolder(t *testing.T, files []File) File {
	t.Helper()
	var entries []entry
	for _, f := range files {
		data, err := readFile(f, 10<<20)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, entry{name: "2026-11-20 校庆/" + f.Name, data: string(data), stored: isPhoto(f.Name)})
	}
	return embedded("parcel.zip", zipped(t, entries...))
}

// The same article comes out of a zip as out of its folder.
func TestZipIsAsGoodAsItsFolder(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"docs/zh-news.md", "docs/zh-gbk.txt", "docs/zh-news-photos-table.docx", "docs/zh-word-paste.html"} {
		files, err := FromPaths([]string{servicetest.Data(t, name)})
		if err != nil {
			t.Fatal(err)
		}
		plain, err := Read(files, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		packed, err := Read([]File{packedFolder(t, files)}, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		if plain.Content.Hash() != packed.Content.Hash() || noteCodes(plain) != noteCodes(packed) {
			t.Errorf("%s: %s, %s; in a zip %s, %s", name, outline(plain), noteCodes(plain), outline(packed), noteCodes(packed))
		}
	}
}

func TestUTF16(t *testing.T) {
	t.Parallel()
	text := "\xff\xfe"
	for _, r := range "标题\r\n正文。\r\n【图1】" {
		text += string([]byte{byte(r), byte(r >> 8)})
	}
	if p := mustRead(t, "a.txt", text, "1.jpg"); p.Content.Title != "标题" || outline(p) != "p:正文。 | photo:1.jpg" {
		t.Errorf("%q, %s", p.Content.Title, outline(p))
	}
}

// fakeOffice stands where LibreOffice is not wanted in a test of what intake makes of its answers.
type fakeOffice func(name string, data []byte) ([]byte, error)

func (f fakeOffice) Convert(_ stdcontext.Context, name string, document io.Reader) ([]byte, error) {
	data, err := io.ReadAll(document)
	if err != nil {
		return nil, err
	}
	return f(name, data)
}

func TestConvertedDocuments(t *testing.T) {
	t.Parallel()
	docx, err := os.ReadFile(servicetest.Data(t, "docs/zh-news-photos-table.docx"))
	if err != nil {
		t.Fatal(err)
	}
	convert := fakeOffice(func(name string, data []byte) ([]byte, error) {
		if name != "稿件.doc" || string(data) != "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on" {
			t.Errorf("asked to convert %q: %q", name, data)
		}
		return docx, nil
	})
	p, err := Reader{Limits: DefaultLimits(), Office: convert}.Read(t.Context(), []File{embedded("稿件.doc", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"))})
	if err != nil {
		t.Fatal(err)
	}
	if p.Document != "稿件.doc" || !strings.Contains(noteCodes(p), "document.converted") || len(p.Photos) != 3 {
		t.Errorf("read %q, %d photos, notes %q", p.Document, len(p.Photos), noteCodes(p))
	}
	refuse := fakeOffice(func(string, []byte) ([]byte, error) {
		return nil, press.Fail(press.Unsupported, "document.office", press.Say("no", "否"))
	})
	if _, err := (Reader{Limits: DefaultLimits(), Office: refuse}).Read(t.Context(), []File{embedded("a.rtf", []byte(`{\rtf1 x}`))}); press.CodeOf(err) != "document.office" {
		t.Errorf("%v", err)
	}
}

// What LibreOffice wrote of one article in each of its formats is that article again.
func TestOldDocumentsThroughLibreOffice(t *testing.T) {
	t.Parallel()
	converter, ok := office.Find(office.Config{Dir: t.TempDir()})
	if !ok || testing.Short() {
		t.Skip("LibreOffice is not installed")
	}
	rtf := `{\rtf1\ansi\ansicpg936\uc1 {\fonttbl{\f0 SimSun;}}\qc\b\fs44 ` + rtfText("学院举行开学典礼") + `\b0\par\pard\fs24 ` +
		rtfText("今天上午，学院举行开学典礼。") + `\par ` + rtfText("【图1】") + `\par ` + rtfText("▲ 会场") + `\par ` +
		rtfText("（撰稿：宣传处　摄影：学生会）") + `\par}`
	files := append(parcelOf("稿件.rtf", rtf), embedded("图1.jpg", []byte("photo")))
	p, err := Reader{Limits: DefaultLimits(), Office: converter}.Read(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	if p.Content.Title != "学院举行开学典礼" || outline(p) != "p:今天上午，学院举行开学典礼。 | photo:图1.jpg" || captionsOf(p) != "会场" || p.Content.Credits.Photos != "学生会" {
		t.Errorf("title %q, %s, captions %q, credits %+v, notes %q", p.Content.Title, outline(p), captionsOf(p), p.Content.Credits, noteCodes(p))
	}
}

// rtfText writes text as RTF does.
func rtfText(s string) string {
	var out strings.Builder
	for _, r := range s {
		if r < 0x80 {
			out.WriteRune(r)
			continue
		}
		n := int(r)
		if n > 0x7fff {
			n -= 0x10000
		}
		out.WriteString(`\u` + itoa(n) + `?`)
	}
	return out.String()
}

func itoa(n int) string {
	if n < 0 {
		return "-" + itoa(-n)
	}
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func FuzzParcel(f *testing.F) {
	f.Add([]byte("T\nb\n【图1】"), []byte("1.jpg 会场"), "稿件.txt", "图片说明.txt")
	f.Add([]byte("{\\rtf1 x}"), []byte("\xff\xd8\xff\xe0"), "a.doc", "IMG")
	f.Add(zipped(f, entry{name: "a.txt", data: "T\nb\n1.jpg"}, entry{name: "1.jpg", data: "x"}), []byte("<h1>T</h1>"), "a", "a.files/b.htm")
	f.Add([]byte("PK\x03\x04"), []byte("Rar!\x1a\x07\x00"), "a.zip", "b.rar")
	f.Fuzz(func(t *testing.T, one, two []byte, nameOne, nameTwo string) {
		fuzzParcel(t, []File{embedded(nameOne, one), embedded(nameTwo, two), embedded("1.jpg", []byte("x"))})
	})
}

func FuzzZip(f *testing.F) {
	text := entry{name: "a/稿件.txt", data: "T\nb\n图1.jpg"}
	inner := string(zipped(f, entry{name: "图1.jpg", data: "x"}))
	f.Add(zipped(f, text, entry{name: "图1.jpg", data: "x"}))
	f.Add(zipped(f, text, gbk(f, "图1.jpg"), entry{name: "b.zip", data: inner}))
	f.Add(zipped(f, text, entry{name: "b.zip", data: inner, stored: true}, entry{name: `..\c.txt`}))
	f.Add(zipped(f, entry{name: "mimetype", data: "application/vnd.oasis.opendocument.text", stored: true}, entry{name: "content.xml"}))
	f.Add(zipped(f, entry{name: "[Content_Types].xml"}, entry{name: "word/document.xml", data: "<w:document/>"}))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzParcel(t, []File{embedded("a.zip", data)}) })
}

// fuzzParcel reads a parcel twice: what is taken holds together and reads the same, and no photo gives more than it says.
func fuzzParcel(t *testing.T, files []File) {
	limits := DefaultLimits()
	limits.TotalBytes, limits.PhotoBytes = 64<<20, 16<<20
	first, err := Read(files, limits)
	second, again := Read(files, limits)
	if err != nil {
		if press.CodeOf(err) != press.CodeOf(again) || press.KindOf(err) == press.Internal {
			t.Fatalf("refused with %v, then with %v", err, again)
		}
		return
	}
	checkParcel(t, first)
	if first.Content.Hash() != second.Content.Hash() || noteCodes(first) != noteCodes(second) {
		t.Fatalf("two readings differ: %s and %s", outline(first), outline(second))
	}
	for _, p := range first.Photos {
		if data, err := readFile(p.File, limits.PhotoBytes); err == nil && int64(len(data)) != p.File.Size {
			t.Fatalf("%q says it has %d bytes and gives %d", p.File.Name, p.File.Size, len(data))
		}
	}
}
