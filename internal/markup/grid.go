package markup

import (
	"unicode/utf8"

	"newsdesk/internal/press"
)

// columnsOf returns in which column each cell of a table begins, given that cells listed in a row stand beside those that
// reach down from rows above, and how many columns there are.
func columnsOf(t press.Table) (begin [][]int, columns int) {
	begin = make([][]int, len(t.Rows))
	var reach []int // by column: how many more rows are taken from above
	for i, row := range t.Rows {
		begin[i] = make([]int, len(row))
		column := 0
		for j, cell := range row {
			for column < len(reach) && reach[column] > 0 {
				column++
			}
			begin[i][j] = column
			for range span(cell.ColSpan) {
				for len(reach) <= column {
					reach = append(reach, 0)
				}
				reach[column] = span(cell.RowSpan)
				column++
			}
		}
		for c := range reach {
			reach[c] = max(0, reach[c]-1)
		}
	}
	return begin, len(reach)
}

// span is a cell's reach; 0 means 1. It is bounded because a body might not have been checked.
func span(n int) int { return min(max(1, n), press.MaxTableCells) }

// columnWidths shares 100 percent between the columns by the longest text in each, so that a column of numbers does not
// get as much as a column of sentences; the weights are bounded on both sides, so that neither is squeezed.
func columnWidths(t press.Table) []int {
	begin, columns := columnsOf(t)
	weight := make([]int, columns)
	for i, row := range t.Rows {
		for j, cell := range row {
			if span(cell.ColSpan) == 1 {
				c := begin[i][j]
				weight[c] = max(weight[c], breadth(cell.Text))
			}
		}
	}
	total := 0
	for c := range weight {
		weight[c] = min(weight[c], 20) + 4
		total += weight[c]
	}
	widths, given, used := make([]int, columns), 0, 0
	for c := range widths {
		used += weight[c]
		widths[c] = used*100/total - given
		given += widths[c]
	}
	return widths
}

// breadth is about how wide text is, in halves of a Chinese character.
func breadth(runs []press.Run) int {
	n := 0
	for _, r := range runs {
		for _, c := range r.Text {
			n++
			if utf8.RuneLen(c) > 2 {
				n++
			}
		}
	}
	return n
}

// headRows is how many rows at the top are the header: the first one, and those its cells reach down into.
func headRows(t press.Table) int {
	if !t.Header || len(t.Rows) == 0 {
		return 0
	}
	rows := 1
	for _, cell := range t.Rows[0] {
		rows = max(rows, span(cell.RowSpan))
	}
	return min(rows, len(t.Rows))
}
