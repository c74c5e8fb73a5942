//go:build !amd64 || purego

package photo

func idct8(block *blockSamples, dst []byte, step int) { idct8Plain(block, dst, step) }

func idct4(block *blockSamples, dst []byte, step int) { idct4Plain(block, dst, step) }
