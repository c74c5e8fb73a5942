package articles

import "newsdesk/internal/press"

// heldBy reports whether a note says why the article is still a draft: it breaks what its column asks.
func (p *parcel) heldBy(n press.Note) bool {
	return press.IsRule(n.Code) && (p.State == press.ArticleDraft || p.State == press.ArticleReturned)
}

// Held is why the article was not handed in for review, though it was meant to be.
func (p parcel) Held() (out []press.Note) {
	for _, n := range p.Rev.Notes {
		if p.heldBy(n) {
			out = append(out, n)
		}
	}
	return out
}
