package gallery

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"newsdesk/internal/press"
)

// Bounds of uploads: a person who drops thirty photos has them taken three at a time, and all uploads together share the
// memory that their originals take while they are read.
const (
	uploadsAtOnce  = 3
	uploadsWaiting = 60
	uploadsMemory  = 64 << 20
	uploadsPatient = 2 * time.Minute
)

// Uploads bounds what people bring at once. The zero value is not ready; see NewUploads.
type Uploads struct {
	memory *semaphore.Weighted
	mu     sync.Mutex
	people map[press.UserID]*queue
}

// queue is a person's own: slots for those at work, and a count of all.
type queue struct {
	slots chan struct{}
	there int
}

// NewUploads makes bounds that all rooms share.
func NewUploads() *Uploads {
	return &Uploads{memory: semaphore.NewWeighted(uploadsMemory), people: map[press.UserID]*queue{}}
}

// Enter waits for the person's turn. Call leave when the upload is over. Whoever brings more than anybody drops at once is
// refused, "photo.queue".
func (u *Uploads) Enter(ctx context.Context, person press.UserID) (leave func(), err error) {
	q, err := u.join(person)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, uploadsPatient)
	defer cancel()
	select {
	case q.slots <- struct{}{}:
		return func() { <-q.slots; u.leave(person, q) }, nil
	case <-ctx.Done():
		u.leave(person, q)
		return nil, tooManyUploads().Because(ctx.Err())
	}
}

func (u *Uploads) join(person press.UserID) (*queue, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	q := u.people[person]
	if q == nil {
		q = &queue{slots: make(chan struct{}, uploadsAtOnce)}
		u.people[person] = q
	}
	if q.there >= uploadsWaiting {
		return nil, tooManyUploads()
	}
	q.there++
	return q, nil
}

func (u *Uploads) leave(person press.UserID, q *queue) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if q.there--; q.there == 0 {
		delete(u.people, person)
	}
}

func tooManyUploads() *press.Error {
	return press.Fail(press.Quota, "photo.queue", press.Say(
		"Too many files are being sent at once. Wait until some have arrived, then send the rest.",
		"同时上传的文件过多，请等前面的传完后再上传其余文件。"))
}

// Room waits until so many bytes of memory are free for an original that has arrived.
func (u *Uploads) Room(ctx context.Context, bytes int64) (leave func(), err error) {
	bytes = min(max(bytes, 1), uploadsMemory)
	if err := u.memory.Acquire(ctx, bytes); err != nil {
		return nil, fmt.Errorf("gallery: wait for memory: %w", err)
	}
	return func() { u.memory.Release(bytes) }, nil
}
