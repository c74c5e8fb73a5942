package site

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// memory is an Archive in memory.
type memory struct {
	mu      sync.Mutex
	entries []Entry // in order
	gone    map[press.ArticleID]bool
	since   map[press.ArticleID]time.Time
	cut     map[string][]Entry
}

func (m *memory) set(entries ...Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range entries {
		m.drop(e.Article)
		delete(m.gone, e.Article)
		if m.since == nil {
			m.since = map[press.ArticleID]time.Time{}
		}
		m.since[e.Article] = e.PublishedAt
	}
	m.entries = append(m.entries, entries...)
	slices.SortFunc(m.entries, compareEntries)
}

func compareEntries(a, b Entry) int {
	return 2*a.PublishedAt.Compare(b.PublishedAt) + strings.Compare(string(a.Article), string(b.Article))
}

func (m *memory) drop(id press.ArticleID) {
	m.cut = nil
	m.entries = slices.DeleteFunc(m.entries, func(e Entry) bool { return e.Article == id })
}

func (m *memory) delete(id press.ArticleID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(id)
	if m.gone == nil {
		m.gone = map[press.ArticleID]bool{}
	}
	m.gone[id] = true
}

func (m *memory) Gone(context.Context) ([]press.ArticleID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return sortedKeysOf(m.gone), nil
}

func sortedKeysOf(ids map[press.ArticleID]bool) []press.ArticleID {
	return slices.Sorted(maps.Keys(ids))
}

func (m *memory) of(column press.Column) []Entry {
	if len(column) == 0 {
		return m.entries
	}
	key := strings.Join(column, "/")
	if out, ok := m.cut[key]; ok {
		return out
	}
	var out []Entry
	for _, e := range m.entries {
		if inside(e.Column, column) {
			out = append(out, e)
		}
	}
	if m.cut == nil {
		m.cut = map[string][]Entry{}
	}
	m.cut[key] = out
	return out
}

func (m *memory) Entries(_ context.Context, s Stretch) ([]Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s.Limit < 1 || s.Limit > 10_000 {
		return nil, fmt.Errorf("a limit of %d", s.Limit)
	}
	all := m.of(s.Column)
	before := func(at time.Time, id press.ArticleID) int {
		n, _ := slices.BinarySearchFunc(all, Entry{PublishedAt: at, Article: id}, compareEntries)
		return n
	}
	from, until := before(s.From, s.After), len(all)
	if s.After != "" && from < until && all[from].Article == s.After {
		from++
	}
	if !s.Until.IsZero() {
		until = max(from, before(s.Until, ""))
	}
	if s.Newest {
		from = max(from, until-s.Limit)
	}
	return slices.Clone(all[from:min(until, from+s.Limit)]), nil
}

func (m *memory) Dates(ctx context.Context, s Stretch) ([]Entry, error) {
	list, err := m.Entries(ctx, s)
	for i, e := range list {
		list[i] = Entry{Article: e.Article, PublishedAt: e.PublishedAt, UpdatedAt: e.UpdatedAt}
	}
	return list, err
}

func (m *memory) Times(ctx context.Context, s Stretch) (out []time.Time, err error) {
	list, err := m.Entries(ctx, s)
	for _, e := range list {
		out = append(out, e.PublishedAt)
	}
	return out, err
}

func (m *memory) Since(_ context.Context, id press.ArticleID) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.since[id], nil
}

func (m *memory) Columns(context.Context) ([]press.Column, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := map[string]press.Column{}
	for _, e := range m.entries {
		for i := range e.Column {
			seen[strings.Join(e.Column[:i+1], "/")] = e.Column[:i+1]
		}
	}
	var out []press.Column
	for _, key := range sortedKeys(seen) {
		out = append(out, seen[key])
	}
	return out, nil
}

func (m *memory) Neighbours(_ context.Context, id press.ArticleID) (prev, next *Entry, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.entries, func(e Entry) bool { return e.Article == id })
	if i < 0 {
		return nil, nil, nil
	}
	if i > 0 {
		e := m.entries[i-1]
		prev = &e
	}
	if i+1 < len(m.entries) {
		e := m.entries[i+1]
		next = &e
	}
	return prev, next, nil
}

// entryOf is what a store would show of a live article.
func entryOf(a Article) Entry {
	e := Entry{
		Article: a.ID, Title: a.Content.Title, Summary: a.Content.Summary(120), Column: a.Content.Column,
		PublishedAt: a.PublishedAt, UpdatedAt: a.UpdatedAt,
	}
	for _, p := range usable(a.Photos[a.Content.Cover.Photo]) {
		if p.Recipe == press.Site480 {
			e.Thumb = PhotoFile(p.Rendition)
		}
		if p.Recipe == press.Site960 {
			e.Wide = PhotoFile(p.Rendition)
		}
	}
	return e
}

// drawn is a photo as the photo package would hand it over: renditions in stated widths, one for each recipe, of a picture made by code.
func drawn(tb testing.TB, seed, height int, widths ...int) (press.Digest, []Photo) {
	tb.Helper()
	original := press.DigestOf(fmt.Appendf(nil, "original %d %d", seed, height))
	var out []Photo
	for i, width := range widths {
		data := drawJPEG(tb, seed, width, height*width/widths[len(widths)-1])
		h := height * width / widths[len(widths)-1]
		out = append(out, Photo{
			Rendition: press.Rendition{
				RenditionKey: press.RenditionKey{Photo: original, Recipe: press.SiteRecipes()[i], Version: 1},
				Digest:       press.DigestOf(data), ContentType: "image/jpeg", Width: width, Height: h, Bytes: int64(len(data)),
			},
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
		})
	}
	return original, out
}

// drawJPEG draws hills under a sky, in colours that the seed picks.
func drawJPEG(tb testing.TB, seed, width, height int) []byte {
	tb.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	tint := uint8(seed * 47)
	for y := range height {
		for x := range width {
			c := color.RGBA{uint8(200 - 60*y/height), uint8(215 - int(tint)/8), 235 - tint/4, 255}
			u := float64(x) / float64(width)
			for hill := range 3 {
				ridge := 0.45 + 0.16*float64(hill) + 0.09*wave(u*float64(2+hill)+float64(seed*(hill+2)))
				if float64(y)/float64(height) > ridge {
					c = color.RGBA{tint/2 + uint8(30*hill), 90 + uint8(25*hill) - tint/8, 120 - uint8(30*hill), 255}
				}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 80}); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// wave runs smoothly between -1 and 1 with period 2.
func wave(x float64) float64 {
	x -= 2 * float64(int(x/2))
	if x > 1 {
		x = 2 - x
	}
	return (x*x*(3-2*x))*2 - 1
}

// idAt is an identifier for a moment that is the same in every run.
func idAt(t time.Time, n int) press.ArticleID {
	const digits = "0123456789abcdefghjkmnpqrstvwxyz"
	out := make([]byte, 0, 26)
	for shift := 45; shift >= 0; shift -= 5 {
		out = append(out, digits[(t.UnixMilli()>>shift)&31])
	}
	for shift := 75; shift >= 0; shift -= 5 {
		out = append(out, digits[(uint64(n)>>min(shift, 63))&31])
	}
	return press.ArticleID(out)
}
