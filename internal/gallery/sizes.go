package gallery

import (
	"context"

	"newsdesk/internal/press"
)

// InSizes returns every photo that a content shows by each recipe, in the recipes' order, with the watermark of its column,
// made now if need be. They are for systems of others, so none but JPEG and PNG should be asked for.
func (g *Gallery) InSizes(ctx context.Context, content press.Content, recipes []press.Recipe) (map[press.Digest][]press.Rendition, error) {
	jobs, err := g.marked(ctx, content.Column, recipes)
	if err != nil {
		return nil, err
	}
	out := map[press.Digest][]press.Rendition{}
	for _, digest := range content.Photos() {
		if out[digest], err = g.Renditions(ctx, digest, jobs); err != nil {
			return nil, err
		}
	}
	return out, nil
}
