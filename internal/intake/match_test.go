package intake

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"newsdesk/internal/press"
)

func TestNamesMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, file string }{
		{"微信图片_20240816103911.jpg", "微信图片_20240816103911.jpg"},
		{norm.NFD.String("Café_été.jpg"), norm.NFC.String("Café_été.jpg")},
		{norm.NFC.String("Café_été.jpg"), norm.NFD.String("Café_été.jpg")},
		{"ＩＭＧ＿００１２．ｊｐｇ", "IMG_0012.jpg"},
		{"img_0012.JPG", "IMG_0012.jpg"},
		{"Wechat photo _2024.jpg", "Wechat_photo__2024.jpg"},
		{"Wechat photo _2024.jpg", "Wechatphoto2024.jpg"},
		{"images/合影.jpg", "parcel/合影.jpg"},
		{`C:\Users\li\合影.jpg`, "合影.jpg"},
		{"a.jpg", "folder/a.jpeg"},
		{"a.tiff", "a.tif"},
		{"a.HEIF", "a.heic"},
		{"images/%E5%90%88%E5%BD%B1.jpg", "合影.jpg"},
		{"合影.jpg", "%E5%90%88%E5%BD%B1.jpg"},
		{"100%.jpg", "100%.jpg"},
		{"x\u200b.jpg", "x.jpg"},
		{"x.avif", "X.AVIF"},
		{"x.webp", "x.webp"},
		{"x.bmp", "x.bmp"},
		{"x.gif", "x.gif"},
		{"x.png", "x.png"},
	} {
		p := mustRead(t, "a.txt", "Title\ntext\n"+c.line, c.file)
		if !p.Photos[0].Placed || len(p.Notes) != 0 {
			t.Errorf("line %q did not place file %q: %v", c.line, c.file, p.Notes)
		}
	}
}

func TestNamesDoNotMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, file string }{
		{"a1.jpg", "a2.jpg"}, {"a.jpg", "a.png"}, {"photo-1.jpg", "photo1.jpg"}, {"a.jpg", "aa.jpg"},
	} {
		p := mustRead(t, "a.txt", "Title\ntext\n"+c.line, c.file)
		if p.Photos[0].Placed || noteCodes(p) != "photo.missing photo.unplaced" {
			t.Errorf("line %q placed file %q: %v", c.line, c.file, noteCodes(p))
		}
	}
}

func TestAmbiguousNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, line string
		files      []string
		placed     string // "" if none
	}{
		{"exact beats loose", "a_1.jpg", []string{"A 1.jpg", "a_1.jpg"}, "a_1.jpg"},
		{"case", "IMG.jpg", []string{"img.jpg", "IMG.jpg"}, "IMG.jpg"},
		{"ending", "a.jpeg", []string{"a.jpg", "a.jpeg"}, "a.jpeg"},
		{"folder decides", "b/1.jpg", []string{"a/1.jpg", "b/1.jpg"}, "b/1.jpg"},
		{"folder decides loosely", "news/B/1.jpg", []string{"a/1.jpg", "x/b/1.jpg"}, "x/b/1.jpg"},
		{"two loose ones", "A1.jpg", []string{"a 1.jpg", "a_1.jpg"}, ""},
		{"two folders", "1.jpg", []string{"a/1.jpg", "b/1.jpg"}, ""},
	} {
		p := mustRead(t, "a.txt", "Title\ntext\n"+c.line, c.files...)
		got := ""
		if p.Photos[0].Placed {
			got = p.Photos[0].File.Name
		}
		if got != c.placed {
			t.Errorf("%s: placed %q, want %q", c.name, got, c.placed)
		}
		if ambiguous := strings.Contains(noteCodes(p), "photo.ambiguous"); ambiguous != (c.placed == "") {
			t.Errorf("%s: notes %q", c.name, noteCodes(p))
		}
		if len(p.Photos) != len(c.files) {
			t.Errorf("%s: %d photos kept of %d", c.name, len(p.Photos), len(c.files))
		}
	}
}

func TestNaturalOrder(t *testing.T) {
	t.Parallel()
	names := []string{"b.jpg", "a10.jpg", "a9.jpg", "A1.jpg", "a009.jpg", "a.jpg"}
	slices.SortFunc(names, func(a, b string) int {
		if naturalLess(a, b) {
			return -1
		}
		return 1
	})
	if want := []string{"a.jpg", "A1.jpg", "a009.jpg", "a9.jpg", "a10.jpg", "b.jpg"}; !slices.Equal(names, want) {
		t.Errorf("order %q, want %q", names, want)
	}
}

func TestKeysAreUniqueAndStandForPhotos(t *testing.T) {
	t.Parallel()
	p := mustRead(t, "a.txt", "Title\n2.jpg\ntext\n1.jpg", "1.jpg", "2.jpg", "3.jpg", "0.jpg")
	var names []string
	seen := map[string]bool{}
	for i, photo := range p.Photos {
		names = append(names, photo.File.Name)
		if seen[photo.Key] || press.Digest(photo.Key) != PlaceholderDigest(i) {
			t.Errorf("key %q of photo %d is taken or not its placeholder", photo.Key, i)
		}
		seen[photo.Key] = true
	}
	if want := []string{"2.jpg", "1.jpg", "0.jpg", "3.jpg"}; !slices.Equal(names, want) {
		t.Errorf("photos %q, want %q: placed ones first", names, want)
	}
}
