package photo

import (
	"encoding/binary"
	"image"
	"math/bits"
	"sync"
)

// The quantization tables of T.81 annex K.1, for a quality of 50.
var (
	lumaQuant = [64]byte{
		16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
		18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
	}
	chromaQuant = [64]byte{
		17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
	}
)

// quantTable scales a table to a quality from 1 to 100, as the Independent JPEG Group's library does.
func quantTable(table *[64]byte, quality int) (out [64]byte) {
	quality = min(max(quality, 1), 100)
	scale := 200 - 2*quality
	if quality < 50 {
		scale = 5000 / quality
	}
	for i, v := range table {
		out[i] = byte(min(max((int(v)*scale+50)/100, 1), 255))
	}
	return out
}

// A token is what is written of a coefficient that is not zero: in the low half its own bits, above that its symbol and from
// bit 24 on which table codes it.
const (
	lumaDC = iota << 24
	lumaAC
	chromaDC
	chromaAC
	noAC = lumaAC - lumaDC
)

// encoder writes grey and 4:2:0 planes as a baseline JPEG with Huffman tables made for the picture. Each block is transformed once: the
// tokens wait until all are counted.
type encoder struct {
	width, height int
	parts         []part
	space         [3]part
	quants        [2][64]byte
	tokens        []uint32
	n             int // tokens
	counts        [4][256]uint32
	codes         [4 << 8]uint32
	tables        [4]codeTable
	block         [64]int16
	edge          [64]byte // a block at the edge, whose missing samples are those nearest to it
}

// part is a component.
type part struct {
	plane plane
	side  int // blocks an MCU has along x and along y
	table uint32
	divs  *divisors
	last  int32 // the DC coefficient before
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// encodeBaseline writes a picture in 4:2:0 or grey; nil if it is something else.
func encodeBaseline(img image.Image, quality int) []byte {
	p := planesOf(img)
	if p == nil || (!p.grey() && (p.fx != 2 || p.fy != 2)) {
		return nil
	}
	e, _ := encoders.Get().(*encoder)
	defer e.done()
	e.start(p, quality)
	e.transform()
	size := e.makeCodes()
	return e.write(size)
}

// done gives the working memory back without the picture.
func (e *encoder) done() {
	e.parts, e.space = nil, [3]part{}
	e.n, e.counts = 0, [4][256]uint32{}
	encoders.Put(e)
}

func (e *encoder) start(p *picture, quality int) {
	e.width, e.height = p.y.w, p.y.h
	e.quants = [2][64]byte{quantTable(&lumaQuant, quality), quantTable(&chromaQuant, quality)}
	luma, chroma := newDivisors(&e.quants[0]), newDivisors(&e.quants[1])
	e.space = [3]part{
		{plane: p.y, side: 2, table: lumaDC, divs: luma},
		{plane: p.cb, side: 1, table: chromaDC, divs: chroma},
		{plane: p.cr, side: 1, table: chromaDC, divs: chroma},
	}
	e.parts = e.space[:]
	if p.grey() {
		e.parts[0].side, e.parts = 1, e.space[:1]
	}
}

// transform makes the tokens.
func (e *encoder) transform() {
	side := 8 * e.parts[0].side
	across, down := ceilDiv(e.width, side), ceilDiv(e.height, side)
	for y := range down {
		e.room(across * 6 * 64)
		for x := range across {
			for i := range e.parts {
				p := &e.parts[i]
				for v := range p.side {
					for u := range p.side {
						nonzero := e.coefficients(p, 8*(x*p.side+u), 8*(y*p.side+v))
						e.tokenize(p, nonzero)
					}
				}
			}
		}
	}
}

// room makes sure of space for some more tokens.
func (e *encoder) room(more int) {
	if e.n+more > len(e.tokens) {
		grown := make([]uint32, max(e.n+more, 2*e.n))
		copy(grown, e.tokens[:e.n])
		e.tokens = grown
	}
}

func (e *encoder) coefficients(p *part, x, y int) uint64 {
	if x+8 <= p.plane.w && y+8 <= p.plane.h {
		return fdct(&e.block, p.plane.pix[y*p.plane.step+x:], p.plane.step, p.divs)
	}
	for v := range 8 {
		row := p.plane.row(min(y+v, p.plane.h-1))
		for u := range 8 {
			e.edge[8*v+u] = row[min(x+u, len(row)-1)]
		}
	}
	return fdct(&e.block, e.edge[:], 8, p.divs)
}

// zigzagBits says for each row of a block, and each set of its coefficients, which they are in zigzag order.
var zigzagBits = makeZigzagBits()

func makeZigzagBits() (table [8][256]uint64) {
	for k, natural := range zigzag {
		row, bit := natural>>3, 1<<(natural&7)
		for set := range 256 {
			if set&bit != 0 {
				table[row][set] |= 1 << k
			}
		}
	}
	return table
}

func (e *encoder) tokenize(p *part, nonzero uint64) {
	n := e.n
	tokens := e.tokens[n : n+64]
	dc := int32(e.block[0])
	size, value := magnitude(dc - p.last)
	p.last = dc
	e.counts[p.table>>24][size]++
	tokens[0] = p.table | size<<16 | value
	n = 1

	t := &zigzagBits
	nonzero &^= 1
	set := t[0][byte(nonzero)] | t[1][byte(nonzero>>8)] | t[2][byte(nonzero>>16)] | t[3][byte(nonzero>>24)] |
		t[4][byte(nonzero>>32)] | t[5][byte(nonzero>>40)] | t[6][byte(nonzero>>48)] | t[7][byte(nonzero>>56)]
	table := p.table + noAC
	counts := &e.counts[table>>24&3]
	before := 0
	for ; set != 0; set &= set - 1 {
		k := bits.TrailingZeros64(set)
		run := k - before - 1
		before = k
		for ; run > 15; run -= 16 {
			counts[0xf0]++
			tokens[n&63] = table | 0xf0<<16
			n++
		}
		size, value := magnitude(int32(e.block[zigzag[k&63]&63]))
		symbol := uint32(run)<<4 | size
		counts[symbol&0xff]++
		tokens[n&63] = table | symbol<<16 | value
		n++
	}
	e.n += n
	if before < 63 {
		counts[0]++
		e.tokens[e.n] = table
		e.n++
	}
}

// magnitude returns the size of a value in bits, and those bits (T.81 F.1.2.1).
func magnitude(v int32) (size, value uint32) {
	sign := v >> 31
	n := bits.Len32(uint32((v ^ sign) - sign))
	return uint32(n), uint32(v+sign) & (1<<(n&31) - 1)
}

// makeCodes makes the tables and returns the bytes that the tokens will take, stuffing left out.
func (e *encoder) makeCodes() (size int) {
	tables := 2 * min(len(e.parts), 2)
	for i := range tables {
		t := &e.tables[i]
		t.build(&e.counts[i])
		for symbol, count := range e.counts[i] {
			if count == 0 {
				continue
			}
			// the code, room for the value behind it, and their bits together
			own := uint32(symbol & 15)
			length := uint32(t.lengths[symbol]) + own
			e.codes[i<<8|symbol] = uint32(t.codes[symbol])<<(own+5) | length
			size += int(count) * int(length)
		}
	}
	return size/8 + 1
}

func (e *encoder) write(size int) []byte {
	out := e.head(make([]byte, 0, 1024+size+size/64))
	acc, n := uint64(0), uint32(0)
	for _, token := range e.tokens[:e.n] {
		code := e.codes[token>>16&(4<<8-1)]
		length := code & 31
		acc = acc<<length | uint64(code>>5|token&0xffff)
		n += length
		if n < 32 {
			continue
		}
		n -= 32
		four := uint32(acc >> (n & 63))
		if (^four-0x01010101)&four&0x80808080 == 0 { // no byte is 0xFF
			out = binary.BigEndian.AppendUint32(out, four)
			continue
		}
		for shift := 24; shift >= 0; shift -= 8 {
			out = stuffed(out, byte(four>>shift))
		}
	}
	acc, n = acc<<7|0x7f, n+7 // the last byte is filled up with ones
	for ; n >= 8; n -= 8 {
		out = stuffed(out, byte(acc>>((n-8)&63)))
	}
	return append(out, 0xff, 0xd9)
}

func stuffed(out []byte, b byte) []byte {
	out = append(out, b)
	if b == 0xff {
		out = append(out, 0)
	}
	return out
}

// head writes everything before the tokens.
func (e *encoder) head(out []byte) []byte {
	out = append(out, 0xff, 0xd8)
	out = append(out, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0)
	n := len(e.parts)
	for i := range min(n, 2) {
		out = append(out, 0xff, 0xdb, 0, 67, byte(i))
		for _, natural := range zigzag {
			out = append(out, e.quants[i][natural])
		}
	}
	out = append(out, 0xff, 0xc0, 0, byte(8+3*n), 8, byte(e.height>>8), byte(e.height), byte(e.width>>8), byte(e.width), byte(n))
	for i, p := range e.parts {
		out = append(out, byte(i+1), byte(p.side<<4|p.side), byte(p.table>>25))
	}
	for i := range 2 * min(n, 2) {
		t := &e.tables[i]
		out = binary.BigEndian.AppendUint16(append(out, 0xff, 0xc4), uint16(19+len(t.symbols)))
		out = append(out, byte(i%2<<4|i/2))
		out = append(append(out, t.counts[1:]...), t.symbols...)
	}
	out = append(out, 0xff, 0xda, 0, byte(6+2*n), byte(n))
	for i, p := range e.parts {
		out = append(out, byte(i+1), byte(p.table>>25*0x11))
	}
	return append(out, 0, 63, 0)
}

// codeTable is a Huffman table for one picture.
type codeTable struct {
	counts  [17]byte // of codes by length
	symbols []byte   // shortest code first
	codes   [256]uint16
	lengths [256]byte
}

// build follows T.81 K.2: the two rarest trees become one until one is left, and codes longer than 16 bits are shortened.
func (t *codeTable) build(counts *[256]uint32) {
	lengths := codeLengths(counts)
	var number [64]int
	for _, l := range lengths {
		number[l]++
	}
	for l := 63; l > 16; l-- {
		for number[l] > 0 {
			j := l - 2
			for number[j] == 0 {
				j--
			}
			number[l] -= 2
			number[l-1]++
			number[j+1] += 2
			number[j]--
		}
	}
	longest := 16
	for number[longest] == 0 {
		longest--
	}
	number[longest]-- // of the symbol that keeps all ones from being a code
	for l := 1; l <= 16; l++ {
		t.counts[l] = byte(number[l])
	}
	t.symbols = t.symbols[:0]
	for l := 1; l < 64; l++ {
		for symbol, own := range lengths[:256] {
			if int(own) == l {
				t.symbols = append(t.symbols, byte(symbol))
			}
		}
	}
	code, i := uint16(0), 0
	for l := 1; l <= 16; l++ {
		for range t.counts[l] {
			t.codes[t.symbols[i]], t.lengths[t.symbols[i]] = code, byte(l)
			code++
			i++
		}
		code <<= 1
	}
}

// codeLengths are the lengths of the codes of all symbols and of one more, which nothing uses.
func codeLengths(counts *[256]uint32) (lengths [257]byte) {
	type tree struct {
		count   uint64
		symbols []int16
	}
	var trees []tree
	for symbol, count := range counts {
		if count > 0 {
			trees = append(trees, tree{uint64(count), []int16{int16(symbol)}})
		}
	}
	trees = append(trees, tree{1, []int16{256}})
	for len(trees) > 1 {
		a, b := -1, -1 // the rarest and the next; of equals the last
		for i := range trees {
			switch {
			case a < 0 || trees[i].count <= trees[a].count:
				a, b = i, a
			case b < 0 || trees[i].count <= trees[b].count:
				b = i
			}
		}
		for _, s := range trees[b].symbols {
			lengths[s]++
		}
		for _, s := range trees[a].symbols {
			lengths[s]++
		}
		trees[a].count += trees[b].count
		trees[a].symbols = append(trees[a].symbols, trees[b].symbols...)
		trees = append(trees[:b], trees[b+1:]...)
	}
	return lengths
}
