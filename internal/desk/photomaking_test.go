package desk_test

import (
	"encoding/binary"
	"slices"
	"testing"

	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// told is a JPEG whose EXIF names a photographer and a time.
func told(data []byte, artist, clock string) []byte {
	le := binary.LittleEndian
	block := []byte("II*\x00\x08\x00\x00\x00")
	entry := func(tag, kind uint16, count, value uint32) {
		block = le.AppendUint16(block, tag)
		block = le.AppendUint16(block, kind)
		block = le.AppendUint32(block, count)
		block = le.AppendUint32(block, value)
	}
	const ifd, sub, texts = 8, 8 + 2 + 24 + 4, 8 + 2 + 24 + 4 + 2 + 12 + 4
	artist += "\x00    "
	block = le.AppendUint16(block, 2)
	entry(0x013b, 2, uint32(len(artist)), texts)
	entry(0x8769, 4, 1, sub)
	block = le.AppendUint32(block, 0)
	block = le.AppendUint16(block, 1)
	entry(0x9003, 2, 20, texts+uint32(len(artist)))
	block = le.AppendUint32(block, 0)
	block = append(block, artist+clock+"\x00"...)
	segment := append([]byte("Exif\x00\x00"), block...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, 0, byte(len(segment)+2))
	return append(append(out, segment...), data[2:]...)
}

// TestPhotosSayOfTheirMaking: photos that are not placed come in the order in which they were taken; a photographer whom all
// that are shown name is proposed and not filled in; the cover lies around what its photo is about.
func TestPhotosSayOfTheirMaking(t *testing.T) {
	t.Parallel()
	o := open(t)
	shown := told(jpg(t, 1, 700, 400), "示例摄影", "2026:05:02 10:00:00")
	late, early, silent := told(jpg(t, 2, 80, 60), "别人", "2026:05:01 12:00:00"), told(jpg(t, 3, 80, 60), "", "2026:05:01 09:00:00"), jpg(t, 4, 80, 60)
	hand := func(text string) press.Revision {
		out, err := o.HandIn(t.Context(), o.writer, desk.HandIn{Files: []intake.File{
			file("a.txt", []byte(position+text)), file("shown.jpg", shown), file("p1.jpg", silent), file("p2.jpg", late), file("p3.jpg", early),
		}})
		o.ok(err)
		return out.Revision
	}
	rev := hand("Title\nText.\nshown.jpg\n")
	want := []press.Digest{press.DigestOf(early), press.DigestOf(late), press.DigestOf(silent)}
	if !slices.Equal(rev.Unplaced, want) {
		t.Errorf("unplaced %v, want the earliest first and those that do not say last: %v", rev.Unplaced, want)
	}
	i := slices.IndexFunc(rev.Notes, func(n press.Note) bool { return n.Code == "credits.photographer" })
	if i < 0 || rev.Content.Credits.Photos != "" {
		t.Errorf("notes %v, credited %q", codes(rev.Notes), rev.Content.Credits.Photos)
	} else {
		o.plain(rev.Notes[i].Text)
	}
	p, err := o.rows.Photo(t.Context(), press.DigestOf(shown))
	o.ok(err)
	if p.Artist != "示例摄影" || p.Focus == (press.Point{}) || rev.Content.Cover.Focus != p.Focus {
		t.Errorf("by %q, about %v; the cover lies around %v", p.Artist, p.Focus, rev.Content.Cover.Focus)
	}
	rev = hand("Title\nText.\nshown.jpg\nMore.\np2.jpg\n")
	if slices.Contains(codes(rev.Notes), "credits.photographer") {
		t.Error("one of two photographers was proposed")
	}
}
