package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

var tableCaption = regexp.MustCompile(`(?i)^(?:表|附表|table|tabelle|tableau)\s*[0-9０-９一二三四五六七八九十]`)

// captionText is a caption without the sign that points at the photo, or its number.
func captionText(s string) string {
	s = strings.Join(strings.Fields(clean(s)), " ")
	if caption, ok := captionLine(s); ok {
		return caption
	}
	return withoutNumber(strings.TrimLeft(s, "▲△▼▽ "))
}

// captioned gives pictures the lines that stand under them as their captions: those with the style or the number of one,
// those that begin as captions do, and short lines in the middle or in smaller letters than the text around.
func captioned(pieces []piece) []piece {
	common := commonSize(pieces)
	out := make([]piece, 0, len(pieces))
	for i, p := range pieces {
		text, isParagraph := p.paragraphText()
		if !isParagraph || p.marker != nil || tableCaption.MatchString(strings.TrimSpace(text)) {
			out = append(out, p)
			continue
		}
		last := len(out) - 1
		if last >= 0 && looksLikeCaption(p, text, common, i+1 == len(pieces) || ordinaryText(pieces[i+1], common)) && giveCaption(&out[last], text) {
			continue
		}
		if p.role == captionRole && i+1 < len(pieces) && giveCaption(&pieces[i+1], text) {
			continue // above its picture
		}
		out = append(out, p)
	}
	return out
}

func looksLikeCaption(p piece, text string, common int, textFollows bool) bool {
	text = strings.TrimSpace(text)
	n := utf8.RuneCountInString(text)
	if p.role == captionRole {
		return true
	}
	if p.role != ordinary || n == 0 || n > maxCaptionRunes {
		return false
	}
	if _, isCredits := parseCredits(text); isCredits {
		return false
	}
	block, _ := p.block.(press.Paragraph)
	small := common > 0 && p.size > 0 && p.size < common
	centred := block.Align == press.AlignCenter && (small || !allBold(block.Text)) // a bold line is a heading
	_, says := captionLine(text)
	return says || centred && small || (centred || small) && n <= 40 && textFollows && !strings.HasSuffix(text, "。")
}

// ordinaryText reports whether a piece is what most of the text is like, or no text at all.
func ordinaryText(p piece, common int) bool {
	block, ok := p.block.(press.Paragraph)
	return !ok || block.Align != press.AlignCenter && (common == 0 || p.size == 0 || p.size >= common)
}

// giveCaption gives a picture, or the one picture of a gallery that may be meant, its caption. The parts of a line with
// wide gaps in it belong to the pictures of a gallery side by side.
func giveCaption(p *piece, text string) bool {
	switch block := p.block.(type) {
	case press.Picture:
		if block.Caption != "" {
			return false
		}
		if block.Caption = captionText(text); block.Alt == block.Caption {
			block.Alt = "" // as pandoc writes it
		}
		p.block = block
		return true
	case press.Gallery:
		parts := wideGap.Split(strings.TrimSpace(text), -1)
		if len(parts) != len(block.Photos) {
			return false
		}
		for _, photo := range block.Photos {
			if photo.Caption != "" {
				return false
			}
		}
		for i, part := range parts {
			block.Photos[i].Caption = captionText(part)
		}
		return true
	}
	return false
}

var wideGap = regexp.MustCompile(`[\s　]{2,}|　`)

// commonSize is that of most letters of the text.
func commonSize(pieces []piece) int {
	letters := map[int]int{}
	for _, p := range pieces {
		if text, ok := p.paragraphText(); ok && p.size > 0 {
			letters[p.size] += len(text)
		}
	}
	best := 0
	for size, n := range letters {
		if n > letters[best] || n == letters[best] && size > best {
			best = size
		}
	}
	return best
}
