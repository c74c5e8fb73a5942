package store

import (
	"context"

	"newsdesk/internal/press"
)

// Retract applies a person's retraction, or what undoes it, together with the try that led to it. A change that is no longer
// due, because somebody else came to the same end meanwhile, is left out; the try is kept all the same.
func (s *Store) Retract(ctx context.Context, by press.Actor, id press.DeliveryID, change press.Change, attempt press.Attempt) (d press.Delivery, err error) {
	err = s.write(ctx, "retract", func(t *tx) error {
		if d, err = t.lockDelivery(id); err != nil {
			return err
		}
		attempt.Delivery = id
		if err := t.insertAttempt(attempt); err != nil {
			return err
		}
		next, err := t.decide(by, d, change)
		if press.CodeOf(err) == "delivery.state" {
			return nil
		}
		d = next
		return err
	})
	return d, err
}

// Note keeps in the audit log what somebody did that changes no row.
func (s *Store) Note(ctx context.Context, by press.Actor, action, subject, detail string) error {
	return s.write(ctx, "note", func(t *tx) error { return t.audit(by, action, subject, detail) })
}

// Push returns the delivery by which an edition goes to WeChat.
func (s *Store) Push(ctx context.Context, id press.EditionID) (d press.Delivery, err error) {
	err = s.read(ctx, "push", func(t *tx) error {
		d, err = scanDelivery(t.one("SELECT "+deliveryColumns+" FROM deliveries WHERE kind = 'wechat' AND edition = $1", id))
		return missing(err, "delivery", "delivery of the edition", "推送的投放", id)
	})
	return d, err
}

// ReplaceEdition takes an edition back, as CancelEdition does, and makes another in its place, as CreateEdition does, both
// or neither. It returns the deliveries that the first changed and those of the second. Room is judged as there.
func (s *Store) ReplaceEdition(ctx context.Context, by press.Actor, id press.EditionID, e press.Edition, deliveries []press.Delivery, room ...press.SlotCheck) (cancelled, planned []press.Delivery, err error) {
	err = s.write(ctx, "replace edition", func(t *tx) error {
		if err := t.checkSlots(room); err != nil {
			return err
		}
		if _, cancelled, err = t.cancelEdition(by, id); err != nil {
			return err
		}
		if planned, err = t.createEdition(by, e, deliveries); err != nil {
			return err
		}
		return t.audit(by, "edition.change", string(id), string(e.ID))
	})
	return cancelled, planned, err
}
