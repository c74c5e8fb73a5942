package press

import "strings"

// Normalize returns the body in its one canonical form: neighbouring runs with the same look are joined, white space at
// the ends of stretches is gone, empty blocks are gone, and a gallery of one photo is that photo. Two bodies that read
// the same have the same canonical form, so their content hashes are equal.
func (b Body) Normalize() Body {
	blocks := make([]Block, 0, len(b.Blocks))
	for _, block := range b.Blocks {
		if kept := normalizeBlock(block); kept != nil {
			blocks = append(blocks, kept)
		}
	}
	return Body{Blocks: blocks}
}

func normalizeBlock(block Block) Block {
	switch block := block.(type) {
	case Paragraph:
		if block.Text = NormalizeRuns(block.Text); len(block.Text) == 0 {
			return nil
		}
		return block
	case Heading:
		if block.Text = NormalizeRuns(block.Text); len(block.Text) == 0 {
			return nil
		}
		return block
	case Picture:
		return normalizePicture(block)
	case Gallery:
		return normalizeGallery(block)
	case List:
		if list := normalizeList(block); len(list.Items) > 0 {
			return list
		}
		return nil
	case Quote:
		return normalizeQuote(block)
	case Table:
		return normalizeTable(block)
	}
	return block
}

func normalizePicture(p Picture) Picture {
	p.Caption, p.Alt = strings.TrimSpace(p.Caption), strings.TrimSpace(p.Alt)
	return p
}

func normalizeGallery(g Gallery) Block {
	photos := make([]Picture, len(g.Photos))
	for i, p := range g.Photos {
		photos[i] = normalizePicture(p)
	}
	switch len(photos) {
	case 0:
		return nil
	case 1:
		return photos[0]
	}
	return Gallery{Photos: photos}
}

func normalizeList(list List) List {
	items := make([]ListItem, 0, len(list.Items))
	for _, item := range list.Items {
		item.Text = NormalizeRuns(item.Text)
		if item.List != nil {
			if inner := normalizeList(*item.List); len(inner.Items) > 0 {
				item.List = &inner
			} else {
				item.List = nil
			}
		}
		if len(item.Text) > 0 || item.List != nil {
			items = append(items, item)
		}
	}
	list.Items = items
	if list.Start == 1 || !list.Ordered {
		list.Start = 0
	}
	return list
}

func normalizeQuote(q Quote) Block {
	kept := make([]Paragraph, 0, len(q.Paragraphs))
	for _, p := range q.Paragraphs {
		if p.Text = NormalizeRuns(p.Text); len(p.Text) > 0 {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return Quote{Paragraphs: kept}
}

func normalizeTable(t Table) Block {
	rows := make([][]Cell, 0, len(t.Rows))
	for _, row := range t.Rows {
		cells := make([]Cell, len(row))
		for i, cell := range row {
			cell.Text = NormalizeRuns(cell.Text)
			if cell.ColSpan == 1 {
				cell.ColSpan = 0
			}
			if cell.RowSpan == 1 {
				cell.RowSpan = 0
			}
			cells[i] = cell
		}
		rows = append(rows, cells)
	}
	if len(rows) == 0 {
		return nil
	}
	t.Rows = rows
	return t
}

// NormalizeRuns joins neighbouring runs with the same look, and drops white space at both ends and empty runs. The
// result is never nil, so that it is written as [] and not as null.
func NormalizeRuns(runs []Run) []Run {
	out := joinRuns(runs)
	for len(out) > 0 {
		if out[0].Text = strings.TrimLeft(out[0].Text, blank); out[0].Text != "" {
			break
		}
		out = out[1:]
	}
	for n := len(out); n > 0; n = len(out) {
		if out[n-1].Text = strings.TrimRight(out[n-1].Text, blank); out[n-1].Text != "" {
			break
		}
		out = out[:n-1]
	}
	return out
}

// joinRuns puts a stretch together once it has come to its end: a body may hold a hundred thousand runs of one character,
// and adding them one by one would copy the text as often.
func joinRuns(runs []Run) []Run {
	out := make([]Run, 0, len(runs))
	var text strings.Builder
	end := func() {
		if n := len(out); n > 0 {
			out[n-1].Text = text.String()
		}
		text.Reset()
	}
	for _, r := range runs {
		if r.Text == "" {
			continue
		}
		if n := len(out); n == 0 || !sameLook(out[n-1], r) {
			end()
			out = append(out, r)
		}
		text.WriteString(r.Text)
	}
	end()
	return out
}

// blank is what is trimmed at the ends: the ideographic space too, which writers use for the indent that renderers add.
const blank = " \t\r\n\u00a0\u3000\u200b\ufeff"

func sameLook(a, b Run) bool {
	a.Text, b.Text = "", ""
	return a == b
}
