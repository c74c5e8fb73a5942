package courier

import (
	"context"
	"errors"
	"time"

	"newsdesk/internal/press"
)

// pollPauses are the pauses between looks at a job, so that a push costs few of the 100 polls that an account has in a day.
// The event usually comes within seconds and makes them needless.
var pollPauses = []time.Duration{
	15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
}

func pollPause(looks int) time.Duration { return pollPauses[min(looks, len(pollPauses)-1)] }

const (
	// massPause is how long a mass push's answer is left alone before the same call is repeated: WeChat refuses the same
	// clientmsgid within a minute.
	massPause = 61 * time.Second
	// massWindow is how long WeChat remembers a clientmsgid (24 hours), less an hour for clocks and queues.
	massWindow = 23 * time.Hour
	// maxRefires is how often one mass push is asked about by repeating it.
	maxRefires = 12
	// looksForAddress is how many looks a finished mass push's addresses are waited for; they come with its event only.
	looksForAddress = 3
	// undecidedAfter is how long an unanswered publication is looked for before a person is asked.
	undecidedAfter = 10 * time.Minute
	// jobPatience is how long WeChat may take over a job, the administrator's 30 minutes included, before a person is told.
	jobPatience = 24 * time.Hour
)

// lookSent asks what became of an accepted job.
func (c *Courier) lookSent(ctx context.Context, d press.Delivery, account Account) (press.Delivery, error) {
	t := c.try(d, press.StepLook)
	event, eventErr := c.Store.Event(ctx, d.Target, d.Mode == press.ModeMass, d.PushID)
	if eventErr != nil && press.KindOf(eventErr) != press.NotFound {
		return d, eventErr
	}
	status, err := c.status(ctx, d, account)
	if quotaUsed(err) && eventErr == nil {
		status, err = event.Status, nil // no poll left today: the signed event must do
	}
	if quotaUsed(err) {
		return c.advance(ctx, d, press.Looked(c.now().Add(30*time.Minute)), nil)
	}
	if err != nil {
		return d, err
	}
	if eventErr == nil && d.Mode == press.ModeMass {
		status = withEvent(status, event.Status)
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

func (c *Courier) status(ctx context.Context, d press.Delivery, account Account) (press.PushStatus, error) {
	if d.Mode == press.ModeMass {
		if err := c.count(ctx, account, callMassGet); err != nil {
			return press.PushStatus{}, err
		}
		return account.MassStatus(ctx, d.PushID)
	}
	if err := c.count(ctx, account, callPublishGet); err != nil {
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
		if len(s.URLs) == 0 && d.Mode == press.ModeMass && d.Looks < looksForAddress {
			return c.advance(ctx, d, press.Looked(c.now().Add(pollPause(d.Looks))), nil)
		}
		return c.advance(ctx, d, press.WentLive(s.URLs, c.now()), t.ok(c, s.Raw))
	case press.PushRunning, press.PushAdminWait:
		if c.now().Sub(d.FiredAt) > jobPatience {
			return c.block(ctx, d, t, reasonPush(press.PushStatus{State: press.PushFailed, Detail: "no result within a day"}))
		}
		return c.advance(ctx, d, press.Looked(c.now().Add(pollPause(d.Looks))), nil)
	}
	return c.block(ctx, d, t, reasonPush(s))
}

// lookUnknown settles a call without a clear answer by looking, never by sending blindly.
func (c *Courier) lookUnknown(ctx context.Context, d press.Delivery, account Account) (press.Delivery, error) {
	if d.Mode == press.ModeMass {
		return c.repeatMass(ctx, d, account)
	}
	t := c.try(d, press.StepLook)
	urls, err := c.findPublication(ctx, d, account)
	if quotaUsed(err) {
		return c.advance(ctx, d, press.Looked(c.now().Add(30*time.Minute)), nil)
	}
	if err != nil {
		return d, err
	}
	if urls != nil {
		return c.advance(ctx, d, press.WentLive(urls, c.now()), t.ok(c, "found by its marker in the list of publications"))
	}
	if c.now().Sub(d.FiredAt) < undecidedAfter {
		return c.advance(ctx, d, press.Looked(c.now().Add(pollPause(d.Looks))), nil)
	}
	_, err = c.draft(ctx, account, d.MediaID)
	var refusal *press.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Code == codeMediaInvalid:
		return c.block(ctx, d, t, reasonUndecided(d, false))
	case err != nil:
		return d, err
	}
	return c.block(ctx, d, t, reasonUndecided(d, true))
}

// findPublication returns the addresses of the publication with the delivery's marker; nil when none is listed.
func (c *Courier) findPublication(ctx context.Context, d press.Delivery, account Account) ([]string, error) {
	const page, pages = 20, 3
	for offset := 0; offset < pages*page; offset += page {
		if err := c.count(ctx, account, callPublishList); err != nil {
			return nil, err
		}
		list, total, err := account.Publications(ctx, offset, page)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			if len(p.SourceURLs) > 0 && marked(p.SourceURLs[0], d.ID) {
				return append([]string{}, p.URLs...), nil
			}
		}
		if offset+page >= total {
			break
		}
	}
	return nil, nil
}

// repeatMass makes the identical call again: WeChat answers a clientmsgid it knows with the job that exists.
func (c *Courier) repeatMass(ctx context.Context, d press.Delivery, account Account) (press.Delivery, error) {
	t := c.try(d, press.StepFire)
	since := c.now().Sub(d.FiredAt)
	if since < massPause {
		return c.advance(ctx, d, press.Looked(d.FiredAt.Add(massPause)), nil)
	}
	if since > massWindow || d.Tries > maxRefires {
		return c.block(ctx, d, t, reasonUndecided(d, false))
	}
	if err := c.count(ctx, account, callMass); err != nil {
		return d, err
	}
	d, err := c.advance(ctx, d, press.Refiring(c.now()), nil)
	if err != nil {
		return d, err
	}
	return c.send(ctx, d, account, t)
}
