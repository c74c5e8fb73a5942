package notice

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// plainText is a message as lines of text, at most limit bytes: items that do not fit any more are counted.
func plainText(m press.NoticeMessage, limit int) string {
	var out strings.Builder
	out.WriteString(clip(line(m.Title), limit/2))
	left := 0
	for i, item := range m.Items {
		text := "\n\n" + itemText(item, len(m.Items) > 1, m.Lang)
		if out.Len()+len(text) > limit-tailBytes {
			left = len(m.Items) - i
			break
		}
		out.WriteString(text)
	}
	if left > 0 {
		out.WriteString("\n\n" + press.Say("and %d more", "另有 %d 条", left).In(m.Lang))
	}
	if m.URL != "" && (len(m.Items) > 1 || left > 0) && out.Len()+len(m.URL) < limit {
		out.WriteString("\n" + m.URL)
	}
	return out.String()
}

// tailBytes is kept free for what comes after the items.
const tailBytes = 200

// itemText says one cause. Among several its sentence is repeated; alone it is the title.
func itemText(item press.NoticeItem, several bool, lang press.Lang) string {
	var lines []string
	if several {
		lines = append(lines, line(item.Text))
	}
	colon := colonOf(lang)
	for _, f := range item.Facts {
		lines = append(lines, line(f.Name)+colon+line(f.Value))
	}
	if item.Next != "" {
		lines = append(lines, press.Say("What to do", "下一步").In(lang)+colon+line(item.Next))
	}
	if item.URL != "" {
		lines = append(lines, item.URL)
	}
	return strings.Join(lines, "\n")
}

func colonOf(lang press.Lang) string {
	if lang == press.Chinese {
		return "："
	}
	return ": "
}

// line makes a text fit for one line, in which no robot finds a tag: headlines are whatever somebody typed, and
// <at user_id="all"> in one would call the whole group.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case r < ' ' || r == 0x7f:
			return -1
		case r == '<':
			return '＜'
		case r == '>':
			return '＞'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return clip(strings.TrimSpace(s), 600)
}

// clip cuts a text to at most n bytes, at a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	const dots = "…"
	n -= len(dots)
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:max(n, 0)] + dots
}

// prefixed is the title as the first line shows it: a robot's keyword can be “Newsdesk” then.
func prefixed(m press.NoticeMessage) press.NoticeMessage {
	office := m.Office
	if office == "" || office == "Newsdesk" {
		m.Title = fmt.Sprintf("[Newsdesk] %s", m.Title)
		return m
	}
	m.Title = fmt.Sprintf("[Newsdesk · %s] %s", office, m.Title)
	return m
}
