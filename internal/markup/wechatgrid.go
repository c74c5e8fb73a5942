package markup

import (
	"strconv"

	"newsdesk/internal/press"
)

// The markers of lists, by depth; deeper ones begin again.
var (
	bullets  = [...]string{"disc", "circle", "square"}
	counters = [...]string{"decimal", "lower-alpha", "lower-roman"}
)

// list writes a list without white space between its parts, and the list inside an item after that item.
func (w *wechat) list(list press.List, depth int) {
	tag, marker := "ul", bullets[depth%len(bullets)]
	if list.Ordered {
		tag, marker = "ol", counters[depth%len(counters)]
	}
	w.raw("<", tag)
	if list.Ordered && list.Start != 0 && list.Start != 1 {
		w.raw(` start="`, strconv.Itoa(list.Start), `"`)
	}
	apart := ""
	if depth == 0 {
		apart = w.css.list
	}
	w.raw(style(apart, "padding-left:"+w.indent(list).css(), "list-style:"+marker+" outside"), ">")
	for _, item := range list.Items {
		w.item(item)
		if item.List != nil {
			w.list(*item.List, depth+1)
		}
	}
	w.raw("</", tag, ">")
}

// indent is the room for markers. Numbers of two digits and more need more of it, or they would be cut off at the edge.
func (w *wechat) indent(list press.List) Px {
	indent := w.theme.List.Indent
	if list.Ordered {
		last := max(1, list.Start) + len(list.Items) - 1
		indent += Px(9 * (len(strconv.Itoa(last)) - 1))
	}
	return indent
}

// item writes one item; the section keeps the editor from making the bullet an empty line. An item that has only a list
// keeps its marker.
func (w *wechat) item(item press.ListItem) {
	w.raw("<li", w.css.item, "><section>")
	if len(item.Text) == 0 {
		w.raw("<br>")
	}
	w.runs(item.Text)
	w.raw("</section></li>")
}

// table writes a grid inside a section that scrolls sideways, with all borders on the cells, because the page has none.
// Widths are on the cells of the first row. From five columns on the table is wider than a phone and scrolls.
func (w *wechat) table(t press.Table) {
	if len(t.Rows) == 0 {
		return
	}
	widths := columnWidths(t)
	grid := w.css.grid
	if len(widths) > 4 {
		grid += ";min-width:" + strconv.Itoa(90*len(widths)) + "px"
	}
	w.raw("<section", w.css.table, "><table", style(grid), ">")
	head := headRows(t)
	for i, row := range t.Rows {
		w.raw("<tr>")
		column := 0
		for _, cell := range row {
			width := 0
			for range span(cell.ColSpan) {
				if i == 0 && column < len(widths) {
					width += widths[column]
				}
				column++
			}
			w.cell(cell, i < head, width)
		}
		w.raw("</tr>")
	}
	w.raw("</table></section>")
}

// cell writes one cell; a width of 0 is not written.
func (w *wechat) cell(cell press.Cell, head bool, width int) {
	tag, look := "td", w.css.cell[cell.Align]
	if head {
		tag, look = "th", w.css.head[cell.Align]
	}
	if width > 0 {
		look += ";width:" + strconv.Itoa(width) + "%"
	}
	w.raw("<", tag)
	w.spans(cell)
	w.raw(style(look), ">")
	w.runs(cell.Text)
	w.raw("</", tag, ">")
}

func (w *writer) spans(cell press.Cell) {
	if cell.ColSpan > 1 {
		w.raw(` colspan="`, strconv.Itoa(cell.ColSpan), `"`)
	}
	if cell.RowSpan > 1 {
		w.raw(` rowspan="`, strconv.Itoa(cell.RowSpan), `"`)
	}
}
