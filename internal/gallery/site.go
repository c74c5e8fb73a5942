package gallery

import (
	"context"
	"slices"

	"newsdesk/internal/photo"
	"newsdesk/internal/press"
)

// ForSite returns the website's renditions of every photo that a content shows, the cover included, smallest first: JPEG or PNG
// in each width, made now if need be, and after them those in WebP that were made and are smaller than the same width's other
// one. It makes none in WebP, which would take more time than there is at the hour; see WebP.
func (g *Gallery) ForSite(ctx context.Context, content press.Content) (map[press.Digest][]press.Rendition, error) {
	out := map[press.Digest][]press.Rendition{}
	jobs, err := g.marked(ctx, content.Column, press.SiteRecipes())
	if err != nil {
		return nil, err
	}
	for _, digest := range content.Photos() {
		list, err := g.Renditions(ctx, digest, jobs)
		if err != nil {
			return nil, err
		}
		small, err := g.smaller(ctx, digest, jobs[0].Mark, list)
		if err != nil {
			return nil, err
		}
		out[digest] = append(list, small...)
	}
	return out, nil
}

// smaller finds the renditions in WebP that are worth offering: those of fewer bytes than the narrowest other one that is as wide. Without the largest there are
// none: a browser that reads WebP would never get the picture in its full size.
func (g *Gallery) smaller(ctx context.Context, digest press.Digest, mark *photo.Mark, beside []press.Rendition) (out []press.Rendition, err error) {
	for _, name := range press.SiteWebPRecipes() {
		key, ok := photo.Job{Recipe: name, Mark: mark}.Key(digest)
		if !ok {
			continue
		}
		found, err := g.find(ctx, key, true)
		if press.KindOf(err) == press.NotFound {
			continue // not made, or lost: the page does without
		}
		if err != nil {
			return nil, err
		}
		twin := slices.IndexFunc(beside, func(r press.Rendition) bool { return r.Width >= found.Width })
		if twin >= 0 && found.Bytes < beside[twin].Bytes {
			out = append(out, found)
		}
	}
	if n := len(out); n > 0 && out[n-1].Width < beside[len(beside)-1].Width {
		return nil, nil
	}
	return out, nil
}

// WebP makes the website's renditions in WebP of every photo in a content's body, one photo after the other.
func (g *Gallery) WebP(ctx context.Context, content press.Content) error {
	jobs, err := g.marked(ctx, content.Column, press.SiteWebPRecipes())
	if err != nil {
		return err
	}
	for _, digest := range content.Body.Photos() {
		if _, err := g.Renditions(ctx, digest, jobs); err != nil {
			return err
		}
	}
	return nil
}
