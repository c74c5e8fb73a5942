package queue

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"newsdesk/internal/press"
)

// Mode is where Redis is.
type Mode string

// The modes. Embedded is a Redis inside this process, without a port, for one process only; what it forgets at a restart
// is put back by the sweep.
const (
	Embedded Mode = "embedded"
	Single   Mode = "single"
	Sentinel Mode = "sentinel"
	Cluster  Mode = "cluster"
)

// RedisConfig says how to reach Redis.
type RedisConfig struct {
	Mode      Mode
	Addresses []string
	Username  string
	Password  string
	DB        int
	Master    string // sentinel: the master's name
	TLS       bool
}

// Redis is a connection pool, and the server behind it when that is embedded.
type Redis struct {
	redis.UniversalClient
	stop func()
}

// Connect makes the pool. It does not wait for Redis to answer: Newsdesk starts and works without it, slower.
func Connect(cfg RedisConfig) (*Redis, error) {
	silence()
	options := redis.UniversalOptions{
		Addrs: cfg.Addresses, Username: cfg.Username, Password: cfg.Password, DB: cfg.DB, MasterName: cfg.Master,
		DialTimeout: 2 * time.Second, ReadTimeout: 3 * time.Second, WriteTimeout: 3 * time.Second,
		MaxRetries: 1, ContextTimeoutEnabled: true,
	}
	if cfg.TLS {
		options.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	switch cfg.Mode {
	case Embedded:
		return embed()
	case Cluster:
		return &Redis{UniversalClient: redis.NewClusterClient(options.Cluster()), stop: func() {}}, nil
	case Sentinel:
		return &Redis{UniversalClient: redis.NewFailoverClient(options.Failover()), stop: func() {}}, nil
	case Single:
		return &Redis{UniversalClient: redis.NewClient(options.Simple()), stop: func() {}}, nil
	}
	return nil, press.Fail(press.Invalid, "redis.mode", press.Say(
		"redis.mode is %q; it must be embedded, single, sentinel or cluster.",
		"redis.mode 的值为 %q，应为 embedded、single、sentinel 或 cluster。", string(cfg.Mode)))
}

// silence keeps the library from writing a line to standard error for every connection that fails while Redis is away;
// Ready says it once, in the log. The library's logger is process-wide.
var silence = sync.OnceFunc(func() { redis.SetLogger(nowhere{}) })

type nowhere struct{}

func (nowhere) Printf(context.Context, string, ...any) {}

// embed starts a Redis inside this process, reached through pipes: nothing listens on a port.
func embed() (*Redis, error) {
	server := miniredis.NewMiniRedis()
	client := redis.NewClient(&redis.Options{
		Dialer:          func(context.Context, string, string) (net.Conn, error) { return server.Dial() },
		DisableIdentity: true,
		MaxRetries:      1,
	})
	// Its clock for expiry stands still unless moved; moving it once a second costs less than its own clock, which sorts
	// every key at every command.
	ticker := time.NewTicker(time.Second)
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			select {
			case <-ticker.C:
				server.FastForward(time.Second)
			case <-done:
				return
			}
		}
	})
	return &Redis{UniversalClient: client, stop: sync.OnceFunc(func() {
		ticker.Stop()
		close(done)
		wait.Wait()
		server.Close()
	})}, nil
}

// Close closes the pool, and the embedded server.
func (r *Redis) Close() error {
	err := r.UniversalClient.Close()
	r.stop()
	return err
}

// Ready reports whether Redis answers now.
func (r *Redis) Ready(ctx context.Context) error {
	if err := r.Ping(ctx).Err(); err != nil {
		return press.Fail(press.Unavailable, "redis.unreachable", press.Say(
			"Redis does not answer. Deliveries still go out, found by the sweep; check redis.addresses and that Redis runs.",
			"Redis 无响应。投放会由定时巡检继续执行；请检查 redis.addresses 以及 Redis 是否运行。")).Because(err)
	}
	return nil
}

// quiet passes asynq's own log on at a lower level: what it warns about is Redis being away, which Ready reports once.
type quiet struct{ *slog.Logger }

func (q quiet) Debug(...any)      {}
func (q quiet) Info(args ...any)  { q.Logger.Debug("queue", "message", args) }
func (q quiet) Warn(args ...any)  { q.Logger.Debug("queue", "message", args) }
func (q quiet) Error(args ...any) { q.Logger.Debug("queue", "message", args) }
func (q quiet) Fatal(args ...any) { q.Logger.Error("queue", "message", args) }
