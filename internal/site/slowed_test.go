package site

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// slowLink is a slow connection as a phone has it, shaped where a real one is slow: packet by packet, below TLS and HTTP.
type slowLink struct {
	rtt      time.Duration
	down, up int // bits a second, of all connections together
}

// mobile3GFast is Lighthouse's throttling for phones and WebPageTest's “3G Fast”: 150 ms, 1.6 Mbit/s down, 750 kbit/s up, no
// loss (github.com/GoogleChrome/lighthouse docs/throttling.md, which says that it once was called “Fast 3G”).
var mobile3GFast = slowLink{rtt: 150 * time.Millisecond, down: 1_600_000, up: 750_000}

// TCP's segment, and how many of them a server sends before the first is acknowledged (RFC 6928).
const (
	segmentBytes  = 1460
	initialWindow = 10 * segmentBytes
)

// listen opens the slow way to an address and returns its own.
func (l slowLink) listen(t testing.TB, to string) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	down, up := &wire{rate: l.down}, &wire{rate: l.up}
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go l.join(near, to, down, up)
		}
	}()
	return listener.Addr().String()
}

func (l slowLink) join(near net.Conn, to string, down, up *wire) {
	far, err := (&net.Dialer{}).Dial("tcp", to)
	if err != nil {
		near.Close()
		return
	}
	shaken := time.Now().Add(l.rtt) // the handshake, which the system has answered at once
	go l.pump(far, near, up, shaken)
	go l.pump(near, far, down, time.Time{})
}

// wire is one direction that all connections share.
type wire struct {
	rate int
	mu   sync.Mutex
	free time.Time // when the last byte promised so far has passed
}

// pass returns when bytes that are ready at a time have left the wire.
func (w *wire) pass(ready time.Time, n int) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.free.Before(ready) {
		w.free = ready
	}
	w.free = w.free.Add(time.Duration(n*8) * time.Second / time.Duration(w.rate))
	return w.free
}

type packet struct {
	data []byte
	at   time.Time
}

// pump carries bytes with delay, in a window that grows with each acknowledgement as TCP's does at the start.
func (l slowLink) pump(to, from net.Conn, w *wire, notBefore time.Time) {
	packets := make(chan packet, 4096)
	go deliver(to, packets)
	defer close(packets)
	type sent struct {
		acknowledged time.Time
		bytes        int
	}
	window, outstanding, flight := initialWindow, 0, []sent(nil)
	for {
		buffer := make([]byte, segmentBytes)
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		ready := time.Now()
		if ready.Before(notBefore) {
			ready = notBefore
		}
		for len(flight) > 0 && (outstanding+n > window || !flight[0].acknowledged.After(ready)) {
			if outstanding+n > window && flight[0].acknowledged.After(ready) {
				ready = flight[0].acknowledged
			}
			window, outstanding, flight = window+flight[0].bytes, outstanding-flight[0].bytes, flight[1:]
		}
		arrives := w.pass(ready, n).Add(l.rtt / 2)
		flight, outstanding = append(flight, sent{arrives.Add(l.rtt / 2), n}), outstanding+n
		packets <- packet{buffer[:n], arrives}
	}
}

func deliver(to net.Conn, packets <-chan packet) {
	defer to.Close()
	for p := range packets {
		time.Sleep(time.Until(p.at))
		if _, err := to.Write(p.data); err != nil {
			_, _ = io.Discard.Write(p.data)
		}
	}
}
