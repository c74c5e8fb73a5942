package compare

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// blocks aligns two bodies and says what became of each block.
func (w *work) blocks(before, after []press.Block) []Block {
	old, new := elements(before), elements(after)
	steps := w.align(old, new, func(i, j int) float64 { return alike(before[i], after[j], old[i], new[j]) })
	steps = w.moves(steps, before, after, old, new)
	out := make([]Block, 0, len(steps))
	for _, s := range steps {
		out = append(out, w.block(s, before, after))
	}
	return out
}

func elements(blocks []press.Block) []element {
	out := make([]element, len(blocks))
	for i, b := range blocks {
		data, err := press.EncodeJSON(b)
		if err != nil {
			data = nil // no block that was read or checked; all such are the same
		}
		text := press.Body{Blocks: blocks[i : i+1]}.Text()
		out[i] = element{key: press.BlockType(b) + string(data), weight: weight(b, text), sketch: sketchOf(text)}
	}
	return out
}

// weight says what is rather seen as having stayed, when two things change places: many blocks rather than few, then the
// longer text; and dividers last.
func weight(b press.Block, text string) int {
	switch b.(type) {
	case press.Divider:
		return 1
	case press.Picture, press.Gallery:
		return 20
	}
	return 10 + min(utf8.RuneCountInString(text), 200)/4
}

func picturesOf(b press.Block) []press.Picture {
	return press.Body{Blocks: []press.Block{b}}.Pictures()
}

// alike is how likely a later block is an earlier one, edited.
func alike(a, b press.Block, ea, eb element) float64 {
	if pa, pb := picturesOf(a), picturesOf(b); len(pa) > 0 && len(pb) > 0 {
		return photosAlike(pa, pb)
	}
	score := ea.sketch.like(eb.sketch)
	switch same := press.BlockType(a) == press.BlockType(b); {
	case same && press.BlockType(a) == "table":
		return max(score, 0.4) // figures change, the table stays
	case same:
		return score
	case textual(a) && textual(b):
		return score * 0.9 // a paragraph that was made a heading
	}
	return 0
}

func textual(b press.Block) bool {
	switch b.(type) {
	case press.Paragraph, press.Heading:
		return true
	}
	return false
}

// photosAlike: the same photos; or the same words under another photo; or simply another photo in the place.
func photosAlike(a, b []press.Picture) float64 {
	shared := 0
	there := map[press.Digest]bool{}
	for _, p := range a {
		there[p.Photo] = true
	}
	for _, p := range b {
		if there[p.Photo] {
			shared++
		}
	}
	if shared > 0 {
		return max(0.6, 2*float64(shared)/float64(len(a)+len(b)))
	}
	if len(a) == 1 && len(b) == 1 && a[0].Caption != "" && a[0].Caption == b[0].Caption {
		return 0.55
	}
	return 0.4
}

// Bounds of what counts as moved: shorter texts and dividers are alike by chance.
const (
	movedWeight = 12  // two hands full of characters, or a photo
	movedLike   = 0.6 // likeness, at least
)

// moves joins what is gone here and stands there: first what is equal, then what is very much alike, the best pairs first.
func (w *work) moves(steps []step, before, after []press.Block, old, new []element) []step {
	var gone, come []int // places in steps
	for k, s := range steps {
		switch {
		case s.new < 0 && movable(old[s.old]):
			gone = append(gone, k)
		case s.old < 0 && movable(new[s.new]):
			come = append(come, k)
		}
	}
	taken := map[int]bool{}
	pair := func(g, c int) {
		steps[c].old, steps[c].moved = steps[g].old, true
		taken[g], taken[c] = true, true
	}
	byKey := map[string][]int{}
	for _, g := range gone {
		byKey[old[steps[g].old].key] = append(byKey[old[steps[g].old].key], g)
	}
	for _, c := range come {
		key := new[steps[c].new].key
		if list := byKey[key]; len(list) > 0 {
			byKey[key] = list[1:]
			pair(list[0], c)
		}
	}
	for _, m := range w.similar(steps, gone, come, taken, before, after, old, new) {
		if !taken[m.gone] && !taken[m.come] {
			pair(m.gone, m.come)
		}
	}
	var out []step
	for k, s := range steps {
		if s.new >= 0 || !taken[k] {
			out = append(out, s)
		}
	}
	return out
}

func movable(e element) bool { return e.weight >= movedWeight }

type move struct {
	gone, come int
	like       float64
}

func (w *work) similar(steps []step, gone, come []int, taken map[int]bool, before, after []press.Block, old, new []element) []move {
	if !w.spend(&w.like, len(gone)*len(come), likeLimit) {
		return nil
	}
	var out []move
	for _, g := range gone {
		for _, c := range come {
			if taken[g] || taken[c] {
				continue
			}
			i, j := steps[g].old, steps[c].new
			if like := alike(before[i], after[j], old[i], new[j]); like >= movedLike {
				out = append(out, move{g, c, like})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b move) int { return cmp.Compare(b.like, a.like) })
	return out
}

func (w *work) block(s step, before, after []press.Block) Block {
	b := Block{Op: Same, Moved: s.moved, From: s.old, To: s.new}
	if s.old >= 0 {
		b.Before = before[s.old]
	}
	if s.new >= 0 {
		b.After = after[s.new]
	}
	switch {
	case b.Before == nil:
		b.Op = Added
	case b.After == nil:
		b.Op = Removed
	}
	w.inside(&b)
	return b
}

// inside compares what the block is made of. A block that only one side has is compared with nothing.
func (w *work) inside(b *Block) {
	shape := b.After
	if shape == nil {
		shape = b.Before
	}
	switch shape.(type) {
	case press.Paragraph, press.Heading:
		b.Text = w.text(inline(b.Before), inline(b.After))
	case press.List, press.Quote:
		b.Items = w.items(itemsOf(b.Before), itemsOf(b.After))
	case press.Table:
		b.Rows = w.rows(rowsOf(b.Before), rowsOf(b.After))
	case press.Picture, press.Gallery:
		b.Photos = w.photos(placed(b.Before), placed(b.After))
	}
	if b.Op != Same {
		return
	}
	b.Form = form(b.Before) != form(b.After)
	if b.Form || b.differs() {
		b.Op = Changed
	}
}

func (b *Block) differs() bool {
	differs := false
	b.eachText(func(text []Span) {
		differs = differs || slices.ContainsFunc(text, func(s Span) bool { return s.Op != Same })
	})
	return differs ||
		slices.ContainsFunc(b.Items, func(i Item) bool { return i.Op != Same }) ||
		slices.ContainsFunc(b.Rows, func(r Row) bool { return r.Op != Same }) ||
		slices.ContainsFunc(b.Photos, func(p Photo) bool { return p.Op != Same || p.Moved })
}

// form is everything of a block but its words and photos.
func form(b press.Block) string {
	switch b := b.(type) {
	case press.Paragraph:
		return "p" + string(b.Align)
	case press.Heading:
		return "h" + strings.Repeat("#", b.Level) + string(b.Align)
	case press.List:
		if b.Ordered {
			return "ol" + strings.Repeat("+", min(b.Start, 100))
		}
		return "ul"
	case press.Table:
		if b.Header {
			return "table with header"
		}
	}
	if b == nil {
		return ""
	}
	return press.BlockType(b)
}

func inline(b press.Block) []press.Run {
	switch b := b.(type) {
	case press.Paragraph:
		return b.Text
	case press.Heading:
		return b.Text
	}
	return nil
}

func placed(b press.Block) []press.Picture {
	if b == nil {
		return nil
	}
	return picturesOf(b)
}
