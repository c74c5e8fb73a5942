package review

import (
	"cmp"
	"strings"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// making is what a photo's file says about its making, and what nothing published says any more. Where it was taken is not
// told: a reviewer needs to know that the file says so, and nobody needs to read where.
type making struct {
	N       int    // of the photo in its gallery, from 1; 0: it stands alone
	Taken   string // by the camera's clock
	Device  string
	Artist  string
	Removed string // the kinds, in a row
}

// makingOf returns what there is to say of the photos of a block, or of a cover, in their order.
func makingOf(r *page.Request, digests []press.Digest, photos map[press.Digest]press.Photo) []making {
	var out []making
	for i, digest := range digests {
		p := photos[digest]
		m := making{Device: p.Device, Artist: p.Artist}
		if len(digests) > 1 {
			m.N = i + 1
		}
		if !p.TakenAt.IsZero() {
			m.Taken = p.TakenAt.Format("2006-01-02 15:04")
		}
		kinds := make([]string, len(p.Removed))
		for i, kind := range p.Removed {
			kinds[i] = r.Say(kind.Text())
		}
		m.Removed = strings.Join(kinds, r.Say(press.Say(", ", "、")))
		if cmp.Or(m.Taken, m.Device, m.Artist, m.Removed) != "" {
			out = append(out, m)
		}
	}
	return out
}

// digestsOf are the photos that a block shows, in their order.
func digestsOf(block press.Block) []press.Digest {
	var out []press.Digest
	for _, p := range (press.Body{Blocks: []press.Block{block}}).Pictures() {
		out = append(out, p.Photo)
	}
	return out
}
