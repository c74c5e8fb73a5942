package desk

import (
	"context"

	"newsdesk/internal/press"
)

// SetAttachments makes the article's next revision, which says what revision base says and has these attachments, in this
// order. A name may be empty: the one that the file was kept under. The person's unsaved words, if any, stay where they are.
// Based on anything but the current revision it is a Conflict, "article.stale".
func (d *Desk) SetAttachments(ctx context.Context, by press.Actor, id press.ArticleID, base int, list []press.Attachment) (_ Saved, err error) {
	defer press.Wrap(&err, "desk.SetAttachments(%s, %d)", id, base)
	article, err := d.readable(ctx, by, id)
	if err != nil {
		return Saved{}, err
	}
	if err := press.CanWrite(by, article); err != nil {
		return Saved{}, err
	}
	rev, err := d.Store.Revision(ctx, id, base)
	if err != nil {
		return Saved{}, err
	}
	content := rev.Content
	if content.Attachments, err = d.named(ctx, list); err != nil {
		return Saved{}, err
	}
	return d.saveContent(ctx, by, rev, press.Saving{Article: id, Base: base, KeepWorking: true, Revision: press.Revision{Content: content}})
}

// named gives attachments without a name the one that they were kept under.
func (d *Desk) named(ctx context.Context, list []press.Attachment) ([]press.Attachment, error) {
	files := make([]press.Digest, len(list))
	for i, a := range list {
		files[i] = a.File
	}
	known, err := d.Store.Attachments(ctx, files)
	if err != nil {
		return nil, err
	}
	out := make([]press.Attachment, len(list))
	for i, a := range list {
		if a.Name == "" {
			a.Name = known[a.File].Name
		}
		out[i] = a
	}
	return out, nil
}
