package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

var positionLine = regexp.MustCompile(`(?is)^(?:.{0,80}?)(?:当前的?(?:所在)?位置|(?:您|你)(?:现在|当前)?的?(?:所在)?(?:的)?位置|现在位置|所在位置|current (?:location|position)|your (?:location|position)|you are here)\s*(?:是|为)?\s*[:：]\s*(.+)$`)

// position reads a line such as "Current Location:News information > Group news" as the column that it shows. The home
// page at its start and the page itself at its end are no columns.
func position(line string) (press.Column, bool) {
	line = strings.Join(strings.Fields(line), " ")
	if utf8.RuneCountInString(line) > 200 {
		return nil, false
	}
	found := positionLine.FindStringSubmatch(line)
	if found == nil {
		return nil, false
	}
	return trimColumn(press.ParseColumn(strings.ReplaceAll(found[1], "／", "/"))), true
}

func trimColumn(column press.Column) press.Column {
	if len(column) > 0 && oneOf(column[0], "首页", "主页", "网站首页", "home", "homepage", "home page") {
		column = column[1:]
	}
	if n := len(column); n > 0 && oneOf(column[n-1], "正文", "内容", "文章", "详情", "article", "content") {
		column = column[:n-1]
	}
	return column
}

func oneOf(s string, words ...string) bool {
	for _, w := range words {
		if strings.EqualFold(s, w) {
			return true
		}
	}
	return false
}

// takePosition takes a position line from the first words of the document.
func (d *draft) takePosition() {
	for i, p := range d.pieces {
		text, ok := p.text()
		if !ok {
			continue
		}
		if column, ok := position(text); ok {
			d.setColumn(column, p.line)
			d.pieces = append(d.pieces[:i:i], d.pieces[i+1:]...)
		}
		return
	}
}

// setColumn keeps a column that can be kept, and says so of one that cannot. What is set first stays.
func (d *draft) setColumn(column press.Column, line int) {
	if len(d.content.Column) > 0 || len(column) == 0 {
		return
	}
	if err := column.Check(); err != nil {
		d.notes.add("column.unusable", line, "", press.TextOf(err))
		return
	}
	d.content.Column = column
}
