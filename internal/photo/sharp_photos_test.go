package photo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/disintegration/imaging"
	"github.com/gen2brain/jpegn"

	"newsdesk/internal/press"
)

// group is a set of photos of about one size.
type group struct {
	name       string
	files      []string
	megapixels float64 // all together
	wide       bool    // in Display P3
}

// benchGroups writes the photos of the comparison into a folder. Those of 24 and 48 megapixels are mostly made from smaller ones: by
// laying mirror images side by side, which keeps a camera's detail in every pixel, or by enlarging, at the quality that
// keeps a camera's bytes in every pixel.
func benchGroups(t *testing.T) []group {
	dir := t.TempDir()
	g := [5]group{{name: "3 MP"}, {name: "12 MP"}, {name: "24 MP"}, {name: "48 MP"}, {name: "P3, 12 and 24 MP", wide: true}}
	put := func(at int, data []byte) {
		h, err := readHeader(data)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, fmt.Sprintf("%d-%d.jpg", at, len(g[at].files)))
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		g[at].files = append(g[at].files, name)
		g[at].megapixels += float64(h.width) * float64(h.height) / 1e6
	}
	p := givenPhotos(t)
	night, cairn, street := p["night"], p["cairn"], p["street"]
	put(0, resized(t, night, 2016, 1512, night))
	put(0, resized(t, street, 2160, 1440, street))
	for _, data := range [][]byte{night, cairn, street, p["sunset"]} {
		put(1, data)
	}
	put(2, p["desk"])
	put(2, mirrored(t, night, 6000, 4000, nil))
	put(2, resized(t, cairn, 4240, 5654, cairn))
	put(3, mirrored(t, night, 8064, 6048, nil))
	put(3, resized(t, street, 8488, 5658, street))
	put(4, p["office"])
	put(4, mirrored(t, p["office"], 5656, 4242, profileSegments(p["office"])))
	return g[:]
}

// givenPhotos are camera photos of the shared test data, without sRGB profiles so that only Display P3 is converted, or
// photos made by code where there are none.
func givenPhotos(t *testing.T) map[string][]byte {
	root := os.Getenv("NEWSDESK_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "testdata")
	}
	out := map[string][]byte{}
	for name, file := range map[string]string{
		"night": "photos/night-arch-4032x3024-gps.jpg", "cairn": "photos/cairn-3120x4160-portrait-gps-no-orientation.jpg",
		"street": "photos/street-3888x2592-orientation6.jpg", "sunset": "photos/sunset-3648x2736.jpg",
		"desk": "seed-article/Wechat photo _20240816103916.jpg", "office": "seed-article/Wechat photo _20240816103911.jpg",
	} {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			t.Logf("%v: photos are made by code", err)
			return codePhotos(t)
		}
		if name == "desk" {
			data = withoutProfile(data)
		}
		out[name] = data
	}
	return out
}

func codePhotos(t *testing.T) map[string][]byte {
	grainy := func(w, h int) []byte {
		img := scene(w, h)
		for i, v := range noise(w, h).Pix {
			img.Pix[i] += v / 32
		}
		return jpegFile(t, img)
	}
	night := grainy(4032, 3024)
	return map[string][]byte{
		"night": night, "cairn": grainy(3120, 4160), "street": grainy(3888, 2592), "sunset": grainy(3648, 2736),
		"desk": grainy(5760, 3840), "office": splice(night, 2, 2, segment(0xe2, "ICC_PROFILE\x00\x01\x01"+string(iccProfile("Display P3", p3ToXYZ)))),
	}
}

// walkSegments calls visit for each marker segment before the first scan.
func walkSegments(data []byte, visit func(marker byte, whole []byte)) (rest []byte) {
	at := 2
	for at+4 <= len(data) && data[at+1] != 0xda {
		n := 2 + int(data[at+2])<<8 + int(data[at+3])
		visit(data[at+1], data[at:at+n])
		at += n
	}
	return data[at:]
}

func withoutProfile(data []byte) []byte {
	out := []byte{0xff, 0xd8}
	rest := walkSegments(data, func(marker byte, whole []byte) {
		if marker != 0xe2 {
			out = append(out, whole...)
		}
	})
	return append(out, rest...)
}

func profileSegments(data []byte) (out []byte) {
	walkSegments(data, func(marker byte, whole []byte) {
		if marker == 0xe2 && bytes.HasPrefix(whole[4:], []byte("ICC_PROFILE")) {
			out = append(out, whole...)
		}
	})
	return out
}

func decodeWhole(t testing.TB, data []byte) *image.YCbCr {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	planes, ok := img.(*image.YCbCr)
	if !ok {
		t.Fatalf("a %T, not a colour photo", img)
	}
	return planes
}

// resized is a photo in another size, without its orientation, and with as many bytes a pixel as like has.
func resized(t testing.TB, data []byte, w, h int, like []byte) []byte {
	t.Helper()
	return asDense(t, imaging.Resize(decodeWhole(t, data), w, h, imaging.Lanczos), like, jpegn.Subsample420)
}

// mirrored fills w × h pixels with a photo and its mirror images.
func mirrored(t testing.TB, data []byte, w, h int, segments []byte) []byte {
	t.Helper()
	src := decodeWhole(t, data)
	at := func(i, n int) int { // … n-2, n-1, n-1, n-2 …
		if i %= 2 * n; i >= n {
			i = 2*n - 1 - i
		}
		return i
	}
	img := image.NewYCbCr(image.Rect(0, 0, w, h), src.SubsampleRatio)
	for y := range h {
		for x := range w {
			from := at(x, src.Rect.Dx())
			img.Y[img.YOffset(x, y)] = src.Y[src.YOffset(from, at(y, src.Rect.Dy()))]
			to, c := img.COffset(x, y), src.COffset(from, at(y, src.Rect.Dy()))
			img.Cb[to], img.Cr[to] = src.Cb[c], src.Cr[c]
		}
	}
	sub := jpegn.Subsample422
	if src.SubsampleRatio == image.YCbCrSubsampleRatio420 {
		sub = jpegn.Subsample420
	}
	out := asDense(t, img, data, sub)
	return splice(out, 2, 2, segments)
}

// asDense writes at the best quality that takes about as many bytes a pixel as like has, and as cameras do: with the tables
// of the standard. The quality is tried on a part.
func asDense(t testing.TB, img image.Image, like []byte, sub jpegn.Subsampling) []byte {
	t.Helper()
	h, err := readHeader(like)
	if err != nil {
		t.Fatal(err)
	}
	want := float64(len(like)) / float64(h.width*h.height)
	b := img.Bounds()
	part := imaging.Crop(img, image.Rect(0, b.Dy()/2, b.Dx(), b.Dy()/2+b.Dy()/8))
	quality := 98
	for quality > 60 && float64(len(shot(t, part, quality, sub))) > 1.03*want*float64(part.Rect.Dx()*part.Rect.Dy()) {
		quality -= 3
	}
	return shot(t, img, quality, sub)
}

func shot(t testing.TB, img image.Image, quality int, sub jpegn.Subsampling) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpegn.Encode(&out, img, &jpegn.EncodeOptions{Quality: quality, Subsampling: sub}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// field is a plane of exact samples.
type field struct {
	v    []float64
	w, h int
}

// exact makes luma planes of a photo's renditions in exact arithmetic, from all its pixels.
type exact struct {
	src  *image.YCbCr
	o    orientation
	made map[string][]field
}

func newExact(t *testing.T, file string) *exact {
	data := read(t, file)
	h, err := readHeader(data)
	if err != nil {
		t.Fatal(err)
	}
	return &exact{src: decodeWhole(t, data), o: max(h.exif.orientation, 1), made: map[string][]field{}}
}

// rendition is what r should look like in w × h pixels: the sides round heights in their own way. A crop has several, because
// sharp cuts at whole pixels, which is as good a place as the exact one.
func (e *exact) rendition(t *testing.T, r Recipe, w, h int) []field {
	dw, dh := e.o.displayed(e.src.Rect.Dx(), e.src.Rect.Dy())
	if rw, rh := r.size(dw, dh); w != rw || max(h-rh, rh-h) > 1 {
		t.Fatalf("%s is %d × %d, not %d × %d", r.Name, w, h, rw, rh)
	}
	key := fmt.Sprint(r.Name, w, h)
	if e.made[key] == nil {
		for _, part := range nearParts(r, dw, dh) {
			sw, sh := e.o.displayed(w, h)
			e.made[key] = append(e.made[key], turnedField(exactLuma(e.src, e.o.stored(part), sw, sh), e.o))
		}
	}
	return e.made[key]
}

func nearParts(r Recipe, w, h int) []region {
	part := r.part(press.Frame{}, w, h)
	if !r.Crop {
		return []region{part}
	}
	scale := max(float64(r.Width)/float64(w), float64(r.Height)/float64(h))
	fw, fh := math.Round(float64(w)*scale), math.Round(float64(h)*scale)
	parts := []region{part}
	for _, round := range []func(float64) float64{math.Floor, math.Ceil} {
		x, y := round((fw-float64(r.Width))/2), round((fh-float64(r.Height))/2)
		parts = append(parts, region{x / fw, y / fh, (x + float64(r.Width)) / fw, (y + float64(r.Height)) / fh})
	}
	return parts
}

func exactLuma(src *image.YCbCr, part region, w, h int) field {
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	rows := field{v: make([]float64, w*sh), w: w, h: sh}
	across := exactWeights(w, part.x0*float64(sw), part.x1*float64(sw), sw)
	for y := range sh {
		row := src.Y[y*src.YStride:][:sw]
		for x, k := range across {
			var sum float64
			for i, weight := range k.v {
				sum += weight * float64(row[k.at+i])
			}
			rows.v[y*w+x] = sum
		}
	}
	out := field{v: make([]float64, w*h), w: w, h: h}
	for y, k := range exactWeights(h, part.y0*float64(sh), part.y1*float64(sh), sh) {
		for i, weight := range k.v {
			row := rows.v[(k.at+i)*w:][:w]
			for x, v := range row {
				out.v[y*w+x] += weight * v
			}
		}
	}
	return out
}

type exactKernel struct {
	at int
	v  []float64
}

func exactWeights(out int, from, to float64, n int) []exactKernel {
	scale := (to - from) / float64(out)
	stretch := max(scale, 1)
	kernels := make([]exactKernel, out)
	for i := range kernels {
		centre := from + (float64(i)+0.5)*scale
		first, last := max(0, int(math.Ceil(centre-0.5-3*stretch))), min(n-1, int(math.Floor(centre-0.5+3*stretch)))
		k := exactKernel{at: first}
		var sum float64
		for x := first; x <= last; x++ {
			k.v = append(k.v, lanczos3((float64(x)+0.5-centre)/stretch))
			sum += k.v[len(k.v)-1]
		}
		for x := range k.v {
			k.v[x] /= sum
		}
		kernels[i] = k
	}
	return kernels
}

// turnedField shows stored samples upright.
func turnedField(f field, o orientation) field {
	w, h := o.displayed(f.w, f.h)
	out := field{v: make([]float64, len(f.v)), w: w, h: h}
	for y := range h {
		for x := range w {
			sx, sy := x, y
			if o >= 5 {
				sx, sy = y, x
			}
			if o.mirrorsX() {
				sx = f.w - 1 - sx
			}
			if o.mirrorsY() {
				sy = f.h - 1 - sy
			}
			out.v[y*w+x] = f.v[sy*f.w+sx]
		}
	}
	return out
}

// likeness is the mean SSIM of a photo's renditions in a folder.
func likeness(t *testing.T, e *exact, dir string, photo int) (mean float64) {
	recipes := benchRecipes()
	for _, r := range recipes {
		img := decodeWhole(t, read(t, dir, fmt.Sprintf("%d-%s.jpg", photo, r.Name)))
		best := 0.0
		for _, ref := range e.rendition(t, r, img.Rect.Dx(), img.Rect.Dy()) {
			best = max(best, ssim(ref, lumaField(img)))
		}
		mean += best / float64(len(recipes))
	}
	return mean
}

func lumaField(img *image.YCbCr) field {
	f := field{w: img.Rect.Dx(), h: img.Rect.Dy()}
	for y := range f.h {
		for _, v := range img.Y[y*img.YStride:][:f.w] {
			f.v = append(f.v, float64(v))
		}
	}
	return f
}

// ssim is the mean structural similarity of Wang et al. (2004), with their Gaussian window of 11 × 11 and deviation 1.5.
func ssim(a, b field) float64 {
	const c1, c2 = (0.01 * 255) * (0.01 * 255), (0.03 * 255) * (0.03 * 255)
	product := func(p, q field) field {
		out := field{v: make([]float64, len(p.v)), w: p.w, h: p.h}
		for i := range p.v {
			out.v[i] = p.v[i] * q.v[i]
		}
		return blurred(out)
	}
	ma, mb, aa, bb, ab := blurred(a), blurred(b), product(a, a), product(b, b), product(a, b)
	var sum float64
	for i := range ma.v {
		x, y := ma.v[i], mb.v[i]
		sum += (2*x*y + c1) * (2*(ab.v[i]-x*y) + c2) / ((x*x + y*y + c1) * (aa.v[i] - x*x + bb.v[i] - y*y + c2))
	}
	return sum / float64(len(ma.v))
}

// blurred weighs with the window where it fits whole.
func blurred(f field) field {
	var window [11]float64
	var sum float64
	for i := range window {
		window[i] = math.Exp(-float64((i-5)*(i-5)) / (2 * 1.5 * 1.5))
		sum += window[i]
	}
	for i := range window {
		window[i] /= sum
	}
	w, h := f.w-10, f.h-10
	rows := make([]float64, w*f.h)
	for y := range f.h {
		for i, k := range window {
			for x, v := range f.v[y*f.w+i:][:w] {
				rows[y*w+x] += k * v
			}
		}
	}
	out := field{v: make([]float64, w*h), w: w, h: h}
	for y := range h {
		for i, k := range window {
			for x, v := range rows[(y+i)*w:][:w] {
				out.v[y*w+x] += k * v
			}
		}
	}
	return out
}

// apartness is the mean difference of two folders' widest renditions in red, green and blue, of 255.
func apartness(t *testing.T, photos int, a, b string) (mean float64) {
	for i := range photos {
		name := fmt.Sprintf("%d-%s.jpg", i, press.Site1600)
		p, q := decodeWhole(t, read(t, a, name)), decodeWhole(t, read(t, b, name))
		var sum, n float64
		for y := range p.Rect.Dy() {
			for x := range p.Rect.Dx() {
				c, d := color.NRGBAModel.Convert(p.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(q.At(x, y)).(color.NRGBA)
				sum += math.Abs(float64(c.R)-float64(d.R)) + math.Abs(float64(c.G)-float64(d.G)) + math.Abs(float64(c.B)-float64(d.B))
				n += 3
			}
		}
		mean += sum / n / float64(photos)
	}
	return mean
}
