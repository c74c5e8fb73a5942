package search

import (
	"encoding/binary"
	"math/bits"
)

// bitWriter packs numbers into bytes, the lowest bits first.
type bitWriter struct {
	out  []byte
	hold uint64
	held uint
}

// put writes the lowest n bits of v, 32 at most.
func (w *bitWriter) put(v uint32, n uint) {
	w.hold |= uint64(v) & (1<<n - 1) << w.held
	for w.held += n; w.held >= 32; w.held -= 32 {
		w.out = binary.LittleEndian.AppendUint32(w.out, uint32(w.hold))
		w.hold >>= 32
	}
}

// rice writes a number with its lowest k bits as they are and the rest as so many ones and a zero.
func (w *bitWriter) rice(v uint32, k uint) {
	for rest := v >> k; ; rest -= 31 {
		if rest < 31 {
			w.put(1<<rest-1, uint(rest)+1)
			break
		}
		w.put(1<<31-1, 31)
	}
	w.put(v, k)
}

// bytes fills the last byte up with zeros or, after numbers by rice, with ones, which no such number ends with.
func (w *bitWriter) bytes(fill uint32) []byte {
	if w.held%8 > 0 {
		w.put(fill, 8-w.held%8)
	}
	for ; w.held > 0; w.held -= 8 {
		w.out, w.hold = append(w.out, byte(w.hold)), w.hold>>8
	}
	return w.out
}

// bitReader reads what a bitWriter wrote. Past the end there are ones.
type bitReader struct {
	data []byte
	hold uint64
	held uint
	past bool // more was read than there is
}

func (r *bitReader) fill() {
	if len(r.data) >= 4 {
		r.hold |= uint64(binary.LittleEndian.Uint32(r.data)) << r.held
		r.data, r.held = r.data[4:], r.held+32
		return
	}
	for ; len(r.data) > 0; r.data, r.held = r.data[1:], r.held+8 {
		r.hold |= uint64(r.data[0]) << r.held
	}
}

func (r *bitReader) take(n uint) uint32 {
	if r.held < n {
		if r.fill(); r.held < n {
			r.past, r.hold, r.held = true, 1<<32-1, 32
		}
	}
	v := uint32(r.hold & (1<<n - 1))
	r.hold, r.held = r.hold>>n, r.held-n
	return v
}

func (r *bitReader) rice(k uint) uint32 {
	ones := uint32(0)
	for {
		if r.held == 0 {
			if r.fill(); r.held == 0 {
				r.past = true
				return 0
			}
		}
		n := uint(bits.TrailingZeros64(^r.hold))
		if n < r.held {
			r.hold, r.held = r.hold>>(n+1), r.held-n-1
			return (ones+uint32(n))<<k | r.take(k)
		}
		ones, r.hold, r.held = ones+uint32(r.held), 0, 0
	}
}

// riceOf is how many bits of a number are written as they are, where n of them are spread over a range.
func riceOf(within, n int) uint { return uint(max(0, bits.Len(uint(within/max(n, 1)))-1)) }
