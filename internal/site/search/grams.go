package search

// shards is how many files a group's filters are shared out over.
const shards = 2

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

func (g gram) shard() int { return int(g >> 31) }

// bloom is a Bloom filter. With five functions and 7.2 bits for each of its grams, it says yes to one in 31 others.
type bloom struct {
	bits int
	data []byte
}

const functions = 5

func newBloom(grams []gram) bloom {
	b := bloom{bits: len(grams)*36/5 + 8}
	b.data = make([]byte, (b.bits+7)/8)
	for _, g := range grams {
		b.each(g, func(i uint32) bool {
			b.data[i>>3] |= 1 << (i & 7)
			return true
		})
	}
	return b
}

func (b bloom) each(g gram, f func(uint32) bool) {
	step := mix(uint32(g)^0x9e3779b9) | 1
	for i, at := 0, uint32(g); i < functions; i, at = i+1, at+step {
		if !f(at % uint32(b.bits)) {
			return
		}
	}
}

// has reports whether a gram may be in the filter; false is certain.
func (b bloom) has(g gram) bool {
	found := true
	b.each(g, func(i uint32) bool {
		found = b.data[i>>3]&(1<<(i&7)) != 0
		return found
	})
	return found
}

// blooms returns the filters of a piece, one for each shard.
func blooms(articles []Article) [shards]bloom {
	var all []gram
	for _, a := range articles {
		all = appendGrams(all, Fold(a.Title+"\n"+a.Text))
	}
	var parts [shards][]gram
	for _, g := range distinct(all) {
		parts[g.shard()] = append(parts[g.shard()], g)
	}
	var out [shards]bloom
	for i, part := range parts {
		out[i] = newBloom(part)
	}
	return out
}
