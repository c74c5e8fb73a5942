package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hibiken/asynq"

	"newsdesk/internal/press"
)

// kindNudge is a promise to tasks that are already queued: it is never renamed.
const kindNudge = "delivery.nudge"

// Horizon is how far ahead a nudge is put on the queue. What is due later is found by the sweep when it comes near, so
// that Redis never holds much.
const Horizon = time.Hour

// Nudge is the whole payload of a task.
type Nudge struct {
	Delivery press.DeliveryID `json:"delivery"`
}

// Config says how the queue behaves; zero values have defaults.
type Config struct {
	Redis       *Redis
	Name        string        // the queue's name, default "newsdesk"
	Concurrency int           // handlers at once in this process, default 64
	Logger      *slog.Logger  // default: none
	Stop        time.Duration // how long Close waits for handlers, default 10 s
}

// Queue sends nudges and, once started, hands them to this process's workers.
type Queue struct {
	cfg    Config
	client *asynq.Client

	mu     sync.Mutex
	server *asynq.Server
}

// New makes a queue. It talks to Redis only when used.
func New(cfg Config) *Queue {
	if cfg.Name == "" {
		cfg.Name = "newsdesk"
	}
	if cfg.Concurrency <= 0 {
		cfg.Concurrency = 64
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Stop <= 0 {
		cfg.Stop = 10 * time.Second
	}
	return &Queue{cfg: cfg, client: asynq.NewClientFromRedisClient(cfg.Redis)}
}

// Nudge asks for a look at a delivery at a moment, which may be past. Asking twice for the same moment of the same claim
// is one nudge. Moments beyond the Horizon are left to the sweep. asynq cuts moments to whole seconds and may come up to
// a second early: workers wait for the exact instant themselves.
func (q *Queue) Nudge(ctx context.Context, d press.Delivery) error {
	if d.NextAt.IsZero() || time.Until(d.NextAt) > Horizon {
		return nil
	}
	payload, err := json.Marshal(Nudge{Delivery: d.ID})
	if err != nil {
		return fmt.Errorf("queue: encode nudge: %w", err)
	}
	// The id names the fence and the moment: a nudge made before the last claim does not stand in the way of one made
	// after it, nor a late moment in the way of an earlier one.
	id := fmt.Sprintf("delivery-%s-%d-%d", d.ID, d.Fence, d.NextAt.UnixMilli())
	options := []asynq.Option{asynq.Queue(q.cfg.Name), asynq.TaskID(id), asynq.MaxRetry(0), asynq.Timeout(time.Hour)}
	if time.Until(d.NextAt) > 0 {
		options = append(options, asynq.ProcessAt(d.NextAt))
	}
	_, err = q.client.EnqueueContext(ctx, asynq.NewTask(kindNudge, payload), options...)
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("queue: nudge %s: %w", d.ID, err)
	}
	return nil
}

// Start begins to hand nudges to handle, on several goroutines. It returns at once; when Redis is away it keeps trying.
// handle's context ends when the queue is closed.
func (q *Queue) Start(handle func(context.Context, press.DeliveryID)) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.server != nil {
		return nil
	}
	server := asynq.NewServerFromRedisClient(q.cfg.Redis, asynq.Config{
		Concurrency:              q.cfg.Concurrency,
		Queues:                   map[string]int{q.cfg.Name: 1},
		TaskCheckInterval:        200 * time.Millisecond,
		DelayedTaskCheckInterval: 500 * time.Millisecond,
		ShutdownTimeout:          q.cfg.Stop,
		Logger:                   quiet{q.cfg.Logger},
	})
	mux := asynq.NewServeMux()
	mux.HandleFunc(kindNudge, func(ctx context.Context, task *asynq.Task) error {
		var n Nudge
		if err := json.Unmarshal(task.Payload(), &n); err != nil {
			return fmt.Errorf("queue: decode nudge: %w: %w", err, asynq.SkipRetry)
		}
		handle(ctx, n.Delivery)
		return nil
	})
	if err := server.Start(mux); err != nil {
		return fmt.Errorf("queue: start: %w", err)
	}
	q.server = server
	return nil
}

// Close stops handing out nudges and waits for the handlers. It may be called twice, and without Start.
func (q *Queue) Close() {
	q.mu.Lock()
	server := q.server
	q.server = nil
	q.mu.Unlock()
	if server != nil {
		server.Shutdown()
	}
}
