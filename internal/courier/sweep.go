package courier

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

// sweepBatch is how many deliveries one sweep takes up.
const sweepBatch = 1000

// sweepLoop looks for deliveries that should move and do not: new after a restart, forgotten by Redis, or left by a worker
// that died.
func (c *Courier) sweepLoop() {
	tick := time.NewTicker(c.SweepEvery)
	defer tick.Stop()
	for {
		c.Sweep(c.alive)
		c.finishRemovals(c.alive)
		select {
		case <-tick.C:
		case <-c.alive.Done():
			return
		}
	}
}

// Sweep nudges everything that is due and not claimed. Where Redis does not answer, or took a nudge before and nothing came
// of it, this process takes the delivery up itself.
func (c *Courier) Sweep(ctx context.Context) {
	due, err := c.Store.DueDeliveries(ctx, c.now(), sweepBatch)
	if err != nil {
		if ctx.Err() == nil {
			c.Logger.Warn("sweep failed", "error", err)
		}
		return
	}
	redis, overlooked := true, c.now().Add(-2*c.SweepEvery)
	for _, d := range due {
		if redis && d.NextAt.After(overlooked) {
			nudge, cancel := context.WithTimeout(ctx, 2*time.Second)
			err := c.Queue.Nudge(nudge, d)
			cancel()
			if err == nil {
				continue
			}
			redis = false
			c.Logger.Warn("Redis does not answer; taking up deliveries without it", "due", len(due), "error", err)
		}
		c.Drive(d.ID)
	}
}

// Event takes what WeChat told the callback address. It is stored first; whoever waits for it is woken.
func (c *Courier) Event(ctx context.Context, e press.PushEvent) error {
	fresh, woken, err := c.Store.SaveEvent(ctx, e)
	if err != nil || !fresh {
		return err
	}
	for _, id := range woken {
		d, err := c.Store.Delivery(ctx, id)
		if err == nil && d.State == press.Live {
			c.aside(func(ctx context.Context) { c.lookBack(ctx, d) })
			continue
		}
		if err == nil {
			err = c.Queue.Nudge(ctx, d)
		}
		if err != nil {
			c.Logger.Debug("event stored; the sweep will find the delivery", "delivery", id, "error", err)
		}
	}
	return nil
}
