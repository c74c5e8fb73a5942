package spool

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"
)

// LinesType is what a client puts into Accept, beside the type of its answer, to be told how far its parcel is.
const LinesType = "application/x-ndjson"

// WantsLines reports whether a client asks to be told how far its parcel is.
func WantsLines(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), LinesType) }

// lineTime is how long a client may take to take a line in.
const lineTime = 10 * time.Second

// Lines is an answer in lines of JSON, each sent as soon as it is known: what a parcel is read with has minutes of work
// before its end. The answer has succeeded when it begins, so its last line says what became of the parcel. It is safe for
// concurrent use.
type Lines struct {
	mu   sync.Mutex
	w    http.ResponseWriter
	out  *http.ResponseController
	gone bool // nobody listens any more
}

// NewLines begins the answer.
func NewLines(w http.ResponseWriter) *Lines {
	h := w.Header()
	h.Set("Content-Type", LinesType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Accel-Buffering", "no")
	return &Lines{w: w, out: http.NewResponseController(w)}
}

// Send sends a line. That it does not arrive is told nowhere: with the connection the request's context ends, and so does the work.
func (l *Lines) Send(v any) {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone {
		return
	}
	_ = l.out.SetWriteDeadline(time.Now().Add(lineTime)) // a connection without deadlines is one that a test made
	_, err := l.w.Write(line.Bytes())
	if err == nil {
		err = l.out.Flush()
	}
	_ = l.out.SetWriteDeadline(time.Time{}) // it would outlast this answer
	l.gone = err != nil
}
