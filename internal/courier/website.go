package courier

import (
	"context"

	"newsdesk/internal/press"
)

// writeSite brings a revision to the website. Everything in it may be repeated.
func (c *Courier) writeSite(ctx context.Context, d press.Delivery) (press.Delivery, error) {
	t := c.try(d, press.StepWrite)
	if c.Website == nil || c.Website.Name() != d.Target {
		return c.block(ctx, d, t, reasonNoSite(d.Target))
	}
	if d, waits, err := c.pageWaits(ctx, d); waits || err != nil {
		return d, err
	}
	now := c.now() // one instant for the page and for the row, by which the lists sort
	page, err := c.pageOf(ctx, d, now)
	if err != nil {
		return d, err
	}
	column := page.Content.Column
	if err := c.Website.Publish(ctx, page); err != nil {
		return d, err
	}
	// A stop from here on would leave the lists behind the page until the next change, so it is not heeded.
	ctx = context.WithoutCancel(ctx)
	address := c.Website.Address(d.Article)
	written := d
	if d, err = c.advance(ctx, d, press.WentLive([]string{address}, now), t.ok(c, address)); err != nil {
		c.undoPage(ctx, written, column)
		return d, err
	}
	if _, err := c.Store.SupersedeSite(ctx, d); err != nil {
		c.Logger.Warn("older website deliveries are not marked as replaced", "delivery", d.ID, "error", err)
	}
	if err := c.Website.Refresh(ctx, column, d.Article); err != nil {
		c.Logger.Error("the website's lists could not be written; they are mended with the next article", "delivery", d.ID, "error", err)
	}
	return d, nil
}
