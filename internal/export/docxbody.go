package export

import (
	"fmt"
	"strconv"
	"strings"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// document is word/document.xml while it is written, with what it refers to.
type document struct {
	out      strings.Builder
	page     map[press.Digest]press.Rendition
	captions press.CaptionStyle
	related  []related
	media    map[press.Digest]string // parts of the photos that are shown
	shown    []press.Digest          // in their order
	links    map[string]string       // ids by their targets
	lists    []press.List
	drawings int
}

type related struct{ kind, target string }

func (d *document) text() string { return d.out.String() }

func (d *document) raw(parts ...string) {
	for _, p := range parts {
		d.out.WriteString(p)
	}
}

func (d *document) write(c press.Content) {
	d.raw(header, `<w:document `, spaces, `><w:body>`)
	d.paragraph("Title", "", []press.Run{{Text: c.Title}})
	if c.Subtitle != "" {
		d.paragraph("Subtitle", "", []press.Run{{Text: c.Subtitle}})
	}
	for _, block := range c.Body.Blocks {
		d.block(block)
	}
	for i, a := range c.Attachments {
		name := a.Name
		if i == 0 {
			name = attachmentHead(c) + press.Say(": ", "：").In(markup.Language(c)) + name
		}
		d.paragraph("BodyText", "", []press.Run{{Text: name}})
	}
	if credits := CreditsLine(c.Credits, markup.Language(c)); credits != "" {
		d.paragraph("BodyText", jc(press.AlignRight), []press.Run{{Text: "（" + credits + "）"}})
	}
	d.raw(endOfDocument)
}

func (d *document) relate(kind, target string) string {
	d.related = append(d.related, related{kind, target})
	return "rId" + strconv.Itoa(len(d.related)+fixedRelations)
}

func (d *document) block(block press.Block) {
	switch block := block.(type) {
	case press.Paragraph:
		d.paragraph("BodyText", flow(block.Align, block.Text), block.Text)
	case press.Heading:
		d.paragraph("Heading"+strconv.Itoa(min(max(block.Level, 2), 4)), jc(block.Align), block.Text)
	case press.Picture:
		d.figure(block)
	case press.Gallery:
		d.gallery(block)
	case press.List:
		d.list(block, 0)
	case press.Quote:
		for _, p := range block.Paragraphs {
			d.paragraph("Quote", jc(p.Align), p.Text)
		}
	case press.Table:
		d.table(block)
	case press.Divider:
		d.raw(`<w:p><w:pPr><w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr></w:pPr></w:p>`)
	}
}

// flow is how running text stands: in Chinese the first line of what is not aligned begins two characters in.
func flow(align press.Align, runs []press.Run) string {
	if align == press.AlignStart && chinese(runs) {
		return `<w:ind w:firstLineChars="200" w:firstLine="480"/>`
	}
	return jc(align)
}

func jc(align press.Align) string {
	if align == press.AlignStart {
		return ""
	}
	return `<w:jc w:val="` + string(align) + `"/>`
}

func (d *document) paragraph(style, properties string, runs []press.Run) {
	d.raw(`<w:p><w:pPr><w:pStyle w:val="`, style, `"/>`, properties, `</w:pPr>`)
	d.runs(runs, "")
	d.raw(`</w:p>`)
}

// runs writes words with their looks; look stands in every run besides.
func (d *document) runs(runs []press.Run, look string) {
	for _, r := range runs {
		link := ""
		if press.SafeLink(r.Link) {
			if link = d.links[r.Link]; link == "" {
				link = d.relate("hyperlink", r.Link)
				d.links[r.Link] = link
			}
			d.raw(`<w:hyperlink r:id="`, link, `" w:history="1">`)
		}
		d.raw(`<w:r>`)
		if properties := runProperties(r, look, link != ""); properties != "" {
			d.raw(`<w:rPr>`, properties, `</w:rPr>`)
		}
		for i, line := range strings.Split(r.Text, "\n") {
			if i > 0 {
				d.raw(`<w:br/>`)
			}
			d.raw(`<w:t xml:space="preserve">`, escaped(line), `</w:t>`)
		}
		d.raw(`</w:r>`)
		if link != "" {
			d.raw(`</w:hyperlink>`)
		}
	}
}

// runProperties are in the order that the schema asks for (17.3.2.28).
func runProperties(r press.Run, look string, link bool) string {
	out := ""
	add := func(on bool, element string) {
		if on {
			out += element
		}
	}
	add(link, `<w:rStyle w:val="Hyperlink"/>`)
	add(r.Bold || look == "bold", `<w:b/><w:bCs/>`)
	add(r.Italic, `<w:i/><w:iCs/>`)
	add(r.Strike, `<w:strike/>`)
	hex := markup.PaletteHex(r.Color)
	add(hex != "", `<w:color w:val="`+hex+`"/>`)
	add(r.Underline, `<w:u w:val="single"/>`)
	return out
}

// list gives each list, also those in lists, a numbering of its own, so that each begins where it should.
func (d *document) list(list press.List, level int) {
	d.lists = append(d.lists, list)
	use := fmt.Sprintf(`<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>`, min(level, press.MaxListDepth-1), len(d.lists))
	for _, item := range list.Items {
		d.paragraph("BodyText", use, item.Text)
		if item.List != nil {
			d.list(*item.List, level+1)
		}
	}
}

func (d *document) figure(p press.Picture) {
	if _, ok := d.page[p.Photo]; !ok {
		return
	}
	keep := ""
	if p.Caption == "" {
		keep = `<w:keepNext w:val="0"/>`
	}
	d.raw(`<w:p><w:pPr><w:pStyle w:val="Figure"/>`, keep, `</w:pPr>`)
	d.drawing(p, textEMU)
	d.raw(`</w:p>`)
	d.caption(p)
}

func (d *document) caption(p press.Picture) {
	if p.Caption == "" {
		return
	}
	side := ""
	if d.captions == press.CaptionLeft {
		side = `<w:jc w:val="left"/>`
	}
	text := p.Caption
	if d.captions == press.CaptionMarked && !strings.HasPrefix(text, strings.TrimSpace(press.CaptionMark)) {
		text = press.CaptionMark + text
	}
	d.paragraph("Caption", side, []press.Run{{Text: text}})
}

// drawing writes a photo in a run of its own, as wide as it is or as there is room.
func (d *document) drawing(p press.Picture, room int) {
	r := d.page[p.Photo]
	part, ok := d.media[p.Photo]
	if !ok {
		part = fmt.Sprintf("media/image%d%s", len(d.shown)+1, extension(r.ContentType))
		d.media[p.Photo] = part
		d.shown = append(d.shown, p.Photo)
		d.links[part] = d.relate("image", part)
	}
	d.drawings++
	wide, high := r.Width*emuPixel, r.Height*emuPixel
	if wide > room {
		wide, high = room, max(1, high*room/wide)
	}
	if high > maxHigh {
		wide, high = max(1, wide*maxHigh/high), maxHigh
	}
	about := fmt.Sprintf(`id="%d" name="%d"`, d.drawings, d.drawings)
	if p.Alt != "" {
		about += ` descr="` + escaped(p.Alt) + `"`
	}
	fmt.Fprintf(&d.out, `<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%[1]d" cy="%[2]d"/><wp:docPr %[3]s/>`+
		`<a:graphic><a:graphicData uri="%[4]s"><pic:pic><pic:nvPicPr><pic:cNvPr %[3]s/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip r:embed="%[5]s"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>`+
		`<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%[1]d" cy="%[2]d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
		wide, high, about, pictureSpace, d.links[part])
}
