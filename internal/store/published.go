package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"newsdesk/internal/press"
)

// summaryRunes bounds the summary in a list of pages.
const summaryRunes = 160

// Published is an article that readers of a website can open now, as lists show it.
type Published struct {
	Article     press.ArticleID
	Title       string
	Summary     string
	Column      press.Column
	Cover       press.Digest
	PublishedAt time.Time // when it was first live
	UpdatedAt   time.Time // when the revision that is live now went live
}

const pageColumns = "article, title, summary, column_key, cover, published_at, updated_at"

func scanPage(r row) (p Published, err error) {
	err = r.Scan(text(&p.Article), &p.Title, &p.Summary, &storedColumn{&p.Column}, text(&p.Cover),
		stamp(&p.PublishedAt), stamp(&p.UpdatedAt))
	return p, err
}

// refreshPage brings the row of one article's page in step with its deliveries: the newest live revision is what
// readers see, and the first time live stays the first, also after a correction.
func (t *tx) refreshPage(target string, article press.ArticleID) error {
	if err := t.must("DELETE FROM site_pages WHERE target = $1 AND article = $2", target, article); err != nil {
		return err
	}
	d, err := scanDelivery(t.one("SELECT "+deliveryColumns+` FROM deliveries
		WHERE kind = 'site' AND target = $1 AND article = $2 AND state = 'live' ORDER BY revision DESC LIMIT 1`, target, article))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	// It is wanted there again, whatever was to be removed.
	if err := t.must("DELETE FROM site_removals WHERE target = $1 AND article = $2", target, article); err != nil {
		return err
	}
	var first time.Time
	err = t.one("SELECT min(live_at) FROM deliveries WHERE kind = 'site' AND target = $1 AND article = $2",
		target, article).Scan(stamp(&first))
	if err != nil {
		return err
	}
	return t.insertPage(d, first)
}

func (t *tx) insertPage(d press.Delivery, first time.Time) error {
	rev, err := t.revision(d.Article, d.Revision)
	if err != nil {
		return err
	}
	c := rev.Content
	key, err := columnKey(c.Column)
	if err != nil {
		return err
	}
	return t.must(insert("site_pages", "target, revision, "+pageColumns), d.Target, d.Revision, d.Article, c.Title,
		c.Summary(summaryRunes), key, c.Cover.Photo, micros(first), micros(d.LiveAt))
}

func pagesWhere(target string, column press.Column) (w where, err error) {
	w.add("target = ?", target)
	if len(column) == 0 {
		return w, nil
	}
	from, until, err := columnRange(column)
	w.add("column_key >= ? AND column_key < ?", from, until)
	return w, err
}

// PublishedCount returns how many articles are live on a website, in a column and everything below it; nil: in all.
func (s *Store) PublishedCount(ctx context.Context, target string, column press.Column) (n int, err error) {
	w, err := pagesWhere(target, column)
	if err != nil {
		return 0, err
	}
	err = s.read(ctx, "published count", func(t *tx) error {
		return t.one("SELECT count(*) FROM site_pages"+w.String(), w.args...).Scan(&n)
	})
	return n, err
}

// PublishedEntries returns a stretch of the articles that are live, in the order in which they first were.
func (s *Store) PublishedEntries(ctx context.Context, target string, column press.Column, offset, limit int) (out []Published, err error) {
	w, err := pagesWhere(target, column)
	if err != nil {
		return nil, err
	}
	err = s.read(ctx, "published entries", func(t *tx) error {
		tail, args := w.page(limit, offset)
		// The stretch is found in the index alone: what is skipped is not read. CROSS JOIN keeps SQLite from turning the two
		// around, which without statistics it does.
		out, err = all(t, scanPage, "SELECT "+prefixed("p", pageColumns)+" FROM (SELECT article FROM site_pages"+w.String()+
			" ORDER BY published_at, article"+tail+`) AS i CROSS JOIN site_pages p WHERE p.article = i.article AND p.target = $1
			ORDER BY p.published_at, p.article`, args...)
		return err
	})
	return out, err
}

// PublishedColumns returns every column in which, or below which, an article is live, each before those below it.
func (s *Store) PublishedColumns(ctx context.Context, target string) ([]press.Column, error) {
	var keys []string
	err := s.read(ctx, "published columns", func(t *tx) (err error) {
		// From one key to the next by the index: there are few columns and many pages.
		keys, err = all(t, scanKey, `WITH RECURSIVE k (key) AS (
				SELECT min(column_key) FROM site_pages WHERE target = $1
				UNION ALL
				SELECT (SELECT min(p.column_key) FROM site_pages p WHERE p.target = $1 AND p.column_key > k.key)
				FROM k WHERE k.key IS NOT NULL)
			SELECT key FROM k WHERE key IS NOT NULL`, target)
		return err
	})
	return withParents(keys), err
}

func scanKey(r row) (key string, err error) {
	err = r.Scan(&key)
	return key, err
}

// withParents turns sorted keys into columns, adding those above them.
func withParents(keys []string) []press.Column {
	var out []press.Column
	seen := map[string]bool{"": true}
	for _, key := range keys {
		column := columnOf(key)
		for depth := 1; depth <= len(column); depth++ {
			parent := column[:depth:depth]
			if k, err := columnKey(parent); err == nil && !seen[k] {
				seen[k] = true
				out = append(out, parent)
			}
		}
	}
	return out
}

// PublishedNeighbours returns the articles that went live just before and just after one on a website; nil where
// there is none, and also for an article that is not live.
func (s *Store) PublishedNeighbours(ctx context.Context, target string, id press.ArticleID) (prev, next *Published, err error) {
	err = s.read(ctx, "published neighbours", func(t *tx) error {
		var at time.Time
		err := t.one("SELECT published_at FROM site_pages WHERE target = $1 AND article = $2", target, id).Scan(stamp(&at))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if prev, err = t.neighbour("SELECT "+pageColumns+` FROM site_pages WHERE target = $1
			AND (published_at, article) < ($2, $3) ORDER BY published_at DESC, article DESC LIMIT 1`, target, micros(at), id); err != nil {
			return err
		}
		next, err = t.neighbour("SELECT "+pageColumns+` FROM site_pages WHERE target = $1
			AND (published_at, article) > ($2, $3) ORDER BY published_at, article LIMIT 1`, target, micros(at), id)
		return err
	})
	return prev, next, err
}

func (t *tx) neighbour(query string, args ...any) (*Published, error) {
	p, err := scanPage(t.one(query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &p, err
}

// PublishedGone returns the articles that were once live on a website and were taken down.
func (s *Store) PublishedGone(ctx context.Context, target string) (out []press.ArticleID, err error) {
	err = s.read(ctx, "published gone", func(t *tx) error {
		out, err = all(t, func(r row) (id press.ArticleID, err error) {
			err = r.Scan(text(&id))
			return id, err
		}, `SELECT DISTINCT d.article FROM deliveries d WHERE d.state = 'retracted' AND d.kind = 'site' AND d.target = $1
			AND NOT EXISTS (SELECT 1 FROM site_pages p WHERE p.target = d.target AND p.article = d.article) ORDER BY d.article`, target)
		return err
	})
	return out, err
}
