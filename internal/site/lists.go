package site

import (
	"bytes"
	"context"
	"sort"
	"time"

	"newsdesk/internal/press"
)

// slack is how far the time on an article's page may be from the one in the archive.
const slack = 2 * time.Second

// whole stands for "anywhere in the list": every page is compared.
var whole = span{}

// span is the stretch of time in which something in a list may have changed. The zero span is all of it.
type span struct{ from, to time.Time }

// near returns the span around the time on a page.
func near(t time.Time) span { return span{t.Add(-slack), t.Add(slack)} }

func (a span) join(b span) span {
	if a == whole || b == whole {
		return whole
	}
	if b.from.Before(a.from) {
		a.from = b.from
	}
	if b.to.After(a.to) {
		a.to = b.to
	}
	return a
}

// list is a column's articles as they are cut into pages.
//
// Archive page n holds the n-th PageSize articles from the oldest. The index holds the rest, which is never less than one
// full page if there are that many; so there are total/PageSize - 1 archive pages.
type list struct {
	s      *Site
	ctx    context.Context
	column press.Column
	total  int
	pages  int     // archive pages
	index  []Entry // oldest first
}

// openList returns a list as it stands; within one operation the archive is asked once.
func (s *Site) openList(w *writer, column press.Column) (*list, error) {
	dir := listDir(column)
	if l, ok := w.lists[dir]; ok {
		return l, nil
	}
	total, err := s.cfg.Archive.Count(w.ctx, column)
	if err != nil {
		return nil, err
	}
	l := &list{s: s, ctx: w.ctx, column: column, total: total, pages: max(0, total/s.cfg.PageSize-1)}
	if l.index, err = l.entries(l.pages*s.cfg.PageSize, total); err != nil {
		return nil, err
	}
	w.lists[dir] = l
	return l, nil
}

// columns returns the archive's columns, asked once within one operation.
func (s *Site) columns(w *writer) (columns []press.Column, err error) {
	if w.columns == nil {
		w.columns, err = s.cfg.Archive.Columns(w.ctx)
	}
	return w.columns, err
}

func (l *list) entries(from, to int) ([]Entry, error) {
	if from >= to {
		return nil, nil
	}
	return l.s.cfg.Archive.Entries(l.ctx, l.column, from, to-from)
}

// newest returns the last n entries, oldest first.
func (l *list) newest(n int) ([]Entry, error) {
	if n <= len(l.index) || len(l.index) == l.total {
		return l.index[max(0, len(l.index)-n):], nil
	}
	return l.entries(max(0, l.total-n), l.total)
}

// position returns how many articles were published before an instant. The index is at hand; elsewhere the archive is
// asked for one entry at a time, which takes log2(total) questions.
func (l *list) position(t time.Time) (int, error) {
	start := l.total - len(l.index)
	before := func(e Entry) bool { return e.PublishedAt.Before(t) }
	if start == 0 || (len(l.index) > 0 && before(l.index[0])) {
		return start + sort.Search(len(l.index), func(i int) bool { return !before(l.index[i]) }), nil
	}
	var failed error
	n := sort.Search(start, func(i int) bool {
		entry, err := l.entries(i, i+1)
		if err != nil {
			failed = err
		}
		return failed != nil || len(entry) == 0 || !before(entry[0])
	})
	return n, failed
}

// pagesOf returns the first and last archive page that a span may lie on, counted from 1; they may be beyond the last.
func (l *list) pagesOf(at span) (first, last int, err error) {
	if at == whole {
		return 1, l.pages, nil
	}
	from, err := l.position(at.from)
	if err != nil {
		return 0, 0, err
	}
	to, err := l.position(at.to)
	return from/l.s.cfg.PageSize + 1, to/l.s.cfg.PageSize + 1, err
}

// put writes what changed in a list because of a change at some time.
func (l *list) put(w *writer, at span) error {
	first, last, err := l.pagesOf(at)
	if err != nil {
		return err
	}
	if err := l.putArchivePages(w, first, last); err != nil {
		return err
	}
	if err := l.putFeed(w); err != nil {
		return err
	}
	if err := l.putIndex(w); err != nil {
		return err
	}
	return l.dropPages(w)
}

// putArchivePages writes the archive pages first to last as far as they changed, and all from the first on if articles
// shifted from page to page or there is one page more.
//
// The last two pages are the witnesses: only if they are as they should be did nothing shift. They are written after all
// others, so that a repeat after a crash sees that there is work left, and the last but one at the very end, because it
// names the last.
func (l *list) putArchivePages(w *writer, first, last int) error {
	witnesses := map[int][]byte{}
	for n := max(1, l.pages-1); n <= l.pages; n++ {
		page, err := l.page(n)
		if err != nil {
			return err
		}
		had, err := w.read(pageFile(l.column, n))
		if err != nil {
			return err
		}
		if witnesses[n] = page; !bytes.Equal(page, had) {
			last = l.pages
		}
	}
	for n := max(1, first); n <= min(last, l.pages-2); n++ {
		page, err := l.page(n)
		if err != nil {
			return err
		}
		if err := w.put(pageFile(l.column, n), page); err != nil {
			return err
		}
	}
	for n := l.pages; n >= max(1, l.pages-1); n-- {
		if err := w.put(pageFile(l.column, n), witnesses[n]); err != nil {
			return err
		}
	}
	return nil
}

// dropPages removes archive pages that are no more, the highest first, so that a crash leaves no gap below one.
func (l *list) dropPages(w *writer) error {
	n := l.pages
	for w.size(pageFile(l.column, n+1)) >= 0 {
		n++
	}
	for ; n > l.pages; n-- {
		if err := w.remove(pageFile(l.column, n)); err != nil {
			return err
		}
	}
	return nil
}

// drop removes the list of a column that has no article left.
func (l *list) drop(w *writer) error {
	if err := w.remove(indexFile(l.column)); err != nil {
		return err
	}
	if err := l.dropFeed(w); err != nil {
		return err
	}
	return l.dropPages(w)
}
