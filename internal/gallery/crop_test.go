package gallery_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"newsdesk/internal/blob"
	"newsdesk/internal/press"
)

// TestTakeCropped: what a document cut off is kept nowhere.
func TestTakeCropped(t *testing.T) {
	t.Parallel()
	r := open(t)
	img := image.NewNRGBA(image.Rect(0, 0, 200, 100))
	for x := range 200 {
		for y := range 100 {
			img.SetNRGBA(x, y, color.NRGBA{uint8(255 * (x / 100)), uint8(y), uint8(x), 255})
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		t.Fatal(err)
	}
	p, made, err := r.TakeCropped(t.Context(), "会场.png", opener(file.Bytes()), press.Rect{X1: 0.5, X2: 1, Y2: 1}, []press.Recipe{press.Site480})
	if err != nil || p.Width != 100 || p.Height != 100 || len(made) != 1 || made[0].Width != 100 {
		t.Fatalf("%+v, %+v, %v", p, made, err)
	}
	kept, err := blob.ReadAll(t.Context(), r.Blobs, p.Digest, 1e6)
	if err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(bytes.NewReader(kept))
	if err != nil || got.Bounds().Dx() != 100 {
		t.Fatalf("%v, %v", got.Bounds(), err)
	}
	if r, _, _, _ := got.At(0, 50).RGBA(); r != 0xffff {
		t.Error("not the right half")
	}
	if has, err := r.Blobs.Has(t.Context(), press.DigestOf(file.Bytes())); has || err != nil {
		t.Errorf("the whole photo is kept: %v", err)
	}
}
