package intake

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// maxHeadingRunes is how long words in the style of a heading may be and still be one; people dress paragraphs in it.
const maxHeadingRunes = 120

// wordParagraph is what a paragraph is.
type wordParagraph struct {
	style  *wordStyle
	align  press.Align
	level  int // of a heading
	use    styleUse
	number *listNumber
	border bool
	sizes  map[int]int // how many letters have which size
}

// listNumber is what Word writes before a paragraph.
type listNumber struct {
	list, text, suffix string
	level, number      int
}

// paragraph reads <w:p>.
func (w *word) paragraph(n *node) {
	properties := n.child("w:pPr")
	s := w.sink
	carried := s.carried
	if !carried {
		w.flush()
	}
	s.para, s.carried = w.paragraphOf(properties), false
	if use := s.para.use; len(w.fields) > 0 && (use == headingStyle || use == titleStyle) {
		w.fields = nil // no field of Word's holds headings: its end is missing
	}
	for _, k := range n.kids {
		if k.name != "w:pPr" {
			w.inlineNode(k, inlineContext{})
		}
	}
	w.fields = slices.DeleteFunc(w.fields, func(f wordField) bool { return !f.shows }) // begun and never said
	if w.ends(properties) {
		w.flush()
	} else {
		s.carried = true
	}
}

// ends reports whether a paragraph ends where it ends in the file. One whose end was deleted goes on in the next, and so
// does a big first letter, which Word keeps in a paragraph of its own.
func (w *word) ends(properties *node) bool {
	if mark := properties.child("w:rPr"); mark.child("w:del") != nil || mark.child("w:moveFrom") != nil {
		w.dropped[lostDeletions]++
		return false
	}
	drop := properties.child("w:framePr").attr("w:dropCap")
	return drop == "" || drop == "none"
}

func (w *word) paragraphOf(properties *node) wordParagraph {
	id := properties.val("w:pStyle")
	if _, ok := w.styles.all[id]; !ok {
		id = w.styles.paragraph
	}
	style := w.styles.style(id)
	direct := parsePara(properties)
	para := direct.over(style.para.over(w.styles.para))
	p := wordParagraph{style: style, align: para.aligned(), use: style.use, border: para.border == on, sizes: map[int]int{}}
	switch {
	case style.use == headingStyle && direct.outline != 9:
		p.level = style.level
	case style.use == headingStyle:
		p.use = plainStyle
	case (style.use == plainStyle || style.use == bodyStyle) && para.outline >= 0 && para.outline < 9:
		p.use, p.level = headingStyle, para.outline+1
	}
	p.number = w.numberOf(para, direct, style)
	return p
}

// numberOf counts a paragraph that is an item of a list.
func (w *word) numberOf(para, direct wordPara, style *wordStyle) *listNumber {
	num := w.numbers.nums[para.list]
	if num == nil || w.dropping() {
		return nil
	}
	at := para.level
	if direct.list == "" && at < 0 {
		at = num.levelFor(style.id)
	}
	at = max(at, 0)
	text, number := num.next(at)
	level := num.level(at)
	return &listNumber{list: para.list, text: level.sign(text), suffix: level.suffix, level: at + 1, number: number}
}

// flush ends the running paragraph.
func (w *word) flush() {
	s := w.sink
	runs, after, para := s.runs, s.after, s.para
	s.runs, s.after, s.row, s.carried, s.para = nil, nil, nil, false, wordParagraph{}
	switch words := press.PlainText(runs); {
	case para.use == contentsStyle && !isBlank(words):
		w.dropped[lostContents]++
	case isRule(words) || isBlank(words) && para.border && len(after) == 0:
		s.pieces = append(s.pieces, piece{block: press.Divider{}})
	case len(runs) > 0:
		s.pieces = append(s.pieces, w.d.split(runs, 0, false, w.builder(para, words))...)
	}
	s.pieces = append(s.pieces, after...)
}

// isRule reports whether a paragraph is a line drawn with letters.
func isRule(words string) bool {
	words = strings.TrimSpace(words)
	first, _ := utf8.DecodeRuneInString(words)
	return utf8.RuneCountInString(words) >= 5 && strings.ContainsRune("-_=*—─━~－＿＝", first) && strings.Trim(words, string(first)) == ""
}

// builder makes pieces of the parts of a paragraph; its number stands before the first.
func (w *word) builder(para wordParagraph, words string) func([]press.Run) piece {
	number := para.number
	return func(runs []press.Run) piece {
		p := w.pieceOf(para, runs, utf8.RuneCountInString(words) > maxHeadingRunes)
		if number != nil {
			p = number.before(p)
			number = nil
		}
		return p
	}
}

func (w *word) pieceOf(para wordParagraph, runs []press.Run, long bool) piece {
	p := piece{size: para.size()}
	switch {
	case para.use == headingStyle && !long:
		p.level = min(para.level, 6)
		p.block = press.Heading{Level: p.level, Align: para.align, Text: unbolded(runs)}
		return p
	case para.use == titleStyle && !long:
		p.role = titleRole
	case para.use == subtitleStyle && !long:
		p.role = subtitleRole
	case para.use == captionStyle:
		p.role = captionRole
	case para.use == authorStyle:
		p.role = authorRole
	case para.use == dateStyle:
		p.role = dateRole
	case para.use == quoteStyle:
		p.block = press.Quote{Paragraphs: []press.Paragraph{{Align: para.align, Text: runs}}}
		return p
	}
	p.block = press.Paragraph{Align: para.align, Text: runs}
	return p
}

// unbolded is a heading's words, which are bold by themselves.
func unbolded(runs []press.Run) []press.Run {
	for i := range runs {
		runs[i].Bold = false
	}
	return joinRuns(runs)
}

// size is that of most letters.
func (p wordParagraph) size() int {
	best, most := 0, 0
	for size, n := range p.sizes {
		if n > most || n == most && size > best {
			best, most = size, n
		}
	}
	return best
}

// before puts a number before a piece: as that of a list's item, or, where no list could show it, in the words.
func (n *listNumber) before(p piece) piece {
	block, isParagraph := p.block.(press.Paragraph)
	switch {
	case n.text == "" && isParagraph:
		p.marker = &marker{list: n.list, level: min(n.level, press.MaxListDepth)}
	case n.text == "":
	case isParagraph && p.role == ordinary && n.text == "•":
		p.marker = &marker{list: n.list, level: min(n.level, press.MaxListDepth), text: n.text}
	case isParagraph && p.role == ordinary && n.number > 0 && countable.MatchString(narrow(n.text)):
		p.marker = &marker{list: n.list, level: min(n.level, press.MaxListDepth), text: strconv.Itoa(n.number) + "."}
	case n.text == "•":
	case isParagraph:
		block.Text = numberedRuns(n.text, n.suffix, block.Text)
		p.block = block
	default:
		if heading, ok := p.block.(press.Heading); ok {
			heading.Text = numberedRuns(n.text, n.suffix, heading.Text)
			p.block = heading
		}
		if quote, ok := p.block.(press.Quote); ok {
			quote.Paragraphs[0].Text = numberedRuns(n.text, n.suffix, quote.Paragraphs[0].Text)
		}
	}
	return p
}

// continued joins the further paragraphs of an item to its first, and neighbouring quotes to one.
func continued(pieces []piece) []piece {
	var out []piece
	for _, p := range pieces {
		last := len(out) - 1
		if block, ok := p.block.(press.Paragraph); ok && p.marker != nil && p.marker.text == "" {
			if last >= 0 && out[last].marker != nil && out[last].marker.text != "" {
				item := out[last].block.(press.Paragraph)
				item.Text = appendLine(item.Text, block.Text)
				out[last].block = item
				continue
			}
			p.marker = nil
		}
		if quote, ok := p.block.(press.Quote); ok && last >= 0 {
			if before, ok := out[last].block.(press.Quote); ok {
				before.Paragraphs = append(before.Paragraphs, quote.Paragraphs...)
				out[last].block = before
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// levelled raises items whose list shows nothing above them: below 一、 and （一）, which stay words, 1. is the first level.
func levelled(pieces []piece) []piece {
	for i := 0; i < len(pieces); {
		end, highest := i, press.MaxListDepth
		for ; end < len(pieces) && isItem(pieces[end]); end++ {
			highest = min(highest, pieces[end].marker.level)
		}
		for _, p := range pieces[i:end] {
			p.marker.level -= highest - 1
		}
		i = max(end, i+1)
	}
	return pieces
}
