//go:build !amd64 || purego

package photo

func fdct(out *[64]int16, src []byte, step int, t *divisors) uint64 { return fdctPlain(out, src, step, t) }
