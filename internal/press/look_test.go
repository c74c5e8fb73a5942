package press

import "testing"

// TestLookOfColumns: what a column says of its photos and captions holds in the columns within it, until one says otherwise.
func TestLookOfColumns(t *testing.T) {
	t.Parallel()
	mark := Watermark{Photo: DigestOf([]byte("mark"))}
	all := []RuledColumn{
		{Column: Column{"a"}, Rules: ColumnRules{Watermark: &mark, Caption: CaptionMarked}},
		{Column: Column{"a", "bare"}, Rules: ColumnRules{Watermark: &Watermark{Off: true}, Caption: CaptionTheme}},
		{Column: Column{"a", "bare", "again"}, Rules: ColumnRules{Watermark: &mark}},
		{Column: Column{"a", "alone"}, Rules: ColumnRules{Alone: true}},
	}
	for column, want := range map[string]struct {
		shown   bool
		caption CaptionStyle
		says    string
	}{
		"a › b":            {true, CaptionMarked, "watermark: bottom right; captions: ▲ in front"},
		"a › bare › c":     {false, CaptionTheme, "no watermark; captions: as in the theme"},
		"a › bare › again": {true, CaptionTheme, "watermark: bottom right; captions: as in the theme"},
		"a › alone":        {false, "", "nothing from outer columns"},
		"z":                {false, "", ""},
	} {
		got := RulesFor(ParseColumn(column), all)
		if shown := got.Watermark.Shown() != nil; shown != want.shown || got.Caption != want.caption || got.Summary().EN != want.says {
			t.Errorf("%s: %t, %q, %q, want %+v", column, shown, got.Caption, got.Summary().EN, want)
		}
	}
}

func TestLookIsChecked(t *testing.T) {
	t.Parallel()
	mark := DigestOf([]byte("mark"))
	for code, r := range map[string]ColumnRules{
		"watermark.off":     {Watermark: &Watermark{Off: true, Photo: mark}},
		"watermark.photo":   {Watermark: &Watermark{}},
		"watermark.corner":  {Watermark: &Watermark{Photo: mark, Corner: "above"}},
		"watermark.width":   {Watermark: &Watermark{Photo: mark, Width: 51}},
		"watermark.opacity": {Watermark: &Watermark{Photo: mark, Opacity: 9}},
		"caption.style":     {Caption: "bold"},
		"":                  {Watermark: &Watermark{Off: true}, Caption: CaptionTheme},
	} {
		if got := CodeOf(r.Check()); got != code && (code != "" || r.Check() != nil) {
			t.Errorf("%+v is refused with %q, want %q", r, got, code)
		}
	}
}
