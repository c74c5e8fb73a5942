package press

import (
	"slices"
	"strings"
	"unicode"
)

// Marks in Chinese text, after GB/T 15834-2011. Only what can be told without understanding the sentence is said: a half-width
// mark counts where Chinese stands before it, a space where the words around it are too long for a list of names. Links,
// addresses and names of files are passed over, and so is text without Chinese.

// marks notes what is wrong with the marks of a piece that has Chinese in it.
func (r *reader) marks(p *piece) {
	for i := 0; i < len(p.runes); {
		if c := p.runes[i]; c >= '一' && c <= '鿿' || p.link[i] || p.url[i] { // most of them
			i++
			continue
		}
		i = r.markAt(p, i)
	}
	r.halfBrackets(p)
	r.unpaired(p)
}

// markAt notes what begins at a place, and returns the place behind it.
func (r *reader) markAt(p *piece, i int) int {
	c := p.runes[i]
	switch {
	case isStop(c):
		return r.stops(p, i)
	case isDash(c):
		return r.dashes(p, i)
	case c == '…':
		return r.dots(p, i)
	case isFullWidthWord(c):
		return r.fullWidth(p, i)
	case isBlank(c):
		return r.blanks(p, i)
	case c == '"':
		if (isHan(p.at(i-1)) || isHan(p.at(i+1))) && !isDigit(p.at(i-1)) {
			r.half(p, i, i+1, "“ ”")
		}
	case c == '\'':
		if isHan(p.at(i-1)) && isHan(p.at(i+1)) {
			r.half(p, i, i+1, "‘ ’")
		}
	}
	return i + 1
}

func isHan(c rune) bool { return c >= '一' && c <= '鿿' || c > 0x2e00 && unicode.Is(unicode.Han, c) }

// isChineseMark reports whether a character is a full-width mark that only Chinese text has.
func isChineseMark(c rune) bool {
	return strings.ContainsRune("，。、；：？！”’）》〉】」』", c)
}

func isBlank(c rune) bool { return c == ' ' || c == '　' || c == '\u00a0' }

func isStop(c rune) bool {
	switch c {
	case '，', '。', '、', '；', '：', '？', '！', ',', '.', ';', ':', '?', '!':
		return true
	}
	return false
}

func isDash(c rune) bool { return c == '-' || c == '—' || c == '－' }

func isFullWidthWord(c rune) bool {
	return c >= '０' && c <= '９' || c >= 'Ａ' && c <= 'Ｚ' || c >= 'ａ' && c <= 'ｚ'
}

// stretch is the place behind the characters from i that are like the first.
func (p *piece) stretch(i int, like func(rune) bool) int {
	for i < len(p.runes) && like(p.runes[i]) && !p.link[i] && !p.url[i] {
		i++
	}
	return i
}

// stops looks at one or more marks in a row.
func (r *reader) stops(p *piece, i int) int {
	to := p.stretch(i, isStop)
	marks := p.runes[i:to]
	before, behind := p.at(i-1), p.at(to)
	chinese := isHan(before) || isChineseMark(before) || slices.ContainsFunc(marks, isChineseMark)
	switch {
	case len(marks) == 1:
		if halfStop(p, i) {
			r.half(p, i, to, fullStop(marks[0]))
		}
	case !chinese && !isHan(behind):
	case len(marks) >= 3 && every(marks, '.', '。'):
		r.ellipsis(p, i, to)
	case len(marks) == 2 && every(marks, '?', '？', '!', '！') && narrowed(marks[0]) != narrowed(marks[1]): // ？！
	case !chinese: // something of ASCII before Chinese, such as a:,
	default:
		stands := string(marks[:min(len(marks), 6)])
		r.add(p, "text.doubled", "text.doubled", false, i, to, func(quote string) Text {
			return Say("Marks in a row, “%[1]s”, in “%[2]s”. Leave one.", "“%[2]s”中标点“%[1]s”重复，请只留一个。", stands, quote)
		})
	}
	return to
}

func every(marks []rune, of ...rune) bool {
	return !slices.ContainsFunc(marks, func(c rune) bool { return !slices.Contains(of, c) })
}

// halfStop reports whether one mark is a half-width one in Chinese text.
func halfStop(p *piece, i int) bool {
	c, before, behind := p.runes[i], p.at(i-1), p.at(i+1)
	if !isHan(before) && !isChineseMark(before) || !strings.ContainsRune(",.;:?!", c) {
		return false
	}
	if isBlank(behind) && isASCIIWord(p.at(i+2)) { // an English sentence with Chinese in it
		return false
	}
	if c != '.' {
		return true
	}
	if i <= 3 && strings.ContainsRune("一二三四五六七八九十", before) { // 一.
		return false
	}
	return behind == 0 || behind == '\n' || isBlank(behind) || isHan(behind) || isChineseMark(behind)
}

func fullStop(c rune) string {
	switch c {
	case '.':
		return "。"
	case ',':
		return "，"
	case ';':
		return "；"
	case ':':
		return "："
	case '?':
		return "？"
	}
	return "！"
}

func (r *reader) half(p *piece, from, to int, full string) {
	stands := string(p.runes[from:to])
	if to-from > 1 { // brackets
		stands = string([]rune{p.runes[from], p.runes[to-1]})
	}
	r.add(p, "text.halfwidth", "text.halfwidth", false, from, to, func(quote string) Text {
		return Say("A half-width “%[1]s” in Chinese, in “%[3]s”. Write “%[2]s”.", "“%[3]s”中的“%[1]s”是半角标点，应为“%[2]s”。", stands, full, quote)
	})
}

func (r *reader) ellipsis(p *piece, from, to int) {
	r.add(p, "text.ellipsis", "text.ellipsis", false, from, to, func(quote string) Text {
		return Say("In “%s”: an ellipsis is written “……”.", "“%s”中的省略号应为“……”。", quote)
	})
}

// dots looks at one or more …
func (r *reader) dots(p *piece, i int) int {
	to := p.stretch(i, func(c rune) bool { return c == '…' })
	if to-i != 2 && (isHan(p.at(i-1)) || isChineseMark(p.at(i-1)) || isHan(p.at(to))) {
		r.ellipsis(p, i, to)
	}
	return to
}

// dashes looks for a dash that is written as hyphens or only half.
func (r *reader) dashes(p *piece, i int) int {
	to := p.stretch(i, isDash)
	dash := string(p.runes[i:to])
	near := func(c rune) bool { return isHan(c) || isChineseMark(c) || strings.ContainsRune("“‘（《", c) }
	if !near(p.at(i-1)) || !near(p.at(to)) || dash == "——" {
		return to
	}
	if dash == "-" || dash == "－" || len(dash) > 24 { // 中国-东盟; a line drawn with dashes
		return to
	}
	r.add(p, "text.dash", "text.dash", false, i, to, func(quote string) Text {
		return Say("In “%s”: a dash is written “——”.", "“%s”中的破折号应为“——”。", quote)
	})
	return to
}

func (r *reader) fullWidth(p *piece, i int) int {
	to := p.stretch(i, isFullWidthWord)
	r.add(p, "text.fullwidth", "text.fullwidth", false, i, to, func(quote string) Text {
		return Say("In “%s”: letters and digits are written in half width.", "“%s”中的字母、数字应为半角。", quote)
	})
	return to
}

// maxNameRunes is how long names and the words of a slogan may be, between which people write spaces.
const maxNameRunes = 4

// blanks looks for spaces inside running text. Titles and captions have spaces in the place of marks; lists of names have
// them too.
func (r *reader) blanks(p *piece, i int) int {
	to := p.stretch(i, isBlank)
	if !p.prose || !p.stops || !isHan(p.at(i-1)) || !isHan(p.at(to)) {
		return to
	}
	left, right := 0, 0
	for left <= maxNameRunes && isHan(p.at(i-1-left)) {
		left++
	}
	for right <= maxNameRunes && isHan(p.at(to+right)) {
		right++
	}
	if left <= maxNameRunes && right <= maxNameRunes {
		return to
	}
	r.add(p, "text.space", "text.space", false, i, to, func(quote string) Text {
		return Say("A space between Chinese characters, in “%s”. Take it out.", "“%s”中汉字之间有多余的空格，请删去。", quote)
	})
	return to
}

// halfBrackets looks for half-width brackets around Chinese in Chinese.
func (r *reader) halfBrackets(p *piece) {
	var open []int
	for i, c := range p.runes {
		if p.link[i] || p.url[i] {
			continue
		}
		switch {
		case c == '(' || c == '[':
			open = append(open, i)
		case (c == ')' || c == ']') && len(open) > 0:
			from := open[len(open)-1]
			open = open[:len(open)-1]
			if p.runes[from] == '[' != (c == ']') || !inChinese(p, from, i) {
				continue
			}
			full := "（ ）"
			if c == ']' {
				full = "［ ］"
			}
			r.half(p, from, i+1, full)
		}
	}
}

// inChinese reports whether the brackets at two places have Chinese on both sides of one of them.
func inChinese(p *piece, from, to int) bool {
	outside := func(c rune) bool { return isHan(c) || isChineseMark(c) }
	return isHan(p.at(from+1)) && (from == 0 || outside(p.at(from-1))) || isHan(p.at(to-1)) && outside(p.at(to+1))
}

// closes returns what a mark closes, if it closes any. Half and full width close each other.
func closes(c rune) (open string) {
	switch c {
	case '”':
		return "“"
	case '’':
		return "‘"
	case '》':
		return "《"
	case '〉':
		return "〈"
	case '」':
		return "「"
	case '』':
		return "『"
	case '】':
		return "【"
	case '）', ')':
		return "（("
	}
	return ""
}

func opens(c rune) bool {
	switch c {
	case '“', '‘', '《', '〈', '「', '『', '【', '（', '(':
		return true
	}
	return false
}

// unpaired looks for marks whose other half is missing. One mark is said for a piece: behind it nothing is certain.
func (r *reader) unpaired(p *piece) {
	var open []int
	for i, c := range p.runes {
		if p.link[i] || p.url[i] {
			continue
		}
		if opens(c) {
			open = append(open, i)
			continue
		}
		partner := closes(c)
		switch {
		case partner == "":
		case len(open) > 0 && strings.ContainsRune(partner, p.runes[open[len(open)-1]]):
			open = open[:len(open)-1]
		case !harmless(p, i):
			r.alone(p, i)
			return
		}
	}
	for _, i := range open {
		if !p.goesOn(i) {
			r.alone(p, i)
			return
		}
	}
}

// goesOn reports whether a quotation runs over paragraphs: each begins with the mark, and only the last closes it.
func (p *piece) goesOn(i int) bool {
	return i == 0 && p.prose && (p.runes[0] == '“' || p.runes[0] == '「') && p.next != nil && p.next.at(0) == p.runes[0]
}

// harmless reports whether a mark stands where no pair is meant: an apostrophe, an enumeration such as 1) or （1）, a face.
func harmless(p *piece, i int) bool {
	c, before := p.runes[i], p.at(i-1)
	if c == '’' {
		return isASCIIWord(before)
	}
	if c != ')' && c != '）' {
		return false
	}
	if before == ':' || before == ';' || before == '-' {
		return true
	}
	from := i - 1
	for from >= 0 && i-from <= 3 && (isASCIIWord(p.runes[from]) || strings.ContainsRune("一二三四五六七八九十", p.runes[from])) {
		from--
	}
	start := from < 0 || isBlank(p.at(from)) || p.at(from) == '\n' || strings.ContainsRune("，。；：、", p.at(from))
	return from < i-1 && start
}

func (r *reader) alone(p *piece, i int) {
	stands := string(p.runes[i])
	r.add(p, "text.unpaired", "text.unpaired", false, i, i+1, func(quote string) Text {
		return Say("“%[1]s” has no other half, in “%[2]s”.", "“%[2]s”中的“%[1]s”没有成对。", stands, quote)
	})
}
