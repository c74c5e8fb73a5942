package gallery

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/jpeg" // a watermark without transparency may be a rendition in JPEG
	_ "image/png"

	"newsdesk/internal/photo"
	"newsdesk/internal/press"
)

// markRecipes are the sizes in which a watermark is laid over photos. The first is sharp at half of the widest photo; a mark
// whose transparency takes too many bytes in it has kept it in the second.
var markRecipes = []press.Recipe{press.Site960, press.Site480}

// Body is the job that makes a photo of a column's article as WeChat's readers see it, with the column's watermark.
func (g *Gallery) Body(ctx context.Context, column press.Column) (photo.Job, error) {
	mark, err := g.mark(ctx, column)
	return photo.Job{Recipe: press.WeChatBody, Mark: mark}, err
}

// marked are the jobs of recipes with the watermark of a column.
func (g *Gallery) marked(ctx context.Context, column press.Column, recipes []press.Recipe) ([]photo.Job, error) {
	mark, err := g.mark(ctx, column)
	if err != nil {
		return nil, err
	}
	jobs := plainJobs(recipes)
	for i := range jobs {
		jobs[i].Mark = mark
	}
	return jobs, nil
}

// mark is the watermark of a column; nil where it has none. A mark that is lost is an error, and not a photo without one.
func (g *Gallery) mark(ctx context.Context, column press.Column) (*photo.Mark, error) {
	all, err := g.Store.ColumnRules(ctx)
	if err != nil {
		return nil, err
	}
	wanted := press.RulesFor(column, all).Watermark.Shown()
	if wanted == nil {
		return nil, nil
	}
	return g.markOf(ctx, *wanted)
}

// Mark is the watermark that some column states, by its key: so that people are shown photos with it, and nobody has photos
// made with others.
func (g *Gallery) Mark(ctx context.Context, key string) (*photo.Mark, error) {
	all, err := g.Store.ColumnRules(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if w := c.Rules.Watermark.Shown(); w != nil && w.Key() == key {
			return g.markOf(ctx, *w)
		}
	}
	return nil, press.Fail(press.NotFound, "watermark.missing", press.Say(
		"The watermark was changed meanwhile. Load the page again.", "水印已更改，请刷新页面。"))
}

func (g *Gallery) markOf(ctx context.Context, wanted press.Watermark) (*photo.Mark, error) {
	if known, ok := g.marks.Load(wanted.Key()); ok {
		return known.(*photo.Mark), nil
	}
	rendition, err := g.markRendition(ctx, wanted.Photo)
	if err != nil {
		return nil, err
	}
	data, err := g.Read(ctx, rendition)
	if err != nil {
		return nil, err
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("gallery: watermark %s: %w", wanted.Photo.Short(), err)
	}
	mark := &photo.Mark{Watermark: wanted, Picture: picture}
	g.marks.Store(wanted.Key(), mark) // as many as columns were given
	return mark, nil
}

// markRendition is the largest that is still see-through, or the largest of a mark that is not.
func (g *Gallery) markRendition(ctx context.Context, mark press.Digest) (press.Rendition, error) {
	sizes, err := g.Renditions(ctx, mark, plainJobs(markRecipes))
	if err != nil {
		return press.Rendition{}, err
	}
	if sizes[0].ContentType != "image/png" && sizes[1].ContentType == "image/png" {
		return sizes[1], nil
	}
	return sizes[0], nil
}

// TakeMark keeps the picture of a watermark and returns its digest. It refuses what is larger than press.MaxWatermarkBytes
// or no picture.
func (g *Gallery) TakeMark(ctx context.Context, name string, data []byte) (press.Digest, error) {
	if len(data) > press.MaxWatermarkBytes {
		return "", press.Fail(press.TooLarge, "watermark.bytes", press.Say(
			"The watermark %s is larger than %d MB; export it smaller.", "水印图片 %s 超过 %d MB，请缩小后重新选择。",
			name, press.MaxWatermarkBytes/1_000_000))
	}
	leave, err := g.originals.hold(ctx, int64(len(data)))
	if err != nil {
		return "", err
	}
	defer leave()
	p, _, err := g.take(ctx, name, data, markRecipes, false)
	return p.Digest, err
}
