package photo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
)

// decodePlanes decodes a JPEG straight to planes; nil if the codec gives the picture in another form.
func decodePlanes(codec jpegCodec, data []byte, h *header, shrink int) (*picture, error) {
	img, shrunk, err := codec.decode(data, shrink)
	if err != nil {
		return nil, err
	}
	p := &picture{fx: 1, fy: 1, width: float64(h.width) / float64(shrunk), height: float64(h.height) / float64(shrunk)}
	b := img.Bounds()
	if b.Dx() != ceilDiv(h.width, shrunk) || b.Dy() != ceilDiv(h.height, shrunk) {
		return nil, errMalformed
	}
	switch img := img.(type) {
	case *image.Gray:
		p.y = plane{pix: img.Pix, w: b.Dx(), h: b.Dy(), step: img.Stride}
	case *image.YCbCr:
		p.takeYCbCr(img)
	default:
		return nil, nil
	}
	if h.progressive {
		return p, nil
	}
	return p, checkEnd(p, data)
}

func (p *picture) takeYCbCr(img *image.YCbCr) {
	fx, fy := 1, 1
	switch img.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		fx = 2
	case image.YCbCrSubsampleRatio420:
		fx, fy = 2, 2
	case image.YCbCrSubsampleRatio440:
		fy = 2
	case image.YCbCrSubsampleRatio411:
		fx = 4
	case image.YCbCrSubsampleRatio410:
		fx, fy = 4, 2
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	p.fx, p.fy = float64(fx), float64(fy)
	p.y = plane{pix: img.Y, w: w, h: h, step: img.YStride}
	p.cb = plane{pix: img.Cb, w: ceilDiv(w, fx), h: ceilDiv(h, fy), step: img.CStride}
	p.cr = p.cb
	p.cr.pix = img.Cr
}

// checkEnd looks for a JPEG that was cut and then given an end marker again. jpegn goes on with zeros where the data stop, so
// such a picture ends in one flat colour; few whole ones do, and for those the strict decoder has the last word.
func checkEnd(p *picture, data []byte) error {
	if !flatEnd(p.y) || (!p.grey() && (!flatEnd(p.cb) || !flatEnd(p.cr))) {
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

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// stopReader ends a decoding whose context is done: decoders know no contexts, but all of them read.
type stopReader struct {
	ctx context.Context
	*bytes.Reader
}

func (r stopReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

func (r stopReader) ReadByte() (byte, error) {
	if r.Len()&0xfff == 0 {
		if err := r.ctx.Err(); err != nil {
			return 0, err
		}
	}
	return r.Reader.ReadByte()
}
