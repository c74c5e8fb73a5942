package intake

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// inlineContext is what surrounds a run.
type inlineContext struct {
	link string
}

func (w *word) inline(n *node, ctx inlineContext) {
	if n == nil {
		return
	}
	for _, k := range n.kids {
		w.inlineNode(k, ctx)
	}
}

// inlineNode reads what stands in a paragraph.
func (w *word) inlineNode(n *node, ctx inlineContext) {
	if w.d.overfull() {
		return
	}
	switch n.name {
	case "w:r":
		w.run(n, ctx)
	case "w:hyperlink":
		w.inline(n, inlineContext{link: w.linkOf(n, ctx)})
	case "w:ins", "w:moveTo":
		w.dropped[lostInsertions]++
		w.inline(n, ctx)
	case "w:del", "w:moveFrom":
		w.dropped[lostDeletions]++
	case "w:smartTag", "w:customXml", "w:dir", "w:bdo":
		w.inline(n, ctx)
	case "w:sdt":
		if !w.passedOver(n) {
			w.inline(n.child("w:sdtContent"), ctx)
		}
	case "w:fldSimple":
		w.simpleField(n, ctx)
	case "m:oMath", "m:oMathPara":
		w.formula(n)
	case "mc:AlternateContent":
		w.inline(chosen(n), ctx)
	case "w:p", "w:tbl": // inside a content control that stands among words
		w.block(n)
	}
}

func (w *word) linkOf(n *node, ctx inlineContext) string {
	rel, ok := w.rels[n.attr("r:id")]
	if !ok {
		return ctx.link // a place in the document itself
	}
	target := rel.target
	if anchor := n.attr("w:anchor"); anchor != "" && !strings.Contains(target, "#") {
		target += "#" + anchor
	}
	return w.safeLink(target)
}

// safeLink returns an address that may stand behind words, and notes one that may not.
func (w *word) safeLink(target string) string {
	target = strings.TrimSpace(target)
	switch {
	case target == "" || strings.HasPrefix(target, "#"):
		return ""
	case press.SafeLink(target):
		return target
	}
	w.d.made++
	w.d.notes.add("link.dropped", 0, "", press.Say(
		"The document has a link to %q, which was dropped: links go to full http, https or mailto addresses.",
		"文档中的链接“%s”已去掉：只保留完整的 http、https 或 mailto 地址。", quoted(target)))
	return ""
}

// run reads <w:r>: a stretch with one look.
func (w *word) run(n *node, ctx inlineContext) {
	style := w.sink.para.style
	if style == nil {
		style = &wordStyle{}
	}
	look, chars := w.styles.lookOf(style, n.child("w:rPr"))
	r := wordRun{look: look, chars: chars, link: ctx.link}
	r.direct = parseLook(n.child("w:rPr"))
	w.runParts(n, r)
}

// wordRun is a run while its parts are read.
type wordRun struct {
	look, direct wordLook
	chars        *wordStyle
	link         string
}

func (w *word) runParts(n *node, r wordRun) {
	for _, k := range n.kids {
		if w.fieldPart(k) {
			continue
		}
		switch k.name {
		case "w:t":
			text := k.text
			if k.attr("xml:space") != "preserve" {
				text = strings.Trim(text, " \t\r\n")
			}
			w.text(strings.Map(lineToSpace, text), r)
		case "w:tab", "w:ptab":
			w.text(w.tab(), r)
		case "w:br", "w:cr":
			w.text("\n", r)
		case "w:noBreakHyphen":
			w.text("-", r)
		case "w:sym":
			w.symbol(k, r)
		case "w:ruby":
			w.inline(k.child("w:rubyBase"), inlineContext{link: r.link})
		case "w:footnoteReference", "w:endnoteReference":
			w.reference(k, r)
		case "w:commentReference":
			w.dropped[lostComments]++
		case "w:drawing", "w:pict", "w:object":
			w.drawn(k, r)
		case "mc:AlternateContent":
			if version := chosen(k); version != nil {
				w.runParts(version, r)
			}
		}
	}
}

func lineToSpace(r rune) rune {
	if r == '\n' || r == '\r' || r == '\t' {
		return ' '
	}
	return r
}

// tab is what stands for the gap that a tabulator makes: nothing at the beginning of a line.
func (w *word) tab() string {
	runs := w.sink.runs
	if len(runs) == 0 {
		return ""
	}
	text := runs[len(runs)-1].Text
	last, _ := utf8.DecodeLastRuneInString(text) // the run may be long, and tabs that stay hidden many
	switch {
	case text == "" || last == '\n':
		return ""
	case wide(last):
		return "　"
	}
	return " "
}

// text adds words to the running paragraph.
func (w *word) text(s string, r wordRun) {
	if s = clean(s); s == "" || w.dropping() {
		return
	}
	if r.look.toggles[toggleHidden] == on {
		if !isBlank(s) {
			w.dropped[lostHidden]++
		}
		return
	}
	if r.look.toggles[toggleCaps] == on {
		s = strings.ToUpper(s)
	}
	s = w.signs(s, r.look.font)
	s = raisedText(s, r.look.height)
	w.d.bytes += len(s)
	w.sink.runs = append(w.sink.runs, w.press(s, r))
	if sizes := w.sink.para.sizes; sizes != nil {
		sizes[r.look.size] += len(s)
	}
}

// press writes a look as blocks have it. What the style of a heading, a caption or a link brings along is not the
// author's: themes give those a look of their own.
func (w *word) press(s string, r wordRun) press.Run {
	run := press.Run{
		Text: s, Bold: r.look.toggles[toggleBold] == on, Italic: r.look.toggles[toggleItalic] == on,
		Strike: r.look.toggles[toggleStrike] == on, Underline: r.look.underline == on, Link: r.link,
	}
	if link := w.fieldLink(); link != "" {
		run.Link = link
	}
	color := r.look.color
	if use := w.sink.para.use; use != plainStyle && use != bodyStyle {
		run.Italic = run.Italic && (r.direct.toggles[toggleItalic] == on || r.chars.look.toggles[toggleItalic] == on)
		if use == captionStyle {
			run.Bold = run.Bold && r.direct.toggles[toggleBold] == on
		}
		if color = r.direct.color; color == "" {
			color = r.chars.look.color
		}
	}
	if run.Link != "" || r.chars.link {
		run.Underline = run.Underline && run.Link == "" && r.direct.underline == on
		color = ""
	}
	if red, green, blue, ok := parseColor("#" + strings.ToLower(color)); ok && len(color) == 6 {
		run.Color = nearest(red, green, blue)
	}
	return run
}

// raisedText writes small high or low figures as the characters made for them, where all of them exist.
func raisedText(s, height string) string {
	if height != "superscript" && height != "subscript" || len(s) > 32 {
		return s
	}
	small := strings.Map(smallFigure(height == "superscript"), s)
	if strings.ContainsRune(small, unicode.ReplacementChar) {
		return s
	}
	return small
}

// signs writes the characters of fonts that hold signs instead of letters as the characters they look like.
func (w *word) signs(s, font string) string {
	table := signTable(font)
	if table == nil {
		return s
	}
	return strings.Map(func(r rune) rune { return w.signOf(r, table) }, s)
}

func (w *word) signOf(r rune, table map[rune]rune) rune {
	code := r
	if r >= 0xf000 && r <= 0xf0ff {
		code = r - 0xf000
	} else if r > 0xff || r <= ' ' {
		return r // not in such a font at all
	}
	if sign, ok := table[code]; ok {
		return sign
	}
	w.dropped[lostSigns]++
	return '□'
}

// symbol reads <w:sym>, a character of a font that holds signs.
func (w *word) symbol(n *node, r wordRun) {
	code, err := strconv.ParseUint(n.attr("w:char"), 16, 32)
	if err != nil || code > unicode.MaxRune || w.dropping() {
		return
	}
	table := signTable(n.attr("w:font"))
	if table == nil && (code < 0xe000 || code > 0xf8ff) {
		w.text(string(rune(code)), r)
		return
	}
	r.look.font = ""
	w.text(string(w.signOf(rune(code), table)), r)
}

// signTable returns the signs of a font that has nothing but signs; nil for any other.
func signTable(font string) map[rune]rune {
	switch strings.ToLower(font) {
	case "wingdings":
		return map[rune]rune{
			0x21: '✏', 0x22: '✂', 0x28: '☎', 0x2a: '✉', 0x46: '☞', 0x4a: '☺', 0x6c: '●', 0x6d: '❍', 0x6e: '■', 0x6f: '□', 0x71: '❑',
			0x72: '❒', 0x74: '⬧', 0x75: '◆', 0x76: '❖', 0x77: '⬥', 0x9f: '•', 0xa1: '○', 0xa7: '▪', 0xa8: '◻', 0xaa: '✦', 0xab: '★',
			0xb2: '✧', 0xd8: '➢', 0xdf: '←', 0xe0: '→', 0xe1: '↑', 0xe2: '↓', 0xe8: '➔', 0xf0: '⇨', 0xfb: '✗', 0xfc: '✓', 0xfd: '☒', 0xfe: '☑',
			0x80: '⓪', 0x81: '①', 0x82: '②', 0x83: '③', 0x84: '④', 0x85: '⑤', 0x86: '⑥', 0x87: '⑦', 0x88: '⑧', 0x89: '⑨', 0x8a: '⑩',
		}
	case "wingdings 2":
		return map[rune]rune{0x4f: '✗', 0x50: '✓', 0x51: '☒', 0x52: '☑', 0x54: '☒', 0x97: '●', 0xa3: '□', 0xa2: '■', 0xae: '◆'}
	case "wingdings 3":
		return map[rune]rune{0x5b: '→', 0x70: '▲', 0x71: '▼', 0x74: '◀', 0x75: '▶', 0x7d: '▶'}
	case "webdings":
		return map[rune]rune{0x34: '▶', 0x35: '▲', 0x36: '▼', 0x61: '✓', 0x63: '□', 0x67: '■', 0x6e: '●', 0x72: '✗'}
	case "symbol":
		return symbolSigns()
	}
	return nil
}

func symbolSigns() map[rune]rune {
	signs := map[rune]rune{
		0xa3: '≤', 0xa5: '∞', 0xab: '↔', 0xac: '←', 0xad: '↑', 0xae: '→', 0xaf: '↓', 0xb0: '°', 0xb1: '±', 0xb3: '≥', 0xb4: '×', 0xb5: '∝',
		0xb6: '∂', 0xb7: '•', 0xb8: '÷', 0xb9: '≠', 0xba: '≡', 0xbb: '≈', 0xbc: '…', 0xc4: '⊗', 0xc5: '⊕', 0xc6: '∅', 0xc7: '∩', 0xc8: '∪',
		0xce: '∈', 0xcf: '∉', 0xd2: '®', 0xd3: '©', 0xd4: '™', 0xd5: '∏', 0xd6: '√', 0xd7: '⋅', 0xd8: '¬', 0xd9: '∧', 0xda: '∨', 0xe5: '∑',
		0xf2: '∫', 0x22: '∀', 0x24: '∃', 0x5e: '⊥', 0x2d: '−', 0x2a: '∗', 0x40: '≅', 0x7e: '∼', 0xa2: '′', 0xb2: '″', 0xa4: '⁄',
	}
	for i, r := range []rune("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ") {
		signs['A'+rune(i)] = r
	}
	for i, r := range []rune("αβχδεφγηιϕκλμνοπθρστυϖωξψζ") {
		signs['a'+rune(i)] = r
	}
	for _, r := range "0123456789()[]{}.,:;+=<>/|%&!?" {
		signs[r] = r
	}
	return signs
}

// formula writes a formula as plain text.
func (w *word) formula(n *node) {
	text := strings.TrimSpace(clean(mathText(n, 0)))
	if text == "" || w.dropping() {
		return
	}
	w.dropped[lostFormulas]++
	w.d.bytes += len(text)
	w.sink.runs = append(w.sink.runs, press.Run{Text: text})
}

func mathText(n *node, depth int) string {
	if n == nil || depth > 2*maxXMLDepth {
		return ""
	}
	part := func(name string) string { return mathText(n.child(name), depth+1) }
	switch n.name {
	case "m:t", "w:t":
		return n.text
	case "m:f":
		return grouped(part("m:num")) + "/" + grouped(part("m:den"))
	case "m:sSup":
		return part("m:e") + scripted(part("m:sup"), "superscript", "^")
	case "m:sSub":
		return part("m:e") + scripted(part("m:sub"), "subscript", "_")
	case "m:sSubSup":
		return part("m:e") + scripted(part("m:sub"), "subscript", "_") + scripted(part("m:sup"), "superscript", "^")
	case "m:rad":
		return part("m:deg") + "√" + grouped(part("m:e"))
	case "m:d":
		return fenced(n, part)
	case "m:nary":
		sign := n.at("m:naryPr", "m:chr").attr("m:val")
		if sign == "" {
			sign = "∫"
		}
		return sign + scripted(part("m:sub"), "subscript", "_") + scripted(part("m:sup"), "superscript", "^") + part("m:e")
	}
	var out strings.Builder
	for _, k := range n.kids {
		out.WriteString(mathText(k, depth+1))
	}
	return out.String()
}

func fenced(n *node, part func(string) string) string {
	begin, end := "(", ")"
	if sign := n.at("m:dPr", "m:begChr"); sign != nil {
		begin = sign.attr("m:val")
	}
	if sign := n.at("m:dPr", "m:endChr"); sign != nil {
		end = sign.attr("m:val")
	}
	return begin + part("m:e") + end
}

func grouped(s string) string {
	if len([]rune(s)) > 1 && strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return "(" + s + ")"
	}
	return s
}

func scripted(s, height, sign string) string {
	if s == "" {
		return ""
	}
	if small := raisedText(s, height); small != s {
		return small
	}
	return sign + grouped(s)
}

// noteRef is a footnote or endnote that the text refers to.
type noteRef struct{ part, id string }

// reference writes the mark of a footnote; what it says follows the body.
func (w *word) reference(n *node, r wordRun) {
	if w.dropping() || r.look.toggles[toggleHidden] == on {
		return
	}
	part := "footnotes"
	if n.name == "w:endnoteReference" {
		part = "endnotes"
	}
	w.refs = append(w.refs, noteRef{part: part, id: n.attr("w:id")})
	r.look.height = ""
	w.text(fmt.Sprintf("[%d]", len(w.refs)), r)
}

// appendNotes writes the footnotes and endnotes as a list after the body, numbered as their marks.
func (w *word) appendNotes() error {
	if len(w.refs) == 0 {
		return nil
	}
	texts := map[noteRef][]piece{}
	for _, part := range []string{"footnotes", "endnotes"} {
		if err := w.readNotes(part, texts); err != nil {
			return err
		}
	}
	list := press.List{Ordered: true}
	var after []piece
	for _, ref := range w.refs {
		if w.d.overfull() { // one note of many marks is written for each
			return w.d.tooLong()
		}
		paragraphs, rest := flatten(texts[ref])
		item := press.ListItem{}
		for _, p := range paragraphs {
			item.Text = appendLine(item.Text, p.Text)
		}
		w.d.bytes += len(press.PlainText(item.Text))
		if len(item.Text) == 0 {
			item.Text = []press.Run{{Text: "—"}} // so that the others keep their numbers
		}
		list.Items = append(list.Items, item)
		after = append(after, rest...)
	}
	w.sink.pieces = append(w.sink.pieces, piece{block: press.Divider{}}, piece{block: list})
	w.sink.pieces = append(w.sink.pieces, after...)
	return nil
}

func (w *word) readNotes(part string, texts map[noteRef][]piece) error {
	target := w.related[part]
	data, err := w.file.text(target)
	if err != nil || data == nil {
		return err
	}
	wanted := map[string]bool{}
	for _, ref := range w.refs {
		wanted[ref.id] = wanted[ref.id] || ref.part == part
	}
	outer := w.rels
	defer func() { w.rels = outer }()
	if w.rels, err = w.relations(target); err != nil {
		return err
	}
	return newXMLReader(data).each(func(n *node) error {
		if id := n.attr("w:id"); wanted[id] {
			texts[noteRef{part, id}] = w.collect(func() { w.blocks(n) })
		}
		if w.d.overfull() {
			return w.d.tooLong()
		}
		return nil
	}, "w:"+part)
}
