package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// lineAttr carries the number of the source line on an element.
const lineAttr = "data-intake-line"

// maxReopened bounds how many elements the parser may make that nobody wrote: bold that is not closed is opened again
// in every block after it, so a few bytes for each block could ask for hundreds of elements each time.
const maxReopened = 2_000_000

// maxTags bounds the work of the parser, which looks through all open elements for each tag.
const maxTags = 10 * maxPieces

// numberLines writes the line number into every tag that begins a block or shows a picture: the parser keeps no
// positions, and a note without a line helps nobody. HTML made of Markdown has its numbers already.
func (d *draft) numberLines(source string, number bool) (string, error) {
	var out bytes.Buffer
	out.Grow(len(source) + len(source)/4)
	z := html.NewTokenizer(strings.NewReader(source))
	line, tags, open, reopened := 1, 0, 0, 0
	for {
		kind := z.Next()
		raw := z.Raw()
		if kind == html.ErrorToken {
			out.Write(raw)
			if !errors.Is(z.Err(), io.EOF) {
				return "", d.nested(z.Err())
			}
			return out.String(), nil
		}
		if tags++; tags > maxTags {
			return "", d.tooLong()
		}
		breaks := bytes.Count(raw, []byte("\n"))
		switch {
		case kind == html.TextToken || kind == html.CommentToken || kind == html.DoctypeToken:
		case formats(raw):
			if open++; kind == html.EndTagToken {
				open = max(0, open-2)
			}
		default:
			if reopened += open; reopened > maxReopened {
				return "", d.nested(fmt.Errorf("intake: %d elements left open", open))
			}
		}
		if number && (kind == html.StartTagToken || kind == html.SelfClosingTagToken) {
			raw = writeNumbered(&out, raw, line)
		}
		out.Write(raw)
		line += breaks
	}
}

// writeNumbered writes the beginning of a tag with the line number in it, and returns the rest of the tag.
func writeNumbered(out *bytes.Buffer, raw []byte, line int) []byte {
	name := tagName(raw)
	if !numbered(strings.ToLower(string(name))) {
		return raw
	}
	fmt.Fprintf(out, "<%s %s=%d", name, lineAttr, line)
	rest := raw[1+len(name):]
	if rest[0] != '>' {
		out.WriteByte(' ')
	}
	return rest
}

// formats reports whether a raw tag is one of those that the parser opens again.
func formats(raw []byte) bool {
	if bytes.HasPrefix(raw, []byte("</")) {
		raw = raw[1:]
	}
	switch strings.ToLower(string(tagName(raw))) {
	case "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u":
		return true
	}
	return false
}

// tagName returns the name in a raw start tag, which begins with "<".
func tagName(raw []byte) []byte {
	rest := raw[min(1, len(raw)):]
	if i := bytes.IndexAny(rest, " \t\n\f\r/>"); i >= 0 {
		return rest[:i]
	}
	return nil
}

func numbered(tag string) bool {
	switch tag {
	case "p", "img", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "div", "section", "blockquote", "pre", "figcaption", "table":
		return true
	}
	return false
}
