package search

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"math/bits"
	"slices"
)

// few is how many pieces a key may be in for the table itself to say which; of others a second file does.
const (
	few     = 1 << fewBits
	fewBits = 2
)

// ref is a piece and what is in it.
type ref struct {
	piece   span
	version string // 10 hexadecimal digits
}

// list is the pieces that a key is in, by their places among the pieces of the table.
type list struct {
	few    [few]uint16 // n of them
	n      uint8
	packed []byte // what to read more than a few from; nil: there are no more
}

// table says in which pieces keys are, for the keys of one shard.
type table struct {
	keys  []key // in order
	lists []list
}

func listOf(places []uint16) (l list) {
	if len(places) > few {
		return list{packed: pack(places)}
	}
	l.n = uint8(copy(l.few[:], places))
	return l
}

func (l list) places(into []uint16) []uint16 {
	if l.packed != nil {
		return unpack(l.packed, into)
	}
	return append(into, l.few[:l.n]...)
}

// asBits, in place of how many bits of a gap are written as they are, says that there is one bit for each piece up to the last.
const asBits = 15

// pack writes where a key is in whichever of two ways is shorter: the gaps between places, or a bit for each. It knows nothing of how many
// pieces there are, so that one more leaves it alone.
func pack(places []uint16) []byte {
	within := int(places[len(places)-1]) + 1
	k := min(riceOf(within, len(places)), asBits-1)
	size, last := 0, -1
	for _, p := range places {
		size += (int(p)-last-1)>>k + 1 + int(k)
		last = int(p)
	}
	var w bitWriter
	if within <= size {
		return packBits(&w, places)
	}
	w.put(uint32(k), 4)
	last = -1
	for _, p := range places {
		w.rice(uint32(int(p)-last-1), k)
		last = int(p)
	}
	return w.bytes(0xff)
}

func packBits(w *bitWriter, places []uint16) []byte {
	w.put(asBits, 4)
	word, base := uint32(0), 0
	for _, p := range places {
		for ; int(p) >= base+32; base, word = base+32, 0 {
			w.put(word, 32)
		}
		word |= 1 << (int(p) - base)
	}
	w.put(word, uint(int(places[len(places)-1])-base)+1)
	return w.bytes(0)
}

func unpack(packed []byte, into []uint16) []uint16 {
	r := bitReader{data: packed}
	k := uint(r.take(4))
	if k == asBits {
		for at := 0; ; at++ {
			bit := r.take(1)
			if r.past {
				return into
			}
			if bit == 1 {
				into = append(into, uint16(at))
			}
		}
	}
	for at := -1; ; {
		gap := r.rice(k)
		if at += int(gap) + 1; r.past || at > 1<<16-1 {
			return into
		}
		into = append(into, uint16(at))
	}
}

// dense reports whether a key is in more than half of so many pieces, where it does not help to know in which.
func dense(packed []byte, pieces int) bool {
	if packed[0]&0xf != asBits {
		return false
	}
	n := -bits.OnesCount8(asBits)
	for ; len(packed) >= 8; packed = packed[8:] {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(packed))
	}
	for _, b := range packed {
		n += bits.OnesCount8(b)
	}
	return 2*n > pieces
}

// build makes the table of one shard from the columns of the pieces.
func build(columns []column, shard int) *table {
	n := 0
	for _, c := range columns {
		n += len(c[shard])
	}
	drop := uint(max(0, keyBits-bits.Len(uint(n)))) // so many keys beside each other are counted as one
	ends := make([]uint32, 1<<(keyBits-drop)+1)     // where the places of such keys begin, and then where they end
	for _, c := range columns {
		for _, k := range c[shard] {
			ends[k>>drop+1]++
		}
	}
	for i := range ends[1:] {
		ends[i+1] += ends[i]
	}
	all := make([]turn, n)
	for at, c := range columns {
		for _, k := range c[shard] {
			all[ends[k>>drop]] = turn{k, uint16(at)}
			ends[k>>drop]++
		}
	}
	t, begin := &table{}, uint32(0)
	var places []uint16
	for _, end := range ends[:len(ends)-1] {
		same := all[begin:end]
		slices.SortStableFunc(same, byKey)
		for begin = end; len(same) > 0; {
			k := same[0].key
			for places = places[:0]; len(same) > 0 && same[0].key == k; same = same[1:] {
				places = append(places, same[0].place)
			}
			t.keys, t.lists = append(t.keys, k), append(t.lists, listOf(places))
		}
	}
	return t
}

// columns adds to the columns of pieces what a table says about them, by where each is to be; -1 for those that are not wanted.
func (t *table) columns(into []column, shard int, to []int) {
	var buffer []uint16
	for i, k := range t.keys {
		buffer = t.lists[i].places(buffer[:0])
		for _, p := range buffer {
			if int(p) < len(to) && to[p] >= 0 {
				into[to[p]][shard] = append(into[to[p]][shard], k)
			}
		}
	}
}

// turn is a key that a piece has from now on, or has no more.
type turn struct {
	key   key
	place uint16
}

func byKey(a, b turn) int { return int(a.key) - int(b.key) }

// apart returns the keys that are in one of two lists only. Both are in order.
func apart(a, b []key) (out []key) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case len(a) == 0 || b[0] < a[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return out
}

// apply returns the table as it is after some turns. What they do not touch is taken over as it is.
func (t *table) apply(all []turn) *table {
	slices.SortFunc(all, byKey)
	out := &table{make([]key, 0, len(t.keys)+len(all)), make([]list, 0, len(t.keys)+len(all))}
	i := 0
	for len(all) > 0 {
		j := i
		for j < len(t.keys) && t.keys[j] < all[0].key {
			j++
		}
		out.keys, out.lists = append(out.keys, t.keys[i:j]...), append(out.lists, t.lists[i:j]...)
		var places []uint16
		if i = j; i < len(t.keys) && t.keys[i] == all[0].key {
			places, i = t.lists[i].places(nil), i+1
		}
		k := all[0].key
		for ; len(all) > 0 && all[0].key == k; all = all[1:] {
			if at, there := slices.BinarySearch(places, all[0].place); there {
				places = slices.Delete(places, at, at+1)
			} else {
				places = slices.Insert(places, at, all[0].place)
			}
		}
		if len(places) > 0 {
			out.keys, out.lists = append(out.keys, k), append(out.lists, listOf(places))
		}
	}
	out.keys, out.lists = append(out.keys, t.keys[i:]...), append(out.lists, t.lists[i:]...)
	return out
}

// Beginning of a table's file: a checksum of what follows, the numbers of pieces and of keys, four bytes each, the least first; how many bits
// of a gap between keys are written as they are; and the tag of the file that says more.
const (
	tagBytes     = 4
	versionBytes = 5
	tableHead    = 13 + tagBytes
	refBytes     = 5 + versionBytes
)

// encode writes a table of pieces, and the file that says where keys are that are in more than a few. Each piece is the size of its
// stretch, a byte, its number, four, and its version. Keys follow as gaps, each with a bit that says whether it is in a few pieces, then
// how many less one in two bits and which; or in more, then whether in more than half.
func (t *table) encode(pieces []ref) (data, more []byte) {
	k := riceOf(1<<keyBits, len(t.keys))
	width := uint(bits.Len(uint(max(0, len(pieces)-1))))
	size := tagBytes
	for _, l := range t.lists {
		size += len(l.packed) + 2
	}
	more = make([]byte, tagBytes, size)
	w, next := bitWriter{out: make([]byte, 0, 3*len(t.keys))}, key(0)
	for i, l := range t.lists {
		w.rice(uint32(t.keys[i]-next), k)
		next = t.keys[i] + 1
		if l.packed != nil {
			in := uint32(1)
			if dense(l.packed, len(pieces)) {
				in = 3
			}
			w.put(in, 2)
			more = append(binary.AppendUvarint(more, uint64(len(l.packed))), l.packed...)
			continue
		}
		w.put(uint32(l.n-1)<<1, 1+fewBits)
		for _, p := range l.few[:l.n] {
			w.put(uint32(p), width)
		}
	}
	binary.LittleEndian.PutUint32(more, crc32.ChecksumIEEE(more[tagBytes:]))
	data = make([]byte, 4, tableHead+len(pieces)*refBytes)
	data = binary.LittleEndian.AppendUint32(data, uint32(len(pieces)))
	data = binary.LittleEndian.AppendUint32(data, uint32(len(t.keys)))
	data = append(append(data, byte(k)), more[:tagBytes]...)
	for _, p := range pieces {
		version, _ := hex.DecodeString(p.version)
		data = append(binary.LittleEndian.AppendUint32(append(data, byte(p.piece.shift)), uint32(p.piece.index)), version...)
	}
	data = append(data, w.bytes(0)...)
	binary.LittleEndian.PutUint32(data, crc32.ChecksumIEEE(data[4:]))
	return data, more
}

// decode reads what encode wrote; false if the two files are not whole or do not belong together.
func decode(data, more []byte) (pieces []ref, t *table, ok bool) {
	if len(data) < tableHead || len(more) < tagBytes || crc32.ChecksumIEEE(data[4:]) != binary.LittleEndian.Uint32(data) ||
		!bytes.Equal(data[tableHead-tagBytes:tableHead], more[:tagBytes]) || crc32.ChecksumIEEE(more[tagBytes:]) != binary.LittleEndian.Uint32(more) {
		return nil, nil, false
	}
	count, n, k := binary.LittleEndian.Uint32(data[4:]), binary.LittleEndian.Uint32(data[8:]), uint(data[12])
	if data, more = data[tableHead:], more[tagBytes:]; uint64(len(data)) < uint64(count)*refBytes || n > 1<<keyBits {
		return nil, nil, false
	}
	for ; count > 0; count, data = count-1, data[refBytes:] {
		at := span{uint(data[0]), int64(binary.LittleEndian.Uint32(data[1:]))}
		pieces = append(pieces, ref{at, hex.EncodeToString(data[refBytes-versionBytes : refBytes])})
	}
	t = &table{make([]key, n), make([]list, n)}
	r, width, next := bitReader{data: data}, uint(bits.Len(uint(max(0, len(pieces)-1)))), key(0)
	for i := range t.keys {
		t.keys[i] = next + key(r.rice(k))
		next = t.keys[i] + 1
		l := &t.lists[i]
		if r.take(1) == 1 {
			r.take(1)
			size, read := binary.Uvarint(more)
			if read <= 0 || size == 0 || size > uint64(len(more)-read) {
				return nil, nil, false
			}
			l.packed, more = more[read:read+int(size):read+int(size)], more[read+int(size):]
			continue
		}
		l.n = uint8(r.take(fewBits)) + 1
		for j := range l.n {
			l.few[j] = uint16(r.take(width))
		}
	}
	return pieces, t, !r.past && len(more) == 0
}
