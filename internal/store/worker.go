package store

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

// maxRaw bounds what is kept of a target's own answer, in bytes.
const maxRaw = 4096

// ClaimDelivery gives a delivery to one worker until a time, and raises its fence. It is a Conflict, "delivery.claimed",
// if there is nothing to do for a worker, or another worker's claim has not run out. That the delivery's time to be
// looked at has come is not asked: a worker takes it some seconds early and waits.
func (s *Store) ClaimDelivery(ctx context.Context, id press.DeliveryID, worker string, until time.Time) (d press.Delivery, err error) {
	err = s.write(ctx, "claim delivery", func(t *tx) error {
		found, err := all(t, scanDelivery, `UPDATE deliveries SET claimed_by = $1, claimed_until = $2, fence = fence + 1
			WHERE id = $3 AND next_at IS NOT NULL AND state IN ('planned', 'ready', 'sending', 'sent', 'unknown')
			AND (claimed_until IS NULL OR claimed_until <= $4) RETURNING `+deliveryColumns,
			worker, micros(until), id, micros(t.now))
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return t.notClaimed(id)
		}
		d = found[0]
		return nil
	})
	return d, err
}

func (t *tx) notClaimed(id press.DeliveryID) error {
	d, err := t.delivery(id)
	if err != nil {
		return err
	}
	return press.Fail(press.Conflict, "delivery.claimed", press.Say(
		"The delivery is %[1]s; another worker has it, or there is nothing to do.",
		"投放状态为 %[1]s，已由其他进程处理或无需处理。", d.State))
}

// RenewClaim extends a worker's claim. It is a Conflict, "delivery.fenced", if the worker has lost it.
func (s *Store) RenewClaim(ctx context.Context, d press.Delivery, until time.Time) error {
	return s.write(ctx, "renew claim", func(t *tx) error {
		n, err := t.exec("UPDATE deliveries SET claimed_until = $1 WHERE id = $2 AND fence = $3 AND claimed_by = $4",
			micros(until), d.ID, d.Fence, d.ClaimedBy)
		if err == nil && n == 0 {
			err = fenced(d)
		}
		return err
	})
}

// ReleaseClaim gives a delivery back. A claim that is lost already is nothing to give back, and no error.
func (s *Store) ReleaseClaim(ctx context.Context, d press.Delivery) error {
	return s.write(ctx, "release claim", func(t *tx) error {
		return t.must("UPDATE deliveries SET claimed_by = NULL, claimed_until = NULL WHERE id = $1 AND fence = $2", d.ID, d.Fence)
	})
}

// Advance applies a worker's change under the guard of the state and the fence that the worker has seen, together with
// the attempt that led to it, if there was one. It is a Conflict, "delivery.fenced", if either is different by now:
// nothing is written then; nor is an intent (press.Change.Sends) while an emergency stop holds the account, see stops.go.
// The claim stays, until the worker gives it back or there is nothing more to do.
func (s *Store) Advance(ctx context.Context, d press.Delivery, change press.Change, attempt *press.Attempt) (next press.Delivery, err error) {
	err = s.write(ctx, "advance delivery", func(t *tx) error {
		// Read again: what is not guarded (a page brought forward for another edition) must not be written back.
		have, err := t.lockDelivery(d.ID)
		if err != nil {
			return err
		}
		if have.Fence != d.Fence || have.State != d.State {
			return fenced(d)
		}
		if next, err = change.Apply(have, t.now); err != nil {
			return err
		}
		if change.Sends {
			if err := t.mayGoOut(have.Target); err != nil {
				return err
			}
		}
		if !next.State.Moving() {
			next.ClaimedBy, next.ClaimedUntil = "", time.Time{}
		}
		if err := t.updateDelivery(have, next); err != nil {
			return err
		}
		if attempt != nil {
			a := *attempt
			a.Delivery = d.ID
			if err := t.insertAttempt(a); err != nil {
				return err
			}
		}
		return t.auditChange(press.System(), next, change)
	})
	if err != nil {
		return d, err
	}
	return next, nil
}

// RecordAttempt keeps a try that led to no change. Its number is given by the store, and its raw answer cut to 4 KB.
func (s *Store) RecordAttempt(ctx context.Context, a press.Attempt) error {
	return s.write(ctx, "record attempt", func(t *tx) error {
		if _, err := t.lockDelivery(a.Delivery); err != nil { // one number at a time
			return err
		}
		return t.insertAttempt(a)
	})
}

// insertAttempt needs the delivery's lock.
func (t *tx) insertAttempt(a press.Attempt) error {
	if err := t.one("SELECT coalesce(max(seq), 0) + 1 FROM attempts WHERE delivery = $1", a.Delivery).Scan(&a.Seq); err != nil {
		return err
	}
	return t.must(insert("attempts", attemptColumns), a.Delivery, a.Seq, a.Step, clip(a.Worker, maxRaw),
		micros(t.orNow(a.StartedAt)), micros(t.orNow(a.EndedAt)), a.Outcome, clip(a.Code, maxRaw),
		clip(a.Text.EN, maxRaw), clip(a.Text.ZH, maxRaw), clip(a.Raw, maxRaw))
}

// dueQuery asks for no states: the schema sees to it that only deliveries which move have a next time, and the index holds
// only those.
const dueQuery = "SELECT " + deliveryColumns + ` FROM deliveries
	WHERE next_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $2) ORDER BY next_at, id LIMIT $3`

// DueDeliveries returns the deliveries a worker should look at before a time and that nobody has claimed, the most
// urgent first.
func (s *Store) DueDeliveries(ctx context.Context, before time.Time, limit int) (out []press.Delivery, err error) {
	err = s.read(ctx, "due deliveries", func(t *tx) error {
		out, err = all(t, scanDelivery, dueQuery, micros(before), micros(t.now), bounded(limit))
		return err
	})
	return out, err
}
