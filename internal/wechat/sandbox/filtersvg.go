package sandbox

import (
	"strings"

	"golang.org/x/net/html"
)

// cleanSVG keeps drawing and its SMIL animation. References by id break, since ids are removed.
func cleanSVG(n *html.Node) []*html.Node {
	switch n.Data {
	case "image":
		return cleanSVGImage(n)
	case "a":
		return cleanChildren(n)
	}
	if !keptSVGElement(n.Data) {
		return nil
	}
	if strings.Contains(strings.ToLower(attribute(n, "attributeName")), "href") {
		return nil
	}
	w := wrap(n.Data, keptAttributes(n.Attr, true), cleanChildren(n))
	w.Namespace = "svg"
	return []*html.Node{w}
}

func cleanSVGImage(n *html.Node) []*html.Node {
	for _, a := range n.Attr {
		if a.Key != "href" {
			continue
		}
		if address, ours := normalImage(a.Val); ours {
			w := wrap("image", append(keptAttributes(n.Attr, true), html.Attribute{Key: "href", Val: address}), nil)
			w.Namespace = "svg"
			return []*html.Node{w}
		}
	}
	return nil
}

func keptSVGElement(name string) bool {
	switch name {
	case "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "defs", "linearGradient",
		"radialGradient", "stop", "clipPath", "mask", "pattern", "animate", "animateTransform", "animateMotion", "set", "foreignObject":
		return true
	}
	return false
}

func keptSVGAttribute(key string) bool {
	lower := strings.ToLower(key)
	return lower != "id" && lower != "href" && lower != "src" && !strings.HasPrefix(lower, "on") && !strings.HasPrefix(lower, "xlink") &&
		!strings.HasPrefix(lower, "xml")
}
