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
	wanted := press.RulesFor(column, all).Watermark
	if wanted == nil {
		return nil, nil
	}
	if known, ok := g.marks.Load(wanted.Key()); ok {
		return known.(*photo.Mark), nil
	}
	rendition, err := g.Rendition(ctx, wanted.Photo, press.Site480, press.Frame{})
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
	mark := &photo.Mark{Watermark: *wanted, Picture: picture}
	g.marks.Store(wanted.Key(), mark) // as many as there are columns
	return mark, nil
}
