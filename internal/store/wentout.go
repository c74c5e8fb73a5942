package store

import (
	"context"

	"newsdesk/internal/press"
)

// WentOut applies a person's word about a blocked push, together with its entry among the delivery's tries. Unlike the try of
// a retraction it is not kept where the change is refused: nothing was done.
func (s *Store) WentOut(ctx context.Context, by press.Actor, id press.DeliveryID, change press.Change, attempt press.Attempt) (d press.Delivery, err error) {
	err = s.write(ctx, "went out", func(t *tx) error {
		if d, err = t.lockDelivery(id); err != nil {
			return err
		}
		if d, err = t.decide(by, d, change); err != nil {
			return err
		}
		attempt.Delivery = id
		return t.insertAttempt(attempt)
	})
	return d, err
}
