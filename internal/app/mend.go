package app

import (
	"context"

	"newsdesk/internal/press"
	"newsdesk/internal/site"
	"newsdesk/internal/store"
)

// mendSite brings the website in step after a stop: the lists of what went live last are written again, because a stop
// between page and lists leaves those behind; and pages made with other templates are made anew, behind everything else, since
// a large archive takes minutes. A rebuild that a stop cuts off is begun again, and goes on, at the next start.
func (a *App) mendSite(ctx context.Context) error {
	ctx = site.PushLater(ctx) // a start does not wait for the website's place
	outdated, err := a.Site.Outdated(ctx)
	if err != nil {
		return err
	}
	if outdated {
		a.rebuildBehind()
	}
	list, err := a.Store.PublishedBetween(ctx, SiteTarget, store.Stretch{Newest: true, Limit: 5})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return a.Site.Refresh(ctx, nil, "") // a front page that says so, instead of none
	}
	for _, p := range list {
		if err := a.Site.Refresh(ctx, p.Column, p.Article); err != nil {
			return err
		}
	}
	return nil
}

// rebuildBehind makes the website anew while everything else goes on.
func (a *App) rebuildBehind() {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := func() (err error) {
			defer press.Recover(&err)
			return a.RebuildSite(ctx)
		}()
		if err != nil && ctx.Err() == nil {
			a.opts.Logger.Error("the website could not be made anew; it is tried at the next start", "error", err)
		}
	}()
	a.later(func() error {
		stop()
		<-done
		return nil
	})
}

// RebuildSite writes the whole website anew from the revisions that are live.
func (a *App) RebuildSite(ctx context.Context) error {
	const batch = 200
	return a.Site.Rebuild(ctx, func(after site.Position, each func(site.Article) error) error {
		for {
			list, err := a.Store.PublishedBetween(ctx, SiteTarget, store.Stretch{From: after.PublishedAt, After: after.Article, Limit: batch})
			if err != nil {
				return err
			}
			for _, p := range list {
				after = site.Position{PublishedAt: p.PublishedAt, Article: p.Article}
				page, _, err := a.livePage(ctx, p)
				if press.CodeOf(err) == "site.gone" { // since the list was read
					continue
				}
				if err != nil {
					return err
				}
				if err := each(website{a.Site, a.Gallery}.article(page)); err != nil {
					return err
				}
			}
			if len(list) < batch {
				return nil
			}
		}
	})
}

// livePage is an article as it is live now, and the delivery that made it so. NotFound, "site.gone": it is not.
func (a *App) livePage(ctx context.Context, p store.Published) (page press.Page, d press.Delivery, err error) {
	live, _, err := a.Store.Deliveries(ctx, store.DeliveryFilter{
		Article: p.Article, Kind: press.TargetSite, Target: SiteTarget, States: []press.State{press.Live}, Limit: 1,
	})
	if err != nil {
		return page, d, err
	}
	if len(live) == 0 {
		return page, d, press.Fail(press.NotFound, "site.gone", press.Say("The article is not live any more.", "该稿件已不在线。"))
	}
	d = live[0]
	rev, err := a.Store.Revision(ctx, p.Article, d.Revision)
	if err != nil {
		return page, d, err
	}
	first, err := courierStore{a.Store}.FirstLive(ctx, SiteTarget, p.Article)
	if err != nil {
		return page, d, err
	}
	corrections, err := a.Store.Corrections(ctx, p.Article, rev.Number)
	if err != nil {
		return page, d, err
	}
	rules, err := a.Store.ColumnRules(ctx)
	if err != nil {
		return page, d, err
	}
	renditions, err := a.Gallery.ForSite(ctx, rev.Content)
	return press.Page{Captions: press.RulesFor(rev.Content.Column, rules).Caption, Corrections: corrections, ID: p.Article, Content: rev.Content, PublishedAt: first, UpdatedAt: d.LiveAt, Renditions: renditions}, d, err
}
