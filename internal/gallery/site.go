package gallery

import (
	"context"
	"slices"

	"newsdesk/internal/photo"
	"newsdesk/internal/press"
)

// ForSite returns the website's renditions of every photo that a content shows, the cover included, smallest first: JPEG or PNG
// in each width, made now if need be, and after them those in WebP that were made and are smaller than the same width's other
// one, and of the cover what is shown where the page is passed on. It makes none of these, which would take more time than there
// is at the hour, and hours when a whole archive is written anew; see Prepare.
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
	if cover := content.Cover.Photo; cover != "" {
		shared, there, err := g.made(ctx, cover, shareJob(content.Cover, jobs[0].Mark))
		if err != nil {
			return nil, err
		}
		if there {
			out[cover] = append(out[cover], shared)
		}
	}
	return out, nil
}

// shareJob makes what is shown of a page that is passed on: what was chosen as its cover, in another shape.
func shareJob(cover press.Cover, mark *photo.Mark) photo.Job {
	return photo.Job{Recipe: press.SiteShare, Frame: cover.Frame(press.SiteShare), Mark: mark}
}

// made finds a rendition that was made before; false where there is none, or where it was lost.
func (g *Gallery) made(ctx context.Context, digest press.Digest, job photo.Job) (press.Rendition, bool, error) {
	key, ok := job.Key(digest)
	if !ok {
		return press.Rendition{}, false, nil
	}
	found, err := g.find(ctx, key, true)
	if press.KindOf(err) == press.NotFound {
		return press.Rendition{}, false, nil
	}
	return found, err == nil, err
}

// smaller finds the renditions in WebP that are worth offering: those of fewer bytes than the narrowest other one that is as wide. Without the largest there are
// none: a browser that reads WebP would never get the picture in its full size.
func (g *Gallery) smaller(ctx context.Context, digest press.Digest, mark *photo.Mark, beside []press.Rendition) (out []press.Rendition, err error) {
	for _, name := range press.SiteWebPRecipes() {
		found, there, err := g.made(ctx, digest, photo.Job{Recipe: name, Mark: mark})
		if err != nil {
			return nil, err
		}
		if !there {
			continue // the page does without
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

// Prepare makes what ForSite only finds: every photo in a content's body in WebP, one photo after the other, and the cover as
// it is shown where the page is passed on, unless the photo is too small for that.
func (g *Gallery) Prepare(ctx context.Context, content press.Content) error {
	jobs, err := g.marked(ctx, content.Column, append(press.SiteWebPRecipes(), press.Site1600))
	if err != nil {
		return err
	}
	largest := jobs[len(jobs)-1]
	for _, digest := range content.Body.Photos() {
		if _, err := g.Renditions(ctx, digest, jobs[:len(jobs)-1]); err != nil {
			return err
		}
	}
	cover := content.Cover
	if cover.Photo == "" {
		return nil
	}
	whole, err := g.Renditions(ctx, cover.Photo, []photo.Job{largest})
	if err != nil || whole[0].Width < photo.ShareWidth || whole[0].Height < photo.ShareHeight {
		return err
	}
	_, err = g.Renditions(ctx, cover.Photo, []photo.Job{shareJob(cover, largest.Mark)})
	return err
}
