package photo

import (
	"image"
	"image/color"
	"math"
	"testing"

	"newsdesk/internal/press"
)

// displayP3 is the reference: what a P3 colour looks like in sRGB, by the definitions of both (same white, same curve).
func displayP3(c color.NRGBA) color.NRGBA {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	// P3-D65 to linear sRGB, from the chromaticities of SMPTE EG 432-1 and BT.709
	return color.NRGBA{
		srgbTone(min(max(1.2249402*r-0.2249402*g, 0), 1)),
		srgbTone(min(max(-0.0420570*r+1.0420571*g, 0), 1)),
		srgbTone(min(max(-0.0196376*r-0.0786361*g+1.0982735*b, 0), 1)), 255,
	}
}

var patches = []color.NRGBA{
	{200, 60, 50, 255}, {60, 170, 80, 255}, {50, 80, 190, 255}, {128, 128, 128, 255}, {240, 200, 180, 255}, {255, 0, 0, 255},
}

func TestDisplayP3BecomesSRGB(t *testing.T) {
	t.Parallel()
	manyPixels(t)
	profile := iccProfile("Display P3", p3ToXYZ)
	for _, c := range patches {
		want := displayP3(c)
		for kind, file := range map[string][]byte{
			"planes": jpegFile(t, fill8(641, 479, c), iccSegment(profile)),
			"pixels": pngFile(t, fill8(641, 479, c), chunk("iCCP", deflated(t, "p3\x00\x00", profile))),
		} {
			info, err := Inspect(kind, file)
			if err != nil || info.Profile != "Display P3" || info.ColourKept {
				t.Fatalf("%s: %+v, %v", kind, info, err)
			}
			got := decoded(t, one(t, file, press.Site480, press.Frame{})).NRGBAAt(240, 100)
			if far(got, want) > 4 {
				t.Errorf("%s: P3 %v became %v, want %v", kind, c, got, want)
			}
		}
	}
}

func far(a, b color.NRGBA) int {
	return max(apart(int(a.R), b.R), apart(int(a.G), b.G), apart(int(a.B), b.B))
}

func TestProfilesThatChangeNothing(t *testing.T) {
	t.Parallel()
	if newConversion(readProfile(iccProfile("sRGB IEC61966-2.1", srgbToXYZ))) != nil {
		t.Error("sRGB is converted to itself")
	}
	if newConversion(nil) != nil || newConversion(readProfile([]byte("no profile"))) != nil {
		t.Error("a conversion from nothing")
	}
	table := iccProfile("Scanner", srgbToXYZ)
	copy(table[16:], "Lab ")
	p := readProfile(table)
	if p == nil || p.matrix || p.name != "Scanner" || newConversion(p) != nil {
		t.Errorf("a profile that is not understood: %+v", p)
	}
}

func TestAdobeRGBWithoutProfile(t *testing.T) {
	t.Parallel()
	c := newConversion(adobeRGB())
	// Adobe RGB (128, 128, 128) is the same grey; its green is outside sRGB
	if r, g, b := c.rgb(128, 128, 128); apart(128, r) > 1 || apart(128, g) > 1 || apart(128, b) > 1 {
		t.Errorf("grey became %d %d %d", r, g, b)
	}
	if r, g, _ := c.rgb(100, 200, 100); r > 10 || g < 195 {
		t.Errorf("green became %d %d", r, g)
	}
}

// Every prefix and many spoiled bytes: a profile is outside data.
func TestSpoiledProfiles(t *testing.T) {
	t.Parallel()
	good := iccProfile("Display P3", p3ToXYZ)
	for n := range good {
		newConversion(readProfile(good[:n]))
		bad := append([]byte{}, good...)
		bad[n] ^= 0xff
		newConversion(readProfile(bad))
	}
	for n := range exifBlock(1) {
		bad := exifBlock(1)
		bad[n] ^= 0xff
		exifOf(bad)
		exifOf(exifBlock(1)[:n])
	}
}

func TestSharedDisplayP3(t *testing.T) {
	t.Parallel()
	data := read(t, testdata(t, "photos/formats"), "office-2016-display-p3.jpg")
	out := one(t, data, press.Site1600, press.Frame{})
	s := &source{codec: fastJPEG{}, data: data, h: mustHeader(t, data)}
	w, h := s.h.masterSize()
	plainMaster, err := s.fromPlanes(whole, 1, w, h)
	if err != nil {
		t.Fatal(err)
	}
	stored, got := pixelsOf(plainMaster.image()), decoded(t, out)
	want := image.NewNRGBA(stored.Rect)
	for y := range stored.Rect.Dy() {
		for x := range stored.Rect.Dx() {
			want.SetNRGBA(x, y, displayP3(stored.NRGBAAt(x, y)))
		}
	}
	if d := distance(t, want, got); d > 2.5 { // JPEG's own loss at this quality
		t.Errorf("mean difference from the reference %.2f", d)
	}
	if near, far := distance(t, want, got), distance(t, stored, got); far < near+0.5 {
		t.Errorf("hardly converted: %.2f from the reference, %.2f from the stored colours", near, far)
	}
}

func mustHeader(t testing.TB, data []byte) *header {
	t.Helper()
	h, err := readHeader(data)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestSixteenBitGreyAlphaAndCMYK(t *testing.T) {
	t.Parallel()
	deepRed := image.NewNRGBA64(image.Rect(0, 0, 60, 40))
	grey := image.NewGray(image.Rect(0, 0, 60, 40))
	for y := range 40 {
		for x := range 60 {
			deepRed.SetNRGBA64(x, y, color.NRGBA64{200 * 257, 20 * 257, 30 * 257, 65535})
			grey.SetGray(x, y, color.Gray{90})
		}
	}
	cmyk := cmykJPEG(t, 64, 48, [4]byte{255, 51, 255, 255}) // inverted, as Adobe stores it: magenta 204
	for _, tt := range []struct {
		name string
		file []byte
		want color.NRGBA
	}{
		{"16 bit", pngFile(t, deepRed), color.NRGBA{200, 20, 30, 255}},
		{"grey jpeg", jpegFile(t, grey), color.NRGBA{90, 90, 90, 255}},
		{"grey png", pngFile(t, grey), color.NRGBA{90, 90, 90, 255}},
		{"transparent on white", pngFile(t, fill8(60, 40, color.NRGBA{255, 0, 0, 0})), color.NRGBA{255, 255, 255, 255}},
		{"half transparent", pngFile(t, fill8(60, 40, color.NRGBA{0, 0, 0, 128})), color.NRGBA{127, 127, 127, 255}},
		{"cmyk", cmyk, color.NRGBA{255, 51, 255, 255}},
		{"tiff", encodedTIFF(t, fill8(60, 40, color.NRGBA{10, 120, 60, 255})), color.NRGBA{10, 120, 60, 255}},
	} {
		got := decoded(t, one(t, tt.file, press.CoverSquare, press.Frame{})).NRGBAAt(250, 250)
		if far(got, tt.want) > 4 {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestDrawingsStayPNG(t *testing.T) {
	t.Parallel()
	manyPixels(t)
	for _, tt := range []struct {
		name string
		img  *image.NRGBA
		want string
	}{
		{"logo with transparency", fill8(1200, 300, color.NRGBA{200, 30, 30, 80}), formatPNG},
		{"drawing", drawing(1200, 900), formatPNG},
		{"photo", noise(300, 200), formatJPEG},
	} {
		for _, recipe := range []press.Recipe{press.WeChatBody, press.Site480} {
			if got := one(t, pngFile(t, tt.img), recipe, press.Frame{}); got.Format != tt.want {
				t.Errorf("%s, %s: got %s", tt.name, recipe, got.Format)
			}
		}
		if got := one(t, pngFile(t, tt.img), press.Thumb, press.Frame{}); got.Format != formatJPEG {
			t.Errorf("%s: a thumb in %s", tt.name, got.Format)
		}
	}
}
