package press

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// AvoidWord is an entry of the office's list of words to avoid: a word or fixed phrase, and what to write instead.
type AvoidWord struct {
	Phrase   string   `json:"phrase"`
	Instead  string   `json:"instead,omitempty"` // empty: nothing takes its place
	Severity Severity `json:"severity"`
	Reason   string   `json:"reason,omitempty"`
}

// Severity is how much a word of the list matters.
type Severity string

// The severities. An entry that is allowed is there for the sake of a shorter one in it: where “最佳论文奖” is allowed, “最佳”
// in it is not found, since the longest entry at a place is the one that counts.
const (
	SeverityMust  Severity = "must"  // it must be changed, unless an editor says that it is meant
	SeverityCheck Severity = "check" // somebody should look
	SeverityAllow Severity = "allow" // it is fine
)

// Severities lists the severities.
func Severities() []Severity { return []Severity{SeverityMust, SeverityCheck, SeverityAllow} }

// Name is the severity in words.
func (s Severity) Name() Text {
	switch s {
	case SeverityMust:
		return Say("must change", "必须修改")
	case SeverityAllow:
		return Say("allowed", "允许使用")
	}
	return Say("please check", "请核对")
}

// Bounds of the list.
const (
	MaxAvoidWords     = 5000
	MaxPhraseRunes    = 40
	MaxInsteadRunes   = 80
	MaxReasonRunes    = 200
	MaxAvoidListBytes = 2 << 20 // of a list that is pasted or sent
)

// Tidy returns the entry without blanks around its parts, and with a severity.
func (w AvoidWord) Tidy() AvoidWord {
	w.Phrase, w.Instead, w.Reason = oneLine(w.Phrase), oneLine(w.Instead), oneLine(w.Reason)
	if w.Severity == "" {
		w.Severity = SeverityCheck
	}
	return w
}

// Check returns what is wrong with an entry.
func (w AvoidWord) Check() error {
	said := func(text string) string { return clip(text, 20) }
	switch {
	case w.Phrase == "" || utf8.RuneCountInString(w.Phrase) > MaxPhraseRunes || len(foldPhrase(w.Phrase)) == 0:
		return Fail(Invalid, "words.phrase", Say("A word to avoid has 1 to %[1]d characters; “%[2]s” has not.",
			"用词应为 1 至 %[1]d 个字，“%[2]s”不符合。", MaxPhraseRunes, said(w.Phrase)))
	case utf8.RuneCountInString(w.Instead) > MaxInsteadRunes || utf8.RuneCountInString(w.Reason) > MaxReasonRunes:
		return Fail(Invalid, "words.long", Say("What to write instead of “%[1]s” may have %[2]d characters, the reason %[3]d. Shorten them.",
			"“%[1]s”的建议用词最多 %[2]d 个字，原因最多 %[3]d 个字，请缩短。", said(w.Phrase), MaxInsteadRunes, MaxReasonRunes))
	case !slices.Contains(Severities(), w.Severity):
		return Fail(Invalid, "words.severity", Say("How much “%[1]s” matters is %[2]q; write must, check or allow.",
			"“%[1]s”的级别“%[2]s”有误，应为：必须修改、请核对、允许使用。", said(w.Phrase), said(string(w.Severity))))
	case string(foldPhrase(w.Phrase)) == string(foldPhrase(w.Instead)) && w.Phrase == w.Instead:
		return Fail(Invalid, "words.same", Say("“%s” is to be replaced by itself. Change one of the two.", "“%s”与建议用词相同，请修改其中一个。", said(w.Phrase)))
	}
	for _, text := range []string{w.Phrase, w.Instead, w.Reason} {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return Fail(Invalid, "words.control", Say("The entry “%s” holds characters that cannot be kept; write it anew.",
				"“%s”含有无法保存的字符，请重新输入。", said(strings.ToValidUTF8(w.Phrase, "?"))))
		}
	}
	return nil
}

// foldPhrase is a phrase as it is compared: half width, lower case, without what nobody sees.
func foldPhrase(s string) []rune {
	var out []rune
	for _, c := range s {
		if !unseen(c) {
			out = append(out, narrowed(c))
		}
	}
	return out
}

// SamePhrase reports whether two phrases are found at the same places.
func SamePhrase(a, b string) bool { return string(foldPhrase(a)) == string(foldPhrase(b)) }

// PutWords returns the list with entries added, each in the place of the one of the same phrase if there is one, and how
// many were new.
func PutWords(list, more []AvoidWord) (out []AvoidWord, added int, err error) {
	at := map[string]int{}
	for _, w := range list {
		at[string(foldPhrase(w.Phrase))] = len(out)
		out = append(out, w)
	}
	for _, w := range more {
		w = w.Tidy()
		if err := w.Check(); err != nil {
			return nil, 0, err
		}
		key := string(foldPhrase(w.Phrase))
		if i, ok := at[key]; ok {
			out[i] = w
			continue
		}
		at[key] = len(out)
		out = append(out, w)
		added++
	}
	if len(out) > MaxAvoidWords {
		return nil, 0, Fail(TooLarge, "words.many", Say("The list would have %[1]d entries; at most %[2]d are kept. Remove some first.",
			"词表将有 %[1]d 条，最多 %[2]d 条，请先删除一些。", len(out), MaxAvoidWords))
	}
	return out, added, nil
}

// DropWords returns the list without the entries of these phrases, and how many there were.
func DropWords(list []AvoidWord, phrases []string) ([]AvoidWord, int) {
	gone := map[string]bool{}
	for _, p := range phrases {
		gone[string(foldPhrase(oneLine(p)))] = true
	}
	out := slices.DeleteFunc(slices.Clone(list), func(w AvoidWord) bool { return gone[string(foldPhrase(w.Phrase))] })
	return out, len(list) - len(out)
}

// ParseWords reads a list as people write it or copy it out of a table: an entry a line with the word, what to write
// instead, the severity and the reason, with tabs or commas between them; or only the word; or “word → instead”. A first
// line that names the columns is passed over, and so are empty lines and lines that begin with #.
func ParseWords(text string) ([]AvoidWord, error) {
	if len(text) > MaxAvoidListBytes {
		return nil, Fail(TooLarge, "words.bytes", Say("The list is larger than %d MB.", "词表超过 %d MB。", MaxAvoidListBytes>>20))
	}
	text = strings.TrimPrefix(strings.ToValidUTF8(text, "\ufffd"), "\ufeff")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace, r.Comment, r.ReuseRecord = -1, true, true, '#', true
	if line, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n"); strings.Contains(line, "\t") {
		r.Comma, r.TrimLeadingSpace = '\t', false
	}
	var out []AvoidWord
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, Fail(Invalid, "words.form", Say("The list cannot be read: %[1]s.", "词表无法读取：%[1]s。", csvTrouble(err).EN).
				zh("词表无法读取：%s。", csvTrouble(err).ZH))
		}
		line, _ := r.FieldPos(0)
		w, ok := wordOf(fields)
		if !ok || len(out) == 0 && isHeader(w.Phrase) {
			continue
		}
		if err := w.Check(); err != nil {
			said := TextOf(err)
			return nil, Fail(Invalid, CodeOf(err), Text{EN: fmt.Sprintf("Line %d: %s", line, said.EN), ZH: fmt.Sprintf("第 %d 行：%s", line, said.ZH)})
		}
		if out = append(out, w); len(out) > MaxAvoidWords {
			return nil, Fail(TooLarge, "words.many", Say("The list has more than %d entries. Split it, or leave some out.",
				"词表超过 %d 条，请精简。", MaxAvoidWords))
		}
	}
}

func csvTrouble(err error) Text {
	var bad *csv.ParseError
	if errors.As(err, &bad) {
		return Say("line %d has a quotation mark that is not closed", "第 %d 行的引号没有成对", bad.StartLine)
	}
	return Say("it is not a table of words", "不是词表格式")
}

func wordOf(fields []string) (w AvoidWord, ok bool) {
	for i, at := range []*string{&w.Phrase, &w.Instead, (*string)(&w.Severity), &w.Reason} {
		if i < len(fields) {
			*at = strings.TrimSpace(fields[i])
		}
	}
	if len(fields) > 4 { // a comma in the reason that nobody put quotation marks around
		w.Reason = strings.TrimSpace(strings.Join(fields[3:], ","))
	}
	for _, arrow := range []string{"→", "=>", "->"} {
		if from, to, found := strings.Cut(w.Phrase, arrow); found && strings.TrimSpace(from) != "" {
			if w.Instead != "" { // the parts behind it are one to the left
				w.Severity, w.Reason = Severity(w.Instead), strings.TrimSpace(string(w.Severity)+w.Reason)
			}
			w.Phrase, w.Instead = from, to
			break
		}
	}
	w.Severity = severityOf(string(w.Severity))
	w = w.Tidy()
	return w, w.Phrase != "" || w.Instead != "" || w.Reason != ""
}

// severityOf reads a severity in either language; what it does not know it leaves for Check to refuse.
func severityOf(s string) Severity {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, known := range Severities() {
		if s == string(known) || s == known.Name().ZH || s == known.Name().EN {
			return known
		}
	}
	switch s {
	case "", "核对", "提示", "建议修改", "建议":
		return SeverityCheck
	case "必改", "禁用", "错误":
		return SeverityMust
	case "允许", "放行":
		return SeverityAllow
	}
	return Severity(s)
}

func isHeader(phrase string) bool {
	return slices.Contains([]string{"用词", "错误用词", "词语", "原词", "word", "phrase", "avoid"}, strings.ToLower(phrase))
}

// FormatWords writes a list as a CSV file that ParseWords reads and that Excel opens, in a language.
func FormatWords(list []AvoidWord, lang Lang) string {
	var out strings.Builder
	out.WriteString("\ufeff") // or Excel takes it for GBK
	w := csv.NewWriter(&out)
	head := []string{"word", "instead", "severity", "reason"}
	if lang == Chinese {
		head = []string{"用词", "建议用词", "级别", "原因"}
	}
	_ = w.Write(head) // into memory
	for _, e := range list {
		_ = w.Write([]string{e.Phrase, e.Instead, e.Severity.Name().In(lang), e.Reason})
	}
	w.Flush()
	return out.String()
}

// SampleWords is a short list to begin with. It is a sample: each office keeps its own.
func SampleWords() []AvoidWord {
	return []AvoidWord{
		{Phrase: "截止目前", Instead: "截至目前", Severity: SeverityMust, Reason: "“截止”指到期停止，“截至”指到某时为止"},
		{Phrase: "截止到目前", Instead: "截至目前", Severity: SeverityMust},
		{Phrase: "凯旋归来", Instead: "凯旋", Severity: SeverityMust, Reason: "“旋”即归来，语义重复"},
		{Phrase: "涉及到", Instead: "涉及", Severity: SeverityCheck, Reason: "“及”即到，语义重复"},
		{Phrase: "悬殊很大", Instead: "悬殊", Severity: SeverityCheck},
		{Phrase: "大约左右", Instead: "大约", Severity: SeverityMust, Reason: "“大约”与“左右”只用一个"},
		{Phrase: "登陆网站", Instead: "登录网站", Severity: SeverityMust},
		{Phrase: "帐号", Instead: "账号", Severity: SeverityMust},
		{Phrase: "做为", Instead: "作为", Severity: SeverityCheck},
		{Phrase: "国家级", Severity: SeverityCheck, Reason: "广告法限制用语，非正式称谓请改写"},
		{Phrase: "最佳", Severity: SeverityCheck, Reason: "绝对化用语，请核对是否为奖项名称"},
		{Phrase: "最佳论文奖", Severity: SeverityAllow},
		{Phrase: "示例大学", Instead: "示例科技大学", Severity: SeverityMust, Reason: "示例：单位全称"},
	}
}

// wordTree finds the longest entry that begins at a place. A step costs one look into a map, so a text is read in time
// that grows with its length and not with the list's.
type wordTree struct {
	list []AvoidWord
	next map[uint64]int32 // node and character: the node behind it; the root is 0
	ends map[int32]int32  // node: the entry that ends there
	bare [128]bool        // ASCII with which some entry begins
}

func newWordTree(list []AvoidWord) wordTree {
	t := wordTree{list: list, next: map[uint64]int32{}, ends: map[int32]int32{}}
	nodes := int32(1)
	for i, w := range list {
		at := int32(0)
		for j, c := range foldPhrase(w.Phrase) {
			if j == 0 && c < 128 {
				t.bare[c] = true
			}
			step := uint64(at)<<32 | uint64(uint32(c))
			to, ok := t.next[step]
			if !ok {
				to = nodes
				nodes++
				t.next[step] = to
			}
			at = to
		}
		if at != 0 {
			t.ends[at] = int32(i)
		}
	}
	return t
}

// longest returns the entry that begins at a place and ends behind it, the longest whose borders are right; -1: none. At
// the border of an ASCII letter or digit a word must begin and end.
func (t *wordTree) longest(text []rune, from int) (entry, to int) {
	if c := text[from]; c < 128 && (!t.bare[c] || isASCIIWord(c) && from > 0 && isASCIIWord(text[from-1])) {
		return -1, 0
	}
	entry = -1
	at := int32(0)
	for i := from; i < len(text); i++ {
		next, ok := t.next[uint64(at)<<32|uint64(uint32(text[i]))]
		if !ok {
			break
		}
		at = next
		if e, ok := t.ends[at]; ok && (!isASCIIWord(text[i]) || i+1 == len(text) || !isASCIIWord(text[i+1])) {
			entry, to = int(e), i+1
		}
	}
	return entry, to
}

// words notes the words of the list in a piece.
func (r *reader) words(p *piece) {
	t := &r.check.words
	if len(t.list) == 0 {
		return
	}
	for i := 0; i < len(p.narrow); {
		entry, to := t.longest(p.narrow, i)
		if entry < 0 {
			i++
			continue
		}
		if w := t.list[entry]; w.Severity != SeverityAllow && !p.url[i] && !p.reads(w, i, to) {
			r.word(p, w, i, to)
		}
		i = to
	}
}

// reads reports whether what stands around a phrase is already what should be written: “中国移动” inside “中国移动公司”.
func (p *piece) reads(w AvoidWord, from, to int) bool {
	instead, phrase := foldPhrase(w.Instead), p.narrow[from:to]
	if string(instead) == string(phrase) { // they differ in width or case only
		return string(p.runes[from:to]) == w.Instead
	}
	for k := 0; k+len(phrase) <= len(instead); k++ {
		begin := from - k
		if begin >= 0 && begin+len(instead) <= len(p.narrow) && slices.Equal(instead[k:k+len(phrase)], phrase) &&
			slices.Equal(p.narrow[begin:begin+len(instead)], instead) {
			return true
		}
	}
	return false
}

func (r *reader) word(p *piece, w AvoidWord, from, to int) {
	must, code := w.Severity == SeverityMust, "words.check"
	if must {
		code = codeMust
	}
	stands := string(p.shown[from:to])
	r.add(p, code, code+":"+string(foldPhrase(w.Phrase)), must, from, to, func(string) Text { return wordText(w, stands, must) })
}

func wordText(w AvoidWord, stands string, must bool) Text {
	var out Text
	switch {
	case must && w.Instead != "":
		out = Say("Write “%[2]s” instead of “%[1]s”.", "“%[1]s”应写作“%[2]s”。", stands, w.Instead)
	case must:
		out = Say("“%s” is not used here; put it differently.", "不使用“%s”，请改写。", stands)
	case w.Instead != "":
		out = Say("“%[1]s”: should it be “%[2]s”?", "请核对“%[1]s”，是否应为“%[2]s”。", stands, w.Instead)
	default:
		out = Say("Please check “%s”.", "请核对“%s”。", stands)
	}
	if w.Reason != "" {
		out = Text{EN: out.EN + " " + w.Reason, ZH: out.ZH + w.Reason}
		if last, _ := utf8.DecodeLastRuneInString(w.Reason); !unicode.IsPunct(last) {
			out.ZH += "。"
		}
	}
	return out
}

// SortWords orders a list for people: what must change first, then by the phrase.
func SortWords(list []AvoidWord) []AvoidWord {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b AvoidWord) int {
		return cmp.Or(cmp.Compare(slices.Index(Severities(), a.Severity), slices.Index(Severities(), b.Severity)), cmp.Compare(a.Phrase, b.Phrase))
	})
	return out
}
