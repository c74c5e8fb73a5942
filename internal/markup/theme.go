package markup

import "newsdesk/internal/press"

// Theme is how articles look in WeChat: values only, read from a file. Which elements carry them is the renderer's part.
// Lengths are in pixels.
//
// On its dark page WeChat turns a pale ground dark only if it is pure grey; a pale tint it merely dims to a glaring one. So
// a ground should be pure grey, or of a middle brightness that stays as it is.
type Theme struct {
	Name    string     // by which an edition asks for it
	Title   press.Text // what staff read
	Text    TextLook
	Palette PaletteLook
	H2      HeadingLook
	H3      HeadingLook
	H4      HeadingLook
	Picture PictureLook
	List    ListLook
	Quote   QuoteLook
	Table   TableLook
	Divider DividerLook
	Links   SmallPrint // the addresses of links that WeChat would drop
	Credits SmallPrint

	css styles // what the values above come to
}

// TextLook is running text.
type TextLook struct {
	Size    Px     `key:"size"`
	Line    Factor `key:"line"`    // height of a line, in sizes
	Spacing Px     `key:"spacing"` // between characters; Chinese only
	Color   Colour `key:"color"`
	Bold    Colour `key:"bold"` // of bold text; "none": as the rest
}

// PaletteLook gives the fixed palette its values. They should be of middle brightness: at least 4.5:1 against white, and
// still to be told from #191919, WeChat's dark page.
type PaletteLook struct {
	Red    Colour `key:"red"`
	Orange Colour `key:"orange"`
	Green  Colour `key:"green"`
	Blue   Colour `key:"blue"`
	Purple Colour `key:"purple"`
	Gray   Colour `key:"gray"`
}

func (p PaletteLook) of(c press.Color) Colour {
	switch c {
	case press.Red:
		return p.Red
	case press.Orange:
		return p.Orange
	case press.Green:
		return p.Green
	case press.Blue:
		return p.Blue
	case press.Purple:
		return p.Purple
	case press.Gray:
		return p.Gray
	}
	return ""
}

// HeadingLook is a heading of one level.
type HeadingLook struct {
	Size     Px       `key:"size"`
	Color    Colour   `key:"color"` // of the words; with a pill it should be light
	Ornament Ornament `key:"ornament"`
	Mark     Colour   `key:"mark"` // of the ornament
	Align    Side     `key:"align"`
	Above    Px       `key:"above"`
	Below    Px       `key:"below"`
}

// PictureLook is a photo, a gallery, and the words under them.
type PictureLook struct {
	Above   Px     `key:"above"` // and below
	Radius  Px     `key:"radius"`
	Gap     Px     `key:"gap"` // between the photos of a gallery
	Caption Px     `key:"caption"`
	Color   Colour `key:"color"` // of the caption
	Align   Side   `key:"align"` // of the caption
}

// ListLook is a list. Its markers are drawn by the reader's browser.
type ListLook struct {
	Above  Px `key:"above"` // and below
	Indent Px `key:"indent"`
	Gap    Px `key:"gap"` // under each item
}

// QuoteLook is somebody else's words.
type QuoteLook struct {
	Above      Px     `key:"above"` // and below
	Bar        Px     `key:"bar"`   // width of the line at the left
	Mark       Colour `key:"mark"`  // of that line
	Color      Colour `key:"color"`
	Background Colour `key:"background"`
	Padding    Px     `key:"padding"`
	Radius     Px     `key:"radius"`
}

// TableLook is a table.
type TableLook struct {
	Above      Px     `key:"above"` // and below
	Size       Px     `key:"size"`
	Line       Factor `key:"line"`
	Border     Colour `key:"border"`
	Padding    Px     `key:"padding"`
	HeadColor  Colour `key:"head_color"`
	HeadGround Colour `key:"head_background"`
}

// DividerLook is a line between parts.
type DividerLook struct {
	Shape Shape  `key:"shape"`
	Color Colour `key:"color"`
	Above Px     `key:"above"` // and below
}

// SmallPrint is a block at the end of an article.
type SmallPrint struct {
	Above Px     `key:"above"`
	Size  Px     `key:"size"`
	Line  Factor `key:"line"`
	Color Colour `key:"color"`
	Rule  Colour `key:"rule"` // the line above it; "none": no line
	Align Side   `key:"align"`
}

// incomplete returns the key of a colour that is none although something is drawn in it; "" if there is no such key. Words
// on a ground need a colour of their own: the dark page changes ground and words together.
func (t Theme) incomplete() string {
	needs := []struct {
		key   string
		color Colour
		when  bool
	}{
		{"text.color", t.Text.Color, true},
		{"h2.mark", t.H2.Mark, t.H2.Ornament != OrnamentNone},
		{"h3.mark", t.H3.Mark, t.H3.Ornament != OrnamentNone},
		{"h4.mark", t.H4.Mark, t.H4.Ornament != OrnamentNone},
		{"h2.color", t.H2.Color, t.H2.Ornament == OrnamentPill},
		{"h3.color", t.H3.Color, t.H3.Ornament == OrnamentPill},
		{"h4.color", t.H4.Color, t.H4.Ornament == OrnamentPill},
		{"quote.mark", t.Quote.Mark, t.Quote.Bar > 0},
		{"quote.color", t.Quote.Color, t.Quote.Background != ""},
		{"table.border", t.Table.Border, true},
		{"table.head_color", t.Table.HeadColor, t.Table.HeadGround != ""},
		{"divider.color", t.Divider.Color, true},
	}
	for _, n := range needs {
		if n.when && n.color == "" {
			return n.key
		}
	}
	return ""
}

// ThemeSet is the themes a program knows. It does not change after it was loaded.
type ThemeSet struct {
	themes []Theme
}

// Get returns the theme of that name.
func (s *ThemeSet) Get(name string) (Theme, bool) {
	for _, t := range s.themes {
		if t.Name == name {
			return t, true
		}
	}
	return Theme{}, false
}

// Names lists the themes, the default first, then by name.
func (s *ThemeSet) Names() []string {
	names := make([]string, len(s.themes))
	for i, t := range s.themes {
		names[i] = t.Name
	}
	return names
}

// Default returns the theme to use where nobody chose one.
func (s *ThemeSet) Default() Theme { return s.themes[0] }
