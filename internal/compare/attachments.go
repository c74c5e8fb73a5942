package compare

import (
	"slices"

	"newsdesk/internal/press"
)

// Attachment is a file under the article, or a pair of them.
type Attachment struct {
	Op            Op   // Changed: another name, or another file under the same name
	Moved         bool // it stands elsewhere among those that both contents have
	Before, After *press.Attachment
}

// Replaced reports whether another file goes by the same name now.
func (a Attachment) Replaced() bool {
	return a.Before != nil && a.After != nil && a.Before.File != a.After.File
}

// Renamed reports whether the same file goes by another name now.
func (a Attachment) Renamed() bool {
	return a.Before != nil && a.After != nil && a.Before.Name != a.After.Name
}

// attachments pairs the same files, then different ones of the same name. Nil if nothing differs; otherwise all of them, in
// the later order with those that are gone at the end.
func attachments(before, after []press.Attachment) []Attachment {
	if slices.Equal(before, after) {
		return nil
	}
	taken := make([]bool, len(before))
	was := make([]int, len(after)) // places in before; -1: none
	pair := func(alike func(b, a press.Attachment) bool) {
		for i, a := range after {
			if was[i] >= 0 {
				continue
			}
			for j, b := range before {
				if !taken[j] && alike(b, a) {
					was[i], taken[j] = j, true
					break
				}
			}
		}
	}
	for i := range was {
		was[i] = -1
	}
	pair(func(b, a press.Attachment) bool { return b.File == a.File })
	pair(func(b, a press.Attachment) bool { return b.Name == a.Name })
	moved := outOfOrder(was)
	var out []Attachment
	for i := range after {
		x := Attachment{Op: Added, After: &after[i]}
		if j := was[i]; j >= 0 {
			x.Op, x.Before, x.Moved = Same, &before[j], moved[i]
			if before[j] != after[i] {
				x.Op = Changed
			}
		}
		out = append(out, x)
	}
	for j := range before {
		if !taken[j] {
			out = append(out, Attachment{Op: Removed, Before: &before[j]})
		}
	}
	return out
}

// outOfOrder finds the fewest places that have to be taken out so that what stays keeps the order it had. Places that were
// not there before (-1) count for nothing.
func outOfOrder(was []int) []bool {
	best := make([]int, len(was)) // length of the longest rising chain that ends here
	from := make([]int, len(was))
	end := -1
	for i, w := range was {
		if w < 0 {
			continue
		}
		best[i], from[i] = 1, -1
		for j := range i {
			if was[j] >= 0 && was[j] < w && best[j]+1 > best[i] {
				best[i], from[i] = best[j]+1, j
			}
		}
		if end < 0 || best[i] > best[end] {
			end = i
		}
	}
	moved := make([]bool, len(was))
	for i, w := range was {
		moved[i] = w >= 0
	}
	for ; end >= 0; end = from[end] {
		moved[end] = false
	}
	return moved
}
