package search

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// EraGroups is how many groups an era has at most.
const EraGroups = 32

// eraShift is the size of the stretches that no era reaches beyond: 2^30 seconds, 34 years.
const eraShift = 30

const erasDir = Dir + "/eras"

// era is a stretch of time with tables that say in which of its pieces each gram is.
type era struct {
	span
	groups []span // the newest first
}

func eraFile(at span, shard int) string {
	return erasDir + "/" + at.name() + "." + strconv.Itoa(shard) + ".bin"
}

func moreFile(at span, shard int) string {
	return erasDir + "/" + at.name() + "." + strconv.Itoa(shard) + ".more.bin"
}

func eraFiles(at span) (out []string) {
	for shard := range shards {
		out = append(out, eraFile(at, shard), moreFile(at, shard))
	}
	return out
}

// erasOf returns the largest stretches with no more than EraGroups of some groups, which are the newest first, as the eras are.
func erasOf(groups []span) (out []era) {
	for len(groups) > 0 {
		root := groups[0].above(eraShift)
		n := within(groups, root)
		out, groups = append(out, cutEras(root, groups[:n])...), groups[n:]
	}
	return out
}

func cutEras(at span, groups []span) []era {
	if len(groups) == 0 {
		return nil
	}
	if len(groups) <= EraGroups {
		return []era{{at, groups}}
	}
	newer := at.halves()[0]
	n := within(groups, newer)
	return append(cutEras(newer, groups[:n]), cutEras(at.halves()[1], groups[n:])...)
}

// within counts the groups at the beginning that lie in a stretch.
func within(groups []span, at span) int {
	n := slices.IndexFunc(groups, func(g span) bool { return !g.in(at) })
	if n < 0 {
		return len(groups)
	}
	return n
}

// eras brings the tables in step after a change of some stretch, and returns the files that belong to none.
func (w *writing) eras(groups []span, changed span) (stale []string, err error) {
	names, err := w.x.Files.List(erasDir)
	if err != nil {
		return nil, err
	}
	there, eras := eraSpans(names), erasOf(groups)
	for _, e := range eras {
		if e.overlaps(changed) || !slices.Contains(there, e.span) {
			if err := w.era(e, there); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range names {
		at, _, _ := strings.Cut(name, ".")
		if !slices.ContainsFunc(eras, func(e era) bool { return e.name() == at }) {
			stale = append(stale, erasDir+"/"+name)
		}
	}
	slices.Sort(stale)
	return stale, nil
}

// eraSpans returns the eras that there are, which is to say their first tables: those are written last and removed first.
func eraSpans(names []string) (out []span) {
	for _, name := range names {
		if base, ok := strings.CutSuffix(name, ".0.bin"); ok {
			if s, ok := parseStretch(base, eraShift); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// tables is what an era says, or said.
type tables struct {
	at     span
	pieces []ref // the oldest first
	shard  [shards]*table
}

func (t *tables) within(at span) (out []ref) {
	for _, p := range t.pieces {
		if p.piece.in(at) {
			out = append(out, p)
		}
	}
	return out
}

// readEra returns the tables of an era, nil if they are not whole or do not belong together.
func (x Index) readEra(at span) (*tables, error) {
	out := &tables{at: at}
	var data, more [shards][]byte
	for shard := range shards {
		var err error
		if data[shard], err = x.Files.Read(eraFile(at, shard)); err != nil {
			return nil, err
		}
		if more[shard], err = x.Files.Read(moreFile(at, shard)); err != nil {
			return nil, err
		}
	}
	var pieces [shards][]ref
	eachShard(func(shard int) {
		if p, t, ok := decode(data[shard], more[shard]); ok {
			pieces[shard], out.shard[shard] = p, t
		}
	})
	for shard, t := range out.shard {
		if t == nil || !slices.Equal(pieces[shard], pieces[0]) {
			return nil, nil
		}
	}
	out.pieces = pieces[0]
	return out, nil
}

// eachShard does something with every shard, all at the same time: a table of a whole era takes milliseconds, which the publishing of an
// article waits for.
func eachShard(do func(shard int)) {
	var all sync.WaitGroup
	for shard := range shards {
		all.Go(func() { do(shard) })
	}
	all.Wait()
}

// era writes the tables of one era. What those that are there say of pieces that have not changed is believed, unless nothing is.
func (w *writing) era(e era, there []span) error {
	var before []*tables
	for _, at := range there {
		if w.texts == nil || !at.overlaps(e.span) {
			continue
		}
		t, err := w.x.readEra(at)
		if err != nil {
			return err
		}
		if t != nil {
			before = append(before, t)
		}
	}
	want, err := w.want(e, before)
	if err != nil {
		return err
	}
	if len(before) == 1 && before[0].at == e.span {
		if slices.Equal(want, before[0].pieces) {
			return nil
		}
		if done, err := w.amend(before[0], want); done || err != nil {
			return err
		}
	}
	return w.compose(e, before, want)
}

// want returns the pieces of an era, the oldest first: of groups that were just written as those say, of others as the tables said, and where those
// said nothing as the group says.
func (w *writing) want(e era, before []*tables) (out []ref, err error) {
	for _, g := range slices.Backward(e.groups) {
		refs, known := w.written[g]
		if !known {
			for _, t := range before {
				if refs = t.within(g); len(refs) > 0 {
					break
				}
			}
		}
		if !known && len(refs) == 0 {
			data, err := w.x.Files.Read(titlesFile(g))
			if err != nil {
				return nil, err
			}
			for _, s := range slices.Backward(decodeTitles(data)) {
				refs = append(refs, s.ref)
			}
		}
		out = append(out, refs...)
	}
	return out, nil
}

// amend writes tables in which all pieces that stay have kept their places, and of those that went is known what was in them. It
// reports whether it could.
func (w *writing) amend(before *tables, want []ref) (bool, error) {
	var all [shards][]turn
	for i := range max(len(want), len(before.pieces)) {
		if i < len(want) && i < len(before.pieces) && want[i] == before.pieces[i] {
			continue
		}
		var was, is []Article
		if i < len(before.pieces) {
			old, known := w.old[before.pieces[i]]
			if !known || slices.Contains(want, before.pieces[i]) {
				return false, nil
			}
			was = old
		}
		if i < len(want) {
			var err error
			if is, err = w.articles(want[i]); err != nil {
				return false, err
			}
		}
		for shard, some := range turnsOf(was, is, w.x.Variants) {
			for _, k := range some {
				all[shard] = append(all[shard], turn{k, uint16(i)})
			}
		}
	}
	var out [shards]*table
	eachShard(func(shard int) { out[shard] = before.shard[shard].apply(all[shard]) })
	return true, w.putEra(before.at, want, out)
}

// turnsOf returns the keys that are in one of two states of a piece only. What both have need be looked through but once.
func turnsOf(was, is []Article, v Variants) (out column) {
	var both, gone, come []Article
	texts := map[string]bool{}
	for _, a := range was {
		texts[a.Title+"\n"+a.Text] = true
	}
	for _, a := range is {
		if text := a.Title + "\n" + a.Text; texts[text] {
			both = append(both, a)
			texts[text] = false
		} else {
			come = append(come, a)
		}
	}
	for _, a := range was {
		if texts[a.Title+"\n"+a.Text] {
			gone = append(gone, a)
		}
	}
	less, more, stay := columnOf(gone, v), columnOf(come, v), columnOf(both, v)
	for shard := range out {
		for _, k := range apart(less[shard], more[shard]) {
			if _, stays := slices.BinarySearch(stay[shard], k); !stays {
				out[shard] = append(out[shard], k)
			}
		}
	}
	return out
}

// compose writes tables out of what other tables say of pieces that are the same, and out of the pieces where those say nothing.
func (w *writing) compose(e era, before []*tables, want []ref) error {
	columns := make([]column, len(want))
	known := make([]bool, len(want))
	for _, t := range before {
		to := make([]int, len(t.pieces))
		for i, p := range t.pieces {
			if to[i] = slices.Index(want, p); to[i] >= 0 && known[to[i]] {
				to[i] = -1
			}
		}
		for shard, one := range t.shard {
			one.columns(columns, shard, to)
		}
		for _, i := range to {
			if i >= 0 {
				known[i] = true
			}
		}
	}
	for i, p := range want {
		if known[i] {
			continue
		}
		var err error
		if columns[i], err = w.column(p); err != nil {
			return err
		}
	}
	var out [shards]*table
	eachShard(func(shard int) { out[shard] = build(columns, shard) })
	return w.putEra(e.span, want, out)
}

// column returns the keys of a piece as it is in the folder.
func (w *writing) column(p ref) (column, error) {
	if c, ok := w.columns[p]; ok {
		return c, nil
	}
	articles, err := w.articles(p)
	return columnOf(articles, w.x.Variants), err
}

func (w *writing) articles(p ref) ([]Article, error) {
	if articles, ok := w.now[p]; ok {
		return articles, nil
	}
	data, err := w.x.Files.Read(pieceFile(p.piece))
	articles, _ := decodePiece(data)
	return articles, err
}

func (w *writing) putEra(at span, pieces []ref, all [shards]*table) error {
	var data, more [shards][]byte
	eachShard(func(shard int) { data[shard], more[shard] = all[shard].encode(pieces) })
	for shard := range slices.Backward(all[:]) {
		if err := w.x.Files.Put(moreFile(at, shard), more[shard]); err != nil {
			return err
		}
		if err := w.x.Files.Put(eraFile(at, shard), data[shard]); err != nil {
			return err
		}
	}
	return nil
}
