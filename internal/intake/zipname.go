package intake

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// entryNames returns the names of a zip's entries as text. Some zips say that a name is UTF-8, by bit 11 of its flags or by
// Info-ZIP's field; where none does, all names together are UTF-8 or, as Windows packs them in China, GB18030.
func entryNames(list []packedEntry) []string {
	names := make([]string, len(list))
	utf := true
	for i, e := range list {
		name, said := unicodeName(e)
		if !said {
			name = e.Name
			said = e.Flags&0x800 != 0
		}
		if said = said && utf8.ValidString(name); !said && !utf8.ValidString(e.Name) {
			utf = false
		}
		if said {
			names[i] = name
		}
	}
	for i, e := range list {
		if names[i] == "" {
			names[i] = nameIn(e.Name, utf)
		}
	}
	return names
}

func nameIn(raw string, utf bool) string {
	if utf || isASCII(raw) {
		return raw
	}
	if name, err := simplifiedchinese.GB18030.NewDecoder().String(raw); err == nil && !strings.ContainsRune(name, utf8.RuneError) {
		return name
	}
	return strings.ToValidUTF8(raw, "_")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// cleanPath is the path of an entry with forward slashes and without what leads anywhere else: roots, drives, "." and
// "..". Names of entries are only shown and compared.
func cleanPath(name string) string {
	var parts []string
	for part := range strings.SplitSeq(strings.ReplaceAll(clean(name), `\`, "/"), "/") {
		part = strings.TrimSpace(strings.ReplaceAll(part, "\n", " "))
		switch {
		case part == "", part == ".", part == "..", len(parts) == 0 && len(part) == 2 && part[1] == ':':
		default:
			parts = append(parts, part)
		}
	}
	whole := strings.Join(parts, "/")
	if len(whole) <= maxPathBytes {
		return whole
	}
	cut := whole[len(whole)-maxPathBytes:] // a name's ending says what it is
	for !utf8.RuneStart(cut[0]) {
		cut = cut[1:]
	}
	return cut
}

// maxPathBytes bounds the names of files in a zip as those of files in an upload are.
const maxPathBytes = 1000
