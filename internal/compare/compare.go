package compare

import (
	"fmt"

	"newsdesk/internal/press"
)

// Op is what became of something between the two contents.
type Op string

// What can become of something.
const (
	Same    Op = "same"
	Added   Op = "added"   // only the later content has it
	Removed Op = "removed" // only the earlier content has it
	Changed Op = "changed" // both have it, differently
)

// Result is everything that differs, and the body in the order of the later content; what was removed stands where it
// was.
type Result struct {
	Fields      []Field      // those that differ, in the order of a form
	Cover       *Cover       // nil: the same
	Blocks      []Block      // all of them, the equal ones too
	Attachments []Attachment // all of them where any differs; nil: the same
	Coarse      bool         // the contents are so large that some changes are shown by whole sentences or blocks
}

// FieldName names a short field, as the content's JSON form does.
type FieldName string

// The short fields.
const (
	Title          FieldName = "title"
	PushTitle      FieldName = "push_title"
	Subtitle       FieldName = "subtitle"
	Summary        FieldName = "digest"
	CorrectionNote FieldName = "correction"
	ColumnPath     FieldName = "column"
	CreditText     FieldName = "credits.text"
	CreditPhotos   FieldName = "credits.photos"
	CreditEditor   FieldName = "credits.editor"
	CreditReviewer FieldName = "credits.reviewer"
	CreditSource   FieldName = "credits.source"
)

// Field is a short field that differs.
type Field struct {
	Name          FieldName
	Before, After string
	Text          []Span
}

// Cover is how the cover differs.
type Cover struct {
	Before, After press.Cover
	Photo         bool // another photo
	Crop          bool // another part of it is shown
}

// Block is one block of the body, or a pair of an earlier and a later one.
type Block struct {
	Op       Op
	Moved    bool        // it stands elsewhere among its neighbours than it did
	From, To int         // its places in the earlier and the later body, from 0; -1: not there
	Before   press.Block // nil if added
	After    press.Block // nil if removed
	Form     bool        // kind, level, alignment, numbering or spans differ

	// What it is made of, where it changed. Which of them is set depends on the kind of the later block.
	Text   []Span  // paragraphs, headings
	Items  []Item  // lists, and the paragraphs of quotes
	Rows   []Row   // tables
	Photos []Photo // pictures, galleries
}

// Span is a stretch of text with one fate and one look.
type Span struct {
	Op  Op        // Changed: the same words in another look
	Run press.Run // in the later look; in the earlier one where it is removed
	Was press.Run // the earlier look, without words, of what is Changed
}

// Item is an item of a list or a paragraph of a quote.
type Item struct {
	Op      Op
	Depth   int // 0: outermost
	Ordered bool
	Text    []Span
}

// Row is a row of a table.
type Row struct {
	Op    Op
	Cells []Cell
}

// Cell is a cell of a table.
type Cell struct {
	Op   Op
	Cell press.Cell // the later one; the earlier one where it is removed
	Text []Span
}

// Photo is a placed photo, or a pair of them that stand in the same place.
type Photo struct {
	Op            Op
	Moved         bool
	Before, After *press.Picture
	Caption       []Span // where it differs
	Alt           []Span // where it differs
}

// Replaced reports whether another photo stands in the place now.
func (p Photo) Replaced() bool {
	return p.Before != nil && p.After != nil && p.Before.Photo != p.After.Photo
}

// Contents compares an earlier content with a later one. Neither is changed.
func Contents(before, after press.Content) Result {
	w := newWork()
	r := Result{
		Fields: w.fields(before, after), Cover: cover(before.Cover, after.Cover), Attachments: attachments(before.Attachments, after.Attachments),
	}
	r.Blocks = w.blocks(before.Body.Blocks, after.Body.Blocks)
	r.Coarse = w.coarse
	return r
}

func (w *work) fields(before, after press.Content) []Field {
	var out []Field
	for _, f := range []Field{
		{Name: Title, Before: before.Title, After: after.Title},
		{Name: PushTitle, Before: before.PushTitle, After: after.PushTitle},
		{Name: Subtitle, Before: before.Subtitle, After: after.Subtitle},
		{Name: Summary, Before: before.Digest, After: after.Digest},
		{Name: CorrectionNote, Before: before.Correction, After: after.Correction},
		{Name: ColumnPath, Before: before.Column.String(), After: after.Column.String()},
		{Name: CreditText, Before: before.Credits.Text, After: after.Credits.Text},
		{Name: CreditPhotos, Before: before.Credits.Photos, After: after.Credits.Photos},
		{Name: CreditEditor, Before: before.Credits.Editor, After: after.Credits.Editor},
		{Name: CreditReviewer, Before: before.Credits.Reviewer, After: after.Credits.Reviewer},
		{Name: CreditSource, Before: before.Credits.Source, After: after.Credits.Source},
	} {
		if f.Before != f.After {
			f.Text = w.words(f.Before, f.After)
			out = append(out, f)
		}
	}
	return out
}

func cover(before, after press.Cover) *Cover {
	c := Cover{Before: before, After: after, Photo: before.Photo != after.Photo}
	for _, recipe := range []press.Recipe{press.CoverWide, press.CoverSquare} {
		c.Crop = c.Crop || before.Frame(recipe).String() != after.Frame(recipe).String()
	}
	if !c.Photo && !c.Crop {
		return nil
	}
	return &c
}

// Same reports whether nothing differs.
func (r Result) Same() bool {
	return len(r.Fields) == 0 && r.Cover == nil && r.Attachments == nil && r.Count() == Count{}
}

// Count is how much differs in a body.
type Count struct {
	Added, Removed, Changed, Moved int // blocks; one that moved and changed counts twice
	RunesIn, RunesOut              int // characters of text that came and went
	Photos                         int // photos that came, went, were exchanged, moved or have other words
}

// Count returns how much differs in the body.
func (r Result) Count() Count {
	var c Count
	for _, b := range r.Blocks {
		switch b.Op {
		case Added:
			c.Added++
		case Removed:
			c.Removed++
		case Changed:
			c.Changed++
		}
		if b.Moved {
			c.Moved++
		}
		b.eachText(func(text []Span) { c.add(text) })
	}
	c.Photos = len(r.Photos())
	return c
}

func (c *Count) add(text []Span) {
	for _, s := range text {
		switch s.Op {
		case Added:
			c.RunesIn += len([]rune(s.Run.Text))
		case Removed:
			c.RunesOut += len([]rune(s.Run.Text))
		}
	}
}

func (b Block) eachText(f func([]Span)) {
	f(b.Text)
	for _, item := range b.Items {
		f(item.Text)
	}
	for _, row := range b.Rows {
		for _, cell := range row.Cells {
			f(cell.Text)
		}
	}
	for _, p := range b.Photos {
		f(p.Caption)
	}
}

// Photos returns every change to a photo of the body, in reading order. A photo that is gone from one block and stands in
// another has moved.
func (r Result) Photos() []Photo {
	var out []Photo
	for _, b := range r.Blocks {
		for _, p := range b.Photos {
			p.Moved = p.Moved || b.Moved
			if p.Op != Same || p.Moved {
				out = append(out, p)
			}
		}
	}
	return rejoin(out)
}

// rejoin makes one entry of a photo that was removed here and added there.
func rejoin(photos []Photo) []Photo {
	gone := map[press.Digest]int{}
	for i, p := range photos {
		if p.Op == Removed {
			gone[p.Before.Photo] = i
		}
	}
	drop := map[int]bool{}
	for i, p := range photos {
		if p.Op != Added {
			continue
		}
		if j, ok := gone[p.After.Photo]; ok && !drop[j] {
			photos[i].Op, photos[i].Moved, photos[i].Before = Same, true, photos[j].Before
			if *p.After != *photos[j].Before {
				photos[i].Op = Changed
			}
			drop[j] = true
		}
	}
	kept := photos[:0]
	for i, p := range photos {
		if !drop[i] {
			kept = append(kept, p)
		}
	}
	return kept
}

// Where returns the place of the block in the later body, as findings and comments name it; in the earlier body where it
// is removed.
func (b Block) Where() string {
	if b.To >= 0 {
		return fmt.Sprintf("body.blocks[%d]", b.To)
	}
	return fmt.Sprintf("body.blocks[%d]", b.From)
}
