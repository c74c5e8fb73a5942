package site

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// filled is a small site with n articles that are live, five to a page.
func filled(tb testing.TB, n int) (*Site, *memory) {
	tb.Helper()
	s, archive := newSite(tb, func(c *Config) { c.PageSize = 5 })
	for i := range n {
		live(tb, s, archive, sample(tb, i))
	}
	return s, archive
}

// rebuilt is the tree of a fresh folder that a rebuild has filled from the same articles.
func rebuilt(tb testing.TB, s *Site, archive *memory, articles map[press.ArticleID]Article) map[string]string {
	tb.Helper()
	cfg := s.cfg
	cfg.Dir = tb.TempDir() + "/again"
	fresh := newUnsynced(tb, cfg)
	if err := fresh.Rebuild(tb.Context(), each(archive, articles)); err != nil {
		tb.Fatal(err)
	}
	return tree(tb, fresh)
}

func each(archive *memory, articles map[press.ArticleID]Article) func(Position, func(Article) error) error {
	return func(after Position, f func(Article) error) error {
		for _, e := range slices.Clone(archive.entries) {
			if compareEntries(e, Entry{PublishedAt: after.PublishedAt, Article: after.Article}) <= 0 {
				continue
			}
			if err := f(articles[e.Article]); err != nil {
				return err
			}
		}
		return nil
	}
}

// step is something that happens to a site and can be done again after it was cut off.
type step struct {
	name string
	do   func(*Site, *memory) error
	// what is live afterwards, for the rebuild
	after func(map[press.ArticleID]Article)
}

func publishing(name string, a Article) step {
	return step{name, func(s *Site, archive *memory) error {
		if _, err := s.Publish(context.Background(), a); err != nil {
			return err
		}
		archive.set(entryOf(a))
		return s.Refresh(context.Background(), a.Content.Column, a.ID)
	}, func(all map[press.ArticleID]Article) { all[a.ID] = a }}
}

func removing(name string, a Article) step {
	return step{name, func(s *Site, archive *memory) error {
		archive.delete(a.ID)
		return s.Remove(context.Background(), a.ID, a.Content.Column)
	}, func(all map[press.ArticleID]Article) { delete(all, a.ID) }}
}

// storyLength is how many articles come before the first correction; at pageSize that cuts the year into months and these into days.
const (
	storyLength = 9
	pageSize    = 2
)

// story is the life of a small site: articles come, are corrected in every way that moves something, and go.
func story(tb testing.TB) []step {
	tb.Helper()
	var out []step
	for n := range storyLength {
		out = append(out, publishing(fmt.Sprint("publish ", n), sample(tb, n)))
	}
	title := sample(tb, 3)
	title.Content.Title, title.UpdatedAt = "更正：标题改了", title.PublishedAt.Add(time.Hour)
	column := sample(tb, 5)
	column.Content.Column, column.UpdatedAt = press.Column{"专题", "迎新"}, column.PublishedAt.Add(time.Hour)
	photo := sample(tb, 6)
	digest, renditions := drawn(tb, 99, 100, 48, 96, 160)
	photo.Photos = map[press.Digest][]Photo{digest: renditions}
	photo.Content.Body = press.Body{Blocks: []press.Block{para("换了一张图。"), press.Picture{Photo: digest}}}
	photo.Content.Cover = press.Cover{}
	photo.Content = photo.Content.Normalize()
	late := sample(tb, 40)
	late.PublishedAt = sample(tb, 4).PublishedAt.Add(time.Minute)
	return append(out,
		publishing("title corrected", title), publishing("column corrected", column), publishing("photo replaced", photo),
		publishing("published in the middle", late),
		removing("remove the newest", sample(tb, storyLength-1)), removing("remove from the middle", title),
		removing("remove the last of a column", column), removing("remove the oldest", sample(tb, 0)),
		publishing("published again", sample(tb, storyLength-1)),
	)
}

func TestStoryGivesTheBytesOfARebuild(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, func(c *Config) { c.PageSize = pageSize })
	articles := map[press.ArticleID]Article{}
	for _, step := range story(t) {
		if err := step.do(s, archive); err != nil {
			t.Fatal(step.name, err)
		}
		step.after(articles)
		got := tree(t, s)
		if differ := diff(rebuilt(t, s, archive, articles), got); len(differ) > 0 {
			t.Fatalf("after %s the folder differs from a rebuild: %v", step.name, differ)
		}
		if dead := deadLinks(t, s, got); len(dead) > 0 {
			t.Fatalf("after %s: dead links %v", step.name, dead)
		}
	}
	for _, dir := range []string{"before", "tmp"} {
		left, _ := os.ReadDir(filepath.Join(s.cfg.Dir, privateDir, dir))
		if len(left) > 0 {
			t.Errorf("%d files left in %s", len(left), dir)
		}
	}
}

// TestReadersMeetNoDeadLink looks at the whole site before each single change of a file.
func TestReadersMeetNoDeadLink(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, func(c *Config) { c.PageSize = pageSize })
	if err := s.Refresh(t.Context(), nil, ""); err != nil { // a folder just begun has pages that name others to come
		t.Fatal(err)
	}
	looks := 0
	s.hook = func(op, name string) error {
		looks++
		if dead := deadLinks(t, s, tree(t, s)); len(dead) > 0 {
			return fmt.Errorf("before %s %s: dead links %v", op, name, dead)
		}
		return nil
	}
	for _, step := range story(t) {
		if err := step.do(s, archive); err != nil {
			t.Fatal(step.name, err)
		}
	}
	if looks < 100 {
		t.Errorf("looked only %d times", looks)
	}
}

var errCut = errors.New("cut off here")

// TestCutOffAnywhere stops an operation before each of its changes in turn, repeats it, and wants the same bytes as if
// nothing had happened.
func TestCutOffAnywhere(t *testing.T) {
	t.Parallel()
	steps := story(t)
	for _, last := range []int{5, 10, 11, 12, 14, 15} {
		t.Run(steps[last].name, func(t *testing.T) {
			t.Parallel()
			start, archive := playTo(t, steps[:last])
			reference, after := copyOf(t, start, archive)
			if err := steps[last].do(reference, after); err != nil {
				t.Fatal(err)
			}
			want := tree(t, reference)
			cuts := 0
			for at := 1; ; at++ {
				s, archive := copyOf(t, start, archive)
				if !cutAt(t, s, archive, steps[last], at) {
					break
				}
				cuts++
				if differ := diff(want, tree(t, s)); len(differ) > 0 {
					t.Fatalf("cut off before change %d: %v", at, differ)
				}
			}
			if cuts < 5 {
				t.Errorf("cut off at %d places only", cuts)
			}
		})
	}
}

func playTo(t *testing.T, steps []step) (*Site, *memory) {
	t.Helper()
	s, archive := newSite(t, func(c *Config) { c.PageSize = pageSize })
	articles := map[press.ArticleID]Article{}
	for _, step := range steps {
		step.after(articles)
	}
	for _, a := range articles {
		archive.set(entryOf(a))
	}
	if err := s.Rebuild(t.Context(), each(archive, articles)); err != nil {
		t.Fatal(err)
	}
	return s, archive
}

// copyOf makes another site with the same files, by links: a file is only ever replaced as a whole.
func copyOf(t *testing.T, s *Site, archive *memory) (*Site, *memory) {
	t.Helper()
	twin := &memory{entries: slices.Clone(archive.entries), since: maps.Clone(archive.since)}
	cfg := s.cfg
	cfg.Archive, cfg.Dir = twin, t.TempDir()+"/copy"
	linkAll(t, s.cfg.Dir, cfg.Dir)
	return newUnsynced(t, cfg), twin
}

func linkAll(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		to := to + strings.TrimPrefix(name, from)
		switch {
		case err != nil || d.Name() == "lock":
			return err
		case d.IsDir():
			return os.Mkdir(to, 0o755)
		}
		return os.Link(name, to)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// cutAt stops a step before its n-th change and repeats it; false if it has fewer changes.
func cutAt(t *testing.T, s *Site, archive *memory, do step, n int) bool {
	t.Helper()
	changes := 0
	s.hook = func(_, _ string) error {
		if changes++; changes >= n { // from then on the disk takes nothing
			return errCut
		}
		return nil
	}
	err := do.do(s, archive)
	s.hook = nil
	if err == nil {
		return false
	}
	if !errors.Is(err, errCut) || press.CodeOf(err) != "site.write" || press.KindOf(err) != press.Unavailable {
		t.Fatalf("change %d: %v", n, err)
	}
	if err := do.do(s, archive); err != nil {
		t.Fatal(err)
	}
	return true
}

func TestPublishTwiceWritesNothing(t *testing.T) {
	t.Parallel()
	s, archive := filled(t, 14)
	before := stamps(t, s)
	for _, n := range []int{0, 7, 13} {
		a := sample(t, n)
		res, err := s.Publish(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		if res.Written != 0 || res.Removed != 0 {
			t.Errorf("article %d again: %+v", n, res)
		}
		if err := s.Refresh(t.Context(), a.Content.Column, a.ID); err != nil {
			t.Fatal(err)
		}
	}
	articles := map[press.ArticleID]Article{}
	for n := range 14 {
		articles[sample(t, n).ID] = sample(t, n)
	}
	if err := s.Rebuild(t.Context(), each(archive, articles)); err != nil {
		t.Fatal(err)
	}
	if after := stamps(t, s); !maps.Equal(before, after) {
		t.Errorf("files touched: %v → %v", len(before), len(after))
	}
}

// stamps returns when each served file was last written.
func stamps(t *testing.T, s *Site) map[string]time.Time {
	t.Helper()
	out := map[string]time.Time{}
	for name := range tree(t, s) {
		info, err := os.Stat(filepath.Join(s.cfg.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = info.ModTime()
	}
	return out
}

func TestArticle1001TouchesFewFiles(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, nil)
	articles := map[press.ArticleID]Article{}
	for n := range 1000 {
		a := plain(n)
		articles[a.ID] = a
		archive.set(entryOf(a))
	}
	if err := s.Rebuild(t.Context(), each(archive, articles)); err != nil {
		t.Fatal(err)
	}
	digest, renditions := drawn(t, 5, 100, 48, 96, 160)
	for n := 1000; n < 1003; n++ {
		a := plain(n)
		a.Photos = map[press.Digest][]Photo{digest: renditions}
		a.Content.Body.Blocks = append(a.Content.Body.Blocks, press.Picture{Photo: digest})
		a.Content = a.Content.Normalize()
		var touched []string
		s.hook = func(op, name string) error {
			if !hidden(name) {
				touched = append(touched, op+" "+name)
			}
			return nil
		}
		live(t, s, archive, a)
		if slices.Sort(touched); len(touched) >= 25 || len(touched) < 12 {
			t.Errorf("article %d touched %d files: %s", n, len(touched), strings.Join(touched, "\n"))
		}
		t.Logf("article %d: %d files", n+1, len(touched))
	}
}

// plain is a short article without photos.
func plain(n int) Article {
	a := Article{PublishedAt: start.Add(time.Duration(n) * 3 * time.Hour)}
	a.UpdatedAt = a.PublishedAt
	a.ID = idAt(a.PublishedAt, n)
	a.Content = sampleContent(n%24 + 40)
	return a
}

func TestManyWritersAndReaders(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, func(c *Config) { c.PageSize = pageSize })
	twin, err := New(s.cfg) // as another process would
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Refresh(t.Context(), nil, ""); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var readers, writers sync.WaitGroup
	readers.Go(func() { readWholePages(ctx, t, s) })
	articles := map[press.ArticleID]Article{}
	for n := range 12 {
		a := sample(t, n)
		articles[a.ID] = a
		writers.Go(func() {
			if err := publishing("", a).do([]*Site{s, twin}[n%2], archive); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	stop()
	readers.Wait()
	if differ := diff(rebuilt(t, s, archive, articles), tree(t, s)); len(differ) > 0 {
		t.Errorf("differs from a rebuild: %v", differ)
	}
}

func readWholePages(ctx context.Context, t *testing.T, s *Site) {
	for reads := 0; ctx.Err() == nil || reads == 0; reads++ {
		for _, name := range []string{"index.html", "all/index.html", "feed.xml"} {
			data, err := os.ReadFile(filepath.Join(s.cfg.Dir, name))
			if end := strings.TrimSpace(string(data)); err != nil || !strings.HasSuffix(end, "</html>") && !strings.HasSuffix(end, "</feed>") {
				t.Errorf("%s: half a page, or none: %v", name, err)
			}
		}
	}
}
