package photo

import "math"

// filter holds, for each output sample of one axis, where its input samples begin and what they weigh.
type filter struct {
	start   []int32
	weights []int16 // len(start) groups of taps; a group's weights add up to 1<<weightBits exactly
	taps    int     // even, the same for every group, so that the loops need no table of lengths
}

// of returns the weights of output sample i.
func (f *filter) of(i int) []int16 { return f.weights[i*f.taps : (i+1)*f.taps] }

// newFilter maps the interval [from, to) of an axis with n samples onto out samples. Samples beyond the edge weigh
// nothing and the rest is made up to one, which is what keeps borders from darkening. An odd count of outputs gets one
// more, so that outputs can be made in pairs; n of 1 gets a second sample of weight nothing, which callers must provide.
func newFilter(out int, from, to float64, n int) *filter {
	scale := (to - from) / float64(out)
	stretch := math.Max(scale, 1)
	taps := int(math.Ceil(6 * stretch)) // as many samples as lie within the lobes at most
	taps = min(taps+taps%2, n+n%2)
	f := &filter{taps: taps, start: make([]int32, out+out%2), weights: make([]int16, (out+out%2)*taps)}
	raw := make([]float64, taps)
	wave := newLanczos(1 / stretch)
	for i := range f.start {
		centre := from + (float64(min(i, out-1))+0.5)*scale
		first := int(math.Floor(centre-0.5-3*stretch)) + 1
		first = max(0, min(first, n-taps))
		f.start[i] = int32(first)
		wave.fill(raw, (float64(first)+0.5-centre)/stretch)
		clear(raw[min(taps, n-first):])
		quantize(f.of(i), raw)
	}
	return f
}

// lanczos makes samples of the windowed sinc with three lobes, sin(πx)·sin(πx/3)·3/(πx)²: the sharpest of the usual
// filters that does not ring visibly on photos. Samples are a step apart, so both sines are turned on by a fixed angle
// instead of being worked out again, which was a thirtieth of the work on a photo.
type lanczos struct{ step, sin1, cos1, sin3, cos3 float64 }

func newLanczos(step float64) lanczos {
	l := lanczos{step: step}
	l.sin1, l.cos1 = math.Sincos(math.Pi * step)
	l.sin3, l.cos3 = math.Sincos(math.Pi * step / 3)
	return l
}

// fill samples at x, x+step and so on.
func (l lanczos) fill(dst []float64, x float64) {
	s1, c1 := math.Sincos(math.Pi * x)
	s3, c3 := math.Sincos(math.Pi * x / 3)
	for k := range dst {
		at := x + float64(float64(k)*l.step)
		switch {
		case math.Abs(at) < 1e-8:
			dst[k] = 1
		case math.Abs(at) >= 3:
			dst[k] = 0
		default:
			dst[k] = 3 * s1 * s3 / (math.Pi * at * math.Pi * at)
		}
		s1, c1 = rotate(s1, c1, l.sin1, l.cos1)
		s3, c3 = rotate(s3, c3, l.sin3, l.cos3)
	}
}

// rotate adds angles. The conversions forbid machines that can to multiply and add in one step, which rounds otherwise.
func rotate(sin, cos, bySin, byCos float64) (float64, float64) {
	return float64(sin*byCos) + float64(cos*bySin), float64(cos*byCos) - float64(sin*bySin)
}

// quantize scales the weights to integers whose sum is exact; what rounding lost goes to the first of the largest.
// Intermediate samples have 16 bits, which hold weights of up to twice the whole in absolute value. No part of a picture
// weighs its samples like that; should one lie so far outside that it did, one sample would stand for all.
func quantize(dst []int16, raw []float64) {
	var sum, absolute float64
	for _, v := range raw {
		sum += v
		absolute += math.Abs(v)
	}
	clear(dst)
	left, largest := int16(1)<<weightBits, 0
	if absolute < 1.9*sum {
		unit := (1 << weightBits) / sum
		for k, v := range raw {
			dst[k] = int16(int(float64(v*unit)+(2<<weightBits)+0.5) - 2<<weightBits) // math.Round takes three times as long
			left -= dst[k]
			if dst[k] > dst[largest] {
				largest = k
			}
		}
	}
	dst[largest] += left
}
