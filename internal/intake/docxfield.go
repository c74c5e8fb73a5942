package intake

import (
	"regexp"
	"strconv"
	"strings"
)

// maxFields bounds how deep fields stand in fields, and maxInstruction how long what a field says may be.
const (
	maxFields      = 50
	maxInstruction = 10_000
)

// wordField is a field that has begun and not ended: what it shows is computed by Word from what it says.
type wordField struct {
	says  string
	shows bool // its result is being read
	link  string
	drop  bool
	box   string // a box that may be ticked
}

// fieldPart reads the parts of a run that make a field, and reports whether n was one.
func (w *word) fieldPart(n *node) bool {
	last := len(w.fields) - 1
	switch n.name {
	case "w:fldChar":
		switch n.attr("w:fldCharType") {
		case "begin":
			w.beginField(n)
		case "separate":
			if last >= 0 && !w.fields[last].shows {
				w.showField(&w.fields[last])
			}
		case "end":
			w.endField()
		}
		return true
	case "w:instrText":
		if last >= 0 && !w.fields[last].shows && len(w.fields[last].says)+len(n.text) < maxInstruction {
			w.fields[last].says += n.text
		}
		return true
	case "w:delInstrText", "w:delText":
		return true
	}
	return false
}

func (w *word) beginField(n *node) {
	if len(w.fields) >= maxFields {
		w.fields = w.fields[1:]
	}
	field := wordField{}
	if box := n.at("w:ffData", "w:checkBox"); box != nil {
		field.box = "☐"
		if onOff(box.child("w:checked")) == on || box.child("w:checked") == nil && onOff(box.child("w:default")) == on {
			field.box = "☑"
		}
	}
	w.fields = append(w.fields, field)
}

// showField says what becomes of a field's result.
func (w *word) showField(f *wordField) {
	f.shows = true
	f.link, f.drop = w.fieldKind(f.says)
}

func (w *word) endField() {
	last := len(w.fields) - 1
	if last < 0 {
		return
	}
	field := &w.fields[last]
	text := ""
	if !field.shows {
		w.showField(field)
		text = withoutResult(field.says)
	}
	if field.box != "" {
		text = field.box
	}
	w.fields = w.fields[:last]
	if text != "" {
		w.text(text, wordRun{chars: &wordStyle{}})
	}
}

// dropping reports whether what is being read is not to be shown: a field's own words, or a result nobody wrote.
func (w *word) dropping() bool {
	for i := range w.fields {
		if !w.fields[i].shows || w.fields[i].drop {
			return true
		}
	}
	return false
}

func (w *word) fieldLink() string {
	for i := len(w.fields) - 1; i >= 0; i-- {
		if w.fields[i].link != "" {
			return w.fields[i].link
		}
	}
	return ""
}

// simpleField reads <w:fldSimple>, a field in one element.
func (w *word) simpleField(n *node, ctx inlineContext) {
	if len(w.fields) >= maxFields {
		return
	}
	field := wordField{shows: true}
	field.link, field.drop = w.fieldKind(n.attr("w:instr"))
	w.fields = append(w.fields, field)
	depth := len(w.fields)
	w.inline(n, ctx)
	if len(w.fields) >= depth {
		w.fields = w.fields[:depth-1]
	}
}

var hyperlinkField = regexp.MustCompile(`(?i)^\s*HYPERLINK\s+(?:"([^"]*)"|([^\s\\]\S*))`)

// fieldKind says of a field's words where its result links to, and whether the result is left out.
func (w *word) fieldKind(says string) (link string, drop bool) {
	name, _, _ := strings.Cut(strings.TrimSpace(says), " ")
	switch strings.ToUpper(name) {
	case "HYPERLINK":
		if found := hyperlinkField.FindStringSubmatch(says); found != nil {
			return w.safeLink(found[1] + found[2]), false
		}
	case "TOC", "INDEX", "TOA":
		w.dropped[lostContents]++
		return "", true
	case "PAGE", "NUMPAGES", "PAGEREF", "SECTIONPAGES", "SECTION", "TC", "XE", "TA", "RD", "ADVANCE", "PRIVATE":
		return "", true
	case "SEQ":
		if use := &w.sink.para.use; *use == plainStyle || *use == bodyStyle {
			*use = captionStyle
		}
	}
	return "", false
}

var (
	symbolField  = regexp.MustCompile(`(?i)^\s*SYMBOL\s+(\d+|0x[0-9a-f]+)(?:.*\\f\s+"?([^"\\]+))?`)
	circledField = regexp.MustCompile(`(?i)\\o\\ac\([^,，;；]*[,，;；]\s*([^()]+)\)`)
	aboveField   = regexp.MustCompile(`(?i)\\o\\a[dlcr]\d*\(.*?\)\s*[,，;；]\s*([^()]+)\)`)
)

// withoutResult is what a field shows that Word draws and never writes out: a sign, a circled figure, words with their
// pronunciation above them.
func withoutResult(says string) string {
	if found := symbolField.FindStringSubmatch(says); found != nil {
		code, err := strconv.ParseUint(found[1], 0, 16)
		if table := signTable(strings.TrimSpace(found[2])); err == nil && table != nil {
			if sign, ok := table[rune(code)]; ok {
				return string(sign)
			}
			return "□"
		}
		return string(rune(code))
	}
	if !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(says)), "EQ") {
		return ""
	}
	if found := circledField.FindStringSubmatch(says); found != nil {
		inside := strings.TrimSpace(found[1])
		if n, err := strconv.Atoi(inside); err == nil {
			return numeral(n, "decimalEnclosedCircle")
		}
		return inside
	}
	if found := aboveField.FindStringSubmatch(says); found != nil {
		return strings.TrimSpace(found[1])
	}
	return ""
}
