package intake

import (
	"slices"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// piece is a block on its way into the body, with what is needed to find the title, the credits and the lists.
type piece struct {
	block  press.Block
	line   int     // in the document; 0 when unknown
	level  int     // of a heading, 1 to 6, before headings are shifted
	role   role    // what the document itself says a paragraph is
	marker *marker // of a paragraph that Word shows as a list item
	size   int     // of most letters, in half points, where a Word document says so
	width  int     // of a picture in such a document, in its units; 0: not known
	number int     // of the marker that placed a photo; 0: none did
	rest   bool    // of a gallery: it means the photos that stand nowhere else
}

type role int

const (
	ordinary role = iota
	titleRole
	subtitleRole
	captionRole
	authorRole
	dateRole
)

// softBreak stands for the end of a source line inside a paragraph until it is known whether the line names a photo.
// It is a control character, which clean drops, so that no document can contain one.
const softBreak = '\v'

// textOf returns the words of a paragraph or heading.
func (p piece) text() (string, bool) {
	switch block := p.block.(type) {
	case press.Paragraph:
		return press.PlainText(block.Text), true
	case press.Heading:
		return press.PlainText(block.Text), true
	}
	return "", false
}

// paragraphText returns the words of a paragraph.
func (p piece) paragraphText() (string, bool) {
	if block, ok := p.block.(press.Paragraph); ok {
		return press.PlainText(block.Text), true
	}
	return "", false
}

// split makes the stretch of runs pieces: photos of lines that only name one, paragraphs of the others. build makes the
// paragraph; soft says whether source lines are looked at too, or only lines that the reader sees.
func (d *draft) split(runs []press.Run, line int, soft bool, build func([]press.Run) piece) []piece {
	var out []piece
	var kept []press.Run
	flush := func(line int) {
		for _, part := range splitParagraphs(kept) {
			p := build(joinRuns(part))
			p.line = line
			out = append(out, p)
		}
		kept = nil
	}
	start := line
	for _, l := range splitLines(runs, soft) {
		if picture, isName := d.photoLine(press.PlainText(l.runs), line); isName {
			flush(start)
			if picture != nil {
				out = append(out, piece{block: *picture, line: line})
			}
			start = line
		} else {
			kept = append(append(kept, l.runs...), l.end...)
		}
		if soft && line > 0 && len(l.end) > 0 {
			line++
		}
	}
	flush(start)
	d.made += len(out)
	return out
}

type textLine struct {
	runs []press.Run
	end  []press.Run // the break after it, with its look
}

// splitLines cuts runs at hard breaks, and at soft ones where asked.
func splitLines(runs []press.Run, soft bool) []textLine {
	marks := "\n"
	if soft {
		marks += string(softBreak)
	}
	out := make([]textLine, 1)
	for _, run := range runs {
		for {
			last := &out[len(out)-1]
			i := strings.IndexAny(run.Text, marks)
			if i < 0 {
				last.runs = append(last.runs, run)
				break
			}
			before, end := run, run
			before.Text, end.Text = run.Text[:i], run.Text[i:i+1]
			last.runs, last.end = append(last.runs, before), []press.Run{end}
			run.Text = run.Text[i+1:]
			out = append(out, textLine{})
		}
	}
	return out
}

// splitParagraphs cuts runs where the reader sees an empty line.
func splitParagraphs(runs []press.Run) [][]press.Run {
	var out [][]press.Run
	var part []press.Run
	for _, l := range splitLines(runs, false) {
		if isBlank(press.PlainText(l.runs)) {
			out = append(out, part)
			part = nil
			continue
		}
		part = append(append(part, l.runs...), l.end...)
	}
	out = append(out, part)
	return slices.DeleteFunc(out, func(part []press.Run) bool { return isBlank(press.PlainText(part)) })
}

func isBlank(s string) bool {
	return strings.TrimFunc(s, func(r rune) bool { return r == softBreak || r <= ' ' || r == 0x3000 || cleanRune(r) < 0 }) == ""
}

// joinRuns joins neighbours with one look, and writes each soft break as the space it stands for: none next to wide
// characters on both sides.
func joinRuns(runs []press.Run) []press.Run {
	text := ""
	if slices.ContainsFunc(runs, func(run press.Run) bool { return strings.ContainsRune(run.Text, softBreak) }) {
		text = press.PlainText(runs)
	}
	var out []press.Run
	var words strings.Builder
	offset := 0
	for i, run := range runs {
		if text == "" {
			words.WriteString(run.Text)
		} else {
			writeSpaced(&words, run.Text, text, offset)
		}
		offset += len(run.Text)
		if i+1 < len(runs) && sameLook(run, runs[i+1]) {
			continue
		}
		run.Text = words.String()
		words.Reset()
		out = append(out, run)
	}
	return out
}

// writeSpaced writes the part of text that begins at offset, with its soft breaks as spaces.
func writeSpaced(words *strings.Builder, part, text string, offset int) {
	for i, r := range part {
		if r == softBreak {
			words.WriteString(softSpace(text[:offset+i], text[offset+i+1:]))
		} else {
			words.WriteRune(r)
		}
	}
}

func softSpace(before, after string) string {
	left, _ := utf8.DecodeLastRuneInString(before)
	right, _ := utf8.DecodeRuneInString(after)
	switch {
	case before == "" || after == "" || left == '\n' || right == '\n':
		return ""
	case wide(left) && (wide(right) || sharedMark(right)), wide(right) && sharedMark(left):
		return ""
	case sharedMark(left) && sharedMark(right) && strings.ContainsFunc(before[max(0, len(before)-60):], wide):
		return ""
	}
	return " "
}

func sameLook(a, b press.Run) bool {
	a.Text, b.Text = "", ""
	return a == b
}

// photoLine reports whether a line is just the name of a photo, and places it. The picture is nil if the photo is not
// there; a note says so.
func (d *draft) photoLine(text string, line int) (*press.Picture, bool) {
	if d.own {
		return nil, false
	}
	name := strings.Trim(strings.TrimFunc(text, func(r rune) bool { return r <= ' ' || r == 0x3000 || r == 0xa0 }), "[]【】〔〕()（）<>《》\"“”'‘’「」")
	if !isPhoto(name) || utf8.RuneCountInString(name) > 255 || strings.ContainsAny(name, "\n\v") {
		return nil, false
	}
	found := d.shelf.find(name)
	if len(found) == 0 && readsLikeText(name) {
		return nil, false
	}
	if remote(name) {
		d.noteRemote(name, line)
		return nil, true
	}
	digest, ok := d.settle(found, name, line)
	if !ok {
		return nil, true
	}
	return &press.Picture{Photo: digest}, true
}

// readsLikeText tells a sentence that ends in a file's name from the name itself.
func readsLikeText(name string) bool {
	return utf8.RuneCountInString(name) > 100 || strings.ContainsAny(name, "。！？；：，!?;")
}
