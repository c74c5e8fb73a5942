package photo

// region is a rectangle: in fractions of a picture, or in samples where said so.
type region struct{ x0, y0, x1, y1 float64 }

var whole = region{0, 0, 1, 1}

func (r region) width() float64  { return r.x1 - r.x0 }
func (r region) height() float64 { return r.y1 - r.y0 }

// resample makes a picture of w × h samples, in 4:2:0 or grey, from a part of src given in luma samples. With an
// orientation the result is still as stored, but its chroma lies so that it is right once turned: with an odd count of
// samples, the chroma sample that covers only one column is the last one seen, not the last one stored.
func resample(src *picture, part region, w, h int, o orientation) *picture {
	dst := &picture{fx: 2, fy: 2, width: float64(w), height: float64(h)}
	dst.y = newScaler(src.y, part, w, h).plane(src.y)
	if src.grey() {
		return dst
	}
	chroma := part.chroma(w, h, o)
	chroma = region{chroma.x0 / src.fx, chroma.y0 / src.fy, chroma.x1 / src.fx, chroma.y1 / src.fy}
	scale := newScaler(src.cb, chroma, half(w), half(h))
	dst.cb, dst.cr = scale.plane(src.cb), scale.plane(src.cr)
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

// scaler makes planes of w × h samples from a part of planes that all have the size of the first.
type scaler struct {
	w, h         int
	same         bool // nothing to do
	across, down *filter
	vectors      *vectors // nil where the loops of words do the work
}

func newScaler(src plane, part region, w, h int) *scaler {
	s := &scaler{w: w, h: h}
	if part == (region{0, 0, float64(src.w), float64(src.h)}) && w == src.w && h == src.h {
		s.same = true
		return s
	}
	s.across, s.down = newFilter(w, part.x0, part.x1, src.w), newFilter(h, part.y0, part.y1, src.h)
	if vectorise {
		s.vectors = newVectors(s.across, s.down, w)
	}
	return s
}

// plane filters along x into a ring of rows just long enough for the filter along y, so that the working set stays in the
// cache whatever the picture's size. A plane that needs no filtering comes back itself.
func (s *scaler) plane(src plane) plane {
	if s.same {
		return src
	}
	dst := src.like(s.w, s.h)
	if s.vectors != nil {
		s.vectors.resample(dst, src)
	} else {
		s.resample(dst, src)
	}
	return dst
}

func (s *scaler) resample(dst, src plane) {
	ring := newRing(src, s.across, s.down.taps)
	sum := make([]int64, half(s.w))
	for y := range s.h {
		first := int(s.down.start[y])
		ring.fill(first, first+s.down.taps)
		ring.weigh(sum, first, s.down.of(y))
		storeRow(dst.row(y), sum)
	}
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

func (r *ring) weigh(sum []int64, first int, weights []int16) {
	k := 0
	for ; k+4 <= len(weights); k += 4 {
		addRows4(sum, r.at(first+k), r.at(first+k+1), r.at(first+k+2), r.at(first+k+3), weights[k:k+4])
	}
	for ; k < len(weights); k++ {
		addRow(sum, r.at(first+k), int64(weights[k]))
	}
}
