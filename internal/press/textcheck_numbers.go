package press

import (
	"strings"
	"time"
)

// Personal numbers are looked for in text narrowed to half width, so that full-width digits hide nothing. A number may be
// written in groups with single spaces or hyphens between them.
//
// Identity numbers are those of GB 11643-1999: six digits of an administrative division, eight of a birthday, three of an
// order, and a check character of ISO 7064 (MOD 11-2). The older ones of fifteen digits have two for the year and no check
// character; they are said for certain only where words beside them say what they are. Bank cards have a known beginning
// and the check digit of ISO/IEC 7812-1 (Luhn). Mobile numbers have eleven digits and begin with 13 to 19.

// group is a stretch of digits.
type group struct{ from, to int }

// find looks for the personal numbers of a piece and makes the form of it that may be shown.
func (p *piece) find() {
	groups := digitGroups(p.narrow)
	for i := 0; i < len(groups); {
		found, n := p.number(groups[i:])
		if n == 0 {
			i++
			continue
		}
		p.spans = append(p.spans, found)
		i += n
	}
	p.shown = append([]rune(nil), p.runes...)
	for _, s := range p.spans {
		p.mask(s.from, s.to)
	}
	for _, g := range groups {
		if g.to-g.from >= minMasked { // mistyped, perhaps
			p.mask(g.from, g.to)
		}
	}
}

// minMasked is how many digits in a row are masked wherever they are shown, whatever they are.
const minMasked = 11

func digitGroups(narrow []rune) (out []group) {
	for i := 0; i < len(narrow); i++ {
		if !isDigit(narrow[i]) {
			continue
		}
		g := group{i, i}
		for i < len(narrow) && isDigit(narrow[i]) {
			i++
		}
		g.to = i
		out = append(out, g)
	}
	return out
}

// mask replaces the middle of a number: three digits stay of a phone's beginning, four of the others', and the last four.
func (p *piece) mask(from, to int) {
	digits := 0
	for i := from; i < to; i++ {
		if isASCIIWord(p.narrow[i]) {
			digits++
		}
	}
	head := 4
	if digits <= 13 {
		head = 3
	}
	for i, n := from, 0; i < to; i++ {
		if !isASCIIWord(p.narrow[i]) {
			continue
		}
		if n >= head && n < digits-4 {
			p.shown[i] = '*'
		}
		n++
	}
}

// maxGroups is how many groups one number may be written in.
const maxGroups = 7

// number returns the personal number that begins with the first group, and how many groups it has; the longest there is.
func (p *piece) number(groups []group) (span, int) {
	if p.decimal(groups[0].from) {
		return span{}, 0
	}
	joined := 1
	for joined < min(len(groups), maxGroups) && p.joins(groups[joined-1], groups[joined]) && p.sameSeparator(groups, joined) {
		joined++
	}
	for n := joined; n > 0; n-- {
		from, to := groups[0].from, groups[n-1].to
		if to-from > 19+maxGroups {
			continue
		}
		digits := p.digits(from, to)
		if s, ok := p.identity(digits, from, to); ok {
			return s, n
		}
		if p.isCard(digits, groups[:n]) {
			return span{from, to, codeCard, codeCard + ":" + digits, true}, n
		}
		if s, ok := p.phone(digits, groups, n); ok {
			return s, n
		}
		if s, ok := p.oldIdentity(digits, from, to, n); ok {
			return s, n
		}
	}
	return span{}, 0
}

// joins reports whether one character stands between two groups with which numbers are written in parts.
func (p *piece) joins(a, b group) bool { return b.from-a.to == 1 && separator(p.narrow[a.to]) }

func separator(c rune) bool { return c == ' ' || c == '-' || c == '‐' || c == '–' }

// sameSeparator reports whether the groups up to number n have the same character between them.
func (p *piece) sameSeparator(groups []group, n int) bool {
	return p.narrow[groups[n-1].to] == p.narrow[groups[0].to]
}

func (p *piece) digits(from, to int) string {
	var out strings.Builder
	for _, c := range p.narrow[from:to] {
		if isDigit(c) {
			out.WriteRune(c)
		}
	}
	return out.String()
}

// decimal reports whether the digits from a place are those behind a decimal point.
func (p *piece) decimal(from int) bool {
	return p.narrowAt(from-1) == '.' && isDigit(p.narrowAt(from-2))
}

// ends reports whether no letter, digit or decimal place goes on behind a number.
func (p *piece) ends(to int) bool {
	return !isASCIIWord(p.narrowAt(to)) && (p.narrowAt(to) != '.' || !isDigit(p.narrowAt(to+1)))
}

func (p *piece) identity(digits string, from, to int) (span, bool) {
	if len(digits) == 17 && p.narrowAt(to) == 'x' {
		digits, to = digits+"x", to+1
	}
	if len(digits) != 18 || !p.ends(to) || !IsIdentity(digits) {
		return span{}, false
	}
	return span{from, to, codeIdentity, codeIdentity + ":" + digits, true}, true
}

// IsIdentity reports whether 18 characters are a resident identity number: a division that exists, a day that was or will
// be, and the right check character.
func IsIdentity(s string) bool {
	if len(s) != 18 || !isProvince(s[:2]) || !isDay(s[6:14]) {
		return false
	}
	sum := 0
	for i := range 17 {
		if !isDigit(rune(s[i])) {
			return false
		}
		sum += int(s[i]-'0') * identityWeights[i]
	}
	check := "10x98765432"[sum%11]
	return s[17] == check || check == 'x' && s[17] == 'X'
}

var identityWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// isProvince reports whether two digits begin the code of a division (GB/T 2260); 83 is for residents from Taiwan, 9 in
// front for foreigners.
func isProvince(s string) bool {
	const known = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91 92 93 94 95 96 97 98"
	return strings.Contains(known, s)
}

func isDay(s string) bool {
	at, err := time.Parse("20060102", s)
	return err == nil && at.Year() >= 1900 && at.Year() < 2100
}

func (p *piece) oldIdentity(digits string, from, to, groups int) (span, bool) {
	if groups > 1 || len(digits) != 15 || !p.ends(to) || isASCIIWord(p.narrowAt(from-1)) || p.url[from] ||
		!isProvince(digits[:2]) || digits[0] == '9' || !isDay("19"+digits[6:12]) {
		return span{}, false
	}
	said := p.context(from)
	if p.otherNumber(from) {
		return span{}, false
	}
	return span{from, to, codeIdentity, codeIdentity + ":" + digits, strings.Contains(said, "身份证") || strings.Contains(said, "证件")}, true
}

// isCard reports whether digits are a bank card's number: 16 to 19 of them in one stretch, in fours, or in six and the rest.
func (p *piece) isCard(digits string, groups []group) bool {
	from, to := groups[0].from, groups[len(groups)-1].to
	if len(digits) < 16 || !p.ends(to) || isASCIIWord(p.narrowAt(from-1)) || p.url[from] || !cardGroups(groups) {
		return false
	}
	return isCardPrefix(digits) && luhn(digits) && !p.otherNumber(from)
}

func cardGroups(groups []group) bool {
	size := func(i int) int { return groups[i].to - groups[i].from }
	if len(groups) == 1 || len(groups) == 2 && size(0) == 6 {
		return true
	}
	for i := range groups[:len(groups)-1] {
		if size(i) != 4 {
			return false
		}
	}
	return size(len(groups)-1) <= 4
}

// isCardPrefix knows UnionPay (62; 60 and 9558 of older cards), Visa, Mastercard and JCB.
func isCardPrefix(s string) bool {
	four := s[:4]
	switch {
	case s[:2] == "62" || s[:2] == "60" || four == "9558":
		return true
	case len(s) != 16:
		return false
	}
	return s[0] == '4' || s[:2] >= "51" && s[:2] <= "55" || four >= "2221" && four <= "2720" || four >= "3528" && four <= "3589"
}

func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// phone finds a mobile number: in one stretch, as 138 0013 8000 or 138-0013-8000, with or without 86 in front.
func (p *piece) phone(digits string, groups []group, n int) (span, bool) {
	from, to := groups[0].from, groups[n-1].to
	switch {
	case n == 1 && len(digits) == 13 && strings.HasPrefix(digits, "86") && p.narrowAt(from-1) == '+':
		digits = digits[2:]
	case n == 1 && len(digits) == 15 && strings.HasPrefix(digits, "0086"):
		digits = digits[4:]
	case n > 1 && !p.phoneGroups(groups[:n]):
		return span{}, false
	}
	if len(digits) != 11 || digits[0] != '1' || digits[1] < '3' || !p.phoneBorders(from, to) || p.otherNumber(from) {
		return span{}, false
	}
	return span{from, to, codePhone, codePhone + ":" + digits, false}, true
}

func (p *piece) phoneGroups(groups []group) bool {
	if len(groups) < 2 || groups[0].to-groups[0].from != 3 {
		return false
	}
	second := groups[1].to - groups[1].from
	return len(groups) == 3 && second == 4 || len(groups) == 2 && second == 8
}

// phoneBorders reports whether a number stands alone: not in an address, not joined to other digits by a hyphen (unless
// those are 86), not an amount.
func (p *piece) phoneBorders(from, to int) bool {
	before, behind := p.narrowAt(from-1), p.narrowAt(to)
	if isASCIIWord(before) || !p.ends(to) || p.url[from] && behind != '@' {
		return false
	}
	if before == '-' && isDigit(p.narrowAt(from-2)) && (p.narrowAt(from-2) != '6' || p.narrowAt(from-3) != '8' || isDigit(p.narrowAt(from-4))) {
		return false
	}
	if behind == '-' && isDigit(p.narrowAt(to+1)) {
		return false
	}
	return !strings.ContainsRune("元万亿吨人次股千瓦", behind)
}

// otherNumber reports whether the words before a number, or above it in a table, say that it is another kind of number.
func (p *piece) otherNumber(from int) bool {
	said := p.context(from)
	for _, word := range []string{"学号", "工号", "编号", "单号", "订单", "合同", "流水", "批号", "条码", "书号", "证书号", "信用代码", "isbn", "issn", "qq"} {
		if strings.Contains(said, word) {
			return true
		}
	}
	return false
}

// context is what stands right before a place, up to the mark before it, and what stands above its column.
func (p *piece) context(from int) string {
	begin := from
	for begin > 0 && from-begin < 10 && !strings.ContainsRune("，。；、！？,;!?\n", p.runes[begin-1]) {
		begin--
	}
	return string(p.narrow[begin:from]) + " " + p.head
}

// numbers notes the personal numbers of a piece.
func (r *reader) numbers(p *piece) {
	for _, s := range p.spans {
		masked := string(p.shown[s.from:s.to])
		r.add(p, s.code, s.key, s.blocks, s.from, s.to, func(string) Text { return numberText(s, masked) })
	}
}

func numberText(s span, masked string) Text {
	switch s.code {
	case codePhone:
		return Say("A mobile number, %s. Leave it out unless it is meant for readers.", "有手机号码 %s，如非公开联系方式，请删去。", masked)
	case codeCard:
		return Say("A bank card number, %s. Take it out, or have an editor say that it is meant.", "有银行卡号 %s，请删去；确需公开的，由编辑确认保留。", masked)
	}
	if !s.blocks {
		return Say("%s may be an identity number of the old form. Look, and take it out if it is one.", "%s 可能是 15 位旧身份证号码，请核对，如是请删去。", masked)
	}
	return Say("An identity card number, %s. Take it out, or have an editor say that it is meant.", "有身份证号码 %s，请删去；确需公开的，由编辑确认保留。", masked)
}

// MaskNumbers returns a text with the middle of its personal numbers, and of every long number, masked.
func MaskNumbers(s string) string {
	p := newPiece("", Run{Text: s})
	p.find()
	return string(p.shown)
}
