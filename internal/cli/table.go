package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
)

// columnsOf returns how many columns of a terminal a text takes: two for each Chinese character. What Unicode leaves open
// (quotation marks, …, ›) is one wide, as in nearly every terminal of today, whatever the locale says.
func columnsOf(s string) int {
	narrow := runewidth.NewCondition()
	narrow.EastAsianWidth = false
	return narrow.StringWidth(s)
}

// padded fills a text with spaces to a width in columns.
func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-columnsOf(s)))
}

// plain makes a text from elsewhere fit for a line on a terminal: nothing in it can move the cursor or change colours.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
}

// table prints rows under a head, each column as wide as its widest cell.
func (e *env) table(head []string, rows [][]string) {
	widths := make([]int, len(head))
	all := append([][]string{head}, rows...)
	for _, row := range all {
		for i, cell := range row {
			row[i] = plain(cell)
			widths[i] = max(widths[i], columnsOf(row[i]))
		}
	}
	for _, row := range all {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			line.WriteString(padded(cell, widths[i]))
		}
		fmt.Fprintln(e.out, strings.TrimRight(line.String(), " "))
	}
}

// field is a name and a value of one thing.
type field struct{ name, value string }

// fields prints names and values; what is empty is left out.
func (e *env) fields(list ...field) {
	width := 0
	for _, f := range list {
		if f.value != "" {
			width = max(width, columnsOf(f.name))
		}
	}
	for _, f := range list {
		if f.value != "" {
			fmt.Fprintf(e.out, "%s  %s\n", padded(f.name, width), plain(f.value))
		}
	}
}

// json prints a value as the API has it.
func (e *env) json(v any) error {
	enc := json.NewEncoder(e.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// more says that a list goes on.
func (e *env) more(shown, offset, total int) {
	if shown == 0 {
		e.tell("Nothing found.", "没有符合条件的内容。")
		return
	}
	if offset+shown < total {
		e.tell("%d of %d; --offset %d shows the next ones.", "显示 %d 条，共 %d 条；用 --offset %d 查看后续。", shown, total, offset+shown)
	}
}
