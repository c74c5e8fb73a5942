package press

import (
	"strings"
	"unicode"
)

// OneLine makes one line for people of what another machine said: its white space folded, and without control characters,
// or those that turn the direction of what follows. Bytes that are no text become U+FFFD.
func OneLine(said string) string {
	said = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(said, "\uFFFD"))
	return strings.Join(strings.Fields(said), " ")
}
