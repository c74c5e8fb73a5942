package photo

import "math/bits"

// quantizer divides coefficients, which come eight times too large, by their steps, and rounds. Division by d is multiplication by its
// reciprocal in 16 bits and more: for n < 1<<14, n/d is n·recip >> (16+shift) exactly, and coefficients of 8-bit samples with
// half a step added stay below that. The words stand twice over, for two blocks at once, in rows.
type quantizer struct {
	half, recip, scale [8][16]uint16 // scale is 1<<(16-shift): a second multiplication is a shift of each word by its own

	wordHalf, wordRecip [64]uint32 // the same for one at a time, where the reciprocal may have 31 bits
}

// mostCoefficient is what baseline JPEG can say.
const mostCoefficient = 1023

func (q *quantizer) set(natural, step int) {
	d := uint32(8 * step)
	shift := bits.Len32(d-1) - 1 // which makes the reciprocal 16 bits long
	recip := (uint32(1)<<(16+shift) + d - 1) / d
	q.wordHalf[natural], q.wordRecip[natural] = d/2, (1<<31+d-1)/d
	for _, column := range [2]int{natural & 7, natural&7 + 8} {
		row := natural >> 3
		q.half[row][column], q.recip[row][column], q.scale[row][column] = uint16(d/2), uint16(recip), uint16(1)<<(16-shift)
	}
}

// Factors of the forward transform (Loeffler, Ligtenberg and Moschytz 1989), in 13 bits: what the halves of a butterfly
// are multiplied by, so that each result is a sum of products of two words. Between the passes samples have two bits of fraction.
const (
	factorBits = 13
	passBits   = 2

	c541, c765, c1847         = 4433, 6270, 15137
	c1175, c1961, c390        = 9633, 16069, 3196
	c298, c2053, c3072, c1501 = 2446, 16819, 25172, 12299
	c899, c2562               = 7373, 20995
	evenA2, evenB2            = c541, c541 + c765
	evenA6, evenB6            = c541 - c1847, c541
	sumA3, sumB3              = c1175 - c1961, c1175
	sumA4, sumB4              = c1175, c1175 - c390
	outerA7, outerB7          = c298 - c899, -c899
	outerA1, outerB1          = -c899, c1501 - c899
	innerA5, innerB5          = c2053 - c2562, -c2562
	innerA3, innerB3          = -c2562, c3072 - c2562
)

// forwardPairWords transforms and quantizes two blocks side by side.
func forwardPairWords(to *blockPair, src []byte, step int, q *quantizer) {
	for side := range 2 {
		var b [64]int32
		for y := range 8 {
			row, t := (*[8]byte)(src[y*step+8*side:]), (*[8]int32)(b[8*y:])
			for x, v := range row {
				t[x] = int32(v) - 128
			}
			forward8(t, factorBits-passBits)
			t[0], t[4] = t[0]<<passBits, t[4]<<passBits
		}
		for x := range 8 {
			t := [8]int32{b[x], b[8+x], b[16+x], b[24+x], b[32+x], b[40+x], b[48+x], b[56+x]}
			forward8(&t, factorBits+passBits)
			b[x], b[32+x] = (t[0]+1<<(passBits-1))>>passBits, (t[4]+1<<(passBits-1))>>passBits
			b[8+x], b[16+x], b[24+x], b[40+x], b[48+x], b[56+x] = t[1], t[2], t[3], t[5], t[6], t[7]
		}
		to.mask[side] = q.quantize(&to.coefficients[side], &b)
	}
}

// forward8 transforms eight samples. The first and the fifth result keep their scale; of the others the factors' bits go, and those
// of the passes come or go.
func forward8(b *[8]int32, shift uint) {
	t0, t7, t1, t6 := b[0]+b[7], b[0]-b[7], b[1]+b[6], b[1]-b[6]
	t2, t5, t3, t4 := b[2]+b[5], b[2]-b[5], b[3]+b[4], b[3]-b[4]
	s0, s3, s1, s2 := t0+t3, t0-t3, t1+t2, t1-t2
	b[0], b[4] = s0+s1, s0-s1
	shift &= 31
	half := int32(1) << (shift - 1)
	b[2] = (evenA2*s2 + evenB2*s3 + half) >> shift
	b[6] = (evenA6*s2 + evenB6*s3 + half) >> shift
	z3, z4 := t4+t6, t5+t7
	z3, z4 = sumA3*z3+sumB3*z4+half, sumA4*z3+sumB4*z4+half
	b[7] = (outerA7*t4 + outerB7*t7 + z3) >> shift
	b[1] = (outerA1*t4 + outerB1*t7 + z4) >> shift
	b[5] = (innerA5*t5 + innerB5*t6 + z4) >> shift
	b[3] = (innerA3*t5 + innerB3*t6 + z3) >> shift
}

func (q *quantizer) quantize(to *[64]int16, b *[64]int32) (mask uint64) {
	for i, v := range b {
		sign := v >> 31
		n := (uint32((v^sign)-sign) + q.wordHalf[i])
		n = min(uint32(uint64(n)*uint64(q.wordRecip[i])>>31), mostCoefficient)
		to[i] = int16((int32(n) ^ sign) - sign)
		mask |= uint64((n+mostCoefficient)>>10) << i // a carry unless n is 0
	}
	return mask
}
