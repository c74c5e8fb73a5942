package queue_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"newsdesk/internal/queue"
	"newsdesk/internal/servicetest"
)

// TestLive runs one suite on the embedded Redis and on a real one, each with two processes on it.
func TestLive(t *testing.T) {
	t.Parallel()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		r := connect(t, queue.RedisConfig{Mode: queue.Embedded})
		testLive(t, r, r)
	})
	t.Run("real", func(t *testing.T) {
		t.Parallel()
		where := queue.RedisConfig{Mode: queue.Single, Addresses: []string{servicetest.StartRedis(t).Address}}
		testLive(t, connect(t, where), connect(t, where))
	})
}

func testLive(t *testing.T, here, there *queue.Redis) {
	one, two := newLive(t, here), newLive(t, there)
	near, far := listen(t, one, "today", "delivery:a"), listen(t, two, "today", "today", "delivery:b")
	other := listen(t, two, "article:x")
	// Until the other process's subscription stands, what is said is not heard there.
	for far.take(100*time.Millisecond) != "today" {
		one.Publish(t.Context(), "today")
	}
	for range 1000 {
		one.Publish(t.Context(), "delivery:a", "delivery:b", "article:y")
	}
	for near.take(5*time.Second) != "delivery:a" { // whatever is left of “today” comes first
	}
	for far.take(5*time.Second) != "delivery:b" {
	}
	if left := near.rest(); len(left) > 1 {
		t.Errorf("%d changes of one topic wait for one listener, want them once", len(left))
	}
	if got := other.take(50 * time.Millisecond); got != "" {
		t.Errorf("a listener to another topic heard %s", got)
	}
	far.cancel()
	far.cancel()
	one.Publish(t.Context(), "today")
	if _, open := <-far.changes; open {
		t.Error("a cancelled subscription goes on")
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	near.ended()
	late := listen(t, one, "today")
	late.ended()
}

// TestLiveWithoutRedis: the process itself hears, whoever tells is not held up, and all topics come once when Redis is back.
func TestLiveWithoutRedis(t *testing.T) {
	t.Parallel()
	data := servicetest.StartRedis(t)
	where := queue.RedisConfig{Mode: queue.Single, Addresses: []string{data.Address}}
	one, two := newLive(t, connect(t, where)), newLive(t, connect(t, where))
	near, far := listen(t, one, "today"), listen(t, two, "today", "edition:e")
	for far.take(100*time.Millisecond) != "today" {
		one.Publish(t.Context(), "today")
	}
	data.Kill()
	near.rest()
	far.rest()
	began := time.Now()
	for i := range 2000 {
		one.Publish(t.Context(), "today", fmt.Sprint("delivery:", i))
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("without Redis 2,000 announcements took %v", took)
	}
	if got := near.take(20 * time.Second); got != "today" {
		t.Errorf("without Redis the process itself hears %q", got)
	}
	if err := data.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	heard := []string{far.take(20 * time.Second), far.take(20 * time.Second)}
	if slices.Sort(heard); !slices.Equal(heard, []string{"edition:e", "today"}) {
		t.Errorf("after Redis came back a listener hears %q, want each topic once", heard)
	}
}

func TestLiveRedisAbsent(t *testing.T) {
	t.Parallel()
	l := newLive(t, connect(t, queue.RedisConfig{Mode: queue.Single, Addresses: []string{filepath.Join(t.TempDir(), "none.sock")}}))
	heard := listen(t, l, "today")
	l.Publish(t.Context(), "today")
	if got := heard.take(5 * time.Second); got != "today" {
		t.Errorf("heard %q", got)
	}
}

func newLive(t *testing.T, r *queue.Redis) *queue.Live {
	t.Helper()
	l := queue.NewLive(r, "test", nil)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// heard is a subscription in a test.
type heard struct {
	*testing.T
	changes <-chan string
	cancel  func()
}

func listen(t *testing.T, l *queue.Live, topics ...string) heard {
	t.Helper()
	changes, cancel := l.Subscribe(topics...)
	t.Cleanup(cancel)
	return heard{t, changes, cancel}
}

// take returns the next change, or nothing after a while.
func (h heard) take(patience time.Duration) string {
	select {
	case topic := <-h.changes:
		return topic
	case <-time.After(patience):
		return ""
	}
}

// rest takes what is left.
func (h heard) rest() (out []string) {
	for topic := h.take(50 * time.Millisecond); topic != ""; topic = h.take(50 * time.Millisecond) {
		out = append(out, topic)
	}
	return out
}

func (h heard) ended() {
	h.Helper()
	for {
		select {
		case _, open := <-h.changes:
			if !open {
				return
			}
		case <-time.After(5 * time.Second):
			h.Fatal("the subscription does not end")
		}
	}
}
