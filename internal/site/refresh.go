package site

import (
	"errors"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// change is what happened to an article, as far as the lists are concerned.
type change struct {
	column press.Column
	id     press.ArticleID
	gone   bool
	coming bool     // its page is there, though the archive may not count it yet
	times  []record // what its page was before; a record without a time means: anywhere
}

// refresh writes whatever a change has a part in.
func (s *Site) refresh(w *writer, c change) error {
	empty, err := s.refreshLists(w, c)
	if err != nil {
		return err
	}
	return dropAll(w, empty)
}

// refreshLists writes whatever a change has a part in and returns the lists that now have no article. Nothing in lists
// names those any more; a page that is yet to be removed may.
func (s *Site) refreshLists(w *writer, c change) (empty []*list, err error) {
	columns, at, err := s.reach(w, &c)
	if err != nil {
		return nil, err
	}
	if err := s.refreshNeighbours(w, c); err != nil {
		return nil, err
	}
	for _, column := range columns {
		l, err := s.openList(w, column)
		if err != nil {
			return nil, err
		}
		if l.total == 0 && len(column) > 0 && !(c.coming && inside(c.column, column)) {
			empty = append(empty, l)
			continue
		}
		if err := l.put(w, at); err != nil {
			return nil, err
		}
	}
	return empty, errors.Join(s.refreshOverview(w, at), s.refreshSearch(w, c), w.settle())
}

// dropAll removes lists that nothing names, the outer ones first, because those name the inner ones.
func dropAll(w *writer, lists []*list) error {
	for _, l := range lists {
		if err := l.drop(w); err != nil {
			return err
		}
	}
	return nil
}

func (s *Site) refreshOverview(w *writer, at span) error {
	if err := s.putSitemap(w, at); err != nil {
		return err
	}
	if err := s.putTree(w); err != nil {
		return err
	}
	return s.putFront(w)
}

// reach returns the lists that a change has a part in, outer ones first, and the time at which something in them may
// differ. It adds what the article's page says to the change.
func (s *Site) reach(w *writer, c *change) ([]press.Column, span, error) {
	if c.id != "" {
		is, ok, err := s.onDisk(w, c.id)
		if err != nil {
			return nil, whole, err
		}
		if ok {
			c.times = append(slices.Clone(c.times), is)
		}
	}
	byDir := map[string]press.Column{}
	at := whole
	for i, r := range append(slices.Clone(c.times), record{Column: c.column}) {
		for _, column := range lineage(r.Column) {
			byDir[listDir(column)] = column
		}
		switch {
		case i == 0:
			at = r.span()
		case i < len(c.times):
			at = at.join(r.span())
		}
	}
	var out []press.Column
	for _, dir := range sortedKeys(byDir) {
		out = append(out, byDir[dir])
	}
	return out, at, nil
}

// endOfTime is after every article, so that no full list page is looked at.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func (r record) span() span {
	if r.PublishedAt.IsZero() {
		return whole
	}
	return near(r.PublishedAt)
}

// refreshNeighbours writes the part of the article's page, and of those beside it, that names previous and next.
func (s *Site) refreshNeighbours(w *writer, c change) error {
	if c.id == "" {
		return nil
	}
	var beside []press.ArticleID
	for _, r := range c.times {
		beside = append(beside, r.Around...)
	}
	beside, err := s.affected(w, c.id, record{Around: beside})
	if err != nil {
		return err
	}
	if !c.gone {
		beside = append(beside, c.id)
	}
	slices.Sort(beside)
	for _, id := range slices.Compact(beside) {
		if err := s.refreshAround(w, id); err != nil {
			return err
		}
	}
	return w.settle()
}
