package markup

import (
	"strconv"

	"newsdesk/internal/press"
)

// unique returns the id, with a number behind it if an earlier heading has it.
func (w *site) unique(id string) string {
	for {
		w.ids[id]++
		n := w.ids[id]
		if n == 1 {
			return id
		}
		if numbered := id + "-" + strconv.Itoa(n); w.ids[numbered] == 0 {
			w.ids[numbered] = 1
			return numbered
		}
	}
}

func (w *site) list(list press.List) { w.items(list, w.runs) }

// table writes a grid in a box that scrolls sideways. The box takes the keyboard's focus, or nobody without a pointer
// could scroll it, and so it needs a role and a name.
func (w *site) table(t press.Table) {
	if len(t.Rows) == 0 {
		return
	}
	w.tables++
	label := press.Say("Table %d", "表格 %d", w.tables).In(w.lang)
	w.raw(`<div class="table" role="region" tabindex="0"`)
	w.attr("aria-label", label)
	w.raw("><table>")
	head := headRows(t)
	w.section("thead", t.Rows[:head])
	w.section("tbody", t.Rows[head:])
	w.raw("</table></div>")
}

func (w *site) section(tag string, rows [][]press.Cell) {
	if len(rows) == 0 {
		return
	}
	w.raw("<", tag, ">")
	for _, row := range rows {
		w.raw("<tr>")
		for _, cell := range row {
			w.cell(cell, tag == "thead")
		}
		w.raw("</tr>")
	}
	w.raw("</", tag, ">")
}

func (w *site) cell(cell press.Cell, head bool) {
	tag, scope := "td", ""
	if head {
		tag, scope = "th", ` scope="col"`
		if cell.ColSpan > 1 {
			scope = ` scope="colgroup"`
		}
	}
	w.raw("<", tag, scope)
	w.spans(cell)
	w.aligned(cell.Align)
	w.raw(">")
	w.runs(cell.Text)
	w.raw("</", tag, ">")
}
