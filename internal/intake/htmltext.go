package intake

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"newsdesk/internal/press"
)

// text adds words to the running paragraph, with white space collapsed as a browser does.
func (w *walker) text(s string, ctx context) {
	s = clean(s)
	if ctx.pre {
		if s != "" && (!isBlank(s) || len(w.sink.runs) > 0) {
			w.spend()
			w.add(strings.ReplaceAll(s, "\t", "    "), ctx.look)
		}
		return
	}
	var words strings.Builder
	var gap rune // white space since the last word of this text
	for _, r := range s {
		switch {
		case r == '\n':
			gap = softBreak
		case r == ' ' || r == '\t':
			if gap == 0 {
				gap = ' '
			}
		case words.Len() > 0 && gap != 0:
			words.WriteRune(gap)
			words.WriteRune(r)
			gap = 0
		case words.Len() == 0:
			w.pend(gap, ctx.look)
			w.spend()
			words.WriteRune(r)
			gap = 0
		default:
			words.WriteRune(r)
		}
	}
	if words.Len() > 0 {
		w.add(words.String(), ctx.look)
	}
	w.pend(gap, ctx.look)
}

// pend remembers white space until it is known that words follow it. A line end outweighs other white space; at the
// beginning of a line there is none.
func (w *walker) pend(gap rune, look press.Run) {
	s := w.sink
	if gap == 0 || len(s.runs) == 0 || strings.HasSuffix(s.runs[len(s.runs)-1].Text, "\n") {
		return
	}
	if s.space == 0 || gap == softBreak && s.space == ' ' {
		s.space, s.look = gap, look
	}
}

func (w *walker) spend() {
	if space := w.sink.space; space != 0 {
		w.sink.space = 0
		w.add(string(space), w.sink.look)
	}
}

func (w *walker) add(s string, look press.Run) {
	if len(w.sink.runs) == 0 {
		w.sink.line = w.line
	}
	w.d.bytes += len(s)
	look.Text = s
	w.sink.runs = append(w.sink.runs, look)
}

// br breaks the line; white space before it means nothing.
func (w *walker) br(ctx context) {
	w.sink.space = 0
	if len(w.sink.runs) > 0 {
		w.add("\n", ctx.look)
	}
}

// flush ends the running paragraph.
func (w *walker) flush() {
	s := w.sink
	runs, after := s.runs, s.after
	s.runs, s.after, s.space = nil, nil, 0
	if len(runs) > 0 {
		ctx := s.ctx
		s.pieces = append(s.pieces, w.d.split(runs, s.line, w.markdown, ctx.piece)...)
	}
	s.pieces = append(s.pieces, after...)
}

// piece makes a paragraph or heading as the context says.
func (ctx context) piece(runs []press.Run) piece {
	p := piece{level: ctx.level, role: ctx.role, marker: ctx.marker}
	if ctx.level > 0 {
		for i := range runs {
			runs[i].Bold = false // a heading is bold by itself
		}
		p.block = press.Heading{Level: ctx.level, Align: ctx.align, Text: runs}
	} else {
		p.block = press.Paragraph{Align: ctx.align, Text: runs}
	}
	return p
}

// anchor walks a link. The words stay in any case; an address that may not stand behind words is dropped with a note.
func (w *walker) anchor(n *html.Node, ctx context) {
	href := strings.TrimSpace(attr(n, "href"))
	if strings.HasPrefix(href, "//") {
		href = "https:" + href
	}
	switch {
	case href == "" || strings.HasPrefix(href, "#"):
		ctx.look.Link = ""
	case press.SafeLink(href):
		ctx.look.Link, ctx.look.Color = href, ""
	default:
		ctx.look.Link = ""
		where := at(w.line)
		w.d.notes.add("link.dropped", w.line, "", press.Text{
			EN: fmt.Sprintf("%s has a link to %q, which was dropped: links go to full http, https or mailto addresses.", where.EN, quoted(href)),
			ZH: fmt.Sprintf("%s的链接“%s”已去掉：只保留完整的 http、https 或 mailto 地址。", where.ZH, quoted(href)),
		})
	}
	w.children(n, ctx)
}

// raised writes small high or low figures as the characters made for them, where all of them exist; blocks have no such
// look. A footnote's number in Markdown becomes [1].
func (w *walker) raised(n *html.Node, ctx context) {
	if strings.HasPrefix(attr(n, "id"), "fnref") {
		w.text("["+strings.TrimSpace(visibleText(n))+"]", ctx)
		return
	}
	if plain(n) {
		text := textContent(n)
		small := strings.Map(smallFigure(n.Data == "sup"), text)
		if len(text) < 32 && !strings.ContainsRune(small, unicode.ReplacementChar) {
			w.text(small, ctx)
			return
		}
	}
	w.children(n, ctx)
}

// plain reports whether an element holds nothing but text.
func plain(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.TextNode {
			return false
		}
	}
	return true
}

func smallFigure(high bool) func(rune) rune {
	const plainOnes = "0123456789+-=()n"
	small := []rune("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙ")
	if high {
		small = []rune("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
	}
	return func(r rune) rune {
		if i := strings.IndexRune(plainOnes, r); i >= 0 {
			return small[i]
		}
		return unicode.ReplacementChar
	}
}
