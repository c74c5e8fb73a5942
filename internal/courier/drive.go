package courier

import (
	"context"
	"errors"
	"sync"
	"time"

	"newsdesk/internal/press"
)

// Start begins to take nudges and to sweep. It returns at once.
func (c *Courier) Start() error {
	if err := c.Queue.Start(func(_ context.Context, id press.DeliveryID) { c.Drive(id) }); err != nil {
		return err
	}
	c.work.Go(c.sweepLoop)
	c.work.Go(c.lookBackLoop)
	if c.QuotaEvery > 0 {
		c.work.Go(c.quotaLoop)
	}
	return nil
}

// Close stops taking work, lets running calls finish, gives up the claims, and waits for that. A delivery that was waiting
// for its instant is left for another worker, or for the next start; that is no failed attempt.
func (c *Courier) Close() {
	c.mu.Lock()
	c.stopped = true
	c.mu.Unlock()
	c.Queue.Close() // first: the nudges that the claims leave behind are for others
	c.stop()
	c.work.Wait()
}

// Drive takes a delivery as far as it goes now, on a goroutine of its own. One that another process holds is left alone. One
// that this process drives already is looked at again afterwards, and whether the claim still holds is looked at now: a
// person may have decided something.
func (c *Courier) Drive(id press.DeliveryID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return
	}
	if r := c.driving[id]; r != nil {
		r.again = true
		select {
		case r.poke <- struct{}{}:
		default:
		}
		return
	}
	r := &run{poke: make(chan struct{}, 1)}
	c.driving[id] = r
	c.work.Go(func() {
		for again := true; again; again = c.askedAgain(id, r) {
			c.drive(c.alive, id, r.poke)
		}
	})
}

func (c *Courier) askedAgain(id press.DeliveryID, r *run) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	again := r.again && !c.stopped
	r.again = false
	if !again {
		delete(c.driving, id)
	}
	return again
}

func (c *Courier) drive(ctx context.Context, id press.DeliveryID, poke <-chan struct{}) {
	d, err := c.Store.Delivery(ctx, id)
	if err == nil && !c.wants(d) { // found out by reading: a claim is a write, and raises the fence
		return
	}
	slot := c.takeSlot(ctx, d)
	if slot == nil {
		return
	}
	defer slot()
	if err == nil {
		d, err = c.Store.ClaimDelivery(ctx, id, c.Worker, c.now().Add(c.Claim))
	}
	if err != nil {
		if kind := press.KindOf(err); kind != press.Conflict && kind != press.NotFound && ctx.Err() == nil {
			c.Logger.Warn("claim failed; the sweep will try again", "delivery", id, "error", err)
		}
		return
	}
	h := c.hold(ctx, d, slot, poke)
	d = c.steps(h, d)
	h.release(d)
}

// wants reports whether there is something to do for a worker now.
func (c *Courier) wants(d press.Delivery) bool {
	now := c.now()
	return d.State.Moving() && !d.NextAt.IsZero() && !d.NextAt.After(now.Add(shortWait)) && !d.ClaimedUntil.After(now)
}

// takeSlot waits for a place among the deliveries worked on; the returned function gives it back, once.
func (c *Courier) takeSlot(ctx context.Context, d press.Delivery) func() {
	slots := c.swift
	if d.State == press.Planned && (d.Kind == press.TargetWeChat || d.DueAt.After(c.now().Add(shortWait))) {
		slots = c.slow
	}
	select {
	case slots <- struct{}{}:
		return sync.OnceFunc(func() { <-slots })
	case <-ctx.Done():
		return nil
	}
}

// steps takes one step after another until there is nothing to do now.
func (c *Courier) steps(h *held, d press.Delivery) press.Delivery {
	for h.ctx.Err() == nil && d.State.Moving() && !d.NextAt.IsZero() && !d.NextAt.After(c.now().Add(shortWait)) {
		if c.sleepUntil(h.ctx, d.NextAt) != nil {
			return d
		}
		var err error
		if d, err = c.guardedStep(h, d); err == nil {
			continue
		}
		if d, err = c.failed(h, d, err); err != nil {
			c.Logger.Warn("step failed and could not be recorded; the sweep will find the delivery", "delivery", d.ID, "state", d.State, "error", err)
			d.NextAt = time.Time{} // no nudge from here
		}
	}
	return d
}

// guardedStep turns a panic in a step into a recorded failure.
func (c *Courier) guardedStep(h *held, d press.Delivery) (out press.Delivery, err error) {
	out = d
	defer press.Recover(&err)
	return c.step(h, d)
}

func (c *Courier) step(h *held, d press.Delivery) (press.Delivery, error) {
	if d.Kind == press.TargetSite {
		return c.writeSite(h.ctx, d)
	}
	account, _, err := c.Office.Account(h.ctx, d.Target)
	if final(err) {
		return c.block(h.ctx, d, c.try(d, press.StepPrepare), reasonAccount(d.Target, err))
	}
	if err != nil {
		return d, err
	}
	account = c.listen(account)
	switch d.State {
	case press.Planned:
		return c.prepare(h.ctx, d, account)
	case press.Ready:
		return c.fire(h, d, account)
	case press.Sending: // whoever stored the intent is gone
		return c.advance(h.ctx, d, press.AnswerLost(c.now()), c.try(d, press.StepFire).ended(c, press.OutcomeUnknown, "worker.gone",
			press.Say("The worker stopped in the middle of the call.", "执行进程在调用过程中停止。"), ""))
	case press.Sent:
		return c.lookSent(h.ctx, d, account)
	case press.Unknown:
		return c.lookUnknown(h, d, account)
	}
	return d, nil
}

// advance commits a change and tells whoever listens.
func (c *Courier) advance(ctx context.Context, d press.Delivery, change press.Change, attempt *press.Attempt) (press.Delivery, error) {
	out, err := c.Store.Advance(ctx, d, change, attempt)
	if err != nil {
		return d, err
	}
	c.Logger.Info("delivery", "delivery", d.ID, "target", d.Target, "state", out.State, "attempt", out.Tries, "change", change.Action)
	if c.Notify != nil {
		c.Notify(out, attempt)
	}
	return out, nil
}

// try is an attempt that has begun.
type try struct {
	press.Attempt
	repeat bool // it repeats a call whose answer was lost
}

func (c *Courier) try(d press.Delivery, step press.Step) *try {
	return &try{Attempt: press.Attempt{Delivery: d.ID, Step: step, Worker: c.Worker, StartedAt: c.now()}}
}

func (t *try) ok(c *Courier, raw string) *press.Attempt {
	return t.ended(c, press.OutcomeOK, "", press.Text{}, raw)
}

func (t *try) ended(c *Courier, outcome press.Outcome, code string, text press.Text, raw string) *press.Attempt {
	t.EndedAt, t.Outcome, t.Code, t.Text, t.Raw = c.now(), outcome, code, text, raw
	return &t.Attempt
}

// failed records that a step came to nothing. A claim that was lost and a stop are no failures.
func (c *Courier) failed(h *held, d press.Delivery, err error) (press.Delivery, error) {
	if press.CodeOf(err) == "delivery.fenced" {
		d.NextAt = time.Time{}
		return d, nil
	}
	if h.ctx.Err() != nil {
		return d, nil
	}
	step := press.StepPrepare
	switch {
	case d.Kind == press.TargetSite:
		step = press.StepWrite
	case d.State == press.Ready:
		step = press.StepCheck
	case d.State == press.Sending:
		step = press.StepFire
	case d.State != press.Planned:
		step = press.StepLook
	}
	t := c.try(d, step)
	if fault, ok := faultOf(err); ok {
		return c.pageFault(h.ctx, d, t, fault)
	}
	var refusal *press.Refusal
	if errors.As(err, &refusal) {
		return c.refusedStep(h.ctx, d, t, refusal)
	}
	if press.KindOf(err) == press.Internal {
		c.Logger.Error("step failed", "delivery", d.ID, "state", d.State, "error", err)
	} else {
		c.Logger.Warn("step failed", "delivery", d.ID, "state", d.State, "error", err)
	}
	if final(err) || d.Failures >= maxFailures {
		return c.block(h.ctx, d, t, reasonFailed(d, err))
	}
	return c.advance(h.ctx, d, press.Postponed(c.now().Add(c.Pauses.retry(d.Failures)), true),
		t.ended(c, press.OutcomeFailed, press.CodeOf(err), press.TextOf(err), ""))
}

// final reports whether trying again is useless.
func final(err error) bool {
	if err == nil {
		return false
	}
	switch press.KindOf(err) {
	case press.Invalid, press.TooLarge, press.Unsupported, press.NotFound, press.Forbidden:
		return true
	}
	return press.CodeOf(err) == "content.hash"
}
