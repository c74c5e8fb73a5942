package photo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	mathbits "math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
)

// scene draws a picture that looks different from every side and has the soft edges of a photo: slanted waves under a
// gradient, of another colour in each corner.
func scene(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(w), float64(y)/float64(h)
			wave := 30 * math.Sin(25*u+14*v*v)
			i := img.PixOffset(x, y)
			img.Pix[i] = uint8(60 + 120*u + wave)
			img.Pix[i+1] = uint8(70 + 100*v + wave/2)
			img.Pix[i+2] = uint8(60 + 90*(1-u)*v - wave/3 + 50*u*u)
			img.Pix[i+3] = 255
		}
	}
	return img
}

// drawing is a chart of few colours and hard edges.
func drawing(w, h int) *image.NRGBA {
	img := fill8(w, h, color.NRGBA{255, 255, 255, 255})
	for y := range h {
		for x := range w {
			if bar := 6 * x / w; bar%2 == 1 && y > h/(bar+1) {
				img.SetNRGBA(x, y, color.NRGBA{30, uint8(40 * bar), 160, 255})
			}
		}
	}
	return img
}

// noise is the picture that compresses worst.
func noise(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(rng.Uint32()) | uint8(i%4/3*255)
	}
	return img
}

func fill8(w, h int, c color.NRGBA) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = c.R, c.G, c.B, c.A
	}
	return img
}

func jpegFile(t testing.TB, img image.Image, segments ...[]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	file := out.Bytes()[:2:2]
	for _, s := range segments {
		file = append(file, s...)
	}
	return append(file, out.Bytes()[2:]...)
}

func pngFile(t testing.TB, img image.Image, chunks ...[]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	const afterIHDR = 8 + 25
	file := out.Bytes()[:afterIHDR:afterIHDR]
	for _, c := range chunks {
		file = append(file, c...)
	}
	return append(file, out.Bytes()[afterIHDR:]...)
}

func segment(marker byte, body string) []byte {
	return append([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

func chunk(kind string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// exifBlock is a camera's EXIF: maker, orientation, time and a place.
func exifBlock(o int) []byte {
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.BigEndian, v) }
	field := func(tag, kind uint16, count, value uint32) { put(tag); put(kind); put(count); put(value) }
	b.WriteString("MM\x00*")
	put(uint32(8))
	put(uint16(4)) // directory at 8, 4 entries, ends at 62
	field(tagMake, 2, 9, 200)
	field(tagOrientation, 3, 1, uint32(o)<<16)
	field(tagExif, 4, 1, 70)
	field(tagGPS, 4, 1, 110)
	put(uint32(0))
	b.Write(make([]byte, 70-b.Len()))
	put(uint16(1))
	field(tagOriginalTime, 2, 20, 220)
	put(uint32(0))
	b.Write(make([]byte, 110-b.Len()))
	put(uint16(1))
	field(tagGPSLatitude, 5, 3, 240)
	put(uint32(0))
	b.Write(make([]byte, 200-b.Len()))
	b.WriteString("SECRETCAM\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"[:20])
	b.WriteString("2024:08:16 10:39:11\x00")
	for range 3 {
		put(uint32(31))
		put(uint32(1))
	}
	return b.Bytes()
}

func exifSegment(o int) []byte { return segment(0xe1, "Exif\x00\x00"+string(exifBlock(o))) }

// iccProfile writes a matrix profile with the curve of sRGB as parameters (type 3).
func iccProfile(name string, m [3][3]float64) []byte {
	s15 := func(v float64) []byte { return binary.BigEndian.AppendUint32(nil, uint32(int32(math.Round(v*65536)))) }
	var tags [][2]string
	for c, n := range []string{"r", "g", "b"} {
		xyz := []byte("XYZ \x00\x00\x00\x00")
		for row := range 3 {
			xyz = append(xyz, s15(m[row][c])...)
		}
		curve := []byte("para\x00\x00\x00\x00\x00\x03\x00\x00")
		for _, v := range []float64{2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045} {
			curve = append(curve, s15(v)...)
		}
		tags = append(tags, [2]string{n + "XYZ", string(xyz)}, [2]string{n + "TRC", string(curve)})
	}
	desc := append([]byte("desc\x00\x00\x00\x00"), binary.BigEndian.AppendUint32(nil, uint32(len(name)+1))...)
	tags = append(tags, [2]string{"desc", string(desc) + name + "\x00"})
	head := make([]byte, 128)
	copy(head[16:], "RGB XYZ ")
	copy(head[36:], "acsp")
	head = binary.BigEndian.AppendUint32(head, uint32(len(tags)))
	at := len(head) + 12*len(tags)
	var body []byte
	for _, t := range tags {
		head = append(head, t[0]...)
		head = binary.BigEndian.AppendUint32(head, uint32(at+len(body)))
		head = binary.BigEndian.AppendUint32(head, uint32(len(t[1])))
		body = append(body, t[1]...)
		body = append(body, make([]byte, -len(body)&3)...)
	}
	return append(head, body...)
}

func iccSegment(profile []byte) []byte {
	return segment(0xe2, "ICC_PROFILE\x00\x01\x01"+string(profile))
}

func allJobs() []Job {
	var jobs []Job
	for _, r := range Recipes() {
		jobs = append(jobs, Job{Recipe: r.Name})
	}
	return jobs
}

func mustMake(t testing.TB, p *Pipeline, data []byte, jobs ...Job) []Output {
	t.Helper()
	outs, _, err := p.Make(t.Context(), "photo", data, jobs)
	if err != nil {
		t.Fatal(err)
	}
	return outs
}

func one(t testing.TB, data []byte, recipe press.Recipe, frame press.Frame) Output {
	t.Helper()
	return mustMake(t, New(Config{}), data, Job{Recipe: recipe, Frame: frame})[0]
}

func decoded(t testing.TB, o Output) *image.NRGBA {
	t.Helper()
	img, format, err := image.Decode(bytes.NewReader(o.Data))
	if err != nil {
		t.Fatal(err)
	}
	if format == formatWebP { // two decoders answer to that name
		if img, err = readWebPPixels(bytes.NewReader(o.Data)); err != nil {
			t.Fatal(err)
		}
	}
	if format != o.Format || img.Bounds() != image.Rect(0, 0, o.Width, o.Height) {
		t.Fatalf("%s is %s %v, said to be %s %d × %d", o.Recipe, format, img.Bounds(), o.Format, o.Width, o.Height)
	}
	return pixelsOf(img)
}

func pixelsOf(img image.Image) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	if src, ok := img.(*image.NRGBA); ok {
		for y := range out.Rect.Dy() {
			copy(out.Pix[y*out.Stride:][:out.Stride], src.Pix[src.PixOffset(src.Rect.Min.X, src.Rect.Min.Y+y):])
		}
		return out
	}
	if src, ok := img.(*image.NYCbCrA); ok {
		read := pixelReader(src)
		for y := range out.Rect.Dy() {
			for x := range out.Rect.Dx() {
				out.SetNRGBA(x, y, read(x, y))
			}
		}
		return out
	}
	flat := image.NewRGBA(out.Rect) // opaque pictures only: the fast way of draw
	draw.Draw(flat, flat.Rect, img, img.Bounds().Min, draw.Src)
	out.Pix = flat.Pix
	return out
}

// distance is the mean absolute difference of two pictures' channels.
func distance(t testing.TB, a, b *image.NRGBA) float64 {
	t.Helper()
	if a.Bounds() != b.Bounds() {
		t.Fatalf("sizes differ: %v and %v", a.Bounds(), b.Bounds())
	}
	var sum int
	for i := range a.Pix {
		sum += apart(int(a.Pix[i]), b.Pix[i])
	}
	return float64(sum) / float64(len(a.Pix)) * 4 / 3 // alpha does not count
}

// manyPixels leaves a test to the run without the race detector, under which a pixel costs ten times as much.
func manyPixels(t testing.TB) {
	t.Helper()
	if raceDetector {
		t.Skip("many pixels are tried without the race detector")
	}
}

// testdata returns a folder of the shared test data, which lies beside the repository, or skips.
func testdata(t testing.TB, folder string) string {
	t.Helper()
	manyPixels(t)
	return servicetest.Data(t, filepath.FromSlash(folder))
}

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// deflated is a chunk's body: a head, then data in zlib form.
func deflated(t testing.TB, head string, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	out.WriteString(head)
	z := zlib.NewWriter(&out)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// cmykJPEG writes a flat four-component JPEG with Adobe's mark, which no encoder here does: one block a component, of DC
// coefficients only.
func cmykJPEG(t testing.TB, w, h int, stored [4]byte) []byte {
	t.Helper()
	out := []byte{0xff, 0xd8}
	out = append(out, segment(0xee, "Adobe\x00\x64\x00\x00\x00\x00\x00")...)
	out = append(out, segment(0xdb, "\x00"+strings.Repeat("\x01", 64))...)
	frame := []byte{8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), 4}
	scan := []byte{4}
	for i := range byte(4) {
		frame = append(frame, i+1, 0x11, 0)
		scan = append(scan, i+1, 0)
	}
	out = append(out, segment(0xc0, string(frame))...)
	// DC table: categories 0 and 1 to 11 all in four bits, in order; AC table: only the end of a block, in one bit
	out = append(out, segment(0xc4, "\x00\x00\x00\x00\x0c"+strings.Repeat("\x00", 12)+"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b")...)
	out = append(out, segment(0xc4, "\x10\x01"+strings.Repeat("\x00", 15)+"\x00")...)
	out = append(out, segment(0xda, string(append(scan, 0, 63, 0)))...)
	bits := ""
	last := [4]int{}
	for range (w / 8) * (h / 8) {
		for i, v := range stored {
			dc := (int(v) - 128) * 8
			bits += dcBits(dc-last[i]) + "0"
			last[i] = dc
		}
	}
	bits += strings.Repeat("1", -len(bits)&7)
	for i := 0; i < len(bits); i += 8 {
		b, _ := strconv.ParseUint(bits[i:i+8], 2, 8)
		if out = append(out, byte(b)); b == 0xff {
			out = append(out, 0)
		}
	}
	return append(out, 0xff, 0xd9)
}

func dcBits(diff int) string {
	size := mathbits.Len(uint(max(diff, -diff)))
	if diff < 0 {
		diff += 1<<size - 1
	}
	out := fmt.Sprintf("%04b", size)
	if size > 0 {
		out += fmt.Sprintf("%0*b", size, diff)
	}
	return out
}

// exifOf reads an EXIF block.
func exifOf(block []byte) exif {
	h := &header{}
	h.takeExif(block)
	return h.exif
}
