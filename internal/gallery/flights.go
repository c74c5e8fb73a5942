package gallery

import (
	"context"
	"sync"

	"newsdesk/internal/press"
)

// flights lets one goroutine at a time make renditions of a photo; the others wait and find them made.
type flights struct {
	mu   sync.Mutex
	open map[press.Digest]chan struct{}
}

func (f *flights) enter(ctx context.Context, digest press.Digest) (leave func(), err error) {
	for {
		f.mu.Lock()
		if f.open == nil {
			f.open = map[press.Digest]chan struct{}{}
		}
		other, busy := f.open[digest]
		if !busy {
			done := make(chan struct{})
			f.open[digest] = done
			f.mu.Unlock()
			return func() {
				f.mu.Lock()
				delete(f.open, digest)
				f.mu.Unlock()
				close(done)
			}, nil
		}
		f.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
