package intake

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"newsdesk/internal/press"
)

// decode makes text of a document's bytes: UTF-8, UTF-16 with a byte order mark, what an HTML page says it is, or
// GB18030, which contains GBK and GB 2312. The result is valid UTF-8 without a mark, with line feeds for line ends.
func decode(data []byte, name string, page bool) (string, error) {
	text, err := decodeBytes(data, name, page)
	if err != nil {
		return "", err
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r", "\n"), "\x00", ""), nil
}

func decodeBytes(data []byte, name string, page bool) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return decodeWith(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), data, name, "UTF-16")
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decodeWith(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), data, name, "UTF-16")
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	if line := damagedUTF8(data); line > 0 {
		return "", undecodable(name, line, "UTF-8")
	}
	if page {
		if enc, label := declared(data); enc != nil {
			return decodeLines(enc, data, name, label)
		}
	}
	return decodeLines(simplifiedchinese.GB18030, data, name, "GB18030")
}

// damagedUTF8 returns the line of the first bad byte of what is UTF-8 for the greater part, 0 for anything else.
// Without it one lost byte would turn a whole article into other Chinese characters.
func damagedUTF8(data []byte) int {
	good, bad, first := 0, 0, 0
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			if bad == 0 {
				first = 1 + bytes.Count(data[:i], []byte("\n"))
			}
			bad++
		case n > 2:
			good++
		}
		i += n
	}
	if good > 4*bad {
		return first
	}
	return 0
}

func decodeWith(enc encoding.Encoding, data []byte, name, label string) (string, error) {
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return "", undecodable(name, 1, label)
	}
	if i := bytes.IndexRune(out, utf8.RuneError); i >= 0 {
		return "", undecodable(name, 1+bytes.Count(out[:i], []byte("\n")), label)
	}
	return string(out), nil
}

// decodeLines decodes an encoding in which a line feed is always a line feed, and finds the line that does not fit.
func decodeLines(enc encoding.Encoding, data []byte, name, label string) (string, error) {
	var out strings.Builder
	for i, line := range bytes.SplitAfter(data, []byte("\n")) {
		text, err := enc.NewDecoder().Bytes(line)
		if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
			return "", undecodable(name, i+1, label)
		}
		out.Write(text)
	}
	return out.String(), nil
}

func undecodable(name string, line int, label string) error {
	return press.Fail(press.Invalid, "document.encoding", press.Say(
		"Line %[2]d of %[1]q cannot be read as %[3]s text; save the document as UTF-8 and hand it in again.",
		"文档“%[1]s”第 %[2]d 行无法按 %[3]s 编码读取，请另存为 UTF-8 后重新提交。", name, line, label))
}

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,300}?charset\s*=\s*["']?\s*([a-z0-9_:-]{2,40})`)

// declared returns the encoding that a page names in its first bytes. Encodings in which markup could hide from whoever
// looks at the bytes (UTF-7, the ISO-2022 family) are not taken from a page's word.
func declared(data []byte) (encoding.Encoding, string) {
	found := metaCharset.FindSubmatch(data[:min(len(data), 4096)])
	if found == nil {
		return nil, ""
	}
	label := strings.ToLower(string(found[1]))
	switch {
	case strings.HasPrefix(label, "gb"), strings.HasPrefix(label, "utf-"), strings.HasPrefix(label, "iso-2022"), label == "hz-gb-2312":
		return nil, "" // GB18030 is what is tried anyway; the others are not what the bytes are
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
		return nil, ""
	}
	return enc, label
}
