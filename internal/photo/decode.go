package photo

import (
	"bytes"
	"context"
	"image"
)

// decodePlanes decodes a JPEG straight to planes; nil if the codec gives the picture in another form.
func decodePlanes(codec jpegCodec, data []byte, h *header, shrink int) (*picture, error) {
	img, shrunk, err := codec.decode(data, h, shrink)
	if err != nil {
		return nil, err
	}
	b := img.Bounds()
	if b.Dx() != ceilDiv(h.width, shrunk) || b.Dy() != ceilDiv(h.height, shrunk) {
		return nil, errMalformed
	}
	p := planesOf(img)
	if p != nil {
		p.width, p.height = float64(h.width)/float64(shrunk), float64(h.height)/float64(shrunk)
	}
	return p, nil
}

// planesOf returns the planes of a decoded JPEG, without copying; nil if it is in another form.
func planesOf(img image.Image) *picture {
	p := &picture{fx: 1, fy: 1, width: float64(img.Bounds().Dx()), height: float64(img.Bounds().Dy())}
	switch img := img.(type) {
	case *image.Gray:
		p.y = plane{pix: img.Pix, w: img.Rect.Dx(), h: img.Rect.Dy(), step: img.Stride}
	case *image.YCbCr:
		p.takeYCbCr(img)
	default:
		return nil
	}
	return p
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
