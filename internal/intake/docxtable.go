package intake

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// wordCell is a cell of a table while it is being read.
type wordCell struct {
	pieces     []piece
	column     int
	span       int
	rows       int
	joined     bool // goes on from the row above
	paragraphs []press.Paragraph
	rest       []piece // pictures and what else is no text
	bold       bool
}

type wordTable struct {
	rows   [][]*wordCell
	header bool
	style  *wordStyle
}

// table reads <w:tbl>. Tables that hold photos and their captions become pictures, those that only lay out a page are
// taken apart.
func (w *word) table(n *node) {
	w.flush()
	t := wordTable{style: w.styles.style(n.at("w:tblPr").val("w:tblStyle"))}
	look := n.at("w:tblPr", "w:tblLook")
	firstRow := onOff(&node{attrs: []attribute{{"w:val", look.attr("w:firstRow")}}}) == on && look.attr("w:firstRow") != ""
	if bits, err := strconv.ParseUint(look.attr("w:val"), 16, 32); err == nil {
		firstRow = firstRow || bits&0x20 != 0
	}
	t.header = firstRow && t.style.header
	w.tableRows(&t, n)
	t.join()
	s := w.sink
	switch {
	case len(t.rows) == 0:
	case t.cells() == 1 || t.layout():
		if t.cells() > 1 {
			w.dropped[lostLayout]++
		}
		t.each(func(c *wordCell) { s.pieces = append(s.pieces, joinHeadings(c.pieces)...) })
	default:
		if photos, ok := t.photos(); ok {
			s.pieces = append(s.pieces, photos...)
			return
		}
		w.dataTable(&t)
	}
}

func (w *word) dataTable(t *wordTable) {
	s := w.sink
	words := false
	var after []piece
	t.each(func(c *wordCell) {
		words = words || len(c.paragraphs) > 0
		after = append(after, c.rest...)
	})
	if words {
		block := t.block()
		for _, row := range block.Rows {
			w.d.made += len(row)
		}
		s.pieces = append(s.pieces, piece{block: block})
		w.dropped[lostInTable] += countPictures(after)
	}
	s.pieces = append(s.pieces, after...)
}

// tableRows reads the rows of a table, those inside content controls and tracked changes too.
func (w *word) tableRows(t *wordTable, n *node) {
	for _, k := range n.kids {
		switch k.name {
		case "w:tr":
			w.tableRow(t, k)
		case "w:sdt":
			if content := k.child("w:sdtContent"); content != nil {
				w.tableRows(t, content)
			}
		case "w:customXml", "w:ins", "w:moveTo":
			w.tableRows(t, k)
		}
	}
}

func (w *word) tableRow(t *wordTable, n *node) {
	if w.d.overfull() {
		return
	}
	properties := n.child("w:trPr")
	if properties.child("w:del") != nil {
		w.dropped[lostDeletions]++
		return
	}
	if properties.child("w:ins") != nil {
		w.dropped[lostInsertions]++
	}
	column := gridNumber(properties.val("w:gridBefore"), 0)
	var row []*wordCell
	if column > 0 {
		row = append(row, &wordCell{span: column})
	}
	w.tableCells(n, &row, &column)
	if after := gridNumber(properties.val("w:gridAfter"), 0); after > 0 && len(row) > 0 {
		row = append(row, &wordCell{column: column, span: after})
	}
	if len(row) == 0 {
		return
	}
	t.header = t.header || len(t.rows) == 0 && onOff(properties.child("w:tblHeader")) == on
	t.rows = append(t.rows, row)
}

// gridNumber reads a number of columns, which Word bounds by 63.
func gridNumber(s string, least int) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return least
	}
	return min(max(n, least), 100)
}

func (w *word) tableCells(n *node, row *[]*wordCell, column *int) {
	for _, k := range n.kids {
		switch k.name {
		case "w:tc":
			if w.d.overfull() {
				return
			}
			w.tableCell(k, row, column)
		case "w:sdt":
			if content := k.child("w:sdtContent"); content != nil {
				w.tableCells(content, row, column)
			}
		case "w:customXml", "w:ins", "w:moveTo":
			w.tableCells(k, row, column)
		}
	}
}

func (w *word) tableCell(n *node, row *[]*wordCell, column *int) {
	properties := n.child("w:tcPr")
	span := gridNumber(properties.val("w:gridSpan"), 1)
	defer func() { *column += span }()
	c := &wordCell{column: *column, span: span, rows: 1}
	if merge := properties.child("w:hMerge"); merge != nil && merge.attr("w:val") != "restart" && len(*row) > 0 {
		(*row)[len(*row)-1].span += span
		return
	}
	if merge := properties.child("w:vMerge"); merge != nil && merge.attr("w:val") != "restart" {
		c.joined = true
	}
	if properties.child("w:cellDel") != nil {
		w.dropped[lostDeletions]++
	} else {
		c.pieces = levelled(continued(w.collect(func() { w.blocks(n) })))
	}
	w.flattenCell(c)
	*row = append(*row, c)
}

// flattenCell makes paragraphs of what is in a cell; a table in it becomes lines.
func (w *word) flattenCell(c *wordCell) {
	var plain []piece
	nested := false
	for _, p := range c.pieces {
		if heading, ok := p.block.(press.Heading); ok {
			heading.Text = slices.Clone(heading.Text) // flatten makes it bold
			p.block = heading
		}
		table, ok := p.block.(press.Table)
		if !ok {
			plain = append(plain, p)
			continue
		}
		nested = true
		w.dropped[lostNested]++
		for _, row := range table.Rows {
			var line []press.Run
			for i, cell := range row {
				if i > 0 {
					line = append(line, press.Run{Text: " | "})
				}
				line = append(line, cell.Text...)
			}
			plain = append(plain, piece{block: press.Paragraph{Text: line}})
		}
	}
	if nested {
		c.pieces = slices.Clone(plain)
	}
	c.paragraphs, c.rest = flatten(plain)
	c.bold = len(c.paragraphs) > 0
	for _, p := range c.paragraphs {
		c.bold = c.bold && allBold(p.Text)
	}
}

// join gives cells that are merged downwards their height. A cell that goes on from nothing begins there.
func (t *wordTable) join() {
	above := map[int]*wordCell{}
	for i, row := range t.rows {
		next := map[int]*wordCell{}
		kept := row[:0:0]
		for _, c := range row {
			if top := above[c.column]; c.joined && i > 0 && top != nil && top.span == c.span {
				top.rows++
				top.pieces, top.paragraphs, top.rest = append(top.pieces, c.pieces...), append(top.paragraphs, c.paragraphs...), append(top.rest, c.rest...)
				next[c.column] = top
				continue
			}
			kept = append(kept, c)
			next[c.column] = c
		}
		t.rows[i] = kept
		above = next
	}
}

func (t *wordTable) each(f func(*wordCell)) {
	for _, row := range t.rows {
		for _, c := range row {
			f(c)
		}
	}
}

func (t *wordTable) cells() int {
	n := 0
	t.each(func(*wordCell) { n++ })
	return n
}

// layout reports whether a table only arranges a page: it has whole stories in its cells, or pictures beside text in
// paragraphs and headings.
func (t *wordTable) layout() bool {
	pictures, stories, titled := 0, false, false
	t.each(func(c *wordCell) {
		pictures += countPictures(c.rest)
		words, headings := 0, false
		for _, p := range c.pieces {
			headings = headings || p.level > 0
		}
		for _, p := range c.paragraphs {
			words += utf8.RuneCountInString(press.PlainText(p.Text))
		}
		titled = titled || headings
		stories = stories || len(c.pieces) > 8 || headings && len(c.pieces) > 2 || words > 150 && len(c.paragraphs) > 1
	})
	return stories && (pictures > 0 || t.cells() <= 4) || titled && pictures > 0
}

func countPictures(pieces []piece) int {
	n := 0
	for _, p := range pieces {
		n += len(picturesOf(p))
	}
	return n
}

// picturesOf returns the pictures that a piece shows.
func picturesOf(p piece) []press.Picture {
	switch block := p.block.(type) {
	case press.Picture:
		return []press.Picture{block}
	case press.Gallery:
		return block.Photos
	}
	return nil
}

// block makes the table.
func (t *wordTable) block() press.Table {
	out := press.Table{}
	bold := true
	for i, row := range t.rows {
		cells := make([]press.Cell, 0, len(row))
		for _, c := range row {
			cell := press.Cell{}
			if c.span > 1 {
				cell.ColSpan = c.span
			}
			if c.rows > 1 {
				cell.RowSpan = min(c.rows, len(t.rows)-i)
			}
			for j, p := range c.paragraphs {
				if j == 0 {
					cell.Align = p.Align
				}
				cell.Text = appendLine(cell.Text, p.Text)
			}
			cell.Text = joinRuns(cell.Text)
			bold = bold && (i > 0 || c.bold)
			cells = append(cells, cell)
		}
		out.Rows = append(out.Rows, cells)
	}
	out.Header = len(t.rows) > 1 && (t.header || bold)
	if out.Header {
		for i := range out.Rows[0] {
			out.Rows[0][i].Text = unbolded(out.Rows[0][i].Text)
		}
	}
	return out
}

// joinHeadings makes one of the lines of a heading that a narrow cell broke.
func joinHeadings(pieces []piece) []piece {
	var out []piece
	for _, p := range pieces {
		heading, ok := p.block.(press.Heading)
		if last := len(out) - 1; ok && last >= 0 {
			if before, isHeading := out[last].block.(press.Heading); isHeading && before.Level == heading.Level {
				text := append(slices.Clone(before.Text), press.Run{Text: string(softBreak)})
				before.Text = joinRuns(append(text, heading.Text...))
				out[last].block = before
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// photos makes pictures of a table that holds photos and their captions and nothing else, as news offices lay them out:
// rows of photos, each followed by a row of captions, or photos with the caption in their own cell.
func (t *wordTable) photos() ([]piece, bool) {
	var out []piece
	var row []photoCell
	for _, cells := range t.rows {
		photos, captions, ok := photoRow(cells)
		switch {
		case !ok:
			return nil, false
		case len(photos) > 0:
			out = append(out, shownRow(row)...)
			row = photos
		case len(captions) == 0:
		case len(row) == 0 || !takeCaptions(row, captions):
			return nil, false
		}
	}
	out = append(out, shownRow(row)...)
	return joinGalleries(out), countPictures(out) > 0
}

type photoCell struct {
	column, span int
	pictures     []press.Picture
	below        string // a caption of the whole row
}

const maxCaptionRunes = 100

// photoRow reads a row of photos or a row of captions; a row of anything else is neither.
func photoRow(cells []*wordCell) (photos []photoCell, captions []*wordCell, ok bool) {
	for _, c := range cells {
		text := c.caption()
		if utf8.RuneCountInString(text) > maxCaptionRunes || len(c.paragraphs) > 2 {
			return nil, nil, false
		}
		p := photoCell{column: c.column, span: c.span}
		for _, rest := range c.rest {
			pictures := picturesOf(rest)
			if len(pictures) == 0 {
				return nil, nil, false
			}
			p.pictures = append(p.pictures, pictures...)
		}
		switch {
		case len(p.pictures) > 0:
			if last := &p.pictures[len(p.pictures)-1]; text != "" {
				last.Caption = text
			}
			photos = append(photos, p)
		case text != "":
			captions = append(captions, c)
		}
	}
	if len(photos) == 0 || len(captions) == 0 {
		return photos, captions, true
	}
	if len(photos) != 1 || len(captions) != 1 || photos[0].pictures[0].Caption != "" {
		return nil, nil, false
	}
	photos[0].pictures[0].Caption = captions[0].caption() // photo and caption side by side
	return photos, nil, true
}

func (c *wordCell) caption() string {
	var lines []string
	for _, p := range c.paragraphs {
		lines = append(lines, press.PlainText(p.Text))
	}
	return captionText(strings.Join(lines, " "))
}

// takeCaptions gives a row of captions to the row of photos above it.
func takeCaptions(row []photoCell, captions []*wordCell) bool {
	for _, c := range captions {
		var under []int
		for i, p := range row {
			if p.column < c.column+c.span && c.column < p.column+p.span {
				under = append(under, i)
			}
		}
		switch {
		case len(under) == 1 && row[under[0]].pictures[len(row[under[0]].pictures)-1].Caption == "":
			row[under[0]].pictures[len(row[under[0]].pictures)-1].Caption = c.caption()
		case len(under) > 1 && len(captions) == 1 && row[0].below == "":
			row[0].below = c.caption()
		default:
			return false
		}
	}
	return true
}

// shownRow makes a picture or gallery of a row of photos.
func shownRow(row []photoCell) []piece {
	var pictures []press.Picture
	below := ""
	for _, p := range row {
		pictures = append(pictures, p.pictures...)
		below += p.below
	}
	var out []piece
	switch len(pictures) {
	case 0:
	case 1:
		out = append(out, piece{block: pictures[0]})
	default:
		out = append(out, piece{block: press.Gallery{Photos: pictures}})
	}
	if below != "" {
		out = append(out, piece{block: press.Paragraph{Align: press.AlignCenter, Text: []press.Run{{Text: below}}}})
	}
	return out
}

// joinGalleries makes one gallery of neighbouring ones.
func joinGalleries(pieces []piece) []piece {
	var out []piece
	for _, p := range pieces {
		gallery, ok := p.block.(press.Gallery)
		if last := len(out) - 1; ok && last >= 0 {
			if before, isGallery := out[last].block.(press.Gallery); isGallery {
				before.Photos = append(before.Photos, gallery.Photos...)
				out[last].block = before
				continue
			}
		}
		out = append(out, p)
	}
	return out
}
