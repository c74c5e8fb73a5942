package site

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/site/search"
)

// The body of an article's page stands between two marks, from which the search and the feeds take it. Nothing else on a page
// can contain them: everything that people write is escaped.
const (
	bodyStart = "<!--body-->"
	bodyEnd   = "<!--/body-->"
)

// bodyIn returns the body on an article's page; nil if it has none.
func bodyIn(page []byte) []byte { return between(page, bodyStart, bodyEnd) }

func between(page []byte, from, to string) []byte {
	_, rest, _ := bytes.Cut(page, []byte(from))
	inner, _, found := bytes.Cut(rest, []byte(to))
	if !found {
		return nil
	}
	return inner
}

// searched is the archive and the folder as the index of the search asks for them, during one operation.
type searched struct {
	s      *Site
	w      *writer
	counts map[[2]time.Time]int
}

func (s *Site) searchIndex(w *writer) search.Index {
	x := searched{s, w, map[[2]time.Time]int{}}
	return search.Index{Files: x, Articles: x, Variants: s.variants}
}

// putSearch brings the index in step with what a change did. A change of no article only sees to it that there is an index.
func (s *Site) putSearch(w *writer, c scope) error {
	x := s.searchIndex(w)
	if err := x.Begin(); err != nil || c.article == "" {
		return err
	}
	var times []time.Time
	for _, at := range c.at.spans {
		times = append(times, at.from.Add(at.to.Sub(at.from)/2), at.from, at.to)
	}
	return x.Update(c.article, times...)
}

// search writes the whole index anew, one group in a turn and then one era, and removes what else is in its folder.
func (b *rebuild) search(ctx context.Context) error {
	first, last, err := b.s.extent(ctx)
	if err != nil {
		return err
	}
	if !b.mark.Search.IsZero() {
		last = b.mark.Search // what is newer is done
	}
	for t := last; !t.Before(first); {
		err := b.in(ctx, func(w *writer) (err error) {
			t, err = b.s.searchIndex(w).RebuildGroup(t)
			return err
		})
		if err != nil {
			return err
		}
		b.mark.Search = t
		if err := b.note(ctx, false); err != nil {
			return err
		}
	}
	if err := b.eras(ctx); err != nil {
		return err
	}
	return b.in(ctx, func(w *writer) error {
		first, last, err := b.s.extent(w.ctx) // as it is now: others may have published
		if err != nil {
			return err
		}
		keep, err := b.s.searchIndex(w).Finish(first, last)
		if err != nil {
			return err
		}
		return b.sweep(w, search.Dir, func(name string) (bool, error) { return keep[name], nil })
	})
}

// eras writes the tables of the search, for which every piece is read once more.
func (b *rebuild) eras(ctx context.Context) error {
	var eras []*search.Era
	err := b.in(ctx, func(w *writer) error {
		first, last, err := b.s.extent(w.ctx)
		if err != nil {
			return err
		}
		eras, err = b.s.searchIndex(w).Eras(first, last)
		return err
	})
	if err != nil {
		return err
	}
	for i, e := range eras {
		if !b.mark.Eras.IsZero() && !e.From().Before(b.mark.Eras) {
			continue // done before this rebuild was cut off
		}
		for step := range e.Steps() {
			if err := b.in(ctx, func(w *writer) error { return b.s.searchIndex(w).Gather(e, step) }); err != nil {
				return err
			}
		}
		if err := b.in(ctx, func(w *writer) error { return b.s.searchIndex(w).Put(e) }); err != nil {
			return err
		}
		eras[i], b.mark.Eras = nil, e.From() // what was gathered is not needed any more
		if err := b.note(ctx, false); err != nil {
			return err
		}
	}
	return nil
}

// extent returns when the first and the last article went live; where there is none, the last is before the first.
func (s *Site) extent(ctx context.Context) (first, last time.Time, err error) {
	first, last = time.Unix(1, 0), time.Unix(0, 0)
	for _, end := range []struct {
		newest bool
		at     *time.Time
	}{{false, &first}, {true, &last}} {
		times, err := s.cfg.Archive.Times(ctx, Stretch{Newest: end.newest, Limit: 1})
		if err != nil {
			return first, last, err
		}
		for _, t := range times {
			*end.at = t
		}
	}
	return first, last, nil
}

// Count returns how many articles were published in a stretch of time; of many, as many as matter.
func (x searched) Count(from, to time.Time) (int, error) {
	key := [2]time.Time{from, to}
	if n, ok := x.counts[key]; ok {
		return n, nil
	}
	n, err := x.s.counting(x.w, nil)(from, to, search.GroupArticles+1)
	x.counts[key] = n
	return n, err
}

// Between returns the articles published in a stretch of time, without their texts.
func (x searched) Between(from, to time.Time) (out []search.Article, err error) {
	err = x.s.eachEntry(x.w, Stretch{From: from, Until: to}, func(e Entry) {
		out = append(out, search.Article{
			ID: e.Article, Path: x.s.Path(e.Article), Title: e.Title, Column: e.Column.String(),
			PublishedAt: e.PublishedAt, Day: x.s.day(e.PublishedAt),
		})
	})
	return out, err
}

// Text returns what an article's page says: subtitle, body and who made it.
func (x searched) Text(id press.ArticleID) (string, error) {
	page, err := x.w.read(x.s.Path(id))
	if err != nil || page == nil {
		return "", err
	}
	var about newsArticle
	_ = json.Unmarshal(between(page, `<script type="application/ld+json">`, "</script>"), &about) // a page that says nothing of itself has a body
	parts := []string{about.Alternative, search.Plain(bodyIn(page))}
	if about.Author != nil {
		parts = append(parts, x.s.chrome.W.Author+x.s.chrome.W.Colon+about.Author.Name)
	}
	if about.PhotoCredit != "" {
		parts = append(parts, x.s.chrome.W.Photos+x.s.chrome.W.Colon+about.PhotoCredit)
	}
	return strings.TrimSpace(strings.Join(parts, "\n")), nil
}

// Read returns a file's bytes; nil if it is not there.
func (x searched) Read(name string) ([]byte, error) { return x.w.read(name) }

// Put makes a file have these bytes.
func (x searched) Put(name string, data []byte) error { return x.w.put(name, data) }

// Remove makes a file not be there.
func (x searched) Remove(name string) error { return x.w.remove(name) }

// Settle makes the changes so far last before any later one.
func (x searched) Settle() error { return x.w.settle() }

// List returns the names in a folder of the index.
func (x searched) List(dir string) ([]string, error) {
	if err := x.w.listing(dir); err != nil {
		return nil, err
	}
	found, err := fs.ReadDir(x.w.root.FS(), dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, x.w.explain(dir, err)
	}
	var out []string
	for _, f := range found {
		out = append(out, f.Name())
	}
	return out, nil
}
