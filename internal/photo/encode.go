package photo

import (
	"bytes"
	"fmt"
	"image"
	"image/png"

	"github.com/disintegration/imaging"
)

// render makes one rendition and writes it so that it meets the recipe's limits.
func (s *source) render(r Recipe, part region, mark *Mark) (*Output, error) {
	w, h := r.size(s.size())
	if r.WebP {
		return s.webp(r, part, w, h, mark)
	}
	out, err := s.jpeg(r, part, w, h, mark)
	if err != nil || s.art == nil || !r.KeepPNG {
		return out, err
	}
	drawn, err := s.png(w, h, mark)
	if err != nil || !s.prefersPNG(len(drawn), len(out.Data), r) {
		return out, err
	}
	return &Output{Width: w, Height: h, Format: formatPNG, ContentType: "image/png", Data: drawn}, nil
}

// prefersPNG: transparency is worth a larger file; a drawing is clearer in PNG, and mostly smaller as well.
func (s *source) prefersPNG(png, jpeg int, r Recipe) bool {
	if png > maxPNG || (r.MaxBytes > 0 && png > r.MaxBytes) {
		return false
	}
	return s.alpha || png <= jpeg
}

// artAt is the drawing in a size.
func (s *source) artAt(w, h int, mark *Mark) *image.NRGBA {
	out := s.art
	if out.Rect.Dx() != w || out.Rect.Dy() != h {
		out = imaging.Resize(out, w, h, imaging.Lanczos)
	}
	if mark != nil {
		out = mark.over(out)
	}
	return out
}

func (s *source) png(w, h int, mark *Mark) ([]byte, error) {
	var out bytes.Buffer
	if err := png.Encode(&out, s.artAt(w, h, mark)); err != nil {
		return nil, fmt.Errorf("photo: encode png: %w", err)
	}
	return out.Bytes(), nil
}

// jpeg lowers the quality, then the size, until the limit is met.
func (s *source) jpeg(r Recipe, part region, w, h int, mark *Mark) (*Output, error) {
	for {
		p, err := s.rendition(part, w, h)
		if err != nil {
			return nil, err
		}
		if mark != nil {
			p = mark.on(p)
		}
		for quality := r.Quality; quality >= lowestQuality; quality -= 12 {
			data, err := s.encode(p.image(), quality)
			if err != nil {
				return nil, err
			}
			if r.MaxBytes == 0 || len(data) <= r.MaxBytes {
				return &Output{Width: w, Height: h, Format: formatJPEG, ContentType: "image/jpeg", Data: data}, nil
			}
		}
		if w <= 16 && h <= 16 {
			return nil, fmt.Errorf("photo: %s: no size meets %d bytes", r.Name, r.MaxBytes)
		}
		w, h = max(1, w*4/5), max(1, h*4/5)
	}
}

func (s *source) encode(img image.Image, quality int) ([]byte, error) {
	data, err := s.codec.encode(img, quality)
	if err != nil {
		return nil, fmt.Errorf("photo: encode jpeg: %w", err)
	}
	return data, nil
}
