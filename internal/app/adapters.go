package app

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"newsdesk/internal/api"
	"newsdesk/internal/config"
	"newsdesk/internal/gallery"
	"newsdesk/internal/intake"
	"newsdesk/internal/office"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
	"newsdesk/internal/site"
	"newsdesk/internal/store"
)

func intakeLimits(c config.Limits) intake.Limits {
	limits := intake.DefaultLimits()
	limits.DocumentBytes, limits.PhotoBytes, limits.TotalBytes, limits.Photos = c.DocumentBytes, c.PhotoBytes, c.ParcelBytes, c.Photos
	return limits
}

// converter makes .docx of old documents, where LibreOffice is installed.
func converter(dir string) intake.Office {
	if c, ok := office.Find(office.Config{Dir: dir, Bytes: intake.DefaultLimits().WordBytes}); ok {
		return c
	}
	return nil
}

// courierStore gives the store's rows in the courier's terms.
type courierStore struct{ *store.Store }

func (s courierStore) Media(ctx context.Context, account, kind string, digest press.Digest) (mediaID, url string, err error) {
	m, err := s.Store.Media(ctx, account, kind, digest)
	return m.MediaID, m.URL, err
}

func (s courierStore) SaveMedia(ctx context.Context, account, kind string, digest press.Digest, mediaID, url string) error {
	return s.Store.SaveMedia(ctx, store.Media{Account: account, Kind: kind, Digest: digest, MediaID: mediaID, URL: url})
}

// FirstLive is when an article's first page went live, which is the date that readers see.
func (s courierStore) FirstLive(ctx context.Context, target string, id press.ArticleID) (time.Time, error) {
	list, _, err := s.Deliveries(ctx, store.DeliveryFilter{
		Article: id, Kind: press.TargetSite, Target: target, States: []press.State{press.Live, press.Replaced, press.Retracted}, Limit: 500,
	})
	if err != nil {
		return time.Time{}, err
	}
	var first time.Time
	for _, d := range list {
		if first.IsZero() || d.LiveAt.Before(first) {
			first = d.LiveAt
		}
	}
	if first.IsZero() {
		return first, press.Fail(press.NotFound, "site.never", press.Say("The article was never on the website.", "该稿件从未在网站发布。"))
	}
	return first, nil
}

// records gives the API its lists.
type records struct{ *store.Store }

func (r records) Articles(ctx context.Context, readBy press.Actor, q api.ArticleQuery) ([]press.Article, int, error) {
	f := store.ArticleFilter{Column: press.ParseColumn(q.Column), Query: q.Search, Limit: q.Limit, Offset: q.Offset}
	if !readBy.ReadsAll() {
		f.OwnOf = readBy.ID
	}
	if q.State != "" {
		f.States = []press.ArticleState{press.ArticleState(q.State)}
	}
	return r.Store.Articles(ctx, f)
}

func (r records) Editions(ctx context.Context, q api.EditionQuery) ([]press.Edition, int, error) {
	return r.Store.Editions(ctx, store.EditionFilter{
		From: q.From, Until: q.Until, Account: q.Account, Article: press.ArticleID(q.Article), IncludeCancelled: true,
		Limit: q.Limit, Offset: q.Offset,
	})
}

func (r records) Deliveries(ctx context.Context, q api.DeliveryQuery) ([]press.Delivery, int, error) {
	f := store.DeliveryFilter{
		Edition: press.EditionID(q.Edition), Article: press.ArticleID(q.Article), Kind: press.TargetKind(q.Kind),
		Limit: q.Limit, Offset: q.Offset,
	}
	if q.State != "" {
		f.States = []press.State{press.State(q.State)}
	}
	return r.Store.Deliveries(ctx, f)
}

func (r records) Audit(ctx context.Context, subject string, before int64, limit int) ([]press.AuditEntry, error) {
	return r.Store.Audit(ctx, store.AuditFilter{Subject: subject, Before: before, Limit: limit})
}

// archive gives the website its lists.
type archive struct {
	store  *store.Store
	thumbs *thumbs
	dir    string // the website's folder
}

// thumbs remembers the small pictures of covers: lists name the same ones again and again, and a rendition that is stored
// never changes.
type thumbs struct {
	mu    sync.Mutex
	files map[thumbOf]cover
}

// thumbOf is a photo with a watermark, by that one's key; "" is none.
type thumbOf struct {
	photo press.Digest
	mark  string
}

// cover is where a cover's two small pictures are.
type cover struct{ thumb, wide string }

const maxThumbs = 10_000

func (t *thumbs) get(of thumbOf) (cover, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.files[of]
	return c, ok
}

func (t *thumbs) put(of thumbOf, c cover) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.files == nil || len(t.files) >= maxThumbs {
		t.files = map[thumbOf]cover{}
	}
	t.files[of] = c
}

func (a archive) Gone(ctx context.Context) ([]press.ArticleID, error) {
	return a.store.PublishedGone(ctx, SiteTarget)
}

func (a archive) Columns(ctx context.Context) ([]press.Column, error) {
	return a.store.PublishedColumns(ctx, SiteTarget)
}

func (a archive) Since(ctx context.Context, id press.ArticleID) (time.Time, error) {
	return a.store.PublishedSince(ctx, SiteTarget, id)
}

func (a archive) Times(ctx context.Context, stretch site.Stretch) ([]time.Time, error) {
	return a.store.PublishedTimes(ctx, SiteTarget, store.Stretch(stretch))
}

func (a archive) Dates(ctx context.Context, stretch site.Stretch) ([]site.Entry, error) {
	list, err := a.store.PublishedDates(ctx, SiteTarget, store.Stretch(stretch))
	out := make([]site.Entry, len(list))
	for i, p := range list {
		out[i] = site.Entry{Article: p.Article, PublishedAt: p.PublishedAt, UpdatedAt: p.UpdatedAt}
	}
	return out, err
}

func (a archive) Entries(ctx context.Context, stretch site.Stretch) ([]site.Entry, error) {
	list, err := a.store.PublishedBetween(ctx, SiteTarget, store.Stretch(stretch))
	if err != nil {
		return nil, err
	}
	covers := a.covers()
	out := make([]site.Entry, len(list))
	for i, p := range list {
		if out[i], err = covers.entry(ctx, p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (a archive) Neighbours(ctx context.Context, id press.ArticleID) (prev, next *site.Entry, err error) {
	before, after, err := a.store.PublishedNeighbours(ctx, SiteTarget, id)
	if err != nil {
		return nil, nil, err
	}
	covers := a.covers()
	if prev, err = covers.optional(ctx, before); err != nil {
		return nil, nil, err
	}
	next, err = covers.optional(ctx, after)
	return prev, next, err
}

// covers finds the pictures of several entries. The columns' rules are asked for once, and only where there is a cover.
func (a archive) covers() *covers { return &covers{archive: a} }

type covers struct {
	archive
	asked bool
	rules []press.RuledColumn
}

func (c *covers) optional(ctx context.Context, p *store.Published) (*site.Entry, error) {
	if p == nil {
		return nil, nil //nolint:nilnil // there is no neighbour, and that is no error
	}
	e, err := c.entry(ctx, *p)
	return &e, err
}

func (c *covers) entry(ctx context.Context, p store.Published) (site.Entry, error) {
	e := site.Entry{
		Article: p.Article, Title: p.Title, Summary: p.Summary, Column: p.Column, PublishedAt: p.PublishedAt, UpdatedAt: p.UpdatedAt,
	}
	if p.Cover == "" {
		return e, nil
	}
	mark, err := c.mark(ctx, p.Column)
	if err != nil {
		return e, err
	}
	found, err := c.pictures(ctx, p.Cover, mark)
	if mark != nil && err == nil && found.thumb == "" { // the page is of before there was this watermark
		found, err = c.pictures(ctx, p.Cover, nil)
	}
	e.Thumb, e.Wide = found.thumb, found.wide
	return e, err
}

// mark is the watermark on the photos of a column's articles; nil where there is none.
func (c *covers) mark(ctx context.Context, column press.Column) (mark *photo.Mark, err error) {
	if !c.asked {
		if c.rules, err = c.store.ColumnRules(ctx); err != nil {
			return nil, err
		}
		c.asked = true
	}
	if shown := press.RulesFor(column, c.rules).Watermark.Shown(); shown != nil {
		mark = &photo.Mark{Watermark: *shown}
	}
	return mark, nil
}

// pictures returns those of a cover's pictures that the website has: that one was made once is not to say that it is there.
func (a archive) pictures(ctx context.Context, digest press.Digest, mark *photo.Mark) (c cover, err error) {
	of := thumbOf{photo: digest}
	if mark != nil {
		of.mark = mark.Watermark.Key()
	}
	c, known := a.thumbs.get(of)
	if !known {
		if c.thumb, err = a.picture(ctx, digest, photo.Job{Recipe: press.Site480, Mark: mark}); err == nil {
			c.wide, err = a.picture(ctx, digest, photo.Job{Recipe: press.Site960, Mark: mark})
		}
		if err != nil {
			return cover{}, err
		}
		if c.thumb != "" {
			a.thumbs.put(of, c)
		}
	}
	if !a.has(c.thumb) {
		return cover{}, nil
	}
	if !a.has(c.wide) {
		c.wide = ""
	}
	return c, nil
}

// has reports whether the website's folder has a file.
func (a archive) has(name string) bool {
	if name == "" {
		return false
	}
	_, err := os.Stat(filepath.Join(a.dir, filepath.FromSlash(name)))
	return err == nil
}

// picture returns the file of a photo's rendition; "" where there is none.
func (a archive) picture(ctx context.Context, of press.Digest, job photo.Job) (string, error) {
	key, _ := job.Key(of)
	r, err := a.store.Rendition(ctx, key)
	if press.KindOf(err) == press.NotFound {
		return "", nil
	}
	return site.PhotoFile(r), err
}

// website is the static site as a target of the courier.
type website struct {
	site    *site.Site
	gallery *gallery.Gallery
}

func (w website) Address(id press.ArticleID) string { return w.site.Address(id) }
func (w website) Publish(ctx context.Context, p press.Page) (string, error) {
	res, err := w.site.Publish(ctx, w.article(p))
	return res.Address, err
}

func (w website) Refresh(ctx context.Context, column press.Column, id press.ArticleID) error {
	return w.site.Refresh(ctx, column, id)
}

func (w website) Remove(ctx context.Context, column press.Column, id press.ArticleID) error {
	return w.site.Remove(ctx, id, column)
}

func (w website) article(p press.Page) site.Article {
	a := site.Article{ID: p.ID, Content: p.Content, PublishedAt: p.PublishedAt, UpdatedAt: p.UpdatedAt, Corrections: p.Corrections, Captions: p.Captions, Photos: map[press.Digest][]site.Photo{}}
	a.Attached = func(ctx context.Context, f press.Attachment) (io.ReadCloser, error) {
		file, _, err := w.gallery.Open(ctx, f.File)
		return file, err
	}
	for digest, list := range p.Renditions {
		for _, r := range list {
			a.Photos[digest] = append(a.Photos[digest], site.Photo{Rendition: r, Open: func(ctx context.Context) (io.ReadCloser, error) {
				file, _, err := w.gallery.Open(ctx, r.Digest)
				return file, err
			}})
		}
	}
	return a
}
