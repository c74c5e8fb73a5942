package intake

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	many := make([]File, 401)
	for i := range many {
		many[i] = embedded(fmt.Sprintf("%d.jpg", i), nil)
	}
	photos := append(parcelOf("a.txt", "t\nb"), many[:201]...)
	broken := File{Name: "a.txt", Open: func() (io.ReadCloser, error) { return nil, errors.New("gone") }}
	huge := embedded("a.txt", []byte("t\nb"))
	huge.Size = 6 << 20
	lying := embedded("a.txt", []byte(strings.Repeat("a", 5<<20+1)))
	lying.Size = 3
	heavy := parcelOf("a.txt", "t\nb", "x.jpg")
	heavy[1].Size = 3 << 30
	for _, c := range []struct {
		name  string
		files []File
		kind  press.Kind
		code  string
		says  []string // in the English sentence
	}{
		{"nothing", nil, press.Invalid, "parcel.no_document", nil},
		{"photos only", parcelOf("x.jpg", ""), press.Invalid, "parcel.no_document", []string{"1 photos"}},
		{"two documents", append(parcelOf("article.txt", "t\nb"), parcelOf("article-zh.txt", "t\nc")...), press.Invalid, "parcel.documents", []string{"article.txt", "article-zh.txt"}},
		{"zip", parcelOf("parcel.zip", "PK"), press.Invalid, "zip.broken", []string{"parcel.zip"}},
		{"rar", parcelOf("a.txt", "t\nb", "photos.rar"), press.Unsupported, "parcel.packed", []string{"photos.rar", ".zip"}},
		{"rar by its bytes", append(parcelOf("a.txt", "t\nb"), embedded("photos", []byte("Rar!\x1a\x07\x01\x00"))), press.Unsupported, "parcel.packed", []string{"photos"}},
		{"pdf", parcelOf("a.pdf", "%PDF-1.7"), press.Unsupported, "parcel.unsupported", []string{"a.pdf", ".docx"}},
		{"old Word without LibreOffice", parcelOf("a.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), press.Unsupported, "document.office", []string{"a.doc", ".docx"}},
		{"docx beside text", parcelOf("a.txt", "t\nb", "b.docx"), press.Invalid, "parcel.documents", []string{"a.txt", "b.docx"}},
		{"zip called text", parcelOf("a.txt", "PK\x03\x04rest"), press.Unsupported, "document.disguised", []string{"a.txt"}},
		{"too many files", append(parcelOf("a.txt", "t\nb"), many...), press.TooLarge, "parcel.files", []string{"402", "400"}},
		{"too many photos", photos, press.TooLarge, "parcel.photos", []string{"201", "200"}},
		{"too many bytes", heavy, press.TooLarge, "parcel.bytes", []string{"2048 MB"}},
		{"document too large", []File{huge}, press.TooLarge, "document.too_large", []string{"a.txt", "5 MB"}},
		{"document larger than it says", []File{lying}, press.TooLarge, "document.too_large", []string{"5 MB"}},
		{"document gone", []File{broken}, press.Invalid, "document.unreadable", []string{"a.txt"}},
		{"empty", parcelOf("a.txt", " \n\n\u3000\n"), press.Invalid, "title.empty", []string{"a.txt"}},
		{"only photos named", parcelOf("a.txt", "x.jpg\n", "x.jpg"), press.Invalid, "title.empty", nil},
		{"title only", parcelOf("a.txt", "Title\n\n"), press.Invalid, "body.empty", []string{"a.txt", "Title"}},
		{"title and a missing photo", parcelOf("a.txt", "Title\nx.jpg"), press.Invalid, "body.empty", nil},
		{"title too long", parcelOf("a.txt", "\n\n"+strings.Repeat("长", 201)+"\nb"), press.Invalid, "title.too_long", []string{"Line 3", "201", "200"}},
		{"title too long in front matter", parcelOf("a.md", "---\nauthor: x\ntitle: "+strings.Repeat("长", 300)+"\n---\nb"), press.Invalid, "title.too_long", []string{"Line 3", "300"}},
		{"title too long in HTML", parcelOf("a.html", "<p>\n<h1>"+strings.Repeat("长", 300)+"</h1><p>b"), press.Invalid, "title.too_long", []string{"Line 2"}},
		{"no title in HTML", parcelOf("a.html", "<p>"+strings.Repeat("长", 100)+"<p>b"), press.Invalid, "title.empty", nil},
		{"body too long", parcelOf("a.txt", "t\n"+strings.Repeat(strings.Repeat("长", 1000)+"\n", 201)), press.TooLarge, "body.too_long", nil},
		{"HTML nested", parcelOf("a.html", "<h1>t</h1>"+strings.Repeat("<div>", 600)+"x"), press.Invalid, "document.nested", nil},
		{"Markdown nested", parcelOf("a.md", "# t\n\n"+strings.Repeat("> ", 100)+"x"), press.Invalid, "document.nested", []string{"Line 3"}},
		{"not text", parcelOf("a.txt", "t\nb\n\xff\xff\xff"), press.Invalid, "document.encoding", []string{"Line 3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(c.files, DefaultLimits())
			if press.KindOf(err) != c.kind || press.CodeOf(err) != c.code {
				t.Fatalf("Read = %v (%s, %s), want %s, %s", err, press.KindOf(err), press.CodeOf(err), c.kind, c.code)
			}
			text := press.TextOf(err)
			if text.ZH == "" || text.ZH == text.EN || strings.Contains(text.EN+text.ZH, "%!") {
				t.Errorf("sentence %q / %q is not said well in both languages", text.EN, text.ZH)
			}
			for _, part := range c.says {
				if !strings.Contains(text.EN, part) {
					t.Errorf("sentence %q does not name %q", text.EN, part)
				}
			}
		})
	}
}

func TestLeftOverFiles(t *testing.T) {
	t.Parallel()
	files := parcelOf("parcel/a.txt", "t\nb", "parcel/x.jpg", "__MACOSX/parcel/._x.jpg", ".DS_Store", "parcel/Thumbs.db", "~$a.docx", "talk.mp4")
	big := embedded("big.jpg", nil)
	big.Size = 61 << 20
	parcel, err := Read(append(files, big), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if got := noteCodes(parcel); got != "file.left photo.too_large photo.at_end" {
		t.Errorf("notes %q, want those of talk.mp4, big.jpg and x.jpg only", got)
	}
	if len(parcel.Photos) != 1 || parcel.Photos[0].File.Name != "parcel/x.jpg" || !parcel.Photos[0].Placed {
		t.Errorf("photos %+v, want x.jpg, at the end", parcel.Photos)
	}
	if parcel.Document != "parcel/a.txt" {
		t.Errorf("document %q", parcel.Document)
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	parcel := mustRead(t, "a.txt", "t\na.jpg\nb.jpg\ntext\nc.jpg", "a.jpg", "b.jpg", "c.jpg", "d.jpg")
	if len(parcel.Photos) != 4 {
		t.Fatalf("%d photos, want 4", len(parcel.Photos))
	}
	digests := map[string]press.Digest{}
	for _, photo := range parcel.Photos[1:] { // a.jpg was refused
		digests[photo.Key] = press.DigestOf([]byte(photo.File.Name))
	}
	b, c := press.DigestOf([]byte("b.jpg")), press.DigestOf([]byte("c.jpg"))
	content := parcel.Resolve(digests)
	if got := content.Body.Photos(); len(got) != 2 || got[0] != b || got[1] != c {
		t.Errorf("photos %v, want %v", got, []press.Digest{b, c})
	}
	if content.Cover.Photo != b {
		t.Errorf("cover %s, want the first photo that is left, %s", content.Cover.Photo, b)
	}
	if err := content.Check(); err != nil {
		t.Error(err)
	}
	if got := parcel.Content.Body.Photos(); len(got) != 3 || got[0] != PlaceholderDigest(0) {
		t.Errorf("resolving changed the parcel: %v", got)
	}
	if none := parcel.Resolve(nil); len(none.Photos()) != 0 {
		t.Errorf("photos without digests stayed: %v", none.Photos())
	}
}

func TestResolveGallery(t *testing.T) {
	t.Parallel()
	p := Parcel{Content: press.Content{Body: press.Body{Blocks: []press.Block{
		press.Gallery{Photos: []press.Picture{{Photo: PlaceholderDigest(0)}, {Photo: PlaceholderDigest(1)}}},
	}}}}
	real := press.DigestOf([]byte("x"))
	got := p.Resolve(map[string]press.Digest{string(PlaceholderDigest(1)): real})
	if len(got.Body.Blocks) != 1 || got.Body.Blocks[0] != (press.Picture{Photo: real}) {
		t.Errorf("gallery of one refused and one taken photo became %+v, want that picture", got.Body.Blocks)
	}
}

func TestNotesAreBounded(t *testing.T) {
	t.Parallel()
	parcel := mustRead(t, "a.txt", "t\nb\n"+strings.Repeat("x.jpg\n", 1000))
	if len(parcel.Notes) != maxNotes {
		t.Fatalf("%d notes, want %d", len(parcel.Notes), maxNotes)
	}
	last := parcel.Notes[maxNotes-1]
	if last.Code != "notes.more" || !strings.Contains(last.Text.EN, "801 further") {
		t.Errorf("last note %+v, want how many are left out", last)
	}
}
