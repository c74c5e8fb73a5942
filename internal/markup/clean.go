package markup

import (
	"strconv"

	"newsdesk/internal/press"
)

// CleanOptions says for whom clean HTML is written.
type CleanOptions struct {
	// Address is where the n-th photo of the body is found, counted from 1 as in Body.Photos. Where it is nil or answers "",
	// the photo's place is marked with its number instead: 【图1】.
	Address func(n int, p press.Picture) string
	// Indent begins Chinese paragraphs with two characters of space, as editors of Chinese content systems write it.
	Indent bool
	// Lang is the language of the marks; empty: told from the body.
	Lang press.Lang
	// Captions is how captions are set.
	Captions press.CaptionStyle
	// Classed writes the classes of Site in the place of styles, for showing it on pages whose policy forbids those.
	Classed bool
}

// Clean renders a body for somebody else's editor: tags that any of them keeps (p, h2 to h4, strong, em, u, s, a, ul, ol, li,
// blockquote, table, hr, br, img, span), no classes, ids or scripts, and no style but alignment, colour and the indent. The
// captions of photos follow them as paragraphs in the middle.
func Clean(b press.Body, opt CleanOptions) string {
	w := clean{opt: opt, numbers: PhotoNumbers(b), lang: opt.Lang}
	if w.lang == "" {
		w.lang = languageOf(b.Text())
	}
	for _, block := range b.Blocks {
		w.block(block)
		w.raw("\n")
	}
	return w.String()
}

// PhotoNumbers counts the photos of a body from 1, in the order in which they first appear.
func PhotoNumbers(b press.Body) map[press.Digest]int {
	out := map[press.Digest]int{}
	for i, d := range b.Photos() {
		out[d] = i + 1
	}
	return out
}

// PhotoMark stands for the n-th photo in a text without photos: 【图1】, and with a caption 【图1：会场】. It is what intake
// reads as the photo's place.
func PhotoMark(n int, caption string, lang press.Lang) string {
	noun, stop := "图", "："
	if lang == press.English {
		noun, stop = "Photo ", ": "
	}
	mark := "【" + noun + strconv.Itoa(n)
	if caption != "" {
		mark += stop + caption
	}
	return mark + "】"
}

// PaletteHex is the value of a palette's colour on white, as RRGGBB, where no theme says another; "" for what is none.
func PaletteHex(c press.Color) string {
	switch c {
	case press.Red:
		return "C00000"
	case press.Orange:
		return "B45F06"
	case press.Green:
		return "38761D"
	case press.Blue:
		return "1155CC"
	case press.Purple:
		return "7030A0"
	case press.Gray:
		return "666666"
	}
	return ""
}

type clean struct {
	writer
	opt     CleanOptions
	lang    press.Lang
	numbers map[press.Digest]int
}

func (w *clean) side(a press.Align) string {
	if w.opt.Classed && aligned[a] != "" {
		return ` class="` + string(a) + `"`
	}
	return aligned[a]
}

func (w *clean) color(c press.Color) string {
	switch hex := PaletteHex(c); {
	case hex == "":
		return ""
	case w.opt.Classed:
		return colorClass(c)
	default:
		return ` style="color:#` + hex + `"`
	}
}

func (w *clean) block(block press.Block) {
	switch block := block.(type) {
	case press.Paragraph:
		w.paragraph(block, w.opt.Indent)
	case press.Heading:
		tag := "h" + strconv.Itoa(min(max(block.Level, 2), 4))
		w.raw("<", tag, w.side(block.Align), ">")
		w.runs(block.Text)
		w.raw("</", tag, ">")
	case press.Picture:
		w.picture(block)
	case press.Gallery:
		for i, p := range block.Photos {
			if i > 0 {
				w.raw("\n")
			}
			w.picture(p)
		}
	case press.List:
		w.list(block)
	case press.Quote:
		w.raw("<blockquote>")
		for _, p := range block.Paragraphs {
			w.paragraph(p, false)
		}
		w.raw("</blockquote>")
	case press.Table:
		w.table(block)
	case press.Divider:
		w.raw("<hr>")
	}
}

func (w *clean) paragraph(p press.Paragraph, indent bool) {
	style := w.side(p.Align)
	if indent && !w.opt.Classed && style == "" && languageOf(press.PlainText(p.Text)) == press.Chinese {
		style = ` style="text-indent:2em"`
	}
	w.raw("<p", style, ">")
	w.runs(p.Text)
	w.raw("</p>")
}

func (w *clean) runs(runs []press.Run) {
	eachLink(runs, func(link string, group []press.Run) {
		if link != "" {
			w.raw("<a")
			w.attr("href", link)
			w.raw(">")
			defer w.raw("</a>")
		}
		for _, r := range group {
			w.run(r, "", w.color(r.Color))
		}
	})
}

func (w *clean) picture(p press.Picture) {
	n := w.numbers[p.Photo]
	address := ""
	if w.opt.Address != nil {
		address = w.opt.Address(n, p)
	}
	w.raw("<p", w.side(press.AlignCenter), ">")
	if address == "" {
		w.line(PhotoMark(n, "", w.lang))
	} else {
		w.raw("<img")
		w.attr("src", address)
		alt := p.Alt
		if alt == "" {
			alt = p.Caption
		}
		w.attr("alt", alt)
		w.raw(">")
	}
	w.raw("</p>")
	if p.Caption == "" {
		return
	}
	side := w.side(press.AlignCenter)
	if w.opt.Captions == press.CaptionLeft {
		side = ""
	}
	w.raw("\n<p", side, ">")
	w.line(captionText(p, w.opt.Captions))
	w.raw("</p>")
}

func (w *clean) list(list press.List) { w.items(list, w.runs) }

// table has lines, which editors draw by these old attributes whatever their style sheets say.
func (w *clean) table(t press.Table) {
	if len(t.Rows) == 0 {
		return
	}
	w.raw(`<table border="1" cellspacing="0" cellpadding="6">`)
	head := headRows(t)
	for i, row := range t.Rows {
		tag := "td"
		if i < head {
			tag = "th"
		}
		w.raw("<tr>")
		for _, cell := range row {
			w.raw("<", tag)
			w.spans(cell)
			w.raw(w.side(cell.Align), ">")
			w.runs(cell.Text)
			w.raw("</", tag, ">")
		}
		w.raw("</tr>")
	}
	w.raw("</table>")
}

// TableShape says how a table's columns share its width, in percent, and how many rows at the top are its header.
func TableShape(t press.Table) (widths []int, head int) { return columnWidths(t), headRows(t) }
