package compare

import (
	"fmt"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// line is an item of a list at its depth, or a paragraph of a quote.
type line struct {
	depth   int
	ordered bool
	align   press.Align
	text    []press.Run
}

func itemsOf(b press.Block) []line {
	switch b := b.(type) {
	case press.List:
		return appendItems(nil, b, 0)
	case press.Quote:
		var out []line
		for _, p := range b.Paragraphs {
			out = append(out, line{text: p.Text, align: p.Align})
		}
		return out
	}
	return nil
}

func appendItems(out []line, list press.List, depth int) []line {
	for _, item := range list.Items {
		out = append(out, line{depth: depth, ordered: list.Ordered, text: item.Text})
		if item.List != nil && depth < press.MaxListDepth {
			out = appendItems(out, *item.List, depth+1)
		}
	}
	return out
}

func (l line) form() string { return fmt.Sprint(l.depth, l.ordered, l.align) }

func (w *work) items(before, after []line) []Item {
	old, new := lineElements(before), lineElements(after)
	var out []Item
	for _, s := range w.align(old, new, func(i, j int) float64 { return old[i].sketch.like(new[j].sketch) }) {
		out = append(out, w.item(s, before, after))
	}
	return out
}

func (w *work) item(s step, before, after []line) Item {
	switch {
	case s.new < 0:
		was := before[s.old]
		return Item{Op: Removed, Depth: was.depth, Ordered: was.ordered, Text: w.text(was.text, nil)}
	case s.old < 0:
		now := after[s.new]
		return Item{Op: Added, Depth: now.depth, Ordered: now.ordered, Text: w.text(nil, now.text)}
	}
	was, now := before[s.old], after[s.new]
	item := Item{Op: Same, Depth: now.depth, Ordered: now.ordered, Text: w.text(was.text, now.text)}
	if was.form() != now.form() || !sameText(item.Text) {
		item.Op = Changed
	}
	return item
}

func sameText(text []Span) bool {
	for _, s := range text {
		if s.Op != Same {
			return false
		}
	}
	return true
}

func lineElements(lines []line) []element {
	out := make([]element, len(lines))
	for i, l := range lines {
		out[i] = textElement(l.text, l.form())
	}
	return out
}

// textElement is a stretch of text as a thing of a sequence. Its looks are part of its key.
func textElement(runs []press.Run, form string) element {
	text := press.PlainText(runs)
	key := form + "\x00" + text
	if len(runs) > 1 || len(runs) == 1 && runs[0] != (press.Run{Text: text}) {
		key += fmt.Sprintf("\x00%+v", runs)
	}
	return element{key: key, weight: 1 + min(utf8.RuneCountInString(text), 1000), sketch: sketchOf(text)}
}

func rowsOf(b press.Block) [][]press.Cell {
	if t, ok := b.(press.Table); ok {
		return t.Rows
	}
	return nil
}

// rows aligns rows by what stands in them. Rows left between the same neighbours, as many on both sides, are pairs: the
// figures of a row may all have changed.
func (w *work) rows(before, after [][]press.Cell) []Row {
	old, new := rowElements(before), rowElements(after)
	even := len(before) == len(after)
	steps := w.align(old, new, func(i, j int) float64 {
		like := old[i].sketch.like(new[j].sketch)
		if even && i == j {
			return max(like, 0.4)
		}
		return like
	})
	var out []Row
	for _, s := range steps {
		out = append(out, w.row(s, before, after))
	}
	return out
}

func (w *work) row(s step, before, after [][]press.Cell) Row {
	var was, now []press.Cell
	r := Row{Op: Same}
	if s.old >= 0 {
		was = before[s.old]
	} else {
		r.Op = Added
	}
	if s.new >= 0 {
		now = after[s.new]
	} else {
		r.Op = Removed
	}
	r.Cells = w.cells(was, now)
	for _, c := range r.Cells {
		if r.Op == Same && c.Op != Same {
			r.Op = Changed
		}
	}
	return r
}

// cells pairs by place if there are as many as before, otherwise by what stands in them.
func (w *work) cells(before, after []press.Cell) []Cell {
	var steps []step
	if len(before) == len(after) {
		for i := range before {
			steps = append(steps, step{old: i, new: i})
		}
	} else {
		old, new := cellElements(before), cellElements(after)
		steps = w.align(old, new, func(i, j int) float64 { return old[i].sketch.like(new[j].sketch) })
	}
	out := make([]Cell, 0, len(steps))
	for _, s := range steps {
		out = append(out, w.cell(s, before, after))
	}
	return out
}

func (w *work) cell(s step, before, after []press.Cell) Cell {
	switch {
	case s.new < 0:
		return Cell{Op: Removed, Cell: before[s.old], Text: w.text(before[s.old].Text, nil)}
	case s.old < 0:
		return Cell{Op: Added, Cell: after[s.new], Text: w.text(nil, after[s.new].Text)}
	}
	was, now := before[s.old], after[s.new]
	c := Cell{Op: Same, Cell: now, Text: w.text(was.Text, now.Text)}
	if cellForm(was) != cellForm(now) || !sameText(c.Text) {
		c.Op = Changed
	}
	return c
}

func cellForm(c press.Cell) string { return fmt.Sprint(c.Align, max(c.ColSpan, 1), max(c.RowSpan, 1)) }

func cellElements(cells []press.Cell) []element {
	out := make([]element, len(cells))
	for i, c := range cells {
		out[i] = textElement(c.Text, cellForm(c))
	}
	return out
}

func rowElements(rows [][]press.Cell) []element {
	out := make([]element, len(rows))
	for i, row := range rows {
		var runs []press.Run
		form := ""
		for _, c := range row {
			runs = append(append(runs, c.Text...), press.Run{Text: "\t"})
			form += cellForm(c) + "|"
		}
		out[i] = textElement(runs, form)
	}
	return out
}

// photos pairs placed photos: the same photo first, in order; then what stands between the same neighbours; what is left
// over and the same has moved.
func (w *work) photos(before, after []press.Picture) []Photo {
	old, new := photoElements(before), photoElements(after)
	steps := w.align(old, new, func(int, int) float64 { return 0.5 })
	left := map[press.Digest]int{} // places in steps of photos without a partner
	for k, s := range steps {
		if s.new < 0 {
			left[before[s.old].Photo] = k
		}
	}
	gone := map[int]bool{}
	for k, s := range steps {
		if s.old >= 0 {
			continue
		}
		if g, ok := left[after[s.new].Photo]; ok && !gone[g] {
			steps[k].old, steps[k].moved = steps[g].old, true
			gone[g] = true
		}
	}
	var out []Photo
	for k, s := range steps {
		if !gone[k] {
			out = append(out, w.photo(s, before, after))
		}
	}
	return out
}

func (w *work) photo(s step, before, after []press.Picture) Photo {
	p := Photo{Op: Same, Moved: s.moved}
	if s.old >= 0 {
		p.Before = &before[s.old]
	} else {
		p.Op = Added
	}
	if s.new >= 0 {
		p.After = &after[s.new]
	} else {
		p.Op = Removed
	}
	if p.Op != Same || *p.Before == *p.After {
		return p
	}
	p.Op = Changed
	if p.Before.Caption != p.After.Caption {
		p.Caption = w.words(p.Before.Caption, p.After.Caption)
	}
	if p.Before.Alt != p.After.Alt {
		p.Alt = w.words(p.Before.Alt, p.After.Alt)
	}
	return p
}

func photoElements(pictures []press.Picture) []element {
	out := make([]element, len(pictures))
	for i, p := range pictures {
		out[i] = element{key: string(p.Photo), weight: 1}
	}
	return out
}
