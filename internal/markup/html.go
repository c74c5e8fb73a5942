package markup

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// writer collects HTML. Tags and attribute names come from this package and are written as they are; everything else goes
// through text or attr.
type writer struct {
	strings.Builder
}

// raw writes parts that this package made.
func (w *writer) raw(parts ...string) {
	for _, p := range parts {
		w.WriteString(p)
	}
}

// text writes words. A line feed becomes a hard break.
func (w *writer) text(s string) { w.escaped(s, "<br>") }

// line writes words in which a line feed is only a space, such as a caption.
func (w *writer) line(s string) { w.escaped(s, " ") }

// attr writes an attribute with its value in double quotes. An apostrophe stays as it is: WeChat empties a style that
// holds it as an entity.
func (w *writer) attr(name, value string) {
	w.raw(" ", name, `="`)
	w.escaped(value, " ")
	w.WriteByte('"')
}

// escaped writes text with the characters of markup as entities. Characters that HTML does not allow are left out: the
// control characters, and what Unicode keeps for internal use.
func (w *writer) escaped(s, lineFeed string) {
	from := 0
	for i := 0; i < len(s); {
		size, replacement, change := 1, "", true
		switch c := s[i]; {
		case c == '&':
			replacement = "&amp;"
		case c == '<':
			replacement = "&lt;"
		case c == '>':
			replacement = "&gt;"
		case c == '"':
			replacement = "&quot;"
		case c == '\n':
			replacement = lineFeed
		case c == '\t':
			replacement = " "
		case c < ' ' || c == 0x7f:
		case c < utf8.RuneSelf:
			change = false
		default:
			size, replacement, change = foreign(s[i:])
		}
		if change {
			w.raw(s[from:i], replacement)
			from = i + size
		}
		i += size
	}
	w.WriteString(s[from:])
}

// foreign looks at the character beyond ASCII that s begins with: how long it is, and whether it must be changed.
func foreign(s string) (size int, replacement string, change bool) {
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && size == 1:
		return size, "\ufffd", true
	case r >= 0x80 && r < 0xa0, r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
		return size, "", true
	case r == '\u2028' || r == '\u2029': // line and paragraph separators: no layout but ours
		return size, " ", true
	}
	return size, "", false
}

// Measure counts HTML as WeChat does: characters (Unicode code points) with tags and styles, and bytes of UTF-8. WeChat
// refuses bodies of 20,000 characters, and of 1 MB, and more.
func Measure(html string) (characters, bytes int) {
	return utf8.RuneCountInString(html), len(html)
}

// items writes a list as a browser knows it; runs writes the text of each item.
func (w *writer) items(list press.List, runs func([]press.Run)) {
	tag := "ul"
	if list.Ordered {
		tag = "ol"
	}
	w.raw("<", tag)
	if list.Ordered && list.Start != 0 && list.Start != 1 {
		w.raw(` start="`, strconv.Itoa(list.Start), `"`)
	}
	w.raw(">")
	for _, item := range list.Items {
		w.raw("<li>")
		runs(item.Text)
		if item.List != nil {
			w.items(*item.List, runs)
		}
		w.raw("</li>")
	}
	w.raw("</", tag, ">")
}
