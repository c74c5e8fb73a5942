//go:build amd64 && !purego

package photo

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"newsdesk/internal/press"
)

// inWords runs f with the loops that every machine has. Tests that call it are not parallel.
func inWords(f func()) {
	was := vectorise
	vectorise = false
	defer func() { vectorise = was }()
	f()
}

func needVectors(t testing.TB) {
	t.Helper()
	if !vectorise {
		t.Skip("this processor has no AVX2")
	}
}

// kernelCase is a plane, a part of it and a size to make of the part.
type kernelCase struct {
	w, h, gap int // gap is what lies between rows
	part      region
	toW, toH  int
	hard      bool // black and white, which drives every sum to its ends
}

func anyKernelCase(rng *rand.Rand) kernelCase {
	c := kernelCase{w: 1 + rng.IntN(300), h: 1 + rng.IntN(90), gap: rng.IntN(3), toW: 1 + rng.IntN(200), toH: 1 + rng.IntN(90), hard: rng.IntN(4) == 0}
	c.part = region{0, 0, float64(c.w), float64(c.h)}
	if rng.IntN(2) == 0 {
		c.part.x0, c.part.y0 = rng.Float64()*float64(c.w)/2, rng.Float64()*float64(c.h)/2
		c.part.x1 -= rng.Float64() * float64(c.w) / 3
		c.part.y1 -= rng.Float64() * float64(c.h) / 3
	}
	return c
}

// fill draws noise into all of pix but the gaps, which hold what must not be seen.
func (c kernelCase) fill(pix []byte, rng *rand.Rand) plane {
	p := plane{pix: pix, w: c.w, h: c.h, step: c.w + c.gap}
	for i := range pix {
		pix[i] = byte(rng.Uint32())
		if c.hard {
			pix[i] = byte(int8(pix[i]) >> 7)
		}
	}
	return p
}

func (c kernelCase) bytes() int { return (c.w+c.gap)*c.h - c.gap }

func TestVectorsMakeTheSameSamples(t *testing.T) {
	needVectors(t)
	rng := rand.New(rand.NewPCG(5, 6))
	wide := 0
	for range 1500 {
		c := anyKernelCase(rng)
		src := c.fill(make([]byte, c.bytes()), rng)
		s := newScaler(src, c.part, c.toW, c.toH)
		if s.vectors == nil {
			wide++
			continue
		}
		got := s.plane(src)
		s.vectors = nil
		if want := s.plane(src); !bytes.Equal(got.pix, want.pix) {
			t.Fatalf("%+v: other bytes", c)
		}
	}
	if wide > 700 {
		t.Errorf("%d of 1500 cases shrink too far for the vectors", wide)
	}
}

// What the renditions of usual photos need must not fall back to words.
func TestUsualSizesAreVectors(t *testing.T) {
	needVectors(t)
	for _, tt := range [][2]int{{2016, 1600}, {3000, 1600}, {3750, 1600}, {1600, 1080}, {1600, 960}, {1600, 480}, {960, 360}, {1600, 383}, {300, 900}, {1, 1}} {
		if newScaler(plane{w: tt[0], h: 10}, region{0, 0, float64(tt[0]), 10}, tt[1], 7).vectors == nil {
			t.Errorf("%d to %d samples has no vectors", tt[0], tt[1])
		}
	}
}

// anyPicture has odd sides half of the time, and colours of all kinds.
func anyPicture(rng *rand.Rand, w, h int) *picture {
	p := &picture{y: newPlane(w, h), cb: newPlane(half(w), half(h)), cr: newPlane(half(w), half(h)), fx: 2, fy: 2}
	for _, c := range []plane{p.y, p.cb, p.cr} {
		for i := range c.pix {
			c.pix[i] = byte(rng.Uint32())
		}
	}
	return p
}

func (p *picture) clone() *picture {
	q := *p
	q.y.pix, q.cb.pix, q.cr.pix = bytes.Clone(p.y.pix), bytes.Clone(p.cb.pix), bytes.Clone(p.cr.pix)
	return &q
}

func (p *picture) equal(q *picture) bool {
	return bytes.Equal(p.y.pix, q.y.pix) && bytes.Equal(p.cb.pix, q.cb.pix) && bytes.Equal(p.cr.pix, q.cr.pix)
}

func TestVectorsMakeTheSameColours(t *testing.T) {
	needVectors(t)
	rng := rand.New(rand.NewPCG(7, 8))
	extreme := newConversion(readProfile(iccProfile("Extreme", [3][3]float64{{1.9, -1.5, 1.1}, {-0.9, 1.99, -1.7}, {0.7, -1.9, 1.9}})))
	if extreme == nil {
		t.Fatal("the extreme profile is not taken")
	}
	for i, c := range []*conversion{newConversion(readProfile(iccProfile("Display P3", p3ToXYZ))), newConversion(adobeRGB()), extreme} {
		for range 60 {
			w, h := 1+rng.IntN(200), 1+rng.IntN(40)
			got := anyPicture(rng, w, h)
			want := got.clone()
			c.picture(got)
			inWords(func() { c.picture(want) })
			if !got.equal(want) {
				t.Fatalf("conversion %d of %d × %d: other bytes", i, w, h)
			}
		}
	}
}

// The files that people get are the same whatever machine made them.
func TestVectorsMakeTheSameFiles(t *testing.T) {
	needVectors(t)
	manyPixels(t)
	p := New(Config{})
	p3 := iccSegment(iccProfile("Display P3", p3ToXYZ))
	crop := press.Frame{Crop: &press.Rect{X1: 0.31, Y1: 0.2, X2: 0.52, Y2: 0.47}}
	jobs := append(allJobs(), Job{Recipe: press.CoverWide, Frame: crop}, Job{Recipe: press.CoverSquare, Frame: crop})
	for name, file := range map[string][]byte{
		"plain":  jpegFile(t, scene(2311, 1733)),
		"turned": jpegFile(t, scene(1999, 1333), exifSegment(6), p3),
		"pixels": pngFile(t, scene(801, 533)),
	} {
		got := mustMake(t, p, file, jobs...)
		var want []Output
		inWords(func() { want = mustMake(t, p, file, jobs...) })
		for i := range want {
			if !bytes.Equal(got[i].Data, want[i].Data) {
				t.Errorf("%s: %s has other bytes", name, jobs[i].Recipe)
			}
		}
	}
}
