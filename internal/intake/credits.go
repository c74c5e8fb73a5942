package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// creditKeys are the words that name a part in making an article. The fields: text, photos, editor, reviewer, source,
// and "-" for what a web page shows beside them and an article does not keep.
func creditKeys() map[string]string {
	return map[string]string{
		"撰稿": "t", "撰稿人": "t", "供稿": "t", "供稿单位": "t", "供稿人": "t", "撰文": "t", "文": "t", "文字": "t", "作者": "t",
		"通讯员": "t", "记者": "t", "来稿": "t", "文稿": "t", "text": "t", "words": "t", "story": "t", "author": "t", "written by": "t", "by": "t",
		"摄影": "p", "摄影者": "p", "摄": "p", "图": "p", "图片": "p", "照片": "p", "供图": "p", "photo": "p", "photos": "p",
		"photography": "p", "pictures": "p", "photographs": "p", "photographer": "p", "photos by": "p", "photo by": "p",
		"图文": "tp", "文图": "tp", "words and photos": "tp", "text and photos": "tp", "words and pictures": "tp",
		"编辑": "e", "责任编辑": "e", "责编": "e", "编": "e", "editor": "e", "edited by": "e",
		"审核": "r", "审核人": "r", "审稿": "r", "审校": "r", "初审": "r", "复审": "r", "终审": "r", "审": "r", "签发": "r", "reviewer": "r",
		"review": "r", "reviewed by": "r", "approved by": "r",
		"来源": "s", "信息来源": "s", "稿件来源": "s", "文章来源": "s", "新闻来源": "s", "source": "s",
		"日期": "-", "时间": "-", "发布时间": "-", "发布日期": "-", "浏览": "-", "浏览次数": "-", "浏览量": "-", "点击": "-", "点击数": "-",
		"点击量": "-", "阅读": "-", "阅读量": "-", "字号": "-", "date": "-", "published": "-", "views": "-",
	}
}

var (
	creditKeyList = func() string {
		var keys []string
		for key := range creditKeys() {
			keys = append(keys, regexp.QuoteMeta(key))
		}
		slices.SortFunc(keys, func(a, b string) int { return len(b) - len(a) }) // the longest first
		return "(?:" + strings.Join(keys, "|") + ")"
	}()
	// 图/文：, 撰稿：, 文丨, Photos: — a key or several that share one value, then a mark.
	creditStart = regexp.MustCompile(`(?i)(?:^|[\s,，;；、|｜丨/])(` + creditKeyList + `(?:\s*[/／、&＆+]\s*` + creditKeyList + `)*)\s*[:：丨｜|]`)
	// The same with a space instead of the mark, for lines in brackets: （文/图 宣传处）.
	creditSpaced = regexp.MustCompile(`(?i)(?:^|\s)(` + creditKeyList + `(?:\s*[/／、&＆+]\s*` + creditKeyList + `)*)\s+`)
	// 文/王五 图/赵六
	creditSlashed = regexp.MustCompile(`(?:^|\s)(` + creditKeyList + `)\s*[/／]`)
	// （宣传处供稿）
	creditSuffix = regexp.MustCompile(`^(.{1,40}?)\s*(供稿|撰稿|撰文|摄影|供图|编辑|审核|图文|文/图|图/文)$`)
	creditJoint  = regexp.MustCompile(`\s*[/／、&＆+]\s*`)
)

// parseCredits reads a line that says who made the article, such as （撰稿：宣传处　摄影：学生会　审核：办公室） or
// "Text: Publicity Office  Photos: Students' Union". Sentences are no credits.
func parseCredits(line string) (press.Credits, bool) {
	line = strings.Join(strings.Fields(line), " ")
	if n := utf8.RuneCountInString(line); n == 0 || n > 160 || strings.ContainsAny(line, "。！？!?…") {
		return press.Credits{}, false
	}
	inner, bracketed := unbracket(line)
	starts := []*regexp.Regexp{creditStart, creditSlashed}
	if bracketed {
		starts = []*regexp.Regexp{creditStart, creditSpaced, creditSlashed}
	}
	for _, start := range starts {
		if credits, ok := creditsBy(start, inner); ok {
			return credits, true
		}
	}
	if found := creditSuffix.FindStringSubmatch(inner); bracketed && found != nil {
		var credits press.Credits
		return credits, addCredit(&credits, found[2], found[1])
	}
	return press.Credits{}, false
}

func unbracket(line string) (string, bool) {
	inner := strings.TrimLeft(line, "（([【〔 ")
	bracketed := inner != line
	return strings.TrimRight(inner, "）)]】〕 "), bracketed
}

// creditsBy cuts a line at its keys; the line must begin with one.
func creditsBy(start *regexp.Regexp, line string) (press.Credits, bool) {
	var credits press.Credits
	found := start.FindAllStringSubmatchIndex(line, -1)
	if len(found) == 0 || found[0][2] != 0 {
		return credits, false
	}
	any := false
	for i, m := range found {
		end := len(line)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		value := strings.Trim(line[m[1]:max(m[1], end)], " \t\u3000,，;；、|｜丨/")
		keys := line[m[2]:m[3]]
		if value != "" && !isName(value) && creditKeys()[strings.ToLower(keys)] != "-" {
			return press.Credits{}, false
		}
		any = addCredit(&credits, keys, value) || any
	}
	return credits, any
}

// isName tells a name from what else may follow a word and a colon.
func isName(value string) bool {
	first, _ := utf8.DecodeRuneInString(value)
	return utf8.RuneCountInString(value) <= 40 && !strings.ContainsAny(value, "<>={}") &&
		(unicode.IsLetter(first) || unicode.IsDigit(first) && strings.ContainsFunc(value, unicode.IsLetter) || strings.ContainsRune("“《\"", first))
}

// addCredit notes value under each of the keys; it reports whether that was a credit at all.
func addCredit(credits *press.Credits, keys, value string) bool {
	added := false
	fields := creditKeys()
	kinds := fields[strings.ToLower(keys)]
	if kinds == "" {
		for _, key := range creditJoint.Split(keys, -1) {
			kinds += fields[strings.ToLower(key)]
		}
	}
	for _, kind := range kinds {
		if field := creditField(credits, kind); field != nil && value != "" {
			*field = joinCredit(*field, value)
			added = true
		}
	}
	return added
}

func creditField(credits *press.Credits, kind rune) *string {
	switch kind {
	case 't':
		return &credits.Text
	case 'p':
		return &credits.Photos
	case 'e':
		return &credits.Editor
	case 'r':
		return &credits.Reviewer
	case 's':
		return &credits.Source
	}
	return nil
}

func joinCredit(have, more string) string {
	switch {
	case have == "" || have == more:
		return more
	case slices.Contains(strings.Split(have, "、"), more):
		return have
	}
	return have + "、" + more
}

// takeCredits takes credits lines from the head and the end of the document. Pictures and lines between parts do not
// count; at the end a signature may stand between.
func (d *draft) takeCredits() {
	head := d.creditRange(false, 2)
	tail := d.creditRange(true, 3)
	taken := map[int]bool{}
	for _, i := range append(head, tail...) {
		text, _ := d.pieces[i].paragraphText()
		if credits, ok := parseCredits(text); ok && !taken[i] {
			taken[i] = true
			d.mergeCredits(credits, d.pieces[i].line)
		}
	}
	kept := d.pieces[:0:0]
	for i, p := range d.pieces {
		if !taken[i] {
			kept = append(kept, p)
		}
	}
	d.pieces = kept
}

// creditRange returns the first or last few paragraphs, in reading order.
func (d *draft) creditRange(fromEnd bool, most int) []int {
	var out []int
	for n := range d.pieces {
		i := n
		if fromEnd {
			i = len(d.pieces) - 1 - n
		}
		if _, ok := d.pieces[i].paragraphText(); ok {
			if out = append(out, i); len(out) == most {
				break
			}
		}
	}
	if fromEnd {
		slices.Reverse(out)
	}
	return out
}

func (d *draft) mergeCredits(credits press.Credits, line int) {
	for _, kind := range "tpers" {
		value, field := *creditField(&credits, kind), creditField(&d.content.Credits, kind)
		if value == "" {
			continue
		}
		*field = d.clip(joinCredit(*field, value), press.MaxCreditRunes, "credits.long", line)
	}
}

// clip cuts a short field at its bound and says so.
func (d *draft) clip(s string, most int, code string, line int) string {
	s = strings.Join(strings.Fields(clean(s)), " ")
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	d.notes.add(code, line, "", press.Say(
		"%[1]q is longer than the %[2]d characters that are kept and was cut; check it.",
		"“%[1]s”超过 %[2]d 个字，已截断，请核对。", quoted(s), most))
	return string(runes[:most-1]) + "…"
}
