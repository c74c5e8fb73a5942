package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// previewAttachments are the attachments of a parcel that nothing keeps, for the list on its page. What is not what it is called
// becomes a note, as when the parcel is handed in.
func previewAttachments(ctx context.Context, files []intake.File) (out []press.Attachment, notes []press.Note) {
	for _, f := range files {
		a, err := previewAttachment(ctx, f)
		if err != nil {
			notes = append(notes, press.Note{Code: press.CodeOf(err), File: f.Name, Text: press.TextOf(err)})
			continue
		}
		out = append(out, a)
	}
	return out, notes
}

func previewAttachment(ctx context.Context, f intake.File) (press.Attachment, error) {
	a := press.Attachment{Name: press.AttachmentName(f.Name)}
	r, err := f.Open()
	if err != nil {
		return a, err
	}
	defer r.Close()
	sum := sha256.New()
	if a.Size, err = io.Copy(sum, intake.CheckAttachment(a.Name, r)); err != nil {
		return a, err
	}
	a.File = press.Digest(hex.EncodeToString(sum.Sum(nil)))
	return a, ctx.Err()
}
