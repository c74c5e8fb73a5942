//go:build drill

package app

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// clockFile names a file with a whole number of seconds by which this process's wall clock is wrong. It may change at any
// moment, as a clock is stepped at any moment.
const clockFile = "DRILL_CLOCK"

func init() {
	if name := os.Getenv(clockFile); name != "" {
		s := &steppedClock{name: name}
		clock = s.now
	}
}

type steppedClock struct {
	name string
	mu   sync.Mutex
	read time.Time
	off  int64
}

func (s *steppedClock) now() time.Time {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.read) > 20*time.Millisecond {
		s.read = now
		if text, err := os.ReadFile(s.name); err == nil {
			if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil {
				s.off = n
			}
		}
	}
	return stepped(now, s.off)
}

// stepped moves the wall clock's reading alone, as a real step does: the monotonic reading, by which Go measures spans,
// stays. A Time keeps the wall's whole seconds in 33 bits above 30 bits of nanoseconds, while it has a monotonic reading.
func stepped(t time.Time, seconds int64) time.Time {
	const nanosecondBits = 30
	*(*uint64)(unsafe.Pointer(&t)) += uint64(seconds) << nanosecondBits
	return t
}
