package intake

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"newsdesk/internal/press"
)

// entry is a file to be packed.
type entry struct {
	name   string
	data   string
	header func(*zip.FileHeader) // what is unusual about it
	stored bool
}

func zipped(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.stored {
			h.Method = zip.Store
		}
		if e.header != nil {
			e.header(h)
		}
		part, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gbk(t testing.TB, name string) entry {
	t.Helper()
	raw, err := simplifiedchinese.GBK.NewEncoder().String(name)
	if err != nil {
		t.Fatal(err)
	}
	return entry{name: raw, data: "photo " + name, header: func(h *zip.FileHeader) { h.NonUTF8 = true }}
}

func photoNames(p Parcel) string {
	var out []string
	for _, photo := range p.Photos {
		out = append(out, photo.File.Name)
	}
	return strings.Join(out, " ")
}

func TestZip(t *testing.T) {
	t.Parallel()
	text := entry{name: "校庆/稿件.txt", data: "标题\n正文。\n图1.jpg\n"}
	one := entry{name: "校庆/图1.jpg", data: "one"}
	infoZip := func(h *zip.FileHeader) { // a name in the machine's own encoding, with the one in UTF-8 beside it
		h.NonUTF8 = true
		field := binary.LittleEndian.AppendUint32([]byte{1}, crc32.ChecksumIEEE([]byte(h.Name)))
		field = append(field, "合影.jpg"...)
		h.Extra = append(binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, 0x7075), uint16(len(field))), field...)
	}
	inner := string(zipped(t, one, entry{name: "deeper.zip", data: string(zipped(t, one))}))
	gbkText := gbk(t, "稿件.txt")
	gbkText.data = text.data
	for _, c := range []struct {
		name    string
		file    string
		data    []byte
		photos  string
		placed  int
		notes   string
		ofTitle string
	}{
		{"utf-8 and junk", "a.zip", zipped(t, text, one, entry{name: "__MACOSX/校庆/._图1.jpg", data: "x"}, entry{name: "校庆/.DS_Store"}, entry{name: "校庆/Thumbs.db"}, entry{name: "校庆/"}), "校庆/图1.jpg", 1, "", "标题"},
		{"another ending", "parcel.dat", zipped(t, text, one), "校庆/图1.jpg", 1, "", "标题"},
		{"no ending", "parcel", zipped(t, text, one), "校庆/图1.jpg", 1, "", "标题"},
		{"gbk", "a.zip", zipped(t, gbkText, gbk(t, "图1.jpg"), entry{name: "b.jpg", data: "b"}), "图1.jpg b.jpg", 1, "photo.unplaced", "标题"},
		{"info-zip", "a.zip", zipped(t, entry{name: "a.txt", data: "标题\n正文。\n合影.jpg"}, entry{name: "\xba\xcf?.jpg", data: "x", header: infoZip}), "合影.jpg", 1, "", "标题"},
		{"paths that lead elsewhere", "a.zip", zipped(t, entry{name: `C:\x\..\a.txt`, data: "T\nb\nx.jpg"}, entry{name: "../../etc/x.jpg", data: "x"}, entry{name: "/y.jpg", data: "y"}, entry{name: `..\..\..`, data: "z"}), "etc/x.jpg y.jpg", 1, "photo.unplaced", "T"},
		{"zip in a zip, and one deeper", "a.zip", zipped(t, text, entry{name: "photos.zip", data: inner}), "photos/校庆/图1.jpg", 1, "zip.deep", "标题"},
		{"stored zip in a zip", "a.zip", zipped(t, text, entry{name: "photos.zip", data: inner, stored: true}), "photos/校庆/图1.jpg", 1, "zip.deep", "标题"},
		{"locked photo", "a.zip", zipped(t, text, one, entry{name: "b.jpg", data: "b", header: func(h *zip.FileHeader) { h.Flags |= 1 }}), "校庆/图1.jpg", 1, "zip.locked", "标题"},
		{"broken zip in a zip", "a.zip", zipped(t, text, one, entry{name: "b.zip", data: "PK\x03\x04 torn"}), "校庆/图1.jpg", 1, "zip.broken", "标题"},
		{"bomb", "a.zip", zipped(t, text, one, entry{name: "b.bmp", data: strings.Repeat("\x00", 4<<20)}), "校庆/图1.jpg", 1, "zip.ratio", "标题"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := Read([]File{embedded(c.file, c.data)}, DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			checkParcel(t, p)
			placed := 0
			for _, photo := range p.Photos {
				if photo.Placed {
					placed++
				}
				if data, err := readFile(photo.File, 100); err != nil || int64(len(data)) != photo.File.Size {
					t.Errorf("%s reads as %q, %v", photo.File.Name, data, err)
				}
			}
			if photoNames(p) != c.photos || placed != c.placed || noteCodes(p) != c.notes || p.Content.Title != c.ofTitle {
				t.Errorf("title %q, photos %q, %d placed, notes %q; want %q, %q, %d, %q", p.Content.Title, photoNames(p), placed, noteCodes(p), c.ofTitle, c.photos, c.placed, c.notes)
			}
		})
	}
}

func TestZipRefusals(t *testing.T) {
	t.Parallel()
	locked := func(h *zip.FileHeader) { h.Flags |= 1 }
	whole := zipped(t, entry{name: "a.txt", data: "T\nb"})
	many := make([]entry, 401)
	for i := range many {
		many[i] = entry{name: fmt.Sprintf("%d.jpg", i), stored: true}
	}
	names := make([]entry, 21_000)
	for i := range names {
		names[i] = entry{name: fmt.Sprintf("%0200d", i), stored: true}
	}
	overlapping := bytes.Clone(whole) // the list says the entry has more bytes than the whole zip
	at := bytes.LastIndex(overlapping, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(overlapping[at+20:], 1<<30)
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"torn":             {whole[:len(whole)-10], "zip.broken"},
		"empty":            {zipped(t), "zip.empty"},
		"no zip at all":    {[]byte("hello, this is a text file of some length"), "zip.broken"},
		"locked":           {zipped(t, entry{name: "a.docx", data: "x", header: locked}, entry{name: "b.jpg", data: "x", header: locked}), "zip.locked"},
		"too many files":   {zipped(t, many...), "parcel.files"},
		"a list of 4 MB":   {zipped(t, names...), "zip.entries"},
		"lies about bytes": {overlapping, "zip.broken"},
		"rar inside":       {zipped(t, entry{name: "a.txt", data: "T\nb"}, entry{name: "b.rar", data: "Rar!\x1a\x07\x00"}), "parcel.packed"},
		"rar called zip":   {[]byte("Rar!\x1a\x07\x01\x00 and so on, for a while"), "parcel.packed"},
	} {
		_, err := Read([]File{embedded("a.zip", c.data)}, DefaultLimits())
		if press.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

// An entry gives no more than its zip's list says, and notices when it is damaged.
func TestZipEntriesAreChecked(t *testing.T) {
	t.Parallel()
	data := zipped(t, entry{name: "a.txt", data: "T\nb"}, entry{name: "x.jpg", data: strings.Repeat("photo", 1000)})
	list := bytes.LastIndex(data, []byte("PK\x01\x02"))
	for name, change := range map[string]func([]byte){
		"more than it says": func(d []byte) { binary.LittleEndian.PutUint32(d[list+24:], 100) },
		"less than it says": func(d []byte) { binary.LittleEndian.PutUint32(d[list+24:], 6000) },
		"another checksum":  func(d []byte) { d[list+16] ^= 1 },
	} {
		changed := bytes.Clone(data)
		change(changed)
		p, err := Read([]File{embedded("a.zip", changed)}, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readFile(p.Photos[0].File, 1<<20); err == nil || len(got) > 6000 {
			t.Errorf("%s: %d bytes, %v; want an error", name, len(got), err)
		}
	}
}

// A packed zip in a zip that is large is laid into the reader's folder; without one it is named and the rest goes on.
func TestLargeZipInAZip(t *testing.T) {
	t.Parallel()
	noise := make([]byte, zipHeld/4+1000)
	for i, state := 0, uint32(1); i < len(noise); i++ {
		state = state*1664525 + 1013904223
		noise[i] = byte(state >> 24)
	}
	inner := zipped(t, entry{name: "x.jpg", data: string(noise), stored: true})
	outer := zipped(t, entry{name: "a.txt", data: "T\nb\nx.jpg"}, entry{name: "photos.zip", data: string(inner)})
	dir := t.TempDir()
	p, err := Reader{Limits: DefaultLimits(), Scratch: dir}.Read(t.Context(), []File{embedded("a.zip", outer)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := readFile(p.Photos[0].File, 1<<30)
	if err != nil || !bytes.Equal(got, noise) {
		t.Errorf("the photo has %d bytes, %v; want %d", len(got), err, len(noise))
	}
	if laid, _ := os.ReadDir(dir); len(laid) != 1 {
		t.Errorf("%d files laid down, want 1", len(laid))
	}
}

func TestPhotosByTheirBytes(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"IMG_2001":     "\xff\xd8\xff\xe0 and so on",
		"IMG_2002.dat": "\x89PNG\r\n\x1a\n and so on",
		"IMG_2003.bin": "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic and so on",
		"IMG_2004.tmp": "RIFF\x10\x00\x00\x00WEBPVP8 and so on and so on",
	} {
		p, err := Read(append(parcelOf("a.txt", "T\nb\n【图1】"), embedded(name, []byte(data))), DefaultLimits())
		if err != nil || len(p.Photos) != 1 || !p.Photos[0].Placed || noteCodes(p) != "photo.order" {
			t.Errorf("%s: %v, photos %s, notes %s", name, err, photoNames(p), noteCodes(p))
		}
	}
	p, err := Read(append(parcelOf("a.txt", "T\nb"), embedded("a.cr2", []byte("II*\x00")), embedded("clip.mov", []byte("\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  xxxxxx"))), DefaultLimits())
	if err != nil || len(p.Photos) != 0 || noteCodes(p) != "photo.raw file.left" {
		t.Errorf("%v, photos %s, notes %s; want raw files and films named", err, photoNames(p), noteCodes(p))
	}
}

// The bounds of a zip hold for all zips of a parcel together, and each of many photos of one size is read once.
func TestManyZips(t *testing.T) {
	t.Parallel()
	inner := make([]entry, zipEntries/4)
	for i := range inner {
		inner[i] = entry{name: fmt.Sprintf("%d/", i)}
	}
	folders := string(zipped(t, inner...))
	outer := []entry{{name: "a.txt", data: "标题\n正文。"}}
	for i := range 5 {
		outer = append(outer, entry{name: fmt.Sprintf("%d.zip", i), data: folders})
	}
	if _, err := Read([]File{embedded("a.zip", zipped(t, outer...))}, DefaultLimits()); press.CodeOf(err) != "zip.entries" {
		t.Errorf("zips of folders: %v", err)
	}
	opened := 0
	files := []File{embedded("a.txt", []byte("标题\n正文。"))}
	for i := range 50 {
		photo := embedded(fmt.Sprintf("%d.jpg", i), []byte{0xff, 0xd8, 0xff, byte(i)})
		open := photo.Open
		photo.Open = func() (io.ReadCloser, error) { opened++; return open() }
		files = append(files, photo)
	}
	if _, err := Read(files, DefaultLimits()); err != nil || opened > 3*50 {
		t.Errorf("50 photos were opened %d times, %v", opened, err)
	}
}

// Of many packed zips in a zip only some are held in memory; the others lie in the reader's folder.
func TestZipsHeld(t *testing.T) {
	t.Parallel()
	noise := make([]byte, zipHeld/4-1000)
	for i, state := 0, uint32(1); i < len(noise); i++ {
		state = state*1664525 + 1013904223
		noise[i] = byte(state >> 24 & 0xf)
	}
	entries := []entry{{name: "a.txt", data: "标题\n正文。"}}
	for i := range 6 {
		entries = append(entries, entry{name: fmt.Sprintf("%d.zip", i), data: string(zipped(t, entry{name: fmt.Sprintf("%d.jpg", i), data: string(noise[i:]), stored: true}))})
	}
	dir := t.TempDir()
	p, err := Reader{Limits: DefaultLimits(), Scratch: dir}.Read(t.Context(), []File{embedded("a.zip", zipped(t, entries...))})
	if err != nil || len(p.Photos) != 6 {
		t.Fatalf("%d photos, %v", len(p.Photos), err)
	}
	if laid, _ := os.ReadDir(dir); len(laid) != 2 {
		t.Errorf("%d files laid down, want 2", len(laid))
	}
}
