//go:build !amd64 || purego

package photo

func forwardPair(to *blockPair, src []byte, step int, q *quantizer) {
	forwardPairWords(to, src, step, q)
}
