package export

import (
	"fmt"
	"strconv"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// galleryColumns is a number that two and three photos to a row divide.
const galleryColumns = 6

// gallery lays photos out as news offices do: a table without lines, a row of photos and under it a row of their captions.
func (d *document) gallery(g press.Gallery) {
	var photos []press.Picture
	for _, p := range g.Photos {
		if _, ok := d.page[p.Photo]; ok {
			photos = append(photos, p)
		}
	}
	if len(photos) < 2 {
		for _, p := range photos {
			d.figure(p)
		}
		return
	}
	column := textTwips / galleryColumns
	d.raw(`<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:jc w:val="center"/><w:tblLook w:val="0000"/></w:tblPr><w:tblGrid>`)
	for range galleryColumns {
		d.raw(`<w:gridCol w:w="`, strconv.Itoa(column), `"/>`)
	}
	d.raw(`</w:tblGrid>`)
	for len(photos) > 0 {
		n := 2
		if len(photos) == 3 {
			n = 3
		}
		d.galleryRow(photos[:n], galleryColumns/n, column)
		photos = photos[n:]
	}
	d.afterTable()
}

func (d *document) galleryRow(photos []press.Picture, span, column int) {
	const margins = 2 * 108 // twips
	captions := false
	cell := func() {
		fmt.Fprintf(&d.out, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:gridSpan w:val="%d"/></w:tcPr>`, span*column, span)
	}
	d.raw(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
	for _, p := range photos {
		captions = captions || p.Caption != ""
		cell()
		d.raw(`<w:p><w:pPr><w:pStyle w:val="Figure"/></w:pPr>`)
		d.drawing(p, (span*column-margins)*914400/1440)
		d.raw(`</w:p></w:tc>`)
	}
	d.raw(`</w:tr>`)
	if !captions {
		return
	}
	d.raw(`<w:tr>`)
	for _, p := range photos {
		cell()
		if p.Caption == "" {
			d.raw(`<w:p/>`)
		}
		d.caption(p)
		d.raw(`</w:tc>`)
	}
	d.raw(`</w:tr>`)
}

// afterTable ends a table. Word makes one of two that touch, so that a paragraph stands behind each.
func (d *document) afterTable() { d.raw(`</w:tbl><w:p/>`) }

func (d *document) table(t press.Table) {
	widths, head := markup.TableShape(t)
	d.raw(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/><w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr><w:tblGrid>`)
	for _, percent := range widths {
		d.raw(`<w:gridCol w:w="`, strconv.Itoa(textTwips*percent/100), `"/>`)
	}
	d.raw(`</w:tblGrid>`)
	for i, row := range gridOf(t, len(widths)) {
		d.raw(`<w:tr>`)
		if i < head {
			d.raw(`<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
		}
		for _, s := range row {
			d.cell(s, widths, i < head, i == 0 && head > 0)
		}
		d.raw(`</w:tr>`)
	}
	d.afterTable()
}

func (d *document) cell(s slot, widths []int, head, bold bool) {
	wide := 0
	for _, percent := range widths[s.column : s.column+s.span] {
		wide += textTwips * percent / 100
	}
	fmt.Fprintf(&d.out, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, wide)
	if s.span > 1 {
		fmt.Fprintf(&d.out, `<w:gridSpan w:val="%d"/>`, s.span)
	}
	switch {
	case s.continued:
		d.raw(`<w:vMerge/>`)
	case s.cell.RowSpan > 1:
		d.raw(`<w:vMerge w:val="restart"/>`)
	}
	if head {
		d.raw(`<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>`)
	}
	d.raw(`<w:vAlign w:val="center"/></w:tcPr>`)
	if s.continued {
		d.raw(`<w:p/></w:tc>`)
		return
	}
	align := jc(s.cell.Align)
	if align == "" {
		align = `<w:jc w:val="left"/>`
	}
	look := ""
	if bold {
		look = "bold"
	}
	d.raw(`<w:p><w:pPr><w:pStyle w:val="BodyText"/>`, align, `</w:pPr>`)
	d.runs(s.cell.Text, look)
	d.raw(`</w:p></w:tc>`)
}

// slot is a cell as Word has it: one that reaches down is repeated, empty, in the rows below.
type slot struct {
	cell         press.Cell
	column, span int
	continued    bool
}

// gridOf places the cells of a table in a grid, and fills the places that no cell takes.
func gridOf(t press.Table, columns int) [][]slot {
	type reach struct{ rows, span int }
	above := make([]reach, columns)
	out := make([][]slot, 0, len(t.Rows))
	for _, row := range t.Rows {
		var slots []slot
		next := make([]reach, columns)
		for column, i := 0, 0; column < columns; {
			s := slot{column: column, span: 1}
			switch from := above[column]; {
			case from.rows > 0:
				s.span, s.continued = from.span, true
				next[column] = reach{from.rows - 1, from.span}
			case i < len(row):
				s.cell = row[i]
				s.span = min(max(1, row[i].ColSpan), columns-column)
				for k := 1; k < s.span; k++ { // never over what reaches down from above
					if above[column+k].rows > 0 {
						s.span = k
					}
				}
				next[column] = reach{max(1, row[i].RowSpan) - 1, s.span}
				i++
			}
			slots = append(slots, s)
			column += s.span
		}
		above = next
		out = append(out, slots)
	}
	return out
}
