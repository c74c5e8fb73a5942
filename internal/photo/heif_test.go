package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/press"
)

// This test program is a decoder too, as Newsdesk itself is.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == DecoderCommand {
		if err := ServeDecoder(os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func testDecoder() []string { return []string{os.Args[0], DecoderCommand} }

func contains(list []press.Trace, kind press.Trace) bool { return slices.Contains(list, kind) }

// numbers writes big-endian numbers of four bytes.
func numbers(v ...uint32) (out []byte) {
	for _, n := range v {
		out = binary.BigEndian.AppendUint32(out, n)
	}
	return out
}

func ispe(w, h uint32) []byte { return boxOf("ispe", numbers(0, w, h)) }

// nclxOf is a colr box of code points, in full range.
func nclxOf(primaries, transfer, matrix byte) []byte {
	return boxOf("colr", []byte{'n', 'c', 'l', 'x', 0, primaries, 0, transfer, 0, matrix, 0x80})
}

// heifFile writes the boxes of a HEIC file whose coded picture is no picture: enough for everything that is judged before
// decoding. The properties are the primary item's, in their order; exif is an EXIF block.
func heifFile(exif []byte, props ...[]byte) []byte {
	hvcC := make([]byte, 23)
	hvcC[16], hvcC[17] = 1, 0 // 4:2:0, 8 bits
	props = append([][]byte{boxOf("hvcC", hvcC)}, props...)
	uses := []byte{byte(len(props))}
	for i := range props {
		uses = append(uses, byte(i+1)|0x80)
	}
	coded, described := []byte("no picture"), append(numbers(6), "Exif\x00\x00"...)
	described = append(described, exif...)
	zero := numbers(0)
	meta := func(at int) []byte {
		location := append(numbers(0), 0x44, 0, 0, 2)
		location = append(append(location, 0, 1, 0, 0, 0, 1), numbers(uint32(at), uint32(len(coded)))...)
		location = append(append(location, 0, 2, 0, 0, 0, 1), numbers(uint32(at+len(coded)), uint32(len(described)))...)
		return boxOf("meta", zero,
			boxOf("pitm", zero, []byte{0, 1}), boxOf("iloc", location),
			boxOf("iinf", zero, []byte{0, 2}, boxOf("infe", numbers(2<<24), []byte("\x00\x01\x00\x00hvc1\x00")), boxOf("infe", numbers(2<<24), []byte("\x00\x02\x00\x00Exif\x00"))),
			boxOf("iref", zero, boxOf("cdsc", []byte{0, 2, 0, 1, 0, 1})),
			boxOf("iprp", boxOf("ipco", props...), boxOf("ipma", numbers(0, 2), []byte{0, 1}, uses, []byte{0, 2}, uses)))
	}
	head := boxOf("ftyp", []byte("heic\x00\x00\x00\x00mif1heic"))
	return bytes.Join([][]byte{head, meta(len(head) + len(meta(0)) + 8), boxOf("mdat", coded, described)}, nil)
}

func TestHEIFShape(t *testing.T) {
	t.Parallel()
	irot := func(angle byte) []byte { return boxOf("irot", []byte{angle}) }
	imir := func(mode byte) []byte { return boxOf("imir", []byte{mode}) }
	for _, tt := range []struct {
		name  string
		props [][]byte
		want  int
	}{
		{"as stored", nil, 1},
		{"90° anticlockwise", [][]byte{irot(1)}, 8},
		{"180°", [][]byte{irot(2)}, 3},
		{"270° anticlockwise", [][]byte{irot(3)}, 6},
		{"top and bottom change", [][]byte{imir(0)}, 4},
		{"left and right change", [][]byte{imir(1)}, 2},
		{"turned, then left and right change", [][]byte{irot(3), imir(1)}, 5},
		{"left and right change, then turned", [][]byte{imir(1), irot(3)}, 7},
	} {
		// the EXIF tag says 6 throughout, and does not count
		file := heifFile(exifBlock(6), append([][]byte{ispe(400, 300)}, tt.props...)...)
		info, err := Inspect(tt.name, file)
		if err != nil || info.Orientation != tt.want || !info.HasGPS || info.Device != "SECRETCAM" {
			t.Errorf("%s: %+v, %v; want orientation %d", tt.name, info, err, tt.want)
		}
		w, h := orientation(tt.want).displayed(400, 300)
		if info.Width != w || info.Height != h {
			t.Errorf("%s: %d × %d", tt.name, info.Width, info.Height)
		}
		again, err := readHEIF(mustHeader(t, file).heif.unturned(file))
		if err != nil || again.exif.orientation != 1 {
			t.Errorf("%s: still turned by %v, %v", tt.name, again, err)
		}
	}
}

func TestHEIFColours(t *testing.T) {
	t.Parallel()
	p3 := iccProfile("Display P3", p3ToXYZ)
	for _, tt := range []struct {
		name, want string
		kept       bool
		props      [][]byte
	}{
		{"nothing said", "", false, nil},
		{"code points of P3", "Display P3", false, [][]byte{nclxOf(12, 13, 6)}},
		{"of sRGB", "sRGB", false, [][]byte{nclxOf(1, 13, 6)}},
		{"of high dynamic range", "BT.2020 HDR", false, [][]byte{nclxOf(9, 16, 9)}},
		{"which a profile of tables does not undo", "Display P3 HDR", false, [][]byte{nclxOf(12, 18, 6), boxOf("colr", []byte("prof"), p3)}},
		{"a profile wins", "Display P3", false, [][]byte{nclxOf(1, 13, 6), boxOf("colr", []byte("prof"), p3)}},
	} {
		info, err := Inspect(tt.name, heifFile(exifBlock(1), append([][]byte{ispe(400, 300)}, tt.props...)...))
		if err != nil || info.Profile != tt.want || info.ColourKept != tt.kept {
			t.Errorf("%s: %q, %v, %v", tt.name, info.Profile, info.ColourKept, err)
		}
	}
	checkShown(t)
	c := newConversion(nclx{given: true, primaries: 12, transfer: 13}.profile())
	for _, patch := range patches {
		r, g, b := c.rgb(patch.R, patch.G, patch.B)
		if want := displayP3(patch); apart(int(r), want.R) > 1 || apart(int(g), want.G) > 1 || apart(int(b), want.B) > 1 {
			t.Errorf("%v became %d %d %d, want %v", patch, r, g, b, want)
		}
	}
}

// checkShown: samples of high dynamic range whose light ITU-R BT.2408 gives: the grey card, white paper, and the brightest.
// What is no brighter than a face keeps its light; paper stays clearly darker than what shines.
func checkShown(t *testing.T) {
	t.Helper()
	for _, tt := range []struct {
		name        string
		nits        float64
		want, light float64
	}{
		{"grey card, PQ", pqNits(0.38), 26, 0.128},
		{"white paper, PQ", pqNits(0.58), 203, 0.80},
		{"brightest, PQ", pqNits(0.7518), 1000, 1},
		{"beyond, PQ", pqNits(1), 10000, 1},
		{"grey card, HLG", hlgNits(0.38), 26, 0.128},
		{"white paper, HLG", hlgNits(0.75), 203, 0.80},
		{"brightest, HLG", hlgNits(1), 1000, 1},
	} {
		if math.Abs(tt.nits/tt.want-1) > 0.03 || math.Abs(shown(tt.nits)-tt.light) > 0.01 {
			t.Errorf("%s: %.1f cd/m² shown as %.3f, want %.0f and %.3f", tt.name, tt.nits, shown(tt.nits), tt.want, tt.light)
		}
	}
	for nits := 1.0; nits < mostNits; nits++ {
		if shown(nits) <= shown(nits-1) {
			t.Fatalf("%.0f cd/m² is not brighter than less", nits)
		}
	}
}

func TestHEIFRefusals(t *testing.T) {
	t.Parallel()
	good := heifFile(exifBlock(1), ispe(400, 300))
	for name, tt := range map[string]struct {
		file []byte
		code string
	}{
		"no size":            {heifFile(nil), "photo.broken"},
		"a bomb":             {heifFile(nil, ispe(9000, 9000)), "photo.bomb"},
		"4 GP":               {heifFile(nil, ispe(65535, 65535)), "photo.pixels"},
		"no picture in it":   {good, "photo.broken"},
		"an unknown need":    {heifFile(nil, ispe(400, 300), boxOf("xxxx", nil)), "photo.unsupported"},
		"cut outside":        {heifFile(nil, ispe(400, 300), boxOf("clap", numbers(500, 1, 300, 1, 0, 1, 0, 1))), "photo.broken"},
		"a huge tile, cut":   {heifFile(nil, ispe(1<<31-1, 1<<31-1), boxOf("clap", numbers(10, 1, 10, 1, 0, 1, 0, 1))), "photo.memory"},
		"boxes without end":  {append(bytes.Clone(good), bytes.Repeat(boxOf("free", nil), maxBoxes)...), "photo.broken"},
		"a box of no length": {append(bytes.Clone(good), 0, 0, 0, 1, 'f', 'r', 'e', 'e'), "photo.truncated"},
	} {
		_, _, err := New(Config{NoTools: true}).Make(t.Context(), "会场.heic", tt.file, []Job{{Recipe: press.Site480}})
		if press.CodeOf(err) != tt.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := range len(good) - 1 {
		if _, err := Inspect("cut", good[:n]); err == nil && n < bytes.Index(good, []byte("no picture"))+len("no picture") {
			t.Errorf("cut at %d of %d was taken", n, len(good))
		}
		bad := bytes.Clone(good)
		bad[n] ^= 0xff
		if _, err := Inspect("spoiled", bad); err != nil && press.KindOf(err) == press.Internal {
			t.Errorf("spoiled at %d: %v", n, err)
		}
	}
}

// Items that are put together of the same pieces over and over are read a few times, and not thousands.
func TestHEIFPieces(t *testing.T) {
	t.Parallel()
	f := &heif{data: make([]byte, 1000)}
	it := &heifItem{extents: [][2]uint64{{0, 500}, {500, 500}}}
	for range mostJoined {
		if out, err := f.content(it); err != nil || len(out) != 1000 {
			t.Fatalf("%d bytes, %v", len(out), err)
		}
	}
	if _, err := f.content(it); err == nil {
		t.Error("read once too often")
	}
}

// A decoder that dies, or answers nothing sensible, costs the photo and nothing else.
func TestDecoderThatDies(t *testing.T) {
	t.Parallel()
	p := New(Config{NoTools: true, Decoder: []string{"/bin/false"}})
	for range 2 {
		_, _, err := p.Make(t.Context(), "会场.heic", heifFile(nil, ispe(400, 300)), []Job{{Recipe: press.Site480}})
		if press.CodeOf(err) != "photo.broken" {
			t.Fatal(err)
		}
	}
}

func FuzzInspect(f *testing.F) {
	f.Add(heifFile(exifBlock(6), ispe(400, 300), boxOf("irot", []byte{1}), nclxOf(12, 13, 6)))
	f.Add(jpegFile(f, scene(24, 18), exifSegment(5), segment(0xed, "Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x08\x1c\x02\x50\x00\x03abc")))
	f.Add(pngFile(f, scene(8, 8), chunk("iTXt", []byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"+xmpSample))))
	f.Add(encodedTIFF(f, scene(8, 8)))
	f.Add(stillWebP([]byte("VP8L\x0a\x00\x00\x00\x2f\x07\x00\x00\x00\x00\x00\x00\x00\x00"), 8, 1))
	p := New(Config{NoTools: true})
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := p.Inspect("fuzz", data); err != nil && press.KindOf(err) == press.Internal {
			t.Fatal(err)
		}
	})
}

// FuzzTile: whatever the boxes are, the file that is made of a tile can be read again.
func FuzzTile(f *testing.F) {
	f.Add(heifFile(exifBlock(6), ispe(400, 300), nclxOf(12, 13, 6)))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := readHEIF(data)
		if err != nil || h.format != formatHEIC {
			return
		}
		tile, err := h.heif.tileFile(h.heif.boxes.items[h.heif.tiles[0]])
		if err != nil {
			return
		}
		if again, err := readHEIF(tile); err != nil || again.exif.orientation != 1 {
			t.Fatalf("%+v, %v", again, err)
		}
		h.heif.unturned(data)
	})
}

// TestHEIFKinds: what the built-in decoder cannot open is refused by its name, in the reader's language, and so is what
// nobody opens rightly. Pictures beside the first, such as the gain map of a phone's high dynamic range, change nothing.
func TestHEIFKinds(t *testing.T) {
	t.Parallel()
	beside := func(kind string) []byte { // the second item is a picture of that kind
		file := heifFile(nil, ispe(400, 300), boxOf("auxC", numbers(0), []byte(kind+"\x00")))
		return bytes.Replace(file, []byte("cdsc"), []byte("auxl"), 1)
	}
	grey := heifFile(nil, ispe(400, 300))
	grey[bytes.Index(grey, []byte("hvcC"))+4+16] = 0
	described, multiplied := boxOf("cdsc", []byte{0, 2, 0, 1, 0, 1}), boxOf("prem", []byte{0, 1, 0, 1, 0, 2})
	for name, tt := range map[string]struct {
		file             []byte
		english, chinese string
	}{
		"grey":          {grey, "a grey HEIC", "灰度 HEIC"},
		"see-through":   {beside("urn:mpeg:hevc:2015:auxid:1"), "a see-through HEIC", "带透明区域的 HEIC"},
		"premultiplied": {bytes.Replace(heifFile(nil, ispe(400, 300)), described, multiplied, 1), "premultiplied", "预乘"},
	} {
		_, _, err := New(Config{NoTools: true}).Make(t.Context(), "会场.heic", tt.file, []Job{{Recipe: press.Site480}})
		var said *press.Error
		if !errors.As(err, &said) || said.Code != "photo.unsupported" || !strings.Contains(said.Text.EN, tt.english) || !strings.Contains(said.Text.ZH, tt.chinese) {
			t.Errorf("%s: %v", name, err)
		}
	}
	gain := mustHeader(t, beside("urn:com:apple:photo:2020:aux:hdrgainmap"))
	if gain.heif.alpha || gain.profile() != nil || len(gain.heif.tiles) != 1 || gain.heif.tiles[0] != gain.heif.boxes.primary {
		t.Errorf("with a gain map: %+v", gain.heif)
	}
}
