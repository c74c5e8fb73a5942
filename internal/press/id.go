package press

import (
	"crypto/rand"
	"encoding/binary"
	"sync"
	"time"
)

// Identifiers are 26 characters of Crockford base 32 in lower case: 48 bits of milliseconds, then 80 random bits.
// They sort by the time they were made, and fit into WeChat's clientmsgid (32 bytes at most).
type (
	ArticleID  string
	EditionID  string
	DeliveryID string
	UserID     string
	TokenID    string
)

const (
	idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	idLength   = 26
)

var lastID struct {
	sync.Mutex
	millis uint64
	tail   [10]byte
}

// NewID returns a fresh identifier for the moment now. Identifiers made by one process never repeat and never
// sort before an earlier one of the same millisecond.
func NewID(now time.Time) string {
	lastID.Lock()
	defer lastID.Unlock()
	millis := uint64(now.UnixMilli())
	if millis > lastID.millis {
		lastID.millis = millis
		_, _ = rand.Read(lastID.tail[:]) // crypto/rand.Read never fails
	} else {
		millis = lastID.millis
		increment(&lastID.tail)
	}
	return encodeID(millis, lastID.tail)
}

func increment(tail *[10]byte) {
	for i := len(tail) - 1; i >= 0; i-- {
		tail[i]++
		if tail[i] != 0 {
			return
		}
	}
}

func encodeID(millis uint64, tail [10]byte) string {
	hi := millis<<16 | uint64(binary.BigEndian.Uint16(tail[:2]))
	lo := binary.BigEndian.Uint64(tail[2:])
	var out [idLength]byte
	for i := idLength - 1; i >= 0; i-- {
		out[i] = idAlphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}

// ValidID reports whether s has the form of an identifier made by NewID.
func ValidID(s string) bool {
	if len(s) != idLength || s[0] > '7' {
		return false
	}
	for i := range len(s) {
		if idValue(s[i]) < 0 {
			return false
		}
	}
	return true
}

// IDTime returns the moment at which an identifier was made, to the millisecond, in UTC; the zero time if s is none.
func IDTime(s string) time.Time {
	if !ValidID(s) {
		return time.Time{}
	}
	var millis int64
	for i := range 10 {
		millis = millis<<5 | int64(idValue(s[i]))
	}
	return time.UnixMilli(millis).UTC()
}

func idValue(c byte) int {
	for i := range len(idAlphabet) {
		if idAlphabet[i] == c {
			return i
		}
	}
	return -1
}
