package gallery

import (
	"context"
	"io"

	"newsdesk/internal/press"
)

// TakeCropped is Take of a part of a photo, in fractions of what a person sees: what a document shows of it. The part becomes an
// original of its own, and what the author cut off is not kept. When it was taken, by whom and with what goes over to it.
func (g *Gallery) TakeCropped(ctx context.Context, name string, open func() (io.ReadCloser, error), part press.Rect, recipes []press.Recipe) (press.Photo, []press.Rendition, error) {
	data, leave, err := g.original(ctx, name, open)
	if err != nil {
		return press.Photo{}, nil, err
	}
	defer leave()
	whole, err := g.Pipeline.Inspect(name, data)
	if err != nil {
		return press.Photo{}, nil, err
	}
	if data, err = g.Pipeline.Crop(ctx, name, data, part); err != nil {
		return press.Photo{}, nil, err
	}
	info, err := g.Pipeline.Inspect(name, data)
	if err != nil {
		return press.Photo{}, nil, err
	}
	p, said := recordOf(info), recordOf(whole)
	p.TakenAt, p.Device, p.Artist, p.Removed = said.TakenAt, said.Device, said.Artist, said.Removed
	p.Digest, p.Name, p.Bytes, p.AddedAt = press.DigestOf(data), name, int64(len(data)), g.Now().UTC()
	renditions, err := g.renditions(ctx, plainJobs(recipes), source{
		digest: p.Digest, name: name, mend: true, focus: &p.Focus,
		read: func() ([]byte, error) { return data, nil },
		keep: func() error { return g.keepOriginal(ctx, p, data) },
	})
	return p, renditions, err
}
