package markup

import (
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"newsdesk/internal/press"
)

// TestCleanGolden keeps the renderers for other systems as they were read.
func TestCleanGolden(t *testing.T) {
	t.Parallel()
	named := func(n int, _ press.Picture) string { return "photos/960/" + strconv.Itoa(n) + " <会场>.jpg" }
	for _, s := range samples() {
		golden(t, "clean/"+s.name+".html", Clean(s.content.Body, CleanOptions{Indent: true, Address: named}))
		golden(t, "clean/"+s.name+".paste.html", Clean(s.content.Body, CleanOptions{Captions: press.CaptionMarked}))
		golden(t, "clean/"+s.name+".md", MarkdownFile(s.content, named))
	}
}

// TestCleanIsClean: nothing is in it that an editor would throw away or that could run, whatever the text says.
func TestCleanIsClean(t *testing.T) {
	t.Parallel()
	evil := `"><script>alert(1)</script><img onerror=x>`
	body := press.Body{Blocks: []press.Block{
		press.Paragraph{Text: []press.Run{{Text: evil, Link: "javascript:alert(1)"}, {Text: evil, Link: "https://example.edu/?q=" + `"><b`}}},
		press.Picture{Photo: wide, Caption: evil, Alt: evil},
		press.Table{Rows: [][]press.Cell{{{Text: say(evil)}}}},
	}}
	allowed := map[string]bool{"p": true, "a": true, "img": true, "table": true, "tbody": true, "tr": true, "td": true}
	for n := range parse(t, Clean(body, CleanOptions{Address: func(int, press.Picture) string { return evil }})).Descendants() {
		if n.Type == html.ElementNode && !allowed[n.Data] {
			t.Errorf("there is a <%s>", n.Data)
		}
		for _, a := range n.Attr {
			switch a.Key {
			case "style", "href", "src", "alt", "border", "cellspacing", "cellpadding":
			default:
				t.Errorf("<%s> has %s", n.Data, a.Key)
			}
			if strings.HasPrefix(a.Val, "javascript:") {
				t.Errorf("a script in %s", a.Key)
			}
		}
	}
}

// TestMarkdownPictureWords: what a picture says is never taken for where it lies.
func TestMarkdownPictureWords(t *testing.T) {
	t.Parallel()
	const words = `x](photo: "y") ![z](photo:`
	b := press.Body{Blocks: []press.Block{press.Picture{Photo: wide, Alt: words, Caption: words}}}
	got := MarkdownBody(b, func(int, press.Picture) string { return "photos/01.jpg" })
	const said = `x\](photo: \"y\") \!\[z\](photo:`
	if want := "![" + said + `](<photos/01.jpg> "` + said + `")`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
