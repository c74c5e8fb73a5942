package search

import "time"

// Rebuild writes the whole index of the articles from the first to the last time, believing nothing that is there, and returns
// every file of it; what else is in Dir is the caller's to remove. It holds one piece and the sections of one group at a time.
//
// A caller that has to let others write meanwhile does the same in steps: RebuildGroup from the last time on until what it returns is
// before the first, and then Finish.
func (x Index) Rebuild(first, last time.Time) (keep map[string]bool, err error) {
	for t := last; !t.Before(first); {
		if t, err = x.RebuildGroup(t); err != nil {
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
	w := writing{x: x, made: map[span]section{}}
	if err := w.pieces(leaves); err != nil {
		return time.Time{}, err
	}
	return before, w.groups([]span{p.group}, leaves)
}

// Finish writes which groups there are from the first to the last time, all of which have been made, and returns every file that belongs.
func (x Index) Finish(first, last time.Time) (keep map[string]bool, err error) {
	keep = map[string]bool{Root: true}
	var all []span
	if last.Before(first) {
		return keep, x.writeRoot(nil)
	}
	for index := rootOf(last).index; index >= rootOf(first).index; index-- {
		groups, _, err := x.cut(span{rootShift, index}, GroupArticles)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			leaves, _, err := x.cut(g, PieceArticles)
			if err != nil {
				return nil, err
			}
			keep[titlesFile(g)] = true
			for shard := range shards {
				keep[bloomFile(g, shard)] = true
			}
			for _, leaf := range leaves {
				keep[pieceFile(leaf)] = true
			}
		}
		all = append(all, groups...)
	}
	return keep, x.writeRoot(all)
}
