package intake

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"newsdesk/internal/press"
)

// word is a Word document while it is being read. It goes through the document once, from top to bottom, and holds one
// paragraph or table of it at a time.
type word struct {
	d        *draft
	limits   Limits
	file     *wordFile
	rels     map[string]relation // of the part that is being read
	styles   *wordStyles
	numbers  *numbering
	dropped  map[loss]int
	sink     *wordSink
	fields   []wordField
	stored   map[string]*storedPicture // by their parts
	photos   map[string]int            // on the shelf, by what they show
	made     int                       // pictures given a name so far
	drawings int                       // pictures that are no photos
	refs     []noteRef                 // footnotes and endnotes, in the order of their marks
	related  map[string]string
}

// wordSink is where pieces and the running paragraph go; cells, text boxes and notes have one of their own.
type wordSink struct {
	pieces  []piece
	para    wordParagraph
	runs    []press.Run
	after   []piece // pictures and text boxes met between the words of the running paragraph, which follow it
	row     *pictureRow
	carried bool // the running paragraph goes on in the next one: its end was deleted
}

// relation is where an id in a part leads.
type relation struct {
	kind, target string
	external     bool
}

// readWord reads a Word document (.docx), whoever wrote it: Word, WPS, LibreOffice, pandoc.
func (d *draft) readWord(document File, limits Limits) error {
	file, err := openWord(document, limits.WordBytes)
	if err != nil {
		return err
	}
	defer func() { _ = file.close() }() // it was only read
	w := &word{d: d, limits: limits, file: file, sink: &wordSink{}, dropped: map[loss]int{}, stored: map[string]*storedPicture{}, photos: map[string]int{}, related: map[string]string{}}
	if err := w.read(); err != nil {
		return w.refusal(err)
	}
	return w.titled()
}

// refusal says what is wrong with a document that cannot be read to its end.
func (w *word) refusal(err error) error {
	var said *press.Error
	switch {
	case errors.As(err, &said):
		return err
	case errors.Is(err, errXMLDeep):
		return w.d.nested(err)
	case errors.Is(err, errXMLLong):
		return w.d.tooLong()
	}
	return w.file.damaged(err)
}

func (w *word) read() error {
	body, err := w.open()
	if err != nil {
		return err
	}
	found := false
	err = newXMLReader(body).each(func(n *node) error {
		found = true
		w.block(n)
		if w.d.overfull() {
			return w.d.tooLong()
		}
		return nil
	}, "w:document", "w:body")
	if err != nil {
		return err
	}
	if !found {
		return w.file.damaged(errors.New("intake: no body"))
	}
	w.flush()
	if err := w.appendNotes(); err != nil {
		return err
	}
	if w.d.overfull() {
		return w.d.tooLong()
	}
	w.d.pieces = append(w.d.pieces, captioned(levelled(continued(w.sink.pieces)))...)
	w.tell()
	return nil
}

// open reads what the body refers to, and returns the body.
func (w *word) open() ([]byte, error) {
	main := wordMain
	top, err := w.relations("")
	if err != nil {
		return nil, err
	}
	for _, r := range top {
		if r.kind == "officeDocument" && !r.external {
			main = r.target
		}
	}
	body, err := w.file.text(main)
	switch {
	case err != nil:
		return nil, err
	case body == nil:
		return nil, w.file.damaged(fmt.Errorf("intake: no part %q", main))
	}
	if w.rels, err = w.relations(main); err != nil {
		return nil, err
	}
	for _, r := range w.rels {
		if !r.external && w.related[r.kind] == "" {
			w.related[r.kind] = r.target
		}
	}
	styles, err := w.file.text(w.related["styles"])
	if err != nil {
		return nil, err
	}
	if w.styles, err = readStyles(styles); err != nil {
		return nil, err
	}
	lists, err := w.file.text(w.related["numbering"])
	if err != nil {
		return nil, err
	}
	w.numbers, err = readNumbering(lists, w.styles)
	return body, err
}

// relations reads what the ids in a part stand for.
func (w *word) relations(part string) (map[string]relation, error) {
	data, err := w.file.text(path.Join(path.Dir(part), "_rels", path.Base("/"+part)+".rels"))
	if part == "" {
		data, err = w.file.text("_rels/.rels")
	}
	if err != nil {
		return nil, err
	}
	out := map[string]relation{}
	err = newXMLReader(data).each(func(n *node) error {
		r := relation{kind: n.attr("Type"), target: n.attr("Target"), external: n.attr("TargetMode") == "External"}
		r.kind = r.kind[strings.LastIndexByte(r.kind, '/')+1:]
		if !r.external {
			if strings.HasPrefix(r.target, "/") {
				r.target = partName(r.target)
			} else {
				r.target = partName(path.Join(path.Dir("/"+part), r.target))
			}
		}
		if id := n.attr("Id"); id != "" {
			out[id] = r
		}
		return nil
	}, "rel:Relationships")
	return out, err
}

// block reads what stands in lines of its own.
func (w *word) block(n *node) {
	if w.d.overfull() {
		return
	}
	switch n.name {
	case "w:p":
		w.paragraph(n)
	case "w:tbl":
		w.table(n)
	case "w:sdt":
		if !w.passedOver(n) {
			w.blocks(n.child("w:sdtContent"))
		}
	case "w:ins", "w:moveTo", "w:customXml", "w:smartTag":
		w.blocks(n)
	case "w:del", "w:moveFrom":
		w.dropped[lostDeletions]++
	case "mc:AlternateContent":
		w.blocks(chosen(n))
	case "m:oMathPara", "m:oMath":
		w.flush()
		w.inline(n, inlineContext{})
		w.flush()
	case "w:altChunk":
		w.dropped[lostChunks]++
	}
}

func (w *word) blocks(n *node) {
	if n == nil {
		return
	}
	for _, k := range n.kids {
		w.block(k)
	}
}

// passedOver reports whether a content control shows what nobody wrote: a table of contents, or the hint of an empty one.
func (w *word) passedOver(n *node) bool {
	properties := n.child("w:sdtPr")
	switch gallery := properties.at("w:docPartObj", "w:docPartGallery").attr("w:val"); {
	case gallery == "Table of Contents":
		w.dropped[lostContents]++
		return true
	case onOff(properties.child("w:showingPlcHdr")) == on:
		return true
	}
	return false
}

// chosen is the version of something written twice, for old and new programs, that is understood here.
func chosen(n *node) *node {
	var fallback *node
	for _, k := range n.kids {
		switch {
		case k.name == "mc:Choice" && understood(k.attr("Requires")):
			return k
		case k.name == "mc:Fallback" && fallback == nil:
			fallback = k
		}
	}
	return fallback
}

func understood(requires string) bool {
	for _, prefix := range strings.Fields(requires) {
		switch prefix {
		case "wps", "wpg", "wpc", "wp14", "w14", "w15", "w16", "a14", "v":
		default:
			return false
		}
	}
	return requires != ""
}

// collect reads something into pieces of its own.
func (w *word) collect(read func()) []piece {
	outer, fields := w.sink, w.fields
	w.sink, w.fields = &wordSink{}, nil
	read()
	w.flush()
	pieces := w.sink.pieces
	w.sink, w.fields = outer, fields
	return pieces
}
