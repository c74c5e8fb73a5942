package photo

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"testing"

	"github.com/gen2brain/jpegn"
)

// TestEncodeBaseline: the same bytes as the library writes, whatever the size, the quality and the picture.
func TestEncodeBaseline(t *testing.T) {
	t.Parallel()
	for i, size := range [][2]int{{1, 1}, {16, 16}, {17, 9}, {33, 1}, {64, 48}, {203, 161}} {
		for k, quality := range []int{1, 46, 82, 100} {
			pixels := scene(size[0], size[1])
			if (i+k)%2 == 1 {
				pixels = noise(size[0], size[1])
			}
			p := pictureOf(pixels)
			thin := resample(p, region{0, 0, p.width, p.height}, size[0], size[1], 1)
			grey := picture{y: p.y, fx: 1, fy: 1}
			for _, img := range []image.Image{thin.image(), grey.image()} {
				t.Run(fmt.Sprintf("%T %v at %d", img, size, quality), func(t *testing.T) { compareEncoders(t, img, quality) })
			}
		}
	}
}

func compareEncoders(t *testing.T, img image.Image, quality int) {
	got := encodeBaseline(img, quality)
	var want bytes.Buffer
	if err := jpegn.Encode(&want, img, &jpegn.EncodeOptions{Quality: quality, OptimizeCoding: true}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%d bytes, not the library's %d", len(got), want.Len())
	}
	if _, err := jpeg.Decode(bytes.NewReader(got)); err != nil {
		t.Errorf("the standard library cannot read it: %v", err)
	}
}

// TestEncodeBaselineLeavesRest: what is neither 4:2:0 nor grey goes to the library.
func TestEncodeBaselineLeavesRest(t *testing.T) {
	t.Parallel()
	for _, img := range []image.Image{scene(8, 8), image.NewYCbCr(image.Rect(0, 0, 8, 8), image.YCbCrSubsampleRatio444)} {
		if encodeBaseline(img, 82) != nil {
			t.Errorf("a %T was written", img)
		}
		if data, err := (fastJPEG{}).encode(img, 82); err != nil || len(data) == 0 {
			t.Errorf("a %T: %v", img, err)
		}
	}
}

// TestCodesOfManySymbols: codes that would be longer than 16 bits are shortened, and no code is all ones.
func TestCodesOfManySymbols(t *testing.T) {
	t.Parallel()
	var counts [256]uint32
	for i := range 40 {
		counts[i] = 1 << min(i, 31)
	}
	var table codeTable
	table.build(&counts)
	var space float64
	for i := range 40 {
		if table.lengths[i] < 1 || table.lengths[i] > 16 {
			t.Fatalf("symbol %d has %d bits", i, table.lengths[i])
		}
		space += 1 / float64(int(1)<<table.lengths[i])
		if table.codes[i] == 1<<table.lengths[i]-1 {
			t.Errorf("symbol %d is all ones", i)
		}
	}
	if space >= 1 {
		t.Errorf("codes take %v of the space", space)
	}
}
