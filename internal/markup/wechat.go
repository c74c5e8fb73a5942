package markup

import (
	"slices"
	"time"

	"newsdesk/internal/press"
)

// Image is a photo as a WeChat account has it.
type Image struct {
	URL           string // as uploadimg answered
	Width, Height int    // in pixels; 0 where not known
}

// WeChatOptions says what the HTML is for.
type WeChatOptions struct {
	// Captions is how captions are set; the theme's own way where it is empty.
	Captions press.CaptionStyle
	// Preview draws a grey box for a photo that has no address yet, where otherwise rendering is refused.
	Preview bool
	// Earlier are the corrections before the one that the content itself tells of, the earliest first. Their days are those
	// of their times' zones.
	Earlier []press.Correction
	// Corrected is when what the content itself tells of was corrected, in the office's zone; zero: no day is shown.
	Corrected time.Time
}

// WeChat renders a content's body and credits for WeChat; the title is a field of its own there. It needs the address and
// size of every photo in the body. Errors: Internal "render.photo" for a photo without an address, Internal "render.block"
// for a kind of block it does not know. It does not refuse what is too long: see Measure.
func WeChat(c press.Content, theme Theme, pictures map[press.Digest]Image, opt WeChatOptions) (html string, err error) {
	w := wechat{theme: theme, css: &theme.css, pictures: pictures, preview: opt.Preview, lang: Language(c), captions: opt.Captions}
	outer := w.css.outer
	if w.lang == press.Chinese {
		outer = w.css.outerChinese
	}
	w.raw("<section", outer, ">")
	w.corrections(append(slices.Clone(opt.Earlier), press.Correction{Note: c.Correction, At: opt.Corrected}))
	for _, block := range c.Body.Blocks {
		w.block(block)
	}
	w.notes()
	w.credits(c.Credits)
	w.raw("</section>")
	if w.err != nil {
		return "", w.err
	}
	return w.String(), nil
}

type wechat struct {
	writer
	theme    Theme
	css      *styles
	pictures map[press.Digest]Image
	preview  bool
	lang     press.Lang
	links    []string // addresses that became notes; the first has number 1
	captions press.CaptionStyle
	inText   bool // the last block was a paragraph
	err      error
}

func (w *wechat) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *wechat) block(block press.Block) {
	p, isText := block.(press.Paragraph)
	if isText {
		w.paragraph(p, w.inText)
	}
	w.inText = isText
	switch block := block.(type) {
	case press.Paragraph:
	case press.Heading:
		w.heading(block)
	case press.Picture:
		w.picture(block)
	case press.Gallery:
		w.gallery(block)
	case press.List:
		w.list(block, 0)
	case press.Quote:
		w.quote(block)
	case press.Table:
		w.table(block)
	case press.Divider:
		w.divider()
	default:
		w.fail(unknownBlock(block))
	}
}

func unknownBlock(block press.Block) error {
	kind := "nil"
	if block != nil {
		kind = press.BlockType(block)
	}
	return press.Fail(press.Internal, "render.block", press.Say(
		"The body has a block that cannot be shown: %q.", "正文中有无法显示的内容块：%q。", kind))
}

// paragraph writes running text; a blank line parts it from a paragraph before it.
func (w *wechat) paragraph(p press.Paragraph, apart bool) {
	if apart {
		w.raw("<p><br></p>")
	}
	w.raw("<p", aligned[p.Align], ">")
	w.runs(p.Text)
	w.raw("</p>")
}

func (w *wechat) runs(runs []press.Run) {
	eachLink(runs, func(link string, group []press.Run) {
		if kept := weChatLink(link); kept != "" {
			w.raw("<a")
			w.attr("href", kept)
			w.raw(">")
			defer w.raw("</a>")
			link = ""
		}
		for _, r := range group {
			w.look(r)
		}
		if link != "" && !saysAddress(press.PlainText(group), link) {
			w.mark(link)
		}
	})
}

// look writes one run. WeChat drops a span that holds only white space, and the white space with it. A colour that the
// author chose is not covered by the one that the theme has for bold text.
func (w *wechat) look(r press.Run) {
	if isBlank(r.Text) {
		w.text(r.Text)
		return
	}
	color, bold := w.css.color[r.Color], w.css.bold
	if color != "" {
		bold = ""
	}
	w.run(r, bold, color)
}

func isBlank(s string) bool {
	for _, c := range s {
		if c != ' ' && c != '\n' && c != '\t' && c != '\u00a0' && c != '\u3000' {
			return false
		}
	}
	return true
}

func (w *wechat) heading(h press.Heading) {
	level := min(max(h.Level, 2), 4)
	tag := [...]string{"h2", "h3", "h4"}[level-2]
	look := w.css.heading[level-2][h.Align]
	w.raw("<", tag, look.block, ">")
	if look.words != "" {
		w.raw("<span", look.words, ">")
		defer w.raw("</span></", tag, ">")
	} else {
		defer w.raw("</", tag, ">")
	}
	w.runs(h.Text)
}

// quote writes its paragraphs closer together than those around it: a whole blank line before a name looks lost there.
func (w *wechat) quote(q press.Quote) {
	w.raw("<blockquote", w.css.quote, ">")
	for i, p := range q.Paragraphs {
		w.raw("<p")
		if i > 0 {
			w.raw(alignedApart[p.Align])
		} else {
			w.raw(aligned[p.Align])
		}
		w.raw(">")
		w.runs(p.Text)
		w.raw("</p>")
	}
	w.raw("</blockquote>")
}

func (w *wechat) divider() {
	if w.css.divider == "" {
		w.raw("<p", w.css.dots, ">• • •</p>")
		return
	}
	w.raw("<hr", w.css.divider, ">")
}

// corrections stand above the body, the latest first, each with its day, as on the website.
func (w *wechat) corrections(list []press.Correction) {
	list = slices.DeleteFunc(list, func(c press.Correction) bool { return c.Note == "" })
	if len(list) == 0 {
		return
	}
	w.raw("<section", w.css.credits, ">")
	for _, c := range slices.Backward(list) {
		w.raw("<p><strong>", correctedOn(c.At, w.lang), colon(w.lang), "</strong>")
		w.line(c.Note)
		w.raw("</p>")
	}
	w.raw("</section>")
}

func correctedOn(at time.Time, lang press.Lang) string {
	switch {
	case at.IsZero():
		return press.Say("Correction", "更正").In(lang)
	case lang == press.English:
		return "Corrected on " + at.Format("2 January 2006")
	}
	return at.Format("2006年1月2日") + "更正"
}

func (w *wechat) credits(c press.Credits) {
	lines := Credits(c, w.lang)
	if len(lines) == 0 {
		return
	}
	w.raw("<section", w.css.credits, ">")
	for _, line := range lines {
		w.raw("<p>", line.Label, colon(w.lang))
		w.line(line.Name)
		w.raw("</p>")
	}
	w.raw("</section>")
}
