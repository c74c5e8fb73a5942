package compare

import (
	"fmt"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// files makes attachments of “name=bytes”, a word each.
func files(text string) (out []press.Attachment) {
	for _, word := range strings.Fields(text) {
		name, data, _ := strings.Cut(word, "=")
		out = append(out, press.Attachment{File: press.DigestOf([]byte(data)), Name: name, Size: int64(len(data))})
	}
	return out
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ before, after, want string }{
		{"a.pdf=1 b.pdf=2", "a.pdf=1 b.pdf=2", ""},
		{"", "a.pdf=1", "added a.pdf"},
		{"a.pdf=1 b.pdf=2", "b.pdf=2", "same b.pdf, removed a.pdf"},
		{"a.pdf=1", "c.pdf=1", "changed a.pdf→c.pdf"},
		{"a.pdf=1", "a.pdf=22", "changed a.pdf (another file)"},
		{"a.pdf=1 b.pdf=2 c.pdf=3", "c.pdf=3 a.pdf=1 b.pdf=2", "same c.pdf moved, same a.pdf, same b.pdf"},
		{"a.pdf=1 b.pdf=2", "x.pdf=9 b.pdf=2 a.pdf=1", "added x.pdf, same b.pdf, same a.pdf moved"},
		{"a.pdf=1 b.pdf=2", "b.pdf=1 a.pdf=2", "changed a.pdf→b.pdf, changed b.pdf→a.pdf"},
	} {
		r := Contents(press.Content{Attachments: files(c.before)}, press.Content{Attachments: files(c.after)})
		var got []string
		for _, a := range r.Attachments {
			got = append(got, told(a))
		}
		if strings.Join(got, ", ") != c.want || r.Same() != (c.want == "") {
			t.Errorf("%s → %s: %q (same: %v), want %q", c.before, c.after, got, r.Same(), c.want)
		}
	}
}

func told(a Attachment) string {
	one := a.After
	if one == nil {
		one = a.Before
	}
	said := fmt.Sprint(a.Op, " ", one.Name)
	switch {
	case a.Renamed():
		said = fmt.Sprint(a.Op, " ", a.Before.Name, "→", a.After.Name)
	case a.Replaced():
		said += " (another file)"
	}
	if a.Moved {
		said += " moved"
	}
	return said
}
