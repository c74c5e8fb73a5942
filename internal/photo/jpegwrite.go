package photo

import (
	"encoding/binary"
	"image"
	"math/bits"
	"sync"
)

// encodeJPEG writes a baseline JPEG (ITU-T T.81) with Huffman tables made for the picture, and no metadata but the JFIF
// header: byte for byte what gen2brain/jpegn writes. It takes grey and 4:2:0, as pictures are; the rest is errRare.
//
// Blocks are transformed once: what becomes of them is kept as tokens, which are counted for the tables and then written. A
// library that makes its tables by going over the picture twice pays for everything twice.
func encodeJPEG(img image.Image, quality int) ([]byte, error) {
	p := planesOf(img)
	if p == nil || p.y.w < 1 || p.y.h < 1 || p.y.w > 0xffff || p.y.h > 0xffff || (!p.grey() && (p.fx != 2 || p.fy != 2)) {
		return nil, errRare
	}
	w, _ := jpegWriters.Get().(*jpegWriter)
	defer jpegWriters.Put(w)
	w.begin(quality)
	if p.grey() {
		w.grey(p.y)
		return w.file([]plane{p.y}), nil
	}
	planes := []plane{p.y, p.cb, p.cr}
	w.colour(planes)
	return w.file(planes), nil
}

var jpegWriters = sync.Pool{New: func() any { return new(jpegWriter) }}

// A token is a Huffman symbol with the bits behind it: the bits from bit 16 on, and below a place in the tables of counts and
// codes, which is the symbol, with these added.
const (
	tokenDC     = 256
	tokenChroma = 512
	tokenSpace  = 1024

	symbolEnd   = 0x00 // no more coefficients in this block
	symbolZeros = 0xf0 // sixteen zeros
)

type jpegWriter struct {
	tables  [2][64]byte // in zigzag order, as they are written
	quants  [2]quantizer
	tokens  []uint32
	counts  [tokenSpace]uint32
	last    [3]int32 // the DC coefficient of the component's block before
	pairs   [6]blockPair
	edge    [8 * 16]byte
	lengths [4]huffLengths
	codes   [tokenSpace]uint32 // the code, room for the bits behind it, and in the lowest five bits how many both are
}

// blockPair is two blocks side by side, in quantized coefficients. A bit of mask says that a coefficient is not 0. Order is natural:
// 8·row + column.
type blockPair struct {
	coefficients [2][64]int16
	mask         [2]uint64
}

// The tables of T.81 annex K.1, which everybody uses, in natural order.
var annexK = [2][64]byte{{
	16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
	18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
}, {
	17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
	99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
}}

// zigzagMasks takes the bits of a row of a mask to zigzag order.
var zigzagMasks = func() (masks [8][256]uint64) {
	for k, natural := range zigzag {
		for bits := range 256 {
			if bits>>(natural&7)&1 == 1 {
				masks[natural>>3][bits] |= 1 << k
			}
		}
	}
	return masks
}()

func (w *jpegWriter) begin(quality int) {
	w.tokens = w.tokens[:0]
	w.counts, w.last = [tokenSpace]uint32{}, [3]int32{}
	// the scale that the Independent JPEG Group's library gave qualities, and all others took over
	scale := 200 - 2*quality
	if quality < 50 {
		scale = 5000 / quality
	}
	for t := range w.tables {
		for k, natural := range zigzag {
			step := min(max((int(annexK[t][natural])*scale+50)/100, 1), 255)
			w.tables[t][k] = byte(step)
			w.quants[t].set(int(natural), step)
		}
	}
}

// grey takes two blocks at once.
func (w *jpegWriter) grey(p plane) {
	across := ceilDiv(p.w, 8)
	for y := 0; y < p.h; y += 8 {
		for x := 0; x < across; x += 2 {
			w.forward(0, p, 8*x, y, 0)
			w.reserve()
			w.block(0, 0, 0)
			if x+1 < across {
				w.block(0, 1, 0)
			}
		}
	}
}

// colour takes two MCUs at once: eight blocks of luma and two of each chroma.
func (w *jpegWriter) colour(p []plane) {
	across := ceilDiv(p[0].w, 16)
	for y := range ceilDiv(p[0].h, 16) {
		for x := 0; x < across; x += 2 {
			w.forward(0, p[0], 16*x, 16*y, 0)
			w.forward(1, p[0], 16*x, 16*y+8, 0)
			w.forward(4, p[1], 8*x, 8*y, 1)
			w.forward(5, p[2], 8*x, 8*y, 1)
			w.reserve()
			w.mcu(0, 0)
			if x+1 < across {
				w.forward(2, p[0], 16*x+16, 16*y, 0)
				w.forward(3, p[0], 16*x+16, 16*y+8, 0)
				w.mcu(2, 1)
			}
		}
	}
}

func (w *jpegWriter) mcu(luma, side int) {
	w.block(luma, 0, 0)
	w.block(luma, 1, 0)
	w.block(luma+1, 0, 0)
	w.block(luma+1, 1, 0)
	w.block(4, side, 1)
	w.block(5, side, 2)
}

// forward transforms the two blocks at x, y of a plane. Beyond its edges the last samples are repeated.
func (w *jpegWriter) forward(pair int, p plane, x, y, table int) {
	if x+16 <= p.w && y+8 <= p.h {
		forwardPair(&w.pairs[pair], p.pix[y*p.step+x:], p.step, &w.quants[table])
		return
	}
	for i := range 8 {
		row := p.row(min(y+i, p.h-1))
		for j := range 16 {
			w.edge[16*i+j] = row[min(x+j, p.w-1)]
		}
	}
	forwardPair(&w.pairs[pair], w.edge[:], 16, &w.quants[table])
}

// reserve makes room for the tokens of two MCUs.
func (w *jpegWriter) reserve() {
	const most = 12 * 64
	if cap(w.tokens)-len(w.tokens) < most {
		grown := make([]uint32, len(w.tokens), 2*cap(w.tokens)+1<<14)
		copy(grown, w.tokens)
		w.tokens = grown
	}
}

// block makes tokens of a block. There is room for them.
func (w *jpegWriter) block(pair, side, component int) {
	b, mask := &w.pairs[pair].coefficients[side], w.pairs[pair].mask[side]
	table := uint32(0)
	if component > 0 {
		table = tokenChroma
	}
	counts := (*[tokenChroma]uint32)(w.counts[table:])
	tokens := w.tokens[len(w.tokens) : len(w.tokens)+64 : len(w.tokens)+64]

	size, value := magnitude(int32(b[0]) - w.last[component])
	w.last[component] = int32(b[0])
	counts[tokenDC+size]++
	tokens[0] = value<<16 | table + tokenDC + size
	n := 1

	var order uint64
	for row := range zigzagMasks {
		order |= zigzagMasks[row][byte(mask>>(8*row))]
	}
	order &^= 1
	before := 0
	for ; order != 0; order &= order - 1 {
		k := bits.TrailingZeros64(order)
		zeros := uint32(k - before - 1)
		before = k
		for ; zeros > 15; zeros -= 16 {
			counts[symbolZeros]++
			tokens[n&63] = table + symbolZeros
			n++
		}
		size, value := magnitude(int32(b[zigzag[k&63]&63]))
		symbol := (zeros<<4 | size) & 0xff
		counts[symbol]++
		tokens[n&63] = value<<16 | table + symbol
		n++
	}
	if before < 63 {
		counts[symbolEnd]++
		tokens[n&63] = table + symbolEnd
		n++
	}
	w.tokens = w.tokens[:len(w.tokens)+n]
}

// magnitude returns how many bits a number has, and those bits (T.81 F.1.2.1).
func magnitude(v int32) (size, value uint32) {
	negative := v >> 31
	size = uint32(bits.Len32(uint32((v ^ negative) - negative)))
	return size, uint32(v+negative) & (1<<(size&31) - 1)
}

// file writes the header and the tokens.
func (w *jpegWriter) file(planes []plane) []byte {
	tables := min(len(planes), 2)
	total := 0
	for t := range 2 * tables {
		from := t*tokenDC ^ tokenDC // DC tables come first
		total += w.lengths[t].make(w.counts[from:from+tokenDC], w.codes[from:from+tokenDC])
	}
	out := w.header(make([]byte, 0, 1024+total/8+total/512), planes, tables)
	return append(w.scan(out), 0xff, 0xd9)
}

func (w *jpegWriter) header(out []byte, planes []plane, tables int) []byte {
	out = append(out, 0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0)
	for t := range tables {
		out = append(out, 0xff, 0xdb, 0, 67, byte(t))
		out = append(out, w.tables[t][:]...)
	}
	n := len(planes)
	out = append(out, 0xff, 0xc0, 0, byte(8+3*n), 8)
	out = binary.BigEndian.AppendUint16(out, uint16(planes[0].h))
	out = binary.BigEndian.AppendUint16(out, uint16(planes[0].w))
	out = append(out, byte(n))
	for i := range n {
		sampling := byte(0x11)
		if n > 1 && i == 0 {
			sampling = 0x22
		}
		out = append(out, byte(i+1), sampling, byte(min(i, 1)))
	}
	for t := range 2 * tables {
		out = w.lengths[t].segment(out, byte(t&1<<4|t>>1))
	}
	out = append(out, 0xff, 0xda, 0, byte(6+2*n), byte(n))
	for i := range n {
		out = append(out, byte(i+1), byte(min(i, 1)*0x11))
	}
	return append(out, 0, 63, 0)
}

// scan writes the tokens, four bytes at a time. A byte of ones is followed by one of zeros, so that it is no marker.
func (w *jpegWriter) scan(out []byte) []byte {
	var acc uint64
	n := uint32(0)
	for _, t := range w.tokens {
		code := w.codes[t%tokenSpace]
		acc = acc<<(code&31) | uint64(code>>5|t>>16)
		if n += code & 31; n < 32 {
			continue
		}
		n -= 32
		v := uint32(acc >> (n & 31))
		if (^v-0x01010101)&v&0x80808080 == 0 { // no byte of v is 0xff
			out = append(out, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
			continue
		}
		out = stuffed(out, v, 4)
	}
	if n%8 > 0 { // the last byte is filled with ones
		fill := 8 - n%8
		acc, n = acc<<fill|(1<<fill-1), n+fill
	}
	return stuffed(out, uint32(acc<<(32-n)), int(n/8))
}

// stuffed appends the first n bytes of v.
func stuffed(out []byte, v uint32, n int) []byte {
	for i := range n {
		b := byte(v >> (24 - 8*i))
		if out = append(out, b); b == 0xff {
			out = append(out, 0)
		}
	}
	return out
}
