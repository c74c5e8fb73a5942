package intake

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"newsdesk/internal/press"
)

func encoded(t *testing.T, enc encoding.Encoding, s string) string {
	t.Helper()
	out, err := enc.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	const text = "标题\r\n正文“一”——二。\r\n"
	const page = "<html><head><meta charset=%><title>標題</title></head><body><h1>標題</h1><p>正文</p></body></html>"
	big5 := strings.Replace(page, "%", "big5", 1)
	for _, c := range []struct{ name, document, data, title, body string }{
		{"UTF-8", "a.txt", text, "标题", "p:正文“一”——二。"},
		{"UTF-8 with a mark", "a.txt", "\ufeff" + text, "标题", "p:正文“一”——二。"},
		{"UTF-16LE", "a.txt", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text), "标题", "p:正文“一”——二。"},
		{"UTF-16BE", "a.txt", encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), text), "标题", "p:正文“一”——二。"},
		{"GBK", "a.txt", encoded(t, simplifiedchinese.GBK, text), "标题", "p:正文“一”——二。"},
		{"GB18030", "a.txt", encoded(t, simplifiedchinese.GB18030, text+"㐀𠀀"), "标题", "p:正文“一”——二。 | p:㐀𠀀"},
		{"GBK page that says so", "a.html", encoded(t, simplifiedchinese.GBK, strings.Replace(page, "%", "gb2312", 1)), "標題", "p:正文"},
		{"Big5 page", "a.html", encoded(t, traditionalchinese.Big5, big5), "標題", "p:正文"},
		{"UTF-8 page that says GBK", "a.html", strings.Replace(page, "%", "gbk", 1), "標題", "p:正文"},
		{"UTF-7 is not taken from a page's word", "a.html", strings.Replace(page, "%", "utf-7", 1) + "+ADw-script+AD4-", "標題", "p:正文 | p:+ADw-script+AD4-"},
	} {
		p := mustRead(t, c.document, c.data)
		if p.Content.Title != c.title || outline(p) != c.body {
			t.Errorf("%s: %q, %s; want %q, %s", c.name, p.Content.Title, outline(p), c.title, c.body)
		}
	}
}

func TestDamagedText(t *testing.T) {
	t.Parallel()
	utf8 := "标题\n这里是正文，写得足够长\n这一行坏了\xe6\x96，后面还有字"
	gbk := encoded(t, simplifiedchinese.GBK, "标题\n正文在这里，写得足够长\n") + "\xa1\x30 坏"[:3]
	for _, c := range []struct{ name, data, line, label string }{
		{"UTF-8 with a lost byte is not taken for GBK", utf8, "Line 3", "UTF-8"},
		{"GBK with a lost byte", gbk, "Line 3", "GB18030"},
		{"UTF-16 with half a character", "\xff\xfea\x00\n\x00\x00\xd8b\x00", "Line 2", "UTF-16"},
	} {
		_, err := Read(parcelOf("a.txt", c.data), DefaultLimits())
		text := press.TextOf(err).EN
		if press.CodeOf(err) != "document.encoding" || !strings.Contains(text, c.line) || !strings.Contains(text, c.label) {
			t.Errorf("%s: %v, want %s and %s named", c.name, err, c.line, c.label)
		}
	}
}
