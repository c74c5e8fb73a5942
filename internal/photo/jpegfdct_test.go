package photo

import (
	"math/rand/v2"
	"testing"
)

// TestForwardTransform compares the transform of this machine with the one that runs everywhere, and both with division.
func TestForwardTransform(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for i := range 20_000 {
		const step = 9
		var src [8 * step]byte
		for k := range src {
			switch i % 4 {
			case 0:
				src[k] = byte(rng.Uint32())
			case 1:
				src[k] = byte(rng.Uint32() & 1 * 255)
			case 2:
				src[k] = byte(i / 4)
			case 3:
				src[k] = byte(100 + k + rng.IntN(9))
			}
		}
		quant := quantTable(&lumaQuant, 1+i%100)
		divs := newDivisors(&quant)
		var got, want [64]int16
		a, b := fdct(&got, src[:], step, divs), fdctPlain(&want, src[:], step, divs)
		if got != want || a != b {
			t.Fatalf("%v with %x, not %v with %x", got, a, want, b)
		}
	}
}

func TestDivisors(t *testing.T) {
	var quant [64]byte
	for q := 1; q < 256; q++ {
		quant[0] = byte(q)
		for k := 1; k < 64; k++ {
			quant[k] = 1
		}
		divs := newDivisors(&quant)
		for v := int32(0); v < 1<<14+1<<10; v++ {
			want := min(int16((v+4*int32(q))/(8*int32(q))), maxQuantized)
			if got := divs.quantized(v, 0); got != want || divs.quantized(-v, 0) != -want {
				t.Fatalf("%d by %d is %d, not %d", v, q, got, want)
			}
		}
	}
}
