package wechat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// A callback's address is remembered until its timestamp is too old anyway.
const (
	seenFor   = callbackTooOld + callbackTooSoon + time.Minute
	seenLimit = 8192
)

// seen remembers callbacks: in Redis for all processes, otherwise the last seenLimit in this one.
type seen struct {
	redis  redis.UniversalClient
	prefix string
	now    func() time.Time
	log    *slog.Logger

	mu    sync.Mutex
	until map[string]time.Time
	order []string // ring of the keys of until, oldest at next
	next  int
}

func newSeen(cfg Config) *seen {
	return &seen{
		redis: cfg.Redis, prefix: cfg.KeyPrefix + "seen:" + cfg.AppID + ":", now: cfg.Now, log: cfg.Logger,
		until: map[string]time.Time{},
	}
}

// first reports whether a callback comes for the first time, and remembers it.
func (s *seen) first(ctx context.Context, address string) bool {
	key := keyOf(address)
	if s.redis == nil {
		return s.firstHere(key)
	}
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	_, err := s.redis.SetArgs(ctx, s.prefix+key, "1", redis.SetArgs{Mode: "NX", TTL: seenFor}).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		s.log.WarnContext(ctx, "wechat seen callbacks", "error", err.Error())
		return s.firstHere(key)
	}
	return err == nil
}

// forget lets a callback come once more: it was not handled.
func (s *seen) forget(ctx context.Context, address string) {
	key := keyOf(address)
	s.mu.Lock()
	if _, ok := s.until[key]; ok {
		s.until[key] = time.Time{} // its place among the keys stays
	}
	s.mu.Unlock()
	if s.redis == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), redisTimeout)
	defer cancel()
	if err := s.redis.Del(ctx, s.prefix+key).Err(); err != nil {
		s.log.WarnContext(ctx, "wechat seen callbacks", "error", err.Error())
	}
}

func keyOf(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:16])
}

func (s *seen) firstHere(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if until, ok := s.until[key]; ok && now.Before(until) {
		return false
	}
	if len(s.order) < seenLimit {
		s.order = append(s.order, key)
	} else {
		delete(s.until, s.order[s.next])
		s.order[s.next] = key
		s.next = (s.next + 1) % seenLimit
	}
	s.until[key] = now.Add(seenFor)
	return true
}
