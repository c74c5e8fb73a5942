package courier

import (
	"context"
	"errors"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// site returns the target of a page by its name.
func (c *Courier) site(ctx context.Context, name string) (Website, error) {
	if c.Sites == nil {
		return nil, press.Fail(press.NotFound, "site.unknown", press.Say("There is no website %q.", "没有名为 %q 的网站渠道。", name))
	}
	return c.Sites.Website(ctx, name)
}

// targets returns the targets that pages go to.
func (c *Courier) targets(ctx context.Context) ([]press.Target, error) {
	if c.Sites == nil {
		return nil, nil
	}
	return c.Sites.Targets(ctx)
}

// writeSite brings a revision to a website. Everything in it may be repeated.
func (c *Courier) writeSite(ctx context.Context, d press.Delivery) (press.Delivery, error) {
	t := c.try(d, press.StepWrite)
	site, err := c.site(ctx, d.Target)
	if press.KindOf(err) == press.NotFound && err != nil {
		return c.block(ctx, d, t, reasonNoSite(d.Target))
	}
	if err != nil {
		return d, err
	}
	if off, err := c.switchedOff(ctx, d.Target); off || err != nil {
		if err != nil {
			return d, err
		}
		return c.block(ctx, d, t, reasonSiteOff(d.Target))
	}
	if d, waits, err := c.pageWaits(ctx, d); waits || err != nil {
		return d, err
	}
	if ahead := d.DueAt.Sub(c.now()); ahead > shortWait {
		return c.lookAhead(ctx, d, site, ahead)
	}
	now := c.now() // one instant for the page and for the row, by which the lists sort
	page, err := c.pageOf(ctx, d, now)
	if err != nil {
		return d, err
	}
	if page.Agreed, err = c.agreed(ctx, d); err != nil {
		return d, err
	}
	column := page.Content.Column
	address, err := site.Publish(ctx, page)
	if err != nil {
		return d, err
	}
	// A stop from here on would leave the lists behind the page until the next change, so it is not heeded.
	ctx = context.WithoutCancel(ctx)
	written := d
	var addresses []string
	if address != "" {
		addresses = []string{address}
	}
	if d, err = c.advance(ctx, d, press.WentLive(addresses, now), t.ok(c, address)); err != nil {
		c.undoPage(ctx, written, site, column)
		return d, err
	}
	if _, err := c.Store.SupersedeSite(ctx, d); err != nil {
		c.Logger.Warn("older website deliveries are not marked as replaced", "delivery", d.ID, "error", err)
	}
	if err := site.Refresh(ctx, column, d.Article); err != nil {
		c.Logger.Error("the website's lists could not be written; they are mended with the next article", "delivery", d.ID, "error", err)
	}
	return d, nil
}

// Foresight is what a website may have that is elsewhere: whether pages could be brought there now. The error is as that of
// Publish.
type Foresight interface {
	Ready(ctx context.Context) error
}

// Forerunner is a website to which parts of a page can be brought ahead of its time, unseen by readers. Whatever it brought,
// Remove takes away. Preparing may be cut off anywhere and repeated.
type Forerunner interface {
	Prepare(ctx context.Context, page press.Page) error
}

// aheadAgain is how long before its time a page's website is asked once more whether it is ready, and given what can be there
// ahead.
const aheadAgain = time.Hour

// lookAhead asks whether a page could be brought to its website, long before its time: a password that is refused is known
// when the edition is composed, and not at seven in the morning. In the last hour it also brings the photos.
func (c *Courier) lookAhead(ctx context.Context, d press.Delivery, site Website, ahead time.Duration) (press.Delivery, error) {
	if f, ok := site.(Foresight); ok {
		if err := f.Ready(ctx); err != nil {
			return d, err
		}
	}
	if ahead > aheadAgain+aheadAgain/2 {
		return c.advance(ctx, d, press.Postponed(d.DueAt.Add(-aheadAgain), false), nil)
	}
	brought, column, err := c.bringAhead(ctx, d, site)
	if err != nil {
		return d, err
	}
	next, err := c.advance(ctx, d, press.Postponed(d.DueAt, false), brought)
	if err != nil && brought != nil {
		c.undoPage(context.WithoutCancel(ctx), d, site, column)
	}
	return next, err
}

// bringAhead brings to a website what can be there before a page's time; the attempt is nil where that is nothing.
func (c *Courier) bringAhead(ctx context.Context, d press.Delivery, site Website) (*press.Attempt, press.Column, error) {
	f, ok := site.(Forerunner)
	if !ok {
		return nil, nil, nil
	}
	t := c.try(d, press.StepPrepare)
	page, err := c.pageOf(ctx, d, d.DueAt)
	if err != nil || len(page.Content.Photos()) == 0 {
		return nil, nil, err
	}
	if page.Agreed, err = c.agreed(ctx, d); err != nil {
		return nil, nil, err
	}
	if may, err := c.Store.PageAhead(ctx, d); err != nil || !may {
		return nil, nil, err
	}
	if err := f.Prepare(ctx, page); err != nil {
		return nil, nil, err
	}
	return t.ended(c, press.OutcomeOK, "", press.Say("The photos were brought ahead; readers do not see them yet.",
		"图片已提前上传，读者尚不可见。"), ""), page.Content.Column, nil
}

// switchedOff reports whether nothing may go to a target now.
func (c *Courier) switchedOff(ctx context.Context, name string) (bool, error) {
	targets, err := c.targets(ctx)
	return slices.ContainsFunc(targets, func(t press.Target) bool { return t.Name == name && !t.On }), err
}

// agreed is what a page looked like at its target when a person was asked whether it may be overwritten, and said yes by
// releasing the delivery; "" if nobody was asked. Tries that came to nothing since do not take that back.
func (c *Courier) agreed(ctx context.Context, d press.Delivery) (string, error) {
	list, err := c.Store.Attempts(ctx, d.ID)
	for i := len(list) - 1; i >= 0 && err == nil; i-- {
		if a := list[i]; a.Outcome == press.OutcomeBlocked && a.Code == press.CodePageEdited {
			return a.Raw, nil
		} else if a.Outcome != press.OutcomeFailed {
			break
		}
	}
	return "", err
}

// pageFault notes why a page could not be brought to its target: it is tried again, or a person is asked.
func (c *Courier) pageFault(ctx context.Context, d press.Delivery, t *try, f *press.PageFault) (press.Delivery, error) {
	raw := f.Answer
	if f.Code == press.CodePageEdited {
		raw = f.Seen
	}
	asks := f.Class == press.ClassConfig || f.Class == press.ClassContent || f.Class == press.ClassQuota
	if !asks && d.Failures < maxFailures {
		wait := max(f.Wait, c.Pauses.retry(d.Failures))
		return c.advance(ctx, d, press.Postponed(c.now().Add(wait), true), t.ended(c, press.OutcomeFailed, f.Code, f.Text, raw))
	}
	reason := press.Reason{Code: f.Code, Class: f.Class, Text: f.Text, Fix: f.Fix, Whose: f.Whose}
	return c.advance(ctx, d, c.blocking(d, &reason), t.ended(c, press.OutcomeBlocked, f.Code, f.Text, raw))
}

// awaits reports whether a push waits for a page to be live: the one that its 阅读原文 points at, and those of targets that
// are required.
func awaits(targets []press.Target, column press.Column, page press.Delivery) bool {
	return press.Awaited(targets, column, page.Target)
}

// faultOf returns the fault of a page in an error's chain.
func faultOf(err error) (*press.PageFault, bool) {
	var f *press.PageFault
	return f, errors.As(err, &f)
}
