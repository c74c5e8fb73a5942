package photo

import (
	"bytes"
	"encoding/binary"
)

// Sizes of the window of entropy-coded bytes. An MCU of six blocks takes at most 6·64·32 bits, so a window with mcuBytes left can
// be read without asking, after each symbol, whether there is more.
const (
	mcuBytes    = 6*64*4 + 8
	windowBytes = 16 << 10
)

// bitWindow reads the bits of a scan. Stuffed bytes (0xFF is followed by 0x00, ITU-T T.81 B.1.1.5) are taken out window by
// window, so that reading eight bytes at once never meets one.
type bitWindow struct {
	data []byte // the file
	at   int    // the next byte not yet in the window
	over bool   // at is a marker, or the end of the file

	buf [windowBytes + mcuBytes]byte
	pos int // the next byte of buf not yet wholly in acc
	end int // behind the last byte in buf; zeros follow

	acc uint64 // the next bits, the first on top
	n   uint   // how many of them count
}

// reset begins at a byte of the file, at the head of a scan or behind a restart marker.
func (b *bitWindow) reset(at int) {
	b.at, b.over, b.pos, b.end, b.acc, b.n = at, false, 0, 0, 0, 0
	b.slide()
}

// slide moves what is left to the front of the window and fills it up.
func (b *bitWindow) slide() {
	b.end = copy(b.buf[:], b.buf[b.pos:b.end])
	b.pos = 0
	for !b.over && b.end < windowBytes {
		b.take(b.data[b.at:min(len(b.data), b.at+windowBytes-b.end)])
	}
	clear(b.buf[b.end : b.end+mcuBytes])
}

// take copies bytes up to and with the first 0xFF, which is a byte only if 0x00 follows.
func (b *bitWindow) take(bytesLeft []byte) {
	i := bytes.IndexByte(bytesLeft, 0xff)
	if i < 0 {
		b.end += copy(b.buf[b.end:], bytesLeft)
		b.at += len(bytesLeft)
		b.over = len(bytesLeft) == 0
		return
	}
	b.end += copy(b.buf[b.end:], bytesLeft[:i+1])
	b.at += i + 1
	if b.at < len(b.data) && b.data[b.at] == 0 {
		b.at++
		return
	}
	b.at--
	b.end--
	b.over = true
}

// ready makes sure that the window holds an MCU, or all there is.
func (b *bitWindow) ready() {
	if b.end-b.pos < mcuBytes && !b.over {
		b.slide()
	}
}

// overrun reports whether more bits were read than there are.
func (b *bitWindow) overrun() bool { return b.pos-int(b.n>>3) > b.end }

// refill leaves at least 56 bits in acc. The caller keeps the three in registers.
func refill(buf *[windowBytes + mcuBytes]byte, pos int, acc uint64, n uint) (int, uint64, uint) {
	acc |= binary.BigEndian.Uint64(buf[pos:pos+8]) >> (n & 63)
	pos += int((63 - n) >> 3)
	return pos, acc, n | 56
}

// restart passes the marker RSTk that must come next.
func (b *bitWindow) restart(k int) error {
	for !b.over {
		b.pos = b.end
		b.slide()
	}
	at := b.at
	for at+1 < len(b.data) && b.data[at] == 0xff && b.data[at+1] == 0xff {
		at++ // fill bytes
	}
	switch {
	case at+1 >= len(b.data):
		return errTruncated
	case b.data[at] != 0xff || b.data[at+1] != 0xd0+byte(k&7):
		return errMalformed
	}
	b.reset(at + 2)
	return nil
}
