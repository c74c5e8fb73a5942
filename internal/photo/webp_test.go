package photo

import (
	"image"
	"image/color"
	"testing"

	"newsdesk/internal/press"
)

// TestWebPIsSmallerThanJPEG compares both with the picture they were made from, by the mean distance of pixels: at the recipes'
// qualities WebP must be as near as JPEG, within a tenth, in clearly fewer bytes.
func TestWebPIsSmallerThanJPEG(t *testing.T) {
	t.Parallel()
	file := read(t, testdata(t, "photos"), "sunset-3648x2736.jpg")
	outs := mustMake(t, New(Config{}), file, Job{Recipe: press.Site960}, Job{Recipe: press.Site960WebP})
	s := &source{codec: fastJPEG{}, data: file, h: mustHeader(t, file)}
	if err := s.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := s.rendition(whole, outs[0].Width, outs[0].Height)
	if err != nil {
		t.Fatal(err)
	}
	exact := pixelsOf(p.image())
	asJPEG, asWebP := distance(t, exact, decoded(t, outs[0])), distance(t, exact, decoded(t, outs[1]))
	t.Logf("JPEG %d bytes, %.2f away; WebP %d bytes, %.2f away", len(outs[0].Data), asJPEG, len(outs[1].Data), asWebP)
	if len(outs[1].Data)*10 > len(outs[0].Data)*9 || asWebP > 1.25*asJPEG+0.2 {
		t.Errorf("JPEG %d bytes, %.2f away; WebP %d bytes, %.2f away", len(outs[0].Data), asJPEG, len(outs[1].Data), asWebP)
	}
}

// TestWebPOfPhones: a detailed photo's phone size stays within its bytes, and still looks like the photo.
func TestWebPOfPhones(t *testing.T) {
	t.Parallel()
	file := read(t, testdata(t, "seed-article"), "Wechat photo _20240816103911.jpg")
	out := one(t, file, press.Site768WebP, press.Frame{})
	s := &source{codec: fastJPEG{}, data: file, h: mustHeader(t, file), colour: newConversion(mustHeader(t, file).profile())}
	if err := s.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := s.rendition(whole, out.Width, out.Height)
	if err != nil {
		t.Fatal(err)
	}
	away := distance(t, pixelsOf(p.image()), decoded(t, out))
	t.Logf("%d bytes, %.2f away", len(out.Data), away)
	if len(out.Data) > webpPhoneBytes || away > 6 {
		t.Errorf("%d bytes, %.2f away", len(out.Data), away)
	}
}

func TestWebPColours(t *testing.T) {
	t.Parallel()
	for _, c := range append(patches, color.NRGBA{0, 0, 0, 255}, color.NRGBA{255, 255, 255, 255}) {
		file := pngFile(t, scene(64, 48))
		s := &source{codec: fastJPEG{}, data: file, h: mustHeader(t, file), master: pictureOf(fill8(481, 359, c))}
		out, err := s.webp(Recipe{Quality: webpQuality}, whole, 480, 358, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := decoded(t, *out).NRGBAAt(240, 100); far(got, c) > 4 {
			t.Errorf("%v became %v", c, got)
		}
	}
	grey := image.NewGray(image.Rect(0, 0, 60, 40))
	for i := range grey.Pix {
		grey.Pix[i] = 90
	}
	if got := decoded(t, one(t, jpegFile(t, grey), press.Site480WebP, press.Frame{})).NRGBAAt(30, 20); far(got, color.NRGBA{90, 90, 90, 255}) > 2 {
		t.Errorf("grey became %v", got)
	}
}

func TestWebPKeepsTransparencyAndDrawings(t *testing.T) {
	t.Parallel()
	got := decoded(t, one(t, pngFile(t, fill8(300, 200, color.NRGBA{200, 30, 30, 80})), press.Site480WebP, press.Frame{}))
	if c := got.NRGBAAt(9, 9); c.A != 80 || far(c, color.NRGBA{200, 30, 30, 80}) > 2 {
		t.Errorf("half transparent red became %v", c)
	}
	chart := drawing(480, 300)
	out := one(t, pngFile(t, chart), press.Site480WebP, press.Frame{})
	if d := distance(t, chart, decoded(t, out)); d != 0 {
		t.Errorf("a drawing is %.2f away", d)
	}
}

// The encoder's cost beside that of JPEG in the same width: go test -bench WebP.
func BenchmarkWebP(b *testing.B) {
	file := read(b, testdata(b, "photos"), "sunset-3648x2736.jpg")
	s := &source{codec: fastJPEG{}, data: file, h: mustHeader(b, file)}
	if err := s.open(b.Context()); err != nil {
		b.Fatal(err)
	}
	for _, name := range []press.Recipe{press.Site1600, press.Site1600WebP, press.Site960WebP, press.Site480WebP} {
		r, _ := Lookup(name)
		b.Run(string(name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				out, err := s.render(r, whole, nil)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(out.Data)), "file-bytes")
			}
		})
	}
}
