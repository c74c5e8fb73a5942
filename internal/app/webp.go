package app

import (
	"context"
	"strings"
	"sync"

	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// webPWaiting bounds the articles whose photos wait to be made in WebP. What does not fit is made when the article goes live,
// or stays JPEG.
const webPWaiting = 256

// lighter makes photos in WebP, and the pictures that are shown of pages passed on, behind everything else, one article after
// the other: encoding takes more time than there is when a page is due, so it is begun when an article is approved, and a page
// that went out before is written again with it.
type lighter struct {
	app   *App
	queue chan lightening
	stop  context.CancelFunc
	done  sync.WaitGroup

	mu      sync.Mutex
	waiting map[lightening]bool
}

// lightening is an article whose photos are to be made in WebP: before it goes out, or because its page has just gone live.
type lightening struct {
	article press.ArticleID
	live    bool
}

func newLighter(a *App) *lighter {
	l := &lighter{app: a, queue: make(chan lightening, webPWaiting), waiting: map[lightening]bool{}}
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	l.done.Go(func() { l.run(ctx) })
	return l
}

func (l *lighter) close() error {
	l.stop()
	l.done.Wait()
	return nil
}

// changed looks at the articles among what has changed: one of them may have been approved.
func (l *lighter) changed(topics ...string) {
	for _, topic := range topics {
		if id, ok := strings.CutPrefix(topic, "article:"); ok && l != nil {
			l.add(lightening{article: press.ArticleID(id)})
		}
	}
}

// delivered looks at an article whose page has just gone live.
func (l *lighter) delivered(d press.Delivery) {
	if l != nil && d.Kind == press.TargetSite && d.Target == SiteTarget && d.State == press.Live {
		l.add(lightening{article: d.Article, live: true})
	}
}

func (l *lighter) add(job lightening) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting[job] {
		return
	}
	select {
	case l.queue <- job:
		l.waiting[job] = true
	default:
	}
}

func (l *lighter) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case job := <-l.queue:
			l.mu.Lock()
			delete(l.waiting, job)
			l.mu.Unlock()
			if err := l.do(ctx, job); err != nil && ctx.Err() == nil {
				l.app.opts.Logger.Warn("photos of an article are not there in WebP; its page has them in JPEG", "article", job.article, "error", err)
			}
		}
	}
}

func (l *lighter) do(ctx context.Context, job lightening) (err error) {
	defer press.Recover(&err)
	if job.live {
		return l.rewrite(ctx, job.article)
	}
	a, err := l.app.Store.Article(ctx, job.article)
	if err != nil || a.State != press.ArticleApproved {
		return err
	}
	rev, err := l.app.Store.Revision(ctx, a.ID, a.Revision)
	if err != nil {
		return err
	}
	// First what the page cannot do without: with a watermark that was chosen since, none of it may be there yet.
	if _, err := l.app.Gallery.ForSite(ctx, rev.Content); err != nil {
		return err
	}
	return l.app.Gallery.Prepare(ctx, rev.Content)
}

// rewrite writes the page of a live article again, with what there is in WebP by now. The page is that of the delivery that is
// live: if another one is by then, or none, the page follows that.
func (l *lighter) rewrite(ctx context.Context, id press.ArticleID) error {
	page, d, err := l.app.livePage(ctx, store.Published{Article: id})
	if press.CodeOf(err) == "site.gone" {
		return nil
	}
	if err != nil {
		return err
	}
	if err := l.app.Gallery.Prepare(ctx, page.Content); err != nil {
		return err
	}
	if page.Renditions, err = l.app.Gallery.ForSite(ctx, page.Content); err != nil {
		return err
	}
	site := website{l.app.Site, l.app.Gallery}
	if now, err := l.app.Store.Delivery(ctx, d.ID); err != nil || now.State != press.Live {
		return err
	}
	if _, err := site.Publish(ctx, page); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // a page that was taken down meanwhile is not left standing
	_, now, err := l.app.livePage(ctx, store.Published{Article: id})
	switch {
	case press.CodeOf(err) == "site.gone":
		return site.Remove(ctx, page.Content.Column, id)
	case err == nil && now.ID != d.ID:
		return l.rewrite(ctx, id)
	case err == nil:
		return site.Refresh(ctx, page.Content.Column, id) // the front page offers its lead in WebP too
	}
	return err
}
