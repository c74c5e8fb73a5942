package photo

import (
	"bytes"
	"encoding/binary"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// The TIFF tags that matter here.
const (
	tagWidth           = 0x100
	tagHeight          = 0x101
	tagBits            = 0x102
	tagMake            = 0x10f
	tagModel           = 0x110
	tagOrientation     = 0x112
	tagSamples         = 0x115
	tagICC             = 0x8773
	tagExif            = 0x8769
	tagGPS             = 0x8825
	tagInterop         = 0xa005
	tagOriginalTime    = 0x9003
	tagOffset          = 0x9011
	tagInteropIndex    = 0x0001
	tagDescription     = 0x10e
	tagArtist          = 0x13b
	tagXPAuthor        = 0x9c9d
	tagMakerNote       = 0x927c
	tagDigitizedTime   = 0x9004
	tagDigitizedOffset = 0x9012
	tagXMP             = 0x2bc
	tagIPTC            = 0x83bb
	tagPhotoshop       = 0x8649
	tagGPSLatitude     = 0x0002
)

// maxEntries bounds the entries read of one directory.
const maxEntries = 1000

// tiff reads the directories of a TIFF structure. Every offset is checked against the data; nothing is followed twice and
// nothing is copied, so a hostile file costs no more than its length.
type tiff struct {
	data  []byte
	order binary.ByteOrder
}

type entry struct {
	kind  uint16
	count uint32
	value []byte // as stored, inline or elsewhere
}

type directory map[uint16]entry

func openTIFF(data []byte) (tiff, bool) {
	switch {
	case len(data) < 8:
		return tiff{}, false
	case bytes.HasPrefix(data, []byte("II*\x00")):
		return tiff{data, binary.LittleEndian}, true
	case bytes.HasPrefix(data, []byte("MM\x00*")):
		return tiff{data, binary.BigEndian}, true
	}
	return tiff{}, false
}

func (t tiff) first() directory { return t.directory(t.order.Uint32(t.data[4:])) }

// directory reads the entries at an offset; nil if there is none.
func (t tiff) directory(offset uint32) directory {
	at := int64(offset)
	if at < 8 || at+2 > int64(len(t.data)) {
		return nil
	}
	n := min(int64(t.order.Uint16(t.data[at:])), maxEntries)
	d := directory{}
	for i := range n {
		e := at + 2 + 12*i
		if e+12 > int64(len(t.data)) {
			break
		}
		raw := t.data[e : e+12]
		if _, ok := d[t.order.Uint16(raw)]; !ok {
			d[t.order.Uint16(raw)] = t.entry(raw)
		}
	}
	return d
}

func (t tiff) entry(raw []byte) entry {
	e := entry{kind: t.order.Uint16(raw[2:]), count: t.order.Uint32(raw[4:])}
	widths := [...]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8}
	if int(e.kind) >= len(widths) {
		return e
	}
	size := widths[e.kind] * int64(e.count)
	if size <= 4 {
		e.value = raw[8 : 8+size]
		return e
	}
	if at := int64(t.order.Uint32(raw[8:])); at+size <= int64(len(t.data)) {
		e.value = t.data[at : at+size]
	}
	return e
}

// number returns an entry's first whole number, or 0.
func (t tiff) number(e entry) uint32 {
	switch {
	case e.kind == 3 && len(e.value) >= 2:
		return uint32(t.order.Uint16(e.value))
	case (e.kind == 4 || e.kind == 9 || e.kind == 13) && len(e.value) >= 4:
		return t.order.Uint32(e.value)
	case (e.kind == 1 || e.kind == 7) && len(e.value) >= 1:
		return uint32(e.value[0])
	}
	return 0
}

func text(e entry) string { return readable(e.value) }

// next is the directory behind the first one; nil if there is none.
func (t tiff) next() directory {
	at := int64(t.order.Uint32(t.data[4:]))
	if at < 8 || at+2 > int64(len(t.data)) {
		return nil
	}
	end := at + 2 + 12*int64(t.order.Uint16(t.data[at:]))
	if end+4 > int64(len(t.data)) {
		return nil
	}
	return t.directory(t.order.Uint32(t.data[end:]))
}

func (t tiff) exif(d directory) exif {
	out := exif{orientation: orientation(t.number(d[tagOrientation]))}
	if out.orientation < 1 || out.orientation > 8 {
		out.orientation = 1
	}
	sub := t.directory(t.number(d[tagExif]))
	out.camera = camera(text(d[tagMake]), text(d[tagModel]))
	out.taken = taken(text(sub[tagOriginalTime]), text(sub[tagOffset]))
	if out.taken.IsZero() {
		out.taken = taken(text(sub[tagDigitizedTime]), text(sub[tagDigitizedOffset]))
	}
	_, out.gps = t.directory(t.number(d[tagGPS]))[tagGPSLatitude]
	out.adobeRGB = text(t.directory(t.number(sub[tagInterop]))[tagInteropIndex]) == "R03"
	return out
}

// camera joins maker and model; many models repeat the maker's name.
func camera(maker, model string) string {
	if maker == "" || strings.HasPrefix(strings.ToLower(model), strings.ToLower(maker)) {
		return model
	}
	return strings.TrimSpace(maker + " " + model)
}

// taken reads the camera's clock. Without an offset it is a wall time, given as UTC.
func taken(clock, offset string) time.Time {
	if t, err := time.Parse("2006:01:02 15:04:05-07:00", clock+offset); err == nil {
		return t
	}
	t, err := time.Parse("2006:01:02 15:04:05", clock)
	if err != nil {
		return time.Time{}
	}
	return t
}

// readTIFF reads the first directory of a TIFF file. Tiled and striped pictures alike are left to the decoder.
func readTIFF(data []byte) (*header, error) {
	t, ok := openTIFF(data)
	if !ok {
		return nil, errMalformed
	}
	d := t.first()
	if d == nil {
		return nil, errTruncated
	}
	h := &header{format: formatTIFF, frames: 1, channels: 1, depth: 8}
	h.takeDirectories(t)
	h.takeXMP(d[tagXMP].value)
	h.takeIPTC(d[tagIPTC].value)
	h.takePhotoshop(d[tagPhotoshop].value)
	if t.next() != nil {
		h.note(press.TraceOther) // further pages
	}
	h.width, h.height = int(t.number(d[tagWidth])), int(t.number(d[tagHeight]))
	if n := int(t.number(d[tagSamples])); n > 0 {
		h.channels = min(n, 64)
	}
	if t.number(d[tagBits]) > 8 {
		h.depth = 16
	}
	if icc := d[tagICC].value; len(icc) <= maxProfile {
		h.icc = icc
	}
	return h, nil
}
