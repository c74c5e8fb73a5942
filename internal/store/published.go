package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
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

// Stretch is some of the articles that are live on a website, by the time at which they first were and then by identifier.
type Stretch struct {
	Column press.Column    // with everything below it; nil: every column
	From   time.Time       // the earliest instant; zero: there is none
	After  press.ArticleID // of the articles of the instant From, only those after this one
	Until  time.Time       // the instant after the last; zero: there is none
	Newest bool            // the newest of them, where there are more than Limit, instead of the oldest
	Limit  int             // at most 500; of times alone 10,000
}

// maxTimes bounds how many times are returned at once.
const maxTimes = 10_000

// place is where an article stands among those that are live.
type place struct {
	at time.Time
	id press.ArticleID
}

func scanPlace(r row) (p place, err error) {
	err = r.Scan(stamp(&p.at), text(&p.id))
	return p, err
}

func scanTime(r row) (at time.Time, err error) {
	err = r.Scan(stamp(&at))
	return at, err
}

func (p place) compare(o place) int {
	return cmp.Or(p.at.Compare(o.at), strings.Compare(string(p.id), string(o.id)))
}

// places answers a stretch from the indexes alone, the oldest first. A column is asked key by key, because each key is a
// run of the index in the order of time, while their range is not: so no more is read than is answered, however rare the
// column is and however many articles lie between.
func (t *tx) places(target string, s Stretch) ([]place, error) {
	if len(s.Column) == 0 {
		return t.placesWhere(s, func(w *where) { w.add("target = ?", target) })
	}
	from, until, err := columnRange(s.Column)
	if err != nil {
		return nil, err
	}
	keys, err := t.columnKeys(target, from, until)
	if err != nil {
		return nil, err
	}
	var out []place
	for _, key := range keys {
		some, err := t.placesWhere(s, func(w *where) { w.add("target = ?", target); w.add("column_key = ?", key) })
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	slices.SortFunc(out, place.compare)
	if len(out) > s.Limit && s.Newest {
		return out[len(out)-s.Limit:], nil
	} else if len(out) > s.Limit {
		return out[:s.Limit], nil
	}
	return out, nil
}

func (t *tx) placesWhere(s Stretch, among func(*where)) ([]place, error) {
	return stretchOf(t, scanPlace, "published_at, article", s, among)
}

// stretchOf reads a stretch of the rows among some, by an index that has those in the order of time, the oldest first.
func stretchOf[T any](t *tx, scan func(row) (T, error), columns string, s Stretch, among func(*where)) ([]T, error) {
	var w where
	among(&w)
	switch {
	case s.After != "":
		w.add("(published_at, article) > (?, ?)", micros(s.From), s.After)
	case !s.From.IsZero():
		w.add("published_at >= ?", micros(s.From))
	}
	if !s.Until.IsZero() {
		w.add("published_at < ?", micros(s.Until))
	}
	order := " ORDER BY published_at, article"
	if s.Newest {
		order = " ORDER BY published_at DESC, article DESC"
	}
	out, err := all(t, scan, "SELECT "+columns+" FROM site_pages"+w.String()+order+" LIMIT "+w.place(s.Limit), w.args...)
	if s.Newest {
		slices.Reverse(out)
	}
	return out, err
}

// columnKeys returns the keys in a range that have an article, going from one to the next by the index: there are few
// columns and many pages. With until "" it is every key from from on.
func (t *tx) columnKeys(target, from, until string) ([]string, error) {
	end, args := "", []any{target, from}
	if until != "" {
		end, args = " AND column_key < $3", append(args, until)
	}
	return all(t, scanKey, `WITH RECURSIVE k (key) AS (
			SELECT min(column_key) FROM site_pages WHERE target = $1 AND column_key >= $2`+end+`
			UNION ALL
			SELECT (SELECT min(p.column_key) FROM site_pages p WHERE p.target = $1 AND p.column_key > k.key`+end+`)
			FROM k WHERE k.key IS NOT NULL)
		SELECT key FROM k WHERE key IS NOT NULL`, args...)
}

// PublishedTimes returns when the articles of a stretch were first live, the oldest first.
func (s *Store) PublishedTimes(ctx context.Context, target string, stretch Stretch) (out []time.Time, err error) {
	stretch.Limit = min(cmp.Or(max(stretch.Limit, 0), defaultLimit), maxTimes)
	err = s.read(ctx, "published times", func(t *tx) (err error) {
		if len(stretch.Column) == 0 {
			out, err = stretchOf(t, scanTime, "published_at", stretch, func(w *where) { w.add("target = ?", target) })
			return err
		}
		places, err := t.places(target, stretch)
		for _, p := range places {
			out = append(out, p.at)
		}
		return err
	})
	return out, err
}

// PublishedBetween returns the articles of a stretch, the oldest first.
func (s *Store) PublishedBetween(ctx context.Context, target string, stretch Stretch) ([]Published, error) {
	return s.publishedRows(ctx, target, stretch, pageColumns, scanPage)
}

// PublishedDates is PublishedBetween with identifiers and times alone.
func (s *Store) PublishedDates(ctx context.Context, target string, stretch Stretch) ([]Published, error) {
	return s.publishedRows(ctx, target, stretch, "article, published_at, updated_at", func(r row) (p Published, err error) {
		err = r.Scan(text(&p.Article), stamp(&p.PublishedAt), stamp(&p.UpdatedAt))
		return p, err
	})
}

func (s *Store) publishedRows(ctx context.Context, target string, stretch Stretch, columns string, scan func(row) (Published, error)) (out []Published, err error) {
	stretch.Limit = bounded(stretch.Limit)
	err = s.read(ctx, "published", func(t *tx) error {
		if len(stretch.Column) == 0 {
			out, err = stretchOf(t, scan, columns, stretch, func(w *where) { w.add("target = ?", target) })
			return err
		}
		places, err := t.places(target, stretch)
		if err != nil || len(places) == 0 {
			return err
		}
		ids := make([]press.ArticleID, len(places))
		for i, p := range places {
			ids[i] = p.id
		}
		var w where
		w.add("target = ?", target)
		w.in("article", anys(ids))
		out, err = all(t, scan, "SELECT "+columns+" FROM site_pages"+w.String(), w.args...)
		slices.SortFunc(out, func(a, b Published) int {
			return place{a.PublishedAt, a.Article}.compare(place{b.PublishedAt, b.Article})
		})
		return err
	})
	return out, err
}

// PublishedSince returns when an article was first live on a website, also if it is not any more; zero if it never was.
func (s *Store) PublishedSince(ctx context.Context, target string, id press.ArticleID) (first time.Time, err error) {
	err = s.read(ctx, "published since", func(t *tx) error {
		return t.one("SELECT min(live_at) FROM deliveries WHERE kind = 'site' AND target = $1 AND article = $2", target, id).Scan(stamp(&first))
	})
	return first, err
}

// PublishedColumns returns every column in which, or below which, an article is live, each before those below it.
func (s *Store) PublishedColumns(ctx context.Context, target string) ([]press.Column, error) {
	var keys []string
	err := s.read(ctx, "published columns", func(t *tx) (err error) {
		keys, err = t.columnKeys(target, "", "")
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
