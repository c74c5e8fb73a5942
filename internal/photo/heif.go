package photo

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"newsdesk/internal/press"
)

// heifKind says how a HEIC or AVIF picture is stored.
type heifKind struct {
	boxes  *heif
	tiles  []uint32 // the coded pictures, one where there is no grid
	across int
	alpha  bool
	cut    clap // what of the stored picture is shown
	nclx   nclx
}

// clap is the clean aperture in whole samples; zero width means all.
type clap struct{ x, y, w, h int }

// nclx are the code points of ISO/IEC 23091-2 (H.273) for colours.
type nclx struct {
	given                       bool
	primaries, transfer, matrix int
	full                        bool
}

// isHEIF recognises the brands of still pictures; movies have others.
func isHEIF(data []byte) bool {
	if len(data) < 16 || string(data[4:8]) != "ftyp" {
		return false
	}
	end := min(len(data), 264, int(min(uint64(binary.BigEndian.Uint32(data)), 264)))
	for at := 8; at+4 <= end; at += 4 {
		switch string(data[at : at+4]) {
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "mif2", "msf1", "avif", "avis":
			return true
		}
	}
	return false
}

// readHEIF judges a HEIC or AVIF file by its boxes.
func readHEIF(data []byte) (*header, error) {
	f, err := readBoxes(data)
	if err != nil {
		return nil, err
	}
	it := f.items[f.primary]
	if it == nil {
		return nil, errMalformed
	}
	h := &header{channels: 3, depth: 8, frames: max(1, f.frames), sampling: 1.5, heif: &heifKind{boxes: f}}
	if err := h.heifPicture(it); err != nil {
		return nil, err
	}
	if err := h.heifShape(it); err != nil {
		return nil, err
	}
	h.heifColours(it)
	h.heifAlpha()
	if h.format == formatHEIC && len(it.refs["prem"]) > 0 { // libheif hands the colours on as they are
		return nil, notSupported{"a HEIC with premultiplied transparency", "颜色已与透明度预乘的 HEIC"}
	}
	return h, h.heifMetadata()
}

// heifPicture finds the coded pictures, and that all of them are there.
func (h *header) heifPicture(it *heifItem) error {
	f, k := h.heif.boxes, h.heif
	w, ht, ok := f.size(it)
	coded := it
	switch {
	case it.kind == "grid":
		g, err := f.grid(it)
		if err != nil {
			return err
		}
		if ok && (w != g.width || ht != g.height) {
			return errMalformed
		}
		w, ht, k.tiles, k.across = g.width, g.height, g.tiles, g.across
		if coded = f.items[g.tiles[0]]; coded == nil {
			return errMalformed
		}
		if err := f.checkGrid(g); err != nil {
			return err
		}
	case !ok:
		return errMalformed
	default:
		k.tiles, k.across = []uint32{f.primary}, 1
	}
	h.width, h.height = w, ht
	for _, id := range k.tiles {
		tile := f.items[id]
		if tile == nil || tile.kind != coded.kind {
			return errMalformed
		}
		if _, err := f.content(tile); err != nil {
			return err
		}
	}
	return h.heifCoding(coded)
}

// checkGrid asks that tiles are equal and cover the picture: what they claim is what decoding them costs.
func (f *heif) checkGrid(g grid) error {
	tw, th := 0, 0
	for _, id := range g.tiles {
		tile := f.items[id]
		if tile == nil {
			return errMalformed
		}
		w, h, ok := f.size(tile)
		if !ok || (tw != 0 && (w != tw || h != th)) {
			return errMalformed
		}
		tw, th = w, h
	}
	if tw*g.across < g.width || th*g.down < g.height || tw*(g.across-1) >= g.width || th*(g.down-1) >= g.height {
		return errMalformed
	}
	return nil
}

func (h *header) heifCoding(coded *heifItem) error {
	f := h.heif.boxes
	switch coded.kind {
	case "hvc1", "hev1":
		h.format = formatHEIC
		c := f.prop(coded, "hvcC")
		if len(c) < 23 {
			return errMalformed
		}
		h.sampling = chromaSampling(int(c[16] & 3))
		h.depth = 8 + int(c[17]&7)
	case "av01":
		h.format = formatAVIF
		c := f.prop(coded, "av1C")
		if len(c) < 4 {
			return errMalformed
		}
		h.depth = 8
		if c[2]&0x40 != 0 { // high_bitdepth, and twelve_bit below it
			h.depth = 10 + 2*int(c[2]>>5&1)
		}
		switch c[2] >> 2 & 7 { // monochrome, chroma_subsampling_x, chroma_subsampling_y
		case 0:
			h.sampling = 3
		case 2:
			h.sampling = 2
		case 4, 5, 6, 7:
			h.sampling = 1
		}
	case "jpeg":
		return notSupported{"a HEIF file with a JPEG inside", "内含 JPEG 的 HEIF"}
	default:
		return notSupported{"a rare kind of HEIF", "少见的 HEIF"}
	}
	if h.sampling == 1 {
		h.channels = 1
	}
	return nil
}

// chromaSampling is the count of samples a pixel for HEVC's chroma formats.
func chromaSampling(format int) float64 { return [...]float64{1, 1.5, 2, 3}[format] }

// heifShape reads the properties that change a picture's shape, in the order they are given: cut, then turned and mirrored. The
// EXIF tag says the same for old readers and must not be used beside them (ISO/IEC 23008-12, annex A).
func (h *header) heifShape(it *heifItem) error {
	f, o := h.heif.boxes, orientation(1)
	for _, use := range it.props {
		if use.index >= len(f.props) {
			return errMalformed
		}
		p := f.props[use.index]
		switch p.kind {
		case "clap":
			c, ok := cleanAperture(p.body, h.width, h.height)
			if !ok || o != 1 {
				return errMalformed
			}
			h.heif.cut = c
		case "irot":
			if len(p.body) > 0 {
				o = o.clockwise(int(-p.body[0] & 3)) // it turns anticlockwise
			}
		case "imir":
			if len(p.body) > 0 {
				o = o.mirrored(p.body[0]&1 != 0)
			}
		case "hvcC", "av1C", "ispe", "pixi", "colr", "pasp", "auxC", "rloc", "lsel", "a1op", "a1lx", "clli", "mdcv", "cclv":
		default:
			if use.essential {
				return notSupported{"a rare kind of HEIF", "少见的 HEIF"}
			}
		}
	}
	h.exif.orientation = o
	if c := h.heif.cut; c.w > 0 {
		h.width, h.height = c.w, c.h
	}
	return nil
}

// mirrored adds a mirroring of what is seen: left and right change places, or top and bottom.
func (o orientation) mirrored(sideways bool) orientation {
	o = [...]orientation{0, 2, 1, 4, 3, 6, 5, 8, 7}[o]
	if !sideways {
		o = o.clockwise(2)
	}
	return o
}

// cleanAperture reads a clap property: width, height and the distance of its centre from the picture's, as fractions.
func cleanAperture(body []byte, w, h int) (clap, bool) {
	if len(body) < 32 {
		return clap{}, false
	}
	v := [4]float64{}
	for i := range v {
		n, d := int32(binary.BigEndian.Uint32(body[8*i:])), int32(binary.BigEndian.Uint32(body[8*i+4:]))
		if d <= 0 {
			return clap{}, false
		}
		v[i] = float64(n) / float64(d)
	}
	c := clap{w: int(math.Round(v[0])), h: int(math.Round(v[1]))}
	c.x = int(math.Round(v[2] + (float64(w)-v[0])/2))
	c.y = int(math.Round(v[3] + (float64(h)-v[1])/2))
	ok := c.w > 0 && c.h > 0 && c.x >= 0 && c.y >= 0 && c.x+c.w <= w && c.y+c.h <= h
	return c, ok
}

// heifColours reads colr properties: a profile, code points, or both. A grid may leave them to its tiles.
func (h *header) heifColours(it *heifItem) {
	f, k := h.heif.boxes, h.heif
	for _, from := range []*heifItem{it, f.items[k.tiles[0]]} {
		for _, use := range from.props {
			if use.index >= len(f.props) || f.props[use.index].kind != "colr" {
				continue
			}
			body := f.props[use.index].body
			switch {
			case len(body) >= 11 && string(body[:4]) == "nclx" && !k.nclx.given:
				k.nclx = nclx{
					given: true, primaries: int(binary.BigEndian.Uint16(body[4:])), transfer: int(binary.BigEndian.Uint16(body[6:])),
					matrix: int(binary.BigEndian.Uint16(body[8:])), full: body[10]&0x80 != 0,
				}
			case len(body) > 4 && (string(body[:4]) == "prof" || string(body[:4]) == "rICC") && h.icc == nil:
				h.icc = body[4:min(len(body), maxProfile)]
			}
		}
	}
}

// heifAlpha looks for a picture of the transparency.
func (h *header) heifAlpha() {
	f := h.heif.boxes
	for _, id := range f.referring("auxl", f.primary) {
		if f.isAlpha(id) {
			h.heif.alpha, h.channels = true, 4
		}
	}
}

func (f *heif) isAlpha(id uint32) bool {
	kind := f.prop(f.items[id], "auxC")
	return bytes.Contains(kind, []byte("auxiliary:alpha")) || bytes.Contains(kind, []byte("hevc:2015:auxid:1"))
}

// heifMetadata reads the items that describe the picture, and notes the pictures beside it.
func (h *header) heifMetadata() error {
	f := h.heif.boxes
	shape := h.exif.orientation
	for i, id := range slices.Concat(f.referring("cdsc", f.primary), f.undescribed()) {
		if i == maxDescribing {
			break
		}
		it := f.items[id]
		body, err := f.content(it)
		if err != nil {
			continue // a photo is not refused for its metadata
		}
		switch {
		case it.kind == "Exif" && len(body) > 8:
			skip := uint64(binary.BigEndian.Uint32(body)) + 4 // where the TIFF structure begins
			if skip < uint64(len(body)) {
				h.takeExif(body[skip:])
			}
		case it.kind == "mime" && strings.Contains(it.mime, "rdf+xml"):
			h.takeXMP(body[:min(len(body), maxXMP)])
		}
	}
	h.exif.orientation = shape
	if len(f.referring("thmb", f.primary)) > 0 {
		h.note(press.TraceThumbnail)
	}
	for _, id := range f.referring("auxl", f.primary) {
		if !f.isAlpha(id) {
			h.note(press.TraceOther) // depth, gain map, mattes of a portrait
		}
	}
	if h.frames > 1 {
		h.note(press.TraceOther)
	}
	return nil
}

// undescribed are the metadata items that name no picture: they are of the whole file.
func (f *heif) undescribed() []uint32 {
	var out []uint32
	for id, it := range f.items {
		if (it.kind == "Exif" || it.kind == "mime") && len(it.refs["cdsc"]) == 0 {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}
