package photo

import (
	"image"
	"math"
)

// lightBits is the precision of linear light between the two halves of a conversion: enough that 8-bit samples of sRGB
// survive a round trip, and its table of outputs stays in the first cache.
const lightBits = 14

// conversion takes a profile's samples to sRGB through tables and a matrix of integers.
type conversion struct {
	light  [3][256]int32
	matrix [3][3]int32 // 1.0 is 1<<12
	tone   [1<<lightBits + 1]byte
}

// newConversion prepares p for use; nil when there is nothing to convert, because the profile is sRGB in all but name or
// is one that is not understood.
func newConversion(p *profile) *conversion {
	if p == nil || !p.matrix {
		return nil
	}
	inverse, ok := invert(srgbToXYZ)
	if !ok {
		return nil
	}
	c := &conversion{}
	for i := range 3 {
		for j := range 3 {
			var sum float64
			for k := range 3 {
				sum += inverse[i][k] * p.toXYZ[k][j]
			}
			if math.Abs(sum) > 8 {
				return nil // a profile made to overflow, not to show colours
			}
			c.matrix[i][j] = int32(math.Round(sum * (1 << 12)))
		}
		for v, light := range p.curves[i] {
			c.light[i][v] = int32(math.Round(light * (1 << lightBits)))
		}
	}
	for i := range c.tone {
		c.tone[i] = srgbTone(float64(i) / (1 << lightBits))
	}
	if c.isIdentity() {
		return nil
	}
	return c
}

// srgbTone is sRGB's transfer curve, from linear light to a sample (IEC 61966-2-1).
func srgbTone(light float64) byte {
	if light <= 0.0031308 {
		return byte(math.Round(255 * 12.92 * light))
	}
	return byte(math.Round(255 * (1.055*math.Pow(light, 1/2.4) - 0.055)))
}

// isIdentity reports whether no colour of a coarse grid moves by more than two steps: nobody sees that, and the many
// sRGB profiles of camera makers differ by as much.
func (c *conversion) isIdentity() bool {
	for r := 0; r < 256; r += 51 {
		for g := 0; g < 256; g += 51 {
			for b := 0; b < 256; b += 51 {
				r2, g2, b2 := c.rgb(byte(r), byte(g), byte(b))
				if max(apart(r, r2), apart(g, g2), apart(b, b2)) > 2 {
					return false
				}
			}
		}
	}
	return true
}

func apart(a int, b byte) int { return max(a-int(b), int(b)-a) }

func (c *conversion) rgb(r, g, b byte) (byte, byte, byte) {
	lr, lg, lb := c.light[0][r], c.light[1][g], c.light[2][b]
	return c.out(0, lr, lg, lb), c.out(1, lr, lg, lb), c.out(2, lr, lg, lb)
}

// out clips what sRGB cannot show.
func (c *conversion) out(i int, r, g, b int32) byte {
	m := &c.matrix[i]
	v := (m[0]*r + m[1]*g + m[2]*b + 1<<11) >> 12
	return c.tone[min(max(v, 0), 1<<lightBits)]
}

// pixels converts in place and leaves alpha alone.
func (c *conversion) pixels(img *image.NRGBA) {
	for y := range img.Bounds().Dy() {
		row := img.Pix[y*img.Stride : y*img.Stride+4*img.Bounds().Dx()]
		for x := 0; x+4 <= len(row); x += 4 {
			row[x], row[x+1], row[x+2] = c.rgb(row[x], row[x+1], row[x+2])
		}
	}
}

// picture converts planes in 4:2:0 in place. Each chroma sample speaks for the four luma samples around it, which are
// converted one by one; their new chroma is averaged. Greys have no colours to convert.
func (c *conversion) picture(p *picture) {
	if p.grey() {
		return
	}
	for cy := range p.cb.h {
		top := p.y.row(2 * cy)
		bottom := top
		if 2*cy+1 < p.y.h {
			bottom = p.y.row(2*cy + 1)
		}
		c.rows(top, bottom, p.cb.row(cy), p.cr.row(cy))
	}
}

func (c *conversion) rows(top, bottom, cb, cr []byte) {
	for i := range cb {
		k := newChroma(cb[i], cr[i])
		x0, x1 := 2*i, min(2*i+1, len(top)-1)
		a0, b0, r0 := c.sample(top[x0], k)
		a1, b1, r1 := c.sample(top[x1], k)
		a2, b2, r2 := c.sample(bottom[x0], k)
		a3, b3, r3 := c.sample(bottom[x1], k)
		top[x0], top[x1], bottom[x0], bottom[x1] = a0, a1, a2, a3
		cb[i] = byte((b0 + b1 + b2 + b3 + 2<<16) >> 18)
		cr[i] = byte((r0 + r1 + r2 + r3 + 2<<16) >> 18)
	}
}

// chroma is what a chroma sample adds to luma in each channel (JFIF's formulas), in 16.16.
type chroma struct{ r, g, b int32 }

func newChroma(cb, cr byte) chroma {
	u, v := int32(cb)-128, int32(cr)-128
	return chroma{r: 91881 * v, g: -22554*u - 46802*v, b: 116130 * u}
}

// sample converts one luma sample; chroma comes back in 16.16, so that four can be averaged.
func (c *conversion) sample(luma byte, k chroma) (y byte, cb, cr int32) {
	base := int32(luma)<<16 + 1<<15
	r, g, b := c.rgb(byte8(base+k.r), byte8(base+k.g), byte8(base+k.b))
	r1, g1, b1 := int32(r), int32(g), int32(b)
	y = byte((19595*r1 + 38470*g1 + 7471*b1 + 1<<15) >> 16)
	cb = min(max(-11056*r1-21712*g1+32768*b1+128<<16, 0), 255<<16)
	cr = min(max(32768*r1-27440*g1-5328*b1+128<<16, 0), 255<<16)
	return y, cb, cr
}

func byte8(v int32) byte { return byte(min(max(v>>16, 0), 255)) }

func invert(m [3][3]float64) (out [3][3]float64, ok bool) {
	cofactor := func(r, c int) float64 {
		a, b := (r+1)%3, (r+2)%3
		d, e := (c+1)%3, (c+2)%3
		return m[a][d]*m[b][e] - m[a][e]*m[b][d]
	}
	det := m[0][0]*cofactor(0, 0) + m[0][1]*cofactor(0, 1) + m[0][2]*cofactor(0, 2)
	if math.Abs(det) < 1e-9 {
		return out, false
	}
	for r := range 3 {
		for c := range 3 {
			out[c][r] = cofactor(r, c) / det
		}
	}
	return out, true
}
