package photo

// Huffman decoding looks at fastBits or skipBits at once. Most codes and the coefficient's own bits behind them fit in fewer, so that one
// look into a table gives the run of zeros before a coefficient, its value, and how many bits it took.
const (
	fastBits = 11
	skipBits = 12
)

// A step of huffTable.fast: in the low byte how many bits it takes, with stepMore set if the value must still be read; in
// the next byte by how much the index advances, stepEOB at the end of a block; above that the value, or its size if it
// must still be read. stepLong is a code longer than fastBits, or none.
const (
	stepMore = 0x80
	stepEOB  = 128
	stepLong = stepMore
)

// huffTable is a table of a JPEG, prepared for looking up. Of a table for DC coefficients only fast and long are used, and a
// step advances by 1.
type huffTable struct {
	fast [1 << fastBits]uint32
	// skip passes over as many coefficients as fit whole into skipBits, for those that do not matter at a smaller scale:
	// bits in the low byte, advance in the high one, 0 if not even one fits.
	skip [1 << skipBits]uint16

	// canonical decoding of longer codes, T.81 F.2.2.3: codes of l bits are below limit[l], in 16 bits left-aligned
	limit  [18]uint32
	offset [17]int32 // a code of l bits, right-aligned, plus this is its symbol's index
	values [256]byte
}

// newHuffTable reads the counts of codes by length and the values of a DHT segment.
func (t *huffTable) build(counts []byte, values []byte, dc bool) error {
	t.fast = [1 << fastBits]uint32{}
	for i := range t.fast {
		t.fast[i] = stepLong
	}
	copy(t.values[:], values)
	code, index := uint32(0), 0
	for l := 1; l <= 16; l++ {
		t.offset[l] = int32(index) - int32(code)
		for range counts[l-1] {
			if code >= 1<<l {
				return errMalformed
			}
			if dc && values[index] > 15 {
				return errMalformed
			}
			if l <= fastBits {
				t.enter(code<<(fastBits-l), uint(l), values[index], dc)
			}
			code++
			index++
		}
		t.limit[l] = code << (16 - l)
		code <<= 1
	}
	if !dc {
		t.buildSkip()
	}
	return nil
}

// enter fills the places of a code of l bits.
func (t *huffTable) enter(first uint32, l uint, symbol byte, dc bool) {
	advance, size, ok := stepOf(symbol, dc)
	if !ok {
		return // decoding the code finds that it means nothing
	}
	for i := range uint32(1) << (fastBits - l) {
		bits := l + size
		step := uint32(bits) | advance<<8
		if bits <= fastBits {
			v := i >> (fastBits - bits)
			step |= uint32(extend(v, size)) << 16
		} else {
			step |= stepMore | uint32(size)<<16
		}
		t.fast[first+i] = step
	}
}

// stepOf tells what a symbol means: by how much the index advances, and how many bits of value follow.
func stepOf(symbol byte, dc bool) (advance uint32, size uint, ok bool) {
	size = uint(symbol & 15)
	switch {
	case dc:
		return 1, size, true
	case size > 0:
		return uint32(symbol>>4) + 1, size, true
	case symbol == 0xf0:
		return 16, 0, true
	case symbol == 0:
		return stepEOB, 0, true
	}
	return 0, 0, false
}

// extend gives a value of size bits its sign (T.81 F.2.2.1).
func extend(v uint32, size uint) int32 {
	if size == 0 {
		return 0
	}
	if v < 1<<(size-1) {
		return int32(v) - 1<<size + 1
	}
	return int32(v)
}

func (t *huffTable) buildSkip() {
	for i := range t.skip {
		bits, advance := uint(0), uint32(0)
		for {
			step := t.fast[uint32(i)<<bits&(1<<skipBits-1)>>(skipBits-fastBits)]
			if step == stepLong || uint(step&0x7f)+bits > skipBits || advance+step>>8&0x7f > 62 {
				break
			}
			bits, advance = bits+uint(step&0x7f), advance+step>>8&0xff
			if advance >= stepEOB {
				break
			}
		}
		t.skip[i] = uint16(bits) | uint16(advance)<<8
	}
}

// long decodes a code of any length from the top bits and returns a step that leaves the value to be read; 0 if there is no
// such code.
func (t *huffTable) long(acc uint64, dc bool) uint32 {
	top := uint32(acc >> 48)
	for l := 1; l <= 16; l++ {
		if top >= t.limit[l] {
			continue
		}
		symbol := t.values[byte(int32(top>>(16-l))+t.offset[l])]
		advance, size, ok := stepOf(symbol, dc)
		if !ok {
			return 0
		}
		return uint32(uint(l)+size) | advance<<8 | uint32(size)<<16
	}
	return 0
}
