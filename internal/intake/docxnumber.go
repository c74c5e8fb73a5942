package intake

import (
	"strconv"
	"strings"
	"unicode"

	"newsdesk/internal/press"
)

// wordLevels is how many levels a list has in Word, and maxLevelText how many characters may stand before an item.
const (
	wordLevels   = 9
	maxLevelText = 100
)

type listLevel struct {
	start   int
	format  string // decimal, bullet, chineseCounting…
	text    string // "%1.%2"
	suffix  string // tab, space, nothing
	restart int    // the level, from 1, that starts this one anew; -1: the one above
	legal   bool   // higher levels are written as plain figures
	style   string // of the paragraphs that are items of this level
}

type wordList struct {
	levels [wordLevels]listLevel
	style  string // the numbering is that of another list, named by a style
	own    string // the name by which others refer to this one
	counts [wordLevels]int
	used   [wordLevels]bool
}

type wordNum struct {
	list    *wordList
	levels  [wordLevels]*listLevel // written anew
	starts  [wordLevels]int        // a new beginning; -1: none
	started [wordLevels]bool
}

// numbering counts the items of a document's lists.
type numbering struct {
	nums map[string]*wordNum
}

// readNumbering reads numbering.xml.
func readNumbering(data []byte, styles *wordStyles) (*numbering, error) {
	lists := map[string]*wordList{}
	named := map[string]*wordList{}
	out := &numbering{nums: map[string]*wordNum{}}
	err := newXMLReader(data).each(func(n *node) error {
		switch n.name {
		case "w:abstractNum":
			list := parseList(n)
			lists[n.attr("w:abstractNumId")] = list
			if list.own != "" {
				named[list.own] = list
			}
		case "w:num":
			if list := lists[n.val("w:abstractNumId")]; list != nil {
				out.nums[n.attr("w:numId")] = parseNum(n, list)
			}
		}
		return nil
	}, "w:numbering")
	for _, num := range out.nums {
		if id := num.list.style; id != "" {
			if list := named[id]; list != nil {
				num.list = list
			} else if other := out.nums[styles.style(id).para.list]; other != nil && other.list.style == "" {
				num.list = other.list
			}
		}
	}
	return out, err
}

func parseList(n *node) *wordList {
	list := &wordList{style: n.val("w:numStyleLink"), own: n.val("w:styleLink")}
	for i := range list.levels {
		list.levels[i] = listLevel{start: 1, format: "decimal", restart: -1}
	}
	for _, k := range n.kids {
		if i, ok := levelOf(k); ok && k.name == "w:lvl" {
			list.levels[i] = parseLevel(k)
		}
	}
	return list
}

func levelOf(n *node) (int, bool) {
	i, err := strconv.Atoi(n.attr("w:ilvl"))
	return i, err == nil && i >= 0 && i < wordLevels
}

func parseLevel(n *node) listLevel {
	level := listLevel{start: 1, restart: -1, format: n.val("w:numFmt"), text: n.val("w:lvlText"), suffix: n.val("w:suff"), style: n.val("w:pStyle")}
	level.legal = onOff(n.child("w:isLgl")) == on
	if runes := []rune(level.text); len(runes) > maxLevelText {
		level.text = string(runes[:maxLevelText])
	}
	if format := n.at("w:numFmt"); format == nil {
		level.format = "decimal"
	} else if level.format == "custom" {
		level.format = format.attr("w:format")
	}
	if start, err := strconv.Atoi(n.val("w:start")); err == nil {
		level.start = min(max(start, 0), 1_000_000)
	}
	if restart, err := strconv.Atoi(n.val("w:lvlRestart")); err == nil {
		level.restart = restart
	}
	return level
}

func parseNum(n *node, list *wordList) *wordNum {
	num := &wordNum{list: list}
	for i := range num.starts {
		num.starts[i] = -1
	}
	for _, k := range n.kids {
		i, ok := levelOf(k)
		if !ok || k.name != "w:lvlOverride" {
			continue
		}
		if start, err := strconv.Atoi(k.val("w:startOverride")); err == nil {
			num.starts[i] = min(max(start, 0), 1_000_000)
		}
		if lvl := k.child("w:lvl"); lvl != nil {
			level := parseLevel(lvl)
			num.levels[i] = &level
		}
	}
	return num
}

func (n *wordNum) level(i int) listLevel {
	if n.levels[i] != nil {
		return *n.levels[i]
	}
	return n.list.levels[i]
}

// levelFor is the level of paragraphs with a style that brings the list along.
func (n *wordNum) levelFor(style string) int {
	for i := range wordLevels {
		if style != "" && n.level(i).style == style {
			return i
		}
	}
	return 0
}

// next counts one item and returns what stands before it.
func (n *wordNum) next(at int) (text string, number int) {
	list, level := n.list, n.level(at)
	switch {
	case n.starts[at] >= 0 && !n.started[at]:
		list.counts[at] = n.starts[at]
	case !list.used[at]:
		list.counts[at] = level.start
	default:
		list.counts[at]++
	}
	n.started[at], list.used[at] = true, true
	for i := range at {
		if !list.used[i] {
			list.used[i], list.counts[i] = true, n.level(i).start
		}
	}
	for i := at + 1; i < wordLevels; i++ {
		if restart := n.level(i).restart; restart < 0 || restart > at {
			list.used[i] = false
			if n.starts[i] >= 0 {
				n.started[i] = false
			}
		}
	}
	return n.written(at), list.counts[at]
}

// written is the number of an item as the level's pattern has it, such as "%1.%2)".
func (n *wordNum) written(at int) string {
	level := n.level(at)
	if level.format == "bullet" || level.format == "none" && !strings.Contains(level.text, "%") {
		return level.text
	}
	var out strings.Builder
	pattern := []rune(level.text)
	for i := 0; i < len(pattern); i++ {
		if pattern[i] == '%' && i+1 < len(pattern) && pattern[i+1] >= '1' && pattern[i+1] <= '9' {
			i++
			of := int(pattern[i] - '1')
			format := n.level(of).format
			if level.legal && format != "none" {
				format = "decimal"
			}
			out.WriteString(numeral(n.list.counts[of], format))
			continue
		}
		out.WriteRune(pattern[i])
	}
	return strings.TrimSpace(clean(out.String()))
}

// numeral writes a number in one of Word's formats (17.18.59); those that are not known here become figures.
func numeral(n int, format string) string {
	figures := strconv.Itoa(n)
	switch format {
	case "none":
		return ""
	case "decimalZero", "01, 02, 03, ...":
		if n < 10 {
			return "0" + figures
		}
	case "lowerLetter":
		return letters(n, 'a')
	case "upperLetter":
		return letters(n, 'A')
	case "lowerRoman":
		return strings.ToLower(roman(n))
	case "upperRoman":
		return roman(n)
	case "ordinal":
		return ordinal(n)
	case "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand", "ideographLegalTraditional", "chineseLegalSimplified":
		return counted(n, format)
	case "ideographDigital", "japaneseDigitalTenThousand", "koreanDigital", "taiwaneseDigital":
		return strings.Map(func(r rune) rune { return []rune("〇一二三四五六七八九")[r-'0'] }, figures)
	case "ideographTraditional":
		return pick("甲乙丙丁戊己庚辛壬癸", n, figures)
	case "ideographZodiac":
		return pick("子丑寅卯辰巳午未申酉戌亥", n, figures)
	case "decimalEnclosedCircle", "decimalEnclosedCircleChinese":
		return pick("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", n, figures)
	case "decimalEnclosedParen":
		return pick("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇", n, figures)
	case "decimalEnclosedFullstop":
		return pick("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛", n, figures)
	case "ideographEnclosedCircle":
		return pick("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉", n, figures)
	case "decimalFullWidth", "decimalFullWidth2":
		return strings.Map(func(r rune) rune { return r - '0' + '０' }, figures)
	}
	return figures
}

func pick(signs string, n int, other string) string {
	if all := []rune(signs); n >= 1 && n <= len(all) {
		return string(all[n-1])
	}
	return other
}

// letters counts a … z, aa, bb, as Word does.
func letters(n int, first rune) string {
	if n < 1 || n > 26*10 {
		return strconv.Itoa(n)
	}
	return strings.Repeat(string(first+rune((n-1)%26)), (n-1)/26+1)
}

func roman(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	values := []int{1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1}
	signs := []string{"M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"}
	var out strings.Builder
	for i, value := range values {
		for ; n >= value; n -= value {
			out.WriteString(signs[i])
		}
	}
	return out.String()
}

func ordinal(n int) string {
	ending := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return strconv.Itoa(n) + ending
}

// counted writes a number as it is said in Chinese: 十二, 一百零三.
func counted(n int, format string) string {
	digits, units := []rune("零一二三四五六七八九"), []string{"", "十", "百", "千"}
	if strings.Contains(format, "egal") {
		digits, units = []rune("零壹贰叁肆伍陆柒捌玖"), []string{"", "拾", "佰", "仟"}
	}
	if n < 1 || n > 9999 {
		return strconv.Itoa(n)
	}
	figures := strconv.Itoa(n)
	var out strings.Builder
	gap := false
	for i, r := range figures {
		if r == '0' {
			gap = true
			continue
		}
		if gap {
			out.WriteRune(digits[0])
			gap = false
		}
		unit := units[len(figures)-1-i]
		if !(n >= 10 && n < 20 && i == 0 && digits[1] == '一') { // 十二, not 一十二
			out.WriteRune(digits[r-'0'])
		}
		out.WriteString(unit)
	}
	return out.String()
}

// sign makes of a bullet the marker that lists know, and of anything else its number.
func (l listLevel) sign(text string) string {
	if l.format != "bullet" {
		return text
	}
	words := 0
	for _, r := range text {
		if unicode.In(r, unicode.Han) || unicode.IsDigit(r) {
			words++
		}
	}
	switch text = strings.TrimSpace(clean(text)); {
	case text == "": // pandoc writes the further paragraphs of an item so
		return ""
	case words > 0:
		return text
	}
	return "•"
}

// numberedRuns writes a number before the words of a paragraph that no list can hold with it: 一、, 第一章.
func numberedRuns(number, suffix string, runs []press.Run) []press.Run {
	last := []rune(number)[len([]rune(number))-1]
	if suffix != "nothing" && !wide(last) {
		number += " "
	}
	if suffix != "nothing" && unicode.In(last, unicode.Han) {
		number += "　" // 第一章　总则
	}
	sign := press.Run{Text: number}
	if len(runs) > 0 {
		sign.Bold, sign.Italic, sign.Color = runs[0].Bold, runs[0].Italic, runs[0].Color
	}
	return joinRuns(append([]press.Run{sign}, runs...))
}
