package site

import (
	"bytes"
	"context"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// mostEntries bounds a page whose articles all went live within one second, which no halving divides.
const mostEntries = 500

// list is a column's articles: an index of the newest, and a calendar of all.
type list struct {
	s        *Site
	ctx      context.Context
	column   press.Column
	latest   []Entry // oldest first: what index and feed need
	calendar *calendar
	clock    *clock
	beside   map[span]sides
}

// openList returns a list as it stands; within one operation the archive is asked once.
func (s *Site) openList(w *writer, column press.Column) (_ *list, err error) {
	dir := listDir(column)
	if l, ok := w.lists[dir]; ok {
		return l, nil
	}
	l := &list{s: s, ctx: w.ctx, column: column, clock: s.clockOf(w, column), beside: map[span]sides{}}
	l.latest, err = s.cfg.Archive.Entries(w.ctx, Stretch{Column: column, Newest: true, Limit: max(s.cfg.PageSize+1, feedLength)})
	if err != nil {
		return nil, err
	}
	l.calendar = &calendar{
		w: w, dir: dir, ext: ".html", size: 2 * s.cfg.PageSize, zone: s.cfg.Zone, years: true,
		newest: l.newestTime(), counts: map[string]int{}, names: map[string]folder{}, count: l.clock.count,
	}
	w.lists[dir] = l
	return l, nil
}

// counting answers how many articles of a column went live within a stretch of time, up to a limit.
func (s *Site) counting(w *writer, column press.Column) func(from, until time.Time, limit int) (int, error) {
	return s.clockOf(w, column).count
}

func (l *list) empty() bool { return len(l.latest) == 0 }

func (l *list) newestTime() time.Time {
	if l.empty() {
		return time.Time{}
	}
	return l.latest[len(l.latest)-1].PublishedAt
}

// columns returns the archive's columns, asked once within one operation.
func (s *Site) columns(w *writer) (columns []press.Column, err error) {
	if w.columns == nil {
		w.columns, err = s.cfg.Archive.Columns(w.ctx)
	}
	return w.columns, err
}

// newest returns the last n entries, oldest first.
func (l *list) newest(n int) ([]Entry, error) {
	if known := len(l.latest); n <= known || known < max(l.s.cfg.PageSize+1, feedLength) {
		return l.latest[max(0, known-n):], nil
	}
	return l.s.cfg.Archive.Entries(l.ctx, Stretch{Column: l.column, Newest: true, Limit: n})
}

// sides are the pages before and after a page, or before and after a moment at which there is none; nil at an end.
type sides struct{ older, newer *period }

// sidesOf returns what is beside a stretch of time, asked once within one operation.
func (l *list) sidesOf(from, until time.Time) (s sides, err error) {
	key := span{from.UTC(), until.UTC()}
	if s, ok := l.beside[key]; ok {
		return s, nil
	}
	older, err := l.clock.before(from)
	if err == nil && !older.IsZero() {
		s.older, err = l.pageOf(older)
	}
	if err == nil && !until.After(l.calendar.newest) {
		var newer time.Time
		if newer, err = l.clock.after(until); err == nil && !newer.IsZero() {
			s.newer, err = l.pageOf(newer)
		}
	}
	l.beside[key] = s
	return s, err
}

func (l *list) pageOf(t time.Time) (*period, error) {
	p, err := l.calendar.pageOf(t)
	return &p, err
}

// put writes what changed in a list because of changes at some times. A page is written before those that name it and
// removed after they do not: first pages that are new, then those that are there already, then those that name parts, then
// the pages beside, which keep their articles and name other pages than before.
func (l *list) put(w *writer, at when) error {
	o, err := l.calendar.outline(at)
	if err != nil {
		return err
	}
	around, err := l.around(o, at)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return l.putPages(w, o) },
		func() error { return l.putOverviews(w, o) },
		func() error { return l.turnPages(w, around) },
		func() error { return l.putFeed(w) },
		func() error { return l.putIndex(w) },
		func() error { return l.dropArchive(w) },
		func() error { return l.dropPages(w, o.stale) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// around returns the pages beside those of an outline and beside the times of a change, which may name others than before.
func (l *list) around(o outline, at when) ([]period, error) {
	stretches := slices.Clone(at.spans)
	for _, p := range o.pages {
		covered := func(s span) bool { return !s.from.Before(p.from) && s.to.Before(p.until) }
		stretches = append(slices.DeleteFunc(stretches, covered), span{p.from, p.until})
	}
	out := map[string]period{}
	for _, stretch := range stretches {
		s, err := l.sidesOf(stretch.from, stretch.to)
		if err != nil {
			return nil, err
		}
		for _, p := range []*period{s.older, s.newer} {
			if p != nil {
				out[p.name] = *p
			}
		}
	}
	for _, p := range o.pages {
		delete(out, p.name)
	}
	pages := make([]period, 0, len(out))
	for _, name := range sortedKeys(out) {
		pages = append(pages, out[name])
	}
	return pages, nil
}

func (l *list) putPages(w *writer, o outline) error {
	var new, old []period
	for _, p := range o.pages {
		if w.size(l.calendar.file(p)) < 0 {
			new = append(new, p)
		} else {
			old = append(old, p)
		}
	}
	for _, p := range slices.Concat(new, old) {
		page, err := l.page(p)
		if err != nil {
			return err
		}
		if err := w.put(l.calendar.file(p), page); err != nil {
			return err
		}
	}
	return nil
}

// putOverviews writes the pages that name others: of cut months, of cut years, and of all.
func (l *list) putOverviews(w *writer, o outline) error {
	for _, p := range slices.Backward(o.overviews) {
		if err := l.putOverview(w, p, o); err != nil {
			return err
		}
	}
	if l.empty() {
		return nil
	}
	return l.putArchive(w, o)
}

// turnPages writes the part of pages that names the pages beside them anew.
func (l *list) turnPages(w *writer, pages []period) error {
	for _, p := range pages {
		page, err := w.read(l.calendar.file(p))
		if err != nil {
			return err
		}
		from, to := bytes.LastIndex(page, turnStart), bytes.LastIndex(page, turnEnd)
		if from < 0 || to < from {
			continue // not there yet, or not a page of ours: a rebuild brings it
		}
		turn, err := l.turn(p)
		if err != nil {
			return err
		}
		if err := w.put(l.calendar.file(p), slices.Concat(page[:from], turn, page[to+len(turnEnd):])); err != nil {
			return err
		}
	}
	return nil
}

// dropArchive removes the overview of a list that has nothing to oversee.
func (l *list) dropArchive(w *writer) error {
	if !l.empty() {
		return nil
	}
	return w.remove(archiveFile(l.column))
}

func (l *list) dropPages(w *writer, pages []period) error {
	for _, p := range pages {
		if err := w.remove(l.calendar.file(p)); err != nil {
			return err
		}
	}
	return nil
}

// drop removes the list of a column that has no article left.
func (l *list) drop(w *writer) error {
	for _, name := range listFiles(l.column) {
		if err := w.remove(name); err != nil {
			return err
		}
	}
	top, err := l.calendar.inFolder("")
	if err != nil {
		return err
	}
	for _, p := range top {
		inside, err := l.calendar.inside(p)
		if err != nil {
			return err
		}
		if err := l.dropPages(w, append(inside, p)); err != nil {
			return err
		}
	}
	return nil
}

// listFiles are the files that every list has, whatever is in it; the index comes first.
func listFiles(column press.Column) []string {
	return []string{indexFile(column), archiveFile(column), feedFile(column), jsonFeedFile(column)}
}
