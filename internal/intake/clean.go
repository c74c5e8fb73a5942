package intake

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// clean drops what no reader should meet: control characters, marks that turn the direction of writing, invisible
// spaces. Line ends of every kind become line feeds, and spaces that do not break become spaces.
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(cleanRune, s)
}

func cleanRune(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029':
		return '\n'
	case r == '\u00a0' || r == '\u202f' || r == '\u2007':
		return ' '
	case r == '\u00ad' || r == '\u200b' || r == '\u2060' || r == '\ufeff':
		return -1
	case r == '\u200e' || r == '\u200f' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
		return -1
	case unicode.IsControl(r):
		return -1
	}
	return r
}

// narrow makes full-width letters, digits and marks the half-width ones.
func narrow(s string) string { return width.Narrow.String(s) }

// fold makes spellings of one name equal: Unicode form, width, case, and spaces against underscores against nothing.
func fold(s string) string {
	s = strings.ToLower(norm.NFKC.String(clean(s)))
	return strings.Map(func(r rune) rune {
		if r == '_' || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// wide reports whether a character is written without spaces around it, as Chinese is.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef
}

// sharedMark reports whether a mark is used in Chinese and in Western writing alike.
func sharedMark(r rune) bool { return strings.ContainsRune("‘’“”…—·", r) }

// naturalLess orders names as people do: photo 2 before photo 10.
func naturalLess(a, b string) bool {
	x, y := []rune(fold(a)), []rune(fold(b))
	for len(x) > 0 && len(y) > 0 {
		if isDigit(x[0]) && isDigit(y[0]) {
			m, n := digits(x), digits(y)
			if c := compareNumbers(x[:m], y[:n]); c != 0 {
				return c < 0
			}
			x, y = x[m:], y[n:]
			continue
		}
		if x[0] != y[0] {
			return x[0] < y[0]
		}
		x, y = x[1:], y[1:]
	}
	if len(x) != len(y) {
		return len(x) < len(y)
	}
	return a < b
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func digits(s []rune) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// compareNumbers compares numbers of any length by their digits.
func compareNumbers(x, y []rune) int {
	a, b := strings.TrimLeft(string(x), "0"), strings.TrimLeft(string(y), "0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}
