package photo

import (
	"image"
	"image/color"
	"testing"

	"github.com/disintegration/imaging"

	"newsdesk/internal/press"
)

// TestCrop cuts pictures of every orientation, and compares with the part cut out of the upright picture.
func TestCrop(t *testing.T) {
	t.Parallel()
	upright := scene(600, 400)
	part := press.Rect{X1: 0.25, Y1: 0.1, X2: 0.75, Y2: 0.6}
	want := imaging.Crop(upright, image.Rect(150, 40, 450, 240))
	for kind, tolerance := range map[string]float64{formatPNG: 0.01, formatJPEG: 2} {
		for o := orientation(1); o <= 8; o++ {
			file, err := New(Config{}).Crop(t.Context(), "photo", withOrientation(t, kind, upright, o), part)
			if err != nil {
				t.Fatal(err)
			}
			info, err := Inspect("cropped", file)
			if err != nil || info.Format != kind || len(info.Removed) > 0 || info.Width != 300 || info.Height != 200 {
				t.Fatalf("%s %d: %+v, %v", kind, o, info, err)
			}
			got := decoded(t, Output{Data: file, Format: kind, Width: 300, Height: 200})
			if d := distance(t, want, got); d > tolerance {
				t.Errorf("%s, orientation %d: %.2f away", kind, o, d)
			}
		}
	}
	_, err := New(Config{}).Crop(t.Context(), "会场.jpg", jpegFile(t, upright), press.Rect{X1: 0.5, X2: 0.4, Y2: 1})
	if press.CodeOf(err) != "photo.frame" {
		t.Errorf("an empty part: %v", err)
	}
}

func TestCropConvertsColours(t *testing.T) {
	t.Parallel()
	c := color.NRGBA{200, 60, 50, 255}
	file := jpegFile(t, fill8(64, 48, c), iccSegment(iccProfile("Display P3", p3ToXYZ)))
	out, err := New(Config{}).Crop(t.Context(), "p3.jpg", file, press.Rect{X2: 0.01, Y2: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	if got := decoded(t, Output{Data: out, Format: formatJPEG, Width: 1, Height: 1}).NRGBAAt(0, 0); far(got, displayP3(c)) > 4 {
		t.Errorf("became %v, want %v", got, displayP3(c))
	}
}

// A JPEG that lost its end marker is whole; one that lost more is not.
func TestMissingEndMarker(t *testing.T) {
	t.Parallel()
	file := jpegFile(t, noise(400, 300))
	whole := one(t, file, press.Site480, press.Frame{})
	for _, cut := range []int{1, 2} {
		if got := one(t, file[:len(file)-cut], press.Site480, press.Frame{}); string(got.Data) != string(whole.Data) {
			t.Errorf("without the last %d bytes the rendition is another one", cut)
		}
	}
	for _, cut := range []int{3, 4, 100, len(file) / 2} {
		_, _, err := New(Config{}).Make(t.Context(), "cut.jpg", file[:len(file)-cut], []Job{{Recipe: press.Site480}})
		if press.CodeOf(err) != "photo.truncated" {
			t.Errorf("without the last %d bytes: %v", cut, err)
		}
	}
}
