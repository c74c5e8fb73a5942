package markup

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// The kinds of value a theme may hold. Each is closed and checked when it is read, so that a theme file cannot bring
// markup, addresses or quotes into an article's styles.
type (
	Px       float64 // a length in pixels, 0 to 120
	Factor   float64 // a line height, 1 to 3
	Colour   string  // #rgb or #rrggbb in lower case; empty: none
	Ornament string  // what marks a heading: none, bar, underline, pill
	Shape    string  // what a divider is: line, short, dots
	Side     string  // where lines stand: start, center, right
)

// The ornaments of headings, and the shapes of dividers.
const (
	OrnamentNone      Ornament = "none"
	OrnamentBar       Ornament = "bar"       // a thick line at the left
	OrnamentUnderline Ornament = "underline" // a line under the words
	OrnamentPill      Ornament = "pill"      // a coloured ground with round ends

	ShapeLine  Shape = "line"
	ShapeShort Shape = "short"
	ShapeDots  Shape = "dots"
)

// What lengths and line heights may be.
const (
	maxPx     = 120
	minFactor = 1
	maxFactor = 3
)

var (
	ornaments = []Ornament{OrnamentNone, OrnamentBar, OrnamentUnderline, OrnamentPill}
	shapes    = []Shape{ShapeLine, ShapeShort, ShapeDots}
	textSides = []Side{"start", "center", "right"}
)

// value is a leaf of a theme file: it takes its text, or says what is allowed.
type value interface {
	set(text string) *press.Text
}

func allowed(en, zh string, args ...any) *press.Text {
	text := press.Say(en, zh, args...)
	return &text
}

func (p *Px) set(text string) *press.Text {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n <= maxPx) {
		return allowed("a number of pixels from 0 to 120", "0 到 120 的像素数")
	}
	*p = Px(n)
	return nil
}

func (f *Factor) set(text string) *press.Text {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= minFactor && n <= maxFactor) {
		return allowed("a line height from 1 to 3", "1 到 3 的行高倍数")
	}
	*f = Factor(n)
	return nil
}

var colourForm = regexp.MustCompile(`^#([0-9a-f]{3}|[0-9a-f]{6})$`)

func (c *Colour) set(text string) *press.Text {
	if text == "none" {
		*c = ""
		return nil
	}
	text = strings.ToLower(text)
	if !colourForm.MatchString(text) {
		return allowed(`a colour such as "#3f3f3f" in quotes, or none`, `带引号的颜色，如 "#3f3f3f"，或 none`)
	}
	*c = Colour(shortest(text))
	return nil
}

// shortest writes #aabbcc as #abc: four characters for each use of the colour in an article.
func shortest(c string) string {
	if len(c) == 7 && c[1] == c[2] && c[3] == c[4] && c[5] == c[6] {
		return string([]byte{'#', c[1], c[3], c[5]})
	}
	return c
}

func (o *Ornament) set(text string) *press.Text {
	return choose(o, text, ornaments)
}

func (s *Shape) set(text string) *press.Text {
	return choose(s, text, shapes)
}

func (s *Side) set(text string) *press.Text {
	return choose(s, text, textSides)
}

func choose[T ~string](to *T, text string, from []T) *press.Text {
	if !slices.Contains(from, T(text)) {
		return allowed("one of %v", "%v 之一", from)
	}
	*to = T(text)
	return nil
}

// name is what staff call a theme; it is shown and never becomes markup.
type name string

func (n *name) set(text string) *press.Text {
	if text == "" || len(text) > 60 || strings.ContainsAny(text, "\n\r\t\x00") {
		return allowed("one line of 1 to 60 bytes", "一行文字，1 到 60 字节")
	}
	*n = name(text)
	return nil
}

var identifierForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// identifier is what editions and settings call a theme.
type identifier string

func (i *identifier) set(text string) *press.Text {
	if !identifierForm.MatchString(text) {
		return allowed("a letter, then up to 39 of a-z, 0-9 and -", "以字母开头，最多 40 个 a-z、0-9、-")
	}
	*i = identifier(text)
	return nil
}

// css writes the length; a zero needs no unit.
func (p Px) css() string {
	if p == 0 {
		return "0"
	}
	return strings.TrimPrefix(strconv.FormatFloat(float64(p), 'f', -1, 64), "0") + "px"
}

func (f Factor) css() string { return strconv.FormatFloat(float64(f), 'f', -1, 64) }

// css writes the alignment; start is what text does anyway.
func (s Side) css() string {
	if s == "start" || s == "" {
		return ""
	}
	return "text-align:" + string(s)
}

// style joins declarations into an attribute, leaving out the empty ones.
func style(declarations ...string) string {
	kept := slices.DeleteFunc(declarations, func(d string) bool { return d == "" })
	if len(kept) == 0 {
		return ""
	}
	return ` style="` + strings.Join(kept, ";") + `"`
}

// when returns a declaration only if its value is there.
func when[T ~string](property string, v T) string {
	if v == "" {
		return ""
	}
	return property + ":" + string(v)
}
