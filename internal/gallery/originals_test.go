package gallery

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"newsdesk/internal/photo"
)

// TestOriginalsWait: what the originals in memory take together is bounded before they are read, and one that is larger than
// all of it waits until it is alone.
func TestOriginalsWait(t *testing.T) {
	t.Parallel()
	g := New(Config{Pipeline: photo.New(photo.Config{})})
	leave, err := g.originals.hold(t.Context(), 10*originalsMemory)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	read := false
	open := func() (io.ReadCloser, error) {
		return io.NopCloser(readerFunc(func([]byte) (int, error) { read = true; return 0, io.EOF })), nil
	}
	if _, _, err := g.Take(ctx, "a.jpg", open, nil); !errors.Is(err, context.DeadlineExceeded) || read {
		t.Errorf("with no room left: %v, read: %v", err, read)
	}
	leave()
	if _, _, err := g.Take(t.Context(), "a.jpg", open, nil); err == nil || !read {
		t.Errorf("with room: %v, read: %v", err, read)
	}
	size := g.sizeOf(bytes.NewReader(nil))
	if size != unknownSize {
		t.Errorf("an original that does not say its size counts as %d bytes", size)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
