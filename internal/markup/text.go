package markup

import (
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// Text renders a body as plain text: an empty line between blocks, items with "-" or their number, quotes behind ">",
// captions in brackets (what is read aloud, where there is no caption), cells of a row between bars, "---" for a divider.
func Text(b press.Body) string {
	var parts []string
	for _, block := range b.Blocks {
		if lines := textOf(block); len(lines) > 0 {
			parts = append(parts, strings.Join(lines, "\n"))
		}
	}
	return strings.Join(parts, "\n\n")
}

// textOf returns the lines of one block.
func textOf(block press.Block) []string {
	switch block := block.(type) {
	case press.Paragraph:
		return []string{press.PlainText(block.Text)}
	case press.Heading:
		return []string{press.PlainText(block.Text)}
	case press.Picture:
		return pictureText(block)
	case press.Gallery:
		var lines []string
		for _, p := range block.Photos {
			lines = append(lines, pictureText(p)...)
		}
		return lines
	case press.List:
		return listText(block, "")
	case press.Quote:
		return quoteText(block)
	case press.Table:
		return tableText(block)
	case press.Divider:
		return []string{"---"}
	}
	return nil
}

func pictureText(p press.Picture) []string {
	switch {
	case p.Caption != "":
		return []string{"[" + p.Caption + "]"}
	case p.Alt != "":
		return []string{"[" + p.Alt + "]"}
	}
	return nil
}

// listText writes each item behind its marker; further lines and lists stand under the item's words.
func listText(list press.List, indent string) []string {
	var lines []string
	number := list.Start
	if number == 0 {
		number = 1
	}
	for _, item := range list.Items {
		marker := "- "
		if list.Ordered {
			marker = strconv.Itoa(number) + ". "
			number++
		}
		under := indent + strings.Repeat(" ", len(marker))
		lines = append(lines, indent+marker+strings.ReplaceAll(press.PlainText(item.Text), "\n", "\n"+under))
		if item.List != nil {
			lines = append(lines, listText(*item.List, under)...)
		}
	}
	return lines
}

func quoteText(q press.Quote) []string {
	var lines []string
	for i, p := range q.Paragraphs {
		if i > 0 {
			lines = append(lines, ">")
		}
		lines = append(lines, "> "+strings.ReplaceAll(press.PlainText(p.Text), "\n", "\n> "))
	}
	return lines
}

func tableText(t press.Table) []string {
	var lines []string
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.ReplaceAll(press.PlainText(cell.Text), "\n", " ")
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	return lines
}
