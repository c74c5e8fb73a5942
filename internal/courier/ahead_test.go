package courier_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"newsdesk/internal/courier"
	"newsdesk/internal/press"
)

// quay is a website to which things can be brought ahead.
type quay struct {
	*wall
	ahead atomic.Int64 // articles for which something lies there that nobody published
	times atomic.Int64
	stuck atomic.Bool // nothing can be taken away
}

func (q *quay) Prepare(_ context.Context, p press.Page) error {
	for _, digest := range p.Content.Photos() {
		if len(p.Renditions[digest]) == 0 {
			return press.Fail(press.Internal, "site.photo", press.Say("a photo is missing", "缺少图片"))
		}
	}
	q.times.Add(1)
	q.ahead.Store(1)
	return nil
}

func (q *quay) Publish(ctx context.Context, p press.Page) (string, error) {
	q.ahead.Store(0)
	return q.wall.Publish(ctx, p)
}

func (q *quay) Remove(context.Context, press.Column, press.ArticleID) error {
	if q.stuck.Load() {
		return press.Fail(press.Unavailable, "wordpress.unreachable", press.Say("no answer", "没有应答"))
	}
	q.ahead.Store(0)
	return nil
}

func (q *quay) Targets(context.Context) ([]press.Target, error) {
	return []press.Target{{Name: press.SiteTarget, Kind: press.SiteStatic, On: true, Policy: press.SiteRequired}}, nil
}

func (q *quay) Website(context.Context, string) (courier.Website, error) { return q, nil }

// TestBroughtAhead: within the hour before its time a page's photos are brought, once; an article that is called off leaves none
// of them behind, also where the website does not answer at first.
func TestBroughtAhead(t *testing.T) {
	t.Parallel()
	q := &quay{wall: &wall{}}
	var ahead atomic.Int64 // of the clock
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	o := newOffice(t, setup{site: true, now: now, courier: func(cfg *courier.Config) { cfg.Sites, cfg.Now = q, now }})
	list, err := o.desk.PublishToSites(t.Context(), press.System(), o.article.ID, nil, now().Add(3*time.Hour))
	o.ok(err)
	id := list[0].ID
	o.until(id, "the page that waits for its hour", func(d press.Delivery) bool { return d.NextAt.Equal(d.DueAt.Add(-time.Hour)) })
	if q.times.Load() != 0 {
		t.Fatal("photos were brought three hours ahead")
	}
	ahead.Add(int64(2*time.Hour + time.Minute))
	o.until(id, "the page that waits for its time", func(d press.Delivery) bool { return d.NextAt.Equal(d.DueAt) })
	tried, err := o.store.Attempts(t.Context(), id)
	o.ok(err)
	if len(tried) != 1 || tried[0].Step != press.StepPrepare || tried[0].Outcome != press.OutcomeOK || q.times.Load() != 1 {
		t.Fatalf("brought %d times: %+v", q.times.Load(), tried)
	}
	q.stuck.Store(true)
	_, err = o.desk.CancelDelivery(t.Context(), press.System(), id)
	o.ok(err)
	ahead.Add(int64(2 * time.Minute))
	o.until(id, "a removal that failed", func(press.Delivery) bool { tried, _ := o.store.Attempts(t.Context(), id); return len(tried) == 2 })
	q.stuck.Store(false)
	ahead.Add(int64(7 * time.Hour))
	o.until(id, "a removal", func(press.Delivery) bool { return q.ahead.Load() == 0 })

	o.article = o.approvedArticle("第二篇稿件")
	list, err = o.desk.PublishToSites(t.Context(), press.System(), o.article.ID, nil, now().Add(time.Hour))
	o.ok(err)
	o.until(list[0].ID, "the photos", func(press.Delivery) bool { return q.ahead.Load() == 1 })
	ahead.Add(int64(time.Hour + time.Minute))
	o.untilState(list[0].ID, press.Live)
	due, err := o.store.Removals(t.Context(), now().Add(24*time.Hour), 10)
	o.ok(err)
	if len(due) > 0 || q.times.Load() != 2 {
		t.Errorf("%d removals are left, photos were brought %d times", len(due), q.times.Load())
	}
}
