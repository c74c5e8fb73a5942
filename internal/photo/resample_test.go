package photo

import (
	"image"
	"math/rand/v2"
	"testing"

	"github.com/disintegration/imaging"
)

func greyPlane(img *image.Gray) plane {
	return plane{pix: img.Pix, w: img.Rect.Dx(), h: img.Rect.Dy(), step: img.Stride}
}

func greyNoise(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range img.Pix {
		img.Pix[i] = uint8(rng.Uint32())
	}
	return img
}

// The filter against imaging's Lanczos in floating point, on noise: every tap counts, and so does every edge.
func TestResampleAgainstReference(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ w, h, toW, toH int }{
		{640, 480, 480, 360},
		{641, 479, 97, 51},
		{100, 300, 99, 299},
		{50, 40, 173, 91},
		{1, 1, 7, 5},
		{2, 9, 1, 1},
		{300, 2, 10, 2},
		{33, 33, 33, 12},
	} {
		src := greyNoise(tt.w, tt.h)
		for i := range src.Pix {
			src.Pix[i] = 64 + src.Pix[i]/2 // far enough from black and white that imaging does not clip between passes
		}
		part := region{0, 0, float64(tt.w), float64(tt.h)}
		got := resamplePlane(greyPlane(src), part, tt.toW, tt.toH)
		want := imaging.Resize(src, tt.toW, tt.toH, imaging.Lanczos)
		worst := 0
		for y := range tt.toH {
			for x := range tt.toW {
				worst = max(worst, apart(int(got.row(y)[x]), want.NRGBAAt(x, y).R))
			}
		}
		// imaging rounds between its two passes, this does not
		if worst > 2 {
			t.Errorf("%+v: a sample is %d off", tt, worst)
		}
	}
}

func TestFlatStaysFlat(t *testing.T) {
	t.Parallel()
	for _, level := range []byte{0, 1, 127, 254, 255} {
		src := newPlane(211, 97)
		for i := range src.pix {
			src.pix[i] = level
		}
		for _, size := range [][2]int{{13, 7}, {210, 96}, {400, 1}} {
			for i, v := range resamplePlane(src, region{0.5, 0.25, 210.5, 96}, size[0], size[1]).pix {
				if v != level {
					t.Fatalf("%d became %d at %d of %v", level, v, i, size)
				}
			}
		}
	}
}

// Black and white noise drives the lanes of the packed sums to their extremes, where a carry would show.
func TestLanesDoNotLeak(t *testing.T) {
	t.Parallel()
	src := greyNoise(301, 77)
	for i := range src.Pix {
		src.Pix[i] = src.Pix[i] >> 7 * 255
	}
	got := resamplePlane(greyPlane(src), region{0, 0, 301, 77}, 450, 60)
	want := imaging.Resize(src, 450, 60, imaging.Lanczos)
	for i, v := range got.pix {
		// imaging clips between its passes, so overshoot beside hard edges differs more than rounding does
		if w := want.Pix[4*i]; (w == 0 || w == 255) && apart(int(v), w) > 40 {
			t.Fatalf("sample %d: got %d, want about %d", i, v, w)
		}
	}
}

func TestMirrorsAreInverse(t *testing.T) {
	t.Parallel()
	src := greyPlane(greyNoise(70, 45))
	for o := orientation(1); o <= 8; o++ {
		back := o
		if o == 6 || o == 8 {
			back = 14 - o
		}
		p := &picture{y: src}
		got := back.upright(o.upright(p)).y
		if got.w != src.w || got.h != src.h || string(got.pix) != string(src.pix) {
			t.Errorf("orientation %d and back is not the same", o)
		}
	}
}

func BenchmarkResample(b *testing.B) {
	src := greyPlane(greyNoise(2016, 1512))
	b.SetBytes(1600 * 1200)
	for b.Loop() {
		resamplePlane(src, region{0, 0, 2016, 1512}, 1600, 1200)
	}
}
