package photo

import "math"

// The primaries of ISO/IEC 23091-2 that pictures use, as matrices to XYZ under D50, and the transfer curves.
const (
	primariesBT709  = 1
	primariesBT2020 = 9
	primariesP3     = 12
	transferLinear  = 8
	transferPQ      = 16
	transferHLG     = 18
)

// p3ToXYZ is Display P3's matrix adapted to D50, as its profiles carry it.
var p3ToXYZ = [3][3]float64{
	{0.51512, 0.29198, 0.15710},
	{0.24120, 0.69225, 0.06657},
	{-0.00105, 0.04189, 0.78407},
}

// bt2020ToXYZ is that of BT.2020, worked out from its primaries in the same way.
var bt2020ToXYZ = [3][3]float64{
	{0.6734241, 0.1656411, 0.1251286},
	{0.2790177, 0.6753402, 0.0456377},
	{-0.0019300, 0.0299784, 0.7973330},
}

// profile turns code points into a profile; nil where they say nothing, or sRGB. The curves of television (1, 6, 14, 15) stand for
// sRGB's, which is what pictures with them are made on and shown by. High dynamic range is brought into sRGB's; see shown.
func (n nclx) profile() *profile {
	if !n.given {
		return nil
	}
	p := &profile{matrix: true}
	switch n.primaries {
	case primariesP3:
		p.name, p.toXYZ = "Display P3", p3ToXYZ
	case primariesBT2020:
		p.name, p.toXYZ = "BT.2020", bt2020ToXYZ
	case primariesBT709:
		p.name, p.toXYZ = "sRGB", srgbToXYZ
	default:
		if !n.hdr() {
			return nil
		}
		p.name, p.toXYZ = "BT.2020", bt2020ToXYZ // which high dynamic range is made in where nothing is said
	}
	tone := srgbLight
	switch n.transfer {
	case transferPQ:
		p.name += " HDR"
		tone = func(x float64) float64 { return shown(pqNits(x)) }
	case transferHLG:
		p.name += " HDR"
		tone = func(x float64) float64 { return shown(hlgNits(x)) }
	case transferLinear:
		tone = func(x float64) float64 { return x }
	case 4:
		tone = func(x float64) float64 { return math.Pow(x, 2.2) }
	}
	for c := range p.curves {
		for i := range p.curves[c] {
			p.curves[c][i] = tone(float64(i) / 255)
		}
	}
	return p
}

// hdr reports a curve of high dynamic range.
func (n nclx) hdr() bool { return n.given && (n.transfer == transferPQ || n.transfer == transferHLG) }

// The light of high dynamic range, in candela per square metre: of white paper (ITU-R BT.2408), and of the brightest that is
// still told apart, which is that of the displays such pictures are made on.
const (
	paperNits = 203
	mostNits  = 1000
)

// shown takes light to sRGB's, where white paper is 1: as it is up to a knee, and what is brighter in a bend that ends at
// mostNits (Reinhard's, extended). Each channel goes by itself, so that highlights fade to white as film has them do.
func shown(nits float64) float64 {
	const knee = 0.6
	const most = (mostNits/float64(paperNits) - knee) / (1 - knee)
	x := nits / paperNits
	if x <= knee {
		return x
	}
	t := (x - knee) / (1 - knee)
	return min(1, knee+(1-knee)*t*(1+t/(most*most))/(1+t))
}

// pqNits is the curve of SMPTE ST 2084.
func pqNits(v float64) float64 {
	const m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
	p := math.Pow(v, 1/m2)
	return 10_000 * math.Pow(max(p-c1, 0)/(c2-c3*p), 1/m1)
}

// hlgNits is hybrid log-gamma (ITU-R BT.2100) on a display of mostNits, whose gamma of 1.2 is given to each channel and not to
// their luminance: for greys that is the same.
func hlgNits(v float64) float64 {
	const a, b, c = 0.17883277, 0.28466892, 0.55991073
	light := v * v / 3
	if v > 0.5 {
		light = (math.Exp((v-c)/a) + b) / 12
	}
	return mostNits * math.Pow(light, 1.2)
}

// usualGamma is what programs write into a PNG that is sRGB in all but name.
const usualGamma = 1 / 2.2

// gammaProfile is sRGB with another curve: the samples are light to the power of gamma. Nil for the usual one.
func gammaProfile(gamma float64) *profile {
	if math.Abs(gamma-usualGamma) < 0.03 {
		return nil
	}
	p := &profile{matrix: true, toXYZ: srgbToXYZ}
	for c := range p.curves {
		for i := range p.curves[c] {
			p.curves[c][i] = math.Pow(float64(i)/255, 1/gamma)
		}
	}
	return p
}

// srgbLight is sRGB's transfer curve from a sample to linear light (IEC 61966-2-1).
func srgbLight(x float64) float64 {
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}
