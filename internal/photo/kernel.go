package photo

// The inner loops of resampling, on two samples at once.
//
// A word holds two signed 32-bit lanes as lo + hi<<32, added and multiplied as one 64-bit integer: a negative lo borrows
// from hi, every product and sum keeps that form, and split undoes it exactly. So one multiplication does the work of two,
// without instructions of a particular machine. Lanes never overflow: samples have 8 bits plus sampleBits of fraction,
// weights weightBits, and the weights of a Lanczos filter add up to less than 1.5 in absolute value.
const (
	weightBits = 14
	sampleBits = 6
)

func split(word int64) (lo, hi int64) {
	lo = int64(int32(word))
	return lo, (word - lo) >> 32
}

// packRows lays two rows of samples side by side: dst[i] = a[i] + b[i]<<32.
func packRows(dst []int64, a, b []byte) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = int64(a[i]) | int64(b[i])<<32
	}
}

// filterRows filters four rows along x, packed two by two in src01 and src23. Weights come in equal groups of taps, one for each
// output sample, beginning at src[start]. The results, with sampleBits of fraction, go to out with neighbours in one word.
func filterRows(out [4][]int64, src01, src23 []int64, f *filter) {
	taps := f.taps
	r0, r1, r2, r3 := out[0], out[1], out[2], out[3]
	r1, r2, r3 = r1[:len(r0)], r2[:len(r0)], r3[:len(r0)]
	for i := range r0 {
		s := f.start[2*i : 2*i+2]
		w := f.weights[2*i*taps:][:2*taps]
		a01, a23 := dot(src01[s[0]:], src23[s[0]:], w[:taps])
		b01, b23 := dot(src01[s[1]:], src23[s[1]:], w[taps:])
		a0, a1 := fraction(a01)
		a2, a3 := fraction(a23)
		b0, b1 := fraction(b01)
		b2, b3 := fraction(b23)
		r0[i], r1[i], r2[i], r3[i] = a0+b0<<32, a1+b1<<32, a2+b2<<32, a3+b3<<32
	}
}

// dot is the sum of weighted words, in two rows of words at once: each weight is loaded for four samples. The count of
// weights is even.
func dot(p, q []int64, w []int16) (sumP, sumQ int64) {
	p, q = p[:len(w)], q[:len(w)]
	for k := 1; k < len(w); k += 2 {
		v, w := int64(w[k-1]), int64(w[k])
		sumP += v*p[k-1] + w*p[k]
		sumQ += v*q[k-1] + w*q[k]
	}
	return sumP, sumQ
}

// fraction rounds a sum of weighted samples to sampleBits of fraction.
func fraction(sum int64) (lo, hi int64) {
	const shift = weightBits - sampleBits
	const round = int64(1)<<(shift-1) + int64(1)<<(shift-1+32)
	lo, hi = split(sum + round)
	return lo >> shift, hi >> shift
}

// addRows4 adds four weighted rows of words to sum; addRow one.
func addRows4(sum, r0, r1, r2, r3 []int64, w []int16) {
	w0, w1, w2, w3 := int64(w[0]), int64(w[1]), int64(w[2]), int64(w[3])
	r0, r1, r2, r3 = r0[:len(sum)], r1[:len(sum)], r2[:len(sum)], r3[:len(sum)]
	for i := range sum {
		sum[i] += w0*r0[i] + w1*r1[i] + w2*r2[i] + w3*r3[i]
	}
}

func addRow(sum, row []int64, w int64) {
	row = row[:len(sum)]
	for i := range sum {
		sum[i] += w * row[i]
	}
}

// storeRow rounds the sums to samples and clears them for the next row.
func storeRow(dst []byte, sum []int64) {
	const shift = weightBits + sampleBits
	const round = 1 << (shift - 1)
	for i := range len(dst) / 2 {
		lo, hi := split(sum[i])
		dst[2*i], dst[2*i+1] = clamp8((lo+round)>>shift), clamp8((hi+round)>>shift)
	}
	if len(dst)%2 == 1 {
		lo, _ := split(sum[len(sum)-1])
		dst[len(dst)-1] = clamp8((lo + round) >> shift)
	}
	clear(sum)
}

func clamp8(v int64) byte {
	if uint64(v) > 255 {
		return byte(^(v >> 63)) // below 0 gives 0, above 255 gives 255
	}
	return byte(v)
}
