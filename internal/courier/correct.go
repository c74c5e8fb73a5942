package courier

import (
	"context"
	"time"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// corrections are what a page tells its readers was corrected: what they were told before, and what this revision says, since
// it reached readers first or since now.
func (c *Courier) corrections(ctx context.Context, d press.Delivery, content press.Content, at time.Time) ([]press.Correction, error) {
	list, err := c.Store.Corrections(ctx, d.Article, d.Revision)
	if err != nil || content.Correction == "" {
		return list, err
	}
	if n := len(list); n > 0 && (list[n-1].Revision == d.Revision || list[n-1].Note == content.Correction) {
		return list, nil
	}
	return append(list, press.Correction{Revision: d.Revision, Note: content.Correction, At: at}), nil
}

// notes are what readers at WeChat are told of corrections. Their days are those of the office, and the same however often
// the draft is made: that of the revision for its own.
func (c *Courier) notes(ctx context.Context, item press.EditionItem, rev press.Revision) (markup.WeChatOptions, error) {
	captions, err := c.captions(ctx, rev.Content.Column)
	if err != nil {
		return markup.WeChatOptions{}, err
	}
	list, err := c.Store.Corrections(ctx, item.Article, item.Revision-1)
	for i := range list {
		list[i].At = list[i].At.In(c.Zone)
	}
	return markup.WeChatOptions{Earlier: list, Corrected: rev.CreatedAt.In(c.Zone), Captions: captions}, err
}

// captions is how the captions of a column's articles are set.
func (c *Courier) captions(ctx context.Context, column press.Column) (press.CaptionStyle, error) {
	all, err := c.Store.ColumnRules(ctx)
	return press.RulesFor(column, all).Caption, err
}

// undoPage takes off what was just written for a delivery that a person took back meanwhile, or writes again what readers
// had before.
func (c *Courier) undoPage(ctx context.Context, d press.Delivery, site Website, column press.Column) {
	now, err := c.Store.Delivery(ctx, d.ID)
	if err != nil || (now.State != press.Cancelled && now.State != press.Retracted) {
		return
	}
	if err := c.pageBefore(ctx, d, site, column); err != nil {
		c.Logger.Error("a page that was taken back while it was written is still up", "delivery", d.ID, "error", err)
	}
}

func (c *Courier) pageBefore(ctx context.Context, d press.Delivery, site Website, column press.Column) error {
	list, err := c.Store.Presences(ctx, d.Article)
	if err != nil {
		return err
	}
	for _, p := range list { // of the website's, the newest revision comes first
		if p.Delivery.Kind != press.TargetSite || p.Delivery.Target != d.Target || p.Delivery.State != press.Live {
			continue
		}
		page, err := c.pageOf(ctx, p.Delivery, p.Delivery.LiveAt)
		if err != nil {
			return err
		}
		if _, err := site.Publish(ctx, page); err != nil {
			return err
		}
		return site.Refresh(ctx, column, d.Article)
	}
	return site.Remove(ctx, column, d.Article)
}

// pageOf makes a delivery's page, as it is at the instant at which it goes live.
func (c *Courier) pageOf(ctx context.Context, d press.Delivery, now time.Time) (page press.Page, err error) {
	rev, err := c.approved(ctx, press.EditionItem{Article: d.Article, Revision: d.Revision, Hash: d.Hash})
	if err != nil {
		return page, err
	}
	content := rev.Content
	page = press.Page{ID: d.Article, Revision: d.Revision, Content: content, PublishedAt: now, UpdatedAt: now}
	if !d.LiveAt.IsZero() { // it was there before, and says so
		page.UpdatedAt = d.LiveAt
	}
	if first, err := c.Store.FirstLive(ctx, d.Target, d.Article); err == nil {
		page.PublishedAt = first
	} else if press.KindOf(err) != press.NotFound {
		return page, err
	}
	if page.Corrections, err = c.corrections(ctx, d, content, page.UpdatedAt); err != nil {
		return page, err
	}
	if page.Captions, err = c.captions(ctx, content.Column); err != nil {
		return page, err
	}
	page.Renditions, err = c.Gallery.ForSite(ctx, content)
	return page, err
}
