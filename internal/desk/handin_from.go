package desk

import (
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// NoteRead is the code of the note that says what a revision was read from. Its file is the document.
const NoteRead = "document.read"

// readFrom says what was read, so that whoever handed it in sees which of several files became the article.
func readFrom(p intake.Parcel) press.Note {
	return press.Note{Code: NoteRead, File: p.Document, Text: press.Say(
		"Read from %q; %d photos came with it.", "读取自“%s”，随稿图片 %d 张。", p.Document, len(p.Photos))}
}
