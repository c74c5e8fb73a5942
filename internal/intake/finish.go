package intake

import (
	"newsdesk/internal/press"
)

// finish makes the content of the pieces.
func (d *draft) finish() (press.Content, error) {
	d.takeCaptions()
	d.takeCredits()
	d.placeRest()
	d.captionTheRest()
	d.pieces = groupLists(d.pieces)
	shiftHeadings(d.pieces)
	blocks := make([]press.Block, 0, len(d.pieces))
	for _, p := range d.pieces {
		blocks = append(blocks, p.block)
	}
	d.content.Body = press.Body{Blocks: trimDividers(blocks)}
	if d.coverRef != "" {
		if digest, ok := d.named(d.coverRef, d.coverAt); ok {
			d.content.Cover.Photo = digest
		}
	}
	d.takeCover()
	content := d.content.Normalize()
	if len(content.Body.Blocks) == 0 {
		return content, press.Fail(press.Invalid, "body.empty", press.Say(
			"The document %q has nothing but its title %q; write the article below it.",
			"文档“%s”除标题“%s”外没有正文，请在标题下写正文。", shown(d.name), shown(content.Title)))
	}
	return content, content.Check()
}

// shiftHeadings brings headings to levels 2 to 4: the title is level 1 and not part of the body.
func shiftHeadings(pieces []piece) {
	shift := 0
	for _, p := range pieces {
		if p.level > 0 {
			shift = max(shift, 2-p.level)
		}
	}
	for i, p := range pieces {
		if heading, ok := p.block.(press.Heading); ok {
			heading.Level = min(p.level+shift, 4)
			pieces[i].block = heading
		}
	}
}

// trimDividers drops dividers at both ends, and all but one of several in a row: a divider stands between parts.
func trimDividers(blocks []press.Block) []press.Block {
	var out []press.Block
	for _, block := range blocks {
		if _, ok := block.(press.Divider); ok {
			if len(out) == 0 || out[len(out)-1] == (press.Divider{}) {
				continue
			}
		}
		out = append(out, block)
	}
	for n := len(out); n > 0; n = len(out) {
		if _, ok := out[n-1].(press.Divider); !ok {
			break
		}
		out = out[:n-1]
	}
	return out
}
