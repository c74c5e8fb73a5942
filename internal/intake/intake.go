package intake

import (
	"io"
	"strings"

	"newsdesk/internal/press"
)

// File is one file of a parcel.
type File struct {
	Name string // as handed in; may contain a path
	Size int64  // bytes, as announced
	Open func() (io.ReadCloser, error)
}

// Limits bound what is read. What is above them is refused before it is parsed.
type Limits struct {
	DocumentBytes int64 // of a document that is text
	WordBytes     int64 // of one that carries its pictures inside, as a file and unpacked
	Files         int   // in a parcel
	Photos        int   // in a parcel
	PhotoBytes    int64 // of each photo; a larger one is left out with a note
	TotalBytes    int64 // of all files together
}

// DefaultLimits are far above any news parcel.
func DefaultLimits() Limits {
	return Limits{
		DocumentBytes: 5 << 20,
		WordBytes:     100 << 20,
		Files:         400,
		Photos:        press.MaxPhotos,
		PhotoBytes:    60 << 20,
		TotalBytes:    2 << 30,
	}
}

// Parcel is what Read understood.
type Parcel struct {
	Content press.Content // its photos are placeholders until Resolve
	Photos  []Photo       // in the order of placing, then the unplaced ones in natural order of names
	// Attachments are the files that readers of a website are to fetch, in their order. Their bytes have not been looked at; see
	// CheckAttachment.
	Attachments []File
	Notes       []press.Note // what was missing, left over or dropped
	Document    string       // name of the document
}

// Photo is a photo of a parcel.
type Photo struct {
	Key    string // the placeholder digest that stands for it in the content; unique in its parcel
	File   File   // the file, or the bytes that the document carried inside
	Placed bool   // the content shows it, if only as its cover
	// Crop is the part of the upright photo that the document shows; nil: all of it. What the author cut off is not published.
	Crop *press.Rect
}

// photos returns every photo of the parcel, with the part that the document shows of it.
func (d *draft) photos() []Photo {
	photos := d.shelf.list(d.notes)
	for n, i := range d.shelf.order {
		if crop, ok := d.crops[i]; ok {
			photos[n].Crop = &crop
		}
	}
	return photos
}

// draft is an article while its document is being read.
type draft struct {
	name     string
	kind     docKind
	shelf    *shelf
	notes    *notes
	content  press.Content
	pieces   []piece
	crops    map[int]press.Rect // of photos on the shelf, by their number
	coverRef string
	coverAt  int
	heading  string // of the page around the article (<title>), the last resort for a title
	made     int    // pieces made so far
	bytes    int    // of text in them
	media    int    // films, sounds and cards that were left out
	own      bool   // the document is what the newsroom wrote itself, see ReadMarkdown
}

// maxPieces bounds the work for a document that its blocks will not pass anyway.
const maxPieces = 10 * press.MaxBlocks

// overfull reports whether more was read than a body may hold, so that reading on is no use.
func (d *draft) overfull() bool { return d.made > maxPieces || d.bytes > 4*press.MaxBodyRunes }

func (d *draft) understand(document File, limits Limits) (press.Content, error) {
	read := d.understandText
	if d.kind == wordDocument {
		read = d.readWord
	}
	if err := read(document, limits); err != nil {
		return press.Content{}, err
	}
	return d.finish()
}

func (d *draft) understandText(document File, limits Limits) error {
	source, err := readDocument(document, d.kind, limits.DocumentBytes)
	if err != nil {
		return err
	}
	return d.read(d.kind, source)
}

func (d *draft) tooLong() error {
	return press.Fail(press.TooLarge, "body.too_long", press.Say(
		"The document %q is longer than the %d characters and %d blocks of an article; split it into several articles.",
		"文档“%s”超过一篇稿件的上限（%d 字、%d 个内容块），请拆分为多篇稿件。", shown(d.name), press.MaxBodyRunes, press.MaxBlocks))
}

func (d *draft) read(kind docKind, source string) error {
	switch kind {
	case markdownDocument:
		return d.readMarkdown(source)
	case htmlDocument:
		return d.readHTML(source)
	}
	return d.readText(source)
}

// notes collects what a person should know, up to a bound that no honest parcel reaches.
type notes struct {
	list   []press.Note
	more   int
	passed []string // names of what systems leave behind, which nobody is told of
}

const maxNotes = 200

func (n *notes) add(code string, line int, file string, text press.Text) {
	if len(n.list) < maxNotes {
		n.list = append(n.list, press.Note{Code: code, Line: line, File: shown(file), Text: text})
		return
	}
	n.more++
	n.list[maxNotes-1] = press.Note{Code: "notes.more", Text: press.Say(
		"There is more to say about this parcel than fits: %d further remarks were left out.",
		"该稿件包的提示过多，另有 %d 条未列出。", n.more+1)}
}

// at says where in a document something is: by its line, where that is known.
func at(line int) press.Text {
	if line <= 0 {
		return press.Say("The document", "文档")
	}
	return press.Say("Line %d", "第 %d 行", line)
}

// quoted is shown for what the text itself says, without the middle of a telephone or identity number in it.
func quoted(words string) string { return press.MaskNumbers(shown(words)) }

// shown makes a name from outside fit for a sentence: on one line and not endless.
func shown(name string) string {
	const most = 80
	name = name[:min(len(name), 40*most)] // it may be a whole document's length, and be shown for each of its words
	name = strings.Join(strings.Fields(clean(name)), " ")
	if runes := []rune(name); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return name
}
