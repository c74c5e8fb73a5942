//go:build amd64 && !purego

package photo

func idct8(block *blockSamples, dst []byte, step int) {
	if !vectorise {
		idct8Plain(block, dst, step)
		return
	}
	_ = dst[7*step+7]
	idct8AVX2(block, &dst[0], step)
}

func idct4(block *blockSamples, dst []byte, step int) {
	if !vectorise {
		idct4Plain(block, dst, step)
		return
	}
	_ = dst[3*step+3]
	idct4AVX2(block, &dst[0], step)
}

//go:noescape
func idct8AVX2(block *blockSamples, dst *byte, step int)

//go:noescape
func idct4AVX2(block *blockSamples, dst *byte, step int)
