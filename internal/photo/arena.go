package photo

import (
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

// adopt takes over the planes of a picture that a decoder made or is about to make, and puts those made of them into the arena
// too.
func (a *arena) adopt(p *picture) {
	if a == nil {
		return
	}
	for _, c := range []*plane{&p.y, &p.cb, &p.cr} {
		c.arena = a
		if len(c.pix) > 0 {
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

// mostSpare bounds the bytes kept for the next photo: about the planes of two masters and of what is made from them.
const mostSpare = 16 << 20

// lendable is memory that was given back, the oldest first.
var lendable struct {
	sync.Mutex
	memory [][]byte
	bytes  int
}

// borrow returns n bytes, from what is spare if that is not more than twice as large.
func borrow(n int) []byte {
	lendable.Lock()
	defer lendable.Unlock()
	best := -1
	for i, b := range lendable.memory {
		if cap(b) >= n && cap(b) <= 2*n && (best < 0 || cap(b) < cap(lendable.memory[best])) {
			best = i
		}
	}
	if best < 0 {
		return make([]byte, n)
	}
	b := lendable.memory[best]
	lendable.memory = slices.Delete(lendable.memory, best, best+1)
	lendable.bytes -= cap(b)
	return b[:n]
}

func giveBack(b []byte) {
	lendable.Lock()
	defer lendable.Unlock()
	lendable.memory = append(lendable.memory, b)
	lendable.bytes += cap(b)
	for lendable.bytes > mostSpare {
		lendable.bytes -= cap(lendable.memory[0])
		lendable.memory = slices.Delete(lendable.memory, 0, 1)
	}
}
