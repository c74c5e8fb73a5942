package photo

import "newsdesk/internal/press"

// SizeOf returns the size of the rendition that a recipe makes of a photo, without making it.
func SizeOf(recipe press.Recipe, width, height int) (w, h int) {
	r, ok := Lookup(recipe)
	switch {
	case !ok:
		return width, height
	case r.Crop:
		return r.Width, r.Height
	}
	return r.size(width, height)
}
