package sandbox

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The filter does to a body what the platform was seen to do to it between draft/add and draft/get:
//
//	kept       sections, paragraphs, headings, inline marks, lists, tables, quotes, SVG; inline styles
//	changed    div is dissolved and loses most of its styles; img src becomes data-src of size 640 over https
//	removed    script, style, forms, frames, id, handlers, position; pictures and links that point outside (the text stays)
//	emptied    a style attribute in which &#39; stands, whole

// quoteMark stands for &#39; while the body is parsed, for afterwards nobody could tell it from a bare quote.
const quoteMark = "\U000F0F39"

// filter returns the stored form of a body and its visible text.
func filter(body string) (stored, plain string, err error) {
	context := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(strings.ReplaceAll(body, "&#39;", quoteMark)), context)
	if err != nil {
		return "", "", err
	}
	var out, words strings.Builder
	for _, n := range nodes {
		for _, kept := range clean(n) {
			if err := html.Render(&out, kept); err != nil {
				return "", "", err
			}
			visible(kept, &words)
		}
	}
	return out.String(), strings.TrimSpace(words.String()), nil
}

// clean returns what takes the place of a node.
func clean(n *html.Node) []*html.Node {
	switch {
	case n.Type == html.TextNode:
		return []*html.Node{{Type: html.TextNode, Data: strings.ReplaceAll(n.Data, quoteMark, "'")}}
	case n.Type != html.ElementNode:
		return nil
	case n.Namespace == "svg":
		return cleanSVG(n)
	case dropped(n.Data):
		return nil
	case n.Data == "img":
		return cleanImage(n)
	case n.Data == "a":
		return cleanLink(n)
	case n.Data == "div":
		return dissolve(n)
	case n.Data == "span" && holdsOnlySpace(n):
		return nil
	case keptElement(n.Data):
		return []*html.Node{wrap(n.Data, keptAttributes(n.Attr, false), cleanChildren(n))}
	}
	return cleanChildren(n)
}

func cleanChildren(n *html.Node) []*html.Node {
	var out []*html.Node
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		out = append(out, clean(child)...)
	}
	return out
}

func wrap(name string, attrs []html.Attribute, children []*html.Node) *html.Node {
	n := &html.Node{Type: html.ElementNode, Data: name, DataAtom: atom.Lookup([]byte(name)), Attr: attrs}
	for _, child := range children {
		n.AppendChild(child)
	}
	return n
}

func dropped(name string) bool {
	switch name {
	case "script", "style", "noscript", "template", "head", "title", "meta", "link", "base", "iframe", "frame", "frameset", "object",
		"embed", "applet", "video", "audio", "source", "track", "canvas", "input", "textarea", "select", "option", "button",
		"xmp", "plaintext", "noembed", "noframes", "dialog":
		return true
	}
	return false
}

func keptElement(name string) bool {
	switch name {
	case "section", "p", "span", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "b", "em", "i", "u", "s", "del", "blockquote",
		"ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th",
		"figure", "figcaption", "header", "footer", "aside", "article", "nav", "main", "mark", "small", "sub", "sup", "q", "abbr",
		"center", "font", "big", "br", "hr", "pre", "code":
		return true
	}
	return false
}

func isBlock(name string) bool {
	switch name {
	case "section", "p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "table", "figure",
		"figcaption", "header", "footer", "aside", "article", "nav", "main", "center", "hr", "pre", "tr", "td", "th":
		return true
	}
	return false
}

// dissolve takes a div apart: block children stand alone and loose text between them becomes paragraphs; a div with nothing
// but text becomes a paragraph with few of its styles.
func dissolve(n *html.Node) []*html.Node {
	var out, run []*html.Node
	blocks := 0
	flush := func(style string) {
		if !blank(run) {
			var attrs []html.Attribute
			if style != "" {
				attrs = []html.Attribute{{Key: "style", Val: style}}
			}
			out = append(out, wrap("p", attrs, run))
		}
		run = nil
	}
	for _, child := range cleanChildren(n) {
		if child.Type == html.ElementNode && isBlock(child.Data) {
			flush("")
			out, blocks = append(out, child), blocks+1
			continue
		}
		run = append(run, child)
	}
	style := ""
	if blocks == 0 {
		style = paragraphStyle(attribute(n, "style"))
	}
	flush(style)
	return out
}

func blank(nodes []*html.Node) bool {
	for _, n := range nodes {
		if n.Type != html.TextNode || strings.TrimSpace(n.Data) != "" {
			return false
		}
	}
	return true
}

// holdsOnlySpace finds the spans that vanish; a no-break space is not a space here.
func holdsOnlySpace(n *html.Node) bool {
	child := n.FirstChild
	return child != nil && child.NextSibling == nil && child.Type == html.TextNode && strings.Trim(child.Data, " \t\r\n") == ""
}

func cleanImage(n *html.Node) []*html.Node {
	src := attribute(n, "src")
	if src == "" {
		src = attribute(n, "data-src")
	}
	address, ours := normalImage(src)
	if !ours {
		return nil
	}
	attrs := []html.Attribute{{Key: "data-src", Val: address}}
	for _, a := range keptAttributes(n.Attr, false) {
		if a.Key != "data-src" {
			attrs = append(attrs, a)
		}
	}
	return []*html.Node{wrap("img", attrs, nil)}
}

// normalImage writes a picture's address as the platform gives it back.
func normalImage(src string) (string, bool) {
	u, err := url.Parse(strings.TrimSpace(src))
	if err != nil || !oneOf(u.Scheme, "http", "https", "") || !isImageHost(u.Host) {
		return "", false
	}
	u.Scheme, u.User, u.Fragment = "https", nil, ""
	if cut := strings.LastIndexByte(u.Path, '/'); cut > 0 && strings.Count(u.Path, "/") >= 3 {
		u.Path = u.Path[:cut] + "/640"
	}
	return u.String(), true
}

func isImageHost(host string) bool {
	return oneOf(host, "mmbiz.qpic.cn", "mmbiz.qlogo.cn", "mmecoa.qpic.cn")
}

func isArticleLink(href string) bool {
	u, err := url.Parse(strings.TrimSpace(href))
	return err == nil && oneOf(u.Scheme, "http", "https") && u.Host == "mp.weixin.qq.com"
}

func cleanLink(n *html.Node) []*html.Node {
	href := attribute(n, "href")
	mini := attribute(n, "data-miniprogram-appid") != ""
	if !mini && !isArticleLink(href) {
		return cleanChildren(n)
	}
	attrs := keptAttributes(n.Attr, false)
	if isArticleLink(href) {
		attrs = append(attrs, html.Attribute{Key: "href", Val: href})
	}
	return []*html.Node{wrap("a", attrs, cleanChildren(n))}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return strings.ReplaceAll(a.Val, quoteMark, "'")
		}
	}
	return ""
}

// keptAttributes filters attributes. SVG keeps its drawing attributes; HTML keeps a short list.
func keptAttributes(attrs []html.Attribute, svg bool) []html.Attribute {
	var out []html.Attribute
	for _, a := range attrs {
		if a.Key == "style" {
			if strings.Contains(a.Val, quoteMark) {
				a.Val = "" // whole, as observed
			} else {
				a.Val = cleanStyle(a.Val)
			}
			out = append(out, html.Attribute{Key: "style", Val: a.Val})
			continue
		}
		if a.Namespace == "" && plainName(a.Key) && (keptAttribute(a.Key) || svg && keptSVGAttribute(a.Key)) {
			out = append(out, html.Attribute{Key: a.Key, Val: strings.ReplaceAll(a.Val, quoteMark, "'")})
		}
	}
	return out
}

// plainName refuses attribute names that are legal nowhere: parsers let through almost anything.
func plainName(key string) bool {
	for _, ch := range key {
		if ch != '-' && ch != '_' && (ch < '0' || ch > '9') && (ch < 'A' || ch > 'Z') && (ch < 'a' || ch > 'z') {
			return false
		}
	}
	return key != ""
}

func keptAttribute(key string) bool {
	switch key {
	case "class", "title", "alt", "align", "valign", "width", "height", "border", "cellpadding", "cellspacing", "colspan", "rowspan",
		"start", "bgcolor", "color", "face", "size", "dir", "lang", "span", "type":
		return true
	}
	return strings.HasPrefix(key, "data-")
}

// visible collects the text of a node, a space between blocks.
func visible(n *html.Node, out *strings.Builder) {
	if n.Type == html.TextNode {
		out.WriteString(n.Data)
		return
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		visible(child, out)
	}
	if isBlock(n.Data) || n.Data == "br" {
		out.WriteByte(' ')
	}
}
