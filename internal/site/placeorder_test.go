package site

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// seen is a place at which a reader looks after every single change: whatever can be reached from the pages that readers begin
// with must be there, and not be gone.
type seen struct {
	*elsewhere
	looks, reached int
}

func (p *seen) Put(ctx context.Context, dir string, files []File) error {
	for _, f := range files {
		if err := p.elsewhere.Put(ctx, dir, []File{f}); err != nil {
			return err
		}
		p.look("with " + f.Name)
	}
	return nil
}

func (p *seen) Remove(ctx context.Context, names []string) error {
	for _, name := range names {
		if err := p.elsewhere.Remove(ctx, []string{name}); err != nil {
			return err
		}
		p.look("without " + name)
	}
	return nil
}

func (p *seen) look(when string) {
	if _, err := os.Stat(filepath.Join(p.dir, "index.html")); err != nil {
		return // nobody has been told of the website yet
	}
	p.looks++
	known := map[string]bool{"index.html": true, "sitemap.xml": true, "404.html": true}
	for queue := slices.Sorted(maps.Keys(known)); len(queue) > 0; queue = queue[1:] {
		page := queue[0]
		text, err := os.ReadFile(filepath.Join(p.dir, page))
		if err != nil {
			continue // said by whoever named it
		}
		for _, address := range addresses(p.t, p.s, page, string(text)) {
			target, ours := targetOf(p.s, address)
			if !ours || known[target] {
				continue
			}
			known[target] = true
			queue = append(queue, target)
			_, missing := os.Stat(filepath.Join(p.dir, target))
			_, unmarked := os.Stat(filepath.Join(p.dir, target+goneMark))
			if missing != nil || unmarked == nil {
				p.t.Errorf("%s: %s leads to %s, which readers cannot open", when, page, target)
			}
		}
	}
	p.reached = len(known)
}

// TestNoDeadLinkInAPush: several articles come, change, go and come back, and one push brings all of it. No page that a reader
// can reach names another that is not there, whichever file was the last to be brought or taken.
func TestNoDeadLinkInAPush(t *testing.T) {
	t.Parallel()
	for _, marks := range []bool{true, false} {
		p := &seen{elsewhere: &elsewhere{t: t, dir: t.TempDir(), marks: marks, lax: true}}
		s, archive := newSite(t, func(c *Config) { c.PageSize, c.Place = pageSize, p })
		p.s = s
		later := PushLater(t.Context())
		does := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		comes := func(a Article) {
			t.Helper()
			_, err := s.Publish(later, a)
			does(err)
			archive.set(entryOf(a))
			does(s.Refresh(later, a.Content.Column, a.ID))
		}
		goes := func(a Article) {
			t.Helper()
			archive.delete(a.ID)
			does(s.Remove(later, a.ID, a.Content.Column))
		}
		for n := range 2 * pageSize {
			comes(plain(n))
		}
		goes(plain(2))
		_, err := s.Push(t.Context())
		does(err)

		began := p.looks
		for n := 2 * pageSize; n < 4*pageSize; n++ { // enough for a month to be cut into parts
			comes(plain(n))
		}
		elsewhere := plain(4 * pageSize)
		elsewhere.Content.Column = []string{"示例新栏目", "示例子栏目"}
		comes(elsewhere)
		corrected := plain(1)
		corrected.Content.Title = strings.Repeat("更正", 3)
		comes(corrected)
		comes(plain(2))
		goes(plain(4))
		goes(plain(2 * pageSize))
		_, err = s.Push(t.Context())
		does(err)
		p.mustAgree("after one push of everything")
		if looks := p.looks - began; looks < 4*pageSize || p.reached < 4*pageSize {
			t.Errorf("%d looks, %d files reached", looks, p.reached)
		}
	}
}
