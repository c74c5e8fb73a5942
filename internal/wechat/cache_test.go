package wechat

import (
	"context"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	sdk "github.com/silenceper/wechat/v2/cache"
)

var _ sdk.ContextCache = (*cache)(nil)

// caches are two processes' caches on one Redis, and a cache of one process.
func caches(t *testing.T, now func() time.Time) (a, b, alone *cache) {
	t.Helper()
	server := miniredis.NewMiniRedis()
	t.Cleanup(server.Close)
	client := redis.NewClient(&redis.Options{
		Dialer: func(context.Context, string, string) (net.Conn, error) { return server.Dial() },
	})
	t.Cleanup(func() { _ = client.Close() })
	cfg := Config{KeyPrefix: "p:", Now: now, Logger: slog.New(slog.DiscardHandler)}
	alone = newCache(cfg, "h")
	cfg.Redis = client
	return newCache(cfg, "h"), newCache(cfg, "h"), alone
}

func TestDropSparesABetterToken(t *testing.T) {
	t.Parallel()
	a, b, alone := caches(t, time.Now)
	ctx := context.Background()
	for _, c := range []*cache{a, alone} {
		if err := c.Set("k", "new", time.Hour); err != nil {
			t.Fatal(err)
		}
		if c.drop(ctx, "k", "old"); c.Get("k") != "new" {
			t.Errorf("dropping the old token took %v away", "new")
		}
		if c.drop(ctx, "k", "new"); c.Get("k") != nil || c.IsExist("k") {
			t.Errorf("the refused token is still there: %v", c.Get("k"))
		}
	}
	_ = a.Set("k", "shared", time.Hour)
	if b.Get("k") != "shared" {
		t.Errorf("the other process has %v", b.Get("k"))
	}
	if _ = b.Delete("k"); a.Get("k") != nil {
		t.Errorf("after a deletion elsewhere: %v", a.Get("k"))
	}
}

func TestLocalEntriesEnd(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_795_000_000, 0)
	_, _, c := caches(t, func() time.Time { return now })
	_ = c.Set("k", "v", 0)
	if c.Get("k") != "v" {
		t.Error("a token with no time left is not kept for a second")
	}
	if now = now.Add(time.Second); c.Get("k") != nil {
		t.Error("it is kept for longer")
	}
	ctx := context.Background()
	if !c.first(ctx, "mark", time.Minute) || c.first(ctx, "mark", time.Minute) {
		t.Error("a mark is not made once")
	}
	if now = now.Add(time.Minute); !c.first(ctx, "mark", time.Minute) {
		t.Error("a mark does not end")
	}
}

func TestLockIsHeldByOne(t *testing.T) {
	t.Parallel()
	a, b, _ := caches(t, time.Now)
	ctx := context.Background()
	release, held := a.lock(ctx, "l", time.Minute)
	if held {
		t.Fatal("a free lock is held")
	}
	if _, held := b.lock(ctx, "l", time.Minute); !held {
		t.Error("two have the lock")
	}
	release()
	if _, held := b.lock(ctx, "l", time.Minute); held {
		t.Error("a released lock is held")
	}
	if release(); !lockTaken(a) {
		t.Error("a late release took another's lock away")
	}
	if !a.first(ctx, "mark", time.Minute) || b.first(ctx, "mark", time.Minute) {
		t.Error("a mark is not made once for all processes")
	}
}

func lockTaken(c *cache) bool {
	_, held := c.lock(context.Background(), "l", time.Minute)
	return held
}

// A process waits for another's fetch and takes what it brought, without a call of its own.
func TestTurnWaitsForTheOther(t *testing.T) {
	t.Parallel()
	a, b, _ := caches(t, time.Now)
	ctx, tokens := context.Background(), &tokens{cache: b, key: "k"}
	if _, held := a.lock(ctx, "fetching", time.Minute); held {
		t.Fatal("the lock is not free")
	}
	got := make(chan string)
	go func() {
		_, token := tokens.turn(ctx)
		got <- token
	}()
	_ = a.Set("k", "brought", time.Hour)
	select {
	case token := <-got:
		if token != "brought" {
			t.Errorf("got %q", token)
		}
	case <-time.After(4 * time.Second):
		t.Error("the token that was brought is not seen")
	}
}

func TestSeenIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_795_000_000, 0)
	s := newSeen(Config{Now: func() time.Time { return now }})
	ctx := context.Background()
	for i := range 3 * seenLimit {
		if !s.first(ctx, time.Unix(int64(i), 0).String()) {
			t.Fatalf("%d is taken for a repeat", i)
		}
	}
	if len(s.until) > seenLimit || len(s.order) > seenLimit {
		t.Errorf("%d and %d entries are kept, want at most %d", len(s.until), len(s.order), seenLimit)
	}
	last := time.Unix(3*seenLimit-1, 0).String()
	if s.first(ctx, last) {
		t.Error("the last one is forgotten")
	}
	if now = now.Add(seenFor); !s.first(ctx, last) {
		t.Error("an entry does not end")
	}
}
