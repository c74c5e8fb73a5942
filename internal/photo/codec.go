package photo

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"

	"github.com/gen2brain/jpegn"
)

// jpegCodec is what is asked of a JPEG library, so that the fast one can be exchanged for the standard one.
type jpegCodec interface {
	// decode returns the picture at a shrink-th of its size, rounded up (shrink 1, 2, 4 or 8), or larger if the codec
	// cannot shrink by so much: it says by how much it did. Data that end too early are an error, unless h is progressive.
	decode(data []byte, h *header, shrink int) (img image.Image, shrunk int, err error)
	// stream decodes as decode does, and hands the rows on as they come, so that the picture is never there as a whole. It
	// returns errRare, before it calls begin, for what it does not take in this way.
	stream(data []byte, h *header, shrink int, begin func(shape *picture) (sink, error)) error
	// encode writes no metadata but what JPEG itself demands.
	encode(img image.Image, quality int) ([]byte, error)
}

// fastJPEG streams what cameras write by itself, and leaves the rest to gen2brain/jpegn, which shrinks while decoding. Both
// write Huffman tables made for the picture.
type fastJPEG struct{}

func (fastJPEG) decode(data []byte, h *header, shrink int) (image.Image, int, error) {
	img, err := jpegn.Decode(bytes.NewReader(data), &jpegn.Options{ScaleDenom: shrink})
	if err == nil && !h.progressive {
		err = checkEnd(img, data)
	}
	return img, shrink, err
}

func (fastJPEG) stream(data []byte, h *header, shrink int, begin func(shape *picture) (sink, error)) error {
	if h.progressive {
		return errRare
	}
	return streamBaseline(data, shrink, begin)
}

// checkEnd looks for a JPEG that was cut and then given an end marker again. jpegn goes on with zeros where the data stop, so
// such a picture ends in one flat colour; few whole ones do, and for those the strict decoder has the last word.
func checkEnd(img image.Image, data []byte) error {
	p := planesOf(img)
	if p == nil || !flatEnd(p.y) || (!p.grey() && (!flatEnd(p.cb) || !flatEnd(p.cr))) {
		return nil
	}
	var broken jpeg.FormatError
	if _, err := jpeg.Decode(bytes.NewReader(data)); errors.As(err, &broken) {
		return fmt.Errorf("%w: %w", errTruncated, err)
	}
	return nil
}

// flatEnd reports whether the last samples of a plane are all the same.
func flatEnd(c plane) bool {
	last := c.row(c.h - 1)[c.w-1]
	for y := max(0, c.h-4); y < c.h; y++ {
		row := c.row(y)
		for _, v := range row[max(0, c.w-32):] {
			if v != last {
				return false
			}
		}
	}
	return true
}

func (fastJPEG) encode(img image.Image, quality int) ([]byte, error) {
	if data, err := encodeJPEG(img, quality); !errors.Is(err, errRare) {
		return data, err
	}
	var out bytes.Buffer
	err := jpegn.Encode(&out, img, &jpegn.EncodeOptions{Quality: quality, OptimizeCoding: true})
	return out.Bytes(), err
}

// plainJPEG is the standard library.
type plainJPEG struct{}

func (plainJPEG) decode(data []byte, _ *header, _ int) (image.Image, int, error) {
	img, err := jpeg.Decode(bytes.NewReader(data))
	return img, 1, err
}

func (plainJPEG) stream([]byte, *header, int, func(*picture) (sink, error)) error { return errRare }

func (plainJPEG) encode(img image.Image, quality int) ([]byte, error) {
	var out bytes.Buffer
	err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}
