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

// fire takes a prepared delivery to its instant and makes the one irrevocable call.
func (c *Courier) fire(h *held, d press.Delivery, account Account) (press.Delivery, error) {
	if wake := d.DueAt.Add(-c.WakeEarly); wake.After(c.now().Add(shortWait)) { // released or looked at well before its time
		return c.advance(h.ctx, d, press.Postponed(wake, false), nil)
	}
	t := c.try(d, press.StepCheck)
	early := c.now().Before(d.DueAt)
	stop, settings, err := c.rules(h.ctx, d.Target)
	switch {
	case err != nil:
		return d, err
	case stop != nil && early: // perhaps it is lifted by then; until that is known, nothing is counted
		if err := c.wait(h, d.DueAt); err != nil {
			return d, err
		}
		return c.fire(h, d, account)
	case stop != nil:
		return c.holdBack(h.ctx, d, *stop, t)
	}
	if !early { // cheaper than asking WeChat, and repeated while the page is not there
		if d, ok, err := c.siteLive(h.ctx, d, t); !ok || err != nil {
			return d, err
		}
	}
	if reason := c.untimely(d, settings, latest(c.now(), d.DueAt)); reason != nil {
		return c.block(h.ctx, d, t, *reason)
	}
	d, ok, err := c.beforeRestored(h.ctx, d, account)
	if !ok || err != nil {
		return d, err
	}
	if d, ok, err := c.checkDraft(h.ctx, d, account, t); !ok || err != nil {
		return d, err
	}
	if err := c.massLeft(h.ctx, d, account, latest(c.now(), d.DueAt)); err != nil {
		return d, err
	}
	// The ledger first, so that at the instant one write is left; the call belongs to the instant's day.
	if err := c.count(h.ctx, account, callOf(d.Mode), latest(c.now(), d.DueAt)); err != nil {
		return d, err
	}
	if early {
		if err := c.wait(h, d.DueAt); err != nil {
			return d, err
		}
		if d, ok, err := c.siteLive(h.ctx, d, t); !ok || err != nil {
			return d, err
		}
	}
	if reason := c.untimely(d, settings, c.now()); reason != nil { // a machine that slept, or was slow
		return c.block(h.ctx, d, t, *reason)
	}
	return c.trigger(h, d, account, press.Firing(c.now()).Fired(account.Ledger().Key), c.try(d, press.StepFire))
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
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

// checkDraft compares the draft in the box with what was stored; false means that the delivery is settled or blocked now.
func (c *Courier) checkDraft(ctx context.Context, d press.Delivery, account Account, t *try) (press.Delivery, bool, error) {
	// Released after a lost answer: the call may have had its effect since. A look that failed is made again; only what was
	// refused clearly, and comes back by itself, need not be looked for.
	if d.Tries > 0 && (d.Failures == 0 || d.LateAllowed) {
		if d, out, err := c.outAlready(ctx, d, account, t); out || err != nil {
			return d, false, err
		}
	}
	draft, err := c.draft(ctx, account, d.MediaID)
	var refusal *press.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Code == codeMediaInvalid:
		change, attempt, err := c.vanished(ctx, d, account, t, d.Tries > 0)
		if err == nil {
			d, err = c.advance(ctx, d, change, attempt)
		}
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

// sleepUntil returns at the instant and never before it, or with the context's error. It looks at the clock every second, in
// case the clock is put forward.
func (c *Courier) sleepUntil(ctx context.Context, instant time.Time) error {
	for {
		left := instant.Sub(c.now())
		if left <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(min(left, time.Second))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// siteLive asks whether the pages that the push waits for are live; false means that the delivery waits, or is blocked: when
// its lateness limit is passed, or when waiting is useless.
func (c *Courier) siteLive(ctx context.Context, d press.Delivery, t *try) (press.Delivery, bool, error) {
	if d.SitePolicy != press.SiteRequired || c.Sites == nil {
		return d, true, nil
	}
	pages, err := c.awaited(ctx, d)
	if err != nil {
		return d, false, err
	}
	for _, page := range pages {
		switch {
		case page.State == press.Live, page.State == press.Replaced:
			continue
		case !page.State.Moving() && (page.State != press.Blocked || d.LateAllowed), c.late(d):
			d, err = c.block(ctx, d, t, reasonSite(page.Target, page.State))
		default:
			d, err = c.advance(ctx, d, press.Postponed(c.now().Add(c.sitePause(d)), false), nil)
		}
		return d, false, err
	}
	return d, true, nil
}

// awaited returns the pages that a push waits for.
func (c *Courier) awaited(ctx context.Context, d press.Delivery) (out []press.Delivery, err error) {
	pages, err := c.Store.SiteDeliveries(ctx, d.Edition)
	if err != nil || len(pages) == 0 {
		return nil, err
	}
	targets, err := c.targets(ctx)
	if err != nil {
		return nil, err
	}
	for _, page := range pages {
		rev, err := c.Store.Revision(ctx, page.Article, page.Revision)
		if err != nil {
			return nil, err
		}
		if awaits(targets, rev.Content.Column, page) {
			out = append(out, page)
		}
	}
	return out, nil
}

// trigger stores the intent, makes the irrevocable call, and stores what came of it. From here on a stop is not heeded. A
// worker that was frozen between intent and call, so long that its claim may have gone to another, does not call.
func (c *Courier) trigger(h *held, d press.Delivery, account Account, intent press.Change, t *try) (press.Delivery, error) {
	if err := h.sure(); err != nil {
		return d, err
	}
	ctx := context.WithoutCancel(h.ctx)
	d, err := c.advance(ctx, d, intent, nil)
	if stop, on := press.StopIn(err); on {
		return c.holdBack(ctx, d, stop, t)
	}
	if err != nil {
		if d, err = c.stored(ctx, d, err); err != nil {
			return d, err
		}
	}
	if c.now().Sub(t.StartedAt) > c.Claim/2 {
		back := press.NotSent(c.now())
		if t.repeat {
			back = press.AnswerLost(c.now().Add(c.Pauses.Mass)) // the first call may have had its effect all the same
		}
		return c.record(ctx, d, back, t.ended(c, press.OutcomeFailed, "worker.slow", press.Say(
			"The worker stood still before the call; it was not made.", "执行进程在调用前停顿过久，未发出调用。"), ""))
	}
	return c.send(ctx, d, account, t)
}

// stored finds out whether an intent was committed although the database's answer was lost. Without it this worker, which has
// not called, would leave a delivery behind that looks as if it had, and a person would be asked about a push that never was.
func (c *Courier) stored(ctx context.Context, d press.Delivery, cause error) (press.Delivery, error) {
	if press.KindOf(cause) == press.Conflict {
		return d, cause
	}
	now, err := c.Store.Delivery(ctx, d.ID)
	if err != nil || now.State != press.Sending || now.Fence != d.Fence || now.Tries != d.Tries+1 {
		return d, cause
	}
	return now, nil
}

// record commits what became of the irrevocable call, and does not give up at once where the database does not answer: the
// answer is in this process only.
func (c *Courier) record(ctx context.Context, d press.Delivery, change press.Change, attempt *press.Attempt) (press.Delivery, error) {
	for pause := c.Claim / 150; ; pause *= 2 {
		out, err := c.advance(ctx, d, change, attempt)
		if err == nil {
			return out, nil
		}
		if pause > c.Claim || press.KindOf(err) == press.Conflict {
			c.Logger.Error("an answer of WeChat could not be stored; the delivery is settled by looking",
				"delivery", d.ID, "change", change.Action, "id", change.Detail, "error", err)
			return d, err
		}
		if err := c.sleepUntil(ctx, c.now().Add(pause)); err != nil {
			return d, err
		}
	}
}

func (c *Courier) send(ctx context.Context, d press.Delivery, account Account, t *try) (press.Delivery, error) {
	var result press.PushResult
	var err error
	if d.Mode == press.ModeMass {
		result, err = account.SendAll(ctx, d.MediaID, clientMsgID(d))
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
	return c.refusedSend(ctx, d, account, refusal, t)
}

// accepted notes the job, and looks at once when its event has come already.
func (c *Courier) accepted(ctx context.Context, d press.Delivery, result press.PushResult, t *try) (press.Delivery, error) {
	d, err := c.record(ctx, d, press.Accepted(result, c.now().Add(c.Pauses.poll(0))), t.ok(c, result.Raw))
	if err != nil {
		return d, err
	}
	if _, err := c.Store.Event(ctx, d.Target, d.Mode == press.ModeMass, d.PushID); err == nil {
		d.NextAt = c.now()
	}
	return d, nil
}

// refusedSend settles an irrevocable call that brought no clear yes.
func (c *Courier) refusedSend(ctx context.Context, d press.Delivery, account Account, r *press.Refusal, t *try) (press.Delivery, error) {
	reason := reasonRefused(r, press.Ready)
	passing := d.Failures < maxFailures &&
		(r.Class == press.ClassBackoff || r.Class == press.ClassNow || r.Class == press.ClassToken && d.Failures < 3)
	switch {
	case r.Code == codeDuplicate && r.MsgID != "":
		return c.accepted(ctx, d, press.PushResult{ID: r.MsgID, Raw: r.Error()}, t)
	case r.Code == codeMediaInvalid && !t.repeat: // this very call found no draft
		change, attempt, err := c.vanished(ctx, d, account, t, d.Tries > 1)
		if err != nil { // the next check finds it gone, and looks again
			change, attempt = press.NotSent(c.now().Add(c.Pauses.retry(d.Failures))), t.ended(c, press.OutcomeFailed, reason.Code, reason.Text, r.Error())
		}
		return c.record(ctx, d, change, attempt)
	case r.Code == codeMediaInvalid:
		reason = reasonConsumed(d) // perhaps the first call used it up
	case perhapsSent(r), t.repeat && passing:
		wait := c.Pauses.poll(0)
		if d.Mode == press.ModeMass {
			wait = max(c.Pauses.Mass, r.Wait, c.Pauses.poll(d.Tries))
		}
		return c.record(ctx, d, press.AnswerLost(c.now().Add(wait)), t.ended(c, press.OutcomeUnknown, reason.Code, reason.Text, r.Error()))
	case t.repeat: // the refusal of a repetition says nothing about the first call
		reason = stillOpen(reason)
	case passing:
		wait := max(r.Wait, c.Pauses.retry(d.Failures))
		return c.record(ctx, d, press.NotSent(c.now().Add(wait)), t.ended(c, press.OutcomeFailed, reason.Code, reason.Text, r.Error()))
	case r.Class == press.ClassContent && !atConsole(r.Code):
		reason.Back = press.Planned
	}
	return c.record(ctx, d, c.blocking(d, &reason), t.ended(c, press.OutcomeBlocked, reason.Code, reason.Text, r.Error()))
}

// perhapsSent reports whether a refusal leaves it open if the push went out.
func perhapsSent(r *press.Refusal) bool {
	return r.Class == press.ClassDone || r.Code == codeDuplicate || r.Code == codeDuplicateSoon ||
		r.Code == codeAdminWaiting || r.Code == codeAdminAsked
}
