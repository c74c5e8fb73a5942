package site

import (
	"errors"
	"slices"

	"newsdesk/internal/press"
)

// change is what happened to an article, as far as the lists are concerned.
type change struct {
	column press.Column
	id     press.ArticleID
	gone   bool
	times  []record // what its page was before
}

// scope is how far a change reaches.
type scope struct {
	columns []press.Column  // whose lists it is or was in, outer ones first; the nil column is the list of everything
	at      when            // the times at which something in them may differ
	article press.ArticleID // "" if it is not about one
	gone    bool
}

// followers write what else follows a change once lists and neighbours are in step, in this order. What is to be kept in
// step with the articles besides lists hangs here. A follower asks the archive, writes no more than what the scope may have
// changed, and leaves the same bytes when it is repeated.
func (s *Site) followers() []func(*writer, scope) error {
	return []func(*writer, scope) error{s.putSitemap, s.putTree, s.putFront, s.putSearch}
}

func (s *Site) follow(w *writer, c scope) error {
	for _, put := range s.followers() {
		if err := put(w, c); err != nil {
			return err
		}
	}
	return nil
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
	reach, err := s.reach(w, &c)
	if err != nil {
		return nil, err
	}
	if err := s.refreshNeighbours(w, c); err != nil {
		return nil, err
	}
	for _, column := range reach.columns {
		l, err := s.openList(w, column)
		if err != nil {
			return nil, err
		}
		if l.empty() && len(column) > 0 {
			empty = append(empty, l)
			continue
		}
		if err := l.put(w, reach.at); err != nil {
			return nil, err
		}
	}
	return empty, errors.Join(s.follow(w, reach), w.settle())
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

// reach returns what a change has a part in. It adds what the article's page says to the change.
func (s *Site) reach(w *writer, c *change) (scope, error) {
	if c.id != "" {
		is, ok, err := s.onDisk(w, c.id)
		if err != nil {
			return scope{}, err
		}
		if ok {
			c.times = append(slices.Clone(c.times), is)
		}
	}
	out := scope{article: c.id, gone: c.gone}
	byDir := map[string]press.Column{}
	for _, column := range lineage(c.column) {
		byDir[listDir(column)] = column
	}
	for _, r := range c.times {
		for _, column := range lineage(r.Column) {
			byDir[listDir(column)] = column
		}
		if s := near(r.PublishedAt); !slices.Contains(out.at.spans, s) {
			out.at.spans = append(out.at.spans, s)
		}
	}
	for _, dir := range sortedKeys(byDir) {
		out.columns = append(out.columns, byDir[dir])
	}
	return out, nil
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
	return nil
}
