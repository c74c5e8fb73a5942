package courier

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
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
	return nil
}

// Close stops taking work, lets running steps finish or give up their claims, and waits for them. A delivery that was
// waiting for its instant is left for another worker, or for the next start; that is no failed attempt.
func (c *Courier) Close() {
	c.mu.Lock()
	c.stopped = true
	c.mu.Unlock()
	c.stop()
	c.Queue.Close()
	c.work.Wait()
}

// Drive takes a delivery as far as it goes now, on a goroutine of its own. A delivery that this process drives already, or
// another process holds, is left alone.
func (c *Courier) Drive(id press.DeliveryID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped || c.driving[id] {
		return
	}
	c.driving[id] = true
	c.work.Go(func() {
		defer func() {
			c.mu.Lock()
			delete(c.driving, id)
			c.mu.Unlock()
		}()
		c.drive(c.alive, id)
	})
}

func (c *Courier) drive(ctx context.Context, id press.DeliveryID) {
	slot := c.takeSlot(ctx)
	if slot == nil {
		return
	}
	defer slot()
	d, err := c.Store.ClaimDelivery(ctx, id, c.Worker, c.now().Add(c.Claim))
	if err != nil {
		if kind := press.KindOf(err); kind != press.Conflict && kind != press.NotFound && ctx.Err() == nil {
			c.Logger.Warn("claim failed; the sweep will try again", "delivery", id, "error", err)
		}
		return
	}
	h := c.hold(ctx, d, slot)
	d = c.steps(h, d)
	h.release(d)
}

// takeSlot waits for a place among the deliveries worked on; the returned function gives it back, once.
func (c *Courier) takeSlot(ctx context.Context) func() {
	select {
	case c.slots <- struct{}{}:
		return sync.OnceFunc(func() { <-c.slots })
	case <-ctx.Done():
		return nil
	}
}

// held is a claim that is being renewed. Its context ends when the claim is lost or the courier stops.
type held struct {
	*Courier
	ctx     context.Context
	cancel  context.CancelFunc
	slot    func() // gives the place among the working ones back
	renewed sync.WaitGroup
}

func (c *Courier) hold(ctx context.Context, d press.Delivery, slot func()) *held {
	h := &held{Courier: c, slot: slot}
	h.ctx, h.cancel = context.WithCancel(ctx)
	h.renewed.Go(func() {
		tick := time.NewTicker(c.Claim / 3)
		defer tick.Stop()
		for {
			select {
			case <-h.ctx.Done():
				return
			case <-tick.C:
				if err := c.Store.RenewClaim(h.ctx, d, c.now().Add(c.Claim)); press.KindOf(err) == press.Conflict && err != nil {
					c.Logger.Info("claim lost", "delivery", d.ID, "fence", d.Fence)
					h.cancel()
					return
				}
			}
		}
	})
	return h
}

// release ends the claim and asks for the next look.
func (h *held) release(d press.Delivery) {
	h.cancel()
	h.renewed.Wait()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(h.ctx), 5*time.Second)
	defer cancel()
	if err := h.Store.ReleaseClaim(ctx, d); err != nil && press.KindOf(err) != press.Conflict {
		h.Logger.Warn("claim not released; it runs out by itself", "delivery", d.ID, "error", err)
		return
	}
	if d.State.Moving() && !d.NextAt.IsZero() {
		if err := h.Queue.Nudge(ctx, d); err != nil {
			h.Logger.Debug("nudge not sent; the sweep will find the delivery", "delivery", d.ID, "error", err)
		}
	}
}

// shortWait is a wait that is spent in place; giving the claim up for it would take longer.
const shortWait = time.Second

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
	defer func() {
		if r := recover(); r != nil {
			out, err = d, fmt.Errorf("courier: panic in state %s: %v\n%s", d.State, r, debug.Stack())
		}
	}()
	return c.step(h, d)
}

func (c *Courier) step(h *held, d press.Delivery) (press.Delivery, error) {
	if d.Kind == press.TargetSite {
		return c.writeSite(h.ctx, d)
	}
	account, ok := c.accounts[d.Target]
	if !ok {
		return c.block(h.ctx, d, c.try(d, press.StepPrepare), reasonNoAccount(d.Target))
	}
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
		return c.lookUnknown(h.ctx, d, account)
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
type try struct{ press.Attempt }

func (c *Courier) try(d press.Delivery, step press.Step) *try {
	return &try{press.Attempt{Delivery: d.ID, Step: step, Worker: c.Worker, StartedAt: c.now()}}
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
	if h.ctx.Err() != nil || press.CodeOf(err) == "delivery.fenced" {
		d.NextAt = time.Time{}
		return d, nil
	}
	step := map[press.State]press.Step{press.Ready: press.StepCheck, press.Sent: press.StepLook, press.Unknown: press.StepLook}[d.State]
	if step == "" {
		step = press.StepPrepare
	}
	if d.Kind == press.TargetSite {
		step = press.StepWrite
	}
	t := c.try(d, step)
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
	return c.advance(h.ctx, d, press.Postponed(c.now().Add(backoff(d.Failures)), true),
		t.ended(c, press.OutcomeFailed, press.CodeOf(err), press.TextOf(err), ""))
}

// maxFailures is how many tries of one step may fail, one after another, before a person is asked. With the growing
// pauses of backoff that is about half an hour.
const maxFailures = 8

func backoff(failures int) time.Duration {
	return min(5*time.Minute, time.Second<<min(failures, 9))
}

// final reports whether trying again is useless.
func final(err error) bool {
	switch press.KindOf(err) {
	case press.Invalid, press.TooLarge, press.Unsupported, press.NotFound, press.Forbidden:
		return true
	}
	return press.CodeOf(err) == "content.hash"
}
