//go:build amd64 && !purego

package photo

import (
	"encoding/binary"

	"golang.org/x/sys/cpu"
)

// vectorise is set where the processor has AVX2. Tests clear it to see the other loops make the same bytes.
var vectorise = cpu.X86.HasAVX2

// vectors is a scaler's filters in the order in which the loops of kernel_amd64.s read them.
//
// Along x eight samples are made at once, in two groups of four. A group's samples lie close together in the source, so
// one load of 16 bytes holds at least one pair of taps for all four, mostly several, and a shuffle deals them out: starts says
// where the two loads begin, and in table each eight have 32 bytes of shuffle and then 32 of weights for each pair of taps.
//
// Along y rows are kept in twos, sample by sample side by side, because one instruction multiplies and adds neighbours.
// So every group of weights begins with an even row.
type vectors struct {
	starts []int32
	table  []byte
	eights int
	pairs  int // of taps along x
	each   int // pairs of taps that a load holds
	reach  int // bytes of a row that the loads span

	rows    []vectorRow
	weights []int16
	twos    int // rows a ring must hold, in twos
	words   int // of 32 bits in a row of the ring: the output's width in whole blocks
}

// vectorRow is how one row of output is made: from how many twos of rows, which is the first, and where their weights begin.
type vectorRow struct{ first, twos, weights int }

const (
	eight = 8  // samples made at once along x
	block = 32 // samples made at once along y
	load  = 16 // bytes of source for four samples
)

// newVectors is nil if a row shrinks so far that four samples do not lie within one load.
func newVectors(across, down *filter, width int) *vectors {
	v := &vectors{pairs: across.taps / 2, each: load, eights: (width + eight - 1) / eight, words: (width + block - 1) / block * block}
	v.table = make([]byte, 0, v.eights*(1+v.pairs)*32)
	for i := range v.eights {
		if !v.addEight(across, i*eight, width) {
			return nil
		}
	}
	for _, first := range v.starts {
		v.reach = max(v.reach, int(first)+2*v.each*((v.pairs-1)/v.each)+load)
	}
	v.rows, v.weights = make([]vectorRow, 0, len(down.start)), make([]int16, 0, len(down.weights)+2*len(down.start))
	for y := range down.start {
		v.addRow(int(down.start[y]), down.of(y))
	}
	return v
}

func (v *vectors) addEight(f *filter, from, width int) bool {
	var shuffle [32]byte
	var at [eight]int
	for i := range at {
		at[i] = min(from+i, width-1)
		first := int(f.start[at[i&^3]])
		offset := int(f.start[at[i]]) - first
		if offset < 0 || offset+1 >= load {
			return false
		}
		v.each = min(v.each, (load-offset)/2)
		copy(shuffle[4*i:], []byte{byte(offset), 0x80, byte(offset + 1), 0x80}) // two bytes become two words
		if i&3 == 0 {
			v.starts = append(v.starts, int32(first))
		}
	}
	v.table = append(v.table, shuffle[:]...)
	for k := 0; k < f.taps; k += 2 {
		for _, i := range at {
			w := f.of(i)
			v.table = binary.LittleEndian.AppendUint16(v.table, uint16(w[k]))
			v.table = binary.LittleEndian.AppendUint16(v.table, uint16(w[k+1]))
		}
	}
	return true
}

func (v *vectors) addRow(first int, weights []int16) {
	row := vectorRow{first: first / 2, twos: (len(weights) + first%2 + 1) / 2, weights: len(v.weights)}
	v.weights = append(v.weights, make([]int16, 2*row.twos)...)
	copy(v.weights[row.weights+first%2:], weights)
	v.rows = append(v.rows, row)
	v.twos = max(v.twos, row.twos)
}

// vectorRing holds the filtered rows that the next row of output may need, in twos.
type vectorRing struct {
	*vectors
	dst    plane
	y      int // the next row of output
	from   int // rows of the source
	src    plane
	top    int // the row of the source that src begins with
	ring   []int32
	slots  int
	next   int // the first two rows not filtered yet
	padded [stride][]byte
	spare  [block]byte
}

func newVectorRing(v *vectors, dst plane, from int) *vectorRing {
	r := &vectorRing{vectors: v, dst: dst, from: from, slots: v.twos + 1}
	r.ring = make([]int32, r.slots*v.words)
	return r
}

func (r *vectorRing) at(two int) *int32 { return &r.ring[two%r.slots*r.words] }

func (r *vectorRing) take(rows plane, top int) {
	r.src, r.top = rows, top
	have := top + rows.h
	for ; r.y < r.dst.h; r.y++ {
		row := r.rows[r.y]
		end := row.first + row.twos
		if have < r.from && 2*end > have {
			r.fill(row.first, have/2)
			return
		}
		r.fill(row.first, end)
		r.output(row)
	}
}

// output makes the next row.
func (r *vectorRing) output(row vectorRow) {
	to, tail := r.dst.row(r.y), r.dst.w%block
	r.weigh(to[:r.dst.w-tail], 0, row)
	if tail > 0 {
		r.weigh(r.spare[:], r.dst.w-tail, row)
		copy(to[r.dst.w-tail:], r.spare[:])
	}
}

// fill filters the rows up to but not including end, and perhaps two more if they are there. Rows before first are never asked
// for again.
func (r *vectorRing) fill(first, end int) {
	r.next = max(r.next, first-first%2)
	for ; r.next < end; r.next += 2 {
		y := 2 * r.next
		acrossAVX2(r.at(r.next), r.at(r.next+1), r.source(0, y), r.source(1, y+1), r.source(2, y+2), r.source(3, y+3),
			&r.starts[0], &r.table[0], &r.table[len(r.table)-1], r.pairs, r.each)
	}
}

// source is where a row of the source begins; beyond the last it is the last, which weighs nothing. Loads span more than a
// row: where that would leave what is there, the row is read from a copy.
func (r *vectorRing) source(i, y int) *byte {
	y = min(y-r.top, r.src.h-1)
	from := y * r.src.step
	if from+r.reach <= len(r.src.pix) {
		return &r.src.pix[from]
	}
	if r.padded[i] == nil {
		r.padded[i] = make([]byte, max(r.reach, r.src.w))
	}
	copy(r.padded[i], r.src.row(y))
	return &r.padded[i][0]
}

// weigh makes whole blocks of a row of output from column x on.
func (r *vectorRing) weigh(dst []byte, x int, row vectorRow) {
	if len(dst) == 0 {
		return
	}
	slot := row.first % r.slots
	downAVX2(&dst[0], len(dst)/block, &r.ring[x], slot*r.words*4, r.words*4, len(r.ring)*4, &r.weights[row.weights], row.twos)
}

//go:noescape
func acrossAVX2(dst0, dst1 *int32, a, b, c, d *byte, starts *int32, table, last *byte, pairs, each int)

//go:noescape
func downAVX2(dst *byte, blocks int, ring *int32, first, stride, size int, weights *int16, pairs int)
