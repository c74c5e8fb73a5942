//go:build amd64 && !purego

package photo

// colourVectors is a conversion in the order in which the loop of colour_amd64.s reads it: constants eight times over, one
// for each sample converted at once, two words to a constant where neighbours are multiplied and added.
type colourVectors struct {
	*conversion
	constants [colourConstants][eight]uint32
}

// The places of the constants; kept in step with colour_amd64.s by go_asm.h.
const (
	colourByte      = iota // 255
	colourRound            // multiplies the rounding that stands beside the matrix
	colourMatrixRG         // three
	_                      //
	_                      //
	colourMatrixB          // three
	_                      //
	_                      //
	colourMostLight        //
	colourLumaRG           // green's weight does not fit a word, so each pair has half of it
	colourLumaGB           //
	colourHalf             //
	colourURG              //
	colourUGB              // 32768 does not fit a word either: its negative is taken away
	colourVRG              //
	colourVGB              //
	colourMiddle           //
	colourMost             //
	colourMeanRound        //
	colourCentre           //
	colourRedOfV           //
	colourGreenOfU         //
	colourGreenOfV         //
	colourBlueOfU          //
	colourConstants
)

func newColourVectors(c *conversion) *colourVectors {
	v := &colourVectors{conversion: c}
	v.set(colourByte, 255)
	v.pair(colourRound, 0, 1)
	for i, m := range c.matrix {
		v.pair(colourMatrixRG+i, m[0], m[1])
		v.pair(colourMatrixB+i, m[2], 1<<(matrixBits-1))
	}
	v.set(colourMostLight, 1<<lightBits)
	v.pair(colourLumaRG, lumaOfR, lumaOfG/2)
	v.pair(colourLumaGB, lumaOfG/2, lumaOfB)
	v.set(colourHalf, 1<<15)
	v.pair(colourURG, uOfR, uOfG)
	v.pair(colourUGB, 0, -uOfB)
	v.pair(colourVRG, -vOfR, 0)
	v.pair(colourVGB, vOfG, vOfB)
	v.set(colourMiddle, 128<<16)
	v.set(colourMost, 255<<16)
	v.set(colourMeanRound, 2<<16)
	v.set(colourCentre, 128)
	v.set(colourRedOfV, redOfV)
	v.set(colourGreenOfU, greenOfU)
	v.set(colourGreenOfV, greenOfV)
	v.set(colourBlueOfU, blueOfU)
	return v
}

func (v *colourVectors) set(at int, n int32) {
	for i := range v.constants[at] {
		v.constants[at][i] = uint32(n)
	}
}

func (v *colourVectors) pair(at int, low, high int32) { v.set(at, low&0xffff|high<<16) }

// rows does as conversion.rows does.
func (v *colourVectors) rows(top, bottom, cb, cr []byte) {
	n := min(len(cb), len(top)/2) / eight
	if n > 0 {
		coloursAVX2(&top[0], &bottom[0], &cb[0], &cr[0], n, &v.light[0][beneath], &v.light[1][beneath], &v.light[2][beneath],
			&v.tone[0], &v.constants[0][0])
	}
	n *= eight
	v.conversion.rows(top[2*n:], bottom[2*n:], cb[n:], cr[n:])
}

//go:noescape
func coloursAVX2(top, bottom, cb, cr *byte, eights int, red, green, blue *int32, tone *byte, constants *uint32)
