package search

import (
	"slices"
	"time"
)

// Rebuild writes the whole index of the articles from the first to the last time, believing nothing that is there, and returns
// every file of it; what else is in Dir is the caller's to remove. It holds one piece and what one group says of its own at a time, and
// then the keys of one era, 30 MB or so where there are many articles.
//
// A caller that has to let others write meanwhile does the same in steps: RebuildGroup from the last time on until what it returns is
// before the first, Gather and Put for each of the Eras, and then Finish.
func (x Index) Rebuild(first, last time.Time) (keep map[string]bool, err error) {
	for t := last; !t.Before(first); {
		if t, err = x.RebuildGroup(t); err != nil {
			return nil, err
		}
	}
	eras, err := x.Eras(first, last)
	if err != nil {
		return nil, err
	}
	for _, e := range eras {
		for step := range e.Steps() {
			if err := x.Gather(e, step); err != nil {
				return nil, err
			}
		}
		if err := x.Put(e); err != nil {
			return nil, err
		}
	}
	return x.Finish(first, last)
}

// RebuildGroup writes the group that an instant lies in, and its pieces, and returns an instant of the stretch before it.
func (x Index) RebuildGroup(t time.Time) (before time.Time, err error) {
	p, err := x.descend(t)
	if err != nil {
		return time.Time{}, err
	}
	leaves, _, err := x.cut(p.group, PieceArticles)
	if err != nil {
		return time.Time{}, err
	}
	before = p.group.from().Add(-time.Second)
	if len(leaves) == 0 {
		return before, nil
	}
	w := x.writing()
	if err := w.pieces(leaves); err != nil {
		return time.Time{}, err
	}
	return before, w.groups([]span{p.group}, leaves)
}

// Era is one that is being made anew out of its pieces.
type Era struct {
	era     era
	columns map[ref]column
}

// Eras returns the eras from the first to the last time, the newest first.
func (x Index) Eras(first, last time.Time) (out []*Era, err error) {
	groups, err := x.groupsOf(first, last)
	for _, e := range erasOf(groups) {
		out = append(out, &Era{e, map[ref]column{}})
	}
	return out, err
}

// From returns when an era begins.
func (e *Era) From() time.Time { return e.era.from() }

// Steps returns how often Gather is to be called.
func (e *Era) Steps() int { return len(e.era.groups) }

// Gather reads the pieces of one of an era's groups.
func (x Index) Gather(e *Era, step int) error {
	refs, err := x.writing().want(era{e.era.span, e.era.groups[step : step+1]}, nil)
	if err != nil {
		return err
	}
	for _, p := range refs {
		if e.columns[p], err = x.writing().column(p); err != nil {
			return err
		}
	}
	return nil
}

// Put writes an era. Pieces that somebody has written since they were gathered are read again.
func (x Index) Put(e *Era) error {
	w := x.writing()
	w.columns = e.columns
	return w.era(e.era, nil)
}

// Finish writes which groups and eras there are from the first to the last time, all of which have been made, and returns every file that
// belongs. Eras that somebody has changed meanwhile are brought in step.
func (x Index) Finish(first, last time.Time) (keep map[string]bool, err error) {
	keep = map[string]bool{Root: true}
	groups, err := x.groupsOf(first, last)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		leaves, _, err := x.cut(g, PieceArticles)
		if err != nil {
			return nil, err
		}
		keep[titlesFile(g)] = true
		for _, leaf := range leaves {
			keep[pieceFile(leaf)] = true
		}
	}
	for _, e := range erasOf(groups) {
		if err := x.inStep(e); err != nil {
			return nil, err
		}
		for _, name := range eraFiles(e.span) {
			keep[name] = true
		}
	}
	return keep, x.writeRoot(groups)
}

func (x Index) inStep(e era) error {
	w := x.writing()
	is, err := x.readEra(e.span)
	if err != nil {
		return err
	}
	want, err := w.want(e, nil)
	if err != nil || is != nil && slices.Equal(is.pieces, want) {
		return err
	}
	return w.compose(e, nil, want)
}

// groupsOf returns the groups from the first to the last time, the newest first.
func (x Index) groupsOf(first, last time.Time) (out []span, err error) {
	if last.Before(first) {
		return nil, nil
	}
	for index := rootOf(last).index; index >= rootOf(first).index; index-- {
		groups, _, err := x.cut(span{rootShift, index}, GroupArticles)
		if err != nil {
			return nil, err
		}
		out = append(out, groups...)
	}
	return out, nil
}
