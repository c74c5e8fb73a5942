package markup

import (
	"strconv"

	"newsdesk/internal/press"
)

// styles is a theme as the attributes that the renderer puts into tags, each with its leading space, worked out once when
// the theme is read.
type styles struct {
	outer, outerChinese string // Chinese is justified and spaced, other text is neither
	bold                string
	color               map[press.Color]string
	heading             [3]map[press.Align]headingStyle // levels 2 to 4

	picture, photo, caption    string
	gallery, captions          string
	captionLeft, captionsLeft  string
	list, item                 string
	quote                      string
	table, grid                string
	cell, head                 map[press.Align]string
	divider, dots              string
	links, linksTitle, credits string
}

// headingStyle is a heading's own attribute, and that of a span around its words ("" for none).
type headingStyle struct{ block, words string }

// aligned is the attribute of an aligned paragraph. It is no part of a theme.
var aligned = map[press.Align]string{
	press.AlignCenter: ` style="text-align:center"`,
	press.AlignRight:  ` style="text-align:right"`,
}

// alignedApart is the attribute of a paragraph that stands close under another one.
var alignedApart = map[press.Align]string{
	press.AlignStart:  ` style="margin-top:8px"`,
	press.AlignCenter: ` style="margin-top:8px;text-align:center"`,
	press.AlignRight:  ` style="margin-top:8px;text-align:right"`,
}

var sides = []press.Align{press.AlignStart, press.AlignCenter, press.AlignRight}

func (t Theme) styles() styles {
	s := styles{
		outer:        t.outer("text-align:left"),
		outerChinese: t.outer("letter-spacing:"+t.Text.Spacing.css(), "text-align:justify"),
		bold:         style(when("color", t.Text.Bold)),
		color:        map[press.Color]string{},
		divider:      t.Divider.style(),
		dots:         style("margin:"+t.Divider.Above.css()+" 0", "text-align:center", when("color", t.Divider.Color)),
		links:        t.Links.style("word-break:break-all"),
		linksTitle:   style("font-weight:bold"),
		credits:      t.Credits.style(),
	}
	for _, c := range press.Palette() {
		s.color[c] = style(when("color", t.Palette.of(c)))
	}
	for i, look := range []HeadingLook{t.H2, t.H3, t.H4} {
		s.heading[i] = look.styles()
	}
	t.pictureStyles(&s)
	t.listStyles(&s)
	t.tableStyles(&s)
	return s
}

func (t Theme) outer(more ...string) string {
	return style(append([]string{"font-size:" + t.Text.Size.css(), "line-height:" + t.Text.Line.css(), when("color", t.Text.Color)}, more...)...)
}

func (h HeadingLook) styles() map[press.Align]headingStyle {
	out := map[press.Align]headingStyle{}
	for _, side := range sides {
		at := Side(side)
		if at == "" {
			at = h.Align
		}
		out[side] = h.at(at)
	}
	return out
}

// at returns the styles of a heading on one side. A bar only makes sense before the first word, so an aligned heading has
// none; and the page sets headings to the weight of text, so bold is said.
func (h HeadingLook) at(side Side) headingStyle {
	block := []string{
		"margin:" + h.Above.css() + " 0 " + h.Below.css(), "font-size:" + h.Size.css(), "font-weight:bold", "line-height:1.4",
		side.css(),
	}
	words := ""
	switch h.Ornament {
	case OrnamentBar:
		if side == "start" {
			block = append(block, "padding-left:10px", "border-left:4px solid "+string(h.Mark))
		}
	case OrnamentUnderline:
		words = style("display:inline-block", "padding-bottom:4px", "border-bottom:2px solid "+string(h.Mark))
	case OrnamentPill:
		words = style("display:inline-block", "padding:5px 18px", "border-radius:20px", "background:"+string(h.Mark), when("color", h.Color))
		return headingStyle{style(block...), words}
	}
	return headingStyle{style(append(block, when("color", h.Color))...), words}
}

func (t Theme) pictureStyles(s *styles) {
	p := t.Picture
	space := "margin:" + p.Above.css() + " 0"
	small := []string{"font-size:" + p.Caption.css(), "line-height:1.5", when("color", p.Color)}
	s.picture = style(space)
	s.photo = style("display:block", "width:100%", rounded(p.Radius))
	s.caption = style(append(small, "margin-top:8px", p.Align.css())...)
	s.captions = style(append(small, "margin-top:4px", "text-align:center")...)
	s.captionLeft = style(append(small, "margin-top:8px")...)
	s.captionsLeft = style(append(small, "margin-top:4px")...)
	s.gallery = style("display:flex", "margin-bottom:"+p.Gap.css())
}

// photoOf is the attribute of a picture that is narrower than the column on a computer (677 pixels): it is shown in its
// own size, because stretched it would be blurred.
func (t Theme) photoOf(width int) string {
	return style("display:block", "width:"+strconv.Itoa(width)+"px", "max-width:100%", "margin:auto", rounded(t.Picture.Radius))
}

func rounded(radius Px) string {
	if radius == 0 {
		return ""
	}
	return "border-radius:" + radius.css()
}

func (t Theme) listStyles(s *styles) {
	s.list = "margin:" + t.List.Above.css() + " 0"
	if t.List.Gap > 0 {
		s.item = style("margin-bottom:" + t.List.Gap.css())
	}
	q := t.Quote
	bar := "border:0" // the page draws a bar of its own
	if q.Bar > 0 {
		bar = "border-left:" + q.Bar.css() + " solid " + string(q.Mark)
	}
	s.quote = style("margin:"+q.Above.css()+" 0", "padding:"+q.Padding.css(), bar, when("background", q.Background),
		when("color", q.Color), rounded(q.Radius))
}

func (t Theme) tableStyles(s *styles) {
	look := t.Table
	s.table = style("margin:"+look.Above.css()+" 0", "overflow-x:auto")
	s.grid = "width:100%;border-collapse:collapse;font-size:" + look.Size.css() + ";line-height:" + look.Line.css()
	s.cell, s.head = map[press.Align]string{}, map[press.Align]string{}
	edge := "border:1px solid " + string(look.Border) + ";padding:" + look.Padding.css()
	for _, side := range sides {
		at := Side(side)
		s.cell[side] = joined(edge, when("text-align", at))
		if side == press.AlignStart {
			at = "center"
		}
		s.head[side] = joined(edge, when("background", look.HeadGround), when("color", look.HeadColor), when("text-align", at))
	}
}

// joined is style without the attribute around it: a cell of the first row gets its width added.
func joined(declarations ...string) string {
	attr := style(declarations...)
	return attr[len(` style="`) : len(attr)-1]
}

func (d DividerLook) style() string {
	line := "border-top:1px solid " + string(d.Color)
	switch d.Shape {
	case ShapeShort:
		return style("width:25%", "margin:"+d.Above.css()+" auto", "border:0", line)
	case ShapeDots:
		return ""
	}
	return style("margin:"+d.Above.css()+" 0", "border:0", line)
}

func (p SmallPrint) style(more ...string) string {
	rule := ""
	if p.Rule != "" {
		rule = "padding-top:12px;border-top:1px solid " + string(p.Rule)
	}
	return style(append([]string{
		"margin-top:" + p.Above.css(), rule, "font-size:" + p.Size.css(), "line-height:" + p.Line.css(), when("color", p.Color),
		p.Align.css(),
	}, more...)...)
}
