package queue

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	liveBacklog = 256             // announcements that wait for Redis; more are dropped
	liveTimeout = 2 * time.Second // for one announcement
	liveTopics  = 64              // in one announcement
)

// Live tells open pages, in this process and in others, that something has changed. A change is a topic and no more:
// whoever hears of it reads what it is now from SQL.
//
// Like a nudge it may be lost. Nothing waits for it, and pages that hear nothing ask by themselves from time to time.
// Subscribers of the process in which a change happens hear of it also while Redis is away; when it is back, every
// subscriber hears all of its topics once, because nobody knows what was missed.
type Live struct {
	redis   *Redis
	channel string
	origin  string // this process, which does not tell itself twice
	log     *slog.Logger
	out     chan []string

	mu      sync.Mutex
	topics  map[string]map[*listener]struct{}
	started bool
	closed  bool

	alive context.Context
	stop  context.CancelFunc
	work  sync.WaitGroup
}

// announcement is what travels through Redis.
type announcement struct {
	Origin string   `json:"o"`
	Topics []string `json:"t"`
}

// NewLive makes a Live on the Redis channel of that prefix. It talks to Redis only when used.
func NewLive(r *Redis, prefix string, logger *slog.Logger) *Live {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	l := &Live{
		redis: r, channel: prefix + ":live", origin: rand.Text(), log: logger,
		out: make(chan []string, liveBacklog), topics: map[string]map[*listener]struct{}{},
	}
	l.alive, l.stop = context.WithCancel(context.Background())
	l.work.Go(l.sendLoop)
	return l
}

// Publish says that the topics have changed. It returns at once, whatever Redis does.
func (l *Live) Publish(_ context.Context, topics ...string) {
	for chunk := range slices.Chunk(topics, liveTopics) {
		l.tell(chunk)
		select {
		case l.out <- slices.Clone(chunk):
		default: // Redis has been away for a while
		}
	}
}

// Subscribe returns what changes of some topics from now on, until cancel is called or the Live is closed, which both close
// the channel. A topic that changes again before it is taken comes once.
func (l *Live) Subscribe(topics ...string) (changes <-chan string, cancel func()) {
	s := newListener(topics)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		close(s.out)
		return s.out, func() {}
	}
	for _, topic := range s.topics {
		if l.topics[topic] == nil {
			l.topics[topic] = map[*listener]struct{}{}
		}
		l.topics[topic][s] = struct{}{}
	}
	l.work.Go(func() { s.run(l.alive) })
	if !l.started { // a process that nobody listens in keeps no connection for it
		l.started = true
		l.work.Go(l.receiveLoop)
	}
	return s.out, func() { l.drop(s) }
}

func (l *Live) drop(s *listener) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, topic := range s.topics {
		delete(l.topics[topic], s)
		if len(l.topics[topic]) == 0 {
			delete(l.topics, topic)
		}
	}
	s.stop()
}

// Close ends every subscription. It may be called twice.
func (l *Live) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.stop()
	l.work.Wait()
	return nil
}

// tell passes topics on to this process's listeners.
func (l *Live) tell(topics []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, topic := range topics {
		for s := range l.topics[topic] {
			s.add(topic)
		}
	}
}

// tellAll passes on every topic that anybody listens to.
func (l *Live) tellAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for topic, all := range l.topics {
		for s := range all {
			s.add(topic)
		}
	}
}

func (l *Live) sendLoop() {
	for {
		select {
		case topics := <-l.out:
			l.send(topics)
		case <-l.alive.Done():
			return
		}
	}
}

func (l *Live) send(topics []string) {
	payload, err := json.Marshal(announcement{l.origin, topics})
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(l.alive, liveTimeout)
	defer cancel()
	if err := l.redis.Publish(ctx, l.channel, payload).Err(); err != nil {
		l.log.Debug("other processes' pages are not told of a change", "topics", topics, "error", err)
	}
}

// receiveLoop keeps one subscription for the whole process. The library connects again by itself.
func (l *Live) receiveLoop() {
	sub := l.redis.Subscribe(l.alive, l.channel)
	defer func() { _ = sub.Close() }()
	messages := sub.ChannelWithSubscriptions(redis.WithChannelHealthCheckInterval(3 * time.Second))
	connected := false
	for {
		select {
		case message, ok := <-messages:
			if !ok {
				return
			}
			switch m := message.(type) {
			case *redis.Subscription:
				if connected {
					l.tellAll()
				}
				connected = true
			case *redis.Message:
				l.take(m.Payload)
			}
		case <-l.alive.Done():
			return
		}
	}
}

func (l *Live) take(payload string) {
	var a announcement
	if err := json.Unmarshal([]byte(payload), &a); err != nil || a.Origin == l.origin || len(a.Topics) > liveTopics {
		return
	}
	l.tell(a.Topics)
}

// listener is one subscription. What it has not taken yet is kept once a topic, so that it is bounded and nothing is lost.
type listener struct {
	topics []string
	out    chan string
	ended  chan struct{}
	end    sync.Once

	mu      sync.Mutex
	pending []string
	wake    chan struct{}
}

func newListener(topics []string) *listener {
	own := slices.Clone(topics)
	slices.Sort(own)
	return &listener{topics: slices.Compact(own), out: make(chan string), ended: make(chan struct{}), wake: make(chan struct{}, 1)}
}

func (s *listener) stop() { s.end.Do(func() { close(s.ended) }) }

func (s *listener) add(topic string) {
	s.mu.Lock()
	if !slices.Contains(s.pending, topic) {
		s.pending = append(s.pending, topic)
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *listener) next() (topic string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) == 0 {
		return "", false
	}
	topic, s.pending = s.pending[0], s.pending[1:]
	return topic, true
}

// run hands the topics on, at the pace of whoever takes them.
func (s *listener) run(alive context.Context) {
	defer close(s.out)
	for {
		topic, ok := s.next()
		if !ok {
			select {
			case <-s.wake:
				continue
			case <-s.ended:
				return
			case <-alive.Done():
				return
			}
		}
		select {
		case s.out <- topic:
		case <-s.ended:
			return
		case <-alive.Done():
			return
		}
	}
}
