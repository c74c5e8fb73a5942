package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image/png"
	"slices"

	"github.com/disintegration/imaging"

	"newsdesk/internal/press"
)

// Turn returns the photo turned clockwise by 1, 2 or 3 quarters, as a file of its own. JPEG, PNG and TIFF lose nothing: only
// the orientation that the file gives is written anew, and pixels and all else stay byte for byte. Other formats become
// PNG, upright and in sRGB; of an animation the first frame. Refusals are those of Inspect and Make, and photo.turns.
func (p *Pipeline) Turn(ctx context.Context, name string, data []byte, turns int) ([]byte, error) {
	if turns < 1 || turns > 3 {
		return nil, press.Fail(press.Invalid, "photo.turns", press.Say(
			"A photo is turned by 1, 2 or 3 quarters.", "图片只能旋转 90°、180° 或 270°。"))
	}
	h, _, err := p.inspect(name, data)
	if err != nil {
		return nil, err
	}
	to := h.exif.orientation.clockwise(turns)
	switch h.format {
	case formatJPEG:
		return orientJPEG(data, to), nil
	case formatPNG:
		return orientPNG(data, to), nil
	case formatTIFF:
		return orientTIFF(data, to), nil
	}
	return p.turnPixels(ctx, name, data, h, to)
}

// clockwise is where each orientation goes when the picture that a person sees is turned clockwise once.
var clockwise = [...]orientation{1: 6, 2: 7, 3: 8, 4: 5, 5: 2, 6: 3, 7: 4, 8: 1}

func (o orientation) clockwise(turns int) orientation {
	for range turns {
		o = clockwise[o]
	}
	return o
}

func (p *Pipeline) turnPixels(ctx context.Context, name string, data []byte, h *header, to orientation) (_ []byte, err error) {
	release, err := p.acquire(ctx, h.memory()+8*int64(h.width)*int64(h.height))
	if err != nil {
		return nil, err
	}
	defer release()
	timed, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			err = refusal(name, fmt.Errorf("%w: decoder panicked: %v", errMalformed, r))
		}
	}()
	colours := newConversion(h.profile())
	if h.heif != nil {
		if data, h, err = p.opener.open(timed, data, h); err != nil {
			return nil, p.refusalOf(ctx, name, err)
		}
	}
	pixels, err := decodePixels(timed, data, h)
	if err != nil {
		return nil, p.refusalOf(ctx, name, err)
	}
	img := to.turned(imaging.Clone(pixels))
	if colours != nil {
		colours.pixels(img)
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, img); err != nil {
		return nil, fmt.Errorf("photo: write %q: %w", name, err)
	}
	return out.Bytes(), nil
}

const exifHead = "Exif\x00\x00"

// orientJPEG writes an orientation into the first EXIF segment, which is the one that counts. A file without one, or whose
// segment has no room left, gets a new segment in front of it. The file has been inspected.
func orientJPEG(data []byte, o orientation) []byte {
	at := 2
	if len(data) > 6 && data[2] == 0xff && data[3] == 0xe0 { // JFIF wants to be first
		at = 4 + int(binary.BigEndian.Uint16(data[4:]))
	}
	from, until := findExif(data)
	if from < 0 {
		return splice(data, at, at, jpegExif(orientTIFF(nil, o)))
	}
	block := orientTIFF(data[from+4+len(exifHead):until], o)
	if len(block)+2+len(exifHead) > 0xffff {
		return splice(data, from, from, jpegExif(orientTIFF(nil, o)))
	}
	return splice(data, from, until, jpegExif(block))
}

func jpegExif(block []byte) []byte {
	n := len(block) + len(exifHead) + 2
	return append(append([]byte{0xff, 0xe1, byte(n >> 8), byte(n)}, exifHead...), block...)
}

// findExif returns where the first EXIF segment begins, its marker included, and ends; -1 without one.
func findExif(data []byte) (from, until int) {
	r := &jpegReader{data: data, at: 2, h: &header{}}
	for range maxMarkers {
		marker, err := r.marker()
		if err != nil || marker == 0xd9 || marker == 0xda || r.at+2 > len(data) {
			return -1, -1
		}
		n := int(binary.BigEndian.Uint16(data[r.at:]))
		if n < 2 || r.at+n > len(data) {
			return -1, -1
		}
		if marker == 0xe1 && bytes.HasPrefix(data[r.at+2:r.at+n], []byte(exifHead)) {
			return r.at - 2, r.at + n
		}
		r.at += n
	}
	return -1, -1
}

// splice returns data with data[from:until] replaced.
func splice(data []byte, from, until int, by []byte) []byte {
	out := make([]byte, 0, len(data)-(until-from)+len(by))
	return append(append(append(out, data[:from]...), by...), data[until:]...)
}

// orientPNG writes an orientation into the last eXIf chunk, which is the one that counts, or into a new one behind IHDR.
func orientPNG(data []byte, o orientation) []byte {
	from, until := 33, 33 // behind the signature and IHDR
	var block []byte
	for at := 8; at+12 <= len(data); {
		end := at + 12 + int(binary.BigEndian.Uint32(data[at:]))
		if string(data[at+4:at+8]) == "eXIf" {
			from, until, block = at, end, data[at+8:end-4]
		}
		at = end
	}
	return splice(data, from, until, pngChunk("eXIf", orientTIFF(block, o)))
}

func pngChunk(kind string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// orientTIFF returns a TIFF structure with another orientation. Where the first directory has none, a copy of the directory
// with one is put at the end and made the first: no offset into the rest changes. Of what is no TIFF a new one is made.
func orientTIFF(data []byte, o orientation) []byte {
	t, ok := openTIFF(data)
	if !ok {
		t, _ = openTIFF([]byte("MM\x00*\x00\x00\x00\x00"))
	}
	out := slices.Clone(t.data)
	at := int64(t.order.Uint32(out[4:]))
	entries, next := t.rawEntries(at)
	for i, e := range entries {
		if t.order.Uint16(e) != tagOrientation {
			continue
		}
		if t.order.Uint16(e[2:]) != 3 || t.order.Uint32(e[4:]) != 1 {
			break // the first is the one that counts, and this one is not in the form it should have
		}
		t.order.PutUint16(out[at+2+12*int64(i)+8:], uint16(o))
		return out
	}
	if len(out)%2 == 1 {
		out = append(out, 0) // directories begin at even offsets
	}
	t.order.PutUint32(out[4:], uint32(len(out)))
	return append(out, t.withOrientation(entries, next, o)...)
}

// rawEntries returns a directory's entries, as far as they are there, and the four bytes behind them.
func (t tiff) rawEntries(at int64) (entries [][]byte, next []byte) {
	next = make([]byte, 4)
	if at < 8 || at+2 > int64(len(t.data)) {
		return nil, next
	}
	n := min(int64(t.order.Uint16(t.data[at:])), maxEntries)
	end := at + 2 + 12*n
	if end > int64(len(t.data)) {
		n = (int64(len(t.data)) - at - 2) / 12
		end = int64(len(t.data))
	}
	for i := range n {
		entries = append(entries, t.data[at+2+12*i:][:12])
	}
	copy(next, t.data[end:min(end+4, int64(len(t.data)))])
	return entries, next
}

// withOrientation writes a directory of the entries with one for the orientation among them, in the order of tags.
func (t tiff) withOrientation(entries [][]byte, next []byte, o orientation) []byte {
	mine := make([]byte, 12)
	t.order.PutUint16(mine, tagOrientation)
	t.order.PutUint16(mine[2:], 3)
	t.order.PutUint32(mine[4:], 1)
	t.order.PutUint16(mine[8:], uint16(o))
	kept := slices.DeleteFunc(slices.Clone(entries), func(e []byte) bool { return t.order.Uint16(e) == tagOrientation })
	i := 0
	for i < len(kept) && t.order.Uint16(kept[i]) < tagOrientation {
		i++
	}
	kept = slices.Insert(kept, i, mine)
	out := make([]byte, 2)
	t.order.PutUint16(out, uint16(len(kept)))
	return append(append(out, bytes.Join(kept, nil)...), next...)
}
