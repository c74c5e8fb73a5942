package photo

import (
	"image"
	"math"
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
		got := scaled8(greyPlane(src), part, tt.toW, tt.toH)
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
			for i, v := range scaled8(src, region{0.5, 0.25, 210.5, 96}, size[0], size[1]).pix {
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
	got := scaled8(greyPlane(src), region{0, 0, 301, 77}, 450, 60)
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
		seen := o.upright(p).y
		if x, y := seenAt(o, src, 33, 7); seen.row(y)[x] != src.row(7)[33] {
			t.Errorf("orientation %d: sample 33, 7 is not at %d, %d", o, x, y)
		}
		got := back.upright(&picture{y: seen}).y
		if got.w != src.w || got.h != src.h || string(got.pix) != string(src.pix) {
			t.Errorf("orientation %d and back is not the same", o)
		}
	}
}

// seenAt is where a stored sample is seen, by the definition of each orientation.
func seenAt(o orientation, p plane, x, y int) (int, int) {
	right, bottom := p.w-1-x, p.h-1-y
	return [...]int{1: x, 2: right, 3: right, 4: x, 5: y, 6: bottom, 7: bottom, 8: y}[o],
		[...]int{1: y, 2: y, 3: bottom, 4: bottom, 5: x, 6: x, 7: right, 8: right}[o]
}

// pour lets a plane through a flow, as a decoder does: in bands of any multiple of stride.
func pour(to flow, src plane) {
	for top := 0; top < src.h; {
		rows := min(src.h-top, stride*(1+top%3))
		to.take(src.rows(top, top+rows), top)
		top += rows
	}
}

func scaled8(src plane, part region, w, h int) plane { return newScaler(src, part, w, h).plane(src) }

// lanczos3 is the filter's formula, sample by sample.
func lanczos3(x float64) float64 {
	x = math.Abs(x)
	switch {
	case x < 1e-8:
		return 1
	case x >= 3:
		return 0
	}
	px := math.Pi * x
	return 3 * math.Sin(px) * math.Sin(px/3) / (px * px)
}

func TestWeightsAreLanczos(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		out, n   int
		from, to float64
	}{{1600, 2016, 0, 2016}, {1067, 1600, 0, 1600}, {383, 1200, 281.3, 962.6}, {300, 200, 0, 200}, {360, 30000, 0, 29999.5}} {
		f := newFilter(tt.out, tt.from, tt.to, tt.n)
		scale := (tt.to - tt.from) / float64(tt.out)
		stretch := max(scale, 1)
		for i := range tt.out {
			centre := tt.from + (float64(i)+0.5)*scale
			var sum float64
			for k := range f.taps {
				sum += lanczos3((float64(int(f.start[i])+k) + 0.5 - centre) / stretch)
			}
			whole := 0
			for k, w := range f.of(i) {
				want := lanczos3((float64(int(f.start[i])+k)+0.5-centre)/stretch) / sum * (1 << weightBits)
				if math.Abs(float64(w)-want) > float64(f.taps) { // one of them has what rounding lost of all
					t.Fatalf("%+v: weight %d of sample %d is %d, want %.1f", tt, k, i, w, want)
				}
				whole += int(w)
			}
			if whole != 1<<weightBits {
				t.Fatalf("%+v: the weights of sample %d add up to %d", tt, i, whole)
			}
		}
	}
}
