package store

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

// removalAgain is how long what was brought ahead of a page that was called off is left where it is, when its website could not
// take it away.
const removalAgain = 6 * time.Hour

// PageAhead notes that parts of a delivery's page are brought to its website ahead of its time, to be taken away unless it goes
// live: see Removals and PageRemoved. False: not now, because the delivery was changed meanwhile, or because the article is
// public there or was, and parts beside its page would be seen.
func (s *Store) PageAhead(ctx context.Context, d press.Delivery) (may bool, err error) {
	err = s.write(ctx, "page ahead", func(t *tx) error {
		may = false
		have, err := t.lockDelivery(d.ID)
		if err != nil || have.Fence != d.Fence || have.State != press.Planned {
			return err
		}
		shown, err := t.countOf(`SELECT id FROM deliveries WHERE kind = 'site' AND target = $1 AND article = $2
			AND state IN ('live', 'replaced', 'retracted')`, []any{d.Target, d.Article})
		if err != nil || shown > 0 {
			return err
		}
		may = true
		return t.must(`INSERT INTO site_removals (target, article, since) VALUES ($1, $2, $3)
			ON CONFLICT (target, article) DO UPDATE SET since = excluded.since`, d.Target, d.Article, micros(t.now))
	})
	return may, err
}

// removed notes how removing what stood at a website ended. What was only brought ahead is tried again much later.
func (t *tx) removed(d press.Delivery, outcome press.Outcome) error {
	if d.State == press.Cancelled && outcome != press.OutcomeOK {
		return t.must("UPDATE site_removals SET since = $1 WHERE target = $2 AND article = $3", micros(t.now.Add(removalAgain)), d.Target, d.Article)
	}
	return t.must("DELETE FROM site_removals WHERE target = $1 AND article = $2", d.Target, d.Article)
}
