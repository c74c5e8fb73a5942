package compare

import "slices"

// sketchSize is how many of a text's pairs of characters are kept: all of a paragraph's, a sample of a longer text's.
const sketchSize = 256

// sketch stands for a text when likeness is asked: the smallest hashes of its pairs of neighbouring characters, rising,
// each once. Two sketches estimate how many pairs the texts share, without looking at the texts again.
type sketch []uint32

func sketchOf(text string) sketch {
	if text == "" {
		return nil
	}
	pairs := make([]uint32, 0, min(len(text)/2+1, 4*sketchSize))
	last := rune(-1) // the beginning, and at last the end, are characters too
	for _, c := range text {
		pairs = append(pairs, pairHash(last, c))
		if last = c; len(pairs) == cap(pairs) {
			pairs = smallest(pairs)
		}
	}
	return slices.Clip(smallest(append(pairs, pairHash(last, -1))))
}

// smallest sorts and keeps what belongs into a sketch, leaving room for more.
func smallest(pairs []uint32) []uint32 {
	slices.Sort(pairs)
	pairs = slices.Compact(pairs)
	kept := pairs[:min(len(pairs), sketchSize)]
	if cap(kept) < 2*sketchSize {
		kept = slices.Grow(kept, 2*sketchSize)
	}
	return kept
}

// pairHash spreads two characters over 32 bits.
func pairHash(a, b rune) uint32 {
	h := uint64(uint32(a))<<32 | uint64(uint32(b)) //nolint:gosec // the bits are what is wanted
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return uint32(h >> 32) //nolint:gosec // as above
}

// like is how alike two texts are: 0 nothing in common, 1 the same pairs (Dice's coefficient, estimated).
func (s sketch) like(t sketch) float64 {
	if len(s) == 0 || len(t) == 0 {
		return 0
	}
	limit := sketchSize // beyond the smallest ones of both together a sample says nothing
	shared, all := 0, 0
	for i, j := 0, 0; all < limit && (i < len(s) || j < len(t)); all++ {
		switch {
		case j == len(t) || i < len(s) && s[i] < t[j]:
			i++
		case i == len(s) || t[j] < s[i]:
			j++
		default:
			shared++
			i, j = i+1, j+1
		}
	}
	jaccard := float64(shared) / float64(all)
	return 2 * jaccard / (1 + jaccard)
}
