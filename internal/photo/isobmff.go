package photo

import (
	"encoding/binary"
	"slices"
	"strings"
)

// Bounds on an ISO base media file (ISO/IEC 14496-12, 23008-12, 23000-22). A 48-megapixel phone picture has about 300 items
// (tiles of 512 pixels, gain map, thumbnail) and as many properties.
const (
	maxBoxes   = 20_000
	maxItems   = 2_000
	maxExtents = 64
	maxTiles   = 1_024
	// items that describe one picture; phones write two
	maxDescribing = 16

	mostJoined = 4 // times the file, of all items together: each is read when it is judged and when it is decoded
)

// heif is what the boxes of a HEIC or AVIF file say. Nothing is copied: items are pieces of the file.
type heif struct {
	data    []byte
	brands  []string
	boxes   int
	primary uint32
	items   map[uint32]*heifItem
	props   []heifProp
	idat    []byte
	frames  int // of a sequence, where there is one
	joined  int // bytes that were put together of pieces
}

type heifItem struct {
	kind    string // hvc1, av01, grid, Exif, mime …
	mime    string
	props   []heifUse
	extents [][2]uint64 // offset and length; within idat where inIdat
	inIdat  bool
	refs    map[string][]uint32 // from this item: dimg, auxl, thmb, cdsc
}

// heifUse is a property of an item, by its place in the list that all share.
type heifUse struct {
	index     int
	essential bool
}

type heifProp struct {
	kind string
	body []byte
	raw  []byte // with the box's head, to be written again
}

// box is one box: its kind and what is in it.
type box struct {
	kind      string
	body, raw []byte
}

// each walks the boxes of data, at most maxBoxes of them in a whole file.
func (f *heif) each(data []byte, take func(box) error) error {
	for len(data) > 0 {
		if f.boxes++; f.boxes > maxBoxes {
			return errMalformed
		}
		b, rest, err := nextBox(data)
		if err != nil {
			return err
		}
		if err := take(b); err != nil {
			return err
		}
		data = rest
	}
	return nil
}

func nextBox(data []byte) (b box, rest []byte, err error) {
	if len(data) < 8 {
		return box{}, nil, errTruncated
	}
	n, head := uint64(binary.BigEndian.Uint32(data)), uint64(8)
	switch n {
	case 0: // to the end
		n = uint64(len(data))
	case 1:
		if len(data) < 16 {
			return box{}, nil, errTruncated
		}
		n, head = binary.BigEndian.Uint64(data[8:]), 16
	}
	if n < head {
		return box{}, nil, errMalformed
	}
	if n > uint64(len(data)) {
		return box{}, nil, errTruncated
	}
	return box{kind: string(data[4:8]), body: data[head:n], raw: data[:n]}, data[n:], nil
}

// readBoxes reads the boxes of a picture file. Boxes behind those that matter may be cut off, media data may not.
func readBoxes(data []byte) (*heif, error) {
	f := &heif{data: data, items: map[uint32]*heifItem{}}
	seen := false
	err := f.each(data, func(b box) error {
		switch b.kind {
		case "ftyp":
			return f.takeBrands(b.body)
		case "meta":
			if seen || len(b.body) < 4 {
				return errMalformed
			}
			seen = true
			return f.takeMeta(b.body[4:])
		case "moov":
			return f.takeMovie(b.body, 0)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !seen {
		return nil, errTruncated
	}
	return f, nil
}

func (f *heif) takeBrands(body []byte) error {
	if len(body) < 8 || len(f.brands) > 0 {
		return errMalformed
	}
	f.brands = append(f.brands, string(body[:4]))
	for at := 8; at+4 <= len(body) && len(f.brands) < 64; at += 4 {
		f.brands = append(f.brands, string(body[at:at+4]))
	}
	return nil
}

func (f *heif) takeMeta(body []byte) error {
	var locations []byte
	err := f.each(body, func(b box) error {
		switch b.kind {
		case "pitm":
			return f.takePrimary(b.body)
		case "iinf":
			return f.takeInfo(b.body)
		case "iloc":
			locations = b.body
		case "iref":
			return f.takeReferences(b.body)
		case "iprp":
			return f.takeProperties(b.body)
		case "idat":
			f.idat = b.body
		}
		return nil
	})
	if err != nil {
		return err
	}
	return f.takeLocations(locations)
}

// fields reads big-endian numbers one after another; past the end it gives zeros and remembers.
type fields struct {
	data  []byte
	short bool
}

func (r *fields) uint(size int) uint64 {
	if size > len(r.data) {
		r.short, r.data = true, nil
		return 0
	}
	var v uint64
	for _, b := range r.data[:size] {
		v = v<<8 | uint64(b)
	}
	r.data = r.data[size:]
	return v
}

// full reads the head of a full box.
func (r *fields) full() (version byte, flags uint32) {
	v := r.uint(4)
	return byte(v >> 24), uint32(v & 0xffffff)
}

// id reads an item's number, of 2 bytes in old versions of a box and 4 in new ones.
func (r *fields) id(long bool) uint32 {
	if long {
		return uint32(r.uint(4))
	}
	return uint32(r.uint(2))
}

func (f *heif) takePrimary(body []byte) error {
	r := &fields{data: body}
	version, _ := r.full()
	f.primary = r.id(version > 0)
	return r.err()
}

func (r *fields) err() error {
	if r.short {
		return errMalformed
	}
	return nil
}

func (f *heif) item(id uint32) *heifItem {
	it := f.items[id]
	if it == nil {
		it = &heifItem{refs: map[string][]uint32{}}
		f.items[id] = it
	}
	return it
}

func (f *heif) takeInfo(body []byte) error {
	r := &fields{data: body}
	version, _ := r.full()
	size := 2
	if version > 0 {
		size = 4
	}
	if r.uint(size) > maxItems || r.short {
		return errMalformed
	}
	return f.each(r.data, func(b box) error {
		if b.kind != "infe" {
			return nil
		}
		e := &fields{data: b.body}
		version, _ := e.full()
		if version < 2 {
			return nil // files of 2012, without kinds
		}
		id := e.id(version > 2)
		e.uint(2)
		if len(e.data) < 4 || len(f.items) >= maxItems {
			return errMalformed
		}
		it := f.item(id)
		it.kind = string(e.data[:4])
		if it.kind == "mime" {
			_, rest, _ := strings.Cut(string(e.data[4:min(len(e.data), 300)]), "\x00")
			it.mime, _, _ = strings.Cut(rest, "\x00")
		}
		return nil
	})
}

func (f *heif) takeReferences(body []byte) error {
	r := &fields{data: body}
	version, _ := r.full()
	long, total := version > 0, 0
	return f.each(r.data, func(b box) error {
		e := &fields{data: b.body}
		from, n := e.id(long), int(e.uint(2))
		if total += n; total > 4*maxItems || len(f.items) > maxItems {
			return errMalformed
		}
		it := f.item(from)
		for range n {
			it.refs[b.kind] = append(it.refs[b.kind], e.id(long))
		}
		return e.err()
	})
}

func (f *heif) takeProperties(body []byte) error {
	return f.each(body, func(b box) error {
		switch b.kind {
		case "ipco":
			return f.each(b.body, func(p box) error {
				f.props = append(f.props, heifProp(p))
				return nil
			})
		case "ipma":
			return f.takeAssociations(b.body)
		}
		return nil
	})
}

func (f *heif) takeAssociations(body []byte) error {
	r := &fields{data: body}
	version, flags := r.full()
	size, top := 1, uint64(0x80)
	if flags&1 != 0 {
		size, top = 2, 0x8000
	}
	entries := r.uint(4)
	if entries > maxItems {
		return errMalformed
	}
	for range entries {
		id, n := r.id(version > 0), int(r.uint(1))
		if r.short || len(f.items) > maxItems {
			return errMalformed
		}
		it := f.item(id)
		for range n {
			v := r.uint(size)
			if index := int(v&(top-1)) - 1; index >= 0 {
				it.props = append(it.props, heifUse{index: index, essential: v&top != 0})
			}
		}
	}
	return r.err()
}

func (f *heif) takeLocations(body []byte) error {
	r := &fields{data: body}
	version, _ := r.full()
	sizes := r.uint(2)
	offset, length, base, index := int(sizes>>12), int(sizes>>8&15), int(sizes>>4&15), int(sizes&15)
	if version == 0 {
		index = 0
	}
	for _, size := range []int{offset, length, base, index} {
		if size != 0 && size != 4 && size != 8 {
			return errMalformed
		}
	}
	n := r.id(version > 1)
	if r.short || n > maxItems || version > 2 {
		return errMalformed
	}
	for range n {
		id, method := r.id(version > 1), uint64(0)
		if version > 0 {
			method = r.uint(2) & 15
		}
		r.uint(2) // which file: 0 is this one, and others are not followed
		start, extents := r.uint(base), r.uint(2)
		if r.short || extents > maxExtents || len(f.items) > maxItems {
			return errMalformed
		}
		it := f.item(id)
		it.inIdat = method == 1
		for range extents {
			r.uint(index)
			at, size := r.uint(offset), r.uint(length)
			if method > 1 || start > 1<<40 || at > 1<<40 || size > 1<<40 {
				return errMalformed
			}
			it.extents = append(it.extents, [2]uint64{start + at, size})
		}
	}
	return r.err()
}

// content returns an item's bytes. Pieces are joined only where there are several.
func (f *heif) content(it *heifItem) ([]byte, error) {
	from := f.data
	if it.inIdat {
		from = f.idat
	}
	var out []byte
	for _, e := range it.extents {
		if e[1] == 0 && e[0] <= uint64(len(from)) { // to the end
			e[1] = uint64(len(from)) - e[0]
		}
		if e[0]+e[1] > uint64(len(from)) {
			return nil, errTruncated
		}
		piece := from[e[0] : e[0]+e[1]]
		if len(it.extents) == 1 {
			return piece, nil
		}
		if f.joined += len(piece); f.joined > mostJoined*len(f.data) {
			return nil, errMalformed // the same piece many times over
		}
		out = append(out, piece...)
	}
	if len(out) == 0 {
		return nil, errTruncated
	}
	return out, nil
}

// prop returns an item's first property of a kind.
func (f *heif) prop(it *heifItem, kind string) []byte {
	for _, use := range it.props {
		if use.index < len(f.props) && f.props[use.index].kind == kind {
			return f.props[use.index].body
		}
	}
	return nil
}

// size is an item's ispe property: its size before it is cut and turned.
func (f *heif) size(it *heifItem) (w, h int, ok bool) {
	b := f.prop(it, "ispe")
	if len(b) < 12 {
		return 0, 0, false
	}
	uw, uh := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	return int(uw), int(uh), uw > 0 && uh > 0 && uw < 1<<31 && uh < 1<<31
}

// grid is a picture put together from tiles in rows.
type grid struct {
	across, down  int
	width, height int
	tiles         []uint32
}

func (f *heif) grid(it *heifItem) (grid, error) {
	body, err := f.content(it)
	if err != nil {
		return grid{}, err
	}
	r := &fields{data: body}
	r.uint(1)
	long := r.uint(1)&1 != 0
	g := grid{down: int(r.uint(1)) + 1, across: int(r.uint(1)) + 1}
	g.width, g.height = int(r.id(long)), int(r.id(long))
	g.tiles = it.refs["dimg"]
	if r.short || g.width <= 0 || g.height <= 0 || g.across*g.down > maxTiles || len(g.tiles) != g.across*g.down {
		return grid{}, errMalformed
	}
	return g, nil
}

// takeMovie counts the pictures of a sequence (an animation, or a burst of a phone).
func (f *heif) takeMovie(body []byte, depth int) error {
	if depth > 6 {
		return errMalformed
	}
	return f.each(body, func(b box) error {
		switch b.kind {
		case "trak", "mdia", "minf", "stbl":
			return f.takeMovie(b.body, depth+1)
		case "stsz":
			r := &fields{data: b.body}
			r.full()
			r.uint(4)
			if n := r.uint(4); n < 1<<20 {
				f.frames = max(f.frames, int(n))
			}
		}
		return nil
	})
}

// referring lists the items with a reference of a kind to an item, in the order of their numbers.
func (f *heif) referring(kind string, to uint32) []uint32 {
	var out []uint32
	for id, it := range f.items {
		if slices.Contains(it.refs[kind], to) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}
