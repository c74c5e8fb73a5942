package wechat

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const redisTimeout = 2 * time.Second

// cache keeps an account's token for the SDK (its cache.ContextCache): in Redis, shared by all processes, and in this
// process for when there is no Redis or Redis does not answer. It never reports an error of Redis to the SDK, which would
// throw a good token away for it.
type cache struct {
	redis  redis.UniversalClient
	prefix string
	now    func() time.Time
	log    *slog.Logger

	mu    sync.Mutex
	local map[string]entry
}

type entry struct {
	value string
	until time.Time
}

// newCache makes the cache of an account; tokens of a sandbox and of the platform are kept apart by the host.
func newCache(cfg Config, host string) *cache {
	return &cache{
		redis: cfg.Redis, prefix: cfg.KeyPrefix + host + ":", now: cfg.Now, log: cfg.Logger, local: map[string]entry{},
	}
}

// Get returns the string kept under key, or nil.
func (c *cache) Get(key string) any { return c.GetContext(context.Background(), key) }

// Set keeps a string for at least a second, whatever is asked for.
func (c *cache) Set(key string, val any, ttl time.Duration) error {
	return c.SetContext(context.Background(), key, val, ttl)
}

// IsExist reports whether something is kept under key.
func (c *cache) IsExist(key string) bool { return c.Get(key) != nil }

// Delete forgets key.
func (c *cache) Delete(key string) error { return c.DeleteContext(context.Background(), key) }

// IsExistContext is IsExist with a context.
func (c *cache) IsExistContext(ctx context.Context, key string) bool {
	return c.GetContext(ctx, key) != nil
}

// GetContext is Get with a context.
func (c *cache) GetContext(ctx context.Context, key string) any {
	if c.redis != nil {
		ctx, cancel := context.WithTimeout(ctx, redisTimeout)
		defer cancel()
		v, err := c.redis.Get(ctx, c.prefix+key).Result()
		switch {
		case err == nil && v != "":
			return v
		case err == nil, errors.Is(err, redis.Nil):
			return nil
		}
		c.warn(ctx, err)
	}
	return c.getLocal(key)
}

// SetContext is Set with a context.
func (c *cache) SetContext(ctx context.Context, key string, val any, ttl time.Duration) error {
	value, _ := val.(string)
	ttl = max(ttl, time.Second)
	c.mu.Lock()
	c.local[key] = entry{value, c.now().Add(ttl)}
	c.mu.Unlock()
	if c.redis != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), redisTimeout)
		defer cancel()
		c.warn(ctx, c.redis.Set(ctx, c.prefix+key, value, ttl).Err())
	}
	return nil
}

// DeleteContext is Delete with a context.
func (c *cache) DeleteContext(ctx context.Context, key string) error {
	c.mu.Lock()
	delete(c.local, key)
	c.mu.Unlock()
	if c.redis != nil {
		ctx, cancel := context.WithTimeout(ctx, redisTimeout)
		defer cancel()
		c.warn(ctx, c.redis.Del(ctx, c.prefix+key).Err())
	}
	return nil
}

func (c *cache) getLocal(key string) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.local[key]
	if !ok || !c.now().Before(e.until) {
		return nil
	}
	return e.value
}

var deleteIfEqual = redis.NewScript(`if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end return 0`)

// drop forgets key if it still holds value: another process may have put a better one there.
func (c *cache) drop(ctx context.Context, key, value string) {
	c.mu.Lock()
	if c.local[key].value == value {
		delete(c.local, key)
	}
	c.mu.Unlock()
	if c.redis != nil {
		ctx, cancel := context.WithTimeout(ctx, redisTimeout)
		defer cancel()
		c.warn(ctx, deleteIfEqual.Run(ctx, c.redis, []string{c.prefix + key}, value).Err())
	}
}

// lock takes a name for at most ttl. It says held when another process has it. Without Redis, or when Redis does not
// answer, there is nobody to share with, and the lock is given.
func (c *cache) lock(ctx context.Context, name string, ttl time.Duration) (release func(), held bool) {
	if c.redis == nil {
		return func() {}, false
	}
	try, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	key, owner := c.prefix+name, rand.Text()
	_, err := c.redis.SetArgs(try, key, owner, redis.SetArgs{Mode: "NX", TTL: ttl}).Result()
	if errors.Is(err, redis.Nil) {
		return nil, true
	}
	if c.warn(ctx, err); err != nil {
		return func() {}, false
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), redisTimeout)
		defer cancel()
		c.warn(ctx, deleteIfEqual.Run(ctx, c.redis, []string{key}, owner).Err())
	}, false
}

// first reports whether name was not marked in the last ttl, and marks it.
func (c *cache) first(ctx context.Context, name string, ttl time.Duration) bool {
	if c.redis != nil {
		try, cancel := context.WithTimeout(ctx, redisTimeout)
		defer cancel()
		_, err := c.redis.SetArgs(try, c.prefix+name, "1", redis.SetArgs{Mode: "NX", TTL: ttl}).Result()
		if err == nil || errors.Is(err, redis.Nil) {
			return err == nil
		}
		c.warn(ctx, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if e, ok := c.local[name]; ok && now.Before(e.until) {
		return false
	}
	c.local[name] = entry{"1", now.Add(ttl)}
	return true
}

func (c *cache) warn(ctx context.Context, err error) {
	if err != nil && !errors.Is(err, redis.Nil) {
		c.log.WarnContext(ctx, "wechat token cache", "error", err.Error())
	}
}
