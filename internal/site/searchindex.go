package site

import (
	"bytes"
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
	return search.Index{Files: x, Articles: x}
}

// refreshSearch brings the index in step with what a change did. A change of no article only sees to it that there is an index.
func (s *Site) refreshSearch(w *writer, c change) error {
	x := s.searchIndex(w)
	if c.id == "" {
		return x.Begin()
	}
	var times []time.Time
	for _, r := range c.times {
		if !r.PublishedAt.IsZero() {
			times = append(times, r.PublishedAt, r.PublishedAt.Add(-slack), r.PublishedAt.Add(slack))
			continue
		}
		found, err := x.Holding(c.id) // nothing says when it was published
		if err != nil {
			return err
		}
		times = append(times, found...)
	}
	if err := x.Begin(); err != nil {
		return err
	}
	return x.Update(c.id, times...)
}

// search writes the whole index anew and removes what else is in its folder.
func (b *rebuild) search(w *writer) error {
	all, err := b.s.openList(w, nil)
	if err != nil {
		return err
	}
	at, err := all.extent()
	if err != nil {
		return err
	}
	keep, err := b.s.searchIndex(w).Rebuild(at.from, at.to)
	if err != nil {
		return err
	}
	return errors.Join(b.sweep(w, search.Dir, func(name string) bool { return keep[name] }), w.settle())
}

// Count returns how many articles were published in a stretch of time.
func (x searched) Count(from, to time.Time) (int, error) {
	key := [2]time.Time{from, to}
	if n, ok := x.counts[key]; ok {
		return n, nil
	}
	first, last, err := x.positions(from, to)
	x.counts[key] = last - first
	return last - first, err
}

func (x searched) positions(from, to time.Time) (first, last int, err error) {
	all, err := x.s.openList(x.w, nil)
	if err != nil {
		return 0, 0, err
	}
	if first, err = all.position(from); err != nil {
		return 0, 0, err
	}
	last, err = all.position(to)
	return first, last, err
}

// Between returns the articles published in a stretch of time, without their texts.
func (x searched) Between(from, to time.Time) ([]search.Article, error) {
	first, last, err := x.positions(from, to)
	if err != nil {
		return nil, err
	}
	all, err := x.s.openList(x.w, nil)
	if err != nil {
		return nil, err
	}
	entries, err := all.entries(first, last)
	out := make([]search.Article, len(entries))
	for i, e := range entries {
		out[i] = search.Article{
			ID: e.Article, Path: x.s.Path(e.Article), Title: e.Title, Column: e.Column.String(),
			PublishedAt: e.PublishedAt, Day: x.s.day(e.PublishedAt),
		}
	}
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
