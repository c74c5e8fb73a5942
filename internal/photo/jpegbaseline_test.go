package photo

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"github.com/gen2brain/jpegn"
)

// differ compares the planes of two pictures and returns the largest difference.
func differ(t testing.TB, got, want image.Image) (most int) {
	t.Helper()
	a, b := planesOf(got), planesOf(want)
	if a == nil || b == nil || a.grey() != b.grey() || a.fx != b.fx || a.fy != b.fy {
		t.Fatalf("%T of %v, not %T of %v", got, got.Bounds(), want, want.Bounds())
	}
	pairs := [][2]plane{{a.y, b.y}, {a.cb, b.cb}, {a.cr, b.cr}}
	if a.grey() {
		pairs = pairs[:1]
	}
	for _, p := range pairs {
		if p[0].w != p[1].w || p[0].h != p[1].h {
			t.Fatalf("%d × %d samples, not %d × %d", p[0].w, p[0].h, p[1].w, p[1].h)
		}
		for y := range p[0].h {
			q := p[1].row(y)
			for x, v := range p[0].row(y) {
				most = max(most, apart(int(v), q[x]))
			}
		}
	}
	return most
}

// decodeBaseline puts together what the decoder hands on.
func decodeBaseline(data []byte, shrink int) (image.Image, error) {
	var p *picture
	err := streamBaseline(data, shrink, func(shape *picture) (sink, error) {
		p = shape
		planes := []*plane{&p.y, &p.cb, &p.cr}
		for _, c := range planes {
			*c = newPlane(c.w, c.h)
		}
		return func(component int, rows plane, top int) { copier{*planes[component]}.take(rows, top) }, nil
	})
	if err != nil {
		return nil, err
	}
	rect := image.Rect(0, 0, p.y.w, p.y.h)
	if p.grey() {
		return &image.Gray{Pix: p.y.pix, Stride: p.y.step, Rect: rect}, nil
	}
	ratios := map[[2]float64]image.YCbCrSubsampleRatio{
		{1, 1}: image.YCbCrSubsampleRatio444, {2, 1}: image.YCbCrSubsampleRatio422,
		{1, 2}: image.YCbCrSubsampleRatio440, {2, 2}: image.YCbCrSubsampleRatio420,
	}
	return &image.YCbCr{
		Y: p.y.pix, Cb: p.cb.pix, Cr: p.cr.pix, YStride: p.y.step, CStride: p.cb.step,
		SubsampleRatio: ratios[[2]float64{p.fx, p.fy}], Rect: rect,
	}, nil
}

// cameraFile is a baseline JPEG as cameras write them.
func cameraFile(t testing.TB, img image.Image, o jpegn.EncodeOptions) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpegn.Encode(&out, img, &o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestBaseline holds the decoder against the library at the smaller scales, where both make the same samples, and against
// the standard library at the whole one, where rounding may differ by one.
func TestBaseline(t *testing.T) {
	t.Parallel()
	for i, sub := range []jpegn.Subsampling{jpegn.Subsample444, jpegn.Subsample440, jpegn.Subsample422, jpegn.Subsample420, jpegn.SubsampleGray} {
		for k, size := range [][2]int{{1, 1}, {17, 9}, {64, 48}, {203, 161}} {
			for q, quality := range []int{30, 90, 100} {
				img := scene(size[0], size[1])
				if (i+k+q)%2 == 1 {
					img = noise(size[0], size[1])
				}
				data := cameraFile(t, img, jpegn.EncodeOptions{
					Quality: quality, Subsampling: sub, OptimizeCoding: k%2 == 0, RestartInterval: (i + k) % 3 * 5,
				})
				t.Run(fmt.Sprint(sub, size, quality), func(t *testing.T) { compareDecoders(t, data) })
			}
		}
	}
}

func compareDecoders(t *testing.T, data []byte) {
	for _, shrink := range []int{1, 2, 4, 8} {
		got, err := decodeBaseline(data, shrink)
		if err != nil {
			t.Fatal(err)
		}
		want, err := jpegn.Decode(bytes.NewReader(data), &jpegn.Options{ScaleDenom: shrink})
		most := 0
		if shrink == 1 {
			want, err = jpeg.Decode(bytes.NewReader(data))
			most = 1
		}
		if err != nil {
			t.Fatal(err)
		}
		if d := differ(t, got, want); d > most {
			t.Errorf("at 1/%d samples differ by %d", shrink, d)
		}
	}
}

// TestBaselineGivenPhoto does the same with a photo of a camera.
func TestBaselineGivenPhoto(t *testing.T) {
	t.Parallel()
	compareDecoders(t, read(t, testdata(t, "photos"), "orientation", "Landscape_6.jpg"))
}

// TestBaselineRefuses: a photo cut anywhere in its data, with or without an end marker put back, and one whose restart
// markers are out of order. The library takes all of these.
func TestBaselineRefuses(t *testing.T) {
	t.Parallel()
	data := cameraFile(t, scene(120, 90), jpegn.EncodeOptions{Quality: 90, RestartInterval: 7})
	start := bytes.Index(data, []byte{0xff, 0xda}) + 14 // behind the header of the scan
	for at := start; at < len(data)-3; at += 1 + at%13 {
		for _, cut := range [][]byte{data[:at:at], append(data[:at:at], 0xff, 0xd9)} {
			for _, shrink := range []int{1, 8} {
				if _, err := decodeBaseline(cut, shrink); !errors.Is(err, errTruncated) && !errors.Is(err, errMalformed) {
					t.Fatalf("cut at %d of %d: %v", at, len(data), err)
				}
			}
		}
	}
	turned := bytes.Replace(bytes.Clone(data), []byte{0xff, 0xd1}, []byte{0xff, 0xd2}, 1)
	if _, err := decodeBaseline(turned, 2); !errors.Is(err, errMalformed) {
		t.Errorf("restart markers out of order: %v", err)
	}
}

// TestBaselineLeavesRareOnes to the library.
func TestBaselineLeavesRareOnes(t *testing.T) {
	t.Parallel()
	progressive := cameraFile(t, scene(40, 30), jpegn.EncodeOptions{Progressive: true})
	for name, data := range map[string][]byte{"progressive": progressive, "CMYK": cmykJPEG(t, 16, 16, [4]byte{1, 2, 3, 4})} {
		if _, err := decodeBaseline(data, 1); !errors.Is(err, errRare) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzJPEGDecode: whatever is decoded, the standard library decodes too, in the same size; and at smaller scales the samples
// are the library's.
func FuzzJPEGDecode(f *testing.F) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, sub := range []jpegn.Subsampling{jpegn.Subsample444, jpegn.Subsample422, jpegn.Subsample420, jpegn.SubsampleGray} {
		img := image.NewGray(image.Rect(0, 0, 37, 29))
		for i := range img.Pix {
			img.Pix[i] = color.Gray{Y: uint8(i/3 + rng.IntN(30))}.Y
		}
		f.Add(cameraFile(f, img, jpegn.EncodeOptions{Quality: 85, Subsampling: sub, RestartInterval: int(sub)}), uint8(sub))
		f.Add(cameraFile(f, scene(24, 24), jpegn.EncodeOptions{Quality: 60, Subsampling: sub, OptimizeCoding: true}), uint8(sub))
	}
	f.Fuzz(func(t *testing.T, data []byte, scale uint8) {
		h, err := readHeader(data)
		if err != nil || h.format != formatJPEG || h.width*h.height > 1<<18 {
			return
		}
		shrink := 1 << (scale % 4)
		got, err := decodeBaseline(data, shrink)
		if err != nil {
			return
		}
		if b := got.Bounds(); b.Dx() != ceilDiv(h.width, shrink) || b.Dy() != ceilDiv(h.height, shrink) {
			t.Fatalf("%v of %d × %d at 1/%d", b, h.width, h.height, shrink)
		}
		standard, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("the standard library refuses what was decoded: %v", err)
		}
		if h.fast() {
			differ(t, decodedWhole(t, data), standard)
		}
		if library, err := jpegn.Decode(bytes.NewReader(data), &jpegn.Options{ScaleDenom: shrink}); err == nil && shrink > 1 && h.fast() {
			if d := differ(t, got, library); d > 0 {
				t.Fatalf("at 1/%d samples differ by %d", shrink, d)
			}
		}
	})
}

func decodedWhole(t *testing.T, data []byte) image.Image {
	img, err := decodeBaseline(data, 1)
	if err != nil {
		t.Fatalf("taken at one scale and not at another: %v", err)
	}
	return img
}

// TestBaselineAfterBroken: photos that break off in the middle of a block leave nothing in those decoded after them.
func TestBaselineAfterBroken(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	data := cameraFile(t, scene(40, 32), jpegn.EncodeOptions{Quality: 95, OptimizeCoding: true})
	start := bytes.Index(data, []byte{0xff, 0xda}) + 14
	for _, shrink := range []int{1, 2, 4} {
		want, err := decodeBaseline(data, shrink)
		if err != nil {
			t.Fatal(err)
		}
		for range 500 {
			broken := bytes.Clone(data)
			for range 4 {
				broken[start+rng.IntN(len(data)-start-2)] = byte(rng.UintN(255))
			}
			_, _ = decodeBaseline(broken, shrink) // some are still pictures
			got, err := decodeBaseline(data, shrink)
			if err != nil {
				t.Fatal(err)
			}
			if d := differ(t, got, want); d > 0 {
				t.Fatalf("at 1/%d samples of a photo differ by %d after a broken one", shrink, d)
			}
		}
	}
}
