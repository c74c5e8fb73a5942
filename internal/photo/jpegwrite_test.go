package photo

import (
	"bytes"
	"errors"
	"image"
	"math/rand/v2"
	"testing"

	"github.com/gen2brain/jpegn"
)

// anyImage is noise of some contrast under a slope, so that blocks are full, empty and between.
func anyImage(rng *rand.Rand, w, h int, grey bool) image.Image {
	p := &picture{y: newPlane(w, h)}
	if !grey {
		p.cb, p.cr = newPlane(half(w), half(h)), newPlane(half(w), half(h))
	}
	contrast := []uint32{1, 3, 20, 120, 256}[rng.IntN(5)]
	for _, c := range []plane{p.y, p.cb, p.cr} {
		for i := range c.pix {
			v := int32(rng.Uint32N(contrast)) + int32(256-contrast)*int32(i%c.w)/int32(c.w)
			c.pix[i] = byte(v)
			if contrast == 256 {
				c.pix[i] = byte(int8(c.pix[i]) >> 7)
			}
		}
	}
	return p.image()
}

// The same coefficients and tables as an encoder that goes over the picture twice, byte for byte.
func TestEncodeJPEGAgainstLibrary(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(13, 14))
	for i := range 400 {
		w, h, quality := 1+rng.IntN(130), 1+rng.IntN(70), 1+rng.IntN(100)
		img := anyImage(rng, w, h, i%4 == 0)
		var want bytes.Buffer
		if err := jpegn.Encode(&want, img, &jpegn.EncodeOptions{Quality: quality, OptimizeCoding: true}); err != nil {
			t.Fatal(err)
		}
		if got, err := encodeJPEG(img, quality); err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Fatalf("%T of %d × %d at %d: %d bytes, want %d; %v", img, w, h, quality, len(got), want.Len(), err)
		}
	}
}

// What is neither 4:2:0 nor grey goes to the library.
func TestEncodeJPEGLeavesRest(t *testing.T) {
	t.Parallel()
	for _, img := range []image.Image{scene(8, 8), image.NewYCbCr(image.Rect(0, 0, 8, 8), image.YCbCrSubsampleRatio444)} {
		if _, err := encodeJPEG(img, 82); !errors.Is(err, errRare) {
			t.Errorf("a %T: %v", img, err)
		}
		if data, err := (fastJPEG{}).encode(img, 82); err != nil || len(data) == 0 {
			t.Errorf("a %T: %v", img, err)
		}
	}
}

// Codes that would be longer than 16 bits are shortened, and no code is all ones.
func TestCodesOfManySymbols(t *testing.T) {
	t.Parallel()
	var often, codes [256]uint32
	for i := range 30 {
		often[16*(i%16)+i/16] = 1 << i
	}
	var table huffLengths
	table.make(often[:], codes[:])
	space := 0.0
	for symbol, n := range often {
		if n == 0 {
			continue
		}
		length := codes[symbol]&31 - uint32(symbol&15)
		if length < 1 || length > 16 {
			t.Fatalf("symbol %#x has %d bits", symbol, length)
		}
		space += 1 / float64(int(1)<<length)
		if codes[symbol]>>5>>(symbol&15) == 1<<length-1 {
			t.Errorf("symbol %#x is all ones", symbol)
		}
	}
	if space >= 1 {
		t.Errorf("codes take %v of the space", space)
	}
}
