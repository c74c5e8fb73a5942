package photo

import "math"

// region is a rectangle: in fractions of a picture, or in samples where said so.
type region struct{ x0, y0, x1, y1 float64 }

var whole = region{0, 0, 1, 1}

func (r region) width() float64  { return r.x1 - r.x0 }
func (r region) height() float64 { return r.y1 - r.y0 }

// filter holds, for each output sample of one axis, where its input samples begin and what they weigh.
type filter struct {
	start   []int32
	weights []int64 // len(start) groups of taps; a group's weights add up to 1<<weightBits exactly
	taps    int     // even, the same for every group, so that the loops need no table of lengths
}

// lanczos3 is the windowed sinc with three lobes: the sharpest of the usual filters that does not ring visibly on photos.
func lanczos3(x float64) float64 {
	x = math.Abs(x)
	switch {
	case x < 1e-8:
		return 1
	case x >= 3:
		return 0
	}
	px := math.Pi * x
	return 3 * math.Sin(px) * math.Sin(px/3) / (px * px)
}

// newFilter maps the interval [from, to) of an axis with n samples onto out samples. Samples beyond the edge weigh
// nothing and the rest is made up to one, which is what keeps borders from darkening. An odd count of outputs gets one more, so that
// outputs can be made in pairs; n of 1 gets a second sample of weight nothing, which callers must provide.
func newFilter(out int, from, to float64, n int) *filter {
	scale := (to - from) / float64(out)
	stretch := math.Max(scale, 1)
	taps := int(math.Ceil(6 * stretch)) // as many samples as lie within the lobes at most
	taps = min(taps+taps%2, n+n%2)
	f := &filter{taps: taps, start: make([]int32, out+out%2), weights: make([]int64, (out+out%2)*taps)}
	raw := make([]float64, taps)
	for i := range f.start {
		centre := from + (float64(min(i, out-1))+0.5)*scale
		first := int(math.Floor(centre-0.5-3*stretch)) + 1
		first = max(0, min(first, n-taps))
		f.start[i] = int32(first)
		for k := range raw {
			raw[k] = 0
			if first+k < n {
				raw[k] = lanczos3((float64(first+k) + 0.5 - centre) / stretch)
			}
		}
		quantize(f.weights[i*taps:(i+1)*taps], raw)
	}
	return f
}

// quantize scales the weights to integers whose sum is exact; what rounding lost goes to the largest.
func quantize(dst []int64, raw []float64) {
	var sum float64
	for _, v := range raw {
		sum += v
	}
	left, largest := int64(1)<<weightBits, 0
	for k, v := range raw {
		dst[k] = int64(math.Round(v / sum * (1 << weightBits)))
		left -= dst[k]
		if v > raw[largest] {
			largest = k
		}
	}
	dst[largest] += left
}

// resample makes a picture of w × h samples, in 4:2:0 or grey, from a part of src given in luma samples. With an
// orientation the result is still as stored, but its chroma lies so that it is right once turned: with an odd count of
// samples, the chroma sample that covers only one column is the last one seen, not the last one stored.
func resample(src *picture, part region, w, h int, o orientation) *picture {
	dst := &picture{fx: 2, fy: 2, width: float64(w), height: float64(h)}
	dst.y = resamplePlane(src.y, part, w, h)
	if src.grey() {
		return dst
	}
	chroma := part.chroma(w, h, o)
	chroma = region{chroma.x0 / src.fx, chroma.y0 / src.fy, chroma.x1 / src.fx, chroma.y1 / src.fy}
	dst.cb = resamplePlane(src.cb, chroma, half(w), half(h))
	dst.cr = resamplePlane(src.cr, chroma, half(w), half(h))
	return dst
}

// chroma widens a part to what the chroma samples of w × h luma samples cover.
func (r region) chroma(w, h int, o orientation) region {
	dx, dy := r.width()/float64(w)*float64(w%2), r.height()/float64(h)*float64(h%2)
	if o.mirrorsX() {
		r.x0 -= dx
	} else {
		r.x1 += dx
	}
	if o.mirrorsY() {
		r.y0 -= dy
	} else {
		r.y1 += dy
	}
	return r
}

// resamplePlane filters along x into a ring of rows just long enough for the filter along y, so that the working set
// stays in the cache whatever the picture's size.
func resamplePlane(src plane, part region, w, h int) plane {
	if part == (region{0, 0, float64(src.w), float64(src.h)}) && w == src.w && h == src.h {
		return src
	}
	dst := newPlane(w, h)
	across := newFilter(w, part.x0, part.x1, src.w)
	down := newFilter(h, part.y0, part.y1, src.h)
	ring := newRing(src, across, down.taps)
	sum := make([]int64, half(w))
	for y := range h {
		first := int(down.start[y])
		ring.fill(first, first+down.taps)
		ring.weigh(sum, first, down.weights[y*down.taps:(y+1)*down.taps])
		storeRow(dst.row(y), sum)
	}
	return dst
}

// ring holds the filtered rows that the next output row may need.
type ring struct {
	src    plane
	across *filter
	rows   [][]int64
	packed [2][]int64
	next   int // the first row not filtered yet
}

// stride is how many rows are filtered at once.
const stride = 4

func newRing(src plane, across *filter, taps int) *ring {
	r := &ring{src: src, across: across}
	width := max(src.w, across.taps)
	r.packed = [2][]int64{make([]int64, width), make([]int64, width)}
	n := taps + stride
	words := len(across.start) / 2
	all := make([]int64, n*words)
	for i := range n {
		r.rows = append(r.rows, all[i*words:(i+1)*words])
	}
	return r
}

func (r *ring) at(y int) []int64 { return r.rows[y%len(r.rows)] }

// fill filters the rows up to but not including end, and some more. Rows before first are never asked for again.
func (r *ring) fill(first, end int) {
	r.next = max(r.next, first)
	for ; r.next < end; r.next += stride {
		y := r.next
		packRows(r.packed[0][:r.src.w], r.source(y), r.source(y+1))
		packRows(r.packed[1][:r.src.w], r.source(y+2), r.source(y+3))
		filterRows([4][]int64{r.at(y), r.at(y + 1), r.at(y + 2), r.at(y + 3)}, r.packed[0], r.packed[1], r.across)
	}
}

// source is a row of the plane; beyond the last it is the last, which weighs nothing.
func (r *ring) source(y int) []byte { return r.src.row(min(y, r.src.h-1)) }

func (r *ring) weigh(sum []int64, first int, weights []int64) {
	k := 0
	for ; k+4 <= len(weights); k += 4 {
		addRows4(sum, r.at(first+k), r.at(first+k+1), r.at(first+k+2), r.at(first+k+3), weights[k:k+4])
	}
	for ; k < len(weights); k++ {
		addRow(sum, r.at(first+k), weights[k])
	}
}
