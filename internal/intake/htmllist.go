package intake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newsdesk/internal/press"
)

// list walks <ul> or <ol>. What a list cannot hold (pictures, tables) follows it.
func (w *walker) list(n *html.Node, ctx context) {
	w.flush()
	line := w.line
	w.listDepth++
	list := press.List{Ordered: n.DataAtom == atom.Ol}
	if start, err := strconv.Atoi(strings.TrimSpace(attr(n, "start"))); err == nil && start > 0 && start < 1e6 {
		list.Start = start
	}
	var after []piece
	for c := n.FirstChild; c != nil && !w.d.overfull(); c = c.NextSibling {
		after = append(after, w.listChild(&list, c, ctx)...)
	}
	w.listDepth--
	if len(list.Items) > 0 {
		w.sink.pieces = append(w.sink.pieces, piece{block: list, line: line})
	}
	w.sink.pieces = append(w.sink.pieces, after...)
}

// listChild adds one item; a list directly inside a list belongs to the item before it.
func (w *walker) listChild(list *press.List, c *html.Node, ctx context) []piece {
	if c.Type == html.TextNode && isBlank(c.Data) || c.Type == html.CommentNode {
		return nil
	}
	pieces := w.collectNode(c, ctx)
	if len(pieces) == 1 && len(list.Items) > 0 && c.DataAtom != atom.Li {
		if inner, ok := pieces[0].block.(press.List); ok {
			list.Items = w.nest(list.Items, inner)
			return nil
		}
	}
	item, after := w.itemOf(pieces)
	list.Items = append(list.Items, item...)
	return after
}

// collectNode is collect for a node itself instead of what it contains.
func (w *walker) collectNode(n *html.Node, ctx context) []piece {
	ctx.level, ctx.role, ctx.marker = 0, ordinary, nil
	outer := w.sink
	w.sink = &sink{ctx: ctx}
	w.node(n, ctx)
	w.flush()
	pieces := w.sink.pieces
	w.sink = outer
	return pieces
}

// itemOf makes a list item of pieces: paragraphs become lines of its text, a list its inner list; the rest is returned.
// Below the depth that a body may have, the inner list's items follow as items of their own.
func (w *walker) itemOf(pieces []piece) (items []press.ListItem, after []piece) {
	items = []press.ListItem{{}}
	for _, p := range groupLists(pieces) {
		switch block := p.block.(type) {
		case press.Paragraph:
			items[0].Text = appendLine(items[0].Text, block.Text)
		case press.Heading:
			items[0].Text = appendLine(items[0].Text, block.Text)
		case press.List:
			items = w.nest(items, block)
		case press.Quote:
			for _, q := range block.Paragraphs {
				items[0].Text = appendLine(items[0].Text, q.Text)
			}
		case press.Divider:
		default:
			after = append(after, p)
		}
	}
	items[0].Text = joinRuns(items[0].Text)
	if len(items) == 1 && len(items[0].Text) == 0 && items[0].List == nil {
		return nil, after
	}
	return items, after
}

// nest puts a list into the last of items, or its items behind that one where it would be too deep.
func (w *walker) nest(items []press.ListItem, inner press.List) []press.ListItem {
	last := &items[len(items)-1]
	switch {
	case w.listDepth+depthOf(inner) > press.MaxListDepth:
		for _, item := range inner.Items {
			below := item.List
			item.List = nil
			if items = append(items, item); below != nil {
				items = w.nest(items, *below)
			}
		}
	case last.List == nil:
		last.List = &inner
	default:
		last.List.Items = append(last.List.Items, inner.Items...)
	}
	return items
}

func depthOf(list press.List) int {
	deepest := 0
	for _, item := range list.Items {
		if item.List != nil {
			deepest = max(deepest, depthOf(*item.List))
		}
	}
	return deepest + 1
}

func appendLine(runs, more []press.Run) []press.Run {
	if len(runs) > 0 && len(more) > 0 {
		runs = append(runs, press.Run{Text: "\n"})
	}
	return append(runs, more...)
}

// marker is what Word writes before a paragraph that it shows as a list item.
type marker struct {
	list  string // which list; Word's number of it
	level int    // from 1
	text  string // "1.", "·", "一、"
}

var msoList = regexp.MustCompile(`\b(l\d+) level(\d+)(?: (lfo\d+))?`)

// paragraphContext reads what Word says about a paragraph: title, list item.
func paragraphContext(n *html.Node, ctx context) context {
	class := attr(n, "class")
	switch {
	case strings.HasPrefix(class, "MsoTitle"):
		ctx.role = titleRole
	case strings.HasPrefix(class, "MsoSubtitle"):
		ctx.role = subtitleRole
	}
	if found := msoList.FindStringSubmatch(declarations(n)["mso-list"]); found != nil {
		level, _ := strconv.Atoi(found[2])
		ctx.marker = &marker{list: found[1] + found[3], level: min(max(level, 1), press.MaxListDepth)}
	}
	return ctx
}

// wordMarker reports whether an element holds only the number or bullet that Word writes for readers without lists.
func wordMarker(n *html.Node) bool {
	return declarations(n)["mso-list"] == "ignore"
}

func (w *walker) setMarker(n *html.Node) {
	text := strings.TrimSpace(clean(textContent(n)))
	if m := w.sink.ctx.marker; m != nil {
		m.text = text
		return
	}
	w.text(text, w.sink.ctx) // a number that belongs to no list is text
}

var (
	countable = regexp.MustCompile(`^[(（]?(\d{1,6}|[a-zA-Z]|[ivxlcIVXLC]{1,6})[.)）、．]?$`)
	bullet    = regexp.MustCompile(`^[^\pL\pN]{0,2}$|^[ounlpqvwxØü§]$`)
)

// kept returns the paragraph with its marker in front: 一、 and （二） are part of what an official text says.
func (m marker) kept(p piece) piece {
	block := p.block.(press.Paragraph)
	block.Text = append([]press.Run{{Text: m.text + " "}}, block.Text...)
	if last := []rune(m.text); wide(last[len(last)-1]) {
		block.Text[0].Text = m.text
	}
	p.block, p.marker = block, nil
	return p
}

// groupLists makes lists of neighbouring paragraphs that Word shows as list items.
func groupLists(pieces []piece) []piece {
	var out []piece
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		if !isItem(p) {
			if _, ok := p.block.(press.Paragraph); ok && p.marker != nil && p.marker.text != "" {
				p = p.marker.kept(p)
			}
			out = append(out, p)
			continue
		}
		end := i + 1
		for end < len(pieces) && isItem(pieces[end]) && (pieces[end].marker.list == p.marker.list || pieces[end].marker.level > 1) {
			end++
		}
		out = append(out, piece{block: listOf(pieces[i:end], 1), line: p.line})
		i = end - 1
	}
	return out
}

func isItem(p piece) bool {
	_, ok := p.block.(press.Paragraph)
	return ok && p.marker != nil && (countable.MatchString(p.marker.text) || bullet.MatchString(p.marker.text))
}

// listOf nests items by their level.
func listOf(pieces []piece, level int) press.List {
	list := press.List{Ordered: countable.MatchString(pieces[0].marker.text) && !bullet.MatchString(pieces[0].marker.text)}
	if start, err := strconv.Atoi(strings.Trim(pieces[0].marker.text, "()（）.、．")); err == nil && list.Ordered {
		list.Start = start
	}
	for i := 0; i < len(pieces); {
		item := press.ListItem{}
		if pieces[i].marker.level <= level || level >= press.MaxListDepth {
			item.Text = slices.Clone(pieces[i].block.(press.Paragraph).Text)
			i++
		}
		end := i
		for end < len(pieces) && pieces[end].marker.level > level && level < press.MaxListDepth {
			end++
		}
		if end > i {
			inner := listOf(pieces[i:end], level+1)
			item.List = &inner
		}
		list.Items = append(list.Items, item)
		i = end
	}
	return list
}
