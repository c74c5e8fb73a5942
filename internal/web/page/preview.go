package page

import (
	"context"

	"newsdesk/internal/press"
)

// Preview renders contents that may not be saved yet, as their readers would see them, for frames in pages. Pictures come
// from /photos/….
type Preview interface {
	// WeChat returns what stands in the body of the frame: title, author, date and the article in a theme ("": the usual).
	WeChat(ctx context.Context, c press.Content, theme string) (string, error)
	// Site returns the same of the website's page.
	Site(ctx context.Context, c press.Content) (string, error)
	// Frame is the empty page that either is put into, with its styles; dark as on a phone at night.
	Frame(target press.TargetKind, dark bool) []byte
}

// FramePolicy is the content security policy of a preview's frame: its own styles, our pictures, nothing else.
const FramePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
