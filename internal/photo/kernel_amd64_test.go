//go:build amd64 && !purego

package photo

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// scalar runs f with the loops that every machine has.
func scalar(f func()) {
	was := vectorise
	vectorise = false
	f()
	vectorise = was
}

func needsVectors(t testing.TB) {
	t.Helper()
	if !vectorise {
		t.Skip("this processor has no AVX2")
	}
}

func TestVectorsMakeTheSameBytes(t *testing.T) {
	needsVectors(t)
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range 2000 {
		w, h := 1+rng.IntN(300), 1+rng.IntN(120)
		toW, toH := 1+rng.IntN(300), 1+rng.IntN(120)
		src := plane{pix: make([]byte, (w+i%3)*h), w: w, h: h, step: w + i%3}
		for i := range src.pix {
			src.pix[i] = byte(rng.Uint32())
		}
		if i%4 == 0 {
			for i := range src.pix {
				src.pix[i] = byte(int8(src.pix[i]) >> 7)
			}
		}
		x0, y0 := rng.Float64()*float64(w-1)/2, rng.Float64()*float64(h-1)/2
		part := region{x0, y0, float64(w) - rng.Float64()*x0, float64(h) - rng.Float64()*y0}
		if i%2 == 0 {
			part = region{0, 0, float64(w), float64(h)}
		}
		got := scaled8(src, part, toW, toH)
		scalar(func() {
			if want := scaled8(src, part, toW, toH); !bytes.Equal(got.pix, want.pix) {
				t.Fatal(fmt.Sprint(w, h, toW, toH, part))
			}
		})
	}
}
