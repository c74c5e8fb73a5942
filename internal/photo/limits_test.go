package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	xtiff "golang.org/x/image/tiff"

	"newsdesk/internal/press"
)

// claims returns a PNG whose header says w × h, without the pixels for it.
func claims(t *testing.T, w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32(nil, w)
	head = append(binary.BigEndian.AppendUint32(head, h), 8, 6, 0, 0, 0)
	file := pngFile(t, fill8(4, 4, color.NRGBA{1, 2, 3, 255}))
	return append(append([]byte{}, file[:8]...), append(chunk("IHDR", head), file[33:]...)...)
}

// claimsJPEG rewrites the dimensions in a JPEG's frame header.
func claimsJPEG(t *testing.T, w, h uint16) []byte {
	file := jpegFile(t, scene(64, 64))
	at := bytes.Index(file, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(file[at+5:], h)
	binary.BigEndian.PutUint16(file[at+7:], w)
	return file
}

// manyScans repeats a JPEG's scan.
func manyScans(t *testing.T, n int) []byte {
	file := jpegFile(t, scene(64, 64))
	at := bytes.Index(file, []byte{0xff, 0xda})
	scan := file[at : len(file)-2]
	out := append([]byte{}, file[:at]...)
	for range n {
		out = append(out, scan...)
	}
	return append(out, 0xff, 0xd9)
}

func encodedBMP(t *testing.T) []byte {
	var out bytes.Buffer
	if err := bmp.Encode(&out, scene(40, 30)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func encodedTIFF(t testing.TB, img image.Image) []byte {
	var out bytes.Buffer
	if err := xtiff.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func encodedGIF(t *testing.T) []byte {
	var out bytes.Buffer
	if err := gif.Encode(&out, scene(40, 30), nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func cut(data []byte) []byte { return data[:len(data)*6/10] }

func TestRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		data []byte
		kind press.Kind
		code string
	}{
		{"empty", nil, press.Invalid, "photo.empty"},
		{"text", []byte("dear editor"), press.Unsupported, "photo.format"},
		{"svg", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), press.Unsupported, "photo.format"},
		{"heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), press.Invalid, "photo.truncated"},
		{"avif", []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif"), press.Invalid, "photo.truncated"},
		{"mp4", []byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00mp41isom"), press.Unsupported, "photo.format"},
		{"png of 14 GB", claims(t, 60000, 60000), press.TooLarge, "photo.pixels"},
		{"png of 2^31", claims(t, 1<<31-1, 1<<31-1), press.TooLarge, "photo.pixels"},
		{"png of 2^32", claims(t, 1<<32-1, 2), press.Invalid, "photo.broken"},
		{"png of no width", claims(t, 0, 2), press.Invalid, "photo.broken"},
		{"png 1 wide", claims(t, 1, 100000), press.TooLarge, "photo.pixels"},
		{"png narrow", claims(t, 100, 20000), press.TooLarge, "photo.ratio"},
		{"png of flat nothing", claims(t, 9000, 9000), press.Invalid, "photo.bomb"},
		{"jpeg of flat nothing", claimsJPEG(t, 9000, 9000), press.Invalid, "photo.bomb"},
		{"jpeg of 4 GP", claimsJPEG(t, 65535, 65535), press.TooLarge, "photo.pixels"},
		{"jpeg of no height", claimsJPEG(t, 64, 0), press.Invalid, "photo.broken"},
		{"jpeg of many scans", manyScans(t, 5000), press.Invalid, "photo.scans"},
		{"jpeg cut", cut(jpegFile(t, scene(400, 300))), press.Invalid, "photo.truncated"},
		{"jpeg without pixels", []byte("\xff\xd8\xff\xd9"), press.Invalid, "photo.truncated"},
		{"jpeg start only", []byte("\xff\xd8"), press.Invalid, "photo.truncated"},
		{"png cut", cut(pngFile(t, scene(400, 300))), press.Invalid, "photo.truncated"},
		{"gif cut", cut(encodedGIF(t)), press.Invalid, "photo.truncated"},
		{"gif head", encodedGIF(t)[:13], press.Invalid, "photo.truncated"},
		{"bmp cut", cut(encodedBMP(t)), press.Invalid, "photo.truncated"},
		{"tiff cut", cut(encodedTIFF(t, scene(40, 30))), press.Invalid, "photo.truncated"},
		{"riff", []byte("RIFF\x04\x00\x00\x00WEBP"), press.Invalid, "photo.truncated"},
		{"webp cut", []byte("RIFF\xff\x00\x00\x00WEBPVP8 "), press.Invalid, "photo.truncated"},
	}
	p := New(Config{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := p.Make(t.Context(), "会场.jpg", tt.data, allJobs())
			if press.KindOf(err) != tt.kind || press.CodeOf(err) != tt.code {
				t.Fatalf("got %v (%s, %s), want %s, %s", err, press.KindOf(err), press.CodeOf(err), tt.kind, tt.code)
			}
			said := press.TextOf(err)
			if !strings.Contains(said.EN, "会场.jpg") || !strings.Contains(said.ZH, "会场.jpg") {
				t.Errorf("does not name the file: %q, %q", said.EN, said.ZH)
			}
		})
	}
}

// Every byte of a small file may be the last one that arrived; nothing may be published half, and nothing may crash.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	p := New(Config{})
	for name, file := range map[string][]byte{
		"jpeg": jpegFile(t, scene(40, 30), exifSegment(6)), "png": pngFile(t, scene(24, 18)), "gif": encodedGIF(t),
		"tiff": encodedTIFF(t, scene(12, 9)), "bmp": encodedBMP(t),
	} {
		for n := 0; n < len(file)-2; n += 1 + n/64 {
			_, _, err := p.Make(t.Context(), name, file[:n], []Job{{Recipe: press.Site480}})
			if err == nil && name != "tiff" { // a TIFF's directory is last, but its padding may be missing
				t.Errorf("%s cut at %d of %d was taken", name, n, len(file))
			}
			if k := press.KindOf(err); err != nil && k != press.Invalid && k != press.Unsupported {
				t.Errorf("%s cut at %d: %v", name, n, err)
			}
		}
	}
}

func TestTrailingBytesAreFine(t *testing.T) {
	t.Parallel()
	file := append(jpegFile(t, scene(80, 60)), "MotionPhoto_Data ftypmp42 and so on"...)
	if _, err := Inspect("phone.jpg", file); err != nil {
		t.Fatal(err)
	}
}

// A JPEG cut in half to which some transfer added the end marker again: complete by its markers, not by its picture.
func TestPatchedEndIsRefused(t *testing.T) {
	t.Parallel()
	half := append(cut(jpegFile(t, noise(400, 300))), 0xff, 0xd9)
	_, _, err := New(Config{}).Make(t.Context(), "half.jpg", half, []Job{{Recipe: press.Site480}})
	if press.CodeOf(err) != "photo.truncated" {
		t.Fatalf("got %v", err)
	}
}

func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	p := New(Config{Limits: Limits{MaxMemory: 1 << 20}})
	_, err := p.Inspect("large.png", pngFile(t, scene(800, 600)))
	if press.CodeOf(err) != "photo.memory" || press.KindOf(err) != press.TooLarge {
		t.Fatalf("got %v", err)
	}
	_, err = New(Config{Limits: Limits{MaxBytes: 100}}).Inspect("long.jpg", jpegFile(t, scene(80, 60)))
	if press.CodeOf(err) != "photo.bytes" {
		t.Fatalf("got %v", err)
	}
}

// imaging would index the palette in its own goroutine and take the process down.
func TestBrokenPalette(t *testing.T) {
	t.Parallel()
	img := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.White})
	img.Pix[1] = 200
	got, err := safe(img, &header{width: 2, height: 1})
	if err != nil {
		t.Fatal(err)
	}
	if c := got.(*image.NRGBA).NRGBAAt(1, 0); c != (color.NRGBA{}) {
		t.Errorf("an index beyond the palette became %v", c)
	}
	short := &image.NRGBA{Pix: make([]byte, 4), Stride: 8, Rect: image.Rect(0, 0, 2, 1)}
	if _, err := safe(short, &header{width: 2, height: 1}); err == nil {
		t.Error("a short buffer was taken")
	}
}

func FuzzMake(f *testing.F) {
	f.Add(jpegFile(f, scene(24, 18), exifSegment(5), iccSegment(iccProfile("Display P3", p3ToXYZ))))
	f.Add(pngFile(f, scene(24, 18), chunk("eXIf", exifBlock(7))))
	f.Add([]byte("RIFF\x04\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00\x01\x00\x00\x01\x00\x00"))
	p := New(Config{Limits: Limits{MaxPixels: 100_000}})
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _, err := p.Make(t.Context(), "fuzz", data, []Job{{Recipe: press.Site480}, {Recipe: press.CoverWide}})
		if press.KindOf(err) == press.Internal && err != nil {
			t.Fatal(err)
		}
	})
}
