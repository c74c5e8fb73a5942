package intake

import (
	"archive/zip"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// FuzzWord reads parts that are packed here: a mutation of the packed bytes would rarely get past the checksums.
func FuzzWord(f *testing.F) {
	const none = ""
	for _, body := range []string{
		wps("a3", "标题") + wps("1", "一") + `<w:p>` + wr("<w:b/>", "x") + wfield(`HYPERLINK "https://e.org"`, wr("", "y")) + `</w:p>` + wi("1", 0, "a") + wi("3", 1, "b"),
		wps("a3", "标题") + wphoto("p1") + wps("a5", "c") + `<w:p>` + wpic("p3", 300, 200, `descr="d"`, `<a:srcRect l="1000" b="90000"/>`, `rot="5400000"`) + `</w:p>`,
		wps("a3", "标题") + wtable([]string{wc(`<w:gridSpan w:val="2"/>`, wp("a"))}, []string{wc(`<w:vMerge/>`, wp("b")), wc("", wphoto("p1"))}) + wtable([]string{wc("", wtable([]string{wc("", wp("c"))}))}),
		wps("a3", "标题") + `<w:p><w:ins>` + wr("", "a") + `</w:ins><w:del><w:r><w:delText>b</w:delText></w:r></w:del><w:r><w:footnoteReference w:id="2"/><w:sym w:font="Symbol" w:char="F061"/></w:r></w:p>`,
		wps("a3", "标题") + `<w:p><w:r><w:pict><v:shape style="width:1in;height:9cm"><v:imagedata r:id="p1" croptop="6554f"/><v:textbox><w:txbxContent>` + wp("x") + `</w:txbxContent></v:textbox></v:shape></w:pict></w:r><m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num></m:f></m:oMath></w:p>`,
	} {
		f.Add(body, none, none, none)
	}
	space := `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	f.Add(wps("b", "t")+wi("1", 0, "x"), `<w:styles `+space+`><w:style w:styleId="b"><w:name w:val="Title"/><w:basedOn w:val="b"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>`,
		`<w:numbering `+space+`><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、%2"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`, none)
	f.Fuzz(func(t *testing.T, body, styles, numbering, rels string) {
		parts := wordBody(body)
		for name, text := range map[string]string{"word/styles.xml": styles, "word/numbering.xml": numbering, "word/_rels/document.xml.rels": rels} {
			if text != none {
				parts[name] = text
			}
		}
		fuzzOne(t, "a.docx", parts.packAs(zip.Store))
	})
}

// FuzzWordContainer reads whole files, most of which are no Word documents.
func FuzzWordContainer(f *testing.F) {
	whole := wordParts{"word/document.xml": `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>t</w:t></w:r></w:p></w:body></w:document>`}
	f.Add(whole.packAs(zip.Store)) // small, because what is found is made smaller first, which takes long
	f.Add(whole.pack())
	f.Add(sharing(whole))
	f.Add([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1E\x00n\x00c\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		d := &draft{name: "a.docx", kind: wordDocument, shelf: newShelf(nil, 10), notes: &notes{}}
		_, err := d.understand(embedded("a.docx", data), DefaultLimits())
		if took := time.Since(start); took > 10*time.Second {
			t.Fatalf("%d bytes took %v", len(data), took)
		}
		if err != nil && press.KindOf(err) == press.Internal {
			t.Fatalf("refused with %v", err)
		}
	})
}
