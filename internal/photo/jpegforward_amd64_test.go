//go:build !purego

package photo

import (
	"math/rand/v2"
	"testing"
)

func TestVectorsMakeTheSameBlocks(t *testing.T) {
	needVectors(t)
	rng := rand.New(rand.NewPCG(15, 16))
	src := make([]byte, 8*32)
	for i := range 5000 {
		w := &jpegWriter{}
		w.begin(1 + i%100)
		for j := range src {
			if src[j] = byte(rng.Uint32()); i%3 == 0 {
				src[j] = byte(int8(src[j]) >> 7)
			}
		}
		var got, want blockPair
		forwardPair(&got, src, 16+i%17, &w.quants[i&1])
		if forwardPairWords(&want, src, 16+i%17, &w.quants[i&1]); got != want {
			t.Fatalf("at quality %d: other coefficients", 1+i%100)
		}
	}
}
