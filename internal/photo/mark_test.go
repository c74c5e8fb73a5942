package photo

import (
	"image"
	"image/color"
	"testing"

	"newsdesk/internal/press"
)

// seal is a watermark: a red square that is clear around its middle.
func seal() image.Image {
	img := fill8(60, 60, color.NRGBA{})
	for y := 15; y < 45; y++ {
		for x := 15; x < 45; x++ {
			img.SetNRGBA(x, y, color.NRGBA{R: 220, A: 255})
		}
	}
	return img
}

// TestMark lays a mark into every corner of photos of all kinds. It is where it should be, in its colour and as strong as
// asked, and nothing else changes.
func TestMark(t *testing.T) {
	t.Parallel()
	green := color.NRGBA{R: 40, G: 160, B: 60, A: 255}
	gray := image.NewGray(image.Rect(0, 0, 601, 401))
	for i := range gray.Pix {
		gray.Pix[i] = 120
	}
	for name, c := range map[string]struct {
		data   []byte
		recipe press.Recipe
	}{
		"photo":           {jpegFile(t, fill8(1300, 867, green)), press.WeChatBody},
		"smaller than it": {jpegFile(t, fill8(601, 401, green)), press.WeChatBody},
		"grey":            {jpegFile(t, gray), press.Site480},
		"drawing":         {pngFile(t, fill8(700, 500, green)), press.Site480},
		"WebP":            {jpegFile(t, fill8(600, 400, green)), press.Site480WebP},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := New(Config{})
			plain := decoded(t, mustMake(t, p, c.data, Job{Recipe: c.recipe})[0])
			w, h := plain.Rect.Dx(), plain.Rect.Dy()
			for corner, at := range map[press.Corner]image.Point{
				"": {w - w/40 - w/10, h - w/40 - w/10}, press.BottomLeft: {w/40 + w/10, h - w/40 - w/10},
				press.TopRight: {w - w/40 - w/10, w/40 + w/10}, press.TopLeft: {w/40 + w/10, w/40 + w/10}, press.Middle: {w / 2, h / 2},
			} {
				mark := &Mark{Watermark: press.Watermark{Corner: corner, Width: 20, Opacity: 50}, Picture: seal()}
				marked := decoded(t, mustMake(t, p, c.data, Job{Recipe: c.recipe, Mark: mark})[0])
				got, under := marked.NRGBAAt(at.X, at.Y), plain.NRGBAAt(at.X, at.Y)
				want := color.NRGBA{R: uint8((int(under.R) + 220) / 2), G: under.G / 2, B: under.B / 2, A: 255}
				if max(apart(int(got.R), want.R), apart(int(got.G), want.G), apart(int(got.B), want.B)) > 6 {
					t.Errorf("%q: %v at %v, want about %v", corner, got, at, want)
				}
				far := image.Pt(w/2, h/2)
				if corner == press.Middle {
					far = image.Pt(w/10, h/10)
				}
				if a, b := marked.NRGBAAt(far.X, far.Y), plain.NRGBAAt(far.X, far.Y); max(apart(int(a.R), b.R), apart(int(a.G), b.G), apart(int(a.B), b.B)) > 2 {
					t.Errorf("%q: away from the mark %v became %v", corner, b, a)
				}
			}
		})
	}
}

func TestMarkLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	p := New(Config{})
	data := jpegFile(t, scene(1080, 720)) // of exactly the recipe's width, so that nothing is resampled
	mark := &Mark{Watermark: press.Watermark{Photo: press.DigestOf([]byte("m"))}, Picture: seal()}
	alone := mustMake(t, p, data, Job{Recipe: press.WeChatBody}, Job{Recipe: press.Site960})
	beside := mustMake(t, p, data, Job{Recipe: press.WeChatBody, Mark: mark}, Job{Recipe: press.WeChatBody}, Job{Recipe: press.Site960})
	for i := range alone {
		if string(alone[i].Data) != string(beside[i+1].Data) {
			t.Errorf("%s has other bytes beside one with a mark", alone[i].Recipe)
		}
	}
	if string(beside[0].Data) == string(beside[1].Data) {
		t.Error("the mark is not there")
	}
	of := press.DigestOf(data)
	a, _ := Job{Recipe: press.WeChatBody}.Key(of)
	b, _ := Job{Recipe: press.WeChatBody, Mark: mark}.Key(of)
	if a == b {
		t.Error("a photo with a mark and one without have one key")
	}
}
