package desk

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// NoteAttached is the code of the note that files of a parcel became attachments, and NoteAttachmentsKept of the one that a
// parcel without any left those of the revision before in place.
const (
	NoteAttached        = "attachment.taken"
	NoteAttachmentsKept = "attachment.kept"
)

// takeAttachments keeps the attachments of a parcel in a content, in their order. What is not what it is called becomes a note. A
// parcel without any leaves an article those that it has: who hands in the text anew does not mean to take its files away.
func (d *Desk) takeAttachments(ctx context.Context, by press.Actor, h HandIn, parcel intake.Parcel, c *press.Content) (notes []press.Note, err error) {
	if len(parcel.Attachments) == 0 {
		return d.attachmentsBefore(ctx, h.Article, c)
	}
	for _, f := range parcel.Attachments {
		kept, err := d.takeAttachment(ctx, by, h.Article, f)
		if kind := press.KindOf(err); err != nil && (kind == press.Internal || kind == press.Unavailable || kind == press.Forbidden) {
			return nil, err // not the file's fault
		} else if err != nil {
			notes = append(notes, press.Note{Code: press.CodeOf(err), File: f.Name, Text: press.TextOf(err)})
			continue
		}
		if i := slices.IndexFunc(c.Attachments, func(a press.Attachment) bool { return a.File == kept.File }); i >= 0 {
			notes = append(notes, press.Note{Code: "attachment.twice", File: f.Name, Text: press.Say(
				"%q is the same file as %q and is attached once.", "“%s”与“%s”是同一个文件，只保留一个附件。", kept.Name, c.Attachments[i].Name)})
			continue
		}
		c.Attachments = append(c.Attachments, kept)
	}
	if c.Attachments = c.NameAttachments(); len(c.Attachments) > 0 {
		notes = append(notes, press.Note{Code: NoteAttached, Text: attached(c.Attachments)})
	}
	return notes, nil
}

// attached says which files became attachments, and that a person is to look them over.
func attached(list []press.Attachment) press.Text {
	var en, zh []string
	for _, a := range list {
		en, zh = append(en, strconv.Quote(a.Name)), append(zh, "“"+a.Name+"”")
	}
	return press.Say(
		"Readers of the website can fetch %[1]s under the article. Open the files and look them over: what is in them is not checked for words to avoid or personal numbers.",
		"%[2]s将作为附件供网站读者下载。附件内容不做用词与个人信息检查，请打开核对。", strings.Join(en, ", "), strings.Join(zh, "、"))
}

func (d *Desk) takeAttachment(ctx context.Context, by press.Actor, article press.ArticleID, f intake.File) (press.Attachment, error) {
	r, err := f.Open()
	if err != nil {
		return press.Attachment{}, press.Fail(press.Invalid, "attachment.open", press.Say(
			"The attachment %q cannot be opened; hand it in again.", "附件“%s”无法打开，请重新提交。", press.AttachmentName(f.Name))).Because(err)
	}
	defer r.Close()
	broken := &readingError{r: r}
	kept, err := d.KeepAttachment(ctx, by, article, f.Name, broken)
	if err != nil && broken.err != nil && ctx.Err() == nil {
		return kept, press.Fail(press.Invalid, "attachment.read", press.Say(
			"The attachment %q broke off while it was read; hand it in again.", "附件“%s”读取中断，请重新提交。", press.AttachmentName(f.Name))).Because(err)
	}
	return kept, err
}

// attachmentsBefore leaves an article the attachments that it has.
func (d *Desk) attachmentsBefore(ctx context.Context, id press.ArticleID, c *press.Content) ([]press.Note, error) {
	if id == "" {
		return nil, nil
	}
	before, err := d.Store.Revision(ctx, id, 0)
	if err != nil || len(before.Content.Attachments) == 0 {
		return nil, err
	}
	c.Attachments = before.Content.Attachments
	return []press.Note{{Code: NoteAttachmentsKept, Text: press.Say(
		"No attachments came along; the article keeps its %d.", "本次未带附件，稿件原有的 %d 个附件保留。", len(c.Attachments))}}, nil
}

// readingError keeps a reader's own error apart from those of the storage, because they have different remedies.
type readingError struct {
	r   io.Reader
	err error
}

func (e *readingError) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		e.err = err
	}
	return n, err //nolint:wrapcheck // a reader's own error, or io.EOF
}
