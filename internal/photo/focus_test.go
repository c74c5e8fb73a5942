package photo_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"testing"

	"newsdesk/internal/photo"
	"newsdesk/internal/press"
)

// person draws somebody standing before a bright wall: dark hair, a face, a dark suit, feet on the ground.
func person(img draw.Image, x, y, head int) {
	fill := func(r image.Rectangle, c color.Color) {
		draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
	}
	fill(image.Rect(x-head/2, y, x+head/2, y+head/2), color.RGBA{40, 32, 30, 255})
	fill(image.Rect(x-head*2/5, y+head/3, x+head*2/5, y+head*3/2), color.RGBA{214, 162, 132, 255})
	for _, eye := range []int{-head / 5, head / 8} {
		fill(image.Rect(x+eye, y+head*2/3, x+eye+head/10, y+head*3/4), color.RGBA{50, 40, 40, 255})
	}
	fill(image.Rect(x-head, y+head*3/2, x+head, y+head*6), color.RGBA{36, 42, 60, 255})
}

func scene(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{R: uint8(190 + x*2/w), G: uint8(192 + y*2/h), B: 196, A: 255})
		}
	}
	return img
}

func encoded(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func found(t *testing.T, data []byte) (press.Point, []photo.Output) {
	t.Helper()
	jobs := []photo.Job{{Recipe: press.CoverWide, Find: true}, {Recipe: press.CoverSquare, Find: true}, {Recipe: press.Site480, Find: true}}
	outs, info, err := photo.New(photo.Config{}).Make(t.Context(), "x", data, jobs)
	if err != nil {
		t.Fatal(err)
	}
	return info.Focus, outs
}

// TestFocusKeepsHeads: wherever a person stands, the wide crop has the head in it and the square one the person.
func TestFocusKeepsHeads(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]struct{ w, h, x, y, head int }{
		"right, upper":      {1200, 800, 950, 60, 90},
		"left, lower":       {1200, 800, 220, 420, 60},
		"upright picture":   {800, 1200, 400, 120, 130},
		"far below":         {800, 1200, 300, 760, 70},
		"a wide panorama":   {2400, 800, 2000, 200, 80},
		"small, in a large": {2400, 1800, 1980, 180, 110},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			img := scene(at.w, at.h)
			person(img, at.x, at.y, at.head)
			focus, outs := found(t, encoded(t, img))
			w, h := float64(at.w), float64(at.h)
			high := min(h, w*383/900)
			top := min(max(focus.Y*h-high/2, 0), h-high)
			if float64(at.y) < top || float64(at.y)+1.5*float64(at.head) > top+high {
				t.Errorf("the focus %v cuts the head at %d to %d: the wide crop is %.0f to %.0f", focus, at.y, at.y+at.head*3/2, top, top+high)
			}
			side := min(w, h)
			left := min(max(focus.X*w-side/2, 0), w-side)
			if float64(at.x-at.head) < left || float64(at.x+at.head) > left+side {
				t.Errorf("the focus %v leaves the person at %d: the square crop is %.0f to %.0f", focus, at.x, left, left+side)
			}
			if outs[0].Frame.Focus != focus || outs[1].Frame.Focus != focus || outs[2].Frame != (press.Frame{}) {
				t.Errorf("found %v, made %v, %v, %v", focus, outs[0].Frame, outs[1].Frame, outs[2].Frame)
			}
		})
	}
}

// TestFocusOfNothing: where nothing stands out there is no focus, and crops are those of the centre.
func TestFocusOfNothing(t *testing.T) {
	t.Parallel()
	grey := image.NewGray(image.Rect(0, 0, 640, 480))
	for i := range grey.Pix {
		grey.Pix[i] = 130
	}
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, grey); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"flat": drawn.Bytes(), "an even wall": encoded(t, scene(900, 600)), "one pixel": encoded(t, scene(1, 1)), "a strip": encoded(t, scene(640, 10)),
	} {
		focus, outs := found(t, data)
		if focus != (press.Point{}) {
			t.Errorf("%s: found %v", name, focus)
		}
		plain, _, err := photo.New(photo.Config{}).Make(t.Context(), "x", data, []photo.Job{{Recipe: press.CoverWide, Frame: press.Centre()}})
		if err != nil || !bytes.Equal(plain[0].Data, outs[0].Data) {
			t.Errorf("%s: the crop is not that of the centre (%v)", name, err)
		}
	}
}

// TestFocusIsOfAPersonFirst: who has said where to crop is not overruled.
func TestFocusIsOfAPersonFirst(t *testing.T) {
	t.Parallel()
	img := scene(800, 1200)
	person(img, 400, 120, 130)
	job := photo.Job{Recipe: press.CoverWide, Frame: press.Frame{Focus: press.Point{X: 0.5, Y: 0.9}}, Find: true}
	outs, _, err := photo.New(photo.Config{}).Make(t.Context(), "x", encoded(t, img), []photo.Job{job})
	if err != nil || outs[0].Frame != job.Frame {
		t.Errorf("made %v, %v", outs[0].Frame, err)
	}
}
