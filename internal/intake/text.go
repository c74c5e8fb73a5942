package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// readText reads plain text: every line is a paragraph, a line that is just a photo's name places the photo, and the
// first line that is neither empty nor a position line is the title.
func (d *draft) readText(source string) error {
	for _, p := range textParagraphs(source) {
		d.bytes += len(p.text)
		runs := []press.Run{{Text: clean(p.text)}}
		d.pieces = append(d.pieces, d.split(runs, p.line, false, func(runs []press.Run) piece {
			return piece{block: press.Paragraph{Text: runs}}
		})...)
		if d.overfull() {
			return d.tooLong()
		}
	}
	d.takePosition()
	return d.takeTitle(d.firstLine)
}

type paragraph struct {
	text string
	line int
	last string // the line it ends with
}

// textParagraphs cuts text at its lines. A line that was broken in the middle of an English sentence is joined to the
// one before it; nothing else is, because Chinese drafts put each paragraph on a line.
func textParagraphs(source string) []paragraph {
	var out []paragraph
	joinable := false
	number := 0
	for line := range strings.Lines(source) {
		if number++; len(out) > maxPieces {
			break
		}
		text := strings.TrimRight(line, " \t\n\v\f\u3000")
		switch {
		case isBlank(text):
			joinable = false
		case joinable && continues(out[len(out)-1], text):
			out[len(out)-1].text += " " + text
			out[len(out)-1].last = text
		default:
			out = append(out, paragraph{text: text, line: number, last: text})
			joinable = true
		}
	}
	return out
}

// continues reports whether next goes on with the sentence that the full line before left open.
func continues(before paragraph, next string) bool {
	if len(before.last) < 60 || len(before.last) > 200 || len(before.text) > 8<<10 {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(before.last)
	first, _ := utf8.DecodeRuneInString(next)
	open := last < 0x80 && (unicode.IsLetter(last) || last == ',')
	return open && first < 0x80 && unicode.IsLower(first) && !isPhoto(next) && !isPhoto(before.last)
}
