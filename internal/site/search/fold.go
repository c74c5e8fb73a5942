package search

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Variants says which characters a search takes for others: traditional ones for simplified.
type Variants struct {
	to []uint16 // from firstPlain on; 0: itself. nil: each is itself
}

// ParseVariants reads a line of characters and a line of those that they count as, one under the other, both in Unicode's
// main block of Chinese; "" is no variants.
func ParseVariants(text string) (v Variants, err error) {
	if text == "" {
		return v, nil
	}
	from, to, _ := strings.Cut(strings.TrimSuffix(text, "\n"), "\n")
	these, those := []rune(from), []rune(to)
	if len(these) != len(those) {
		return v, fmt.Errorf("search: %d characters are to count as %d others", len(these), len(those))
	}
	v.to = make([]uint16, lastPlain-firstPlain+1)
	for i, r := range these {
		if !chinese(r) || !chinese(those[i]) {
			return v, fmt.Errorf("search: %c for %c is out of the block", those[i], r)
		}
		v.to[r-firstPlain] = uint16(those[i])
	}
	for _, r := range those {
		if v.to[r-firstPlain] != 0 {
			return v, fmt.Errorf("search: %c counts as another and another as it", r)
		}
	}
	return v, nil
}

func (v Variants) of(r rune) rune {
	if v.to != nil && chinese(r) {
		if to := v.to[r-firstPlain]; to != 0 {
			return rune(to)
		}
	}
	return r
}

// Fold makes full-width, half-width, capital and small letters the same, and variants, one character at a time, so that a place in
// what comes out can be traced to a place in what went in. Both have to be composed (NFC) and free of characters without width:
// Clean sees to that. assets/search.js does the same.
func (v Variants) Fold(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	for _, r := range s {
		switch {
		case r < 0x80:
			if r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
			out.WriteRune(r)
		case plain(r):
			out.WriteRune(v.of(r))
		default:
			for _, r := range lower(norm.NFKC.String(string(r))) {
				out.WriteRune(v.of(r))
			}
		}
	}
	return out.String()
}

const firstPlain, lastPlain = 0x4e00, 0x9fff // CJK Unified Ideographs, without extensions

func chinese(r rune) bool { return r >= firstPlain && r <= lastPlain }

// plain reports the common characters that folding leaves alone.
func plain(r rune) bool { return chinese(r) || r >= 0xac00 && r <= 0xd7a3 }

// lower is what browsers call lower case. They turn a capital I with a dot into two characters; Go turns it into one.
func lower(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, "İ", "i\u0307"))
}

// Clean composes a text and leaves out what has no width or cannot be shown: a soft hyphen or a zero-width space inside a word
// would hide it. White space becomes one space, or one line break where a line ended.
func Clean(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	var gap rune
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, "\ufffd")) {
		switch {
		case (plain(r) || r > ' ' && r < 0x7f) && gap == 0:
			out.WriteRune(r)
		case r == '\n' || unicode.IsSpace(r) && gap != '\n':
			if gap = ' '; r == '\n' {
				gap = '\n'
			}
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), unicode.IsControl(r):
		default:
			if gap != 0 && out.Len() > 0 {
				out.WriteRune(gap)
			}
			gap = 0
			out.WriteRune(r)
		}
	}
	return out.String()
}

// word is a run of characters between which a reader sees no gap. A wide one is of characters that are words, or parts of words,
// on their own, as in Chinese; other scripts' words are found from their beginning on.
type word struct {
	text []rune
	wide bool
}

// words returns the words of a text that Fold has gone over.
func words(s string) []word {
	var out []word
	all := make([]rune, 0, len(s)/2) // what words are cut out of
	begin, wide := 0, false
	end := func() {
		if begin < len(all) {
			out = append(out, word{all[begin:len(all):len(all)], wide})
			begin = len(all)
		}
	}
	for _, r := range s {
		if !letter(r) {
			end()
			continue
		}
		if w := isWide(r); w != wide {
			end()
			wide = w
		}
		all = append(all, r)
	}
	end()
	return out
}

func letter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || plain(r) || r >= 0x80 && unicode.In(r, unicode.L, unicode.N, unicode.M)
}

// isWide is said in numbers, because the tables of scripts grow with each edition of Unicode, here and in browsers.
func isWide(r rune) bool {
	return r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7ff || r >= 0xf900 && r <= 0xfaff || r >= 0x20000 && r <= 0x3ffff
}
