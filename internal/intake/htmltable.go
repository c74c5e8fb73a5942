package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newsdesk/internal/press"
)

// quote walks <blockquote>. A quote holds paragraphs; what else is in it follows it.
func (w *walker) quote(n *html.Node, ctx context) {
	w.flush()
	line := w.line
	paragraphs, after := flatten(w.collect(n, ctx))
	if len(paragraphs) > 0 {
		w.sink.pieces = append(w.sink.pieces, piece{block: press.Quote{Paragraphs: paragraphs}, line: line})
	}
	w.sink.pieces = append(w.sink.pieces, after...)
}

// flatten makes paragraphs of everything with words, and returns the rest.
func flatten(pieces []piece) (paragraphs []press.Paragraph, after []piece) {
	for _, p := range groupLists(pieces) {
		switch block := p.block.(type) {
		case press.Paragraph:
			paragraphs = append(paragraphs, block)
		case press.Heading:
			for i := range block.Text {
				block.Text[i].Bold = true
			}
			paragraphs = append(paragraphs, press.Paragraph{Align: block.Align, Text: block.Text})
		case press.List:
			paragraphs = append(paragraphs, itemParagraphs(block)...)
		case press.Quote:
			paragraphs = append(paragraphs, block.Paragraphs...)
		case press.Divider:
		default:
			after = append(after, p)
		}
	}
	return paragraphs, after
}

// itemParagraphs writes a list as paragraphs with their numbers or bullets.
func itemParagraphs(list press.List) []press.Paragraph {
	var out []press.Paragraph
	number := max(1, list.Start)
	for _, item := range list.Items {
		sign := "• "
		if list.Ordered {
			sign = fmt.Sprintf("%d. ", number)
			number++
		}
		if len(item.Text) > 0 {
			out = append(out, press.Paragraph{Text: append([]press.Run{{Text: sign}}, item.Text...)})
		}
		if item.List != nil {
			out = append(out, itemParagraphs(*item.List)...)
		}
	}
	return out
}

// grid is a table while it is being walked.
type grid struct {
	rows   [][]press.Cell
	heads  []bool    // whether all cells of the row are header cells
	cells  [][]piece // of every cell, in reading order
	nested bool      // holds a table
}

// table walks <table>. Pictures in cells follow the table; a table that only lays out a page is taken apart.
func (w *walker) table(n *html.Node, ctx context) {
	w.flush()
	line := w.line
	ctx.align = press.AlignStart
	var g grid
	w.rows(&g, n, ctx, false)
	g.trim()
	if g.isLayout() {
		for _, pieces := range g.cells {
			w.sink.pieces = append(w.sink.pieces, pieces...)
		}
		return
	}
	var after []piece
	words := false
	for _, pieces := range g.cells {
		paragraphs, rest := flatten(pieces)
		words = words || len(paragraphs) > 0
		after = append(after, rest...)
	}
	if words {
		w.sink.pieces = append(w.sink.pieces, piece{block: g.block(), line: line})
	}
	w.sink.pieces = append(w.sink.pieces, after...)
}

// rows walks the rows of a table and of its parts; tables inside cells are walked with the cell.
func (w *walker) rows(g *grid, n *html.Node, ctx context, head bool) {
	for c := n.FirstChild; c != nil && !w.d.overfull(); c = c.NextSibling {
		if c.Type != html.ElementNode || dropped(c) {
			continue
		}
		switch c.DataAtom {
		case atom.Thead, atom.Tbody, atom.Tfoot:
			w.rows(g, c, styled(c, ctx), c.DataAtom == atom.Thead)
		case atom.Tr:
			w.row(g, c, styled(c, ctx), head)
		case atom.Caption:
			centred := styled(c, ctx)
			centred.align = press.AlignCenter
			w.sink.pieces = append(w.sink.pieces, w.collect(c, centred)...)
		}
	}
}

func (w *walker) row(g *grid, n *html.Node, ctx context, head bool) {
	var row []press.Cell
	heads := true
	for c := n.FirstChild; c != nil && !w.d.overfull(); c = c.NextSibling {
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th || dropped(c) {
			continue
		}
		if number, err := strconv.Atoi(attr(c, lineAttr)); err == nil {
			w.line = number
		}
		cellCtx := styled(c, ctx)
		pieces := w.collect(c, cellCtx)
		cell := press.Cell{Align: cellCtx.align, ColSpan: span(c, "colspan"), RowSpan: span(c, "rowspan")}
		paragraphs, rest := flatten(pieces)
		for i, p := range paragraphs {
			if i == 0 && p.Align != "" {
				cell.Align = p.Align
			}
			cell.Text = appendLine(cell.Text, p.Text)
		}
		for _, p := range rest {
			if _, ok := p.block.(press.Table); ok {
				g.nested = true
			}
		}
		cell.Text = joinRuns(cell.Text)
		heads = heads && (c.DataAtom == atom.Th || head || allBold(cell.Text))
		row = append(row, cell)
		g.cells = append(g.cells, pieces)
	}
	if len(row) > 0 {
		g.rows = append(g.rows, row)
		g.heads = append(g.heads, heads)
	}
}

func span(n *html.Node, key string) int {
	value, err := strconv.Atoi(strings.TrimSpace(attr(n, key)))
	if err != nil || value < 2 {
		return 0
	}
	return min(value, 100)
}

// isLayout reports whether a table only lays out a page: one cell, a table inside, or whole stories in its cells.
func (g *grid) isLayout() bool {
	if len(g.cells) <= 1 || g.nested {
		return true
	}
	for _, pieces := range g.cells {
		if len(pieces) > 8 {
			return true
		}
	}
	return false
}

// trim takes away the empty rows and columns around a table: a sheet is copied with the cells beside what was meant.
func (g *grid) trim() {
	if g.spanned() {
		return
	}
	for len(g.rows) > 0 && emptyCells(g.rows[len(g.rows)-1]) {
		g.rows, g.heads = g.rows[:len(g.rows)-1], g.heads[:len(g.heads)-1]
	}
	for len(g.rows) > 0 && emptyCells(g.rows[0]) {
		g.rows, g.heads = g.rows[1:], g.heads[1:]
	}
	width := 0
	for _, row := range g.rows {
		width = max(width, len(row))
	}
	for ; width > 1 && g.emptyColumn(width-1); width-- {
		for i, row := range g.rows {
			g.rows[i] = row[:min(len(row), width-1)]
		}
	}
	for ; width > 1 && g.emptyColumn(0); width-- {
		for i, row := range g.rows {
			g.rows[i] = row[min(len(row), 1):]
		}
	}
}

func (g *grid) spanned() bool {
	for _, row := range g.rows {
		if slices.ContainsFunc(row, func(c press.Cell) bool { return c.ColSpan > 1 || c.RowSpan > 1 }) {
			return true
		}
	}
	return false
}

func emptyCells(row []press.Cell) bool {
	return !slices.ContainsFunc(row, func(c press.Cell) bool { return len(c.Text) > 0 })
}

func (g *grid) emptyColumn(x int) bool {
	return !slices.ContainsFunc(g.rows, func(row []press.Cell) bool { return x < len(row) && len(row[x].Text) > 0 })
}

// block makes the table. A row span ends with the table.
func (g *grid) block() press.Table {
	for i, row := range g.rows {
		for j := range row {
			if row[j].RowSpan = min(row[j].RowSpan, len(g.rows)-i); row[j].RowSpan == 1 {
				row[j].RowSpan = 0
			}
		}
	}
	return press.Table{Header: len(g.rows) > 1 && g.heads[0], Rows: g.rows}
}
