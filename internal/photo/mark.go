package photo

import (
	"image"
	"image/color"

	"github.com/disintegration/imaging"

	"newsdesk/internal/press"
)

// Mark is a watermark ready to be laid over renditions.
type Mark struct {
	Watermark press.Watermark
	Picture   image.Image // of the mark, see-through where it is; a few hundred pixels wide
}

// Key says exactly which rendition a job makes of a photo, before it is made; false for a recipe that there is none of.
func (j Job) Key(of press.Digest) (press.RenditionKey, bool) {
	recipe, ok := Lookup(j.Recipe)
	if !ok {
		return press.RenditionKey{}, false
	}
	key := recipe.Key(of, j.Frame)
	if j.Mark != nil {
		key.Frame += "w" + j.Mark.Watermark.Key()
	}
	return key, true
}

// place is where the mark goes in a rendition of w × h, at even samples, so that chroma follows luma.
func (m *Mark) place(w, h int) (img *image.NRGBA, x, y int) {
	mark := m.Watermark.Full()
	b := m.Picture.Bounds()
	mw := max(2, w*mark.Width/100)
	mh := scaled(b.Dy(), mw, b.Dx())
	if most := max(2, h/2); mh > most {
		mw, mh = max(2, scaled(mw, most, mh)), most
	}
	img = imaging.Resize(m.Picture, mw, mh, imaging.Lanczos)
	edge := w / 40
	x, y = w-mw-edge, h-mh-edge
	switch mark.Corner {
	case press.BottomLeft, press.TopLeft:
		x = edge
	case press.Middle:
		x, y = (w-mw)/2, (h-mh)/2
	}
	if mark.Corner == press.TopLeft || mark.Corner == press.TopRight {
		y = edge
	}
	return img, max(x, 0) &^ 1, max(y, 0) &^ 1
}

// over lays the mark over a drawing.
func (m *Mark) over(img *image.NRGBA) *image.NRGBA {
	mark, x, y := m.place(img.Rect.Dx(), img.Rect.Dy())
	return imaging.Overlay(img, mark, image.Pt(x, y), float64(m.Watermark.Full().Opacity)/100)
}

// on lays the mark over a picture in 4:2:0 or grey. The planes may be those of the master, so the result has its own.
func (m *Mark) on(p *picture) *picture {
	w, h := p.size()
	mark, x0, y0 := m.place(w, h)
	out := *p
	out.y = p.y.clone()
	if p.grey() {
		out.cb, out.cr = neutral(w, h), neutral(w, h)
	} else {
		out.cb, out.cr = p.cb.clone(), p.cr.clone()
	}
	out.fx, out.fy = 2, 2
	opacity := m.Watermark.Full().Opacity
	mw, mh := min(mark.Rect.Dx(), w-x0), min(mark.Rect.Dy(), h-y0)
	for by := 0; by < mh; by += 2 {
		for bx := 0; bx < mw; bx += 2 {
			out.blend(mark, opacity, x0, y0, bx, by, min(bx+2, mw), min(by+2, mh))
		}
	}
	return &out
}

// blend lays one block of two by two samples of the mark, which begins at bx, by in it, over the picture. The chroma of the block is
// the mean of the mark's, each sample counting as much as it covers.
func (p *picture) blend(mark *image.NRGBA, opacity, x0, y0, bx, by, toX, toY int) {
	var cover, cb, cr int
	for y := by; y < toY; y++ {
		row := p.y.row(y0 + y)
		for x := bx; x < toX; x++ {
			c := mark.Pix[mark.PixOffset(x, y):][:4]
			alpha := int(c[3]) * opacity / 100
			ly, lb, lr := color.RGBToYCbCr(c[0], c[1], c[2])
			row[x0+x] = mix(row[x0+x], int(ly), alpha)
			cover, cb, cr = cover+alpha, cb+alpha*int(lb), cr+alpha*int(lr)
		}
	}
	if cover == 0 {
		return
	}
	cx, cy := (x0+bx)/2, (y0+by)/2
	p.cb.row(cy)[cx] = mix(p.cb.row(cy)[cx], cb/cover, cover/4)
	p.cr.row(cy)[cx] = mix(p.cr.row(cy)[cx], cr/cover, cover/4)
}

// mix is a sample under another one that covers it by alpha of 255.
func mix(under byte, over, alpha int) byte {
	return byte((int(under)*(255-alpha) + over*alpha + 127) / 255)
}

func (p plane) clone() plane {
	out := newPlane(p.w, p.h)
	for y := range p.h {
		copy(out.row(y), p.row(y))
	}
	return out
}

// neutral is a chroma plane without colour, over w × h luma samples.
func neutral(w, h int) plane {
	out := newPlane(half(w), half(h))
	for i := range out.pix {
		out.pix[i] = 128
	}
	return out
}
