package courier

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"newsdesk/internal/press"
)

// run is a delivery that this process drives.
type run struct {
	again bool          // somebody asked for it meanwhile
	poke  chan struct{} // somebody asks now: is the claim still ours?
}

// held is a claim that is being renewed. Its context ends when the claim is lost or the courier stops.
type held struct {
	*Courier
	ctx    context.Context
	cancel context.CancelFunc
	slot   func() // gives the place among the working ones back
	claim  press.Delivery
	until  atomic.Int64 // when the claim runs out, in microseconds
	lost   atomic.Bool
	keeper sync.WaitGroup
	retire context.CancelFunc // ends the renewal
}

func (c *Courier) hold(ctx context.Context, d press.Delivery, slot func(), poke <-chan struct{}) *held {
	h := &held{Courier: c, slot: slot, claim: d}
	h.until.Store(d.ClaimedUntil.UnixMicro())
	h.ctx, h.cancel = context.WithCancel(ctx)
	// A stop does not end the renewal: a call that is under way keeps its claim until its answer is stored.
	keep, retire := context.WithCancel(context.WithoutCancel(ctx))
	h.retire = retire
	h.keeper.Go(func() { h.keep(keep, poke) })
	return h
}

// keep renews the claim until it retires or the claim is lost.
func (h *held) keep(ctx context.Context, poke <-chan struct{}) {
	pause := 2 * h.Claim / 5
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for !h.lost.Load() {
		select {
		case <-ctx.Done():
			return
		case <-poke:
			h.recheck(ctx)
		case <-timer.C:
			next := pause
			if h.renew(ctx) != nil {
				next = h.Claim / 15
			}
			timer.Reset(next)
		}
	}
}

func (h *held) renew(ctx context.Context) error {
	until := h.now().Add(h.Claim)
	err := h.Store.RenewClaim(ctx, h.claim, until)
	switch {
	case err == nil:
		h.until.Store(until.UnixMicro())
	case press.KindOf(err) == press.Conflict:
		h.lose()
	case ctx.Err() == nil:
		h.Logger.Warn("claim not renewed", "delivery", h.claim.ID, "error", err)
	}
	return err
}

// recheck finds out early that a person decided something else, which raised the fence.
func (h *held) recheck(ctx context.Context) {
	if d, err := h.Store.Delivery(ctx, h.claim.ID); err == nil && d.Fence != h.claim.Fence {
		h.lose()
	}
}

func (h *held) lose() {
	h.Logger.Info("claim lost", "delivery", h.claim.ID, "fence", h.claim.Fence)
	h.lost.Store(true)
	h.cancel()
}

// sure makes certain that the claim holds for a while, so that no other worker thinks this one dead in the middle of a call.
func (h *held) sure() error {
	if err := h.ctx.Err(); err != nil {
		return err
	}
	if left := time.UnixMicro(h.until.Load()).Sub(h.now()); left > h.Claim/2 {
		return nil
	}
	return h.renew(h.ctx)
}

// release ends the claim and asks for the next look. A delivery that a stop left waiting is there for another worker at once.
func (h *held) release(d press.Delivery) {
	h.retire()
	h.keeper.Wait()
	h.cancel()
	if h.lost.Load() {
		return
	}
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
