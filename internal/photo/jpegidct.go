package photo

// The inverse transforms of blocks of 8, 4 and 2 samples a side, after T.81 A.3.3, in integers of 13 bits of fraction. Those in
// assembly give the same samples.

// Cosines of k·π/16 times √2, and of the same for blocks of 4, in 13 bits.
const (
	cos1, cos2, cos3, cos5, cos6, cos7 = 11363, 10703, 9633, 6436, 4433, 2260
	cosBits                            = 13
)

// fillBlock writes a block of which only the mean is not zero.
func fillBlock(dst []byte, step, side int, mean int16) {
	v := sampleOf(int32(mean)+4, 3)
	for y := range side {
		row := dst[y*step:][:side]
		for x := range row {
			row[x] = v
		}
	}
}

// sampleOf is v without its fraction, as a sample.
func sampleOf(v int32, fraction uint) byte {
	return clamp8(int64(v>>fraction) + 128)
}

// blockSize is how much of a block is coefficients; see baseline.block.
type blockSamples = [128]int16

// idct8Plain transforms a block in the order of blockIndex.
func idct8Plain(block *blockSamples, dst []byte, step int) {
	var rows [8][8]int32
	at := func(row, col int) int32 { return int32(block[blockIndex(8, row, col)]) }
	for x := range 8 {
		out := idctLine([8]int32{at(0, x), at(1, x), at(2, x), at(3, x), at(4, x), at(5, x), at(6, x), at(7, x)})
		for y, v := range out {
			rows[y][x] = min(max((v+1<<10)>>11, -1<<15), 1<<15-1)
		}
	}
	for y := range 8 {
		to := dst[y*step:][:8]
		for x, v := range idctLine(rows[y]) {
			to[x] = sampleOf(v+1<<17, 18)
		}
	}
}

// idctLine is the transform of a line of eight, with cosBits of fraction.
func idctLine(c [8]int32) (out [8]int32) {
	t0, t1 := (c[0]+c[4])<<cosBits, (c[0]-c[4])<<cosBits
	t2, t3 := c[2]*cos6-c[6]*cos2, c[2]*cos2+c[6]*cos6
	even := [4]int32{t0 + t3, t1 + t2, t1 - t2, t0 - t3}
	odd := [4]int32{
		c[1]*cos1 + c[3]*cos3 + c[5]*cos5 + c[7]*cos7,
		c[1]*cos3 - c[3]*cos7 - c[5]*cos1 - c[7]*cos5,
		c[1]*cos5 - c[3]*cos1 + c[5]*cos7 + c[7]*cos3,
		c[1]*cos7 - c[3]*cos5 + c[5]*cos3 - c[7]*cos1,
	}
	for i := range 4 {
		out[i], out[7-i] = even[i]+odd[i], even[i]-odd[i]
	}
	return out
}

// idct4Plain transforms the 4 × 4 coefficients of lowest frequency, stored by columns, rows first.
func idct4Plain(block *blockSamples, dst []byte, step int) {
	var rows [4][4]int32
	for y := range 4 {
		rows[y] = idctShortLine([4]int32{int32(block[y]), int32(block[4+y]), int32(block[8+y]), int32(block[12+y])}, 1<<7, 8)
	}
	for x := range 4 {
		for y, v := range idctShortLine([4]int32{rows[0][x], rows[1][x], rows[2][x], rows[3][x]}, 1<<20, 21) {
			dst[y*step+x] = sampleOf(v, 0)
		}
	}
}

func idctShortLine(c [4]int32, round int32, shift uint) [4]int32 {
	t0, t1 := (c[0]+c[2])<<cosBits+round, (c[0]-c[2])<<cosBits+round
	p, q := c[1]*cos2+c[3]*cos6, c[1]*cos6-c[3]*cos2
	return [4]int32{(t0 + p) >> shift, (t1 + q) >> shift, (t1 - q) >> shift, (t0 - p) >> shift}
}

// idct2 makes 2 × 2 samples of the four lowest coefficients.
func idct2(block *blockSamples, dst []byte, step int) {
	a, b, c, d := int32(block[0])+4, int32(block[1]), int32(block[2]), int32(block[3])
	top, low := dst[:2], dst[step:][:2]
	top[0], top[1] = sampleOf(a+b+c+d, 3), sampleOf(a-b+c-d, 3)
	low[0], low[1] = sampleOf(a+b-c-d, 3), sampleOf(a-b-c+d, 3)
}
