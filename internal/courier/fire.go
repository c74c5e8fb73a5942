package courier

import (
	"context"
	"errors"
	"time"

	"newsdesk/internal/press"
)

// Codes of refusals that the irrevocable call treats in a way of its own.
const (
	codeDuplicate     = 45065 // a job with this clientmsgid exists; its msg_id comes along
	codeDuplicateSoon = 45066 // the same clientmsgid within a minute: perhaps sent
	codeAdminWaiting  = 89504 // waits for the account administrator's consent
	codeAdminAsked    = 89505
)

// sitePause is how long a push that waits for the website's page waits before it looks again: a quarter of the time it
// has waited already.
func (c *Courier) sitePause(d press.Delivery) time.Duration {
	return min(10*time.Second, max(100*time.Millisecond, c.now().Sub(d.DueAt)/4))
}

// fire takes a prepared delivery to its instant and makes the one irrevocable call.
func (c *Courier) fire(h *held, d press.Delivery, account Account) (press.Delivery, error) {
	t := c.try(d, press.StepCheck)
	if c.late(d) {
		return c.block(h.ctx, d, t, reasonMissed(d, c.now()))
	}
	if !c.now().Before(d.DueAt) { // cheaper than asking WeChat, and repeated while the page is not there
		if d, ok, err := c.siteLive(h.ctx, d, t); !ok || err != nil {
			return d, err
		}
	}
	if d, ok, err := c.checkDraft(h.ctx, d, account, t); !ok || err != nil {
		return d, err
	}
	if err := c.wait(h, d.DueAt); err != nil {
		return d, err
	}
	if d, ok, err := c.siteLive(h.ctx, d, t); !ok || err != nil {
		return d, err
	}
	if err := c.count(h.ctx, account, callOf(d.Mode)); err != nil {
		return d, err
	}
	t = c.try(d, press.StepFire)
	d, err := c.advance(h.ctx, d, press.Firing(c.now()), nil)
	if err != nil {
		return d, err
	}
	return c.send(h.ctx, d, account, t)
}

func callOf(mode press.Mode) string {
	if mode == press.ModeMass {
		return callMass
	}
	return callPublish
}

func (c *Courier) late(d press.Delivery) bool {
	return !d.LateAllowed && c.now().After(d.DueAt.Add(d.MaxLateness))
}

// checkDraft compares the draft in the box with what was stored; false means that the delivery is blocked now.
func (c *Courier) checkDraft(ctx context.Context, d press.Delivery, account Account, t *try) (press.Delivery, bool, error) {
	draft, err := c.draft(ctx, account, d.MediaID)
	var refusal *press.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Code == codeMediaInvalid:
		d, err = c.block(ctx, d, t, reasonGone())
		return d, false, err
	case err != nil:
		return d, false, err
	case draftMark(draft) != d.DraftMark:
		d, err = c.block(ctx, d, t, reasonEdited())
		return d, false, err
	}
	return d, true, nil
}

// wait returns at the instant and never before it. While waiting, the delivery gives its place among the working ones away.
func (c *Courier) wait(h *held, instant time.Time) error {
	if !c.now().Before(instant) {
		return nil
	}
	h.slot()
	return c.sleepUntil(h.ctx, instant)
}

// sleepUntil returns at the instant and never before it, or with the context's error.
func (c *Courier) sleepUntil(ctx context.Context, instant time.Time) error {
	for {
		left := instant.Sub(c.now())
		if left <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// siteLive asks whether the pages that the push points to are live; false means that the delivery waits or is blocked.
func (c *Courier) siteLive(ctx context.Context, d press.Delivery, t *try) (press.Delivery, bool, error) {
	if d.SitePolicy != press.SiteRequired || c.Website == nil {
		return d, true, nil
	}
	pages, err := c.Store.SiteDeliveries(ctx, d.Edition)
	if err != nil {
		return d, false, err
	}
	for _, page := range pages {
		switch page.State {
		case press.Live, press.Replaced:
			continue
		case press.Planned:
			d, err = c.advance(ctx, d, press.Postponed(c.now().Add(c.sitePause(d)), false), nil)
		default:
			d, err = c.block(ctx, d, t, reasonSite(page.State))
		}
		return d, false, err
	}
	return d, true, nil
}

// send makes the irrevocable call whose intent is stored, and stores what came of it. A stop does not cut it off. A worker
// that was frozen between intent and call, so long that its claim may have gone to another, does not call.
func (c *Courier) send(ctx context.Context, d press.Delivery, account Account, t *try) (press.Delivery, error) {
	ctx = context.WithoutCancel(ctx)
	if c.now().Sub(t.StartedAt) > c.Claim/2 {
		back := press.NotSent(c.now())
		if d.Tries > 1 {
			back = press.AnswerLost(c.now().Add(massPause)) // the first call may have had its effect all the same
		}
		return c.advance(ctx, d, back, t.ended(c, press.OutcomeFailed, "worker.slow", press.Say(
			"The worker stood still before the call; it was not made.", "执行进程在调用前停顿过久，未发出调用。"), ""))
	}
	var result press.PushResult
	var err error
	if d.Mode == press.ModeMass {
		result, err = account.SendAll(ctx, d.MediaID, string(d.ID))
	} else {
		result, err = account.Publish(ctx, d.MediaID)
	}
	if err == nil {
		return c.accepted(ctx, d, result, t)
	}
	var refusal *press.Refusal
	if !errors.As(err, &refusal) {
		refusal = &press.Refusal{Call: callOf(d.Mode), Class: press.ClassDone, Message: err.Error(), Err: err}
	}
	return c.refusedSend(ctx, d, refusal, t)
}

// accepted notes the job, and looks at once when its event has come already.
func (c *Courier) accepted(ctx context.Context, d press.Delivery, result press.PushResult, t *try) (press.Delivery, error) {
	next := c.now().Add(pollPause(0))
	if _, err := c.Store.Event(ctx, d.Target, d.Mode == press.ModeMass, result.ID); err == nil {
		next = c.now()
	}
	return c.advance(ctx, d, press.Accepted(result, next), t.ok(c, result.Raw))
}

// refusedSend settles an irrevocable call that brought no clear yes.
func (c *Courier) refusedSend(ctx context.Context, d press.Delivery, r *press.Refusal, t *try) (press.Delivery, error) {
	reason := reasonRefused(r, press.Ready)
	unclear := func() (press.Delivery, error) {
		wait := pollPause(0)
		if d.Mode == press.ModeMass {
			wait = max(massPause, r.Wait, pollPause(d.Tries))
		}
		return c.advance(ctx, d, press.AnswerLost(c.now().Add(wait)), t.ended(c, press.OutcomeUnknown, reason.Code, reason.Text, r.Error()))
	}
	passing := r.Class == press.ClassBackoff || r.Class == press.ClassNow || r.Class == press.ClassToken && d.Failures < 3
	switch {
	case r.Code == codeDuplicate && r.MsgID != "":
		return c.accepted(ctx, d, press.PushResult{ID: r.MsgID, Raw: r.Error()}, t)
	case r.Code == codeDuplicateSoon, r.Code == codeDuplicate, r.Code == codeAdminWaiting, r.Code == codeAdminAsked,
		r.Class == press.ClassDone, r.Code == codeMediaInvalid:
		return unclear()
	case d.Tries > 1 && d.Mode == press.ModeMass && passing:
		return unclear()
	case d.Tries > 1 && d.Mode == press.ModeMass:
		// A repeat of a call that may have had its effect: its refusal says nothing about the first.
		return c.block(ctx, d, t, reasonUndecided(d, false))
	case passing:
		wait := max(r.Wait, backoff(d.Failures))
		return c.advance(ctx, d, press.NotSent(c.now().Add(wait)), t.ended(c, press.OutcomeFailed, reason.Code, reason.Text, r.Error()))
	case r.Class == press.ClassContent:
		reason.Back = press.Planned
	}
	return c.block(ctx, d, t, reason)
}
