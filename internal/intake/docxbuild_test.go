package intake

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// wordParts are the parts of a Word document by their names. What is left out is not there.
type wordParts map[string]string

const wordSpaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
	`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ` +
	`xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" ` +
	`xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" ` +
	`xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup" ` +
	`xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" ` +
	`xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"`

// The styles as Word names them in a Chinese installation: ids are numbers and letters, names are English.
const wordStylesXML = `<w:styles ` + wordSpaces + `><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="24"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:latentStyles><w:lsdException w:name="heading 1"/></w:latentStyles>
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:color w:val="2F5496"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:basedOn w:val="a"/></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="own"><w:name w:val="我的小标题"/><w:basedOn w:val="2"/></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="wps"><w:name w:val="标题 3"/></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="outline"><w:name w:val="章"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="a3"><w:name w:val="Title"/><w:basedOn w:val="a"/></w:style>
<w:style w:type="paragraph" w:styleId="a4"><w:name w:val="Subtitle"/><w:basedOn w:val="a"/></w:style>
<w:style w:type="paragraph" w:styleId="a5"><w:name w:val="caption"/><w:basedOn w:val="a"/></w:style>
<w:style w:type="paragraph" w:styleId="q"><w:name w:val="Quote"/><w:rPr><w:i/><w:color w:val="404040"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style><w:style w:type="paragraph" w:customStyle="1" w:styleId="Author"><w:name w:val="Author"/></w:style>
<w:style w:type="paragraph" w:styleId="Date"><w:name w:val="Date"/></w:style><w:style w:type="paragraph" w:customStyle="1" w:styleId="FirstParagraph"><w:name w:val="First Paragraph"/></w:style>
<w:style w:type="paragraph" w:styleId="BlockText"><w:name w:val="Block Text"/></w:style><w:style w:type="paragraph" w:customStyle="1" w:styleId="CaptionedFigure"><w:name w:val="Captioned Figure"/></w:style>
<w:style w:type="paragraph" w:customStyle="1" w:styleId="ImageCaption"><w:name w:val="Image Caption"/><w:basedOn w:val="a5"/></w:style><w:style w:type="paragraph" w:customStyle="1" w:styleId="Figure"><w:name w:val="Figure"/><w:basedOn w:val="a5"/></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="bold"><w:name w:val="Strong Body"/><w:basedOn w:val="a"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="round"><w:name w:val="Round"/><w:basedOn w:val="again"/></w:style>
<w:style w:type="paragraph" w:styleId="again"><w:name w:val="Again"/><w:basedOn w:val="round"/></w:style>
<w:style w:type="character" w:styleId="strong"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="character" w:styleId="link"><w:name w:val="Hyperlink"/><w:rPr><w:color w:val="0563C1"/><w:u w:val="single"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="item"><w:name w:val="编号正文"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="table" w:styleId="grid"><w:name w:val="Grid Table 4"/><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr></w:tblStylePr></w:style>
</w:styles>`

// wordNumberingXML has list 1 to 9: 1. a) i., bullets, 一、（一）1., ①, 第一章, 1.1, a list that begins anew, one of pandoc's
// further paragraphs, 十 upwards.
const wordNumberingXML = `<w:numbering ` + wordSpaces + `>
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="item"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl><w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="%3."/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="&#xF0B7;"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:suff w:val="nothing"/><w:lvlText w:val="（%2）"/></w:lvl><w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimalEnclosedCircleChinese"/><w:lvlText w:val="%1"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="4"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="第%1章"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="5"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val=" "/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="6"><w:lvl w:ilvl="0"><w:start w:val="10"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="3"/></w:num><w:num w:numId="5"><w:abstractNumId w:val="4"/></w:num>
<w:num w:numId="6"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
<w:num w:numId="7"><w:abstractNumId w:val="5"/></w:num><w:num w:numId="8"><w:abstractNumId w:val="6"/></w:num></w:numbering>`

// wordBody makes the parts of a document around what stands in its body.
func wordBody(body string) wordParts {
	return wordParts{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels":         `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/document.xml":   `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document ` + wordSpaces + `><w:body>` + body + `<w:sectPr/></w:body></w:document>`,
		"word/_rels/document.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			relationXML("s", "styles", "styles.xml") + relationXML("n", "numbering", "numbering.xml") + relationXML("f", "footnotes", "footnotes.xml") +
			relationXML("e", "endnotes", "/word/endnotes.xml") + relationXML("p1", "image", "media/image1.png") + relationXML("p2", "image", "media/image2.png") +
			relationXML("p3", "image", "media/image3.jpeg") + relationXML("emf", "image", "media/image4.emf") + relationXML("gone", "image", "media/gone.png") +
			`<Relationship Id="web" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="https://www.example.org/a?b=c" TargetMode="External"/>` +
			`<Relationship Id="bad" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="javascript:alert(1)" TargetMode="External"/>` +
			`<Relationship Id="far" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="https://www.example.org/x.png" TargetMode="External"/>` +
			`<Relationship Id="disk" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="file:///C:\Users\x\会场.jpg" TargetMode="External"/></Relationships>`,
		"word/styles.xml":        wordStylesXML,
		"word/numbering.xml":     wordNumberingXML,
		"word/footnotes.xml":     `<w:footnotes ` + wordSpaces + `><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>脚注甲。</w:t></w:r></w:p></w:footnote></w:footnotes>`,
		"word/endnotes.xml":      `<w:endnotes ` + wordSpaces + `><w:endnote w:id="2"><w:p><w:r><w:t>尾注乙。</w:t></w:r></w:p></w:endnote></w:endnotes>`,
		"word/media/image1.png":  string(smallPNG(1)),
		"word/media/image2.png":  string(smallPNG(2)),
		"word/media/image3.jpeg": exifJPEG(6),
		"word/media/image4.emf":  "\x01\x00\x00\x00" + strings.Repeat("\x00", 36) + " EMF" + strings.Repeat("\x00", 20),
	}
}

func relationXML(id, kind, target string) string {
	return fmt.Sprintf(`<Relationship Id=%q Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target=%q/>`, id, kind, target)
}

// smallPNG is a picture of four pixels; each shade is another.
func smallPNG(shade uint8) []byte {
	picture := image.NewGray(image.Rect(0, 0, 2, 2))
	picture.SetGray(0, 0, color.Gray{Y: shade})
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// exifJPEG is the beginning of a JPEG that says how it was held.
func exifJPEG(orientation byte) string {
	tiff := "MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string([]byte{orientation}) + "\x00\x00\x00\x00\x00\x00"
	segment := "Exif\x00\x00" + tiff
	return "\xff\xd8\xff\xe1" + string([]byte{byte((len(segment) + 2) >> 8), byte(len(segment) + 2)}) + segment + "\xff\xd9"
}

// with replaces parts.
func (p wordParts) with(name, text string) wordParts {
	out := maps.Clone(p)
	out[name] = text
	return out
}

// pack makes the file.
func (p wordParts) pack() []byte { return p.packAs(zip.Deflate) }

func (p wordParts) packAs(method uint16) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(p)) {
		part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = part.Write([]byte(p[name]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// Short ways to write a body.
func wp(text string) string { return wps("", text) }

func wps(style, text string) string {
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>` + wr("", text) + `</w:p>`
}

func wr(properties, text string) string {
	return `<w:r><w:rPr>` + properties + `</w:rPr><w:t xml:space="preserve">` + text + `</w:t></w:r>`
}

// wi is an item of a list.
func wi(list string, level int, text string) string {
	return fmt.Sprintf(`<w:p><w:pPr><w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%s"/></w:numPr></w:pPr>%s</w:p>`, level, list, wr("", text))
}

func wcentred(properties, text string) string {
	return `<w:p><w:pPr><w:jc w:val="center"/></w:pPr>` + wr(properties, text) + `</w:p>`
}

// wpic is a picture of a size in pixels; extra goes into its properties and its filling.
func wpic(id string, width, height int, about, crop, transform string) string {
	return fmt.Sprintf(`<w:r><w:drawing><wp:inline><wp:extent cx="%d" cy="%d"/><wp:docPr id="1" name="图片 1" %s/><a:graphic><a:graphicData uri="x">`+
		`<pic:pic><pic:nvPicPr><pic:cNvPr id="0" name="图片 1"/></pic:nvPicPr><pic:blipFill><a:blip r:embed="%s"/>%s</pic:blipFill><pic:spPr><a:xfrm %s/></pic:spPr></pic:pic>`+
		`</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`, width*emuPixel, height*emuPixel, about, id, crop, transform)
}

func wphoto(id string) string { return `<w:p>` + wpic(id, 500, 300, "", "", "") + `</w:p>` }

func wfield(says, shows string) string {
	return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">` + says + `</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>` +
		shows + `<w:r><w:fldChar w:fldCharType="end"/></w:r>`
}

// wtable makes a table of cells' contents; rows are slices.
func wtable(rows ...[]string) string {
	out := "<w:tbl>"
	for _, row := range rows {
		out += "<w:tr>"
		for _, cell := range row {
			out += cell
		}
		out += "</w:tr>"
	}
	return out + "</w:tbl>"
}

func wc(properties, content string) string {
	return `<w:tc><w:tcPr>` + properties + `</w:tcPr>` + content + `</w:tc>`
}

// wordOutline writes a draft on lines: its title and credits, every block with its looks, every note's code.
func wordOutline(p Parcel) string {
	var out []string
	c := p.Content
	head := c.Title
	if c.Subtitle != "" {
		head += " / " + c.Subtitle
	}
	if c.Credits != (press.Credits{}) {
		head += fmt.Sprintf(" %v", c.Credits)
	}
	out = append(out, head)
	for _, block := range c.Body.Blocks {
		out = append(out, blockOutline(p, block))
	}
	if len(p.Notes) > 0 {
		out = append(out, "notes "+noteCodes(p))
	}
	return strings.Join(out, "\n")
}

func blockOutline(p Parcel, block press.Block) string {
	switch block := block.(type) {
	case press.Paragraph:
		return strings.TrimSpace("p"+string(block.Align)) + " " + looks(block.Text)
	case press.Heading:
		return fmt.Sprintf("h%d%s %s", block.Level, block.Align, looks(block.Text))
	case press.Picture:
		return pictureOutline(p, block)
	case press.Gallery:
		var parts []string
		for _, picture := range block.Photos {
			parts = append(parts, pictureOutline(p, picture))
		}
		return "gallery(" + strings.Join(parts, ", ") + ")"
	case press.List:
		return listLooks(block)
	case press.Quote:
		var parts []string
		for _, q := range block.Paragraphs {
			parts = append(parts, looks(q.Text))
		}
		return "quote " + strings.Join(parts, " ¶ ")
	case press.Table:
		return tableOutline(block)
	}
	return press.BlockType(block)
}

func pictureOutline(p Parcel, picture press.Picture) string {
	photo, _ := p.PhotoOf(picture.Photo)
	out := "photo " + photo.File.Name
	if photo.Crop != nil {
		out += fmt.Sprintf(" %.2f", *photo.Crop)
	}
	if picture.Caption != "" {
		out += " “" + picture.Caption + "”"
	}
	if picture.Alt != "" {
		out += " alt=" + picture.Alt
	}
	return out
}

func listLooks(list press.List) string {
	out, number := "", max(1, list.Start)
	for _, item := range list.Items {
		sign := "•"
		if list.Ordered {
			sign = fmt.Sprint(number, ".")
			number++
		}
		out += "<" + sign + " " + looks(item.Text)
		if item.List != nil {
			out += " " + listLooks(*item.List)
		}
		out += ">"
	}
	return out
}

func tableOutline(table press.Table) string {
	out := "table"
	if table.Header {
		out += " header"
	}
	for _, row := range table.Rows {
		out += " /"
		for _, cell := range row {
			out += "<" + looks(cell.Text)
			if cell.ColSpan > 0 || cell.RowSpan > 0 {
				out += fmt.Sprintf(" %d×%d", max(1, cell.ColSpan), max(1, cell.RowSpan))
			}
			out += ">"
		}
	}
	return out
}

// looks writes runs with signs for their looks: *bold*, _italic_, +underlined+, ~struck~, {red}, [linked](address).
func looks(runs []press.Run) string {
	var out strings.Builder
	for _, r := range runs {
		text := strings.ReplaceAll(r.Text, "\n", "⏎")
		for _, look := range []struct {
			is   bool
			sign string
		}{{r.Bold, "*"}, {r.Italic, "_"}, {r.Underline, "+"}, {r.Strike, "~"}} {
			if look.is {
				text = look.sign + text + look.sign
			}
		}
		if r.Color != "" {
			text = "{" + string(r.Color) + " " + text + "}"
		}
		if r.Link != "" {
			text = "[" + text + "](" + r.Link + ")"
		}
		out.WriteString(text)
	}
	return out.String()
}

// readWordBody reads a document whose body begins after a title in Word's style for titles.
func readWordBody(t *testing.T, parts wordParts) Parcel {
	t.Helper()
	p, err := Read([]File{embedded("稿.docx", parts.pack())}, DefaultLimits())
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	checkParcel(t, p)
	return p
}
