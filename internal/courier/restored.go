package courier

import (
	"context"
	"errors"
	"time"

	"newsdesk/internal/press"
)

// lookRestored settles a publication that came back from a backup and may have gone out since: it is among the account's
// publications, or a person is asked. Nothing is sent from here.
func (c *Courier) lookRestored(ctx context.Context, d press.Delivery, account Account) (press.Delivery, error) {
	t := c.try(d, press.StepLook)
	found, err := c.publishedSince(ctx, d, account)
	if quotaUsed(err) {
		return c.advance(ctx, d, press.Looked(c.now().Add(c.Pauses.Quota)), nil)
	}
	if err != nil {
		return d, err
	}
	if found != nil {
		return c.foundSince(ctx, d, found, t)
	}
	if c.now().Sub(d.FiredAt) < c.Pauses.Undecided { // what was queued a moment ago is not listed yet
		return c.advance(ctx, d, press.Looked(c.now().Add(c.Pauses.poll(d.Looks))), nil)
	}
	reason := press.ReasonRestored(d)
	if d.MediaID != "" && reason.Back == press.Unknown {
		_, err := c.draft(ctx, account, d.MediaID)
		var refusal *press.Refusal
		switch {
		case err == nil:
			reason.Back = press.Ready
		case !errors.As(err, &refusal) || refusal.Code != codeMediaInvalid:
			return d, err
		}
	}
	return c.block(ctx, d, t, reason)
}

func (c *Courier) foundSince(ctx context.Context, d press.Delivery, found *press.Publication, t *try) (press.Delivery, error) {
	return c.advance(ctx, d, press.FoundSince(found.ArticleID, found.URLs, c.now()),
		t.ok(c, "published since the backup: found by its marker in the list of publications"))
}

// beforeRestored is asked before the irrevocable call of a delivery that came back from a backup; false means that it went
// out since and is live, or that a person must say.
func (c *Courier) beforeRestored(ctx context.Context, d press.Delivery, account Account) (press.Delivery, bool, error) {
	if d.RestoredFrom.IsZero() {
		return d, true, nil
	}
	t := c.try(d, press.StepCheck)
	remembered := c.now().Sub(d.RestoredFrom) <= press.ClientMsgIDSafe // by WeChat: a clientmsgid of that day
	switch {
	case d.Mode != press.ModeMass:
		found, err := c.publishedSince(ctx, d, account)
		if err != nil {
			return d, false, err
		}
		if found != nil {
			d, err = c.foundSince(ctx, d, found, t)
			return d, false, err
		}
	case remembered:
		_, err := c.draft(ctx, account, d.MediaID)
		var refusal *press.Refusal
		if errors.As(err, &refusal) && refusal.Code == codeMediaInvalid {
			d, err = c.advance(ctx, d, press.GoneSince(c.now()), t.ended(c, press.OutcomeUnknown, press.RestoredCode,
				press.Say("The draft was used up since the backup.", "草稿在备份之后已被使用。"), refusal.Error()))
			return d, false, err
		}
		if err != nil {
			return d, false, err
		}
	case d.PreparedAt.After(d.RestoredFrom): // the draft in the box is not the one that was there
		reason := press.ReasonRestored(d)
		d, err := c.advance(ctx, d, press.RestoreSettled(), nil)
		if err != nil {
			return d, false, err
		}
		d, err = c.block(ctx, d, t, reason)
		return d, false, err
	}
	d, err := c.advance(ctx, d, press.RestoreSettled(), nil)
	return d, err == nil, err
}

// publishedSince returns the publication with the delivery's marker that was made since the backup; nil when none is listed.
func (c *Courier) publishedSince(ctx context.Context, d press.Delivery, account Account) (*press.Publication, error) {
	const page, pages = 20, 10
	oldest := d.RestoredFrom.Add(-time.Hour) // clocks differ
	for offset := 0; offset < pages*page; offset += page {
		if err := c.count(ctx, account, callPublishList, c.now()); err != nil {
			return nil, err
		}
		list, total, err := account.Publications(ctx, offset, page)
		if err != nil {
			return nil, err
		}
		older := 0
		for _, p := range list {
			if len(p.SourceURLs) > 0 && marked(p.SourceURLs[0], d.ID) {
				return &p, nil
			}
			if p.UpdatedAt.Before(oldest) {
				older++
			}
		}
		if offset+page >= total || older == page {
			break
		}
	}
	return nil, nil //nolint:nilnil // none is listed, and that is no error
}
