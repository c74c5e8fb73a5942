package markup

import (
	"strings"

	"newsdesk/internal/press"
)

// run writes a stretch of text with its look. Both attributes come with their leading space, or are empty.
func (w *writer) run(r press.Run, bold, color string) {
	type tag struct {
		on         bool
		name, attr string
	}
	tags := [...]tag{
		{color != "", "span", color}, {r.Bold, "strong", bold}, {r.Italic, "em", ""}, {r.Underline, "u", ""}, {r.Strike, "s", ""},
	}
	for _, t := range tags {
		if t.on {
			w.raw("<", t.name, t.attr, ">")
		}
	}
	w.text(r.Text)
	for i := len(tags) - 1; i >= 0; i-- {
		if tags[i].on {
			w.raw("</", tags[i].name, ">")
		}
	}
}

// eachLink calls f for every stretch of neighbouring runs that lead to the same address, which may be none. An address
// that is not safe is none.
func eachLink(runs []press.Run, f func(link string, runs []press.Run)) {
	for len(runs) > 0 {
		n := 1
		for n < len(runs) && runs[n].Link == runs[0].Link {
			n++
		}
		link := runs[0].Link
		if !press.SafeLink(link) {
			link = ""
		}
		f(link, runs[:n])
		runs = runs[n:]
	}
}

// saysAddress reports whether the words of a link are its address, so that a reader sees it already.
func saysAddress(words, link string) bool {
	bare := func(s string) string {
		for _, scheme := range []string{"https://", "http://", "mailto:"} {
			s = strings.TrimPrefix(s, scheme)
		}
		return strings.TrimSuffix(s, "/")
	}
	return bare(strings.TrimSpace(words)) == bare(link)
}
