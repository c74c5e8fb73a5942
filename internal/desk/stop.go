package desk

import (
	"context"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// StopStore keeps the emergency stops; see internal/store for how they exclude the intents of irrevocable calls.
type StopStore interface {
	PutStop(ctx context.Context, by press.Actor, stop press.Stop) (out press.Stop, fresh bool, err error)
	LiftStop(ctx context.Context, by press.Actor, account string) (press.Stop, error)
	Stops(context.Context) ([]press.Stop, error)
	HeldDeliveries(context.Context) ([]press.Delivery, error)
}

// Stop puts an emergency stop on, of one account, or of all of them where none is named. When it returns, no push can go out
// any more but one whose call is being made at this moment. Pushes whose time comes while it is on are held: blocked until a
// person decides about each. One that is on already stays as it is, and is returned.
func (d *Desk) Stop(ctx context.Context, by press.Actor, account, reason string) (_ press.Stop, err error) {
	defer press.Wrap(&err, "desk.Stop(%s)", account)
	if err := by.MayStop(); err != nil {
		return press.Stop{}, err
	}
	stop, err := press.Stop{Account: account, Reason: reason}.Check()
	if err != nil {
		return stop, err
	}
	if stop.Account != "" {
		if _, err := d.account(ctx, stop.Account); err != nil {
			return stop, err
		}
	}
	stop, fresh, err := d.Store.PutStop(ctx, by, stop)
	if err != nil {
		return stop, err
	}
	if fresh {
		d.Logger.Warn("emergency stop", "account", stop.Account, "by", stop.ByName, "reason", stop.Reason)
		d.changed("stop")
	}
	return stop, nil
}

// Resume lifts an emergency stop. What is not due yet goes out as planned; what the stop has held stays blocked until it is
// released.
func (d *Desk) Resume(ctx context.Context, by press.Actor, account string) (_ press.Stop, err error) {
	defer press.Wrap(&err, "desk.Resume(%s)", account)
	if err := by.MayStop(); err != nil {
		return press.Stop{}, err
	}
	stop, err := d.Store.LiftStop(ctx, by, account)
	if err != nil {
		return stop, err
	}
	d.Logger.Warn("emergency stop lifted", "account", stop.Account, "by", by.Name)
	d.changed("stop")
	return stop, nil
}

// Stops returns the emergency stops that are on, that of all accounts first.
func (d *Desk) Stops(ctx context.Context) ([]press.Stop, error) { return d.Store.Stops(ctx) }

// StopOf returns the emergency stop that holds an account now; nil: none does.
func (d *Desk) StopOf(ctx context.Context, account string) (*press.Stop, error) {
	on, err := d.Store.Stops(ctx)
	if i := slices.IndexFunc(on, func(s press.Stop) bool { return s.Holds(account) }); i >= 0 {
		return &on[i], err
	}
	return nil, err
}

// Held returns the pushes that an emergency stop has held and that wait for a person's decision, the first due first.
func (d *Desk) Held(ctx context.Context) ([]press.Delivery, error) {
	return d.Store.HeldDeliveries(ctx)
}

// checkStop refuses to let an edition go out at once while an emergency stop is on. One for later may be composed: the stop
// may be lifted by then.
func (d *Desk) checkStop(ctx context.Context, account string, at time.Time) error {
	if at.After(d.Now().Add(grace)) {
		return nil
	}
	stop, err := d.StopOf(ctx, account)
	if err == nil && stop != nil {
		err = stop.Refusal()
	}
	return err
}

// QuietAt returns the quiet hours that are on at a moment.
func (d *Desk) QuietAt(ctx context.Context, at time.Time) (press.QuietHours, bool, error) {
	settings, err := d.Settings(ctx)
	quiet, on := settings.QuietAt(at.In(d.Zone))
	return quiet, on, err
}

// Release lets a blocked delivery go on. Where that sends a push in quiet hours it is refused, "release.quiet": a person is
// to be told so first, and then uses ReleaseInQuiet. While an emergency stop holds the account, no push is released.
func (d *Desk) Release(ctx context.Context, by press.Actor, id press.DeliveryID) (press.Delivery, error) {
	return d.release(ctx, by, id, false)
}

// ReleaseInQuiet is Release by a person who was told that quiet hours are on, if they are.
func (d *Desk) ReleaseInQuiet(ctx context.Context, by press.Actor, id press.DeliveryID) (press.Delivery, error) {
	return d.release(ctx, by, id, true)
}

func (d *Desk) release(ctx context.Context, by press.Actor, id press.DeliveryID, told bool) (_ press.Delivery, err error) {
	defer press.Wrap(&err, "desk.Release(%s)", id)
	if err := by.Require(press.Editor); err != nil {
		return press.Delivery{}, err
	}
	was, err := d.Store.Delivery(ctx, id)
	if err != nil {
		return was, err
	}
	now := d.Now().UTC()
	change := press.Release(now)
	if was.SendsOnRelease(now) {
		quiet, on, err := d.QuietAt(ctx, was.NotBefore(now))
		switch {
		case err != nil:
			return was, err
		case on && !told:
			return was, releaseQuiet(quiet)
		case on:
			change = press.ReleaseInQuiet(now)
		}
	}
	released, err := d.decide(ctx, by, id, change)
	if err == nil && was.HeldByStop() {
		d.wakePages(ctx, was.Edition)
	}
	return released, err
}

// wakePages has the pages that were kept back with a push looked at now. Failing is no harm: they are looked at soon.
func (d *Desk) wakePages(ctx context.Context, id press.EditionID) {
	pages, err := d.Store.SiteDeliveries(ctx, id)
	for _, page := range pages {
		if page.State == press.Planned && page.DueAt.Before(d.Now()) && err == nil {
			_, err = d.decide(ctx, press.System(), page.ID, press.RetryNow(d.Now().UTC()))
		}
	}
	if err != nil {
		d.Logger.Warn("pages were not woken with their push; they are looked at within seconds", "edition", id, "error", err)
	}
}

func releaseQuiet(q press.QuietHours) error {
	return press.Fail(press.Conflict, "release.quiet", press.Say(
		"The quiet hours “%[1]s” (%[2]s) are on, and releasing would send it now. Confirm that you mean it, or release after them.",
		"现处于静默时段“%[1]s”（%[2]s），放行会立即发出。如确需发出请再次确认，或等时段过后再放行。", q.Name, q.Hours()))
}

// CancelDelivery takes one delivery back. With a push that an emergency stop has held goes its edition: the pages that no
// other edition needs.
func (d *Desk) CancelDelivery(ctx context.Context, by press.Actor, id press.DeliveryID) (press.Delivery, error) {
	if err := by.Require(press.Editor); err != nil {
		return press.Delivery{}, err
	}
	if was, err := d.Store.Delivery(ctx, id); err == nil && was.HeldByStop() {
		if _, err := d.CancelEdition(ctx, by, was.Edition); err != nil {
			return was, err
		}
		return d.Store.Delivery(ctx, id)
	}
	return d.decide(ctx, by, id, press.Cancel())
}
