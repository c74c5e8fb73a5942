package search

import "time"

// Rebuild writes the whole index of the articles from the first to the last time, believing nothing that is there, and returns
// every file of it. It holds one piece and the sections of one group at a time. What else is in Dir is the caller's to remove.
func (x Index) Rebuild(first, last time.Time) (keep map[string]bool, err error) {
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
			if err := x.rebuildGroup(g, keep); err != nil {
				return nil, err
			}
		}
		all = append(all, groups...)
	}
	return keep, x.writeRoot(all)
}

func (x Index) rebuildGroup(g span, keep map[string]bool) error {
	leaves, _, err := x.cut(g, PieceArticles)
	if err != nil {
		return err
	}
	w := writing{x: x, made: map[span]section{}}
	if err := w.pieces(leaves); err != nil {
		return err
	}
	keep[titlesFile(g)] = true
	for shard := range shards {
		keep[bloomFile(g, shard)] = true
	}
	for _, leaf := range leaves {
		keep[pieceFile(leaf)] = true
	}
	return w.groups([]span{g}, leaves)
}
