package gallery

import (
	"context"
	"fmt"
	"io"
	"io/fs"

	"golang.org/x/sync/semaphore"

	"newsdesk/internal/press"
)

// originalsMemory is what the originals that are being read and worked on take together, in bytes. Pixels have a budget of
// their own (photo.Config), of which a photo gets its part only when its original is here: without this bound a parcel's forty
// originals, and those of eight people, would all wait for it in memory.
const originalsMemory = 48 << 20

// unknownSize is what an original counts as that does not say how large it is.
const unknownSize = 12 << 20

// originals bounds those in memory. It is entered before it is a photo's turn (flights) and before the pipeline's own bounds,
// always in this order: nobody who has a later one waits here.
type originals struct{ room *semaphore.Weighted }

func newOriginals() *originals { return &originals{semaphore.NewWeighted(originalsMemory)} }

// hold waits until there is room for an original; one that is larger than all of it comes alone.
func (o *originals) hold(ctx context.Context, size int64) (leave func(), err error) {
	size = min(max(size, 1), originalsMemory)
	if err := o.room.Acquire(ctx, size); err != nil {
		return nil, fmt.Errorf("gallery: wait for memory: %w", err)
	}
	return func() { o.room.Release(size) }, nil
}

// holdKnown does so for a photo that was taken.
func (o *originals) holdKnown(ctx context.Context, store Store, digest press.Digest) (leave func(), err error) {
	size := int64(unknownSize)
	if p, err := store.Photo(ctx, digest); err == nil {
		size = p.Bytes
	}
	return o.hold(ctx, size)
}

// sizeOf is how many bytes an opened original has, as far as it says.
func (g *Gallery) sizeOf(file io.Reader) int64 {
	if f, ok := file.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := f.Stat(); err == nil {
			return min(info.Size(), g.MaxBytes)
		}
	}
	return min(unknownSize, g.MaxBytes)
}
