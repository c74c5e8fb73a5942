package photo

import "encoding/binary"

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
	dst := src.like(w, h)
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

// transpose works in tiles, so that the rows being read and the columns being written stay in the cache together, and on
// blocks of 8 × 8 samples within them.
func (o orientation) transpose(dst, src plane) {
	const tile = 64
	for y0 := 0; y0 < src.h; y0 += tile {
		for x0 := 0; x0 < src.w; x0 += tile {
			o.transposeTile(dst, src, x0, y0, min(x0+tile, src.w), min(y0+tile, src.h))
		}
	}
}

func (o orientation) transposeTile(dst, src plane, x0, y0, x1, y1 int) {
	xs, ys := x0+(x1-x0)&^7, y0+(y1-y0)&^7
	for y := y0; y < ys; y += 8 {
		for x := x0; x < xs; x += 8 {
			o.transposeBlock(dst, src, x, y)
		}
	}
	o.transposeSamples(dst, src, xs, y0, x1, ys)
	o.transposeSamples(dst, src, x0, ys, x1, y1)
}

// transposeBlock holds eight rows of eight samples in words: first the quarters of the block change places across its
// diagonal, then the quarters of the quarters, then the samples. Written out, because loops would keep the words in memory.
func (o orientation) transposeBlock(dst, src plane, x, y int) {
	at, step := y*src.step+x, src.step
	to, next := x*dst.step+y, dst.step
	if o.mirrorsY() {
		at, step, to = at+7*src.step, -src.step, x*dst.step+src.h-8-y
	}
	if o.mirrorsX() {
		to, next = to+(src.w-1-2*x)*dst.step, -dst.step
	}
	word := binary.LittleEndian.Uint64
	a, b, c, d := word(src.pix[at:]), word(src.pix[at+step:]), word(src.pix[at+2*step:]), word(src.pix[at+3*step:])
	at += 4 * step
	e, f, g, h := word(src.pix[at:]), word(src.pix[at+step:]), word(src.pix[at+2*step:]), word(src.pix[at+3*step:])

	const quarter, eighth, sample = 0x00000000ffffffff, 0x0000ffff0000ffff, 0x00ff00ff00ff00ff
	a, e = crossed(a, e, 32, quarter)
	b, f = crossed(b, f, 32, quarter)
	c, g = crossed(c, g, 32, quarter)
	d, h = crossed(d, h, 32, quarter)
	a, c = crossed(a, c, 16, eighth)
	b, d = crossed(b, d, 16, eighth)
	e, g = crossed(e, g, 16, eighth)
	f, h = crossed(f, h, 16, eighth)
	a, b = crossed(a, b, 8, sample)
	c, d = crossed(c, d, 8, sample)
	e, f = crossed(e, f, 8, sample)
	g, h = crossed(g, h, 8, sample)

	put := binary.LittleEndian.PutUint64
	put(dst.pix[to:], a)
	put(dst.pix[to+next:], b)
	put(dst.pix[to+2*next:], c)
	put(dst.pix[to+3*next:], d)
	to += 4 * next
	put(dst.pix[to:], e)
	put(dst.pix[to+next:], f)
	put(dst.pix[to+2*next:], g)
	put(dst.pix[to+3*next:], h)
}

// crossed exchanges the upper parts of a with the lower parts of b.
func crossed(a, b uint64, shift uint, lower uint64) (uint64, uint64) {
	t := (a>>shift ^ b) & lower
	return a ^ t<<shift, b ^ t
}

func (o orientation) transposeSamples(dst, src plane, x0, y0, x1, y1 int) {
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
