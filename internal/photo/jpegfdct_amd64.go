//go:build amd64 && !purego

package photo

func fdct(out *[64]int16, src []byte, step int, t *divisors) uint64 {
	if !vectorise {
		return fdctPlain(out, src, step, t)
	}
	_ = src[7*step+7]
	return fdctAVX2(out, &src[0], step, t)
}

//go:noescape
func fdctAVX2(out *[64]int16, src *byte, step int, t *divisors) uint64
