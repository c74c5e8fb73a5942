package courier

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

// looksAtOnce is how many live pushes one round looks back at. More are left to the next round.
const looksAtOnce = 20

// lookBackLoop looks, seldom, whether what went live still is: WeChat takes articles down, people delete them in its console,
// and an event about that is promised nowhere.
func (c *Courier) lookBackLoop() {
	tick := time.NewTicker(min(5*time.Minute, c.Pauses.After[0]/4))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-c.alive.Done():
			return
		}
		due, err := c.Store.TakeLooks(c.alive, c.Pauses.After, looksAtOnce)
		if err != nil && c.alive.Err() == nil {
			c.Logger.Warn("nobody looked whether live pushes still are", "error", err)
		}
		for _, d := range due {
			c.lookBack(c.alive, d)
		}
	}
}

// lookBack asks about one live push. What comes to nothing is asked again after the next span.
func (c *Courier) lookBack(ctx context.Context, d press.Delivery) {
	err := c.lookAtLive(ctx, d)
	if err != nil && ctx.Err() == nil && press.CodeOf(err) != "delivery.fenced" {
		c.Logger.Warn("could not look whether a push still is live", "delivery", d.ID, "error", err)
	}
}

func (c *Courier) lookAtLive(ctx context.Context, d press.Delivery) (err error) {
	defer press.Recover(&err)
	account, _, err := c.Office.Account(ctx, d.Target)
	if err != nil {
		return err
	}
	t := c.try(d, press.StepLook)
	event, eventErr := c.Store.Event(ctx, d.Target, d.Mode == press.ModeMass, d.PushID)
	if eventErr == nil && len(d.URLs) == 0 && len(event.Status.URLs) > 0 { // a mass push's addresses came late
		told := press.Published("", event.Status.URLs, c.now())
		told.Action = "" // it was live before
		_, err = c.advance(ctx, d, told, t.ok(c, event.Status.Raw))
		return err
	}
	status, err := c.liveStatus(ctx, d, account)
	if err == nil && status.State == press.PushDone && d.Publication == "" && status.ArticleID != "" { // live by a person's word
		_, err = c.advance(ctx, d, named(d, status, c.now()), t.ok(c, status.Raw))
		return err
	}
	if quotaUsed(err) && eventErr == nil {
		status, err = event.Status, nil
	}
	if err != nil || !down(status.State) {
		return err
	}
	_, err = c.block(ctx, d, t, reasonPush(d, status))
	return err
}

// named notes what WeChat calls a publication that is live already. Addresses that a person has given stay.
func named(d press.Delivery, s press.PushStatus, now time.Time) press.Change {
	if len(d.URLs) > 0 {
		s.URLs = d.URLs
	}
	found := press.Published(s.ArticleID, s.URLs, now)
	found.Action = "" // it was live before
	return found
}

// liveStatus is what WeChat says of a live push; one that was found by its marker, or is live by a person's word, has no
// number, and is looked for again. Of a mass push without one WeChat says nothing.
func (c *Courier) liveStatus(ctx context.Context, d press.Delivery, account Account) (press.PushStatus, error) {
	if d.PushID != "" {
		return c.status(ctx, d, account)
	}
	if d.Mode == press.ModeMass {
		return press.PushStatus{State: press.PushDone}, nil
	}
	const pages = 3
	since := d.LiveAt
	if d.Publication == "" && d.FiredAt.Before(since) { // nobody knows when it came out; without a call, how far back neither
		since = d.FiredAt
	}
	seen, err := c.sweepList(ctx, d, account, sweep{pages: pages, since: since})
	if err == nil && seen != nil {
		return sighted(*seen), nil
	}
	return press.PushStatus{State: press.PushDone}, err
}

// aside runs what nobody waits for; a stop waits until it has ended.
func (c *Courier) aside(run func(context.Context)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopped {
		c.work.Go(func() { run(c.alive) })
	}
}
