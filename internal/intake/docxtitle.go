package intake

import (
	"slices"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// titled finds the title and what else stands above the body.
func (w *word) titled() error {
	d := w.d
	d.takePosition()
	w.takeHead()
	d.takeSubtitle()
	if err := d.takeTitle(d.styledTitle, w.shownTitle, d.onlyTopHeading, d.boldCentred, d.leadingHeading, d.guessedTitle, w.keptTitle, w.nameTitle); err != nil {
		return err
	}
	w.belowTitle()
	return nil
}

// belowTitle takes what follows the title and belongs to it: the title once more as a heading, and a second title that
// dashes begin. Other lines in the style of a title are headings.
func (w *word) belowTitle() {
	d := w.d
	for i, p := range d.pieces {
		text, ok := p.text()
		if !ok {
			continue
		}
		block, isParagraph := p.block.(press.Paragraph)
		dashed := isParagraph && block.Align != press.AlignStart && strings.HasPrefix(strings.TrimSpace(text), "—") && utf8.RuneCountInString(text) <= 60
		if dashed && d.content.Subtitle == "" {
			d.content.Subtitle = titleText(text)
		}
		if fold(text) == fold(d.content.Title) || dashed && d.content.Subtitle == titleText(text) {
			d.pieces = slices.Delete(slices.Clone(d.pieces), i, i+1)
		}
		break
	}
	for i, p := range d.pieces {
		if block, ok := p.block.(press.Paragraph); ok && p.role == titleRole {
			d.pieces[i].level = 2
			d.pieces[i].block = press.Heading{Level: 2, Align: block.Align, Text: unbolded(block.Text)}
		}
	}
}

// takeHead takes the lines that pandoc writes under the title: who wrote it, and a date, which an article has from its
// edition.
func (w *word) takeHead() {
	const most = 6 // further down they are something else
	var kept []piece
	for i, p := range w.d.pieces {
		text, _ := p.text()
		switch {
		case i < most && p.role == authorRole:
			credits := press.Credits{}
			addCredit(&credits, "作者", strings.TrimSpace(text))
			w.d.mergeCredits(credits, 0)
		case i < most && p.role == dateRole:
		default:
			kept = append(kept, p)
		}
	}
	w.d.pieces = kept
}

// shownTitle finds a title that is only set like one: among the first lines, in the middle, and bold or in larger letters
// than the text. It may be set in several lines.
func (w *word) shownTitle() (int, int) {
	common := commonSize(w.d.pieces)
	lines := 0
	for i, p := range w.d.pieces {
		text, ok := p.text()
		if !ok {
			continue
		}
		if lines++; lines > 4 {
			break
		}
		if !setAsTitle(p, common) {
			continue
		}
		if _, isCredits := parseCredits(text); isCredits || strings.HasPrefix(strings.TrimSpace(text), "——") {
			continue
		}
		to := i + 1
		for to < len(w.d.pieces) && w.d.pieces[to].level == 0 && setAsTitle(w.d.pieces[to], common) && w.d.pieces[to].size == p.size && p.size > common && w.goesOn(i, to) {
			to++
		}
		return i, to
	}
	return 0, 0
}

// goesOn reports whether a line may be a further one of the title.
func (w *word) goesOn(from, at int) bool {
	text, _ := w.d.pieces[at].text()
	if _, isCredits := parseCredits(text); isCredits || strings.HasPrefix(strings.TrimSpace(text), "—") {
		return false
	}
	n := utf8.RuneCountInString(text)
	for _, p := range w.d.pieces[from:at] {
		before, _ := p.text()
		n += utf8.RuneCountInString(before)
	}
	return n <= 60
}

func setAsTitle(p piece, common int) bool {
	if heading, ok := p.block.(press.Heading); ok {
		return heading.Align == press.AlignCenter && p.level == 1
	}
	block, ok := p.block.(press.Paragraph)
	if !ok || p.role != ordinary || block.Align != press.AlignCenter || utf8.RuneCountInString(press.PlainText(block.Text)) > maxHeadingRunes {
		return false
	}
	return allBold(block.Text) || common > 0 && p.size > common
}

// onlyTopHeading finds a heading of the first level that the document begins with, or that is the only one near its
// beginning: several of them are chapters.
func (d *draft) onlyTopHeading() (int, int) {
	at, top, lines := 0, 0, 0
	for i, p := range d.pieces {
		if _, ok := p.text(); ok {
			lines++
		}
		if p.level == 1 {
			if top++; top == 1 && lines <= 4 {
				at = i + 1
			}
			if lines == 1 {
				return i, i + 1
			}
		}
	}
	if top == 1 && at > 0 {
		return at - 1, at
	}
	return 0, 0
}

// keptTitle uses what the document keeps about itself; word processors put their own words there too.
func (w *word) keptTitle() (int, int) {
	if w.d.content.Title != "" {
		return 0, 0
	}
	data, err := w.file.text("docProps/core.xml")
	if err != nil || data == nil {
		return 0, 0
	}
	title := ""
	_ = newXMLReader(data).each(func(n *node) error { // what cannot be read there nobody misses
		if n.name == "dc:title" {
			title = titleText(n.text)
		}
		return nil
	}, "?coreProperties")
	if n := utf8.RuneCountInString(title); n < 4 || n > press.MaxTitleRunes || emptyTitle(title) {
		return 0, 0
	}
	w.useGuess(title, "The document shows no title; the one in its properties was taken, check it.", "文档没有标明标题，已取文档属性中的标题，请核对。")
	return 0, 0
}

func emptyTitle(title string) bool {
	lower := strings.ToLower(title)
	for _, word := range []string{"word 文档", "word document", "microsoft word", "untitled", "无标题", "新建", "文档1", "document1", "wps 文字"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// nameTitle uses the document's name, which in an office is what the article is called.
func (w *word) nameTitle() (int, int) {
	if w.d.content.Title != "" || len(w.d.pieces) == 0 {
		return 0, 0
	}
	if title := titleText(w.stem()); title != "" && utf8.RuneCountInString(title) <= press.MaxTitleRunes {
		w.useGuess(title, "The document shows no title; its name was taken, check it.", "文档没有标明标题，已取文件名作为标题，请核对。")
	}
	return 0, 0
}

func (w *word) useGuess(title, en, zh string) {
	w.d.content.Title = title
	w.d.notes.add("title.guessed", 0, "", press.Text{EN: en, ZH: zh})
}

// stem is the document's name without folder and ending.
func (w *word) stem() string {
	base := baseName(slashed(w.d.name))
	if i := strings.LastIndexByte(base, '.'); i > 0 {
		base = base[:i]
	}
	return strings.TrimSpace(clean(base))
}
