package photo

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestInverseTransforms compares the transforms of this machine with those that run everywhere, byte for byte, on blocks
// as photos have them and on blocks made to overflow.
func TestInverseTransforms(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 20_000 {
		var block blockSamples
		most := []int{40, 300, 1500, maxCoefficient}[i%4]
		for k := range 64 {
			if rng.IntN(1+i%7) == 0 {
				block[k] = int16(rng.IntN(2*most+1) - most)
			}
		}
		const step = 11
		var got, want [8 * step]byte
		idct8(&block, got[:], step)
		idct8Plain(&block, want[:], step)
		if !bytes.Equal(got[:], want[:]) {
			t.Fatalf("8 × 8 of %v:\n%v, not\n%v", block[:64], got, want)
		}
		idct4(&block, got[:], step)
		idct4Plain(&block, want[:], step)
		if !bytes.Equal(got[:], want[:]) {
			t.Fatalf("4 × 4 of %v:\n%v, not\n%v", block[:16], got, want)
		}
	}
}
