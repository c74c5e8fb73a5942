package search

import "slices"

// A gram is the hash of a few characters that stand side by side: two of a wide word, three of any other, whose beginning
// counts as a character too so that short words and beginnings of words can be asked for.
type gram uint32

// gramsOf returns the grams of a text that Fold has gone over, each once.
func gramsOf(folded string) []gram { return distinct(appendGrams(nil, folded)) }

func appendGrams(out []gram, folded string) []gram {
	for _, w := range words(folded) {
		out = w.grams(out)
	}
	return out
}

// distinct returns each gram once. They are hashes already, so a table with every other place empty takes a third of the time of sorting.
func distinct(all []gram) []gram {
	size := 1
	for size < 2*len(all) {
		size *= 2
	}
	table, out := make([]uint64, size), all[:0]
	for _, g := range all {
		at := int(g) & (size - 1)
		for table[at] != 0 && table[at] != uint64(g)+1 {
			at = (at + 1) & (size - 1)
		}
		if table[at] == 0 {
			table[at], out = uint64(g)+1, append(out, g)
		}
	}
	return out
}

func (w word) grams(out []gram) []gram {
	if w.wide {
		for i := range len(w.text) - 1 {
			out = append(out, hash(w.text[i:i+2]...))
		}
		return out
	}
	marked := append([]rune{'^'}, w.text...)
	out = append(out, hash(marked[:2]...))
	for i := range len(marked) - 2 {
		out = append(out, hash(marked[i:i+3]...))
	}
	return out
}

// hash is FNV-1a over code points with the last step of MurmurHash3, in 32 bits, which a browser's integers can do.
func hash(text ...rune) gram {
	h := uint32(2166136261)
	for _, r := range text {
		h = (h ^ uint32(r)) * 16777619
	}
	return gram(mix(h))
}

func mix(h uint32) uint32 {
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// A table shares grams out over two files by their last bit and knows each by its first 22. Of two that are the same to it, a search finds
// the pieces of both, and sees in the texts which has what.
const (
	shards  = 2
	keyBits = 22
)

func (g gram) shard() int { return int(g & 1) }
func (g gram) key() key   { return key(g >> (32 - keyBits)) }

type key uint32

// column is what a table says about one piece: the keys of its grams in order, for each shard.
type column [shards][]key

func columnOf(articles []Article, v Variants) (c column) {
	var all []gram
	for _, a := range articles {
		all = appendGrams(all, v.Fold(a.Title+"\n"+a.Text))
	}
	for _, g := range distinct(all) {
		c[g.shard()] = append(c[g.shard()], g.key())
	}
	for i := range c {
		slices.Sort(c[i])
		c[i] = slices.Compact(c[i])
	}
	return c
}
