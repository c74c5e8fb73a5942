package photo

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf16"
)

// profile is an ICC profile of the kind that cameras and phones embed: three tone curves and a matrix. Profiles built on
// tables (printers, scanners) are named and left alone.
type profile struct {
	name   string
	matrix bool
	curves [3][256]float64 // 8-bit sample to linear light, 0 to 1
	toXYZ  [3][3]float64   // linear light to the profile connection space (CIE XYZ under D50)
}

// srgbToXYZ is sRGB's matrix adapted to D50 (Bradford), as its profiles carry it.
var srgbToXYZ = [3][3]float64{
	{0.4360747, 0.3850649, 0.1430804},
	{0.2225045, 0.7168786, 0.0606169},
	{0.0139322, 0.0971045, 0.7141733},
}

// adobeToXYZ is Adobe RGB (1998)'s matrix adapted to D50; its curve is a plain gamma of 563/256.
var adobeToXYZ = [3][3]float64{
	{0.6097559, 0.2052401, 0.1492240},
	{0.3111242, 0.6256560, 0.0632197},
	{0.0194811, 0.0608902, 0.7448387},
}

// adobeRGB is what cameras mean by the DCF option file mark "R03" when they embed no profile.
func adobeRGB() *profile {
	p := &profile{name: "Adobe RGB", matrix: true, toXYZ: adobeToXYZ}
	for c := range p.curves {
		for i := range p.curves[c] {
			p.curves[c][i] = math.Pow(float64(i)/255, 563.0/256)
		}
	}
	return p
}

// readProfile reads a profile; nil if the data is none.
func readProfile(data []byte) *profile {
	if len(data) < 132 || string(data[36:40]) != "acsp" {
		return nil
	}
	tags := iccTags(data)
	p := &profile{name: profileName(tags["desc"])}
	if string(data[16:20]) != "RGB " || string(data[20:24]) != "XYZ " || tags["A2B0"] != nil {
		return p
	}
	p.matrix = true
	for c, channel := range []string{"r", "g", "b"} {
		xyz, okM := iccXYZ(tags[channel+"XYZ"])
		curve, okC := iccCurve(tags[channel+"TRC"])
		p.matrix = p.matrix && okM && okC
		for row := range xyz {
			p.toXYZ[row][c] = xyz[row]
		}
		p.curves[c] = curve
	}
	return p
}

// iccTags finds the tags; each lies within the data or is left out.
func iccTags(data []byte) map[string][]byte {
	tags := map[string][]byte{}
	n := min(binary.BigEndian.Uint32(data[128:]), 200)
	for i := range int(n) {
		at := 132 + 12*i
		if at+12 > len(data) {
			break
		}
		offset, size := uint64(binary.BigEndian.Uint32(data[at+4:])), uint64(binary.BigEndian.Uint32(data[at+8:]))
		if offset+size <= uint64(len(data)) && size >= 8 {
			tags[string(data[at:at+4])] = data[offset : offset+size]
		}
	}
	return tags
}

// fixed reads a signed 15.16 number.
func fixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

func iccXYZ(tag []byte) (xyz [3]float64, ok bool) {
	if len(tag) < 20 || string(tag[:4]) != "XYZ " {
		return xyz, false
	}
	for i := range xyz {
		xyz[i] = fixed(tag[8+4*i:])
	}
	return xyz, true
}

func iccCurve(tag []byte) (curve [256]float64, ok bool) {
	if len(tag) < 12 {
		return curve, false
	}
	var f func(float64) float64
	switch string(tag[:4]) {
	case "curv":
		f = sampledCurve(tag[8:])
	case "para":
		f = parametricCurve(tag[8:])
	}
	if f == nil {
		return curve, false
	}
	for i := range curve {
		v := f(float64(i) / 255)
		if math.IsNaN(v) {
			return curve, false
		}
		curve[i] = min(max(v, 0), 1)
	}
	return curve, true
}

// sampledCurve reads a curv tag: no entries is a straight line, one is a gamma, more are samples.
func sampledCurve(body []byte) func(float64) float64 {
	n := int64(binary.BigEndian.Uint32(body))
	if 4+2*n > int64(len(body)) {
		return nil
	}
	at := func(i int) float64 { return float64(binary.BigEndian.Uint16(body[4+2*i:])) }
	switch n {
	case 0:
		return func(x float64) float64 { return x }
	case 1:
		gamma := at(0) / 256
		return func(x float64) float64 { return math.Pow(x, gamma) }
	}
	return func(x float64) float64 {
		pos := x * float64(n-1)
		i := min(int(pos), int(n-2))
		return (at(i) + (at(i+1)-at(i))*(pos-float64(i))) / 65535
	}
}

// parametricCurve reads a para tag; the five function types are those of ICC.1.
func parametricCurve(body []byte) func(float64) float64 {
	kind := binary.BigEndian.Uint16(body)
	counts := [...]int{1, 3, 4, 5, 7}
	if int(kind) >= len(counts) || len(body) < 4+4*counts[kind] {
		return nil
	}
	var v [7]float64
	for i := range counts[kind] {
		v[i] = fixed(body[4+4*i:])
	}
	g, a, b, c, d, e, f := v[0], v[1], v[2], v[3], v[4], v[5], v[6]
	switch kind {
	case 0:
		return func(x float64) float64 { return math.Pow(x, g) }
	case 1:
		a, b, c, d, e, f = v[1], v[2], 0, -v[2]/v[1], 0, 0
	case 2:
		a, b, c, d, e, f = v[1], v[2], 0, -v[2]/v[1], v[3], v[3]
	}
	return func(x float64) float64 {
		if x >= d {
			return math.Pow(a*x+b, g) + e
		}
		return c*x + f
	}
}

// profileName reads the description: plain text in old profiles, UTF-16 in new ones.
func profileName(tag []byte) string {
	switch {
	case len(tag) >= 12 && string(tag[:4]) == "desc":
		n := min(int64(binary.BigEndian.Uint32(tag[8:])), int64(len(tag)-12), 100)
		name, _, _ := strings.Cut(string(tag[12:12+n]), "\x00")
		return shortName(strings.ToValidUTF8(name, ""))
	case len(tag) >= 28 && string(tag[:4]) == "mluc":
		n, at := int64(binary.BigEndian.Uint32(tag[20:])), int64(binary.BigEndian.Uint32(tag[24:]))
		if n = min(n, 200); at+n > int64(len(tag)) {
			return ""
		}
		units := make([]uint16, n/2)
		for i := range units {
			units[i] = binary.BigEndian.Uint16(tag[at+2*int64(i):])
		}
		return shortName(string(utf16.Decode(units)))
	}
	return ""
}

// shortName gives the usual profiles one name each.
func shortName(name string) string {
	for _, known := range []string{"sRGB", "Display P3", "Adobe RGB"} {
		if strings.Contains(name, known) {
			return known
		}
	}
	return strings.TrimSpace(name)
}
