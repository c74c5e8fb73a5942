package intake

import (
	"regexp"
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// tri is a property that a style or a run may leave open.
type tri int8

const (
	unset tri = iota
	off
	on
)

// onOff reads an element that switches something on unless it says otherwise (ISO 29500-1, 17.17.4).
func onOff(n *node) tri {
	if n == nil {
		return unset
	}
	switch strings.ToLower(n.attr("w:val")) {
	case "0", "false", "off", "none":
		return off
	}
	return on
}

// wordLook is how a run looks, as far as one level of formatting says so.
type wordLook struct {
	toggles   [toggleCount]tri
	underline tri
	color     string // RRGGBB or "auto"; empty: left open
	size      int    // of letters, in half points
	height    string // superscript, subscript, baseline
	font      string
}

// The properties that a paragraph's style and a character's style switch each other off with (17.7.3).
const (
	toggleBold = iota
	toggleItalic
	toggleStrike
	toggleCaps
	toggleHidden
	toggleCount
)

func parseLook(rPr *node) wordLook {
	var look wordLook
	if rPr == nil {
		return look
	}
	for _, k := range rPr.kids {
		switch k.name {
		case "w:b":
			look.toggles[toggleBold] = onOff(k)
		case "w:i":
			look.toggles[toggleItalic] = onOff(k)
		case "w:strike", "w:dstrike":
			look.toggles[toggleStrike] = max(look.toggles[toggleStrike], onOff(k))
		case "w:caps":
			look.toggles[toggleCaps] = onOff(k)
		case "w:vanish":
			look.toggles[toggleHidden] = onOff(k)
		case "w:u":
			look.underline = onOff(k)
		case "w:color":
			look.color = k.attr("w:val")
		case "w:sz":
			look.size, _ = strconv.Atoi(k.attr("w:val"))
		case "w:vertAlign":
			look.height = k.attr("w:val")
		case "w:position": // as LibreOffice raises letters
			if n, err := strconv.Atoi(k.attr("w:val")); err == nil && look.height == "" && n >= 4 {
				look.height = "superscript"
			} else if err == nil && look.height == "" && n <= -4 {
				look.height = "subscript"
			}
		case "w:rFonts":
			look.font = k.attr("w:ascii")
		}
	}
	return look
}

// over returns the look where l says nothing as base has it.
func (l wordLook) over(base wordLook) wordLook {
	for i, t := range l.toggles {
		if t != unset {
			base.toggles[i] = t
		}
	}
	if l.underline != unset {
		base.underline = l.underline
	}
	if l.color != "" {
		base.color = l.color
	}
	if l.size > 0 {
		base.size = l.size
	}
	if l.height != "" {
		base.height = l.height
	}
	if l.font != "" {
		base.font = l.font
	}
	return base
}

// wordPara is how a paragraph stands, as far as one level of formatting says so.
type wordPara struct {
	align   string
	outline int // level from 0; 9: none; -1: left open
	list    string
	level   int // in the list, from 0; -1: left open
	border  tri // a line above or below
}

func parsePara(pPr *node) wordPara {
	para := wordPara{outline: -1, level: -1}
	if pPr == nil {
		return para
	}
	para.align = strings.ToLower(pPr.val("w:jc"))
	if n, err := strconv.Atoi(pPr.val("w:outlineLvl")); err == nil {
		para.outline = n
	}
	if numPr := pPr.child("w:numPr"); numPr != nil {
		para.list = numPr.val("w:numId")
		if n, err := strconv.Atoi(numPr.val("w:ilvl")); err == nil {
			para.level = min(max(n, 0), wordLevels-1)
		}
	}
	if lines := pPr.child("w:pBdr"); lines != nil {
		para.border = off
		for _, side := range []string{"w:bottom", "w:top", "w:between"} {
			if line := lines.child(side); line != nil && onOff(line) == on && line.attr("w:val") != "nil" {
				para.border = on
			}
		}
	}
	return para
}

func (p wordPara) over(base wordPara) wordPara {
	if p.align != "" {
		base.align = p.align
	}
	if p.outline >= 0 {
		base.outline = p.outline
	}
	if p.list != "" {
		base.list = p.list
	}
	if p.level >= 0 {
		base.level = p.level
	}
	if p.border != unset {
		base.border = p.border
	}
	return base
}

func (p wordPara) aligned() press.Align {
	switch p.align {
	case "center":
		return press.AlignCenter
	case "right", "end":
		return press.AlignRight
	}
	return press.AlignStart
}

// wordStyle is a style with what it has from those it is based on.
type wordStyle struct {
	id, base string
	look     wordLook
	para     wordPara
	use      styleUse
	level    int  // of a heading, 1 to 9
	link     bool // the look of links
	header   bool // of tables: the first row is set apart
	settled  bool
}

// styleUse is what a style says a paragraph is.
type styleUse int

const (
	plainStyle styleUse = iota
	headingStyle
	titleStyle
	subtitleStyle
	captionStyle
	quoteStyle
	contentsStyle
	authorStyle
	dateStyle
	bodyStyle // nothing special, whatever it is based on
)

type wordStyles struct {
	all       map[string]*wordStyle
	look      wordLook // of everything
	para      wordPara
	paragraph string // the style of paragraphs without one
}

// readStyles reads styles.xml; a document without it has none.
func readStyles(data []byte) (*wordStyles, error) {
	s := &wordStyles{all: map[string]*wordStyle{}, para: parsePara(nil)}
	err := newXMLReader(data).each(func(n *node) error {
		switch n.name {
		case "w:docDefaults":
			s.look = parseLook(n.at("w:rPrDefault", "w:rPr"))
			s.para = parsePara(n.at("w:pPrDefault", "w:pPr"))
		case "w:style":
			s.add(n)
		}
		return nil
	}, "w:styles")
	return s, err
}

func (s *wordStyles) add(n *node) {
	id := n.attr("w:styleId")
	if _, ok := s.all[id]; ok {
		return
	}
	style := &wordStyle{id: id, base: n.val("w:basedOn"), look: parseLook(n.child("w:rPr")), para: parsePara(n.child("w:pPr"))}
	switch kind := n.attr("w:type"); kind {
	case "paragraph", "":
		style.use, style.level = useOf(n.val("w:name"))
		if onOff(&node{attrs: []attribute{{"w:val", n.attr("w:default")}}}) == on && n.attr("w:default") != "" {
			s.paragraph = id
		}
	case "character":
		name := strings.ToLower(n.val("w:name"))
		style.link = strings.Contains(name, "hyperlink") || strings.Contains(name, "超链接") || name == "internet link"
	case "table":
		for _, part := range n.kids {
			if part.name == "w:tblStylePr" && part.attr("w:type") == "firstRow" {
				style.header = onOff(part.at("w:rPr", "w:b")) == on || onOff(part.at("w:trPr", "w:tblHeader")) == on || part.at("w:tcPr", "w:shd") != nil
			}
		}
	}
	s.all[id] = style
}

var (
	headingName = regexp.MustCompile(`^(?:heading|标题|標題|überschrift|titre|título|titolo|kop|rubrik|overskrift|nagłówek|заголовок|見出し|제목)\s*([1-9])$`)
	levelName   = regexp.MustCompile(`^([一二三四])级标题$`)
)

// useOf says by its name what a style is for. Word writes the names of its own styles in English whatever language it
// speaks; others write what their users see.
func useOf(name string) (styleUse, int) {
	name = strings.Join(strings.Fields(strings.ToLower(narrow(name))), " ")
	if found := headingName.FindStringSubmatch(name); found != nil {
		return headingStyle, int(found[1][0] - '0')
	}
	if found := levelName.FindStringSubmatch(name); found != nil {
		return headingStyle, strings.Index("一二三四", found[1])/len("一") + 1
	}
	switch name {
	case "title", "标题", "標題", "主标题", "大标题", "文章标题", "新闻标题", "稿件标题", "titel", "titre", "título", "titolo", "заголовок", "表題", "제목":
		return titleStyle, 0
	case "subtitle", "副标题", "副標題", "untertitel", "sous-titre", "subtítulo", "sottotitolo", "подзаголовок", "副題", "부제":
		return subtitleStyle, 0
	case "caption", "题注", "題注", "图注", "图题", "图片说明", "图说", "照片说明", "image caption", "table caption", "illustration", "figure", "drawing", "beschriftung", "légende":
		return captionStyle, 0
	case "quote", "intense quote", "block text", "block quote", "quotations", "quotation", "引用", "明显引用", "引文", "文本块":
		return quoteStyle, 0
	case "author":
		return authorStyle, 0
	case "date":
		return dateStyle, 0
	case "normal", "正文", "body text", "正文文本", "list paragraph", "列出段落", "列表段落":
		return bodyStyle, 0
	}
	if strings.HasPrefix(name, "toc ") || strings.HasPrefix(name, "目录 ") || name == "contents heading" {
		return contentsStyle, 0
	}
	return plainStyle, 0
}

// style returns a style with what it has from its ancestors; an unknown one says nothing.
func (s *wordStyles) style(id string) *wordStyle {
	return s.settle(id, 0)
}

func (s *wordStyles) settle(id string, depth int) *wordStyle {
	const deepest = 30 // longer chains, and circles, end there
	style, ok := s.all[id]
	if !ok || depth > deepest {
		return &wordStyle{para: parsePara(nil), settled: true}
	}
	if style.settled {
		return style
	}
	style.settled = true
	if style.base == "" || style.base == id {
		return style
	}
	base := s.settle(style.base, depth+1)
	style.look, style.para = style.look.over(base.look), style.para.over(base.para)
	style.link, style.header = style.link || base.link, style.header || base.header
	if style.use == plainStyle {
		style.use, style.level = base.use, base.level
		if style.use == bodyStyle {
			style.use = plainStyle
		}
	}
	return style
}

// lookOf is how a run looks with all that is said about it: by the document, the paragraph's style, the style of its
// characters and itself.
func (s *wordStyles) lookOf(paragraph *wordStyle, rPr *node) (wordLook, *wordStyle) {
	chars := &wordStyle{}
	if id := rPr.val("w:rStyle"); id != "" {
		chars = s.style(id)
	}
	direct := parseLook(rPr)
	look := direct.over(chars.look.over(paragraph.look.over(s.look)))
	for i := range look.toggles {
		switch {
		case direct.toggles[i] != unset:
		case s.look.toggles[i] == on:
			look.toggles[i] = on
		case (paragraph.look.toggles[i] == on) != (chars.look.toggles[i] == on):
			look.toggles[i] = on
		default:
			look.toggles[i] = off
		}
	}
	return look, chars
}
