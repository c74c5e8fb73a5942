package photo

// Orientation is the EXIF tag's value: how the stored rows must be turned to be seen upright.
//
//	1 as stored   2 mirrored left-right   3 turned by 180°           4 mirrored top-bottom
//	5 transposed  6 turned clockwise 90°  7 transposed and by 180°   8 turned anticlockwise 90°
type orientation int

// swaps reports whether width and height change places.
func (o orientation) swaps() bool { return o >= 5 }

// mirrorsX reports whether the stored left edge is seen at the end of its axis; mirrorsY the same of the top edge.
func (o orientation) mirrorsX() bool { return o == 2 || o == 3 || o == 7 || o == 8 }
func (o orientation) mirrorsY() bool { return o == 3 || o == 4 || o == 6 || o == 7 }

// displayed turns stored dimensions into those a person sees; it is its own inverse.
func (o orientation) displayed(w, h int) (int, int) {
	if o.swaps() {
		return h, w
	}
	return w, h
}

// stored maps a rectangle of the displayed picture, in fractions, onto the stored rows.
func (o orientation) stored(r region) region {
	if o.swaps() {
		r = region{r.y0, r.x0, r.y1, r.x1}
	}
	if o.mirrorsX() {
		r.x0, r.x1 = 1-r.x1, 1-r.x0
	}
	if o.mirrorsY() {
		r.y0, r.y1 = 1-r.y1, 1-r.y0
	}
	return r
}

// upright turns the stored planes of p. p must be 4:2:0 resampled with the same orientation, or grey.
func (o orientation) upright(p *picture) *picture {
	if o <= 1 {
		return p
	}
	out := *p
	out.y = o.turn(p.y)
	if !p.grey() {
		out.cb, out.cr = o.turn(p.cb), o.turn(p.cr)
	}
	out.width, out.height = float64(out.y.w), float64(out.y.h)
	return &out
}

func (o orientation) turn(src plane) plane {
	w, h := o.displayed(src.w, src.h)
	dst := newPlane(w, h)
	if o.swaps() {
		o.transpose(dst, src)
	} else {
		o.mirror(dst, src)
	}
	return dst
}

func (o orientation) mirror(dst, src plane) {
	for y := range src.h {
		to := y
		if o.mirrorsY() {
			to = src.h - 1 - y
		}
		copy(dst.row(to), src.row(y))
		if o.mirrorsX() {
			reverse(dst.row(to))
		}
	}
}

// transpose works in tiles, so that the rows being read and the columns being written stay in the cache together.
func (o orientation) transpose(dst, src plane) {
	const tile = 32
	for y0 := 0; y0 < src.h; y0 += tile {
		for x0 := 0; x0 < src.w; x0 += tile {
			o.transposeTile(dst, src, x0, y0, min(x0+tile, src.w), min(y0+tile, src.h))
		}
	}
}

func (o orientation) transposeTile(dst, src plane, x0, y0, x1, y1 int) {
	for y := y0; y < y1; y++ {
		row, at, step := src.row(y), y, dst.step
		if o.mirrorsY() {
			at = src.h - 1 - y
		}
		if o.mirrorsX() {
			at, step = at+(src.w-1)*dst.step, -step
		}
		for x := x0; x < x1; x++ {
			dst.pix[at+x*step] = row[x]
		}
	}
}

func reverse(row []byte) {
	for i, j := 0, len(row)-1; i < j; i, j = i+1, j-1 {
		row[i], row[j] = row[j], row[i]
	}
}
