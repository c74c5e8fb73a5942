package markup

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newsdesk/internal/press"
)

// hostile is text that breaks out of markup that forgets to escape. The NUL and the escape character may not arrive; all
// the rest must, as text.
const hostile = `"><script>alert('1')</script>` + "\x00\x1b" + `' onload="x" ]]> <!-- -- > &amp; &#39; javascript:alert(1) ` + "\u202eevil\u202c" + ` </section></style>`

var hostileText = strings.NewReplacer("\x00", "", "\x1b", "").Replace(hostile)

// hostileContent has the hostile text in every field that holds text, and addresses that go as far as SafeLink lets them.
func hostileContent() press.Content {
	runs := []press.Run{
		{Text: hostile},
		{Text: hostile, Bold: true, Italic: true, Underline: true, Strike: true, Color: "red"},
		{Text: hostile, Link: `https://example.edu/"><b>'&amp;?x=<y>&z=]]>`},
		{Text: hostile, Link: "mailto:\"'<a>\"@example.edu"},
		{Text: hostile, Link: `https://mp.weixin.qq.com/s/"><b>'`},
		{Text: hostile, Link: "javascript:alert(1)"},
		{Text: hostile, Color: press.Color(`x" onclick="y`)},
	}
	p := press.Paragraph{Align: press.Align(`x" onclick="y`), Text: runs}
	picture := press.Picture{Photo: wide, Caption: hostile, Alt: hostile}
	list := press.List{Ordered: true, Start: -3, Items: []press.ListItem{{Text: runs, List: &press.List{Items: []press.ListItem{{Text: runs}}}}}}
	cell := press.Cell{Align: p.Align, Text: runs, ColSpan: -1, RowSpan: 2}
	return press.Content{
		Title: hostile, Subtitle: hostile, Digest: hostile,
		Credits: press.Credits{Text: hostile, Photos: hostile, Editor: hostile, Reviewer: hostile, Source: hostile},
		Body: press.Body{Blocks: []press.Block{
			p,
			press.Heading{Level: 9, Align: p.Align, Text: runs},
			picture,
			press.Gallery{Photos: []press.Picture{picture, picture}},
			list,
			press.Quote{Paragraphs: []press.Paragraph{p, p}},
			press.Table{Header: true, Rows: [][]press.Cell{{cell, cell}, {}, {cell}}},
			press.Divider{},
			press.Gallery{},
			press.Table{},
		}},
	}
}

// What each rendering may contain. WeChat removes anything more, or more than that.
var (
	weChatElements = strings.Fields("section p span h2 h3 h4 strong em u s sup a img br hr ul ol li blockquote table tbody tr td th")
	weChatAttrs    = strings.Fields("style href src alt start colspan rowspan")
	siteElements   = strings.Fields("div p span h2 h3 h4 strong em u s a img br hr ul ol li blockquote figure figcaption table thead tbody tr td th")
	siteAttrs      = strings.Fields("class lang id href rel src srcset sizes width height alt loading decoding fetchpriority start colspan rowspan scope role tabindex aria-label")
)

func TestHostileText(t *testing.T) {
	t.Parallel()
	c := hostileContent()
	pictures := map[press.Digest]Image{wide: {URL: "http://mmbiz.qpic.cn/" + hostile, Width: 900, Height: 600}}
	for _, name := range Themes().Names() {
		out, err := WeChat(c, theme(t, name), pictures, WeChatOptions{})
		if err != nil {
			t.Fatal(err)
		}
		only(t, name, out, weChatElements, weChatAttrs)
		cleanStyles(t, out)
		// runs: paragraph, heading, two items, two of a quote, three cells; captions and credits: three and five.
		roundTrips(t, name, out, 9*7+3+5)
	}
	site := map[press.Digest]SitePicture{wide: {Width: 900, Height: 600, Sources: []Source{{hostile, 480}, {hostile, 900}}}}
	out, err := Site(c.Body, site, SiteOptions{Sizes: hostile})
	if err != nil {
		t.Fatal(err)
	}
	only(t, "site", out, siteElements, siteAttrs)
	roundTrips(t, "site", out, 9*7+3)
}

// only fails on any element or attribute that is not listed, and on anything that is neither element nor text.
func only(t *testing.T, name, out string, elements, attrs []string) {
	t.Helper()
	for n := range parse(t, out).Descendants() {
		if n.Type != html.ElementNode && n.Type != html.TextNode {
			t.Errorf("%s: a node of type %d: %q", name, n.Type, n.Data)
		}
		if n.Type == html.ElementNode && !slices.Contains(elements, n.Data) {
			t.Errorf("%s: element %s", name, n.Data)
		}
		for _, a := range n.Attr {
			if !slices.Contains(attrs, a.Key) {
				t.Errorf("%s: attribute %s on %s", name, a.Key, n.Data)
			}
			if a.Key == "href" && !press.SafeLink(a.Val) {
				t.Errorf("%s: link to %q", name, a.Val)
			}
		}
	}
}

// cleanStyles fails on what WeChat removes from a style, or removes the style for.
func cleanStyles(t *testing.T, out string) {
	t.Helper()
	for n := range parse(t, out).Descendants() {
		for _, a := range n.Attr {
			if a.Key == "style" && (strings.ContainsAny(a.Val, `'"&<>\`) || strings.Contains(a.Val, "position") ||
				strings.Contains(a.Val, "!important") || strings.Contains(a.Val, ";;") || strings.Contains(a.Val, ":;")) {
				t.Errorf("style %q on %s", a.Val, n.Data)
			}
		}
	}
	if strings.Contains(out, "&#39;") || strings.Contains(out, "\n") {
		t.Error("an apostrophe as an entity, or a line feed")
	}
}

// roundTrips fails unless the hostile text is there exactly so many times, whole, when the HTML is read as a browser does.
func roundTrips(t *testing.T, name, out string, want int) {
	t.Helper()
	var text strings.Builder
	for n := range parse(t, out).Descendants() {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "alt" && a.Val != hostileText {
				t.Errorf("%s: alt is %q", name, a.Val)
			}
		}
	}
	if got := strings.Count(text.String(), hostileText); got != want {
		t.Errorf("%s: the text is there %d times, want %d", name, got, want)
	}
}

// parse reads HTML as the content of a body element.
func parse(t *testing.T, out string) *html.Node {
	t.Helper()
	root := &html.Node{Type: html.ElementNode, Data: "div"}
	nodes, err := html.ParseFragment(strings.NewReader(out), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	return root
}

// Every sample too must contain only what is listed, and everything that is listed must be used by some sample: a list that
// grew beyond the renderers would let mistakes through.
func TestOnlyListedMarkup(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range samples() {
		for _, name := range Themes().Names() {
			out := weChat(t, s.content, theme(t, name))
			only(t, s.name, out, weChatElements, weChatAttrs)
			cleanStyles(t, out)
			for n := range parse(t, out).Descendants() {
				if n.Type == html.ElementNode {
					seen[n.Data] = true
				}
			}
		}
	}
	if got, want := slices.Sorted(maps.Keys(seen)), slices.Sorted(slices.Values(weChatElements)); !slices.Equal(got, want) {
		t.Errorf("elements used: %v\nlisted: %v", got, want)
	}
}
