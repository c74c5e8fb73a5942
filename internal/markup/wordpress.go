package markup

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// WordPressPicture is a photo in a WordPress's media library.
type WordPressPicture struct {
	ID  int64
	URL string
}

// WordPressFile is an attachment in a WordPress's media library.
type WordPressFile struct {
	ID   int64
	URL  string
	Name string // that readers see
	Size string // likewise, such as 340 KB
}

// WordPressEditor says how a WordPress's block editor writes its blocks, as far as the versions differ. Every editor takes
// what older ones wrote without a word; none takes what newer ones write. The zero value is that of 5.6.
type WordPressEditor struct {
	Galleries    bool // 5.9: galleries hold blocks; before, their pictures stand one below the other
	Nested       bool // 6.1: lists and quotes hold blocks, captions have a class
	HeadingClass bool // 6.2
	TableSpans   bool // 6.2; before, a table with merged cells is a block of HTML
	FixedTables  bool // 6.6: columns are equally wide unless a table says otherwise
	ListClass    bool // 6.6
	FileIDs      bool // names of attachments can be pointed at, and 6.1 points at them as soon as it opens a post
}

// WordPressOptions says what stands around the body, and for which editor it is written.
type WordPressOptions struct {
	Editor      WordPressEditor
	Lang        press.Lang // of the labels; empty: told from the content
	Captions    press.CaptionStyle
	Corrections []press.Correction // told above the body, the latest first
	Zone        *time.Location     // of their dates
	Files       []WordPressFile    // the content's attachments, listed below the body
}

// WordPress renders a content as the blocks that WordPress's editor itself would write, so that it opens them without a
// warning: subtitle, credits and corrections, the body, and who edited and reviewed it. The title is a field of its own
// there. Errors are those of WeChat.
func WordPress(c press.Content, pictures map[press.Digest]WordPressPicture, opt WordPressOptions) (html string, err error) {
	w := wordpress{pictures: pictures, opt: opt}
	if w.opt.Lang == "" {
		w.opt.Lang = Language(c)
	}
	w.head(c)
	for _, b := range c.Body.Blocks {
		w.block(b)
	}
	w.files()
	w.line("newsdesk-credits", Credits(press.Credits{Editor: c.Credits.Editor, Reviewer: c.Credits.Reviewer}, w.opt.Lang))
	if w.err != nil {
		return "", w.err
	}
	return strings.Join(w.blocks, "\n\n"), nil
}

// wordpress collects blocks, which the editor parts by an empty line.
type wordpress struct {
	pictures map[press.Digest]WordPressPicture
	opt      WordPressOptions
	blocks   []string
	err      error
}

// put adds a block: its name, its attributes as JSON or nothing, and its HTML.
func (w *wordpress) put(name, attributes, html string) {
	if attributes != "" {
		attributes += " "
	}
	w.blocks = append(w.blocks, "<!-- wp:"+name+" "+attributes+"-->\n"+html+"\n<!-- /wp:"+name+" -->")
}

// inside returns what f adds, as the inner blocks of another one.
func (w *wordpress) inside(f func()) string {
	outer := w.blocks
	w.blocks = nil
	f()
	inner := strings.Join(w.blocks, "\n\n")
	w.blocks = outer
	return inner
}

// head writes what our own website shows above the body.
func (w *wordpress) head(c press.Content) {
	if c.Subtitle != "" {
		w.marked("newsdesk-subtitle", wpText(c.Subtitle))
	}
	w.line("newsdesk-meta", slices.Concat(Credits(press.Credits{Source: c.Credits.Source}, w.opt.Lang),
		Credits(press.Credits{Text: c.Credits.Text, Photos: c.Credits.Photos}, w.opt.Lang)))
	for _, n := range slices.Backward(w.opt.Corrections) {
		at := n.At
		if w.opt.Zone != nil {
			at = at.In(w.opt.Zone)
		}
		said := "本文于" + at.Format("2006年1月2日") + "更正："
		if w.opt.Lang == press.English {
			said = "Corrected on " + at.Format("2 January 2006") + ": "
		}
		w.marked("newsdesk-correction", wpText(said+n.Note))
	}
}

// line writes credits as one paragraph.
func (w *wordpress) line(class string, credits []Credit) {
	if len(credits) == 0 {
		return
	}
	var said []string
	for _, c := range credits {
		said = append(said, wpText(c.Label+colon(w.opt.Lang)+c.Name))
	}
	between := "　"
	if w.opt.Lang == press.English {
		between = " · "
	}
	w.marked(class, strings.Join(said, between))
}

// marked writes a paragraph that a theme can style by its class.
func (w *wordpress) marked(class, html string) {
	w.put("paragraph", `{"className":"`+class+`"}`, `<p class="`+class+`">`+unembedded(html)+"</p>")
}

func (w *wordpress) block(b press.Block) {
	switch b := b.(type) {
	case press.Paragraph:
		w.paragraph(b)
	case press.Heading:
		w.heading(b)
	case press.Picture:
		w.picture(b)
	case press.Gallery:
		w.gallery(b)
	case press.List:
		w.list(b)
	case press.Quote:
		w.quote(b)
	case press.Table:
		w.table(b)
	case press.Divider:
		w.put("separator", "", `<hr class="wp-block-separator has-alpha-channel-opacity"/>`)
	default:
		w.fail(unknownBlock(b))
	}
}

func (w *wordpress) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *wordpress) paragraph(p press.Paragraph) {
	attributes, class := wpAligned("align", p.Align)
	html := wpRuns(p.Text)
	if isAddress(p.Text) { // alone in a paragraph, WordPress would put what it leads to in its place
		html = strings.Replace(html, "://", ":&#047;&#047;", 1)
	}
	w.put("paragraph", attributes, "<p"+class+">"+html+"</p>")
}

func isAddress(runs []press.Run) bool {
	text := strings.TrimSpace(press.PlainText(runs))
	return (strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")) && !strings.ContainsAny(text, " \t\n<>\"") &&
		!slices.ContainsFunc(runs, func(r press.Run) bool { return r.Link != "" })
}

// wpAligned returns a block's attribute for an alignment, by its name there, and the class on its element.
func wpAligned(name string, a press.Align) (attributes, class string) {
	if a != press.AlignCenter && a != press.AlignRight {
		return "", ""
	}
	return `{"` + name + `":"` + string(a) + `"}`, ` class="has-text-align-` + string(a) + `"`
}

func (w *wordpress) heading(h press.Heading) {
	level := min(max(h.Level, 2), 4)
	attributes, class := wpAligned("textAlign", h.Align)
	if level != 2 { // which is what a heading is by itself
		rest := `"level":` + strconv.Itoa(level) + "}"
		if attributes == "" {
			attributes = "{" + rest
		} else {
			attributes = strings.TrimSuffix(attributes, "}") + "," + rest
		}
	}
	if w.opt.Editor.HeadingClass {
		class = ` class="` + strings.TrimSpace("wp-block-heading "+strings.Trim(strings.TrimPrefix(class, " class="), `"`)) + `"`
	}
	tag := "h" + strconv.Itoa(level)
	w.put("heading", attributes, "<"+tag+class+">"+wpRuns(h.Text)+"</"+tag+">")
}

func (w *wordpress) picture(p press.Picture) {
	at, ok := w.pictures[p.Photo]
	if !ok || at.URL == "" {
		w.fail(missingPhoto(p))
		return
	}
	var html writer
	id := strconv.FormatInt(at.ID, 10)
	html.raw(`<figure class="wp-block-image size-full"><img`)
	wpAttr(&html, "src", at.URL)
	wpAttr(&html, "alt", p.Alt)
	html.raw(` class="wp-image-`, id, `"/>`)
	if p.Caption != "" {
		class := ""
		if w.opt.Editor.Nested {
			class = ` class="wp-element-caption"`
		}
		html.raw("<figcaption", class, ">", wpText(strings.ReplaceAll(captionText(p, w.opt.Captions), "\n", " ")), "</figcaption>")
	}
	html.raw("</figure>")
	w.put("image", `{"id":`+id+`,"sizeSlug":"full","linkDestination":"none"}`, html.String())
}

// files lists the attachments, each as a block of its own without the button, whose word the editor keeps in its own language.
func (w *wordpress) files() {
	if len(w.opt.Files) == 0 {
		return
	}
	label, open, end := "附件", "（", "）"
	if w.opt.Lang == press.English {
		label, open, end = "Attachments", " (", ")"
	}
	w.marked("newsdesk-attachments", label+colon(w.opt.Lang))
	for _, f := range w.opt.Files {
		var attributes, html writer
		attributes.raw(`{"id":`, strconv.FormatInt(f.ID, 10), `,"href":`, wpJSON(f.URL), `,"showDownloadButton":false}`)
		html.raw(`<div class="wp-block-file"><a`)
		if w.opt.Editor.FileIDs {
			html.raw(` id="wp-block-file--media-`, strconv.FormatInt(f.ID, 10), `"`)
		}
		wpAttr(&html, "href", f.URL)
		html.raw(">", wpText(f.Name+open+f.Size+end), "</a></div>")
		w.put("file", attributes.String(), html.String())
	}
}

// wpJSON writes a string in a block's attributes as the editor's serializeAttributes does, so that it ends no comment.
func wpJSON(s string) string {
	data, _ := json.Marshal(s) // of a string, it never fails
	return strings.NewReplacer("--", `\u002d\u002d`, `\"`, `\u0022`).Replace(string(data))
}

// gallery leaves its pictures whole: WordPress would crop them to the same height, and people to half.
func (w *wordpress) gallery(g press.Gallery) {
	pictures := func() {
		for _, p := range g.Photos {
			w.picture(p)
		}
	}
	if !w.opt.Editor.Galleries {
		pictures()
		return
	}
	inner := w.inside(pictures)
	w.put("gallery", `{"imageCrop":false,"linkTo":"none","sizeSlug":"full"}`,
		`<figure class="wp-block-gallery has-nested-images columns-default">`+inner+"</figure>")
}

func (w *wordpress) list(l press.List) {
	tag, start, attributes := "ul", "", ""
	if l.Ordered {
		tag, attributes = "ol", `{"ordered":true}`
		if l.Start != 0 && l.Start != 1 {
			n := strconv.Itoa(l.Start)
			start, attributes = ` start="`+n+`"`, `{"ordered":true,"start":`+n+"}"
		}
	}
	if !w.opt.Editor.Nested {
		w.put("list", attributes, wpFlatList(l, tag, start))
		return
	}
	class := ""
	if w.opt.Editor.ListClass {
		class = ` class="wp-block-list"`
	}
	inner := w.inside(func() {
		for _, item := range l.Items {
			below := ""
			if item.List != nil {
				below = w.inside(func() { w.list(*item.List) })
			}
			w.put("list-item", "", "<li>"+wpRuns(item.Text)+below+"</li>")
		}
	})
	w.put("list", attributes, "<"+tag+start+class+">"+inner+"</"+tag+">")
}

// wpFlatList is a list in one block, with those inside it.
func wpFlatList(l press.List, tag, start string) string {
	var html writer
	html.raw("<", tag, start, ">")
	for _, item := range l.Items {
		html.raw("<li>", wpRuns(item.Text))
		if item.List != nil {
			inner := "ul"
			if item.List.Ordered {
				inner = "ol"
			}
			html.raw(wpFlatList(*item.List, inner, ""))
		}
		html.raw("</li>")
	}
	html.raw("</", tag, ">")
	return html.String()
}

func (w *wordpress) quote(q press.Quote) {
	inner := ""
	if w.opt.Editor.Nested {
		inner = w.inside(func() {
			for _, p := range q.Paragraphs {
				w.paragraph(p)
			}
		})
	} else {
		for _, p := range q.Paragraphs { // the older form has no room for how they stand
			inner += "<p>" + unembedded(wpRuns(p.Text)) + "</p>"
		}
	}
	w.put("quote", "", `<blockquote class="wp-block-quote">`+inner+"</blockquote>")
}

func (w *wordpress) table(t press.Table) {
	if len(t.Rows) == 0 {
		return
	}
	var html writer
	html.raw(`<figure class="wp-block-table"><table>`)
	head := headRows(t)
	wpSection(&html, "thead", "th", t.Rows[:head])
	wpSection(&html, "tbody", "td", t.Rows[head:])
	html.raw("</table></figure>")
	name, attributes := "table", ""
	switch {
	case !w.opt.Editor.TableSpans && hasSpans(t):
		name = "html"
	case w.opt.Editor.FixedTables:
		attributes = `{"hasFixedLayout":false}`
	}
	w.put(name, attributes, html.String())
}

func hasSpans(t press.Table) bool {
	return slices.ContainsFunc(t.Rows, func(row []press.Cell) bool {
		return slices.ContainsFunc(row, func(c press.Cell) bool { return c.ColSpan > 1 || c.RowSpan > 1 })
	})
}

func wpSection(html *writer, tag, cell string, rows [][]press.Cell) {
	if len(rows) == 0 {
		return
	}
	html.raw("<", tag, ">")
	for _, row := range rows {
		html.raw("<tr>")
		for _, c := range row {
			html.raw("<", cell)
			if _, class := wpAligned("", c.Align); class != "" {
				html.raw(class, ` data-align="`, string(c.Align), `"`)
			}
			html.spans(c)
			html.raw(">", wpRuns(c.Text), "</", cell, ">")
		}
		html.raw("</tr>")
	}
	html.raw("</", tag, ">")
}

// wpRuns writes text with the formats of the editor's own buttons, in the form that WordPress leaves alone where it cleans what
// somebody without unfiltered_html writes: it takes rgba() out of styles, which would leave marked text yellow, and the last
// semicolon, and writes entities with three digits.
func wpRuns(runs []press.Run) string {
	var html writer
	eachLink(runs, func(link string, group []press.Run) {
		if link != "" {
			html.raw("<a")
			wpAttr(&html, "href", link)
			html.raw(">")
			defer html.raw("</a>")
		}
		for _, r := range group {
			wpRun(&html, r)
		}
	})
	return html.String()
}

func wpRun(html *writer, r press.Run) {
	var closing []string
	open := func(on bool, tag, end string) {
		if on {
			html.raw(tag)
			closing = append(closing, end)
		}
	}
	colour := wpColour(r.Color)
	open(colour != "", `<mark style="background-color:transparent;color:`+colour+`" class="has-inline-color">`, "</mark>")
	open(r.Bold, "<strong>", "</strong>")
	open(r.Italic, "<em>", "</em>")
	open(r.Underline, `<span style="text-decoration: underline">`, "</span>")
	open(r.Strike, "<s>", "</s>")
	html.raw(wpText(r.Text))
	for _, end := range slices.Backward(closing) {
		html.raw(end)
	}
}

// wpColour is a colour of the palette for a page whose look is not ours: readable on white, and still so on a dark page.
func wpColour(c press.Color) string {
	switch c {
	case press.Red:
		return "#d43a36"
	case press.Orange:
		return "#b85c00"
	case press.Green:
		return "#2e8540"
	case press.Blue:
		return "#2b74c4"
	case press.Purple:
		return "#8e5bc0"
	case press.Gray:
		return "#767676"
	}
	return ""
}

// wpText writes words as the editor does, of which nothing is carried out.
func wpText(s string) string {
	var html writer
	html.text(s)
	return unopened(strings.NewReplacer("&quot;", `"`, "\u00a0", "&nbsp;").Replace(html.String()))
}

// wpAttr writes an attribute. WordPress carries shortcodes out in attributes too.
func wpAttr(html *writer, name, value string) {
	var attr writer
	attr.attr(name, value)
	html.raw(unopened(attr.String()))
}

// unopened writes brackets that would begin a shortcode, which WordPress carries out, so that they do not.
func unopened(html string) string {
	if !strings.Contains(html, "[") {
		return html
	}
	var safe strings.Builder
	for i := range len(html) {
		if html[i] == '[' && shortcodeBegins(html[i+1:]) {
			safe.WriteString("&#091;")
			continue
		}
		safe.WriteByte(html[i])
	}
	return safe.String()
}

// shortcodeBegins reports whether what follows a bracket may be a shortcode's name, which can begin with all that does not end
// it. Numbers alone are those of notes.
func shortcodeBegins(rest string) bool {
	end := strings.IndexFunc(rest, func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>&/[]=", r) })
	switch {
	case rest == "" || end < 0: // what follows may stand behind a mark that leaves no trace
		return true
	case end == 0:
		return rest[0] == '/' || rest[0] == '['
	}
	return strings.Trim(rest[:end], "0123456789") != ""
}

// unembedded writes a paragraph's HTML so that WordPress does not put in its place what an address leads to that stands there
// alone.
func unembedded(html string) string {
	if start := strings.TrimSpace(html); strings.HasPrefix(start, "http://") || strings.HasPrefix(start, "https://") {
		return strings.Replace(html, "://", ":&#047;&#047;", 1)
	}
	return html
}
