package photo

// The forward transform of a block of 8 × 8 samples and the division by a quantization table, in one. Those in assembly give
// the same coefficients.

// divisors is a quantization table prepared for dividing without division. A sum is divided by d = 8q, because transforms come out
// eight times too large, and rounded: with s the bits of d less one, floor(x/d) is x·factor >> 16 · scale >> 16, exactly for
// x below 2^15.
type divisors struct {
	half, factor, scale [64]uint16
}

func newDivisors(quant *[64]byte) *divisors {
	t := &divisors{}
	for i, q := range quant {
		d := 8 * uint32(q)
		s := uint(3)
		for d>>(s+1) > 0 {
			s++
		}
		factor, scale := (1<<(16+s)+d-1)/d, uint32(1)<<(16-s)
		if factor == 1<<16 {
			factor, scale = factor/2, scale*2
		}
		t.half[i], t.factor[i], t.scale[i] = uint16(d/2), uint16(factor), uint16(scale)
	}
	return t
}

// maxQuantized is the largest coefficient of a baseline JPEG of 8 bits.
const maxQuantized = 1023

// fdctPlain transforms the samples at src. Coefficients come in natural order; the result has a bit for each that is not zero.
func fdctPlain(out *[64]int16, src []byte, step int, t *divisors) (nonzero uint64) {
	var rows [8][8]int32
	for y := range 8 {
		var in [8]int32
		for x, v := range src[y*step:][:8] {
			in[x] = int32(v) - 128
		}
		rows[y] = fdctLine(in, 1<<10, 11)
	}
	for x := range 8 {
		column := [8]int32{rows[0][x], rows[1][x], rows[2][x], rows[3][x], rows[4][x], rows[5][x], rows[6][x], rows[7][x]}
		for y, v := range fdctLine(column, 1<<14, 15) {
			i := 8*y + x
			out[i] = t.quantized(v, i)
			if out[i] != 0 {
				nonzero |= 1 << i
			}
		}
	}
	return nonzero
}

func (t *divisors) quantized(v int32, i int) int16 {
	q := uint32(max(v, -v)) + uint32(t.half[i])
	q = q * uint32(t.factor[i]) >> 16 * uint32(t.scale[i]) >> 16
	q = min(q, maxQuantized)
	if v < 0 {
		return -int16(q)
	}
	return int16(q)
}

// fdctLine transforms a line of eight; the factors are those of Loeffler, Ligtenberg and Moschytz in 13 bits, multiplied out.
func fdctLine(c [8]int32, round int32, shift uint) [8]int32 {
	s0, s1, s2, s3 := c[0]+c[7], c[1]+c[6], c[2]+c[5], c[3]+c[4]
	d0, d1, d2, d3 := c[0]-c[7], c[1]-c[6], c[2]-c[5], c[3]-c[4]
	a, b, e, f := s0+s3, s1+s2, s0-s3, s1-s2
	return [8]int32{
		(8192*a + 8192*b + round) >> shift,
		(11363*d0 + 9633*d1 + 6437*d2 + 2260*d3 + round) >> shift,
		(10703*e + 4433*f + round) >> shift,
		(9633*d0 - 2259*d1 - 11362*d2 - 6436*d3 + round) >> shift,
		(8192*a - 8192*b + round) >> shift,
		(6437*d0 - 11362*d1 + 2261*d2 + 9633*d3 + round) >> shift,
		(4433*e - 10704*f + round) >> shift,
		(2260*d0 - 6436*d1 + 9633*d2 - 11363*d3 + round) >> shift,
	}
}
