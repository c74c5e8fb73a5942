package press_test

import (
	"bytes"
	"runtime"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

func TestNormalize(t *testing.T) {
	t.Parallel()
	bold := func(s string) press.Run { return press.Run{Text: s, Bold: true} }
	one := &press.List{Items: []press.ListItem{{Text: words("  ")}}}
	for name, c := range map[string]struct{ in, want press.Block }{
		"neighbours are joined":   {press.Paragraph{Text: []press.Run{{Text: "a"}, {Text: ""}, {Text: "b"}, bold("c"), bold("d")}}, press.Paragraph{Text: []press.Run{{Text: "ab"}, bold("cd")}}},
		"ends are trimmed":        {press.Paragraph{Text: []press.Run{{Text: "\u3000"}, bold(" \u00a0"), {Text: "\ta "}, bold("\n")}}, press.Paragraph{Text: words("a")}},
		"empty paragraph":         {press.Paragraph{Text: words(" \u3000\u200b")}, nil},
		"empty heading":           {press.Heading{Level: 2}, nil},
		"gallery of one":          {press.Gallery{Photos: []press.Picture{{Photo: photo, Caption: " c "}}}, press.Picture{Photo: photo, Caption: "c"}},
		"gallery of none":         {press.Gallery{}, nil},
		"empty list":              {press.List{Items: []press.ListItem{{Text: words(" "), List: one}}}, nil},
		"start that says nothing": {press.List{Start: 5, Items: []press.ListItem{{Text: words("a")}}}, press.List{Items: []press.ListItem{{Text: words("a")}}}},
		"empty quote":             {press.Quote{Paragraphs: []press.Paragraph{{}}}, nil},
		"spans of one":            {press.Table{Rows: [][]press.Cell{{{ColSpan: 1, RowSpan: 1}}}}, press.Table{Rows: [][]press.Cell{{{Text: []press.Run{}}}}}},
	} {
		got := press.Body{Blocks: []press.Block{c.in}}.Normalize()
		want := press.Body{Blocks: []press.Block{}}
		if c.want != nil {
			want.Blocks = append(want.Blocks, c.want)
		}
		if a, b := encode(t, got), encode(t, want); !bytes.Equal(a, b) {
			t.Errorf("%s: %s, want %s", name, a, b)
		}
		if a, b := encode(t, got), encode(t, got.Normalize()); !bytes.Equal(a, b) {
			t.Errorf("%s: normalizing again changes %s to %s", name, a, b)
		}
	}
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	data, err := press.EncodeJSON(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Whoever sends a text in runs of one character must not keep a processor busy for long: joined one by one it takes seconds
// and gigabytes.
func TestNormalizeJoinsAnyNumberOfRuns(t *testing.T) {
	const many = 100_000
	runs := make([]press.Run, many)
	for i := range runs {
		runs[i].Text = "字"
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := press.NormalizeRuns(runs)
	runtime.ReadMemStats(&after)
	if len(got) != 1 || got[0].Text != strings.Repeat("字", many) {
		t.Errorf("%d runs", len(got))
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
		t.Errorf("took %d MB", took>>20)
	}
}

func TestNormalizeLeavesItsInputAlone(t *testing.T) {
	t.Parallel()
	body := press.Body{Blocks: []press.Block{
		press.Paragraph{Text: []press.Run{{Text: " a"}, {Text: "b "}}},
		press.Table{Rows: [][]press.Cell{{{ColSpan: 1, Text: words(" c ")}}}},
		press.List{Items: []press.ListItem{{Text: words(" d "), List: &press.List{Items: []press.ListItem{{Text: words(" e ")}}}}}},
		press.Gallery{Photos: []press.Picture{{Photo: photo, Alt: " f "}, {Photo: photo}}},
	}}
	before := encode(t, body)
	body.Normalize()
	if after := encode(t, body); !bytes.Equal(before, after) {
		t.Errorf("%s became %s", before, after)
	}
}

func TestEqualReadingEqualHash(t *testing.T) {
	t.Parallel()
	a := press.Content{Title: " A  title\n", Body: press.Body{Blocks: []press.Block{press.Paragraph{Text: []press.Run{{Text: "\u3000one "}, {Text: "two"}}}}}}
	b := press.Content{Title: "A title", Body: press.Body{Blocks: []press.Block{press.Paragraph{}, press.Paragraph{Text: words("one two")}}}}
	if a.Normalize().Hash() != b.Normalize().Hash() {
		t.Error("two contents that read the same have different hashes")
	}
	b.Credits.Editor = "x"
	if a.Normalize().Hash() == b.Normalize().Hash() {
		t.Error("a credit is not part of the hash")
	}
}

func TestNormalizeChoosesACover(t *testing.T) {
	t.Parallel()
	body := press.Body{Blocks: []press.Block{press.Picture{Photo: photo}}}
	if got := (press.Content{Body: body}).Normalize().Cover; got.Photo != photo || got.Focus != press.Centre().Focus {
		t.Errorf("cover %+v, want the first photo and its centre", got)
	}
}
