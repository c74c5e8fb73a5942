package export

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// A Word document (ISO/IEC 29500-1, transitional) is written as Word, WPS and LibreOffice read it, and in the styles by which
// intake tells what a paragraph is: Title, heading 2 to 4, caption, Quote. Lengths are in twentieths of a point (twips) for
// text and in EMU for pictures: 914,400 to an inch.
const (
	emuPixel  = 9525    // at 96 to an inch
	textEMU   = 5274310 // A4 with Word's usual margins: 14.65 cm
	textTwips = 8306
	maxHigh   = 7_200_000 // 20 cm, so that a caption still fits under it
)

// WriteWord writes the article as a .docx. Photos are embedded in the size made for pages.
func (p *Package) WriteWord(ctx context.Context, w io.Writer) error {
	d := &document{page: p.page, media: map[press.Digest]string{}, links: map[string]string{}, captions: p.Captions}
	d.write(p.Revision.Content)
	z := zip.NewWriter(w)
	parts := []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", topRelations},
		{"docProps/core.xml", coreProperties(p.Revision.Content.Title, p.At())},
		{"word/document.xml", d.text()},
		{"word/_rels/document.xml.rels", d.relations()},
		{"word/styles.xml", styleSheet()},
		{"word/numbering.xml", d.numbering()},
		{"word/settings.xml", settings},
	}
	for _, part := range parts {
		if err := p.put(z, part.name, zip.Deflate, func(w io.Writer) error { _, err := io.WriteString(w, part.text); return err }); err != nil {
			return err
		}
	}
	for _, digest := range d.shown {
		if err := p.putPhoto(ctx, z, "word/"+d.media[digest], p.page[digest]); err != nil {
			return err
		}
	}
	return z.Close()
}

const header = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

const contentTypes = header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
	`<Default Extension="xml" ContentType="application/xml"/>` +
	`<Default Extension="jpg" ContentType="image/jpeg"/><Default Extension="png" ContentType="image/png"/>` +
	`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
	`<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>` +
	`<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`

const (
	relationships  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageSpace   = "http://schemas.openxmlformats.org/package/2006/relationships"
	wordSpace      = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	drawingSpace   = "http://schemas.openxmlformats.org/drawingml/2006/main"
	placingSpace   = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
	pictureSpace   = "http://schemas.openxmlformats.org/drawingml/2006/picture"
	propertySpace  = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
	topRelations   = header + `<Relationships xmlns="` + packageSpace + `"><Relationship Id="rId1" Type="` + relationships + `/officeDocument" Target="word/document.xml"/>` + `<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`
	spaces         = `xmlns:w="` + wordSpace + `" xmlns:r="` + relationships + `" xmlns:wp="` + placingSpace + `" xmlns:a="` + drawingSpace + `" xmlns:pic="` + pictureSpace + `"`
	settings       = header + `<w:settings xmlns:w="` + wordSpace + `"><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`
	endOfDocument  = `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr></w:body></w:document>`
	fixedRelations = 3 // those of styles, numbering and settings
)

func coreProperties(title string, at time.Time) string {
	date := at.UTC().Format(time.RFC3339)
	return header + `<cp:coreProperties xmlns:cp="` + propertySpace + `" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + escaped(title) + `</dc:title><dcterms:created xsi:type="dcterms:W3CDTF">` + date + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + date + `</dcterms:modified></cp:coreProperties>`
}

// styleSheet names the styles as Word does, in English, which it shows in its user's language.
func styleSheet() string {
	var out strings.Builder
	out.WriteString(header + `<w:styles xmlns:w="` + wordSpace + `"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="宋体" w:cs="Times New Roman"/><w:kern w:val="2"/><w:sz w:val="24"/><w:szCs w:val="24"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>` +
		`<w:pPrDefault><w:pPr><w:spacing w:line="400" w:lineRule="atLeast"/></w:pPr></w:pPrDefault></w:docDefaults>`)
	paragraph := func(id, name, next, properties, look string) {
		based, standard := `<w:basedOn w:val="Normal"/>`, ""
		if id == "Normal" {
			based, standard = "", ` w:default="1"`
		}
		if next != "" {
			next = `<w:next w:val="` + next + `"/>`
		}
		fmt.Fprintf(&out, `<w:style w:type="paragraph"%s w:styleId="%s"><w:name w:val="%s"/>%s%s<w:qFormat/><w:pPr>%s</w:pPr><w:rPr>%s</w:rPr></w:style>`, standard, id, name, based, next, properties, look)
	}
	const black = `<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="黑体"/>`
	paragraph("Normal", "Normal", "", `<w:widowControl w:val="0"/><w:jc w:val="both"/>`, "")
	paragraph("BodyText", "Body Text", "", "", "")
	paragraph("Title", "Title", "BodyText", `<w:spacing w:before="240" w:after="240"/><w:jc w:val="center"/>`, black+`<w:b/><w:sz w:val="40"/><w:szCs w:val="40"/>`)
	paragraph("Subtitle", "Subtitle", "BodyText", `<w:spacing w:after="240"/><w:jc w:val="center"/>`, `<w:sz w:val="28"/><w:szCs w:val="28"/>`)
	for i, size := range []int{32, 28, 26} {
		id := fmt.Sprint(i + 2)
		paragraph("Heading"+id, "heading "+id, "BodyText", `<w:keepNext/><w:keepLines/><w:spacing w:before="200" w:after="120"/><w:outlineLvl w:val="`+fmt.Sprint(i+1)+`"/>`, black+fmt.Sprintf(`<w:b/><w:sz w:val="%d"/><w:szCs w:val="%d"/>`, size, size))
	}
	paragraph("Figure", "Picture", "Caption", `<w:keepNext/><w:spacing w:before="120" w:line="240" w:lineRule="auto"/><w:jc w:val="center"/>`, "")
	paragraph("Caption", "caption", "BodyText", `<w:spacing w:after="120"/><w:jc w:val="center"/>`, `<w:color w:val="595959"/><w:sz w:val="21"/><w:szCs w:val="21"/>`)
	paragraph("Quote", "Quote", "BodyText", `<w:ind w:left="480" w:right="480"/>`, "")
	out.WriteString(`<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/></w:style>` +
		`<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr><w:color w:val="0563C1"/><w:u w:val="single"/></w:rPr></w:style>` +
		`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>` +
		`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		out.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="auto"/>`)
	}
	out.WriteString(`</w:tblBorders></w:tblPr></w:style></w:styles>`)
	return out.String()
}

// relations says what the ids in the document stand for.
func (d *document) relations() string {
	var out strings.Builder
	out.WriteString(header + `<Relationships xmlns="` + packageSpace + `">`)
	add := func(id int, kind, target, mode string) {
		fmt.Fprintf(&out, `<Relationship Id="rId%d" Type="%s/%s" Target="%s"%s/>`, id, relationships, kind, escaped(target), mode)
	}
	for i, kind := range []string{"styles", "numbering", "settings"} {
		add(i+1, kind, kind+".xml", "")
	}
	for i, r := range d.related {
		mode := ""
		if r.kind == "hyperlink" {
			mode = ` TargetMode="External"`
		}
		add(i+1+fixedRelations, r.kind, r.target, mode)
	}
	out.WriteString(`</Relationships>`)
	return out.String()
}

// numbering has two kinds of lists, with bullets and with numbers, and one use of either for each list of the article.
func (d *document) numbering() string {
	var out strings.Builder
	out.WriteString(header + `<w:numbering xmlns:w="` + wordSpace + `">`)
	for kind, format := range []string{"bullet", "decimal"} {
		fmt.Fprintf(&out, `<w:abstractNum w:abstractNumId="%d"><w:multiLevelType w:val="hybridMultilevel"/>`, kind)
		for level := range press.MaxListDepth {
			text := "•"
			if format == "decimal" {
				text = fmt.Sprintf("%%%d.", level+1)
			}
			fmt.Fprintf(&out, `<w:lvl w:ilvl="%d"><w:start w:val="1"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="%d" w:hanging="420"/></w:pPr></w:lvl>`,
				level, format, text, 840+420*level)
		}
		out.WriteString(`</w:abstractNum>`)
	}
	for i, list := range d.lists {
		kind := 0
		if list.Ordered {
			kind = 1
		}
		fmt.Fprintf(&out, `<w:num w:numId="%d"><w:abstractNumId w:val="%d"/>`, i+1, kind)
		for level := range press.MaxListDepth {
			fmt.Fprintf(&out, `<w:lvlOverride w:ilvl="%d"><w:startOverride w:val="%d"/></w:lvlOverride>`, level, max(1, list.Start))
		}
		out.WriteString(`</w:num>`)
	}
	out.WriteString(`</w:numbering>`)
	return out.String()
}

// escaped writes words for XML 1.0, without the characters that it does not allow.
func escaped(s string) string {
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			out.WriteString("&amp;")
		case r == '<':
			out.WriteString("&lt;")
		case r == '>':
			out.WriteString("&gt;")
		case r == '"':
			out.WriteString("&quot;")
		case r == '\n' || r == '\t':
			out.WriteByte(' ')
		case r < ' ', r == 0x7f, r == 0xfffe, r == 0xffff, r >= 0xd800 && r <= 0xdfff:
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// chinese reports whether words are set as Chinese is: their first line begins two characters in.
func chinese(runs []press.Run) bool {
	return markup.Language(press.Content{Title: press.PlainText(runs)}) == press.Chinese
}
