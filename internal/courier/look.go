package courier

import (
	"context"
	"errors"
	"time"

	"newsdesk/internal/press"
)

// lookSent asks what became of an accepted job.
func (c *Courier) lookSent(ctx context.Context, d press.Delivery, account Account) (press.Delivery, error) {
	if d.Mode != press.ModeMass {
		return c.lookPublication(ctx, d, account)
	}
	t := c.try(d, press.StepLook)
	event, eventErr := c.Store.Event(ctx, d.Target, true, d.PushID)
	if eventErr != nil && press.KindOf(eventErr) != press.NotFound {
		return d, eventErr
	}
	status, err := c.status(ctx, d, account)
	if quotaUsed(err) && eventErr == nil {
		status, err = event.Status, nil // no poll left today: the signed event must do
	}
	if quotaUsed(err) {
		return c.advance(ctx, d, press.Looked(c.now().Add(c.Pauses.Quota)), nil)
	}
	if err != nil {
		return d, err
	}
	switch {
	case eventErr == nil:
		status = withEvent(status, event.Status)
	case ended(status) && d.Looks < looksForEvent: // where the articles are, or why it failed, comes with the event only
		return c.advance(ctx, d, press.Looked(c.now().Add(c.Pauses.poll(d.Looks))), nil)
	}
	return c.settle(ctx, d, status, t)
}

// withEvent adds what only the event of a mass push says: the addresses, and why it failed.
func withEvent(status, event press.PushStatus) press.PushStatus {
	if len(event.URLs) > 0 {
		status.URLs = event.URLs
	}
	if status.State != press.PushDone && event.State != press.PushRunning {
		status.State = event.State
	}
	if event.Detail != "" {
		status.Detail = event.Detail
	}
	return status
}

func ended(s press.PushStatus) bool {
	return s.State != press.PushRunning && s.State != press.PushAdminWait
}

func (c *Courier) status(ctx context.Context, d press.Delivery, account Account) (press.PushStatus, error) {
	if d.Mode == press.ModeMass {
		if err := c.count(ctx, account, callMassGet, c.now()); err != nil {
			return press.PushStatus{}, err
		}
		return account.MassStatus(ctx, d.PushID)
	}
	if err := c.count(ctx, account, callPublishGet, c.now()); err != nil {
		return press.PushStatus{}, err
	}
	return account.PublishStatus(ctx, d.PushID)
}

func quotaUsed(err error) bool {
	var refusal *press.Refusal
	return errors.As(err, &refusal) && refusal.Class == press.ClassQuota
}

// settle takes a delivery where WeChat's report says.
func (c *Courier) settle(ctx context.Context, d press.Delivery, s press.PushStatus, t *try) (press.Delivery, error) {
	switch s.State {
	case press.PushDone:
		return c.advance(ctx, d, press.Published(s.ArticleID, s.URLs, c.now()), t.ok(c, s.Raw))
	case press.PushRunning, press.PushAdminWait:
		if c.now().Sub(d.FiredAt) > c.Pauses.Job {
			return c.block(ctx, d, t, reasonNoResult())
		}
		return c.advance(ctx, d, press.Looked(c.now().Add(c.Pauses.poll(d.Looks))), nil)
	}
	return c.block(ctx, d, t, reasonPush(d, s))
}

// lookUnknown settles a call without a clear answer by looking, never by sending blindly.
func (c *Courier) lookUnknown(h *held, d press.Delivery, account Account) (press.Delivery, error) {
	if d.Mode == press.ModeMass {
		return c.repeatMass(h, d, account)
	}
	if !d.RestoredFrom.IsZero() {
		return c.lookRestored(h.ctx, d, account)
	}
	ctx, t := h.ctx, c.try(d, press.StepLook)
	undecided := c.now().Sub(d.FiredAt) >= c.Pauses.Undecided
	found, err := c.seenOrListed(ctx, d, account, !undecided) // what a person is asked about, this look of its own must not show
	if press.CodeOf(err) == "quota.paced" {
		return c.lookAgain(ctx, d, account)
	}
	if quotaUsed(err) {
		return c.advance(ctx, d, press.Looked(c.now().Add(c.Pauses.Quota)), nil)
	}
	if err != nil {
		return d, err
	}
	if found != nil {
		return c.settle(ctx, d, sighted(*found), t)
	}
	if !undecided {
		return c.lookAgain(ctx, d, account)
	}
	return c.undecided(ctx, d, account, t)
}

// undecided asks a person about a call whose effect could not be found out; that the draft is there, or not, is all that is
// known.
func (c *Courier) undecided(ctx context.Context, d press.Delivery, account Account, t *try) (press.Delivery, error) {
	_, err := c.draft(ctx, account, d.MediaID)
	var refusal *press.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Code == codeMediaInvalid:
		return c.block(ctx, d, t, reasonConsumed(d))
	case err != nil:
		return d, err
	}
	return c.block(ctx, d, t, reasonDraftLeft(d))
}

// lookAgain comes back to a publication without an answer: later where lists are scarce, but in time for asking a person.
func (c *Courier) lookAgain(ctx context.Context, d press.Delivery, account Account) (press.Delivery, error) {
	p, err := c.plan(ctx, d, account)
	if err != nil {
		return d, err
	}
	next := c.now().Add(c.Pauses.poll(d.Looks))
	if ask := d.FiredAt.Add(c.Pauses.Undecided); p.pause > 0 && ask.After(next) {
		next = latest(next, earliest(ask, c.now().Add(p.pause)))
	}
	return c.lookLater(ctx, d, press.Looked(next))
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// findPublication returns the publication with the delivery's marker; nil when none is listed.
func (c *Courier) findPublication(ctx context.Context, d press.Delivery, account Account) (*press.Publication, error) {
	found, err := c.seenOrListed(ctx, d, account, false)
	if found == nil || err != nil {
		return nil, err
	}
	return &press.Publication{ArticleID: found.ArticleID, URLs: found.URLs, Deleted: found.Deleted}, nil
}

// seenOrListed is where a publication was seen by its marker, in a list of before or in one made now. A paced one is not made
// while there has just been another.
func (c *Courier) seenOrListed(ctx context.Context, d press.Delivery, account Account, paced bool) (*press.Sighting, error) {
	seen, err := c.Store.Sighting(ctx, d.ID)
	if err == nil {
		return &seen, nil
	}
	if press.KindOf(err) != press.NotFound {
		return nil, err
	}
	how := sweep{pages: 3, paced: paced, since: d.FiredAt}
	if d.FiredAt.IsZero() { // by somebody's hand, at any time since its draft was made
		how.pages, how.since = maxPages, d.PreparedAt
	}
	return c.sweepList(ctx, d, account, how)
}

// repeatMass makes the identical call again: WeChat answers a clientmsgid it knows with the job that exists.
func (c *Courier) repeatMass(h *held, d press.Delivery, account Account) (press.Delivery, error) {
	ctx, since := h.ctx, c.now().Sub(d.FiredAt)
	if since < c.Pauses.Mass {
		return c.advance(ctx, d, press.Looked(d.FiredAt.Add(c.Pauses.Mass)), nil)
	}
	if since > c.Pauses.MassWindow || d.Tries > maxRefires {
		return c.undecided(ctx, d, account, c.try(d, press.StepLook))
	}
	if d, ok, err := c.repeatable(ctx, d); !ok || err != nil {
		return d, err
	}
	if err := c.count(ctx, account, callMass, c.now()); err != nil {
		return d, err
	}
	t := c.try(d, press.StepFire)
	t.repeat = true
	return c.trigger(h, d, account, press.Refiring(c.now()), t)
}
