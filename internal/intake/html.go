package intake

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newsdesk/internal/press"
)

// readHTML reads a page or a piece of one, as saved or pasted from Word, WPS or a web editor.
func (d *draft) readHTML(source string) error {
	if err := d.walkHTML(source, false); err != nil {
		return err
	}
	d.takePosition()
	d.takeSubtitle()
	return d.takeTitle(d.styledTitle, d.topHeading, d.boldCentred, d.leadingHeading, d.pageTitle, d.guessedTitle)
}

// walkHTML parses markup and walks it into pieces.
func (d *draft) walkHTML(source string, markdown bool) error {
	source, err := d.numberLines(source, !markdown)
	if err != nil {
		return err
	}
	root, err := parseHTML(source)
	if err != nil {
		return d.nested(err)
	}
	if !markdown {
		applySheets(root)
	}
	w := &walker{d: d, markdown: markdown, sink: &sink{}}
	w.children(root, context{})
	w.flush()
	if d.overfull() {
		return d.tooLong()
	}
	d.pieces = append(d.pieces, w.sink.pieces...)
	d.noteMedia()
	return nil
}

func (d *draft) nested(cause error) error {
	return press.Fail(press.Invalid, "document.nested", press.Say(
		"The document %q is nested too deeply to be an article; save it as plain text and hand it in again.",
		"文档“%s”的结构嵌套过深，请另存为纯文本后重新提交。", shown(d.name))).Because(cause)
}

// parseHTML parses as a browser does. The parser refuses what is nested deeper than 512 elements; a fault in it is an
// error here, because what it is given comes from outside.
func parseHTML(source string) (root *html.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("intake: parse HTML: %v", r)
		}
	}()
	return html.Parse(strings.NewReader(source))
}

// walker turns a tree of elements into pieces.
type walker struct {
	d         *draft
	markdown  bool
	sink      *sink
	line      int // of the nearest numbered element
	embedded  int // pictures found inside the document
	listDepth int
}

// sink is where pieces and the running paragraph go; lists, quotes and cells have one of their own.
type sink struct {
	pieces []piece
	after  []piece // pictures met inside the running paragraph, which follow it
	runs   []press.Run
	line   int
	space  rune // a pending space: 0, ' ' or softBreak
	look   press.Run
	ctx    context // of the block that the running paragraph stands in
}

// context is what elements pass down to what they contain.
type context struct {
	look   press.Run
	align  press.Align
	level  int
	role   role
	pre    bool
	marker *marker
}

func (w *walker) children(n *html.Node, ctx context) {
	for c := n.FirstChild; c != nil && !w.d.overfull(); c = c.NextSibling {
		w.node(c, ctx)
	}
}

func (w *walker) node(n *html.Node, ctx context) {
	switch n.Type {
	case html.TextNode:
		w.text(n.Data, ctx)
	case html.ElementNode:
		if number, err := strconv.Atoi(attr(n, lineAttr)); err == nil && number > 0 {
			w.line = number
		}
		if n.DataAtom == atom.Title && n.Namespace == "" && w.d.heading == "" {
			w.d.heading = textContent(n)
		}
		switch {
		case !dropped(n):
			w.element(n, ctx)
		case isMedia(n):
			w.d.media++
		case isDrawing(n):
			w.background(n)
		}
	}
}

// dropped reports whether an element and all that is in it does not exist for a reader: what runs, frames, draws, asks,
// or is hidden.
func dropped(n *html.Node) bool {
	if n.Namespace != "" {
		return true // svg and math
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Iframe, atom.Object, atom.Embed, atom.Applet, atom.Noscript, atom.Noembed,
		atom.Noframes, atom.Frameset, atom.Template, atom.Textarea, atom.Select, atom.Option, atom.Optgroup, atom.Button,
		atom.Input, atom.Datalist, atom.Audio, atom.Video, atom.Canvas, atom.Map, atom.Title, atom.Meta, atom.Link,
		atom.Base, atom.Xmp, atom.Plaintext, atom.Dialog, atom.Progress, atom.Meter:
		return true
	}
	return n.Data == "xml" || isMedia(n) || hidden(n)
}

func (w *walker) element(n *html.Node, ctx context) {
	ctx = styled(n, ctx)
	switch n.DataAtom {
	case atom.Br:
		w.br(ctx)
	case atom.Hr:
		w.flush()
		w.sink.pieces = append(w.sink.pieces, piece{block: press.Divider{}, line: w.line})
	case atom.Img, atom.Image:
		w.image(n)
	case atom.A:
		w.anchor(n, ctx)
	case atom.Ul, atom.Ol, atom.Menu, atom.Dir:
		w.list(n, ctx)
	case atom.Blockquote:
		w.quote(n, ctx)
	case atom.Table:
		w.table(n, ctx)
	case atom.Figure:
		w.figure(n, ctx)
	case atom.Pre, atom.Listing:
		ctx.pre = true
		w.block(n, ctx)
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		ctx.level = int(n.Data[1] - '0')
		w.block(n, ctx)
	case atom.Sub, atom.Sup:
		w.raised(n, ctx)
	case atom.Q:
		w.text("“", ctx)
		w.children(n, ctx)
		w.text("”", ctx)
	default:
		w.inlineOrBlock(n, ctx)
	}
}

func (w *walker) inlineOrBlock(n *html.Node, ctx context) {
	switch {
	case isBlock(n):
		w.background(n)
		w.block(n, paragraphContext(n, ctx))
	case wordMarker(n):
		w.setMarker(n)
	default:
		w.children(n, ctx)
	}
}

func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Main, atom.Header, atom.Footer, atom.Nav, atom.Aside,
		atom.Center, atom.Address, atom.Dl, atom.Dt, atom.Dd, atom.Fieldset, atom.Legend, atom.Form, atom.Details,
		atom.Summary, atom.Body, atom.Html, atom.Head, atom.Li, atom.Caption, atom.Figcaption, atom.Hgroup, atom.Search,
		atom.Tr, atom.Td, atom.Th, atom.Tbody, atom.Thead, atom.Tfoot:
		return true
	}
	return false
}

// block walks an element that stands in lines of its own.
func (w *walker) block(n *html.Node, ctx context) {
	w.flush()
	outer := w.sink.ctx
	w.sink.ctx = ctx
	w.children(n, ctx)
	w.flush()
	w.sink.ctx = outer
}

// collect walks an element into pieces of its own, for the list, quote or cell that it is.
func (w *walker) collect(n *html.Node, ctx context) []piece {
	ctx.level, ctx.role, ctx.marker = 0, ordinary, nil
	outer := w.sink
	w.sink = &sink{ctx: ctx}
	w.children(n, ctx)
	w.flush()
	pieces := w.sink.pieces
	w.sink = outer
	return pieces
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

func textContent(n *html.Node) string {
	var out strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			out.WriteString(c.Data)
		}
	}
	return out.String()
}
