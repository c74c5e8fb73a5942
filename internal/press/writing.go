package press

import (
	"strings"
	"time"
	"unicode/utf8"
)

// MaxContentBytes bounds a content in JSON, as it is typed and sent by the editor.
const MaxContentBytes = 2 << 20

// Working is what a person has typed into an article and not saved as a revision: at most one for each person and article.
// It is kept as typed, half-written blocks included, and nobody else is shown it.
type Working struct {
	Article    ArticleID `json:"article"`
	Person     UserID    `json:"person"`
	PersonName string    `json:"person_name"`
	Base       int       `json:"base"` // the revision that was open
	Content    Content   `json:"content"`
	SavedAt    time.Time `json:"saved_at"`
}

// Saving is a new state of an article on its way in.
type Saving struct {
	Article     ArticleID
	Base        int // the revision it was made from
	Revision    Revision
	Submit      bool // hand it in for review
	KeepWorking bool // what the person has typed since is another matter
}

// CanChange returns why a person may not change an article: it is not their own, and they are no editor.
func CanChange(who Actor, a Article) error {
	if who.IsSystem() || who.Has(Editor) || (who.ID == a.Author && who.Has(Contributor)) {
		return nil
	}
	if err := who.Require(Contributor, Editor); err != nil {
		return err
	}
	return Fail(Forbidden, "article.other", Say(
		"The article belongs to another contributor; only they or an editor may change it.",
		"该稿件属于其他投稿人，只有本人或编辑可以修改。"))
}

// CanWrite returns why a person may not write in an article: they may not change it, or it has been withdrawn.
func CanWrite(who Actor, a Article) error {
	if err := CanChange(who, a); err != nil {
		return err
	}
	if a.State == ArticleWithdrawn {
		return Fail(Conflict, "article.withdrawn", Say(
			"“%s” has been withdrawn. Restore it before writing on.", "《%s》已撤稿，请先恢复再继续修改。", a.Title))
	}
	return nil
}

// StateAfterSaving is the state of an article after a new revision was saved. Handing in always means review. A returned
// article stays returned until it is handed in again, one in review stays there with nobody's signature on the new
// revision, and an approved one is a draft again: whoever changes what was signed hands it in when it is ready.
func StateAfterSaving(now ArticleState, submit bool) ArticleState {
	switch {
	case submit:
		return ArticleReview
	case now == ArticleApproved:
		return ArticleDraft
	}
	return now
}

// CheckSubmit returns what is missing for an article to be handed in for review.
func CheckSubmit(c Content) error {
	if c.Title == "" {
		return Fail(Invalid, "submit.title", Say(
			"The title is empty. Write one, then hand the article in.", "标题为空，请填写标题后再提交审核。"))
	}
	if len(c.Body.Blocks) == 0 {
		return Fail(Invalid, "submit.body", Say(
			"The body is empty. Write it, then hand the article in.", "正文为空，请写好正文后再提交审核。"))
	}
	return nil
}

// maxTypedRunes bounds a short field of a working copy. A title of three hundred characters is too long to be saved, but
// whoever pasted it must find it again.
const maxTypedRunes = 5000

// Typed returns a content fit to be kept as a working copy: as it was typed, without control characters and without links
// that must not stand behind words. It refuses only what is too large or in a form that could not be shown.
func (c Content) Typed() (_ Content, err error) {
	for _, f := range c.fields() {
		*f = strings.Map(writable, *f)
		if utf8.RuneCountInString(*f) > maxTypedRunes {
			return c, Fail(TooLarge, "content.long", Say(
				"A field has more than %d characters; shorten it.", "有一栏超过 %d 个字，请缩短。", maxTypedRunes))
		}
	}
	c.Body = c.Body.typed()
	if c.Attachments, err = typedAttachments(c.Attachments); err != nil {
		return c, err
	}
	kept := c
	for _, f := range kept.fields() {
		*f = "" // their narrower bounds hold when a revision is saved
	}
	kept.Attachments = nil // so do those of their names
	return c, kept.Check()
}

// fields are the one-line texts of a content.
func (c *Content) fields() []*string {
	return []*string{
		&c.Title, &c.PushTitle, &c.Subtitle, &c.Digest, &c.Correction,
		&c.Credits.Text, &c.Credits.Photos, &c.Credits.Editor, &c.Credits.Reviewer, &c.Credits.Source,
	}
}

func writable(r rune) rune {
	if unwritable(r) {
		return -1
	}
	return r
}

// typed cleans every text of a body and leaves its form alone, empty paragraphs included.
func (b Body) typed() Body {
	blocks := make([]Block, len(b.Blocks))
	for i, block := range b.Blocks {
		blocks[i] = typedBlock(block)
	}
	return Body{Blocks: blocks}
}

func typedBlock(block Block) Block {
	switch block := block.(type) {
	case Paragraph:
		block.Text = typedRuns(block.Text)
		return block
	case Heading:
		block.Text = typedRuns(block.Text)
		return block
	case Picture:
		return typedPicture(block)
	case Gallery:
		photos := make([]Picture, len(block.Photos))
		for i, p := range block.Photos {
			photos[i] = typedPicture(p)
		}
		return Gallery{Photos: photos}
	case List:
		return typedList(block, 1)
	case Quote:
		paragraphs := make([]Paragraph, len(block.Paragraphs))
		for i, p := range block.Paragraphs {
			p.Text = typedRuns(p.Text)
			paragraphs[i] = p
		}
		return Quote{Paragraphs: paragraphs}
	case Table:
		return typedTable(block)
	}
	return block
}

func typedPicture(p Picture) Picture {
	p.Caption, p.Alt = strings.Map(writable, p.Caption), strings.Map(writable, p.Alt)
	return p
}

// typedList stops where Check refuses the list anyway.
func typedList(list List, depth int) List {
	items := make([]ListItem, len(list.Items))
	for i, item := range list.Items {
		item.Text = typedRuns(item.Text)
		if item.List != nil && depth <= MaxListDepth {
			inner := typedList(*item.List, depth+1)
			item.List = &inner
		}
		items[i] = item
	}
	list.Items = items
	return list
}

func typedTable(t Table) Table {
	rows := make([][]Cell, len(t.Rows))
	for y, row := range t.Rows {
		cells := make([]Cell, len(row))
		for x, cell := range row {
			cell.Text = typedRuns(cell.Text)
			cells[x] = cell
		}
		rows[y] = cells
	}
	t.Rows = rows
	return t
}

func typedRuns(runs []Run) []Run {
	out := make([]Run, len(runs))
	for i, r := range runs {
		r.Text = strings.Map(writable, r.Text)
		if r.Link != "" && !SafeLink(r.Link) {
			r.Link = ""
		}
		if r.Color != "" && !inPalette(r.Color) {
			r.Color = ""
		}
		out[i] = r
	}
	return out
}
