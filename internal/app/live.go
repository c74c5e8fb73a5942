package app

import (
	"context"
	"sync"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/queue"
	"newsdesk/internal/store"
)

// teller tells open pages of deliveries that changed. It finds out on a goroutine of its own what else a delivery belongs to:
// the courier goes on at once, and at the instant of a push nothing stands in its way.
type teller struct {
	store *store.Store
	live  *queue.Live
	news  chan press.Delivery
	stop  context.CancelFunc
	work  sync.WaitGroup
}

const (
	tellerBacklog = 1024 // beyond it the pages that are open find out when they ask by themselves
	tellerPages   = 20   // editions of one article that are told of its page
)

func newTeller(s *store.Store, live *queue.Live) *teller {
	ctx, stop := context.WithCancel(context.Background())
	t := &teller{store: s, live: live, news: make(chan press.Delivery, tellerBacklog), stop: stop}
	t.work.Go(func() {
		for {
			select {
			case d := <-t.news:
				t.live.Publish(ctx, t.topics(ctx, d)...)
			case <-ctx.Done():
				return
			}
		}
	})
	return t
}

// tell never waits.
func (t *teller) tell(d press.Delivery) {
	select {
	case t.news <- d:
	default:
	}
}

func (t *teller) topics(ctx context.Context, d press.Delivery) []string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	out := []string{"delivery:" + string(d.ID), "today"}
	if d.Kind == press.TargetSite { // one page serves every edition of its article
		out = append(out, "article:"+string(d.Article))
		editions, _, err := t.store.Editions(ctx, store.EditionFilter{Article: d.Article, Limit: tellerPages})
		if err != nil {
			return out
		}
		for _, e := range editions {
			out = append(out, "edition:"+string(e.ID))
		}
		return out
	}
	out = append(out, "edition:"+string(d.Edition))
	if e, err := t.store.Edition(ctx, d.Edition); err == nil {
		for _, item := range e.Items {
			out = append(out, "article:"+string(item.Article))
		}
	}
	return out
}

func (t *teller) close() error {
	t.stop()
	t.work.Wait()
	return nil
}
