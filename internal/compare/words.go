package compare

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"

	"newsdesk/internal/press"
)

// piece is a stretch of words with one fate.
type piece struct {
	op   Op
	text string
}

// words compares two texts without looks.
func (w *work) words(before, after string) []Span {
	return w.text(runsOf(before), runsOf(after))
}

func runsOf(text string) []press.Run {
	if text == "" {
		return nil
	}
	return []press.Run{{Text: text}}
}

// text compares two stretches of runs: the words first, then, where they are equal, their looks.
func (w *work) text(before, after []press.Run) []Span {
	a, b := press.PlainText(before), press.PlainText(after)
	old, new := cursor{runs: before}, cursor{runs: after}
	var out []Span
	for _, p := range w.pieces(a, b) {
		switch p.op {
		case Removed:
			old.take(len(p.text), func(r press.Run) { out = join(out, Span{Op: Removed, Run: r}) })
		case Added:
			new.take(len(p.text), func(r press.Run) { out = join(out, Span{Op: Added, Run: r}) })
		default:
			new.take(len(p.text), func(now press.Run) {
				old.take(len(now.Text), func(was press.Run) { out = join(out, unchanged(was, now)) })
			})
		}
	}
	return out
}

// unchanged is a stretch of the same words, of which was may be shorter than now.
func unchanged(was, now press.Run) Span {
	now.Text, was.Text = was.Text, ""
	look := now
	if look.Text = ""; look == was {
		return Span{Op: Same, Run: now}
	}
	return Span{Op: Changed, Run: now, Was: was}
}

// join appends a span, to the last one if both have one fate and look.
func join(spans []Span, s Span) []Span {
	if n := len(spans); n > 0 {
		last := spans[n-1]
		look := last.Run
		look.Text = s.Run.Text
		if last.Op == s.Op && last.Was == s.Was && look == s.Run {
			spans[n-1].Run.Text += s.Run.Text
			return spans
		}
	}
	return append(spans, s)
}

// cursor hands out runs by bytes of their text.
type cursor struct {
	runs []press.Run
	used int // of the first one
}

func (c *cursor) take(n int, f func(press.Run)) {
	for n > 0 && len(c.runs) > 0 {
		r := c.runs[0]
		r.Text = r.Text[c.used:]
		if len(r.Text) > n {
			r.Text = r.Text[:n]
			c.used += n
		} else {
			c.runs, c.used = c.runs[1:], 0
		}
		n -= len(r.Text)
		if r.Text != "" {
			f(r)
		}
	}
}

// pieces compares by words, or, where that would be too much, by sentences.
func (w *work) pieces(a, b string) []piece {
	switch {
	case a == b && a == "":
		return nil
	case a == b:
		return []piece{{Same, a}}
	case a == "":
		return []piece{{Added, b}}
	case b == "":
		return []piece{{Removed, a}}
	case !utf8.ValidString(a) || !utf8.ValidString(b):
		return []piece{{Removed, a}, {Added, b}} // no content that was checked has such text
	}
	var t tokens
	old, new := t.read(a), t.read(b)
	n := len(old) + len(new)
	if n*n <= wordsLimit && w.spend(&w.word, n*n, wordsLimit) {
		return t.diff(old, new)
	}
	return w.sentences(a, b)
}

// sentences matches whole sentences, and compares by words what lies between, if that is small enough.
func (w *work) sentences(a, b string) []piece {
	old, new := split(a), split(b)
	var out []piece
	i, j := 0, 0
	for _, m := range append(w.equal(old, new), step{old: len(old), new: len(new)}) {
		out = append(out, w.rewritten(joinKeys(old[i:m.old]), joinKeys(new[j:m.new]))...)
		if m.old < len(old) {
			out = append(out, piece{Same, old[m.old].key})
		}
		i, j = m.old+1, m.new+1
	}
	return gather(out)
}

func (w *work) rewritten(a, b string) []piece {
	if a == "" || b == "" {
		return w.pieces(a, b)
	}
	var t tokens
	old, new := t.read(a), t.read(b)
	if n := len(old) + len(new); w.spend(&w.word, n*n, wordsLimit) {
		return t.diff(old, new)
	}
	return []piece{{Removed, a}, {Added, b}}
}

// split cuts a text behind the marks that end sentences.
func split(text string) []element {
	var out []element
	for text != "" {
		end := strings.IndexFunc(text, func(c rune) bool { return strings.ContainsRune("。！？；\n.!?;", c) })
		if end < 0 {
			end = len(text)
		} else {
			_, size := utf8.DecodeRuneInString(text[end:])
			end += size
		}
		out = append(out, element{key: text[:end], weight: min(end, 1000)})
		text = text[end:]
	}
	return out
}

func joinKeys(list []element) string {
	var out strings.Builder
	for _, e := range list {
		out.WriteString(e.key)
	}
	return out.String()
}

// tokens gives each word one character, so that a comparison by characters is one by words. A character that is a word
// by itself (Chinese, punctuation) stands for itself; others get numbers in the planes for private use.
type tokens struct {
	words   []string
	numbers map[string]rune
}

const private = 0xF0000

func (t *tokens) read(text string) []rune {
	var out []rune
	for text != "" {
		word := firstWord(text)
		text = text[len(word):]
		if c, size := utf8.DecodeRuneInString(word); size == len(word) && c < private {
			out = append(out, c)
			continue
		}
		out = append(out, t.number(word))
	}
	return out
}

func (t *tokens) number(word string) rune {
	if n, ok := t.numbers[word]; ok {
		return n
	}
	if t.numbers == nil {
		t.numbers = map[string]rune{}
	}
	n := private + rune(len(t.words)) //nolint:gosec // there are far fewer words in 4,000 tokens
	if n > unicode.MaxRune {
		n = unicode.MaxRune // only texts that are compared by sentences have so many; their tokens are counted, not used
	}
	t.words = append(t.words, word)
	t.numbers[word] = n
	return n
}

// firstWord returns the letters and digits that belong together, or else one character. Han, kana and the like are
// written without spaces, so each character is a word; a mark belongs to the letter before it.
func firstWord(text string) string {
	first, end := utf8.DecodeRuneInString(text)
	alone := !wordy(first)
	for end < len(text) {
		c, size := utf8.DecodeRuneInString(text[end:])
		if !unicode.Is(unicode.M, c) && (alone || !wordy(c)) {
			break
		}
		end += size
	}
	return text[:end]
}

func wordy(c rune) bool {
	return (unicode.IsLetter(c) || unicode.IsDigit(c)) &&
		!unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// diff compares, and leaves out coincidences that no reader would see as kept.
func (t *tokens) diff(old, new []rune) []piece {
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = 0 // what it costs is bounded by the sizes; the clock must not change an answer
	diffs := dmp.DiffCleanupSemantic(dmp.DiffMainRunes(old, new, false))
	var out []piece
	for i, d := range diffs {
		if d.Type == diffmatchpatch.DiffEqual && i > 0 && i < len(diffs)-1 && lonely(d.Text) {
			word := t.spell(d.Text)
			out = append(out, piece{Removed, word}, piece{Added, word})
			continue
		}
		p := piece{op: Same, text: t.spell(d.Text)}
		switch d.Type {
		case diffmatchpatch.DiffDelete:
			p.op = Removed
		case diffmatchpatch.DiffInsert:
			p.op = Added
		}
		out = append(out, p)
	}
	return gather(out)
}

// lonely reports whether what is kept between two changes is a single character that is part of a word: 会议 made 年会
// keeps its 会 by chance. A punctuation mark may stand alone.
func lonely(text string) bool {
	c, size := utf8.DecodeRuneInString(text)
	return size == len(text) && (unicode.IsLetter(c) || unicode.IsDigit(c))
}

// gather makes one kept piece of those that follow each other, and one removed and one added piece of those between two
// kept ones.
func gather(pieces []piece) []piece {
	var out []piece
	var kept, removed, added strings.Builder
	flush := func(op Op, text *strings.Builder) {
		if text.Len() > 0 {
			out = append(out, piece{op, text.String()})
			text.Reset()
		}
	}
	for _, p := range pieces {
		switch p.op {
		case Removed:
			flush(Same, &kept)
			removed.WriteString(p.text)
		case Added:
			flush(Same, &kept)
			added.WriteString(p.text)
		default:
			flush(Removed, &removed)
			flush(Added, &added)
			kept.WriteString(p.text)
		}
	}
	flush(Same, &kept)
	flush(Removed, &removed)
	flush(Added, &added)
	return out
}

func (t *tokens) spell(text string) string {
	if len(t.words) == 0 {
		return text
	}
	var out strings.Builder
	for _, c := range text {
		if c >= private {
			out.WriteString(t.words[c-private])
		} else {
			out.WriteRune(c)
		}
	}
	return out.String()
}
