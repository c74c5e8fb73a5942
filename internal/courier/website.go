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
	content, err := c.approved(ctx, press.EditionItem{Article: d.Article, Revision: d.Revision, Hash: d.Hash})
	if err != nil {
		return d, err
	}
	now := c.now() // one instant for the page and for the row, by which the lists sort
	page := Page{ID: d.Article, Content: content, PublishedAt: now, UpdatedAt: now}
	if first, err := c.Store.FirstLive(ctx, d.Target, d.Article); err == nil {
		page.PublishedAt = first
	} else if press.KindOf(err) != press.NotFound {
		return d, err
	}
	if page.Renditions, err = c.Gallery.ForSite(ctx, content); err != nil {
		return d, err
	}
	if err := c.Website.Publish(ctx, page); err != nil {
		return d, err
	}
	// A stop from here on would leave the lists behind the page until the next change, so it is not heeded.
	ctx = context.WithoutCancel(ctx)
	address := c.Website.Address(d.Article)
	if d, err = c.advance(ctx, d, press.WentLive([]string{address}, now), t.ok(c, address)); err != nil {
		return d, err
	}
	if _, err := c.Store.SupersedeSite(ctx, d); err != nil {
		c.Logger.Warn("older website deliveries are not marked as replaced", "delivery", d.ID, "error", err)
	}
	if err := c.Website.Refresh(ctx, content.Column, d.Article); err != nil {
		c.Logger.Error("the website's lists could not be written; they are mended with the next article", "delivery", d.ID, "error", err)
	}
	return d, nil
}
