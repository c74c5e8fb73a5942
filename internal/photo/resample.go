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
	luma, chroma := newScalers(src, part, w, h, o)
	dst := &picture{fx: 2, fy: 2, width: float64(w), height: float64(h)}
	dst.y = luma.plane(src.y)
	if !src.grey() {
		dst.cb, dst.cr = chroma.plane(src.cb), chroma.plane(src.cr)
	}
	return dst
}

// resampler does the same while src is decoded, so that never more than a few rows of src are there. Of the planes of src only the
// sizes matter.
type resampler struct {
	dst   *picture
	flows [3]flow
}

func newResampler(src *picture, part region, w, h int, o orientation) *resampler {
	luma, chroma := newScalers(src, part, w, h, o)
	r := &resampler{dst: &picture{fx: 2, fy: 2, width: float64(w), height: float64(h)}}
	r.dst.y = src.y.like(w, h)
	r.flows[0] = luma.flow(r.dst.y)
	if !src.grey() {
		r.dst.cb, r.dst.cr = src.cb.like(half(w), half(h)), src.cr.like(half(w), half(h))
		r.flows[1], r.flows[2] = chroma.flow(r.dst.cb), chroma.flow(r.dst.cr)
	}
	return r
}

// take is the sink of a decoder.
func (r *resampler) take(component int, rows plane, top int) { r.flows[component].take(rows, top) }

// newScalers prepares the filters for luma and for chroma; nil for what a grey picture does not have.
func newScalers(src *picture, part region, w, h int, o orientation) (luma, chroma *scaler) {
	luma = newScaler(src.y, part, w, h)
	if src.grey() {
		return luma, nil
	}
	at := part.chroma(w, h, o)
	at = region{at.x0 / src.fx, at.y0 / src.fy, at.x1 / src.fx, at.y1 / src.fy}
	return luma, newScaler(src.cb, at, half(w), half(h))
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
	from         int  // rows of the planes
	same         bool // nothing to do
	across, down *filter
	vectors      *vectors // nil where the loops of words do the work
}

func newScaler(src plane, part region, w, h int) *scaler {
	s := &scaler{w: w, h: h, from: src.h}
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

// plane makes a plane from one that is there. A plane that needs no filtering comes back itself.
func (s *scaler) plane(src plane) plane {
	if s.same {
		return src
	}
	dst := src.like(s.w, s.h)
	to := s.flow(dst)
	for top := 0; top < src.h; top += 2 * stride {
		to.take(src.rows(top, min(top+2*stride, src.h)), top)
	}
	return dst
}

// flow makes a plane from one that comes from top to bottom, some rows after the other: a multiple of stride each time, but the
// last. It filters them along x into a ring of rows just long enough for the filter along y, so that the working set
// stays in the cache whatever the picture's size. What it took is not looked at again.
type flow interface {
	take(rows plane, top int)
}

// stride is how many rows are filtered at once.
const stride = 4

func (s *scaler) flow(dst plane) flow {
	switch {
	case s.same:
		return copier{dst}
	case s.vectors != nil:
		return newVectorRing(s.vectors, dst, s.from)
	}
	return newRing(s, dst)
}

// copier is the flow where there is nothing to filter.
type copier struct{ dst plane }

func (c copier) take(rows plane, top int) {
	for y := range rows.h {
		copy(c.dst.row(top+y), rows.row(y))
	}
}

// ring holds the filtered rows that the next output row may need.
type ring struct {
	*scaler
	dst    plane
	y      int // the next output row
	src    plane
	top    int // the row of the source that src begins with
	rows   [][]int64
	packed [2][]int64
	sum    []int64
	next   int // the first row not filtered yet
}

func newRing(s *scaler, dst plane) *ring {
	r := &ring{scaler: s, dst: dst, sum: make([]int64, half(s.w))}
	n := s.down.taps + stride
	words := len(s.across.start) / 2
	all := make([]int64, n*words)
	for i := range n {
		r.rows = append(r.rows, all[i*words:(i+1)*words])
	}
	return r
}

func (r *ring) at(y int) []int64 { return r.rows[y%len(r.rows)] }

func (r *ring) take(rows plane, top int) {
	r.src, r.top = rows, top
	if width := max(rows.w, r.across.taps); r.packed[0] == nil {
		r.packed = [2][]int64{make([]int64, width), make([]int64, width)}
	}
	have := top + rows.h
	for ; r.y < r.h; r.y++ {
		first := int(r.down.start[r.y])
		end := first + r.down.taps
		if have < r.from && end > have {
			r.fill(first, have)
			return
		}
		r.fill(first, end)
		r.weigh(first, r.down.of(r.y))
		storeRow(r.dst.row(r.y), r.sum)
	}
}

// fill filters the rows up to but not including end, and some more if they are there. Rows before first are never asked for
// again.
func (r *ring) fill(first, end int) {
	r.next = max(r.next, first-first%stride)
	for ; r.next < end; r.next += stride {
		y := r.next
		packRows(r.packed[0][:r.src.w], r.source(y), r.source(y+1))
		packRows(r.packed[1][:r.src.w], r.source(y+2), r.source(y+3))
		filterRows([4][]int64{r.at(y), r.at(y + 1), r.at(y + 2), r.at(y + 3)}, r.packed[0], r.packed[1], r.across)
	}
}

// source is a row of the source; beyond the last it is the last, which weighs nothing.
func (r *ring) source(y int) []byte { return r.src.row(min(y-r.top, r.src.h-1)) }

func (r *ring) weigh(first int, weights []int16) {
	k := 0
	for ; k+4 <= len(weights); k += 4 {
		addRows4(r.sum, r.at(first+k), r.at(first+k+1), r.at(first+k+2), r.at(first+k+3), weights[k:k+4])
	}
	for ; k < len(weights); k++ {
		addRow(r.sum, r.at(first+k), int64(weights[k]))
	}
}
