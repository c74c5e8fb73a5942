package search

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// Format numbers the form of the files. An index of another form has to be made anew.
const Format = 1

// Dir is the folder of the index within the site, and Root the file that a search begins with.
const (
	Dir  = "search"
	Root = Dir + "/index.json"
)

// Files is the folder that the index is written to. Each change is whole or not at all.
type Files interface {
	// Read returns a file's bytes, nil if it is not there.
	Read(name string) ([]byte, error)
	// Put makes a file have these bytes; one that has them already is left alone.
	Put(name string, data []byte) error
	// Remove makes a file not be there.
	Remove(name string) error
	// List returns the names of the files in a folder, without the folder's; none if it is not there.
	List(dir string) ([]string, error)
	// Settle makes the changes so far last before any later one.
	Settle() error
}

// Articles is what the index is made from: the articles that are live.
type Articles interface {
	// Count returns how many were first published from an instant until just before another. Both are whole seconds.
	Count(from, to time.Time) (int, error)
	// Between returns those articles without their texts.
	Between(from, to time.Time) ([]Article, error)
	// Text returns what readers find on an article's page; "" if it has none.
	Text(id press.ArticleID) (string, error)
}

// Index keeps the files of a site's search in step with its articles.
type Index struct {
	Files    Files
	Articles Articles
	Variants Variants // with others, an index has to be made anew
}

// Update writes what has changed because of one article, which was or is published at each of some times. An article that
// is not among the articles any more is taken out.
func (x Index) Update(id press.ArticleID, times ...time.Time) error {
	var done []span
	for _, t := range times {
		p, err := x.descend(t)
		if err != nil {
			return err
		}
		if slices.Contains(done, p.leaf) {
			continue
		}
		done = append(done, p.leaf)
		if err := x.update(id, p); err != nil {
			return err
		}
	}
	return nil
}

// place is where an instant is in the tree: the stretch of its piece and the one of its group.
type place struct{ leaf, group span }

func (x Index) descend(t time.Time) (place, error) {
	p := place{leaf: rootOf(t)}
	grouped := false
	for {
		n, err := x.Articles.Count(p.leaf.from(), p.leaf.to())
		if err != nil {
			return place{}, err
		}
		if !grouped && (n <= GroupArticles || p.leaf.shift == 0) {
			p.group, grouped = p.leaf, true
		}
		if n <= PieceArticles || p.leaf.shift == 0 {
			return p, nil
		}
		p.leaf = p.leaf.towards(t)
	}
}

// cut returns the stretches with articles that one is to be cut into, the newest first, and how many articles are in it.
func (x Index) cut(s span, most int) (out []span, total int, err error) {
	total, err = x.Articles.Count(s.from(), s.to())
	switch {
	case err != nil || total == 0:
		return nil, 0, err
	case total <= most || s.shift == 0:
		return []span{s}, total, nil
	}
	for _, half := range s.halves() {
		parts, _, err := x.cut(half, most)
		if err != nil {
			return nil, 0, err
		}
		out = append(out, parts...)
	}
	return out, total, nil
}

func (x Index) update(id press.ArticleID, p place) error {
	names, err := x.Files.List(p.leaf.dir())
	if err != nil {
		return err
	}
	pieces, stale := split(spans(names, ".json"), &p.leaf)
	groups, staleGroups := split(spans(names, ".titles.json"), &p.group)
	if p.leaf.shift > p.group.shift { // what is there says less than the articles: the group was never made
		p.group = p.leaf
		groups, staleGroups = split(spans(names, ".titles.json"), &p.group)
	}
	w := x.writing()
	w.fresh = id
	if err := w.remember(stale, staleGroups); err != nil {
		return err
	}
	leaves, _, err := x.cut(p.leaf, PieceArticles)
	if err != nil {
		return err
	}
	if err := w.pieces(leaves); err != nil {
		return err
	}
	pieces = append(pieces, leaves...)
	parts, _, err := x.cut(p.group, GroupArticles)
	if err != nil {
		return err
	}
	if err := w.groups(parts, pieces); err != nil {
		return err
	}
	all, err := x.replaced(p.leaf.root(), append(groups, parts...))
	if err != nil {
		return err
	}
	staleEras, err := w.eras(all, p.group)
	if err != nil {
		return err
	}
	if err := x.writeRoot(all); err != nil {
		return err
	}
	return x.drop(staleEras, without(staleGroups, parts), without(stale, leaves))
}

// split parts those that a stretch does not touch from those that it does. Where what is there is larger, the stretch grows to it:
// it is being cut in two.
func split(all []span, s *span) (apart, touched []span) {
	for _, o := range all {
		if s.in(o) {
			*s = o
		}
	}
	for _, o := range all {
		if o.overlaps(*s) {
			touched = append(touched, o)
		} else {
			apart = append(apart, o)
		}
	}
	return apart, touched
}

// spans returns the stretches that a folder has files of, by how their names end.
func spans(names []string, suffix string) []span {
	var out []span
	for _, name := range names {
		if base, ok := strings.CutSuffix(name, suffix); ok {
			if s, ok := parseSpan(base); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

func without(all, some []span) []span {
	return slices.DeleteFunc(slices.Clone(all), func(s span) bool { return slices.Contains(some, s) })
}

// replaced returns all groups there are, the newest first, having those of one root replaced.
func (x Index) replaced(root span, groups []span) ([]span, error) {
	data, err := x.Files.Read(Root)
	if err != nil {
		return nil, err
	}
	before, ok := decodeRoot(data)
	if !ok {
		if before, err = x.list(".titles.json"); err != nil {
			return nil, err
		}
	}
	for _, g := range before {
		if g.root() != root {
			groups = append(groups, g)
		}
	}
	return inOrder(groups), nil
}

// inOrder sorts stretches, the newest first, and leaves each in once.
func inOrder(all []span) []span {
	slices.SortFunc(all, func(a, b span) int { return b.from().Compare(a.from()) })
	return slices.Compact(all)
}

// writeRoot writes [[era, [group …]] …], the newest first.
func (x Index) writeRoot(all []span) error {
	data := lines(erasOf(all), func(e era) any {
		names := make([]string, len(e.groups))
		for i, g := range e.groups {
			names[i] = strings.TrimPrefix(g.file(), Dir+"/")
		}
		return []any{e.name(), names}
	})
	if err := x.Files.Settle(); err != nil {
		return err
	}
	if err := x.Files.Put(Root, data); err != nil {
		return err
	}
	return x.Files.Settle()
}

// decodeRoot returns the groups that are named; false if it is none, or of another form.
func decodeRoot(data []byte) (out []span, ok bool) {
	var eras [][2]json.RawMessage
	if data == nil || json.Unmarshal(data, &eras) != nil {
		return nil, false
	}
	for _, fields := range eras {
		var names []string
		if json.Unmarshal(fields[1], &names) != nil {
			return nil, false
		}
		for _, name := range names {
			s, ok := parseSpan(name[strings.LastIndexByte(name, '/')+1:])
			if !ok {
				return nil, false
			}
			out = append(out, s)
		}
	}
	return out, true
}

// list looks in the folder itself for what there is of pieces or groups, by how their names end.
func (x Index) list(suffix string) (out []span, err error) {
	dirs, err := x.Files.List(Dir)
	for _, dir := range dirs {
		if _, err := strconv.ParseInt(dir, 10, 64); err != nil {
			continue
		}
		names, err := x.Files.List(Dir + "/" + dir)
		if err != nil {
			return nil, err
		}
		out = append(out, spans(names, suffix)...)
	}
	return out, err
}

func (x Index) drop(names []string, groups, pieces []span) error {
	for _, g := range groups {
		names = append(names, titlesFile(g))
	}
	for _, p := range pieces {
		names = append(names, pieceFile(p))
	}
	for _, name := range names {
		if err := x.Files.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// Begin sees to it that there is something a search can begin with.
func (x Index) Begin() error {
	data, err := x.Files.Read(Root)
	if err != nil {
		return err
	}
	if _, ok := decodeRoot(data); ok {
		return nil
	}
	groups, err := x.list(".titles.json")
	if err != nil {
		return err
	}
	return x.writeRoot(inOrder(groups))
}
