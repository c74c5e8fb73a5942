package intake

import (
	"archive/zip"
	"strings"
	"testing"
)

// BenchmarkWord reads an article of 40 KB of text in XML as Word writes it, and a long one; the time is for a megabyte of
// XML.
func BenchmarkWord(b *testing.B) {
	paragraph := `<w:p w:rsidR="00810F3D" w:rsidRDefault="00D7585A"><w:pPr><w:ind w:firstLineChars="200" w:firstLine="640"/></w:pPr>` +
		strings.Repeat(`<w:r w:rsidRPr="006D6258"><w:rPr><w:rFonts w:ascii="仿宋_GB2312" w:hAnsi="仿宋_GB2312" w:eastAsia="仿宋_GB2312"/><w:sz w:val="32"/></w:rPr><w:t>学院党委书记、院长、企业负责人及师生代表</w:t></w:r>`, 6) + `</w:p>`
	for name, n := range map[string]int{"article": 60, "long": 1200} {
		b.Run(name, func(b *testing.B) {
			parts := wordBody(wps("a3", "标题") + strings.Repeat(paragraph, n))
			files := []File{embedded("a.docx", parts.packAs(zip.Deflate))}
			b.SetBytes(int64(len(parts["word/document.xml"])))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(files, DefaultLimits()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
