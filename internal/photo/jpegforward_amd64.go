//go:build amd64 && !purego

package photo

func forwardPair(to *blockPair, src []byte, step int, q *quantizer) {
	if !vectorise {
		forwardPairWords(to, src, step, q)
		return
	}
	_ = src[7*step+15]
	forwardAVX2(to, &src[0], step, q, &forwardConstants)
}

// The places of the constants that jpegforward_amd64.s reads, two words to each.
const (
	forwardMiddle = iota
	forwardRound1
	forwardRound2
	forwardPassHalf
	forwardMost
	forwardEven2
	forwardEven6
	forwardSum3
	forwardSum4
	forwardOuter7
	forwardOuter1
	forwardInner5
	forwardInner3
	forwardCount
)

var forwardConstants = [forwardCount][eight]uint32{
	forwardMiddle:   twice(128, 128),
	forwardRound1:   twice(1<<(factorBits-passBits-1), 0),
	forwardRound2:   twice(1<<(factorBits+passBits-1), 0),
	forwardPassHalf: twice(1<<(passBits-1), 1<<(passBits-1)),
	forwardMost:     twice(mostCoefficient, mostCoefficient),
	forwardEven2:    twice(evenA2, evenB2),
	forwardEven6:    twice(evenA6, evenB6),
	forwardSum3:     twice(sumA3, sumB3),
	forwardSum4:     twice(sumA4, sumB4),
	forwardOuter7:   twice(outerA7, outerB7),
	forwardOuter1:   twice(outerA1, outerB1),
	forwardInner5:   twice(innerA5, innerB5),
	forwardInner3:   twice(innerA3, innerB3),
}

// twice is a pair of words, over and over.
func twice(low, high int32) (all [eight]uint32) {
	for i := range all {
		all[i] = uint32(low&0xffff | high<<16)
	}
	return all
}

//go:noescape
func forwardAVX2(to *blockPair, src *byte, step int, q *quantizer, constants *[forwardCount][eight]uint32)
