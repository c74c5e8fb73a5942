package intake

import (
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// TestWordCosts: what repeats in a small document costs no more than it is long.
func TestWordCosts(t *testing.T) {
	t.Parallel()
	const times = 20_000
	long := strings.Repeat("自然段里的字，", 8_000)
	hidden := `<w:r><w:rPr><w:vanish/></w:rPr>` + strings.Repeat(`<w:tab/>`, 5*times) + `</w:r>`
	footnote := `<w:footnotes ` + wordSpaces + `><w:footnote w:id="2">` + wp(long) + `</w:footnote></w:footnotes>`
	lists := `<w:numbering ` + wordSpaces + `><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="` +
		long + `"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`
	marked := strings.Repeat("见【图1】", 1_400)
	for _, c := range []struct {
		name, code string
		file       File
	}{
		{"hidden tabulators after a long run", "", packedWord(wordBody(wps("a3", "标题") + `<w:p>` + wr("", long) + hidden + `</w:p>`))},
		{"empty drawings", "body.too_long", packedWord(wordBody(`<w:p>` + wr("", long) + `<w:r>` + strings.Repeat(`<w:drawing/>`, 3*times) + `</w:r></w:p>`))},
		{"one footnote, many marks", "body.too_long", packedWord(wordBody(`<w:p><w:r>`+strings.Repeat(`<w:footnoteReference w:id="2"/>`, times)+`</w:r></w:p>`).with("word/footnotes.xml", footnote))},
		{"a bullet as long as an article", "", packedWord(wordBody(wps("a3", "标题")+strings.Repeat(wi("1", 0, "项"), 300)).with("word/numbering.xml", lists))},
		{"a line of markers", "", embedded("稿.txt", []byte("标题\n\n"+strings.Repeat(marked+"\n\n", 6)))},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			from := time.Now()
			p, err := Read([]File{c.file, embedded("图1.jpg", []byte("\xff\xd8\xff"))}, DefaultLimits())
			if code := press.CodeOf(err); err != nil && code != c.code || err == nil && c.code != "" {
				t.Errorf("error %v, not %q", err, c.code)
			}
			if err == nil {
				checkParcel(t, p)
			}
			if took := time.Since(from); took > 20*time.Second { // it took minutes
				t.Errorf("took %v", took)
			}
		})
	}
}

func packedWord(parts wordParts) File { return embedded("稿.docx", parts.pack()) }

// TestNotesHideNumbers: what a note quotes of the text has no whole telephone or identity number in it.
func TestNotesHideNumbers(t *testing.T) {
	t.Parallel()
	const phone = "13800138000"
	parts := wordBody(wps("a3", "标题") + `<w:p><w:hyperlink r:id="bad">` + wr("", "电话") + `</w:hyperlink></w:p>` +
		`<w:p>` + wr("", strings.Repeat("很长的一段话，", 60)+"联系电话"+phone) + wpic("emf", 500, 300, "", "", "") + `</w:p>`)
	const rels = "word/_rels/document.xml.rels"
	word := packedWord(parts.with(rels, strings.ReplaceAll(parts[rels], "javascript:alert(1)", "tel:"+phone)))
	page := embedded("稿.html", []byte(`<h1>标题</h1><p><a href="tel:`+phone+`">电话</a></p>`))
	for _, file := range []File{word, page} {
		p, err := Read([]File{file}, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		for _, n := range p.Notes {
			said += n.Text.ZH + n.Text.EN
		}
		if strings.Contains(said, phone) || !strings.Contains(said, "8000") || file.Name == word.Name && !strings.Contains(said, "联系电话138") {
			t.Errorf("%s: %s", file.Name, said)
		}
	}
}
