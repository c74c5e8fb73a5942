package site

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// grace is how long a page or photo that nothing claims is left alone by a rebuild: it may belong to an article that is
// being published right now.
const grace = time.Hour

// How much a rebuild does in one turn, so that whoever publishes meanwhile need not wait long.
const (
	rebuildBatch = 32
	rebuildTurn  = 100 * time.Millisecond
)

// Rebuild writes every page and list anew from the articles that each yields, and then removes what no longer belongs. It
// gives the same bytes as publishing one by one. A file that is right already is left alone.
//
// What it has done is noted as it goes along, and a rebuild that was cut off continues there when it is repeated: each gets
// the position of the last article that need not be yielded again, which is zero at first, and yields all after it in the
// Archive's order. Of the articles it keeps in memory a few at a time, and of what is behind it sixteen bytes for each file.
// Others may publish meanwhile.
func (s *Site) Rebuild(ctx context.Context, each func(after Position, yield func(Article) error) error) (err error) {
	defer press.Wrap(&err, "site.Rebuild")
	b, err := s.resume(ctx)
	if err != nil {
		return err
	}
	defer b.close()
	began := time.Now()
	steps := []func(context.Context) error{
		func(ctx context.Context) error {
			return each(b.mark.After, func(a Article) error { return b.article(ctx, a) })
		},
		b.flush, b.lists, b.overviews, b.search, b.claims, b.strays,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	s.cfg.Logger.InfoContext(ctx, "website rebuilt", "articles", b.mark.Articles, "removed", b.removed, "took", time.Since(began))
	return b.done(ctx)
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
	return false, errors.Join(w.put(lookFile, s.look()), w.settle())
}

// rebuild is one under way.
type rebuild struct {
	s       *Site
	mark    rebuildMark
	notes   *notes
	batch   []Article
	removed int
	chrome  bool // is written

	pages, photos hashes // what belongs, sorted
	columns       []press.Column
}

// in takes the writer's turn for something short.
func (b *rebuild) in(ctx context.Context, do func(*writer) error) error {
	w, err := b.s.begin(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	if !b.chrome {
		if err := b.s.putChrome(w); err != nil {
			return err
		}
		b.chrome = true
	}
	err = errors.Join(do(w), w.settle())
	b.removed += w.removed
	return err
}

func (b *rebuild) article(ctx context.Context, a Article) error {
	if err := b.s.checkArticle(a); err != nil {
		return err
	}
	if b.batch = append(b.batch, a); len(b.batch) < rebuildBatch {
		return nil
	}
	return b.flush(ctx)
}

// flush writes the articles that were gathered, as far as there is time in one turn, and then the others: first all
// photos, then all pages, so that the disk is waited for twice and not twice for each article.
func (b *rebuild) flush(ctx context.Context) error {
	for len(b.batch) > 0 {
		done := 0
		err := b.in(ctx, func(w *writer) (err error) {
			done, err = b.some(w)
			return err
		})
		if err != nil {
			return err
		}
		last := b.batch[done-1]
		b.mark.After, b.mark.Articles = Position{last.PublishedAt, last.ID}, b.mark.Articles+done
		b.batch = slices.Delete(b.batch, 0, done)
		if err := b.note(ctx, false); err != nil {
			return err
		}
	}
	return nil
}

func (b *rebuild) some(w *writer) (done int, err error) {
	until := time.Now().Add(rebuildTurn)
	var todo []Article
	var brought []string
	for _, a := range b.batch {
		was, newer, err := b.overtaken(w, a)
		if err != nil {
			return 0, err
		}
		if newer {
			b.notes.claim(b.s.Path(a.ID), was)
		} else {
			if w.size(beforeFile(a.ID)) < 0 {
				brought = append(brought, beforeFile(a.ID))
			}
			if err := b.s.putContent(w, a, was); err != nil {
				return 0, err
			}
			todo = append(todo, a)
		}
		if done++; time.Now().After(until) {
			break
		}
	}
	if err := w.settle(); err != nil {
		return 0, err
	}
	for _, a := range todo {
		page, is, err := b.s.renderArticle(w, a)
		if err != nil {
			return 0, err
		}
		if err := errors.Join(w.put(b.s.Path(a.ID), page), w.remove(b.s.goneFile(a.ID))); err != nil {
			return 0, err
		}
		b.notes.claim(b.s.Path(a.ID), is)
	}
	for _, name := range brought { // the pages say now what they show
		if err := w.remove(name); err != nil {
			return 0, err
		}
	}
	return done, nil
}

// overtaken reads an article's page as it stands, and reports whether somebody published a later state of it, or took it
// down, since the rebuild began: the article was read before that.
func (b *rebuild) overtaken(w *writer, a Article) (was record, newer bool, err error) {
	if b.young(w, b.s.goneFile(a.ID), 0) {
		return record{}, true, nil
	}
	was, had, err := b.s.onDisk(w, a.ID)
	return was, had && was.ModifiedAt.After(modified(a)) && b.young(w, b.s.Path(a.ID), 0), err
}

// young reports whether a file was written since a while before the rebuild began.
func (b *rebuild) young(w *writer, name string, while time.Duration) bool {
	info, err := w.root.Stat(name)
	return err == nil && info.ModTime().After(b.mark.Started.Add(-while))
}

// lists writes every list, year by year, and where a year is long, month by month.
func (b *rebuild) lists(ctx context.Context) error {
	columns, err := b.s.cfg.Archive.Columns(ctx)
	if err != nil {
		return err
	}
	byDir := map[string]press.Column{listDir(nil): nil}
	for _, c := range columns {
		byDir[listDir(c)] = c
	}
	for _, dir := range sortedKeys(byDir) {
		b.columns = append(b.columns, byDir[dir])
		if dir <= b.mark.List {
			continue
		}
		if err := b.list(ctx, byDir[dir]); err != nil {
			return err
		}
		b.mark.List = dir
		if err := b.note(ctx, true); err != nil {
			return err
		}
	}
	return nil
}

func (b *rebuild) list(ctx context.Context, column press.Column) error {
	var spans []span
	err := b.in(ctx, func(w *writer) error {
		l, err := b.s.openList(w, column)
		if err != nil {
			return err
		}
		years, err := b.yearsOf(w, l.calendar, column)
		for _, y := range years {
			n, countErr := l.calendar.articles(y)
			err = errors.Join(err, countErr)
			if n <= l.calendar.size {
				spans = append(spans, y.span())
				continue
			}
			for _, m := range y.parts() {
				spans = append(spans, m.span())
			}
		}
		return err
	})
	for _, at := range append(spans, span{}) { // the last for a list without articles
		if err != nil {
			return err
		}
		err = b.in(ctx, func(w *writer) error {
			l, err := b.s.openList(w, column)
			if err != nil {
				return err
			}
			return l.put(w, when{spans: []span{at}})
		})
	}
	return err
}

// yearsOf returns the years from a column's oldest article to its newest, and those of pages that are there already.
func (b *rebuild) yearsOf(w *writer, c *calendar, column press.Column) ([]period, error) {
	there, err := c.inFolder("")
	if err != nil {
		return nil, err
	}
	byName := map[string]period{}
	for _, p := range there {
		y := year(p.from.Year(), c.zone)
		byName[y.name] = y
	}
	oldest, err := b.s.cfg.Archive.Times(w.ctx, Stretch{Column: column, Limit: 1})
	if err != nil {
		return nil, err
	}
	for _, t := range oldest {
		for y := t.In(c.zone).Year(); y <= c.newest.In(c.zone).Year(); y++ {
			byName[year(y, c.zone).name] = year(y, c.zone)
		}
	}
	out := make([]period, 0, len(byName))
	for _, name := range sortedKeys(byName) {
		out = append(out, byName[name])
	}
	return out, nil
}

// overviews writes what follows the lists, year by year.
func (b *rebuild) overviews(ctx context.Context) error {
	var years []period
	err := b.in(ctx, func(w *writer) error {
		months, err := b.s.mapCalendar(w)
		if err != nil {
			return err
		}
		years, err = b.yearsOf(w, months, nil)
		return err
	})
	spans := []span{{}}
	for _, y := range years {
		spans = append(spans, y.span())
	}
	for _, at := range spans {
		if err != nil {
			return err
		}
		err = b.in(ctx, func(w *writer) error {
			return b.s.follow(w, scope{columns: b.columns, at: when{spans: []span{at}}})
		})
	}
	return err
}

// claims reads what belongs, which was noted while the pages were written.
func (b *rebuild) claims(context.Context) (err error) {
	b.pages, b.photos, err = b.notes.read()
	return err
}

// strays removes what belongs to no article and no list. Only folders that this package fills are looked at: whatever
// else stands in the site's folder is somebody's own.
func (b *rebuild) strays(ctx context.Context) error {
	for _, step := range []func(context.Context) error{b.strayPages, b.strayPhotos, b.strayLists, b.strayNotes} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return b.in(ctx, b.gone)
}

// strayPages removes pages that no article has. What is young, or live after all, stays with its photos.
func (b *rebuild) strayPages(ctx context.Context) error {
	return b.eachFolder(ctx, "a", func(w *writer, dir string) error {
		return b.sweep(w, dir, func(name string) (bool, error) {
			if b.pages.has(name) || strings.HasSuffix(name, goneMark) {
				return true, nil
			}
			live, err := b.live(w, name)
			if err != nil || !live && !b.young(w, name, grace) {
				return false, err
			}
			page, err := w.read(name)
			is, _ := b.s.readRecord(page)
			b.pages.add(name)
			b.photos.add(is.Photos...)
			return true, err
		})
	})
}

// live asks the archive about a page that the articles which were yielded do not have: one that came back meanwhile with its
// first date stands before those.
func (b *rebuild) live(w *writer, name string) (bool, error) {
	id := articleIn(name)
	if id == "" {
		return false, nil
	}
	since, err := b.s.cfg.Archive.Since(w.ctx, id)
	if err != nil || since.IsZero() {
		return false, err
	}
	found := false
	err = b.s.eachDate(w, since, since.Add(time.Microsecond), func(e Entry) { found = found || e.Article == id })
	return found, err
}

// strayPhotos removes photos that no page shows, and notes anew which several show.
func (b *rebuild) strayPhotos(ctx context.Context) error {
	return b.eachFolder(ctx, "p", func(w *writer, dir string) error {
		return b.sweep(w, dir, func(name string) (bool, error) {
			n := b.photos.count(name)
			if n > 1 && w.size(sharedFile(name)) < 0 {
				return true, w.put(sharedFile(name), nil) // those who hold it do not know of each other
			}
			return n > 0 || b.young(w, name, grace) || b.young(w, sharedFile(name), grace), nil
		})
	})
}

// strayLists removes lists of columns that are no more, pages of lists that nothing names, and old styles.
func (b *rebuild) strayLists(ctx context.Context) error {
	keep, lists := map[string]bool{"c/index.html": true}, map[string]bool{}
	for _, c := range b.columns {
		lists[listDir(c)] = true
		for _, name := range listFiles(c) {
			keep[name] = true
		}
	}
	for name := range b.s.chrome.files {
		keep[name] = true
	}
	for _, dir := range []string{"all", "c", "assets"} {
		err := b.in(ctx, func(w *writer) error {
			return b.sweep(w, dir, func(name string) (bool, error) {
				list, month := listOf(name)
				return keep[name] || lists[list] && (month == "" || w.size(list+month+".html") >= 0), nil
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// strayNotes forgets notes about photos that one page shows, and about corrections: every list is in step now.
func (b *rebuild) strayNotes(ctx context.Context) error {
	many := map[string]bool{}
	return b.in(ctx, func(w *writer) error {
		err := eachFile(w, "p", func(name string) error {
			if b.photos.count(name) > 1 {
				many[sharedFile(name)] = true
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, dir := range []string{"shared", "before"} {
			err := b.sweep(w, privateDir+"/"+dir, func(name string) (bool, error) {
				return many[name] || b.young(w, name, 0), nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// eachFolder calls f with a turn of its own for each folder below another that has files.
func (b *rebuild) eachFolder(ctx context.Context, above string, f func(w *writer, dir string) error) error {
	var dirs []string
	err := b.in(ctx, func(w *writer) error { return eachDir(w, above, func(dir string) { dirs = append(dirs, dir) }) })
	for _, dir := range dirs {
		if err != nil {
			return err
		}
		err = b.in(ctx, func(w *writer) error { return f(w, dir) })
	}
	return err
}

// sweep removes every file below a folder that keep does not want.
func (b *rebuild) sweep(w *writer, dir string, keep func(name string) (bool, error)) error {
	var stray []string
	err := eachFile(w, dir, func(name string) error {
		wanted, err := keep(name)
		if !wanted {
			stray = append(stray, name)
		}
		return err
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
