package desk

import (
	"context"
	"path"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// NoteRead is the code of the note that says what a revision was read from. Its file is the document.
const NoteRead = "document.read"

// NotePhotoKnown is the code of the note that a photo was handed in before, under another name. Its file is the name that
// the photo has in this parcel.
const NotePhotoKnown = "photo.known"

// knownPhotos says which photos are kept under another name already, since their records have the name that they came with
// first, maybe in somebody else's parcel.
func (d *Desk) knownPhotos(ctx context.Context, photos []press.Photo) (out []press.Note, err error) {
	digests := make([]press.Digest, len(photos))
	for i, p := range photos {
		digests[i] = p.Digest
	}
	known, err := d.Store.Photos(ctx, digests)
	for _, p := range photos {
		if kept, ok := known[p.Digest]; ok && path.Base(kept.Name) != path.Base(p.Name) {
			out = append(out, press.Note{Code: NotePhotoKnown, File: p.Name, Photo: p.Digest, Text: press.Say(
				"%q was handed in before under another name; it is kept once.", "“%s”以前用别的文件名交过，只保存一份。", p.Name)})
		}
	}
	return out, err
}

// readFrom says what was read, so that whoever handed it in sees which of several files became the article.
func readFrom(p intake.Parcel) press.Note {
	return press.Note{Code: NoteRead, File: p.Document, Text: press.Say(
		"Read from %q; %d photos came with it.", "读取自“%s”，随稿图片 %d 张。", p.Document, len(p.Photos))}
}
