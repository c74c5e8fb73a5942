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
// sRGB's, which is what pictures with them are made on and shown by. High dynamic range has no exact form in sRGB: it is
// named, and its samples are kept, which suits hybrid log-gamma by its design.
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
		return nil
	}
	tone := srgbLight
	switch n.transfer {
	case transferPQ, transferHLG:
		return &profile{name: p.name + " HDR"}
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
