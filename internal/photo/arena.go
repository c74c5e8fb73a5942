package photo

import (
	"math/bits"
	"slices"
	"sync"
)

// arena holds the memory of one photo's planes, and gives it back for the next photo's. They are nearly all the memory that
// a photo takes: left to the garbage collector, as much again would wait to be collected, and new memory must be cleared. A
// nil arena leaves all to the collector. An arena serves one goroutine.
type arena struct{ held [][]byte }

// take returns n bytes, which hold anything.
func (a *arena) take(n int) []byte {
	if a == nil {
		return make([]byte, n)
	}
	b := borrow(n)
	a.held = append(a.held, b)
	return b
}

// adopt takes over the planes of a picture that a decoder made, and puts those made of them into the arena too.
func (a *arena) adopt(p *picture) {
	if a == nil {
		return
	}
	for _, c := range []*plane{&p.y, &p.cb, &p.cr} {
		if len(c.pix) > 0 {
			c.arena = a
			a.held = append(a.held, c.pix)
		}
	}
}

// keep gives everything back but the planes of these pictures.
func (a *arena) keep(pictures ...*picture) {
	if a == nil {
		return
	}
	var kept [][]byte
	for _, p := range pictures {
		if p != nil {
			kept = append(kept, p.y.pix, p.cb.pix, p.cr.pix)
		}
	}
	a.held = slices.DeleteFunc(a.held, func(b []byte) bool {
		if len(b) > 0 && slices.ContainsFunc(kept, func(k []byte) bool { return len(k) > 0 && &k[0] == &b[0] }) {
			return false
		}
		giveBack(b)
		return true
	})
}

// Memory that was given back, by size: eight sizes between a power of two and the next.
const (
	leastLent = 1 << 12
	mostLent  = 1 << 27
)

var returned [(27 + 1) * 8]sync.Pool

func borrow(n int) []byte {
	if n < leastLent || n > mostLent {
		return make([]byte, n)
	}
	class, size := classOf(n)
	if b, ok := returned[class].Get().(*[]byte); ok {
		return (*b)[:n]
	}
	return make([]byte, n, size)
}

func giveBack(b []byte) {
	n := cap(b)
	if n < leastLent || n > mostLent {
		return
	}
	class, size := classOf(n)
	if size > n { // memory of another origin
		class--
	}
	b = b[:0]
	returned[class].Put(&b)
}

// classOf returns the class whose memory is just large enough for n bytes, and its size.
func classOf(n int) (class, size int) {
	shift := bits.Len(uint(n-1)) - 4
	eighths := (n-1)>>shift + 1 // 9 to 16
	return shift*8 + eighths - 9, eighths << shift
}
