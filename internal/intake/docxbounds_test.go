package intake

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"newsdesk/internal/press"
)

func TestWordContainers(t *testing.T) {
	t.Parallel()
	parts := wordBody(wps("a3", "标题") + wp("正文。") + wphoto("p1"))
	strict := wordParts{}
	for name, text := range parts {
		text = strings.ReplaceAll(text, "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main")
		text = strings.ReplaceAll(text, "http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships")
		for _, part := range []string{"main", "wordprocessingDrawing", "picture"} {
			text = strings.ReplaceAll(text, "http://schemas.openxmlformats.org/drawingml/2006/"+part, "http://purl.oclc.org/ooxml/drawingml/"+part)
		}
		strict[name] = text
	}
	moved := wordParts{}
	for name, text := range parts { // as some programs write: elsewhere, with backslashes, in another case
		name = strings.Replace(name, "word/document", "word/Document2", 1)
		name = strings.Replace(name, "word/_rels/document", "word/_rels/Document2", 1)
		moved[strings.ReplaceAll(name, "/", `\`)] = strings.ReplaceAll(text, "word/document.xml", "/word/document2.xml")
	}
	other := parts.with("word/document.xml", strings.NewReplacer("<w:", "<wx:", "</w:", "</wx:", " w:", " wx:", "xmlns:w=", "xmlns:wx=", " r:", " rel:", "xmlns:r=", "xmlns:rel=").Replace(parts["word/document.xml"]))
	wide := parts.with("word/document.xml", utf16LE(strings.Replace(parts["word/document.xml"], "UTF-8", "UTF-16", 1)))
	for _, c := range []struct {
		name, file string
		parts      wordParts
	}{
		{"macros", "稿.docm", parts},
		{"template", "稿.dotx", parts},
		{"strict", "稿.docx", strict},
		{"elsewhere", "稿.docx", moved},
		{"other prefixes", "稿.docx", other},
		{"UTF-16", "稿.docx", wide},
		{"called text", "稿.txt", parts},
		{"called old Word", "稿.doc", parts},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := Read([]File{embedded(c.file, c.parts.pack())}, DefaultLimits())
			if err != nil {
				t.Fatalf("Read: %v", err)
			}
			checkParcel(t, p)
			if got := wordOutline(p); got != "标题\np 正文。\nphoto 稿-1.png" {
				t.Errorf("got\n%s", got)
			}
		})
	}
}

func utf16LE(s string) string {
	out := []byte("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return string(out)
}

// TestWordPhotosCanBeOpened opens the pictures after the document was read, from memory and from a disk.
func TestWordPhotosCanBeOpened(t *testing.T) {
	t.Parallel()
	parts := wordBody(wps("a3", "标题") + wp("正文。") + wphoto("p1") + wphoto("p2"))
	path := filepath.Join(t.TempDir(), "稿.docx")
	if err := os.WriteFile(path, parts.pack(), 0o600); err != nil {
		t.Fatal(err)
	}
	onDisk, err := FromPaths([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	for where, files := range map[string][]File{"memory": {embedded("稿.docx", parts.pack())}, "disk": onDisk} {
		p, err := Read(files, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Photos) != 2 {
			t.Fatalf("%s: %d photos, want 2", where, len(p.Photos))
		}
		for i, want := range [][]byte{smallPNG(1), smallPNG(2)} {
			r, err := p.Photos[i].File.Open()
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || r.Close() != nil || !bytes.Equal(got, want) || p.Photos[i].File.Size != int64(len(want)) {
				t.Errorf("%s: photo %d has %d bytes (%v), want %d", where, i, len(got), err, len(want))
			}
		}
	}
}

// TestWordRefusals are documents that cannot be read, each with one sentence that names it.
func TestWordRefusals(t *testing.T) {
	t.Parallel()
	good := wordBody(wps("a3", "标题") + wp("正文。"))
	body := func(body string) []byte { return wordBody(wps("a3", "标题") + body).pack() }
	part := func(name, text string) []byte { return good.with(name, text).pack() }
	old := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 2000)
	const encrypted = "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
	for _, c := range []struct {
		name string
		data []byte
		kind press.Kind
		code string
	}{
		{"password", []byte(old + encrypted), press.Unsupported, "document.locked"},
		{"old Word", []byte(old), press.Unsupported, "document.old_word"},
		{"nothing", nil, press.Invalid, "document.damaged"},
		{"text", []byte("标题\n正文"), press.Invalid, "document.damaged"},
		{"cut off", good.pack()[:len(good.pack())/2], press.Invalid, "document.damaged"},
		{"no document", wordParts{"a.txt": "x"}.pack(), press.Invalid, "document.damaged"},
		{"no body", part("word/document.xml", "<x/>"), press.Invalid, "document.damaged"},
		{"broken XML", part("word/document.xml", good["word/document.xml"][:900]), press.Invalid, "document.damaged"},
		{"entities", part("word/document.xml", strings.Replace(good["word/document.xml"], "<w:document", `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w:document`, 1)), press.Invalid, "document.damaged"},
		{"an unknown entity", body(wp("&lol;")), press.Invalid, "document.damaged"},
		{"deep", body(strings.Repeat("<w:sdt><w:sdtContent>", 300) + strings.Repeat("</w:sdtContent></w:sdt>", 300)), press.Invalid, "document.nested"},
		{"tables in tables", body(strings.Repeat("<w:tbl><w:tr><w:tc>", 100) + wp("x") + strings.Repeat("</w:tc></w:tr></w:tbl>", 100)), press.Invalid, "document.nested"},
		{"long", body(strings.Repeat(wp("一"), 30_000)), press.TooLarge, "body.too_long"},
		{"many elements", body("<w:tbl>" + strings.Repeat("<w:x/>", 400_000) + "</w:tbl>"), press.TooLarge, "body.too_long"},
		{"a bomb", part("word/document.xml", good["word/document.xml"]+strings.Repeat(" ", 30<<20)), press.TooLarge, "document.unpacked"},
		{"bytes that two parts share", sharing(good), press.TooLarge, "document.unpacked"},
		{"many parts", many(good), press.TooLarge, "document.unpacked"},
		{"empty", wordBody("").pack(), press.Invalid, "title.empty"},
		{"title alone", wordBody(wps("a3", "标题")).pack(), press.Invalid, "body.empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			d := &draft{name: "示例稿.docx", kind: wordDocument, shelf: newShelf(nil, 10), notes: &notes{}}
			_, err := d.understand(embedded("示例稿.docx", c.data), DefaultLimits())
			text := press.TextOf(err)
			if press.KindOf(err) != c.kind || press.CodeOf(err) != c.code || !strings.Contains(text.EN, "示例稿.docx") || !strings.Contains(text.ZH, "示例稿.docx") {
				t.Errorf("refused with %v %s: %q", press.KindOf(err), press.CodeOf(err), text)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	limits := DefaultLimits()
	limits.WordBytes = 100
	if _, err := Read([]File{embedded("示例稿.docx", good.pack())}, limits); press.CodeOf(err) != "document.too_large" {
		t.Errorf("a document above the limit: %v", err)
	}
}

// sharing makes a container whose directory names one part twice.
func sharing(parts wordParts) []byte {
	data := parts.pack()
	at := bytes.Index(data, []byte("PK\x01\x02"))
	end := bytes.LastIndex(data, []byte("PK\x05\x06"))
	size := 46 + int(binary.LittleEndian.Uint16(data[at+28:])) + int(binary.LittleEndian.Uint16(data[at+30:])) + int(binary.LittleEndian.Uint16(data[at+32:]))
	twin := bytes.Clone(data[at : at+size])
	twin[46] = 'x'
	out := append(bytes.Clone(data[:end]), twin...)
	tail := bytes.Clone(data[end:])
	for _, field := range []int{8, 10} {
		binary.LittleEndian.PutUint16(tail[field:], binary.LittleEndian.Uint16(tail[field:])+1)
	}
	binary.LittleEndian.PutUint32(tail[12:], binary.LittleEndian.Uint32(tail[12:])+uint32(size))
	return append(out, tail...)
}

// many makes a container of more parts than any document has.
func many(parts wordParts) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range parts {
		if part, err := w.Create(name); err == nil {
			_, _ = part.Write([]byte(text))
		}
	}
	for i := range maxWordEntries {
		_, _ = w.CreateRaw(&zip.FileHeader{Name: strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/100)})
	}
	_ = w.Close() // what is wrong with it shows when it is read
	return out.Bytes()
}

// TestWordWorkIsBounded reads what is within the bounds of the container and asks for much work all the same.
func TestWordWorkIsBounded(t *testing.T) {
	t.Parallel()
	repeat := strings.Repeat
	for name, body := range map[string]string{
		"fields in fields":     "<w:p>" + repeat(`<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>HYPERLINK </w:instrText></w:r>`, 13_000) + wr("", "x") + "</w:p>",
		"lists":                repeat(wi("1", 8, "x"), 13_000),
		"runs":                 "<w:p>" + repeat(wr("<w:b/>", "一")+wr("", "二"), 12_000) + "</w:p>",
		"merged paragraphs":    repeat(`<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>`+wr("", "一")+`</w:p>`, 13_000),
		"pictures":             repeat("<w:p>"+repeat(wpic("p1", 500, 300, "", "", ""), 10)+"</w:p>", 3_000),
		"absent pictures":      repeat(wphoto("gone"), 23_000),
		"rows":                 "<w:tbl>" + repeat("<w:tr>"+wc(`<w:vMerge/>`, "<w:p/>")+"</w:tr>", 12_000) + "</w:tbl>",
		"footnotes":            "<w:p>" + repeat(`<w:r><w:footnoteReference w:id="2"/></w:r>`, 13_000) + "</w:p>",
		"text boxes":           "<w:p>" + repeat(`<w:r><w:pict><v:textbox><w:txbxContent>`+wp("x")+`</w:txbxContent></v:textbox></w:pict></w:r>`, 6_000) + "</w:p>",
		"text boxes inside":    "<w:p>" + repeat(`<w:r><w:pict><w:txbxContent><w:p>`, 45) + repeat(`</w:p></w:txbxContent></w:pict></w:r>`, 45) + "</w:p>",
		"tables in tables":     repeat("<w:tbl><w:tr><w:tc>", 40) + wp("x") + repeat("</w:tc></w:tr></w:tbl>", 40),
		"continued items":      repeat(wi("1", 0, "x")+wi("7", 0, "y"), 1) + repeat(wi("7", 0, "y"), 13_000),
		"quotes":               repeat(wps("q", "x"), 13_000),
		"captions":             repeat(wphoto("p1")+wps("a5", "x"), 3_000),
		"formulas":             "<w:p>" + repeat("<m:oMath>"+repeat("<m:f><m:num>", 40)+"<m:r><m:t>x</m:t></m:r>"+repeat("</m:num></m:f>", 40)+"</m:oMath>", 400) + "</w:p>",
		"alternative contents": "<w:p>" + repeat(`<mc:AlternateContent><mc:Choice Requires="wps">`, 80) + wr("", "x") + repeat(`</mc:Choice></mc:AlternateContent>`, 80) + "</w:p>",
	} {
		start := time.Now()
		_, err := Read([]File{embedded("a.docx", wordBody(wps("a3", "标题")+body).packAs(zip.Store))}, DefaultLimits())
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: took %v (%v)", name, took, err)
		} else if testing.Verbose() {
			t.Logf("%s: %v, %v", name, took, err)
		}
		if err != nil && press.KindOf(err) == press.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
}
