package intake

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// A marker says where a photo belongs without naming its file: 【图1】, （图2）, [图 3], 图一, <图4>, 【照片1】, 【图1-3】, 【图1、2】,
// 此处插图3, (Photo 1), [pic 2], 【图片】.
const (
	markerOpen  = `[【\[［〔(（<＜《{｛「]`
	markerClose = `[】\]］〕)）>＞》}｝」]`
	markerNoun  = `(?:插图|配图|附图|图片|照片|相片|图像|图|photos?|pictures?|pics?|images?|img|figures?|fig\.?)`
	markerOne   = `(?:[0-9０-９]{1,3}|[一二三四五六七八九十]{1,3})`
	markerJoin  = `\s*(?:[-－—–~～、,，&＆/／]|至|到|和|and|to)\s*`
	markerHere  = `(?:此处|在此处|这里|此位置)?\s*(?:插入|放置|放入|添加|插|放|配|insert|place|see)?\s*(?:第\s*)?`
	// 图1-3, 图1、图2, 第3张图
	markerBody = markerHere + `(?:` + markerNoun + `\s*[:：#]?\s*(?:第\s*)?(` + markerOne + `(?:` + markerJoin + markerNoun + `?\s*` + markerOne + `)*)\s*张?|` +
		`(` + markerOne + `)\s*张(?:图片|照片|图))`
	markerCaption = `(?:\s*[:：.．、,，\s]\s*([^【】\[\]［］]{1,120}?))?`
)

var (
	// A marker in brackets, with a caption in them or without.
	bracketMarker = regexp.MustCompile(`(?i)` + markerOpen + `\s*` + markerBody + markerCaption + `\s*` + markerClose)
	// A whole line without brackets: 图1, 图一：会场, 此处插图3.
	bareMarker = regexp.MustCompile(`(?i)^\s*` + markerBody + `(?:\s*[:：.．、]\s*|[\s\x{3000}]+|$)(.{0,120}?)\s*$`)
	// A line or the end of one that does not say which photo: 【图】, （插图）, 此处插图.
	nextMarker = regexp.MustCompile(`(?i)^\s*(?:` + markerOpen + `\s*` + markerHere + markerNoun + `\s*` + markerClose + `|(?:此处|这里)\s*(?:插入|放置|插|放|配)?\s*` + markerNoun + `)\s*$`)
	markerNum  = regexp.MustCompile(markerOne)
	markerSpan = regexp.MustCompile(`^\s*(?:[-－—–~～]|至|到|to)\s*$`)
	// What goes on after 图1 in a sentence about the photo, which is no caption.
	aboutPhoto = regexp.MustCompile(`^(?:所示|显示|中的?|是|可见|表明|说明了|和|与|至|及|的|shows?|and|is|are)`)
)

// mark is a marker in a line.
type mark struct {
	from, to int // bytes of the line
	numbers  []int
	caption  string
}

// placeMarkers puts photos where markers stand for them. What a marker says beside its number is the photo's caption.
func (d *draft) placeMarkers() {
	if d.own || d.shelf.handed == 0 && len(d.shelf.files) > 0 {
		return // the document brought its pictures itself: what looks like a marker is about them
	}
	out := d.pieces[:0:0]
	for _, p := range d.pieces {
		if table, ok := p.block.(press.Table); ok {
			out = append(out, d.tableMarkers(p, table)...)
			continue
		}
		out = append(out, d.splitAtMarkers(p, out)...)
	}
	d.pieces = out
	d.fillGroups()
}

// splitAtMarkers returns a paragraph as the pieces between its markers, with the photos. before is what stands before it.
func (d *draft) splitAtMarkers(p piece, before []piece) []piece {
	block, ok := p.block.(press.Paragraph)
	if !ok || !d.mayMark(press.PlainText(block.Text)) {
		return []piece{p}
	}
	var out []piece
	var kept []press.Run
	flush := func() {
		if !isBlank(press.PlainText(kept)) {
			part := p
			part.block = press.Paragraph{Align: block.Align, Text: trimBreaks(kept)}
			out = append(out, part)
		}
		kept = nil
	}
	found := false
	for n, l := range splitLines(block.Text, false) {
		text := press.PlainText(l.runs)
		if group, ok := d.groupAt(text, p.line); ok {
			found = true
			flush()
			out = append(out, group)
			continue
		}
		marks := marksOf(text)
		if n == 0 && len(marks) == 1 && d.isCaptionOf(before, marks[0], text) {
			marks = nil
		}
		at := 0
		for _, m := range marks {
			found = true
			kept = append(kept, cutRuns(l.runs, at, m.from)...)
			flush()
			out = append(out, d.photosAt(m, p.line)...)
			at = m.to
		}
		kept = append(append(kept, cutRuns(l.runs, at, len(text))...), l.end...)
	}
	if !found {
		return []piece{p}
	}
	flush()
	return out
}

// mayMark is a quick look, which spares most paragraphs the slow one.
func (d *draft) mayMark(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc([]string{"图", "照片", "相片", "pho", "pic", "fig", "im", "gallery"}, func(s string) bool { return strings.Contains(text, s) })
}

// marksOf finds the markers of a line: a whole line, or brackets at its beginning, its end, or between two sentences.
func marksOf(text string) []mark {
	if len(text) > 20_000 {
		return nil
	}
	if nextMarker.MatchString(text) {
		return []mark{{to: len(text)}}
	}
	if m := bareMarker.FindStringSubmatchIndex(text); m != nil {
		caption := submatch(text, m, 3)
		if !aboutPhoto.MatchString(caption) && !strings.ContainsAny(caption, "。！？") {
			return []mark{{to: len(text), numbers: numbersOf(submatch(text, m, 1) + submatch(text, m, 2)), caption: caption}}
		}
	}
	var out []mark
	end := 0
	found := bracketMarker.FindAllStringSubmatchIndex(text, -1)
	ending := atEnd(text, found)
	for i, m := range found {
		between := strings.TrimSpace(text[end:m[0]])
		last, _ := utf8.DecodeLastRuneInString(between)
		if numbers := numbersOf(submatch(text, m, 1) + submatch(text, m, 2)); len(numbers) > 0 &&
			(between == "" || strings.ContainsRune("。！？.!?；;”\"", last) || ending[i]) {
			out = append(out, mark{m[0], m[1], numbers, submatch(text, m, 3)})
			end = m[1]
		}
	}
	return captionAfter(text, out)
}

// captionAfter takes what stands on a line after its only marker for a caption, if it is as short as one.
func captionAfter(text string, marks []mark) []mark {
	if len(marks) == 0 {
		return marks
	}
	last := &marks[len(marks)-1]
	rest := strings.TrimSpace(text[last.to:])
	switch {
	case isPunctuation(rest):
		last.to = len(text)
	case len(marks) == 1 && strings.TrimSpace(text[:last.from]) == "" && last.caption == "" &&
		utf8.RuneCountInString(rest) <= 40 && !strings.ContainsAny(rest, "。！？!?；;"):
		last.caption, last.to = strings.TrimLeft(rest, ":：、.．,， "), len(text)
	}
	return marks
}

// atEnd tells of each marker found in a line whether only markers and marks follow it.
func atEnd(text string, found [][]int) []bool {
	out := make([]bool, len(found))
	next, ends := len(text), true
	for i := len(found) - 1; i >= 0; i-- {
		ends = ends && isPunctuation(strings.TrimSpace(text[found[i][1]:next]))
		out[i], next = ends, found[i][0]
	}
	return out
}

func isPunctuation(s string) bool {
	return strings.Trim(s, "。．.；;，,！!？?、 ”\"") == ""
}

func submatch(s string, m []int, n int) string {
	if m[2*n] < 0 {
		return ""
	}
	return s[m[2*n]:m[2*n+1]]
}

// numbersOf reads 1-3, 1、2 or 一; nil if it makes no sense.
func numbersOf(s string) []int {
	var out []int
	end := 0
	for _, m := range markerNum.FindAllStringIndex(s, -1) {
		n := number(s[m[0]:m[1]])
		if n <= 0 || n > press.MaxPhotos {
			return nil
		}
		if len(out) > 0 && markerSpan.MatchString(strings.TrimFunc(s[end:m[0]], isNounRune)) {
			for i := out[len(out)-1] + 1; i < n; i++ {
				out = append(out, i)
			}
		}
		out = append(out, n)
		end = m[1]
	}
	if len(out) > press.MaxPhotos {
		return nil
	}
	return out
}

func isNounRune(r rune) bool { return strings.ContainsRune("图片照相插配附像 ", r) }

// number reads digits of either width or a Chinese number below a hundred; 0 if it is none.
func number(s string) int {
	n := 0
	if strings.ContainsAny(s, "一二三四五六七八九十") {
		digits := []rune("一二三四五六七八九")
		for _, r := range s {
			switch i := slices.Index(digits, r); {
			case r == '十' && n == 0:
				n = 10
			case r == '十' && n < 10:
				n *= 10
			case i >= 0 && n%10 == 0:
				n += i + 1
			default:
				return 0
			}
		}
		return n
	}
	for _, r := range narrow(s) {
		if !isDigit(r) || n > 1000 {
			return 0
		}
		n = n*10 + int(r-'0')
	}
	return n
}

// isCaptionOf reports whether a line such as 图1 会场 stands under its photo rather than for it.
func (d *draft) isCaptionOf(before []piece, m mark, text string) bool {
	if len(before) == 0 || m.from != 0 || m.to != len(text) || m.caption == "" {
		return false
	}
	last := before[len(before)-1]
	picture, ok := last.block.(press.Picture)
	if !ok || picture.Caption != "" {
		return false
	}
	return last.number == 0 || slices.Equal(m.numbers, []int{last.number})
}

// photosAt places the photos of a marker.
func (d *draft) photosAt(m mark, line int) []piece {
	var out []piece
	if len(m.numbers) == 0 {
		if i, ok := d.shelf.next(); ok {
			d.shelf.asked++
			d.noteOrder()
			return []piece{{block: press.Picture{Photo: d.shelf.place(i)}, line: line}}
		}
		d.noteNoPhoto("图", line)
		return nil
	}
	var missing []int
	for _, n := range m.numbers {
		found := d.shelf.nth(n)
		if len(found) == 0 {
			missing = append(missing, n)
			continue
		}
		if d.shelf.rule() == byOrder {
			d.noteOrder()
		}
		if digest, ok := d.settle(found, fmt.Sprintf("图%d", n), line); ok {
			out = append(out, piece{block: press.Picture{Photo: digest}, line: line, number: n})
		}
	}
	if len(missing) > 0 {
		d.noteNoPhoto(photoNumbers(missing, "、", "至"), line)
	}
	if n := len(out); n > 0 && m.caption != "" {
		picture, _ := out[n-1].block.(press.Picture)
		picture.Caption = strings.TrimSpace(clean(m.caption))
		out[n-1].block = picture
	}
	return out
}

func (d *draft) noteNoPhoto(name string, line int) {
	d.made++
	d.shelf.asked++
	where := at(line)
	d.notes.add("photo.marker", line, "", press.Text{
		EN: fmt.Sprintf("%s asks for %s, but no photo that came has that number; add it, or take the marker out.", where.EN, name),
		ZH: fmt.Sprintf("%s标有“%s”，但没有对应的图片，请补交图片或删去该标记。", where.ZH, name),
	})
}

// noteOrder says once that numbers were counted off, since the names have none.
func (d *draft) noteOrder() {
	if d.shelf.said {
		return
	}
	d.shelf.said = true
	var names []string
	for n, i := range d.shelf.inOrder() {
		if n == 4 {
			names = append(names, "…")
			break
		}
		names = append(names, shown(baseName(d.shelf.files[i].Name)))
	}
	d.notes.add("photo.order", 0, "", press.Say(
		"The photos' names carry no numbers, so markers were counted off in the order of names (%[1]s); check the order.",
		"图片名称没有编号，已按文件名顺序对应文中的图片标记（%[2]s），请核对顺序。", strings.Join(names, ", "), strings.Join(names, "、")))
}

// cutRuns returns the stretch [from, to) of runs, in bytes of their text.
func cutRuns(runs []press.Run, from, to int) []press.Run {
	var out []press.Run
	at := 0
	for _, r := range runs {
		start, end := max(from-at, 0), min(to-at, len(r.Text))
		at += len(r.Text)
		if start < end {
			r.Text = r.Text[start:end]
			out = append(out, r)
		}
	}
	return out
}

// trimBreaks takes line breaks off both ends.
func trimBreaks(runs []press.Run) []press.Run {
	out := slices.Clone(runs)
	for len(out) > 0 {
		if out[0].Text = strings.TrimLeft(out[0].Text, "\n \u3000"); out[0].Text != "" {
			break
		}
		out = out[1:]
	}
	for n := len(out); n > 0; n = len(out) {
		if out[n-1].Text = strings.TrimRight(out[n-1].Text, "\n \u3000"); out[n-1].Text != "" {
			break
		}
		out = out[:n-1]
	}
	return out
}
