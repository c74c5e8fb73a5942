package markup

import (
	"strings"
	"unicode"

	"newsdesk/internal/press"
)

// SiteOptions says where the HTML will stand.
type SiteOptions struct {
	// Sizes is the sizes attribute of a picture that fills the text column; empty: the column is 720 pixels wide, or the
	// window where that is narrower.
	Sizes string
	// Lang is the language of the page; empty: told from the body.
	Lang press.Lang
	// Captions is how captions are set; the style sheet's own way where it is empty.
	Captions press.CaptionStyle
}

// Site renders the body part of a website article page: a div with the blocks in it. It needs at least one source for every
// photo in the body. Errors are those of WeChat.
func Site(b press.Body, pictures map[press.Digest]SitePicture, opt SiteOptions) (html string, err error) {
	w := site{pictures: pictures, lang: opt.Lang, sizes: opt.Sizes, captions: opt.Captions, ids: map[string]int{}}
	if w.lang == "" {
		w.lang = languageOf(b.Text())
	}
	if w.sizes == "" {
		w.sizes = "(max-width: 752px) 100vw, 720px"
	}
	class := "prose"
	if w.lang == press.Chinese {
		class = "prose indent"
	}
	if opt.Captions == press.CaptionLeft {
		class += " captions-left"
	}
	w.raw(`<div class="`, class, `" lang="`, langTag(w.lang), `">`)
	for _, block := range b.Blocks {
		w.raw("\n")
		w.block(block)
	}
	w.raw("\n</div>\n")
	if w.err != nil {
		return "", w.err
	}
	return w.String(), nil
}

type site struct {
	writer
	pictures map[press.Digest]SitePicture
	lang     press.Lang
	sizes    string
	captions press.CaptionStyle
	ids      map[string]int // of headings: how often each was wanted
	shown    int            // pictures so far
	tables   int
	err      error
}

func (w *site) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *site) block(block press.Block) {
	switch block := block.(type) {
	case press.Paragraph:
		w.paragraph(block)
	case press.Heading:
		w.heading(block)
	case press.Picture:
		w.figure(block)
	case press.Gallery:
		w.gallery(block)
	case press.List:
		w.list(block)
	case press.Quote:
		w.quote(block)
	case press.Table:
		w.table(block)
	case press.Divider:
		w.raw("<hr>")
	default:
		w.fail(unknownBlock(block))
	}
}

func (w *site) paragraph(p press.Paragraph) {
	w.raw("<p")
	w.aligned(p.Align)
	w.foreign(p.Text)
	w.raw(">")
	w.runs(p.Text)
	w.raw("</p>")
}

func (w *site) aligned(a press.Align) {
	if a == press.AlignCenter || a == press.AlignRight {
		w.raw(` class="`, string(a), `"`)
	}
}

// foreign writes a lang attribute if a stretch of some length is in another language than the page, so that it is read
// aloud, broken into lines and set as what it is.
func (w *site) foreign(runs []press.Run) {
	text := press.PlainText(runs)
	han, letters := 0, 0
	for _, c := range text {
		if unicode.Is(unicode.Han, c) {
			han++
		}
		if unicode.IsLetter(c) {
			letters++
		}
	}
	lang := languageOf(text)
	if letters < 8 || lang == w.lang || lang == press.English && han > 0 {
		return
	}
	w.raw(` lang="`, langTag(lang), `"`)
}

func (w *site) runs(runs []press.Run) {
	eachLink(runs, func(link string, group []press.Run) {
		if link != "" {
			w.raw("<a")
			w.attr("href", link)
			w.raw(` rel="noopener">`)
			defer w.raw("</a>")
		}
		for _, r := range group {
			w.run(r, "", colorClass(r.Color))
		}
	})
}

// colorClass is the attribute of a colour of the palette; other names are none.
func colorClass(c press.Color) string {
	switch c {
	case press.Red, press.Orange, press.Green, press.Blue, press.Purple, press.Gray:
		return ` class="c-` + string(c) + `"`
	}
	return ""
}

func (w *site) heading(h press.Heading) {
	tag := [...]string{"h2", "h3", "h4"}[min(max(h.Level, 2), 4)-2]
	w.raw("<", tag)
	w.attr("id", w.headingID(press.PlainText(h.Text)))
	w.aligned(h.Align)
	w.foreign(h.Text)
	w.raw(">")
	w.runs(h.Text)
	w.raw("</", tag, ">")
}

// maxIDRunes bounds a heading's id, which stands in addresses.
const maxIDRunes = 40

// headingID makes an id from a heading's words, which stays when other headings come and go. It has a prefix so that no
// heading can take an id of the page around it; equal headings get numbers.
func (w *site) headingID(text string) string {
	id := make([]rune, 0, maxIDRunes)
	gap := false
	for _, c := range strings.ToLower(text) {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			gap = len(id) > 0
			continue
		}
		if gap {
			id = append(id, '-')
		}
		gap = false
		if id = append(id, c); len(id) >= maxIDRunes {
			break
		}
	}
	return w.unique("h-" + string(id))
}

func (w *site) quote(q press.Quote) {
	w.raw("<blockquote>")
	for _, p := range q.Paragraphs {
		w.paragraph(p)
	}
	w.raw("</blockquote>")
}
