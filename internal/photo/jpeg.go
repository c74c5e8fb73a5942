package photo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image/jpeg"

	"newsdesk/internal/press"
)

// jpegKind says how a JPEG's samples are stored.
type jpegKind int

const (
	jpegNone  jpegKind = iota
	jpegGrey           // one component
	jpegYCbCr          // three, in the usual colour space
	jpegRGB            // three, without a colour transform (Adobe)
	jpegCMYK           // four
)

// Bounds on the metadata that is gathered; real profiles have up to about 3 MB, real EXIF up to 64 KB.
const (
	maxProfile = 4 << 20
	maxMarkers = 20_000
)

// jpegReader walks the markers of a JPEG file.
type jpegReader struct {
	data  []byte
	at    int
	h     *header
	ids   [4]byte
	adobe int // the transform of the APP14 marker; -1 without one
	icc   [][]byte
}

// readJPEG walks the file from marker to marker, through the scans as well, so that it can count them and can look for the end
// marker after the last: decoders accept a file cut in half and paint the rest grey. Some phones and transfers lose just that
// marker; whether the scan is whole is then seen when it is decoded. A progressive picture may lack whole scans without it, and
// is refused. What follows the end marker (phones append videos and depth maps) does not matter.
func readJPEG(data []byte) (*header, error) {
	r := &jpegReader{data: data, at: 2, adobe: -1, h: &header{format: formatJPEG, depth: 8, frames: 1}}
	for range maxMarkers {
		marker, err := r.marker()
		if err != nil && r.h.scans > 0 && !r.h.progressive {
			r.h.noEnd = true
		}
		if marker == 0xd9 || r.h.noEnd {
			r.h.trailing(data[min(r.at, len(data)):])
			return r.finish()
		}
		if err != nil {
			return nil, err
		}
		if err := r.segment(marker); err != nil {
			return nil, err
		}
	}
	return nil, errMalformed
}

// trailing notes what comes after the picture.
func (h *header) trailing(data []byte) {
	if len(bytes.Trim(data, "\x00\r\n ")) > 16 {
		h.note(press.TraceOther)
	}
}

// marker finds the next marker that is not a restart or a stuffed byte.
func (r *jpegReader) marker() (byte, error) {
	for {
		skip := bytes.IndexByte(r.data[r.at:], 0xff)
		if skip < 0 || r.at+skip+1 >= len(r.data) {
			return 0, errTruncated
		}
		r.at += skip + 1
		m := r.data[r.at]
		if m == 0xff {
			continue
		}
		r.at++
		if m != 0 && m != 1 && (m < 0xd0 || m > 0xd7) {
			return m, nil
		}
	}
}

func (r *jpegReader) segment(marker byte) error {
	if marker == 0xd8 {
		return nil
	}
	if r.at+2 > len(r.data) {
		return errTruncated
	}
	n := int(binary.BigEndian.Uint16(r.data[r.at:]))
	if n < 2 {
		return errMalformed
	}
	if r.at+n > len(r.data) {
		return errTruncated
	}
	body := r.data[r.at+2 : r.at+n]
	r.at += n
	return r.take(marker, body)
}

func (r *jpegReader) take(marker byte, body []byte) error {
	switch {
	case marker == 0xda:
		r.h.scans++
	case marker == 0xc0, marker == 0xc1, marker == 0xc2:
		return r.frame(marker, body)
	case marker >= 0xc3 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
		return notSupported{"a rare kind of JPEG (lossless or arithmetic)", "少见的 JPEG（无损或算术编码）"}
	case marker == 0xe1:
		r.app1(body)
	case marker == 0xe2 && bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")) && len(body) > 14 && len(r.icc) < 255:
		r.icc = append(r.icc, body[12:])
	case marker == 0xee && bytes.HasPrefix(body, []byte("Adobe")) && len(body) >= 12:
		r.adobe = int(body[11])
	case marker >= 0xe0 && marker <= 0xef, marker == 0xfe:
		r.rest(marker, body)
	}
	return nil
}

func (r *jpegReader) app1(body []byte) {
	switch {
	case bytes.HasPrefix(body, []byte("Exif\x00\x00")) && r.h.exif.orientation == 0:
		r.h.takeExif(body[6:])
	case bytes.HasPrefix(body, []byte("http://ns.adobe.com/xap/1.0/")):
		_, packet, _ := bytes.Cut(body, []byte{0})
		r.h.takeXMP(packet)
	case bytes.HasPrefix(body, []byte("http://ns.adobe.com/xmp/extension/")):
		r.h.note(press.TraceOther) // depth maps, motion pictures, edits
	}
}

// rest notes what the other application segments and comments hold.
func (r *jpegReader) rest(marker byte, body []byte) {
	has := func(prefix string) bool { return bytes.HasPrefix(body, []byte(prefix)) }
	switch {
	case marker == 0xfe:
		r.h.note(press.TraceCaption)
	case marker == 0xed && has("Photoshop 3.0\x00"):
		r.h.takePhotoshop(body[14:])
	case has("JFIF\x00") && len(body) >= 14 && int(body[12])*int(body[13]) > 0, has("JFXX\x00"):
		r.h.note(press.TraceThumbnail)
	case marker == 0xe0, has("ICC_PROFILE\x00"), has("Adobe\x00"):
	case marker == 0xe2 && has("MPF\x00"):
		r.h.note(press.TraceOther) // further pictures behind the first
	case marker == 0xeb:
		r.h.note(press.TraceSoftware) // JUMBF: where it comes from and what was done to it (C2PA)
	default:
		r.h.note(press.TraceOther)
	}
}

func (r *jpegReader) frame(marker byte, body []byte) error {
	h := r.h
	if len(body) < 6 || h.width != 0 || len(body) < 6+3*int(body[5]) {
		return errMalformed
	}
	if body[0] != 8 {
		return notSupported{"a JPEG with 12 bits a channel", "每通道 12 位的 JPEG"}
	}
	h.progressive = marker == 0xc2
	h.height = int(binary.BigEndian.Uint16(body[1:]))
	h.width = int(binary.BigEndian.Uint16(body[3:]))
	h.channels = int(body[5])
	if h.width == 0 || h.height == 0 || (h.channels != 1 && h.channels != 3 && h.channels != 4) {
		return errMalformed
	}
	return r.components(body[6:])
}

func (r *jpegReader) components(body []byte) error {
	var most, sum int
	for i := range r.h.channels {
		r.ids[i] = body[3*i]
		across, down := int(body[3*i+1]>>4), int(body[3*i+1]&15)
		if across < 1 || across > 4 || down < 1 || down > 4 {
			return errMalformed
		}
		most, sum = max(most, across*down), sum+across*down
	}
	r.h.sampling = float64(sum) / float64(most)
	return nil
}

func (r *jpegReader) finish() (*header, error) {
	h := r.h
	if h.width == 0 || h.scans == 0 {
		return nil, errTruncated
	}
	switch {
	case h.channels == 1:
		h.jpeg = jpegGrey
	case h.channels == 4:
		h.jpeg, h.cmyk = jpegCMYK, true
	case r.adobe == 0 || (r.adobe < 0 && string(r.ids[:3]) == "RGB"):
		h.jpeg = jpegRGB
	default:
		h.jpeg = jpegYCbCr
	}
	h.icc = joinProfile(r.icc)
	return h, nil
}

// joinProfile puts the parts of a profile in the order their numbers say; nil unless all are there.
func joinProfile(parts [][]byte) []byte {
	if len(parts) == 0 {
		return nil
	}
	var out []byte
	for n := 1; n <= len(parts); n++ {
		found := false
		for _, p := range parts {
			if int(p[0]) == n && int(p[1]) == len(parts) && !found {
				out, found = append(out, p[2:]...), true
			}
		}
		if !found || len(out) > maxProfile {
			return nil
		}
	}
	return out
}

// fast reports whether the picture can stay in planes from decoding to encoding.
func (h *header) fast() bool { return h.jpeg == jpegYCbCr || h.jpeg == jpegGrey }

// shrink is the largest power of two by which decoding may shrink so that the displayed width still covers want.
func (h *header) shrink(want int) int {
	w, _ := h.exif.orientation.displayed(h.width, h.height)
	for d := 8; d > 1; d /= 2 {
		if (w+d-1)/d >= want {
			return d
		}
	}
	return 1
}

// planesMemory is what decoding to planes takes when it shrinks by d.
func (h *header) planesMemory(d int) int64 {
	pixels := int64(h.width) * int64(h.height)
	need := int64(h.sampling * float64(pixels/int64(d*d)))
	if h.progressive {
		need += int64(4 * h.sampling * float64(pixels)) // coefficients are kept whole, as int32
	}
	return need
}

// wholeScan decodes a JPEG strictly, and refuses one whose scan stops before the picture does.
func wholeScan(data []byte) error {
	if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
		return fmt.Errorf("%w: %w", errTruncated, err)
	}
	return nil
}
