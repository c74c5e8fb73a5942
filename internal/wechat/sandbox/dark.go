package sandbox

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// In dark mode the platform repaints inline colours and nothing else: the page becomes #191919; grey grounds above a
// lightness of 40 are inverted, brighter ones are held at 190 and darker ones at 22; text keeps a distance in brightness of
// 65 from its ground. The pages here do the same in outline, so that a colour that vanishes on a phone vanishes here.

// rgb is a colour without transparency, 0–255.
type rgb struct{ r, g, b float64 }

const (
	nightGround  = 25 // brightness of #191919
	brightest    = 190
	darkest      = 22
	textDistance = 65
	nightText    = 163 // brightness of #a3a3a3
)

// brightness is how bright a colour looks, 0–255.
func (c rgb) brightness() float64 { return (299*c.r + 587*c.g + 114*c.b) / 1000 }

func (c rgb) lightness() float64 {
	return (max(c.r, c.g, c.b) + min(c.r, c.g, c.b)) / 510
}

func (c rgb) grey() bool { return max(c.r, c.g, c.b)-min(c.r, c.g, c.b) < 20 }

func (c rgb) inverted() rgb { return rgb{255 - c.r, 255 - c.g, 255 - c.b} }

// toBrightness moves a colour towards white or black until it looks as bright as wanted.
func (c rgb) toBrightness(want float64) rgb {
	have := c.brightness()
	if want <= have {
		f := want / max(have, 1)
		return rgb{c.r * f, c.g * f, c.b * f}
	}
	f := (want - have) / max(255-have, 1)
	return rgb{c.r + (255-c.r)*f, c.g + (255-c.g)*f, c.b + (255-c.b)*f}
}

func (c rgb) String() string {
	n := func(v float64) int { return int(math.Round(min(255, max(0, v)))) }
	return fmt.Sprintf("#%02x%02x%02x", n(c.r), n(c.g), n(c.b))
}

func nightBackground(c rgb) rgb {
	if c.grey() && c.lightness() > 0.4 {
		c = c.inverted()
	}
	switch b := c.brightness(); {
	case b > brightest:
		return c.toBrightness(brightest)
	case b < darkest:
		return c.toBrightness(darkest)
	}
	return c
}

func nightForeground(c rgb, ground float64) rgb {
	if math.Abs(c.brightness()-ground) >= textDistance {
		return c
	}
	if ground >= 128 {
		return c.toBrightness(ground - textDistance)
	}
	if c.grey() {
		return c.inverted().toBrightness(min(nightText, c.inverted().brightness()))
	}
	return c.toBrightness(ground + textDistance)
}

// parseColour reads #rgb, #rrggbb, rgb(), rgba() with no transparency to speak of, black and white.
func parseColour(s string) (rgb, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "black":
		return rgb{}, true
	case "white":
		return rgb{255, 255, 255}, true
	}
	if hex, isHex := strings.CutPrefix(s, "#"); isHex {
		return parseHex(hex)
	}
	inner, isFunc := strings.CutPrefix(strings.TrimPrefix(s, "rgba"), "rgb")
	if !isFunc {
		inner = strings.TrimPrefix(s, "rgba")
	}
	if len(inner) == len(s) || !strings.HasPrefix(inner, "(") || !strings.HasSuffix(inner, ")") {
		return rgb{}, false
	}
	return parseChannels(strings.Split(inner[1:len(inner)-1], ","))
}

func parseHex(hex string) (rgb, bool) {
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		return rgb{}, false
	}
	return rgb{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)}, true
}

func parseChannels(fields []string) (rgb, bool) {
	var v [4]float64
	v[3] = 1
	if len(fields) < 3 || len(fields) > 4 {
		return rgb{}, false
	}
	for i, f := range fields {
		n, err := strconv.ParseFloat(strings.TrimSpace(f), 64)
		if err != nil {
			return rgb{}, false
		}
		v[i] = n
	}
	return rgb{v[0], v[1], v[2]}, v[3] > 0.5
}

// repaint adds the night colours to a style, as light-dark() pairs, and returns the ground for what is inside.
func repaint(style string, ground float64) (string, float64) {
	decls := declarations(style)
	for _, d := range decls { // the ground first: the text is measured against it
		if property, _, c, found := colourOf(d); found && property != "color" {
			ground = nightBackground(c).brightness()
		}
	}
	for i, d := range decls {
		property, day, c, found := colourOf(d)
		if !found {
			continue
		}
		night := nightBackground(c)
		if property == "color" {
			night = nightForeground(c, ground)
		}
		decls[i] = fmt.Sprintf(" %s: light-dark(%s, %s)", property, day, night)
	}
	return strings.TrimSpace(strings.Join(decls, ";")), ground
}

// colourOf takes a declaration that sets a plain colour apart.
func colourOf(decl string) (property, value string, c rgb, found bool) {
	property, value, _ = strings.Cut(decl, ":")
	property = strings.ToLower(strings.TrimSpace(property))
	value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important"))
	if oneOf(property, "color", "background", "background-color") {
		c, found = parseColour(value)
	}
	return property, value, c, found
}

// darken repaints a body from a node down.
func darken(n *html.Node, ground float64) {
	for i, a := range n.Attr {
		if a.Key == "style" && a.Namespace == "" && n.Namespace != "svg" {
			n.Attr[i].Val, ground = repaint(a.Val, ground)
		}
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		darken(child, ground)
	}
}
