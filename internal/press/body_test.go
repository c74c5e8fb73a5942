package press_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

var photo = press.DigestOf([]byte("photo"))

func words(s string) []press.Run { return []press.Run{{Text: s}} }

// everyBlock is a body with every kind of block and every field set.
func everyBlock() press.Body {
	return press.Body{Blocks: []press.Block{
		press.Paragraph{Align: press.AlignCenter, Text: []press.Run{
			{Text: "a < b & c > d\n\u2028\"“”🚒", Bold: true, Italic: true, Underline: true, Strike: true, Color: press.Red, Link: "https://example.org/?a=1&b=<2>"},
		}},
		press.Heading{Level: 3, Align: press.AlignRight, Text: words("heading")},
		press.Picture{Photo: photo, Caption: "caption", Alt: "alt"},
		press.Gallery{Photos: []press.Picture{{Photo: photo}, {Photo: photo}}},
		press.List{Ordered: true, Start: 3, Items: []press.ListItem{{Text: words("item"), List: &press.List{Items: []press.ListItem{{Text: words("inner")}}}}}},
		press.Quote{Paragraphs: []press.Paragraph{{Text: words("quote")}}},
		press.Table{Header: true, Rows: [][]press.Cell{{{Align: press.AlignRight, ColSpan: 2, RowSpan: 3, Text: words("cell")}, {Text: []press.Run{}}}}},
		press.Divider{},
	}}
}

func TestBodyRoundTripsByteForByte(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]press.Body{"every block": everyBlock(), "empty": {}} {
		first, err := press.EncodeJSON(body)
		if err != nil {
			t.Fatal(err)
		}
		var back press.Body
		if err := json.Unmarshal(first, &back); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, first)
		}
		if second, err := press.EncodeJSON(back); err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s: %v\n%s\nbecame\n%s", name, err, first, second)
		}
		if err := back.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBodyFormIsStable(t *testing.T) {
	t.Parallel()
	body := press.Body{Blocks: []press.Block{press.Paragraph{Text: []press.Run{{Text: "a<b", Bold: true}}}, press.Divider{}}}
	got, err := press.EncodeJSON(body)
	if want := `{"version":1,"blocks":[{"type":"paragraph","text":[{"text":"a<b","bold":true}]},{"type":"divider"}]}`; err != nil || string(got) != want {
		t.Errorf("%v\n%s, want\n%s", err, got, want)
	}
}

func TestBodyRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for data, code := range map[string]string{
		`{"version":2,"blocks":[]}`: "body.version",
		`{"blocks":[]}`:             "body.version",
		`{"version":1,"blocks":[{"type":"script","text":[]}]}`:                                 "body.form",
		`{"version":1,"blocks":[{"type":"paragraph","text":[],"onclick":"x"}]}`:                "body.form",
		`{"version":1,"blocks":[{"type":"paragraph","text":[{"text":"a","style":"x"}]}]}`:      "body.form",
		`{"version":1,"blocks":[{"type":"paragraph","text":"a"}]}`:                             "body.form",
		`{"version":1,"blocks":[],"extra":1}`:                                                  "body.form",
		`{"version":1,"blocks":[{"type":"list","items":[{"text":[],"list":{"items":"no"}}]}]}`: "body.form",
	} {
		var body press.Body
		if err := json.Unmarshal([]byte(data), &body); press.CodeOf(err) != code || press.KindOf(err) != press.Invalid {
			t.Errorf("%s: %v, want %s", data, err, code)
		}
	}
}

func TestBodyCheck(t *testing.T) {
	t.Parallel()
	deep := press.List{Items: []press.ListItem{{Text: words("x")}}}
	for range press.MaxListDepth {
		inner := deep
		deep = press.List{Items: []press.ListItem{{List: &inner}}}
	}
	for name, c := range map[string]struct {
		block press.Block
		kind  press.Kind // "" passes
	}{
		"heading of level 1":  {press.Heading{Level: 1, Text: words("x")}, press.Invalid},
		"heading of level 5":  {press.Heading{Level: 5, Text: words("x")}, press.Invalid},
		"alignment":           {press.Paragraph{Align: "justify", Text: words("x")}, press.Invalid},
		"colour":              {press.Paragraph{Text: []press.Run{{Text: "x", Color: "#f00"}}}, press.Invalid},
		"link":                {press.Paragraph{Text: []press.Run{{Text: "x", Link: "javascript:alert(1)"}}}, press.Invalid},
		"not UTF-8":           {press.Paragraph{Text: words("\xff")}, press.Invalid},
		"NUL":                 {press.Paragraph{Text: words("a\x00b")}, press.Invalid},
		"escape in a caption": {press.Picture{Photo: photo, Caption: "a\x1bb"}, press.Invalid},
		"line feed and tab":   {press.Paragraph{Text: words("a\n\tb")}, ""},
		"digest":              {press.Picture{Photo: "../x"}, press.Invalid},
		"digest in a gallery": {press.Gallery{Photos: []press.Picture{{Photo: photo}, {}}}, press.Invalid},
		"list too deep":       {deep, press.Invalid},
		"span":                {press.Table{Rows: [][]press.Cell{{{ColSpan: -1}}}}, press.Invalid},
		"too many cells":      {press.Table{Rows: [][]press.Cell{{{ColSpan: 100, RowSpan: 100}}}}, press.Invalid},
		"more cells than fit": {press.Table{Rows: [][]press.Cell{{{ColSpan: 1 << 32, RowSpan: 1 << 32}}}}, press.Invalid}, // 2⁶⁴, which is 0
		"too many empty rows": {press.Table{Rows: make([][]press.Cell, press.MaxTableCells+1)}, press.Invalid},
		"too many characters": {press.Paragraph{Text: words(strings.Repeat("长", press.MaxBodyRunes+1))}, press.TooLarge},
		"as many as are kept": {press.Paragraph{Text: words(strings.Repeat("长", press.MaxBodyRunes))}, ""},
	} {
		err := press.Body{Blocks: []press.Block{c.block}}.Check()
		if (c.kind == "") != (err == nil) || err != nil && press.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %q", name, err, c.kind)
		}
	}
}

func TestContentCheck(t *testing.T) {
	t.Parallel()
	good := press.Content{Title: "t", Cover: press.Cover{Photo: photo}}.Normalize()
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*press.Content){
		"content.long":    func(c *press.Content) { c.Title = strings.Repeat("长", press.MaxTitleRunes+1) },
		"content.control": func(c *press.Content) { c.Credits.Editor = "a\x00b" },
		"content.cover":   func(c *press.Content) { c.Cover.Photo = "x" },
		"content.focus":   func(c *press.Content) { c.Cover.Focus.X = 1.5 },
		"content.crop":    func(c *press.Content) { c.Cover.Wide = &press.Rect{X1: 0.5, X2: 0.5, Y2: 1} },
		"column.depth":    func(c *press.Content) { c.Column = press.Column{"a", "b", "c", "d", "e"} },
		"column.name":     func(c *press.Content) { c.Column = press.Column{"a/b"} },
	} {
		bad := good
		change(&bad)
		if err := bad.Check(); press.CodeOf(err) != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSafeLink(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]bool{
		"https://example.org/": true, "http://例子.中国/路径?查询=一": true, "mailto:a@example.org": true, "HTTPS://EXAMPLE.ORG": true,
		"": false, "//example.org/": false, "/news": false, "#top": false, "javascript:alert(1)": false, "JaVaScRiPt:alert(1)": false,
		"java\nscript:alert(1)": false, " https://example.org/": false, "https://user:pass@example.org/": false, "https:///x": false,
		"https://example.org/%0d%0aSet-Cookie:x": false, "data:text/html,x": false, "file:///etc/passwd": false, "mailto:": false,
		"https://example.org/\u202egpj": false, "https://example.org/" + strings.Repeat("a", 1000): false, "tel:110": false,
	} {
		if got := press.SafeLink(link); got != want {
			t.Errorf("SafeLink(%q) = %v", link, got)
		}
	}
}
