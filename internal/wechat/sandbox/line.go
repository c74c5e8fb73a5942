package sandbox

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// Mbit is a million bits, the unit that lines are sold in.
const Mbit = 1_000_000

// The grain of a line: what one connection sends before it is another's turn, and how long a line may stand still unnoticed
// and make up for it afterwards, which is what the buffers of a real one do. Waits shorter than lineTick are not worth a timer.
const (
	lineTurn  = 8 << 10
	lineSlack = 10 * time.Millisecond
	lineTick  = time.Millisecond
)

// line is one direction of the line between the callers and the platform, shared by all connections of all accounts. Every
// connection has at most one piece under way and the pieces go in the order in which they came, so that connections that
// send at the same time each get the same share. The zero value, and nil, hold nobody up.
type line struct {
	perByte time.Duration // 0: as fast as the machine

	mu   sync.Mutex
	free time.Time // when all that was taken on so far will be through
}

// newLine makes a line of so many bits a second; 0 is no limit.
func newLine(bits int64) *line {
	if bits <= 0 {
		return nil
	}
	return &line{perByte: time.Duration(8 * float64(time.Second) / float64(bits))}
}

// pass waits until n bytes are through.
func (l *line) pass(ctx context.Context, n int) error {
	wait := l.take(n)
	if wait < lineTick {
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take puts n bytes behind what is on the line already and returns how long they are under way.
func (l *line) take(n int) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if idle := now.Add(-lineSlack); l.free.Before(idle) {
		l.free = idle
	}
	l.free = l.free.Add(time.Duration(n) * l.perByte)
	return l.free.Sub(now)
}

// reader is r as it arrives over the line.
func (l *line) reader(ctx context.Context, r io.ReadCloser) io.ReadCloser {
	if l == nil {
		return r
	}
	return &lineReader{ReadCloser: r, ctx: ctx, line: l}
}

type lineReader struct {
	io.ReadCloser
	ctx  context.Context
	line *line
}

func (r *lineReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p[:min(len(p), lineTurn)])
	if late := r.line.pass(r.ctx, n); late != nil {
		return n, late
	}
	return n, err
}

// writer is w with what is written going over the line.
func (l *line) writer(ctx context.Context, w http.ResponseWriter) http.ResponseWriter {
	if l == nil {
		return w
	}
	return &lineWriter{ResponseWriter: w, ctx: ctx, line: l}
}

type lineWriter struct {
	http.ResponseWriter
	ctx  context.Context
	line *line
}

// Unwrap lets http.ResponseController through.
func (w *lineWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *lineWriter) Write(p []byte) (written int, err error) {
	for len(p) > 0 {
		turn := p[:min(len(p), lineTurn)]
		if err := w.line.pass(w.ctx, len(turn)); err != nil {
			return written, err
		}
		n, err := w.ResponseWriter.Write(turn)
		written += n
		if err != nil {
			return written, err
		}
		p = p[n:]
	}
	return written, nil
}
