package photo

import (
	"bytes"
	"image"
	"image/jpeg"

	"github.com/gen2brain/jpegn"
)

// jpegCodec is what is asked of a JPEG library, so that the fast one can be exchanged for the standard one.
type jpegCodec interface {
	// decode returns the picture at a shrink-th of its size, rounded up (shrink 1, 2, 4 or 8), or larger if the codec
	// cannot shrink by so much: it says by how much it did.
	decode(data []byte, shrink int) (img image.Image, shrunk int, err error)
	// encode writes no metadata but what JPEG itself demands.
	encode(img image.Image, quality int) ([]byte, error)
}

// fastJPEG is gen2brain/jpegn: it shrinks while decoding and writes Huffman tables made for the picture.
type fastJPEG struct{}

func (fastJPEG) decode(data []byte, shrink int) (image.Image, int, error) {
	img, err := jpegn.Decode(bytes.NewReader(data), &jpegn.Options{ScaleDenom: shrink})
	return img, shrink, err
}

func (fastJPEG) encode(img image.Image, quality int) ([]byte, error) {
	var out bytes.Buffer
	err := jpegn.Encode(&out, img, &jpegn.EncodeOptions{Quality: quality, OptimizeCoding: true})
	return out.Bytes(), err
}

// plainJPEG is the standard library.
type plainJPEG struct{}

func (plainJPEG) decode(data []byte, _ int) (image.Image, int, error) {
	img, err := jpeg.Decode(bytes.NewReader(data))
	return img, 1, err
}

func (plainJPEG) encode(img image.Image, quality int) ([]byte, error) {
	var out bytes.Buffer
	err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}
