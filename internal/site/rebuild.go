package site

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// grace is how long a page or photo that nothing claims is left alone by a rebuild: it may belong to an article that is
// being published right now.
const grace = time.Hour

// Rebuild writes every page and list anew from the articles that each yields, and then removes what no longer belongs. A
// file that is right already is left alone, so that a rebuild that was cut off continues where it stopped when it is
// repeated, and gives the same bytes as publishing one by one. Between two articles others may publish.
func (s *Site) Rebuild(ctx context.Context, each func(func(Article) error) error) (err error) {
	defer press.Wrap(&err, "site.Rebuild")
	b := &rebuild{s: s, started: time.Now(), pages: map[string]bool{}, photos: map[string]int{}}
	if err := each(func(a Article) error { return b.article(ctx, a) }); err != nil {
		return err
	}
	w, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	for _, step := range []func(*writer) error{s.putChrome, b.lists, b.strays, b.gone, b.shared} {
		if err := step(w); err != nil {
			return err
		}
	}
	s.cfg.Logger.InfoContext(ctx, "website rebuilt", "articles", len(b.pages), "removed", w.removed, "took", time.Since(b.started))
	return w.put(lookFile, s.look())
}

// Outdated reports whether pages in the folder were made with other templates, styles or settings than this site's: a
// Rebuild brings them in step. An empty folder is not outdated.
func (s *Site) Outdated(ctx context.Context) (bool, error) {
	w, err := s.begin(ctx)
	if err != nil {
		return false, err
	}
	defer w.close()
	look, err := w.read(lookFile)
	if err != nil || bytes.Equal(look, s.look()) {
		return false, err
	}
	if w.size("index.html") >= 0 || look != nil {
		return true, nil
	}
	return false, w.put(lookFile, s.look())
}

type rebuild struct {
	s       *Site
	started time.Time
	pages   map[string]bool
	photos  map[string]int // how many articles show it
	lived   []*list
}

func (b *rebuild) article(ctx context.Context, a Article) error {
	if err := checkArticle(a); err != nil {
		return err
	}
	w, err := b.s.begin(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	if len(b.pages) == 0 {
		if err := b.s.putChrome(w); err != nil {
			return err
		}
	}
	was, _, err := b.s.onDisk(w, a.ID)
	if err != nil {
		return err
	}
	is, err := b.s.putArticle(w, a, was, false)
	b.claim(b.s.Path(a.ID), is)
	return err
}

func (b *rebuild) claim(page string, is record) {
	b.pages[page] = true
	for _, name := range is.Photos {
		b.photos[name]++
	}
}

// lists writes every list in full.
func (b *rebuild) lists(w *writer) error {
	columns, err := b.s.columns(w)
	if err != nil {
		return err
	}
	for _, column := range append([]press.Column{nil}, columns...) {
		l, err := b.s.openList(w, column)
		if err != nil {
			return err
		}
		b.lived = append(b.lived, l)
		if err := l.put(w, whole); err != nil {
			return err
		}
	}
	if err := b.s.refreshOverview(w, whole); err != nil {
		return err
	}
	if err := b.search(w); err != nil {
		return err
	}
	return w.settle()
}

// strays removes what belongs to no article and no list. Only folders that this package fills are looked at: whatever
// else stands in the site's folder is somebody's own.
func (b *rebuild) strays(w *writer) error {
	if err := b.strayPages(w); err != nil {
		return err
	}
	keep := map[string]bool{"c/index.html": true, "sitemap/pages.xml": true}
	for _, l := range b.lived {
		keep[indexFile(l.column)], keep[feedFile(l.column)], keep[jsonFeedFile(l.column)] = true, true, true
		for n := range l.pages {
			keep[pageFile(l.column, n+1)] = true
		}
	}
	for name := range b.s.chrome.files {
		keep[name] = true
	}
	for _, dir := range []string{"all", "c", "assets"} {
		err := b.sweep(w, dir, func(name string) bool { return keep[name] })
		if err != nil {
			return err
		}
	}
	return b.strayMonths(w)
}

// strayPages removes pages and photos that nothing claims, young ones excepted.
func (b *rebuild) strayPages(w *writer) error {
	err := b.sweep(w, "a", func(name string) bool {
		if b.pages[name] || strings.HasSuffix(name, goneMark) {
			return true
		}
		if !b.young(w, name) {
			return false
		}
		page, _ := w.read(name)
		is, _ := b.s.readRecord(page)
		b.claim(name, is)
		return true
	})
	if err != nil {
		return err
	}
	return b.sweep(w, "p", func(name string) bool { return b.photos[name] > 0 || b.young(w, name) })
}

// strayMonths removes parts of the sitemap for months in which no article was published.
func (b *rebuild) strayMonths(w *writer) error {
	months := map[string]bool{}
	all := b.lived[0]
	for from := 0; from < all.total; from += 1000 {
		entries, err := all.entries(from, min(from+1000, all.total))
		if err != nil {
			return err
		}
		for _, e := range entries {
			months[b.s.monthFile(e.PublishedAt)] = true
		}
	}
	stray := map[string]bool{}
	err := eachFile(w, "sitemap", func(name string) error {
		if monthFile.MatchString(name) && !months[name] {
			stray[name] = true
		}
		return nil
	})
	if err != nil || len(stray) == 0 {
		return err
	}
	if err := b.s.putMapIndex(w, stray); err != nil {
		return err
	}
	return b.sweep(w, "sitemap", func(name string) bool { return !stray[name] })
}

func (b *rebuild) young(w *writer, name string) bool {
	info, err := w.root.Stat(name)
	return err == nil && info.ModTime().After(b.started.Add(-grace))
}

// sweep removes every file below a folder that keep does not want.
func (b *rebuild) sweep(w *writer, dir string, keep func(name string) bool) error {
	var stray []string
	err := eachFile(w, dir, func(name string) error {
		if !keep(name) {
			stray = append(stray, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range stray {
		b.s.cfg.Logger.DebugContext(w.ctx, "website file removed", "file", name)
		if err := w.remove(name); err != nil {
			return err
		}
	}
	return nil
}

// shared notes anew which photos several articles show, and forgets corrections: every list is in step now.
func (b *rebuild) shared(w *writer) error {
	var notes []string
	for _, name := range sortedKeys(b.photos) {
		if b.photos[name] > 1 {
			notes = append(notes, sharedFile(name))
		}
	}
	for _, name := range notes {
		if err := w.put(name, nil); err != nil {
			return err
		}
	}
	return b.sweep(w, privateDir, func(name string) bool {
		return !strings.HasPrefix(name, privateDir+"/shared/") && !strings.HasPrefix(name, privateDir+"/before/") ||
			slices.Contains(notes, name)
	})
}
