package photo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"math"

	"github.com/disintegration/imaging"

	"newsdesk/internal/press"
)

// croppedQuality is that of an original which is written anew: renditions are made from it, so it must lose next to nothing.
const croppedQuality = 94

// Crop returns a part of the photo, in fractions of what a person sees, as a file of its own: upright, in sRGB and without
// metadata. What a document cut off is not in it. JPEG, HEIC and AVIF become JPEG, all else PNG; of an animation the first
// frame. Refusals are those of Inspect and Make.
func (p *Pipeline) Crop(ctx context.Context, name string, data []byte, part press.Rect) (_ []byte, err error) {
	h, _, err := p.inspect(name, data)
	if err != nil {
		return nil, err
	}
	if err := checkFrame(name, press.Frame{Focus: press.Centre().Focus, Crop: &part}); err != nil {
		return nil, err
	}
	pixels := int64(h.width) * int64(h.height)
	release, err := p.acquire(ctx, h.memory()+4*pixels)
	if err != nil {
		return nil, err
	}
	defer release()
	timed, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			err = refusal(name, fmt.Errorf("%w: decoder panicked: %v", errMalformed, r))
		}
	}()
	s := &source{codec: p.codec, opener: p.opener, data: data, h: h, colour: newConversion(h.profile())}
	out, err := s.crop(timed, region{part.X1, part.Y1, part.X2, part.Y2})
	if err != nil {
		return nil, p.refusalOf(ctx, name, err)
	}
	return out, nil
}

func (s *source) crop(ctx context.Context, part region) ([]byte, error) {
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	w, h := s.size()
	r := wholeSamples(part, w, h)
	at := region{float64(r.Min.X) / float64(w), float64(r.Min.Y) / float64(h), float64(r.Max.X) / float64(w), float64(r.Max.Y) / float64(h)}
	if s.h.fast() {
		cropped, err := s.fromPlanes(at, 1, r.Dx(), r.Dy())
		if err != nil {
			return nil, err
		}
		if cropped != nil {
			return s.encode(cropped.image(), croppedQuality)
		}
	}
	var err error
	if s.pixels, err = decodePixels(ctx, s.data, s.h); err != nil {
		return nil, err
	}
	img := s.h.exif.orientation.turned(imaging.Clone(s.pixels))
	img = imaging.Crop(img, r)
	if s.colour != nil {
		s.colour.pixels(img)
	}
	if s.h.format == formatJPEG { // CMYK, and three channels of red, green and blue
		return s.encode(img, croppedQuality)
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, img); err != nil {
		return nil, fmt.Errorf("photo: encode png: %w", err)
	}
	return out.Bytes(), nil
}

// wholeSamples is the part in samples, inward, with even upper left corners so that chroma stays where it is.
func wholeSamples(part region, w, h int) image.Rectangle {
	even := func(v float64) int { return (int(math.Ceil(v-0.01)) + 1) &^ 1 }
	r := image.Rect(even(part.x0*float64(w)), even(part.y0*float64(h)), int(part.x1*float64(w)+0.01), int(part.y1*float64(h)+0.01))
	r.Min.X, r.Min.Y = min(r.Min.X, w-1), min(r.Min.Y, h-1)
	r.Max.X, r.Max.Y = max(r.Max.X, r.Min.X+1), max(r.Max.Y, r.Min.Y+1)
	return r
}

// prepare makes of what was handed in the file that the codecs read.
func (s *source) prepare(ctx context.Context) (err error) {
	if s.h.heif != nil {
		s.data, s.h, err = s.opener.open(ctx, s.data, s.h)
		return err
	}
	if s.h.noEnd {
		s.data = append(s.data[:len(s.data):len(s.data)], 0xff, 0xd9)
		return wholeScan(s.data)
	}
	return nil
}
