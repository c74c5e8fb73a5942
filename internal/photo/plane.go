package photo

import (
	"image"
	"image/color"
)

// plane is one channel of 8-bit samples.
type plane struct {
	pix   []byte
	w, h  int
	step  int    // bytes from one row to the next
	arena *arena // where planes made of this one have their memory; nil is anywhere
}

func newPlane(w, h int) plane { return plane{pix: make([]byte, w*h), w: w, h: h, step: w} }

// like makes a plane of another size beside p. Its samples are whatever they are.
func (p plane) like(w, h int) plane {
	return plane{pix: p.arena.take(w * h), w: w, h: h, step: w, arena: p.arena}
}

func (p plane) row(y int) []byte { return p.pix[y*p.step : y*p.step+p.w] }

// rows is a part of the plane, which may be read as far as the plane goes.
func (p plane) rows(from, until int) plane {
	return plane{pix: p.pix[from*p.step:], w: p.w, h: until - from, step: p.step}
}

// picture is an image in planes: luma, and for colour pictures two chroma planes. A chroma sample covers fx × fy luma
// samples. width and height are in luma samples and may have a fraction: a JPEG decoded at half of 4033 pixels fills
// 2016.5 samples of a plane that is 2017 wide, and resampling from 2017 would stretch it.
type picture struct {
	y, cb, cr     plane
	fx, fy        float64
	width, height float64
}

func (p *picture) grey() bool { return p.cb.w == 0 }

// size returns the whole samples that a person sees.
func (p *picture) size() (w, h int) { return p.y.w, p.y.h }

// half is the extent of a 4:2:0 chroma plane over n luma samples.
func half(n int) int { return (n + 1) / 2 }

// image returns the picture for an encoder, without copying. It must be 4:2:0 or grey.
func (p *picture) image() image.Image {
	rect := image.Rect(0, 0, p.y.w, p.y.h)
	if p.grey() {
		return &image.Gray{Pix: p.y.pix, Stride: p.y.step, Rect: rect}
	}
	return &image.YCbCr{
		Y: p.y.pix, Cb: p.cb.pix, Cr: p.cr.pix, YStride: p.y.step, CStride: p.cb.step,
		SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: rect,
	}
}

// pictureOf converts opaque pixels to planes in 4:4:4, so that chroma is thinned once, with the renditions' own filter.
func pictureOf(img *image.NRGBA) *picture {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	p := &picture{y: newPlane(w, h), cb: newPlane(w, h), cr: newPlane(w, h), fx: 1, fy: 1, width: float64(w), height: float64(h)}
	for y := range h {
		src := img.Pix[y*img.Stride : y*img.Stride+4*w]
		ry, rb, rr := p.y.row(y), p.cb.row(y), p.cr.row(y)
		for x := range w {
			ry[x], rb[x], rr[x] = color.RGBToYCbCr(src[4*x], src[4*x+1], src[4*x+2])
		}
	}
	return p
}
