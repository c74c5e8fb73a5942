package search

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Plain returns the words of a piece of HTML: blocks on lines of their own, nothing of scripts and styles.
func Plain(page []byte) string {
	var out strings.Builder
	hidden := 0
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return Clean(out.String())
		case html.TextToken:
			if hidden == 0 {
				out.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch tag := atom.Lookup(name); tag {
			case atom.Script, atom.Style:
				if hidden = 0; kind == html.StartTagToken {
					hidden = 1
				}
			case atom.A, atom.B, atom.Strong, atom.I, atom.Em, atom.U, atom.S, atom.Del, atom.Span, atom.Sup, atom.Sub, atom.Mark, atom.Cite:
			default:
				out.WriteByte('\n')
			}
		}
	}
}

// cut shortens a text to so many characters.
func cut(s string, runes int) string {
	for i := range s {
		if runes == 0 {
			return s[:i]
		}
		runes--
	}
	return s
}
