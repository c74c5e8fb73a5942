package intake

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// A finder says which pieces are the title, as the half-open range [from, to).
type finder func() (from, to int)

// takeTitle sets the title from the first finder that finds one. A title that is set already (by front matter) stays,
// and a heading that repeats it is dropped.
func (d *draft) takeTitle(finders ...finder) error {
	d.placeMarkers() // a line that stands for a photo is no title
	for _, find := range finders {
		from, to := find()
		if from >= to {
			continue
		}
		if err := d.useTitle(from, to); err != nil {
			return err
		}
		break
	}
	if d.content.Title == "" {
		return press.Fail(press.Invalid, "title.empty", press.Say(
			"The document %q has no title; write it on a line of its own at the beginning.",
			"文档“%s”没有标题，请在开头单独一行写明标题。", shown(d.name)))
	}
	return nil
}

func (d *draft) useTitle(from, to int) error {
	var parts []string
	for _, p := range d.pieces[from:to] {
		text, _ := p.text()
		parts = append(parts, text)
	}
	title := titleText(strings.Join(parts, "\n"))
	if d.content.Title != "" && fold(title) != fold(d.content.Title) {
		return nil
	}
	if err := checkTitle(title, d.pieces[from].line); err != nil {
		return err
	}
	d.content.Title = title
	d.pieces = append(d.pieces[:from:from], d.pieces[to:]...)
	return nil
}

// titleText puts a title that was set in several lines on one.
func titleText(s string) string {
	var lines []string
	for _, line := range strings.FieldsFunc(clean(s), func(r rune) bool { return r == '\n' || r == softBreak }) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	runs := []press.Run{{Text: strings.Join(lines, string(softBreak))}}
	return press.PlainText(joinRuns(runs))
}

func checkTitle(title string, line int) error {
	n := utf8.RuneCountInString(title)
	if n <= press.MaxTitleRunes {
		return nil
	}
	where := at(line)
	return press.Fail(press.Invalid, "title.too_long", press.Text{
		EN: fmt.Sprintf("%s should be the title, but has %d characters; at most %d are taken. Put a short title on a line of its own.", where.EN, n, press.MaxTitleRunes),
		ZH: fmt.Sprintf("%s应为标题，但有 %d 个字，最多 %d 个，请在单独一行写明简短的标题。", where.ZH, n, press.MaxTitleRunes),
	})
}

// firstLine finds the first words that are not credits.
func (d *draft) firstLine() (int, int) {
	for i, p := range d.pieces {
		if text, ok := p.text(); ok {
			if _, isCredits := parseCredits(text); !isCredits {
				return i, i + 1
			}
		}
	}
	return 0, 0
}

// styledTitle finds what Word marks as the title; a title may be set in several paragraphs, as far as it can hold them.
func (d *draft) styledTitle() (int, int) {
	for i, p := range d.pieces {
		if p.role != titleRole {
			continue
		}
		to, length := i+1, d.runesOf(i)
		for to < len(d.pieces) && d.pieces[to].role == titleRole && length+d.runesOf(to) < press.MaxTitleRunes {
			length += d.runesOf(to) + 1
			to++
		}
		return i, to
	}
	return 0, 0
}

func (d *draft) runesOf(i int) int {
	text, _ := d.pieces[i].text()
	return utf8.RuneCountInString(text)
}

// topHeading finds the first heading of level 1.
func (d *draft) topHeading() (int, int) {
	for i, p := range d.pieces {
		if p.level == 1 {
			return i, i + 1
		}
	}
	return 0, 0
}

// boldCentred finds a title that is only set like one: centred, wholly bold, near the beginning.
func (d *draft) boldCentred() (int, int) {
	for i, p := range d.pieces[:min(len(d.pieces), 6)] {
		block, ok := p.block.(press.Paragraph)
		if ok && block.Align == press.AlignCenter && allBold(block.Text) {
			return i, i + 1
		}
	}
	return 0, 0
}

func allBold(runs []press.Run) bool {
	for _, r := range runs {
		if !r.Bold && !isBlank(r.Text) {
			return false
		}
	}
	return len(runs) > 0
}

// leadingHeading finds a heading of any level that the document begins with.
func (d *draft) leadingHeading() (int, int) {
	for i, p := range d.pieces {
		if _, ok := p.text(); ok {
			if p.level > 0 {
				return i, i + 1
			}
			break
		}
	}
	return 0, 0
}

// pageTitle uses the <title> of the page; it is no piece, but the line that repeats it is.
func (d *draft) pageTitle() (int, int) {
	title := titleText(d.heading)
	if title == "" || d.content.Title != "" || utf8.RuneCountInString(title) > press.MaxTitleRunes {
		return 0, 0
	}
	d.content.Title = title
	return d.firstLine()
}

// guessedTitle takes the first line for the title, as in plain text, and says so. A line that is as long as a sentence,
// or has a link in it, is none.
func (d *draft) guessedTitle() (int, int) {
	const most = 60
	from, to := d.firstLine()
	if from >= to || d.content.Title != "" {
		return 0, 0
	}
	block, ok := d.pieces[from].block.(press.Paragraph)
	if text, _ := d.pieces[from].text(); !ok || utf8.RuneCountInString(text) > most || !strings.ContainsFunc(text, unicode.IsLetter) || strings.HasSuffix(text, "。") ||
		slices.ContainsFunc(block.Text, func(r press.Run) bool { return r.Link != "" }) {
		return 0, 0
	}
	d.notes.add("title.guessed", d.pieces[from].line, "", press.Say(
		"The document marks no title, so its first line was taken; check it.",
		"文档没有标明标题，已取第一行作为标题，请核对。"))
	return from, to
}

// takeSubtitle takes what Word marks as the subtitle.
func (d *draft) takeSubtitle() {
	for i, p := range d.pieces {
		if p.role == subtitleRole && d.content.Subtitle == "" {
			text, _ := p.text()
			d.content.Subtitle = d.clip(titleText(text), press.MaxTitleRunes, "subtitle.long", p.line)
			d.pieces = append(d.pieces[:i:i], d.pieces[i+1:]...)
			return
		}
	}
}
