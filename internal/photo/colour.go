package photo

import (
	"image"
	"math"
	"sync"
)

// lightBits is the precision of linear light between the two halves of a conversion: enough that 8-bit samples of sRGB
// survive a round trip, and its table of outputs stays in the first cache.
const lightBits = 14

// conversion takes a profile's samples to sRGB through tables and a matrix of integers.
type conversion struct {
	light  [3][3 * 256]int32 // from beneath 256 on; chroma can lead to samples below 0 and above 255, which are 0 and 255
	matrix [3][3]int32       // 1.0 is 1<<12
	tone   *toneTable
}

const (
	beneath    = 256
	matrixBits = 12
)

// toneTable gives sRGB's samples for linear light. Its end is padded, because four bytes are loaded for one.
type toneTable [1<<lightBits + 4]byte

var tones = sync.OnceValue(func() *toneTable {
	t := new(toneTable)
	for i := range 1<<lightBits + 1 {
		t[i] = srgbTone(float64(i) / (1 << lightBits))
	}
	return t
})

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
	c := &conversion{tone: tones()}
	for i := range 3 {
		for j := range 3 {
			var sum float64
			for k := range 3 {
				sum += inverse[i][k] * p.toXYZ[k][j]
			}
			if math.Abs(sum) > 7.9 {
				return nil // a profile made to overflow, not to show colours
			}
			c.matrix[i][j] = int32(math.Round(sum * (1 << matrixBits)))
		}
		for v := range c.light[i] {
			light := p.curves[i][min(max(v-beneath, 0), 255)]
			c.light[i][v] = int32(math.Round(light * (1 << lightBits)))
		}
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
	return c.lit(beneath+int32(r), beneath+int32(g), beneath+int32(b))
}

// lit takes places in the tables of light.
func (c *conversion) lit(r, g, b int32) (byte, byte, byte) {
	lr, lg, lb := c.light[0][r], c.light[1][g], c.light[2][b]
	return c.out(0, lr, lg, lb), c.out(1, lr, lg, lb), c.out(2, lr, lg, lb)
}

// out clips what sRGB cannot show.
func (c *conversion) out(i int, r, g, b int32) byte {
	m := &c.matrix[i]
	v := (m[0]*r + m[1]*g + m[2]*b + 1<<(matrixBits-1)) >> matrixBits
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
	row := c.rows
	if vectorise {
		row = newColourVectors(c).rows
	}
	for cy := range p.cb.h {
		top := p.y.row(2 * cy)
		bottom := top
		if 2*cy+1 < p.y.h {
			bottom = p.y.row(2*cy + 1)
		}
		row(top, bottom, p.cb.row(cy), p.cr.row(cy))
	}
}

// rows converts two rows of luma and the row of chroma that covers them.
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

// chroma is what a chroma sample adds to luma in each channel (JFIF's formulas in 16.16, rounded).
type chroma struct{ r, g, b int32 }

const (
	redOfV, greenOfU, greenOfV, blueOfU = 91881, -22554, -46802, 116130

	lumaOfR, lumaOfG, lumaOfB = 19595, 38470, 7471
	uOfR, uOfG, uOfB          = -11056, -21712, 32768
	vOfR, vOfG, vOfB          = 32768, -27440, -5328
)

func newChroma(cb, cr byte) chroma {
	u, v := int32(cb)-128, int32(cr)-128
	return chroma{r: (redOfV*v + 1<<15) >> 16, g: (greenOfU*u + greenOfV*v + 1<<15) >> 16, b: (blueOfU*u + 1<<15) >> 16}
}

// sample converts one luma sample; chroma comes back in 16.16, so that four can be averaged.
func (c *conversion) sample(luma byte, k chroma) (y byte, cb, cr int32) {
	at := beneath + int32(luma)
	r, g, b := c.lit(at+k.r, at+k.g, at+k.b)
	r1, g1, b1 := int32(r), int32(g), int32(b)
	y = byte((lumaOfR*r1 + lumaOfG*g1 + lumaOfB*b1 + 1<<15) >> 16)
	cb = min(uOfR*r1+uOfG*g1+uOfB*b1+128<<16, 255<<16) // never below 0
	cr = min(vOfR*r1+vOfG*g1+vOfB*b1+128<<16, 255<<16)
	return y, cb, cr
}

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
