package queue_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/queue"
	"newsdesk/internal/servicetest"
)

// TestQueue runs one suite on the embedded Redis and on a real one.
func TestQueue(t *testing.T) {
	t.Parallel()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		testQueue(t, func(t *testing.T) *queue.Redis { return connect(t, queue.RedisConfig{Mode: queue.Embedded}) })
	})
	t.Run("real", func(t *testing.T) {
		t.Parallel()
		address := servicetest.StartRedis(t).Address
		testQueue(t, func(t *testing.T) *queue.Redis {
			r := connect(t, queue.RedisConfig{Mode: queue.Single, Addresses: []string{address}})
			if err := r.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			return r
		})
	})
}

func testQueue(t *testing.T, open func(*testing.T) *queue.Redis) {
	ctx := t.Context()
	at := func(d time.Duration) press.Delivery {
		return press.Delivery{ID: press.DeliveryID(press.NewID(time.Now())), Fence: 1, NextAt: time.Now().Add(d)}
	}
	redis := open(t)
	got := make(chan press.DeliveryID, 100)
	q := queue.New(queue.Config{Redis: redis})
	if err := q.Start(func(_ context.Context, id press.DeliveryID) { got <- id }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)

	now, soon, far := at(-time.Second), at(1500*time.Millisecond), at(2*time.Hour)
	for _, d := range []press.Delivery{now, now, soon, far, {ID: "never"}} {
		if err := q.Nudge(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	want(t, got, now.ID)
	want(t, got, soon.ID)
	if early := time.Until(soon.NextAt); early > time.Second {
		t.Errorf("the nudge came %v early; asynq cuts to whole seconds, so at most 1 s", early)
	}
	now.Fence++
	if err := q.Nudge(ctx, now); err != nil {
		t.Fatal(err)
	}
	want(t, got, now.ID)

	if err := redis.FlushAll(ctx).Err(); err != nil {
		t.Fatal(err)
	}
	after := at(-time.Second)
	if err := q.Nudge(ctx, after); err != nil {
		t.Fatal(err)
	}
	want(t, got, after.ID)
	q.Close()
	q.Close()
	if len(got) != 0 {
		t.Errorf("%d more nudges than were asked for", len(got))
	}
}

func want(t *testing.T, got <-chan press.DeliveryID, id press.DeliveryID) {
	t.Helper()
	select {
	case have := <-got:
		if have != id {
			t.Fatalf("nudged %s, want %s", have, id)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("no nudge for %s", id)
	}
}

func TestRedisAbsent(t *testing.T) {
	t.Parallel()
	r := connect(t, queue.RedisConfig{Mode: queue.Single, Addresses: []string{filepath.Join(t.TempDir(), "none.sock")}})
	if err := r.Ready(t.Context()); press.CodeOf(err) != "redis.unreachable" {
		t.Errorf("Ready: %v, want redis.unreachable", err)
	}
	q := queue.New(queue.Config{Redis: r})
	err := q.Nudge(t.Context(), press.Delivery{ID: "x", NextAt: time.Now()})
	if err == nil {
		t.Error("a nudge without Redis: no error")
	}
	if _, err := queue.Connect(queue.RedisConfig{Mode: "other"}); press.CodeOf(err) != "redis.mode" {
		t.Errorf("mode other: %v", err)
	}
}

func connect(t *testing.T, cfg queue.RedisConfig) *queue.Redis {
	t.Helper()
	r, err := queue.Connect(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}
