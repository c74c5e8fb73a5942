package app

import (
	"context"
	"sync"

	"newsdesk/internal/press"
)

// memory remembers a preview's photos for as long as it runs.
type memory struct {
	mu         sync.Mutex
	photos     map[press.Digest]press.Photo
	renditions map[press.RenditionKey]press.Rendition
}

// ColumnRules: a preview knows no columns.
func (m *memory) ColumnRules(context.Context) ([]press.RuledColumn, error) { return nil, nil }

var errForgotten = press.Fail(press.NotFound, "photo.unknown", press.Say("The photo is not known.", "图片不存在。"))

func (m *memory) SavePhoto(_ context.Context, p press.Photo) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.photos == nil {
		m.photos = map[press.Digest]press.Photo{}
	}
	m.photos[p.Digest] = p
	return nil
}

func (m *memory) Photo(_ context.Context, d press.Digest) (press.Photo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.photos[d]
	if !ok {
		return p, errForgotten
	}
	return p, nil
}

func (m *memory) SaveRendition(_ context.Context, made ...press.Rendition) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.renditions == nil {
		m.renditions = map[press.RenditionKey]press.Rendition{}
	}
	for _, r := range made {
		m.renditions[r.RenditionKey] = r
	}
	return nil
}

func (m *memory) Rendition(_ context.Context, key press.RenditionKey) (press.Rendition, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.renditions[key]
	if !ok {
		return r, errForgotten
	}
	return r, nil
}
