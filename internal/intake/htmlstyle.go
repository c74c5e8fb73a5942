package intake

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newsdesk/internal/press"
)

// declarations reads a style attribute. Only single words and colours are ever looked at, so nothing is unescaped.
func declarations(n *html.Node) map[string]string {
	style := attr(n, "style")
	if style == "" || len(style) > 1<<16 {
		return nil
	}
	out := map[string]string{}
	for part := range strings.SplitSeq(style, ";") {
		if name, value, ok := strings.Cut(part, ":"); ok {
			value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(strings.ToLower(value)), "!important"))
			out[strings.ToLower(strings.TrimSpace(name))] = value
		}
	}
	return out
}

// hidden reports whether a reader would not see an element. WeChat hides the article itself until its script has run.
func hidden(n *html.Node) bool {
	if attr(n, "id") == "js_content" {
		return false
	}
	for _, a := range n.Attr {
		if a.Key == "hidden" {
			return true
		}
	}
	style := declarations(n)
	return style["display"] == "none" || style["visibility"] == "hidden" || style["mso-hide"] == "all"
}

// styled returns the context inside an element: what its name, attributes and style say about looks.
func styled(n *html.Node, ctx context) context {
	switch n.DataAtom {
	case atom.B, atom.Strong:
		ctx.look.Bold = true
	case atom.I, atom.Em, atom.Cite, atom.Dfn, atom.Var:
		ctx.look.Italic = true
	case atom.U, atom.Ins:
		ctx.look.Underline = true
	case atom.S, atom.Strike, atom.Del:
		ctx.look.Strike = true
	case atom.Center:
		ctx.align = press.AlignCenter
	case atom.Font:
		ctx.look = coloured(ctx.look, attr(n, "color"))
	}
	ctx.align = aligned(ctx.align, strings.ToLower(strings.TrimSpace(attr(n, "align"))), n)
	style := declarations(n)
	if style == nil {
		return ctx
	}
	ctx.align = aligned(ctx.align, style["text-align"], n)
	ctx.look = weighted(ctx.look, style)
	if color, ok := style["color"]; ok {
		ctx.look = coloured(ctx.look, color)
	}
	return ctx
}

// aligned reads an alignment. On an image the attribute means something else.
func aligned(align press.Align, value string, n *html.Node) press.Align {
	if n.DataAtom == atom.Img || n.DataAtom == atom.Table {
		return align
	}
	switch value {
	case "center", "middle", "-webkit-center":
		return press.AlignCenter
	case "right", "end":
		return press.AlignRight
	case "left", "start", "justify":
		return press.AlignStart
	}
	return align
}

func weighted(look press.Run, style map[string]string) press.Run {
	switch weight := style["font-weight"]; weight {
	case "":
	case "bold", "bolder":
		look.Bold = true
	case "normal", "lighter":
		look.Bold = false
	default:
		if n, err := strconv.Atoi(weight); err == nil {
			look.Bold = n >= 600
		}
	}
	switch slant := style["font-style"]; {
	case slant == "italic" || strings.HasPrefix(slant, "oblique"):
		look.Italic = true
	case slant == "normal":
		look.Italic = false
	}
	lines := style["text-decoration"] + " " + style["text-decoration-line"]
	look.Underline = look.Underline || strings.Contains(lines, "underline")
	look.Strike = look.Strike || strings.Contains(lines, "line-through")
	return look
}

func coloured(look press.Run, value string) press.Run {
	if look.Link != "" {
		return look
	}
	if r, g, b, ok := parseColor(strings.ToLower(strings.TrimSpace(value))); ok {
		look.Color = nearest(r, g, b)
	}
	return look
}

// parseColor reads #rgb, #rrggbb, rgb(), rgba() and the common names.
func parseColor(s string) (r, g, b int, ok bool) {
	if hex, found := strings.CutPrefix(s, "#"); found {
		if len(hex) == 3 || len(hex) == 4 {
			hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
		}
		n, err := strconv.ParseUint(hex[:min(6, len(hex))], 16, 32)
		return int(n >> 16), int(n >> 8 & 255), int(n & 255), err == nil && len(hex) >= 6
	}
	if rest, found := strings.CutPrefix(s, "rgb"); found {
		return parseRGB(strings.Trim(strings.TrimPrefix(rest, "a"), "() "))
	}
	if n, found := colorNames()[s]; found {
		return n >> 16, n >> 8 & 255, n & 255, true
	}
	return 0, 0, 0, false
}

func parseRGB(s string) (r, g, b int, ok bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '/' })
	if len(parts) < 3 {
		return 0, 0, 0, false
	}
	var out [3]int
	for i := range out {
		value, percent := strings.CutSuffix(parts[i], "%")
		f, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(f) {
			return 0, 0, 0, false
		}
		if percent {
			f *= 2.55
		}
		out[i] = int(min(max(f, 0), 255))
	}
	return out[0], out[1], out[2], true
}

func colorNames() map[string]int {
	return map[string]int{
		"black": 0, "white": 0xffffff, "windowtext": 0, "inherit": 0, "initial": 0, "gray": 0x808080, "grey": 0x808080,
		"silver": 0xc0c0c0, "darkgray": 0xa9a9a9, "dimgray": 0x696969, "red": 0xff0000, "crimson": 0xdc143c,
		"darkred": 0x8b0000, "maroon": 0x800000, "firebrick": 0xb22222, "tomato": 0xff6347, "orange": 0xffa500,
		"orangered": 0xff4500, "darkorange": 0xff8c00, "gold": 0xffd700, "yellow": 0xffff00, "brown": 0xa52a2a,
		"chocolate": 0xd2691e, "green": 0x008000, "lime": 0x00ff00, "darkgreen": 0x006400, "olive": 0x808000,
		"seagreen": 0x2e8b57, "limegreen": 0x32cd32, "teal": 0x008080, "blue": 0x0000ff, "navy": 0x000080,
		"darkblue": 0x00008b, "royalblue": 0x4169e1, "dodgerblue": 0x1e90ff, "steelblue": 0x4682b4, "skyblue": 0x87ceeb,
		"cyan": 0x00ffff, "aqua": 0x00ffff, "purple": 0x800080, "violet": 0xee82ee, "magenta": 0xff00ff,
		"fuchsia": 0xff00ff, "indigo": 0x4b0082, "pink": 0xffc0cb, "hotpink": 0xff69b4,
	}
}

// nearest returns the palette's colour of the same hue; none for what is nearly black, white or grey, because text of
// that colour is only text.
func nearest(r, g, b int) press.Color {
	high, low := max(r, g, b), min(r, g, b)
	if high < 72 || high-low < 48 || low > 225 {
		return ""
	}
	span, hue := float64(high-low), 0.0
	switch high {
	case r:
		hue = math.Mod(float64(g-b)/span+6, 6) * 60
	case g:
		hue = (float64(b-r)/span + 2) * 60
	default:
		hue = (float64(r-g)/span + 4) * 60
	}
	switch {
	case hue < 16 || hue >= 330:
		return press.Red
	case hue < 66:
		return press.Orange
	case hue < 168:
		return press.Green
	case hue < 258:
		return press.Blue
	}
	return press.Purple
}
