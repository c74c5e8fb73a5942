package photo

import (
	"encoding/binary"
	"errors"
	"sync"
)

// errRare is a JPEG that the decoder for camera JPEGs leaves to a library.
var errRare = errors.New("not a baseline JPEG of the usual kind")

// sink takes a picture as it is decoded: some rows of a component after those above them. The rows are the decoder's again
// when it returns.
type sink func(component int, rows plane, top int)

// baseline decodes the JPEGs that cameras and phones write: baseline, Huffman coded, 8 bits, grey or YCbCr with chroma whole, halved along
// x, along y or both, in one scan. It shrinks while decoding: of each block it keeps the coefficients that the smaller
// block is made of and passes over the rest. It is strict: data that end too early or mean nothing are errors.
type baseline struct {
	bits bitWindow

	quant  [4][64]uint16 // in zigzag order
	quants [4]bool
	tables [2][4]*huffTable // DC, AC
	made   [8]huffTable     // where tables live; tables points into it
	comps  []component
	space  [3]component

	width, height int
	interval      int // MCUs between restart markers; 0 is none
	shrink        int
	last          int    // the last coefficient that matters, in zigzag order
	samples       []byte // what the components' rows lie in
	sink          sink

	block blockSamples // the last ones are where coefficients go that do not matter
}

type component struct {
	id, across, down byte
	quant            byte
	dc, ac           *huffTable
	pred             int
	rows             plane // a band of the component: the rows of some MCUs side by side
	height           int   // of the whole component
	// place says where the coefficient of a zigzag index goes in block (high half) and its quantization (low half)
	place [stepEOB + 64]uint32
}

var baselines = sync.Pool{New: func() any { return new(baseline) }}

// streamBaseline returns errRare for what it does not take, and then has not called begin, which is given the picture's shape: planes
// without samples.
func streamBaseline(data []byte, shrink int, begin func(shape *picture) (sink, error)) error {
	d, _ := baselines.Get().(*baseline)
	defer d.done()
	d.shrink = shrink
	at, err := d.head(data)
	if err != nil {
		return err
	}
	if d.sink, err = begin(d.shape()); err != nil {
		return err
	}
	d.makeRoom()
	d.bits.data = data
	d.bits.reset(at)
	return d.scan()
}

// done gives the working memory back, without what belongs to the picture.
func (d *baseline) done() {
	d.bits.data, d.sink = nil, nil
	d.block = blockSamples{} // a photo that ended in the middle of a block would leave its coefficients in the next one
	d.quants, d.tables, d.comps, d.space = [4]bool{}, [2][4]*huffTable{}, nil, [3]component{}
	d.width, d.height, d.interval = 0, 0, 0
	baselines.Put(d)
}

// head reads the segments up to the first scan and returns where its data begin.
func (d *baseline) head(data []byte) (int, error) {
	r := &jpegReader{data: data, at: 2}
	for range maxMarkers {
		marker, err := r.marker()
		if err != nil {
			return 0, err
		}
		if r.at+2 > len(data) {
			return 0, errTruncated
		}
		n := int(binary.BigEndian.Uint16(data[r.at:]))
		if n < 2 {
			return 0, errMalformed
		}
		if r.at+n > len(data) {
			return 0, errTruncated
		}
		body := data[r.at+2 : r.at+n]
		r.at += n
		if marker == 0xda {
			return r.at, d.startScan(body)
		}
		if err := d.segment(marker, body); err != nil {
			return 0, err
		}
	}
	return 0, errMalformed
}

func (d *baseline) segment(marker byte, body []byte) error {
	switch {
	case marker == 0xc0, marker == 0xc1:
		return d.frame(body)
	case marker == 0xc4:
		return d.huffman(body)
	case marker == 0xdb:
		return d.quantization(body)
	case marker == 0xdd:
		if len(body) != 2 {
			return errMalformed
		}
		d.interval = int(binary.BigEndian.Uint16(body))
	case marker == 0xd9:
		return errTruncated
	case marker >= 0xc2 && marker <= 0xcf, marker == 0xd8, marker == 0xdc:
		return errRare
	}
	return nil
}

func (d *baseline) quantization(body []byte) error {
	for len(body) > 0 {
		id, size := body[0]&15, 1+int(body[0]>>4)
		if id > 3 || size > 2 || len(body) < 1+64*size {
			return errMalformed
		}
		for i := range 64 {
			if size == 1 {
				d.quant[id][i] = uint16(body[1+i])
			} else {
				d.quant[id][i] = binary.BigEndian.Uint16(body[1+2*i:])
			}
		}
		d.quants[id] = true
		body = body[1+64*size:]
	}
	return nil
}

func (d *baseline) huffman(body []byte) error {
	for len(body) > 0 {
		if len(body) < 17 {
			return errMalformed
		}
		class, id, n := body[0]>>4, body[0]&15, 0
		for _, c := range body[1:17] {
			n += int(c)
		}
		if class > 1 || id > 3 || n > 256 || len(body) < 17+n {
			return errMalformed
		}
		t := &d.made[4*class+id]
		if err := t.build(body[1:17], body[17:17+n], class == 0); err != nil {
			return err
		}
		d.tables[class][id] = t
		body = body[17+n:]
	}
	return nil
}

func (d *baseline) frame(body []byte) error {
	if d.comps != nil || len(body) < 6 || len(body) < 6+3*int(body[5]) {
		return errMalformed
	}
	d.height, d.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	if body[0] != 8 || d.width == 0 || d.height == 0 || (body[5] != 1 && body[5] != 3) {
		return errRare
	}
	d.comps = d.space[:body[5]]
	for i := range d.comps {
		c := body[6+3*i:]
		d.comps[i] = component{id: c[0], across: c[1] >> 4, down: c[1] & 15, quant: c[2]}
	}
	if len(d.comps) == 1 {
		d.comps[0].across, d.comps[0].down = 1, 1 // a scan of one component has no MCUs of several blocks (T.81 A.2.2)
		return nil
	}
	y, cb, cr := &d.comps[0], &d.comps[1], &d.comps[2]
	if y.across < 1 || y.across > 2 || y.down < 1 || y.down > 2 || cb.across*cb.down*cr.across*cr.down != 1 {
		return errRare
	}
	return nil
}

// startScan reads the scan's header and prepares planes and places.
func (d *baseline) startScan(body []byte) error {
	n := len(d.comps)
	if n == 0 || len(body) < 1 {
		return errMalformed
	}
	if int(body[0]) != n {
		return errRare
	}
	if len(body) < 4+2*n {
		return errMalformed
	}
	if end := body[1+2*n:]; end[0] != 0 || end[1] != 63 || end[2] != 0 {
		return errRare
	}
	for i := range d.comps {
		c, at := &d.comps[i], body[1+2*i:]
		if c.id != at[0] {
			return errRare
		}
		if at[1]>>4 > 3 || at[1]&15 > 3 || c.quant > 3 || !d.quants[c.quant] {
			return errMalformed
		}
		c.dc, c.ac = d.tables[0][at[1]>>4], d.tables[1][at[1]&15]
		if c.dc == nil || c.ac == nil {
			return errRare // some video frames leave out the tables of the standard
		}
		d.prepare(c)
	}
	return nil
}

// lasts is the last coefficient in zigzag order that blocks of 8, 4, 2 and 1 samples a side are made of, by shrink.
var lasts = [9]int{1: 63, 2: 24, 4: 4, 8: 0}

// zigzag gives the natural index (8·row + column) of a coefficient (T.81 figure A.6).
var zigzag = [64]byte{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

func (d *baseline) prepare(c *component) {
	d.last = lasts[d.shrink]
	side := 8 / d.shrink
	for k := range c.place {
		c.place[k] = 64 << 16
		if k > 63 {
			continue
		}
		row, col := int(zigzag[k]>>3), int(zigzag[k]&7)
		if row < side && col < side {
			c.place[k] = uint32(blockIndex(side, row, col))<<16 | uint32(d.quant[c.quant][k])
		}
	}
	c.pred = 0
}

// bandRows is how many rows of MCUs are handed on at a time: enough that each component has a multiple of stride of rows.
func (d *baseline) bandRows() int { return max(1, stride*d.shrink/8) }

// loadSlack is how much further than a row those may read that the rows are handed to.
const loadSlack = 64

// makeRoom gives the components memory for a band.
func (d *baseline) makeRoom() {
	across, _ := d.mcus()
	side := 8 / d.shrink
	total := 0
	for i := range d.comps {
		c := &d.comps[i]
		c.rows.step = across * int(c.across) * side
		total += c.rows.step*d.bandRows()*int(c.down)*side + loadSlack
	}
	if cap(d.samples) < total {
		d.samples = make([]byte, total)
	}
	rest := d.samples[:total]
	for i := range d.comps {
		c := &d.comps[i]
		n := c.rows.step*d.bandRows()*int(c.down)*side + loadSlack
		c.rows.pix, rest = rest[:n:n], rest[n:]
	}
}

// blockIndex is where a coefficient lies in a block: as the inverse transforms want to read them.
func blockIndex(side, row, col int) int {
	switch side {
	case 8: // rows 0 and 4 word by word, then 2 and 6, 1 and 5, 3 and 7
		pair := [4]int{0, 2, 1, 3}[row&3]
		return 16*pair + 2*col + row>>2
	case 4: // by columns
		return 4*col + row
	}
	return side*row + col
}

func (d *baseline) mcus() (across, down int) {
	y := &d.comps[0]
	return ceilDiv(d.width, 8*int(y.across)), ceilDiv(d.height, 8*int(y.down))
}

func (d *baseline) scan() error {
	across, down := d.mcus()
	left, restarts := d.interval, 0
	rows := d.bandRows()
	for y := range down {
		for x := range across {
			if d.interval > 0 {
				if left == 0 {
					if err := d.bits.restart(restarts); err != nil {
						return err
					}
					left, restarts = d.interval, restarts+1
					for i := range d.comps {
						d.comps[i].pred = 0
					}
				}
				left--
			}
			d.bits.ready()
			if !d.mcu(x, y%rows) {
				return errMalformed
			}
			if d.bits.overrun() {
				return errTruncated
			}
		}
		if y%rows == rows-1 || y == down-1 {
			d.handOn(y - y%rows)
		}
	}
	return nil
}

// handOn gives the band that begins with a row of MCUs to the sink.
func (d *baseline) handOn(y int) {
	for i := range d.comps {
		c := &d.comps[i]
		side := int(c.down) * 8 / d.shrink
		band := c.rows
		band.h = min(d.bandRows()*side, c.height-y*side)
		d.sink(i, band, y*side)
	}
}

// mcu decodes an MCU of a row of the band.
func (d *baseline) mcu(x, y int) bool {
	side := 8 / d.shrink
	for i := range d.comps {
		c := &d.comps[i]
		for v := range int(c.down) {
			at := (y*int(c.down)+v)*side*c.rows.step + x*int(c.across)*side
			for range c.across {
				if !d.decodeBlock(c, at) {
					return false
				}
				at += side
			}
		}
	}
	return true
}

// decodeBlock decodes one block into the component's plane; false if the data mean nothing.
func (d *baseline) decodeBlock(c *component, at int) bool {
	b := &d.bits
	pos, acc, n := refill(&b.buf, b.pos, b.acc, b.n)

	step := c.dc.fast[acc>>(64-fastBits)]
	value := int32(step) >> 16
	if step&stepMore != 0 {
		if step == stepLong {
			if step = c.dc.long(acc, true); step == 0 {
				return false
			}
		}
		value = received(acc, step)
	}
	acc <<= step & 63
	n -= uint(step & 63)
	c.pred += int(value)
	d.block[0] = dequantized(c.pred, c.place[0])

	pos, acc, n, k, flat := d.coefficients(c, pos, acc, n)
	b.pos, b.acc, b.n = pos, acc, n
	if k > 63 && k < stepEOB {
		return false
	}
	switch {
	case flat:
		fillBlock(c.rows.pix[at:], c.rows.step, 8/d.shrink, d.block[0])
	case d.shrink == 1:
		idct8(&d.block, c.rows.pix[at:], c.rows.step)
		clear(d.block[:64])
	case d.shrink == 2:
		idct4(&d.block, c.rows.pix[at:], c.rows.step)
		clear(d.block[:16])
	default:
		idct2(&d.block, c.rows.pix[at:], c.rows.step)
		clear(d.block[:4])
	}
	return true
}

// received reads the value whose bits end a step's.
func received(acc uint64, step uint32) int32 {
	size := uint(step >> 16)
	return extend(uint32(acc>>(64-step&63))&(1<<size-1), size)
}

// The bounds of a coefficient: four times what 8-bit samples come to, and little enough that no inverse transform overflows.
const maxCoefficient = 1 << 13

func dequantized(v int, place uint32) int16 {
	return int16(min(max(v*int(place&0xffff), -maxCoefficient), maxCoefficient))
}

// coefficients decodes the AC coefficients of a block. flat says that none matters. The index k is above 63 and below stepEOB if they were
// too many.
func (d *baseline) coefficients(c *component, pos int, acc uint64, n uint) (_ int, _ uint64, _ uint, k int, flat bool) {
	buf, t, last := &d.bits.buf, c.ac, d.last
	flat = true
	for k < last {
		pos, acc, n = refill(buf, pos, acc, n)
		step := t.fast[acc>>(64-fastBits)]
		value := int32(step) >> 16
		if step&stepMore != 0 {
			if step == stepLong {
				if step = t.long(acc, false); step == 0 {
					return pos, acc, n, 64, false
				}
			}
			value = received(acc, step)
		}
		acc <<= step & 63
		n -= uint(step & 63)
		k += int(step >> 8 & 0xff)
		place := c.place[k]
		d.block[place>>16&0x7f] = dequantized(int(value), place)
		flat = flat && k >= stepEOB
	}
	if k >= 63 {
		return pos, acc, n, k, flat
	}
	for k < 63 {
		pos, acc, n = refill(buf, pos, acc, n)
		skip := t.skip[acc>>(64-skipBits)]
		next := k + int(skip>>8)
		bits := uint(skip & 0xff)
		if bits == 0 || (next > 63 && (next < stepEOB || next >= stepEOB+63)) {
			step := t.fast[acc>>(64-fastBits)]
			if step == stepLong {
				if step = t.long(acc, false); step == 0 {
					return pos, acc, n, 64, false
				}
			}
			next, bits = k+int(step>>8&0xff), uint(step&63)
		}
		acc <<= bits & 63
		n -= bits
		k = next
	}
	return pos, acc, n, k, flat
}

// shape is the picture without its samples.
func (d *baseline) shape() *picture {
	y := &d.comps[0]
	w, h := ceilDiv(d.width, d.shrink), ceilDiv(d.height, d.shrink)
	p := &picture{fx: float64(y.across), fy: float64(y.down)}
	p.width, p.height = float64(d.width)/float64(d.shrink), float64(d.height)/float64(d.shrink)
	p.y = plane{w: w, h: h}
	y.rows.w, y.height = w, h
	for i := 1; i < len(d.comps); i++ {
		c := &d.comps[i]
		c.rows.w, c.height = ceilDiv(w, int(y.across)), ceilDiv(h, int(y.down))
		p.cb = plane{w: c.rows.w, h: c.height}
	}
	p.cr = p.cb
	return p
}
