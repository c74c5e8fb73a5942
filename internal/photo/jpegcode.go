package photo

// huffLengths is a Huffman table as JPEG writes it: how many codes of each length there are, and their symbols in order.
type huffLengths struct {
	counts [17]byte // 1 to 16
	values []byte
}

// make chooses the lengths of codes for symbols that occur so often, by the procedure of T.81 K.2, and returns how many bits all of
// them will take. codes are those of jpegWriter.codes.
func (h *huffLengths) make(often, codes []uint32) (total int) {
	sizes := codeSizes(often)
	var counts [33]int
	for _, s := range sizes {
		counts[min(s, 32)]++
	}
	limitSizes(&counts)
	h.values = h.values[:0]
	for size := 1; size <= 32; size++ {
		if size <= 16 {
			h.counts[size] = byte(counts[size])
		}
		for symbol, s := range sizes[:256] {
			if s == size {
				h.values = append(h.values, byte(symbol))
			}
		}
	}
	code, at := uint32(0), 0
	for size := uint32(1); size <= 16; size++ {
		for range h.counts[size] {
			symbol := h.values[at]
			behind := uint32(symbol & 15)
			codes[symbol] = code<<behind<<5 | (size + behind)
			total += int(often[symbol]) * int(size+behind)
			code++
			at++
		}
		code <<= 1
	}
	return total
}

// codeSizes merges the two rarest groups of symbols until one is left; each merger makes the codes in both longer by one. Symbol 256 stands for
// the code of ones alone, which JPEG does not allow. Of equally rare groups the later one is taken.
func codeSizes(often []uint32) (sizes [257]int) {
	type group struct {
		often   uint32
		symbols []int
	}
	var groups []*group
	for symbol, n := range often {
		if n > 0 {
			groups = append(groups, &group{n, []int{symbol}})
		}
	}
	groups = append(groups, &group{1, []int{256}})
	for len(groups) > 1 {
		first, second := -1, -1
		for i, g := range groups {
			switch {
			case first < 0 || g.often <= groups[first].often:
				first, second = i, first
			case second < 0 || g.often <= groups[second].often:
				second = i
			}
		}
		a, b := groups[first], groups[second]
		a.often += b.often
		a.symbols = append(a.symbols, b.symbols...)
		for _, s := range a.symbols {
			sizes[s]++
		}
		groups = append(groups[:second], groups[second+1:]...)
	}
	return sizes
}

// limitSizes makes codes of more than 16 bits shorter (T.81 figure K.3) and takes the one of ones away.
func limitSizes(counts *[33]int) {
	for i := 32; i > 16; i-- {
		for counts[i] > 0 {
			j := i - 2
			for counts[j] == 0 {
				j--
			}
			counts[i] -= 2
			counts[i-1]++
			counts[j+1] += 2
			counts[j]--
		}
	}
	longest := 16
	for longest > 1 && counts[longest] == 0 {
		longest--
	}
	counts[longest]--
}

// segment appends the DHT segment; place is the class (DC or AC) and the number.
func (h *huffLengths) segment(out []byte, place byte) []byte {
	n := 19 + len(h.values)
	out = append(out, 0xff, 0xc4, byte(n>>8), byte(n), place)
	out = append(out, h.counts[1:]...)
	return append(out, h.values...)
}
