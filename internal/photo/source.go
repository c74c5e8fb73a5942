package photo

import (
	"context"
	"errors"
	"image"

	"github.com/disintegration/imaging"
)

// source is a photo opened for one Make: its master, what is made from the master for smaller renditions, and the way
// back to finer pixels for crops deeper than the master can serve.
type source struct {
	codec  jpegCodec
	opener *opener
	data   []byte
	h      *header
	colour *conversion // nil when colours stay as they are

	pixels image.Image  // as stored; nil for pictures that stay in planes
	art    *image.NRGBA // the master with its transparency, for renditions in PNG; nil for photos
	alpha  bool
	master *picture
	middle *picture
	arena  *arena // holds the planes; nil leaves them to the garbage collector
}

// middleWidth is the width of the picture from which small renditions are made, and spare how much finer than a rendition
// it must be: filtering twice by nearly the same factor softens.
const (
	middleWidth = 960
	spare       = 1.4
)

// size is the picture's as displayed.
func (s *source) size() (w, h int) { return s.h.exif.orientation.displayed(s.h.width, s.h.height) }

// masterSize is the master's, as displayed.
func (h *header) masterSize() (w, ht int) {
	return Recipe{Width: masterWidth}.size(h.exif.orientation.displayed(h.width, h.height))
}

// open decodes the photo and makes its master.
func (s *source) open(ctx context.Context) (err error) {
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if s.h.fast() {
		w, h := s.h.masterSize()
		s.master, err = s.fromPlanes(whole, s.h.shrink(masterWidth), w, h)
		if s.master != nil || err != nil {
			return err
		}
	}
	if s.pixels, err = decodePixels(ctx, s.data, s.h); err != nil {
		return err
	}
	w, h := s.h.masterSize()
	img := s.fromPixels(whole, w, h)
	s.alpha = !opaque(img)
	if s.alpha || fewColours(img) {
		s.art = img
	}
	s.master = pictureOf(flat(img, s.alpha))
	return nil
}

func flat(img *image.NRGBA, alpha bool) *image.NRGBA {
	if !alpha {
		return img
	}
	return onWhite(img)
}

// fromPlanes decodes a JPEG at a size that covers the rendition and makes of a part w × h displayed samples, upright and in sRGB.
// The result is nil if the codec gives this JPEG in pixels only.
func (s *source) fromPlanes(part region, shrink, w, h int) (*picture, error) {
	stored, err := s.streamed(part, shrink, w, h)
	if errors.Is(err, errRare) {
		stored, err = s.decoded(part, shrink, w, h)
	}
	if stored == nil || err != nil {
		return nil, err
	}
	out := s.h.exif.orientation.upright(stored)
	s.arena.keep(s.master, s.middle, out)
	if s.colour != nil {
		s.colour.picture(out)
	}
	return out, nil
}

// streamed resamples while it decodes; see jpegCodec.
func (s *source) streamed(part region, shrink, w, h int) (*picture, error) {
	var out *resampler
	err := s.codec.stream(s.data, s.h, shrink, func(shape *picture) (sink, error) {
		if shape.y.w != ceilDiv(s.h.width, shrink) || shape.y.h != ceilDiv(s.h.height, shrink) {
			return nil, errMalformed
		}
		s.arena.adopt(shape)
		o := s.h.exif.orientation
		sw, sh := o.displayed(w, h)
		out = newResampler(shape, o.stored(part).of(shape), sw, sh, o)
		return out.take, nil
	})
	if err != nil {
		return nil, err
	}
	return out.dst, nil
}

// decoded resamples what a library has decoded.
func (s *source) decoded(part region, shrink, w, h int) (*picture, error) {
	raw, err := decodePlanes(s.codec, s.data, s.h, shrink)
	if raw == nil || err != nil {
		return nil, err
	}
	s.arena.adopt(raw)
	o := s.h.exif.orientation
	sw, sh := o.displayed(w, h)
	return resample(raw, o.stored(part).of(raw), sw, sh, o), nil
}

// of takes a region in fractions to samples.
func (r region) of(p *picture) region {
	return region{r.x0 * p.width, r.y0 * p.height, r.x1 * p.width, r.y1 * p.height}
}

// fromPixels does the same with pixels, by way of imaging.
func (s *source) fromPixels(part region, w, h int) *image.NRGBA {
	o := s.h.exif.orientation
	at := o.stored(part)
	img := s.pixels
	if part != whole {
		fw, fh := float64(s.h.width), float64(s.h.height)
		img = imaging.Crop(img, image.Rect(int(at.x0*fw+.5), int(at.y0*fh+.5), int(at.x1*fw+.5), int(at.y1*fh+.5)))
	}
	sw, sh := o.displayed(w, h)
	out := o.turned(imaging.Resize(img, sw, sh, imaging.Lanczos))
	if s.colour != nil {
		s.colour.pixels(out)
	}
	return out
}

// rendition makes w × h samples of a part of the picture, from the smallest ancestor that is fine enough. The rendition made
// before is not to be used any more.
func (s *source) rendition(part region, w, h int) (*picture, error) {
	s.arena.keep(s.master, s.middle)
	if deep(s.h, part, w) {
		return s.deepCrop(part, w, h)
	}
	from := s.master
	if mw, _ := s.master.size(); mw > middleWidth && part.width()*middleWidth >= spare*float64(w) {
		if s.middle == nil {
			s.middle = cutUpright(s.master, whole, middleWidth, scaled(s.master.y.h, middleWidth, mw))
		}
		from = s.middle
	}
	return cutUpright(from, part, w, h), nil
}

func cutUpright(p *picture, part region, w, h int) *picture {
	return resample(p, part.of(p), w, h, 1)
}

// deep reports whether a part has too few of the master's pixels although the original has more.
func deep(h *header, part region, w int) bool {
	mw, _ := h.masterSize()
	fw, _ := h.exif.orientation.displayed(h.width, h.height)
	return part.width()*float64(mw) < float64(w)-0.5 && fw > mw
}

// shrinkFor is how far decoding may shrink for a part to be w wide.
func (h *header) shrinkFor(part region, w int) int {
	return h.shrink(int(float64(w)/part.width() + 0.5))
}

func (s *source) deepCrop(part region, w, h int) (*picture, error) {
	if s.pixels != nil {
		return cutUpright(pictureOf(flat(s.fromPixels(part, w, h), s.alpha)), whole, w, h), nil
	}
	return s.fromPlanes(part, s.h.shrinkFor(part, w), w, h)
}
