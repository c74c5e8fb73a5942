package intake

import (
	"strings"
	"testing"

	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
)

// parcelOf makes a parcel of one document and photos without content.
func parcelOf(document, text string, photos ...string) []File {
	files := []File{embedded(document, []byte(text))}
	for _, name := range photos {
		files = append(files, embedded(name, []byte("photo "+name)))
	}
	return files
}

func mustRead(t *testing.T, document, text string, photos ...string) Parcel {
	t.Helper()
	parcel, err := Read(parcelOf(document, text, photos...), DefaultLimits())
	if err != nil {
		t.Fatalf("Read(%s): %v", document, err)
	}
	return parcel
}

// outline writes a body on one line: letters for blocks, words for text, names for photos.
func outline(p Parcel) string {
	var out []string
	for _, block := range p.Content.Body.Blocks {
		switch block := block.(type) {
		case press.Paragraph:
			out = append(out, "p:"+press.PlainText(block.Text))
		case press.Heading:
			out = append(out, "h"+string(rune('0'+block.Level))+":"+press.PlainText(block.Text))
		case press.Picture:
			photo, _ := p.PhotoOf(block.Photo)
			out = append(out, "photo:"+photo.File.Name)
		case press.List:
			out = append(out, listOutline(block))
		case press.Quote:
			text := "quote:"
			for _, q := range block.Paragraphs {
				text += "<" + press.PlainText(q.Text) + ">"
			}
			out = append(out, text)
		case press.Table:
			text := "table:"
			for _, row := range block.Rows {
				text += "/"
				for _, cell := range row {
					text += "<" + press.PlainText(cell.Text) + ">"
				}
			}
			out = append(out, text)
		default:
			out = append(out, press.BlockType(block))
		}
	}
	return strings.Join(out, " | ")
}

func listOutline(list press.List) string {
	text := "ul("
	if list.Ordered {
		text = "ol("
	}
	for _, item := range list.Items {
		text += "<" + press.PlainText(item.Text)
		if item.List != nil {
			text += " " + listOutline(*item.List)
		}
		text += ">"
	}
	return text + ")"
}

func noteCodes(p Parcel) string {
	var codes []string
	for _, note := range p.Notes {
		codes = append(codes, note.Code)
	}
	return strings.Join(codes, " ")
}

func readPath(t *testing.T, name string) Parcel {
	t.Helper()
	files, err := FromPaths([]string{servicetest.Data(t, name)})
	if err != nil {
		t.Fatalf("FromPaths(%s): %v", name, err)
	}
	parcel, err := Read(files, DefaultLimits())
	if err != nil {
		t.Fatalf("Read(%s): %v", name, err)
	}
	return parcel
}
