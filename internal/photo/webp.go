package photo

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"math"

	"github.com/gen2brain/webp"
	xwebp "golang.org/x/image/webp"
)

// How WebP is written. At quality 84 it is about as near to the picture as the JPEGs at 82, in about two thirds of the bytes;
// method 2 is half as dear as the library's default and costs little in bytes.
const (
	webpQuality = 84
	webpMethod  = 2
	// What a reader waits for on a slow connection is shown on a phone with two pixels or more to a point, where the difference
	// to 84 is not seen; it is a seventh fewer bytes.
	webpColumnQuality = 76
	// What the phone sizes of a photo may weigh, which fast 3G carries in 180 ms: with it the first photo of a page is there within a
	// second. A photo with more in it (one of four, of those from cameras) is written with less quality and more patience, down to
	// where its grain is lost but not its edges: of the noisiest, SSIM goes from .956 to .91.
	webpPhoneBytes = 36_000
	webpSoftest    = 36
	webpPatient    = 4
)

// webp writes a rendition in WebP, from planes without a detour through pixels. What is see-through or a drawing is written
// without loss while that is small, as it is for the PNG beside it.
func (s *source) webp(r Recipe, part region, w, h int, mark *Mark) (*Output, error) {
	out := &Output{Width: w, Height: h, Format: formatWebP, ContentType: "image/webp"}
	if s.art != nil {
		img := s.artAt(w, h, mark)
		data, err := writeWebP(img, webp.Options{Lossless: true, Method: webpMethod})
		if err == nil && len(data) > maxPNG && s.alpha {
			data, err = writeWebP(img, webp.Options{Quality: r.Quality, Method: webpMethod})
		}
		if out.Data = data; err != nil || len(data) <= maxPNG || s.alpha {
			return out, err
		}
	}
	p, err := s.rendition(part, w, h)
	if err != nil {
		return nil, err
	}
	if mark != nil {
		p = mark.on(p)
	}
	out.Data, err = writeLean(p.video(), r)
	return out, err
}

// writeLean writes a photo within what its recipe allows, as far as that can be had without spoiling it.
func writeLean(img image.Image, r Recipe) ([]byte, error) {
	const tenth = 0.16 // by how much ten steps of quality make a file smaller, as a logarithm
	quality := r.Quality
	data, err := writeWebP(img, webp.Options{Quality: quality, Method: webpMethod})
	for err == nil && r.MaxBytes > 0 && len(data) > r.MaxBytes && quality > webpSoftest {
		steps := 10 / tenth * math.Log(float64(len(data))/float64(r.MaxBytes))
		quality = max(webpSoftest, quality-max(4, int(steps)))
		data, err = writeWebP(img, webp.Options{Quality: quality, Method: webpPatient})
	}
	return data, err
}

func writeWebP(img image.Image, o webp.Options) ([]byte, error) {
	var out bytes.Buffer
	if err := webp.Encode(&out, img, o); err != nil {
		return nil, fmt.Errorf("photo: encode webp: %w", err)
	}
	return out.Bytes(), nil
}

// video returns the picture with the samples of VP8: the equations of JPEG, but luma from 16 to 235 and chroma from 16 to 240.
func (p *picture) video() *image.NYCbCrA {
	w, h := p.size()
	out := image.NewNYCbCrA(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for i := range out.A {
		out.A[i] = 255
	}
	var luma, chroma [256]byte
	for v := range 256 {
		luma[v] = byte(16 + (v*219+127)/255)
		chroma[v] = byte(128 + ((v-128)*224+127*sign(v-128))/255)
	}
	narrow := func(dst []byte, step int, src plane, table *[256]byte) {
		for y := range src.h {
			to := dst[y*step:]
			for x, v := range src.row(y) {
				to[x] = table[v]
			}
		}
	}
	narrow(out.Y, out.YStride, p.y, &luma)
	if p.grey() {
		for i := range out.Cb {
			out.Cb[i], out.Cr[i] = 128, 128
		}
		return out
	}
	narrow(out.Cb, out.CStride, p.cb, &chroma)
	narrow(out.Cr, out.CStride, p.cr, &chroma)
	return out
}

func sign(v int) int {
	if v < 0 {
		return -1
	}
	return 1
}

// readWebPPixels decodes a WebP file. The decoder hands on the samples of VP8, whose luma goes from 16 to 235, as a kind of
// picture whose luma goes from 0 to 255: without stretching it, every photo in WebP looks faded.
func readWebPPixels(r io.Reader) (image.Image, error) {
	img, err := xwebp.Decode(r)
	switch img := img.(type) {
	case *image.YCbCr:
		stretch(img)
	case *image.NYCbCrA:
		stretch(&img.YCbCr)
	}
	return img, err
}

// stretch widens samples of video to those of JPEG.
func stretch(img *image.YCbCr) {
	var luma, chroma [256]byte
	for v := range 256 {
		luma[v] = clamp8(int64(((v-16)*255 + 109) / 219))
		chroma[v] = clamp8(int64(128 + ((v-128)*255+112*sign(v-128))/224))
	}
	for i, v := range img.Y {
		img.Y[i] = luma[v]
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = chroma[img.Cb[i]], chroma[img.Cr[i]]
	}
}
