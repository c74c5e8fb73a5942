package gallery

import (
	"bytes"
	"context"
	"io"

	"newsdesk/internal/blob"
	"newsdesk/internal/press"
)

// BodyRecipes are what a photo in a body will be wanted in.
func BodyRecipes() []press.Recipe {
	return append([]press.Recipe{press.WeChatBody}, press.SiteRecipes()...)
}

// Rotate takes a photo turned clockwise by 1, 2 or 3 quarters as a photo of its own, under the same name. The other one
// stays as it is: an article that shows it may have been signed.
func (g *Gallery) Rotate(ctx context.Context, digest press.Digest, turns int) (press.Photo, error) {
	p, err := g.Store.Photo(ctx, digest)
	if err != nil {
		return press.Photo{}, err
	}
	data, err := blob.ReadAll(ctx, g.Blobs, digest, g.MaxBytes)
	if err := g.lost(ctx, digest, err); err != nil {
		return press.Photo{}, err
	}
	turned, err := g.Pipeline.Turn(ctx, p.Name, data, turns)
	if err != nil {
		return press.Photo{}, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(turned)), nil }
	p, _, err = g.Take(ctx, p.Name, open, BodyRecipes())
	return p, err
}
