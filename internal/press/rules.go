package press

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// ColumnRulesVersion is the version of the rules' stored form that this program writes.
const ColumnRulesVersion = 1

// ColumnRules (栏目要求) is what a column asks of its articles. A field that is zero states nothing: then the rule of the
// nearest outer column holds that states one, unless Alone is set.
type ColumnRules struct {
	Version int `json:"version,omitempty"` // of this form; set when it is stored

	PhotosLeast int `json:"photos_least,omitempty"` // different photos in the body
	PhotosMost  int `json:"photos_most,omitempty"`
	PhotoWidth  int `json:"photo_width,omitempty"`  // least width of each photo, in pixels as a person sees it
	PhotoLonger int `json:"photo_longer,omitempty"` // least length of each photo's longer side, in pixels
	WordsLeast  int `json:"words_least,omitempty"`  // of the body; see CountWords
	WordsMost   int `json:"words_most,omitempty"`

	Credits []Credit `json:"credits,omitempty"` // that must be named
	Digest  bool     `json:"digest,omitempty"`  // a digest must be written

	// How its photos look to readers. Nothing is asked of an article by that.
	Watermark *Watermark   `json:"watermark,omitempty"` // nil: an outer column's, or none
	Caption   CaptionStyle `json:"caption,omitempty"`

	Alone bool `json:"alone,omitempty"` // nothing is taken over from outer columns
}

// Credit names one of the credits.
type Credit string

// The credits, as in Credits.
const (
	CreditText     Credit = "text"
	CreditPhotos   Credit = "photos"
	CreditEditor   Credit = "editor"
	CreditReviewer Credit = "reviewer"
	CreditSource   Credit = "source"
)

// AllCredits lists the credits in the order in which they are shown.
func AllCredits() []Credit {
	return []Credit{CreditText, CreditPhotos, CreditEditor, CreditReviewer, CreditSource}
}

// Name is the credit in words.
func (c Credit) Name() Text {
	switch c {
	case CreditText:
		return Say("text", "供稿")
	case CreditPhotos:
		return Say("photos", "摄影")
	case CreditEditor:
		return Say("editor", "编辑")
	case CreditReviewer:
		return Say("reviewer", "审核")
	case CreditSource:
		return Say("source", "来源")
	}
	return Text{EN: string(c), ZH: string(c)}
}

// Of returns who is named.
func (c Credit) Of(all Credits) string {
	switch c {
	case CreditText:
		return all.Text
	case CreditPhotos:
		return all.Photos
	case CreditEditor:
		return all.Editor
	case CreditReviewer:
		return all.Reviewer
	case CreditSource:
		return all.Source
	}
	return ""
}

// Bounds of what a column may ask for.
const (
	maxRulePixels = 20000
	maxRuleWords  = 100000
)

// Stated reports whether the rules say anything at all.
func (r ColumnRules) Stated() bool {
	r.Version = 0
	return r.Alone || r.asks() || r.Watermark != nil || r.Caption != ""
}

// asks reports whether anything is asked of an article.
func (r ColumnRules) asks() bool {
	return r.PhotosLeast != 0 || r.PhotosMost != 0 || r.PhotoWidth != 0 || r.PhotoLonger != 0 || r.WordsLeast != 0 || r.WordsMost != 0 ||
		len(r.Credits) > 0 || r.Digest
}

// Check returns what is wrong with the rules themselves.
func (r ColumnRules) Check() error {
	for _, f := range []struct {
		name       Text
		value, max int
	}{
		{Say("least number of photos", "图片最少张数"), r.PhotosLeast, MaxPhotos},
		{Say("most photos", "图片最多张数"), r.PhotosMost, MaxPhotos},
		{Say("least width of a photo", "图片最小宽度"), r.PhotoWidth, maxRulePixels},
		{Say("least longer side of a photo", "图片长边最小像素"), r.PhotoLonger, maxRulePixels},
		{Say("least number of words", "正文最少字数"), r.WordsLeast, maxRuleWords},
		{Say("most words", "正文最多字数"), r.WordsMost, maxRuleWords},
	} {
		if f.value < 0 || f.value > f.max {
			return Fail(Invalid, "rules.range", Text{
				EN: fmt.Sprintf("The %s is %d; it may be 1 to %d, or empty for no rule.", f.name.EN, f.value, f.max),
				ZH: fmt.Sprintf("%s为 %d，应为 1 至 %d，留空表示不作要求。", f.name.ZH, f.value, f.max),
			})
		}
	}
	if r.PhotosMost > 0 && r.PhotosLeast > r.PhotosMost || r.WordsMost > 0 && r.WordsLeast > r.WordsMost {
		return Fail(Invalid, "rules.order", Say(
			"The least is more than the most. Exchange the two numbers.", "“最少”大于“最多”，请调换两个数字。"))
	}
	for i, c := range r.Credits {
		if !slices.Contains(AllCredits(), c) || slices.Contains(r.Credits[:i], c) {
			return Fail(Invalid, "rules.credit", Say(
				"%q is no credit, or stands twice: choose from text, photos, editor, reviewer, source.",
				"署名“%s”有误或重复，可选：text（供稿）、photos（摄影）、editor（编辑）、reviewer（审核）、source（来源）。", clip(string(c), 40)))
		}
	}
	if r.Watermark != nil {
		if err := r.Watermark.check(); err != nil {
			return err
		}
	}
	return r.Caption.check()
}

// Over returns the rules with those of an outer column where they state nothing.
func (r ColumnRules) Over(outer ColumnRules) ColumnRules {
	if r.Alone {
		return r
	}
	own := r
	for _, f := range []struct {
		own  *int
		from int
	}{
		{&r.PhotosLeast, outer.PhotosLeast},
		{&r.PhotosMost, outer.PhotosMost},
		{&r.PhotoWidth, outer.PhotoWidth},
		{&r.PhotoLonger, outer.PhotoLonger},
		{&r.WordsLeast, outer.WordsLeast},
		{&r.WordsMost, outer.WordsMost},
	} {
		if *f.own == 0 {
			*f.own = f.from
		}
	}
	own.mend(&r)
	if r.Watermark == nil {
		r.Watermark = outer.Watermark
	}
	if r.Caption == "" {
		r.Caption = outer.Caption
	}
	if len(r.Credits) == 0 {
		r.Credits = outer.Credits
	}
	r.Digest = r.Digest || outer.Digest
	return r
}

// mend takes away a bound that was taken over and that nothing can keep together with what is asked here: a column that
// asks for 12 photos inside one that takes 10 takes any number.
func (r ColumnRules) mend(merged *ColumnRules) {
	for _, f := range []struct {
		ownLeast, ownMost int
		least, most       *int
	}{{r.PhotosLeast, r.PhotosMost, &merged.PhotosLeast, &merged.PhotosMost}, {r.WordsLeast, r.WordsMost, &merged.WordsLeast, &merged.WordsMost}} {
		switch {
		case *f.most == 0 || *f.least <= *f.most:
		case f.ownLeast > 0:
			*f.most = 0
		case f.ownMost > 0:
			*f.least = 0
		}
	}
}

// Encode writes the stored form.
func (r ColumnRules) Encode() (string, error) {
	r.Version = ColumnRulesVersion
	data, err := EncodeJSON(r)
	return string(data), err
}

// DecodeColumnRules reads the stored form. Fields that a newer program has added are passed over.
func DecodeColumnRules(text string) (r ColumnRules, err error) {
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return r, fmt.Errorf("press: decode column rules: %w", err)
	}
	return r, nil
}

// Summary is what the rules ask in a few words.
func (r ColumnRules) Summary() Text {
	var en, zh []string
	say := func(text Text) { en, zh = append(en, text.EN), append(zh, text.ZH) }
	span := func(what, unit Text, least, most int) {
		switch {
		case least > 0 && most > 0:
			say(Text{EN: fmt.Sprintf("%s %d to %d", what.EN, least, most), ZH: fmt.Sprintf("%s %d 至 %d %s", what.ZH, least, most, unit.ZH)})
		case least > 0:
			say(Text{EN: fmt.Sprintf("%s at least %d", what.EN, least), ZH: fmt.Sprintf("%s至少 %d %s", what.ZH, least, unit.ZH)})
		case most > 0:
			say(Text{EN: fmt.Sprintf("%s at most %d", what.EN, most), ZH: fmt.Sprintf("%s不超过 %d %s", what.ZH, most, unit.ZH)})
		}
	}
	span(Say("photos", "图片"), Say("", "张"), r.PhotosLeast, r.PhotosMost)
	if r.PhotoWidth > 0 || r.PhotoLonger > 0 {
		say(Text{EN: "each " + r.size().EN, ZH: r.size().ZH})
	}
	span(Say("words", "正文"), Say("", "字"), r.WordsLeast, r.WordsMost)
	if len(r.Credits) > 0 {
		var names []Text
		for _, c := range r.Credits {
			names = append(names, c.Name())
		}
		say(Text{EN: "credits: " + joined(names, English), ZH: "署名：" + joined(names, Chinese)})
	}
	if r.Digest {
		say(Say("a digest", "须写摘要"))
	}
	if r.Watermark != nil {
		say(r.Watermark.summary())
	}
	if r.Caption != "" {
		say(Text{EN: "captions: " + r.Caption.Name().EN, ZH: "图注" + r.Caption.Name().ZH})
	}
	if r.Alone {
		say(Say("nothing from outer columns", "不沿用上级栏目要求"))
	}
	return Text{EN: strings.Join(en, "; "), ZH: strings.Join(zh, "；")}
}

func joined(names []Text, lang Lang) string {
	var out []string
	for _, n := range names {
		out = append(out, n.In(lang))
	}
	if lang == Chinese {
		return strings.Join(out, "、")
	}
	return strings.Join(out, ", ")
}

// RuledColumn is a column with the rules that it states itself.
type RuledColumn struct {
	Column  Column      `json:"column"`
	Rules   ColumnRules `json:"rules"`
	Version int64       `json:"version"` // raised by every change; 0: it states none
}

// RulesFor returns what holds for an article of a column: its own rules over those of the columns around it.
func RulesFor(c Column, all []RuledColumn) ColumnRules {
	out := ColumnRules{Version: ColumnRulesVersion}
	for depth := 1; depth <= len(c); depth++ {
		for _, r := range all {
			if slices.Equal(r.Column, c[:depth]) {
				out = r.Rules.Over(out)
			}
		}
	}
	return out
}

// Follow returns where each column of the tree has gone in a later tree, which one change of a column has made: with that
// column where it lay in it, nowhere where the column was removed, and otherwise nowhere else.
func (t ColumnTree) Follow(next ColumnTree, changed Column) func(Column) (Column, bool) {
	var to Column
	for _, c := range next {
		if !t.Has(c) && (to == nil || len(c) < len(to)) {
			to = c
		}
	}
	gone := t.Has(changed) && !next.Has(changed)
	return func(c Column) (Column, bool) {
		if !gone || !c.Within(changed) {
			return c, true
		}
		return slices.Concat(to, c[len(changed):]), to != nil
	}
}

// CountWords counts a text as the newsroom does: a Chinese character is one, and so is a word or a number of any other
// script. Marks are not counted.
func CountWords(text string) int {
	n, inWord := 0, false
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			n++
			inWord = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if !inWord {
				n++
			}
			inWord = true
		case inWord && (r == '\'' || r == '’' || r == '.' || r == ',' || r == '-' || unicode.IsMark(r)): // it's, 3.14, 1,000, well-known
		default:
			inWord = false
		}
	}
	return n
}

// Broken returns one finding for each rule that a content breaks: what is wrong, where, and what to do. Photos are those
// of the content that are known; one that is not is found elsewhere.
func (r ColumnRules) Broken(c Content, photos map[Digest]Photo) []Finding {
	if !r.asks() {
		return nil
	}
	column := Text{EN: "The column “" + c.Column.String() + "”", ZH: "栏目“" + c.Column.String() + "”"}
	var out []Finding
	add := func(code, where string, text Text) {
		out = append(out, Finding{Blocks: true, Code: code, Where: where, Text: Text{EN: column.EN + text.EN, ZH: column.ZH + text.ZH}})
	}
	shown := c.Body.Photos()
	if n := len(shown); n < r.PhotosLeast {
		add("rules.photos_few", "body", Say(" asks for at least %[1]d photos and there are %[2]d. Add %[3]d.",
			"要求至少 %[1]d 张图片，现有 %[2]d 张，请补充 %[3]d 张。", r.PhotosLeast, n, r.PhotosLeast-n))
	} else if r.PhotosMost > 0 && n > r.PhotosMost {
		add("rules.photos_many", "body", Say(" takes at most %[1]d photos and there are %[2]d. Leave %[3]d out.",
			"最多 %[1]d 张图片，现有 %[2]d 张，请减少 %[3]d 张。", r.PhotosMost, n, n-r.PhotosMost))
	}
	r.smallPhotos(c, shown, photos, add)
	if n := CountWords(c.Body.Text()); n < r.WordsLeast {
		add("rules.words_few", "body", Say(" asks for at least %[1]d words (a Chinese character is one); the body has %[2]d. Write %[3]d more.",
			"要求正文至少 %[1]d 字，现有 %[2]d 字，还差 %[3]d 字。", r.WordsLeast, n, r.WordsLeast-n))
	} else if r.WordsMost > 0 && n > r.WordsMost {
		add("rules.words_many", "body", Say(" takes at most %[1]d words (a Chinese character is one); the body has %[2]d. Cut %[3]d.",
			"要求正文不超过 %[1]d 字，现有 %[2]d 字，请删减 %[3]d 字。", r.WordsMost, n, n-r.WordsMost))
	}
	r.missingCredits(c.Credits, add)
	if r.Digest && strings.TrimSpace(c.Digest) == "" {
		add("rules.digest", "digest", Say(" asks for a digest. Write one.", "要求填写摘要，请补充。"))
	}
	return out
}

// maxNamed is how many photos a sentence names.
const maxNamed = 3

func (r ColumnRules) smallPhotos(c Content, shown []Digest, photos map[Digest]Photo, add func(code, where string, text Text)) {
	var names []string
	where, small := "", 0
	for _, digest := range shown {
		p, ok := photos[digest]
		if !ok || p.Width >= r.PhotoWidth && max(p.Width, p.Height) >= r.PhotoLonger {
			continue
		}
		if small++; small == 1 {
			where = c.Body.placeOf(digest)
		}
		if len(names) < maxNamed {
			names = append(names, fmt.Sprintf("%s（%d × %d）", MaskNumbers(clip(lastName(p.Name), 40)), p.Width, p.Height))
		}
	}
	if small == 0 {
		return
	}
	more := Text{}
	if small > len(names) {
		more = Say(" and %d more", "等 %d 张", small)
		more.EN = fmt.Sprintf(" and %d more", small-len(names))
	}
	add("rules.photo_small", where, Text{
		EN: fmt.Sprintf(" asks for photos %s; too small: %s%s. Hand in the originals, not copies from a chat.", r.size().EN, english(names), more.EN),
		ZH: fmt.Sprintf("要求图片%s，偏小的有：%s%s。请换用相机或手机中的原图，不要用聊天软件里压缩过的图。", r.size().ZH, strings.Join(names, "、"), more.ZH),
	})
}

// english writes names with their sizes as an English sentence does.
func english(names []string) string {
	return strings.NewReplacer("（", " (", "）", ")").Replace(strings.Join(names, ", "))
}

// size says how large a photo must be.
func (r ColumnRules) size() Text {
	switch {
	case r.PhotoWidth > 0 && r.PhotoLonger > 0:
		return Say("at least %d pixels wide and %d on the longer side", "宽度不小于 %d 像素、长边不小于 %d 像素", r.PhotoWidth, r.PhotoLonger)
	case r.PhotoWidth > 0:
		return Say("at least %d pixels wide", "宽度不小于 %d 像素", r.PhotoWidth)
	}
	return Say("of at least %d pixels on the longer side", "长边不小于 %d 像素", r.PhotoLonger)
}

func (r ColumnRules) missingCredits(have Credits, add func(code, where string, text Text)) {
	var en, zh []string
	for _, c := range r.Credits {
		if strings.TrimSpace(c.Of(have)) == "" {
			en, zh = append(en, c.Name().EN), append(zh, c.Name().ZH)
		}
	}
	if len(en) > 0 {
		add("rules.credits", "credits", Say(" asks for these credits, which are missing: %[1]s. Fill them in.",
			"要求署名完整，缺少：%[2]s，请补充。", strings.Join(en, ", "), strings.Join(zh, "、")))
	}
}

// placeOf is where a photo stands first in the body.
func (b Body) placeOf(photo Digest) string {
	for i, block := range b.Blocks {
		switch block := block.(type) {
		case Picture:
			if block.Photo == photo {
				return fmt.Sprintf("body.blocks[%d]", i)
			}
		case Gallery:
			for j, p := range block.Photos {
				if p.Photo == photo {
					return fmt.Sprintf("body.blocks[%d].photos[%d]", i, j)
				}
			}
		}
	}
	return "body"
}

// lastName is a file's own name: parcels hand in whole paths.
func lastName(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }

// RulesRefusal is the refusal of a content that breaks its column's rules, a sentence for each; nil where it breaks none.
// Its code is that of the first.
func RulesRefusal(broken []Finding) error {
	if len(broken) == 0 {
		return nil
	}
	var en, zh []string
	for _, f := range broken {
		en, zh = append(en, f.Text.EN), append(zh, f.Text.ZH)
	}
	return Fail(Invalid, broken[0].Code, Text{EN: strings.Join(en, " "), ZH: strings.Join(zh, "")})
}

// IsRule reports whether a finding's or a note's code is that of a column's rule.
func IsRule(code string) bool { return strings.HasPrefix(code, "rules.") }
