package articles

import (
	"slices"

	"newsdesk/internal/press"
)

// heldBy reports whether a note says why the article is still a draft: it breaks what its column asks.
func (p *parcel) heldBy(n press.Note) bool {
	return press.IsRule(n.Code) && (p.State == press.ArticleDraft || p.State == press.ArticleReturned)
}

// sortRules puts the rules that hold the article back at the head of the page, and nowhere else. Which they are is asked of
// preflight, which knows their places and what the column asks by now.
func (p *parcel) sortRules() {
	i := slices.IndexFunc(p.Rev.Notes, func(n press.Note) bool { return n.Code == "rules.held" && p.heldBy(n) })
	if i < 0 {
		return
	}
	isRule := func(f finding) bool { return press.IsRule(f.Code) }
	for _, f := range p.Findings {
		if isRule(f) {
			p.Broken = append(p.Broken, f)
		}
	}
	if len(p.Broken) > 0 {
		p.Held, p.Findings = p.Rev.Notes[i:i+1], slices.DeleteFunc(p.Findings, isRule)
	}
}

// Credited reports whether anybody is credited.
func (p parcel) Credited() bool { return p.Rev.Content.Credits != press.Credits{} }

// paragraphs counts what a reader would call so: photos and rules between paragraphs are none.
func paragraphs(b press.Body) (n int) {
	for _, block := range b.Blocks {
		switch block.(type) {
		case press.Picture, press.Gallery, press.Divider:
		default:
			n++
		}
	}
	return n
}
