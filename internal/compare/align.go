package compare

import (
	"cmp"
	"slices"
)

// element is one thing of a sequence: a block, an item, a row, a sentence.
type element struct {
	key    string // equal things have equal keys
	weight int    // how much it matters that it stays in place, from 1
	sketch sketch
}

// step is one place of the merged sequence: a pair, or something that only one side has (the other index is -1).
type step struct {
	old, new int
	moved    bool
}

// align merges two sequences. Pairs have equal keys, or are at least likely enough by like, which is asked only for
// things that have no equal partner between the same neighbours.
func (w *work) align(old, new []element, like func(i, j int) float64) []step {
	var out []step
	i, j := 0, 0
	for _, m := range append(w.equal(old, new), step{old: len(old), new: len(new)}) {
		out = append(out, w.gap(i, m.old, j, m.new, like)...)
		if m.old < len(old) {
			out = append(out, m)
		}
		i, j = m.old+1, m.new+1
	}
	return out
}

// equal returns the matches of equal things, rising on both sides, that keep the most weight in place.
func (w *work) equal(old, new []element) []step {
	ids := map[string]int{}
	number := func(list []element) []int {
		out := make([]int, len(list))
		for i, e := range list {
			id, ok := ids[e.key]
			if !ok {
				id = len(ids)
				ids[e.key] = id
			}
			out[i] = id
		}
		return out
	}
	m := matcher{work: w, old: number(old), new: number(new), weight: make([]int, len(ids))}
	for _, e := range old {
		m.weight[ids[e.key]] = max(e.weight, 1)
	}
	m.match(0, len(old), 0, len(new))
	return m.out
}

type matcher struct {
	*work
	old, new []int
	weight   []int // by number
	out      []step
}

func (m *matcher) add(i, j int) { m.out = append(m.out, step{old: i, new: j}) }

// match looks at old[i0:i1] and new[j0:j1]: equal beginnings and ends, then the matrix between them, or, where that would
// be too large, what occurs once on both sides divides it.
func (m *matcher) match(i0, i1, j0, j1 int) {
	for i0 < i1 && j0 < j1 && m.old[i0] == m.new[j0] {
		m.add(i0, j0)
		i0, j0 = i0+1, j0+1
	}
	tail := 0
	for i0 < i1-tail && j0 < j1-tail && m.old[i1-1-tail] == m.new[j1-1-tail] {
		tail++
	}
	i1, j1 = i1-tail, j1-tail
	switch cells := (i1 - i0) * (j1 - j0); {
	case cells == 0:
	case cells <= gridLimit && cells <= m.grid:
		m.grid -= cells
		m.matrix(i0, i1, j0, j1)
	default:
		m.divide(i0, i1, j0, j1)
	}
	for k := range tail {
		m.add(i1+k, j1+k)
	}
}

// matrix is the longest common subsequence, by weight.
func (m *matcher) matrix(i0, i1, j0, j1 int) {
	width := j1 - j0 + 1
	best := make([]int32, (i1-i0+1)*width) // of what begins at (i, j)
	at := func(i, j int) *int32 { return &best[(i-i0)*width+j-j0] }
	for i := i1 - 1; i >= i0; i-- {
		for j := j1 - 1; j >= j0; j-- {
			score := max(*at(i+1, j), *at(i, j+1))
			if m.old[i] == m.new[j] {
				score = max(score, *at(i+1, j+1)+int32(m.weight[m.old[i]])) //nolint:gosec // weights are bounded
			}
			*at(i, j) = score
		}
	}
	for i, j := i0, j0; i < i1 && j < j1; {
		switch {
		case m.old[i] == m.new[j] && *at(i, j) == *at(i+1, j+1)+int32(m.weight[m.old[i]]): //nolint:gosec // as above
			m.add(i, j)
			i, j = i+1, j+1
		case *at(i, j) == *at(i+1, j):
			i++
		default:
			j++
		}
	}
}

// divide matches what occurs once on each side and keeps its order, and looks between those matches. Nothing of the kind
// leaves the stretch unmatched.
func (m *matcher) divide(i0, i1, j0, j1 int) {
	anchors := m.anchors(i0, i1, j0, j1)
	if len(anchors) == 0 {
		m.coarse = true
		return
	}
	for _, a := range anchors {
		if a.old < i0 || a.new < j0 {
			continue // the stretch before it grew over it, by an equal beginning
		}
		m.match(i0, a.old, j0, a.new)
		m.add(a.old, a.new)
		i0, j0 = a.old+1, a.new+1
	}
	m.match(i0, i1, j0, j1)
}

func (m *matcher) anchors(i0, i1, j0, j1 int) []step {
	type seen struct{ times, at int }
	count := func(list []int, from, until int) map[int]seen {
		out := make(map[int]seen, until-from)
		for k := from; k < until; k++ {
			out[list[k]] = seen{out[list[k]].times + 1, k}
		}
		return out
	}
	theirs := count(m.new, j0, j1)
	var unique []step
	for id, s := range count(m.old, i0, i1) {
		if t := theirs[id]; s.times == 1 && t.times == 1 {
			unique = append(unique, step{old: s.at, new: t.at})
		}
	}
	slices.SortFunc(unique, func(a, b step) int { return cmp.Compare(a.old, b.old) })
	return rising(unique)
}

// rising returns the longest part of the steps that rises on the new side too.
func rising(steps []step) []step {
	var tops []int // of the shortest-ending rise of each length, the index of its last step
	before := make([]int, len(steps))
	for i, s := range steps {
		n, _ := slices.BinarySearchFunc(tops, s.new, func(top, at int) int { return cmp.Compare(steps[top].new, at) })
		before[i] = -1
		if n > 0 {
			before[i] = tops[n-1]
		}
		if n == len(tops) {
			tops = append(tops, i)
		} else {
			tops[n] = i
		}
	}
	out := make([]step, len(tops))
	if len(tops) == 0 {
		return out
	}
	for i, n := tops[len(tops)-1], len(tops)-1; n >= 0; i, n = before[i], n-1 {
		out[n] = steps[i]
	}
	return out
}

// likely is the least likeness of a pair.
const likely = 0.35

// gap merges two stretches that have nothing equal: the pairs are those whose likenesses have the largest sum.
func (w *work) gap(i0, i1, j0, j1 int, like func(i, j int) float64) []step {
	n, m := i1-i0, j1-j0
	if n == 0 || m == 0 || like == nil || !w.spend(&w.like, n*m, likeLimit) {
		return apart(i0, i1, j0, j1)
	}
	width := m + 1
	score, best := make([]float64, n*m), make([]float64, (n+1)*width)
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			s := like(i0+i, j0+j)
			score[i*m+j] = s
			best[i*width+j] = max(best[(i+1)*width+j], best[i*width+j+1])
			if s >= likely {
				best[i*width+j] = max(best[i*width+j], best[(i+1)*width+j+1]+s)
			}
		}
	}
	var out []step
	i, j := 0, 0
	for i < n && j < m {
		here := best[i*width+j]
		switch {
		case score[i*m+j] >= likely && here == best[(i+1)*width+j+1]+score[i*m+j]:
			out = append(out, step{old: i0 + i, new: j0 + j})
			i, j = i+1, j+1
		case here == best[(i+1)*width+j]:
			out = append(out, step{old: i0 + i, new: -1})
			i++
		default:
			out = append(out, step{old: -1, new: j0 + j})
			j++
		}
	}
	return append(out, apart(i0+i, i1, j0+j, j1)...)
}

// apart lists what one side had and then what the other has.
func apart(i0, i1, j0, j1 int) []step {
	out := make([]step, 0, i1-i0+j1-j0)
	for i := i0; i < i1; i++ {
		out = append(out, step{old: i, new: -1})
	}
	for j := j0; j < j1; j++ {
		out = append(out, step{old: -1, new: j})
	}
	return out
}
