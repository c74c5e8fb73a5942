package desk

import (
	"context"
	"slices"

	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

// takePhoto keeps a photo, or the part of it that the document shows.
func (d *Desk) takePhoto(ctx context.Context, p intake.Photo, recipes []press.Recipe) (press.Photo, []press.Rendition, error) {
	if p.Crop != nil {
		return d.Gallery.TakeCropped(ctx, p.File.Name, p.File.Open, *p.Crop, recipes)
	}
	return d.Gallery.Take(ctx, p.File.Name, p.File.Open, recipes)
}

// aimCover puts a cover about whose parts nobody has said anything around what its photo is about.
func (d *Desk) aimCover(ctx context.Context, c *press.Content) error {
	said := c.Cover.Photo != "" && c.Cover.Focus != (press.Point{})
	if said || c.Cover.Wide != nil || c.Cover.Square != nil {
		return nil
	}
	n := c.Normalize()
	if n.Cover.Photo == "" {
		return nil
	}
	known, err := d.Store.Photos(ctx, []press.Digest{n.Cover.Photo})
	if err != nil {
		return err
	}
	if focus := known[n.Cover.Photo].Focus; focus != (press.Point{}) {
		n.Cover.Focus = focus
	}
	*c = n
	return nil
}

// creditNote proposes a photographer where the document names none and the files of all photos that it shows name the same
// one. It is not filled in: a file may name whoever owns the camera, and it is a person's name that would be published.
func creditNote(c press.Content, photos []press.Photo) (press.Note, bool) {
	if c.Credits.Photos != "" {
		return press.Note{}, false
	}
	shown, name := c.Body.Photos(), ""
	for _, p := range photos {
		if !slices.Contains(shown, p.Digest) {
			continue
		}
		if p.Artist == "" || (name != "" && p.Artist != name) {
			return press.Note{}, false
		}
		name = p.Artist
	}
	return press.Note{Code: "credits.photographer", Text: press.Say(
		"No photographer is named. The files of all photos name %s: fill that in if it is right.",
		"稿件未写摄影。所有图片的文件信息均记有“%s”，核对后可填入摄影署名。", name)}, name != ""
}

// byTime puts photos in the order in which they were taken; those that do not say come last, as they were handed in.
func byTime(digests []press.Digest, photos []press.Photo) {
	taken := map[press.Digest]press.Photo{}
	for _, p := range photos {
		taken[p.Digest] = p
	}
	slices.SortStableFunc(digests, func(a, b press.Digest) int {
		at, bt := taken[a].TakenAt, taken[b].TakenAt
		switch {
		case at.IsZero() && bt.IsZero():
			return 0
		case at.IsZero():
			return 1
		case bt.IsZero():
			return -1
		}
		return at.Compare(bt)
	})
}
