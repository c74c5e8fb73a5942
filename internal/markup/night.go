package markup

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Night returns HTML that WeChat wrote with each colour as a pair, light-dark(day, night), so that one document shows both
// pages: the one of its reader's colour scheme. The night colours follow the platform's published rules in outline. The page
// is #191919 with words of #a3a3a3. A grey ground lighter than 40 % is inverted; then a ground's brightness is held between
// 22 and 190. Words keep a distance in brightness of 65 from their ground.
func Night(html string) string {
	var out strings.Builder
	out.Grow(len(html) + len(html)/4)
	grounds := []float64{nightPage}
	for {
		i := strings.IndexByte(html, '<')
		if i < 0 {
			break
		}
		end := strings.IndexByte(html[i:], '>')
		if end < 0 {
			break
		}
		out.WriteString(html[:i])
		tag := html[i : i+end+1]
		html = html[i+end+1:]
		if strings.HasPrefix(tag, "</") {
			grounds = grounds[:max(1, len(grounds)-1)]
			out.WriteString(tag)
			continue
		}
		tag, ground := nightTag(tag, grounds[len(grounds)-1])
		out.WriteString(tag)
		if !isVoid(tag) {
			grounds = append(grounds, ground)
		}
	}
	out.WriteString(html)
	return out.String()
}

const (
	nightPage     = 25 // brightness of #191919
	nightWords    = 163
	nightBright   = 190
	nightDark     = 22
	nightDistance = 65
)

func isVoid(tag string) bool {
	return strings.HasPrefix(tag, "<br") || strings.HasPrefix(tag, "<hr") || strings.HasPrefix(tag, "<img")
}

var (
	styleAttr   = regexp.MustCompile(` style="([^"]*)"`)
	styleColour = regexp.MustCompile(`#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b|rgba?\([^)]*\)|\b(?:white|black)\b`)
)

// nightTag repaints one tag and returns the ground of what is inside it.
func nightTag(tag string, ground float64) (string, float64) {
	m := styleAttr.FindStringSubmatchIndex(tag)
	if m == nil {
		return tag, ground
	}
	decls := strings.Split(tag[m[2]:m[3]], ";")
	for _, decl := range decls { // the ground first: words are measured against it
		name, value, _ := strings.Cut(decl, ":")
		if strings.HasPrefix(strings.TrimSpace(name), "background") {
			if c, ok := parseColour(styleColour.FindString(value)); ok && c.a > 0.5 {
				ground = c.nightGround().brightness()
			}
		}
	}
	for i, decl := range decls {
		name, value, _ := strings.Cut(decl, ":")
		words := strings.TrimSpace(name) == "color"
		decls[i] = name + ":" + styleColour.ReplaceAllStringFunc(value, func(found string) string {
			c, ok := parseColour(found)
			switch {
			case !ok:
				return found
			case words:
				return fmt.Sprintf("light-dark(%s,%s)", found, c.nightWords(ground))
			}
			return fmt.Sprintf("light-dark(%s,%s)", found, c.nightGround())
		})
		if value == "" {
			decls[i] = decl
		}
	}
	return tag[:m[2]] + strings.Join(decls, ";") + tag[m[3]:], ground
}

// colour has channels of 0 to 255, and an opacity of 0 to 1.
type colour struct{ r, g, b, a float64 }

func parseColour(s string) (c colour, ok bool) {
	switch s {
	case "":
		return c, false
	case "white":
		return colour{255, 255, 255, 1}, true
	case "black":
		return colour{a: 1}, true
	}
	if hex, isHex := strings.CutPrefix(s, "#"); isHex {
		if len(hex) == 3 {
			hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
		}
		n, err := strconv.ParseUint(hex, 16, 32)
		return colour{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255), 1}, err == nil
	}
	_, inner, _ := strings.Cut(strings.TrimSuffix(s, ")"), "(")
	v := []float64{0, 0, 0, 1}
	parts := strings.Split(inner, ",")
	if len(parts) < 3 || len(parts) > 4 {
		return c, false
	}
	for i, part := range parts {
		n, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil {
			return c, false
		}
		v[i] = n
	}
	return colour{v[0], v[1], v[2], v[3]}, true
}

func (c colour) String() string {
	n := func(v float64) int { return int(math.Round(min(255, max(0, v)))) }
	if c.a < 1 {
		return fmt.Sprintf("rgba(%d,%d,%d,%g)", n(c.r), n(c.g), n(c.b), c.a)
	}
	return fmt.Sprintf("#%02x%02x%02x", n(c.r), n(c.g), n(c.b))
}

// brightness is how bright a colour looks, 0 to 255.
func (c colour) brightness() float64 { return (299*c.r + 587*c.g + 114*c.b) / 1000 }

func (c colour) grey() bool { return max(c.r, c.g, c.b)-min(c.r, c.g, c.b) < 12 }

func (c colour) inverted() colour { return colour{255 - c.r, 255 - c.g, 255 - c.b, c.a} }

// towards moves a colour to black or white until it looks as bright as wanted; its hue stays.
func (c colour) towards(want float64) colour {
	have := c.brightness()
	if want <= have {
		f := want / max(have, 1)
		return colour{c.r * f, c.g * f, c.b * f, c.a}
	}
	f := (want - have) / max(255-have, 1)
	return colour{c.r + (255-c.r)*f, c.g + (255-c.g)*f, c.b + (255-c.b)*f, c.a}
}

func (c colour) nightGround() colour {
	if c.grey() && (max(c.r, c.g, c.b)+min(c.r, c.g, c.b))/510 > 0.4 {
		c = c.inverted()
	}
	return c.towards(min(nightBright, max(nightDark, c.brightness())))
}

func (c colour) nightWords(ground float64) colour {
	if math.Abs(c.brightness()-ground) >= nightDistance {
		return c
	}
	if ground >= 128 {
		return c.towards(ground - nightDistance)
	}
	if c.grey() {
		c = c.inverted()
		return c.towards(max(ground+nightDistance, min(nightWords, c.brightness())))
	}
	return c.towards(ground + nightDistance)
}
