package store

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

// lookBackDue bounds by due time, for the index, what may be looked back at: more than the last look is after a push.
const lookBackDue = 60 * 24 * time.Hour

// TakeLooks returns WeChat deliveries that have been live for one of the spans since anybody last looked whether they still
// are, and notes that somebody does now: of several workers that ask, one gets each. A look that was missed is not made up
// for, the next one comes in its place.
func (s *Store) TakeLooks(ctx context.Context, after []time.Duration, limit int) (out []press.Delivery, err error) {
	err = s.write(ctx, "take looks", func(t *tx) error {
		out = nil
		for n := len(after); n > 0 && len(out) < limit; n-- {
			found, err := all(t, scanDelivery, `UPDATE deliveries SET looks = $1 WHERE id IN (SELECT id FROM deliveries
				WHERE state = 'live' AND kind = 'wechat' AND due_at > $2 AND live_at <= $3 AND looks < $4 ORDER BY due_at LIMIT $5)
				AND state = 'live' AND looks < $6 RETURNING `+deliveryColumns,
				n, micros(t.now.Add(-lookBackDue)), micros(t.now.Add(-after[n-1])), n, limit-len(out), n)
			if err != nil {
				return err
			}
			out = append(out, found...)
		}
		return nil
	})
	return out, err
}

// liveAs returns the live deliveries that an event may be about: one that says more than that they are live.
func (t *tx) liveAs(e press.PushEvent) ([]press.DeliveryID, error) {
	if s := e.Status; s.State == press.PushDone && len(s.URLs) == 0 {
		return nil, nil
	}
	return all(t, scanDeliveryID, "SELECT id FROM deliveries WHERE kind = 'wechat' AND target = $1 AND state = 'live' AND push_id = $2",
		e.Account, e.ID)
}
