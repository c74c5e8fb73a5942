package config

import "strings"

// nearest returns the name that a mistyped one was most likely meant to be, or nothing.
func nearest(typed string, names []string) string {
	best, bestAt := "", max(1, len(typed)/3)+1
	for _, name := range names {
		if d := distance(strings.ToLower(typed), strings.ToLower(name)); d < bestAt {
			best, bestAt = name, d
		}
	}
	return best
}

// elsewhere returns the full path of a key that was written without its section, if only one has that name.
func elsewhere(typed string, root *node) string {
	found := ""
	for _, leaf := range root.leaves() {
		if leaf.name != typed || strings.Contains(leaf.path, "*") {
			continue
		}
		if found != "" {
			return ""
		}
		found = leaf.path
	}
	return found
}

// distance counts the letters to insert, delete, change or swap with their neighbour to get from a to b.
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
