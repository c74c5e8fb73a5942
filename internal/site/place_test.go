package site

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// elsewhere is a place that is another folder of this machine. It fails when it is told to, and complains of every moment
// at which a reader would meet a page whose files are missing.
type elsewhere struct {
	t        *testing.T
	dir      string
	name     string
	marks    bool
	s        *Site
	down     error // everything fails
	cut      int   // the change before which it goes down; 0: none
	changes  int
	compared int
	lax      bool // lists may name what is gone
}

func (e *elsewhere) ID() string       { return "elsewhere " + e.name }
func (e *elsewhere) ReadsMarks() bool { return e.marks }

func (e *elsewhere) change(name string) error {
	if filepath.Ext(name) != "" {
		e.changes++
	}
	if e.cut > 0 && e.changes >= e.cut {
		e.down = errCut
	}
	return e.down
}

func (e *elsewhere) Put(ctx context.Context, _ string, files []File) error {
	for _, f := range files {
		if err := errors.Join(ctx.Err(), e.change(f.Name)); err != nil {
			return err
		}
		data, err := os.ReadFile(f.Path)
		if err != nil {
			return err
		}
		if int64(len(data)) != f.Size || f.ContentType != typeOf(f.Name) || f.CacheControl != caching(f.Name) {
			e.t.Errorf("%+v is not what its bytes are (%d)", f, len(data))
		}
		e.needs(f.Name, string(data))
		to := filepath.Join(e.dir, f.Name)
		_ = os.Remove(to) // it may be a link to a file of another test's place
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, data, 0o644)); err != nil {
			return err
		}
	}
	return nil
}

// needs complains if a file comes before one that it names. Articles name each other and their lists, which name them, so
// of those the ones come first that a reader does not begin with.
func (e *elsewhere) needs(name, text string) {
	for _, address := range addresses(e.t, e.s, name, text) {
		target, ours := targetOf(e.s, address)
		if !ours || stageOf(target) != bringContent && (stageOf(name) == bringArticles || stageOf(target) != bringArticles) {
			continue
		}
		if _, err := os.Stat(filepath.Join(e.dir, target)); err != nil {
			e.t.Errorf("%s came before %s", name, target)
		}
	}
}

func (e *elsewhere) Remove(ctx context.Context, names []string) error {
	e.misses(names)
	for _, name := range names {
		if err := errors.Join(ctx.Err(), e.change(name)); err != nil {
			return err
		}
		if err := os.Remove(filepath.Join(e.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// misses complains if files go before a page that names one of them, and that stays. Articles name each other.
func (e *elsewhere) misses(names []string) {
	if at := stageOf(names[0]); e.lax || filepath.Ext(names[0]) == "" || at != bringContent && at != bringArticles {
		return
	}
	pages, err := fs.Glob(os.DirFS(e.s.cfg.Dir), "*.html")
	for _, dir := range []string{"all/*.html", "all/page/*.html", "c/*/*.html", "c/*/*/*.html", "c/*/page/*.html", "a/*/*/*.html"} {
		more, failed := fs.Glob(os.DirFS(e.s.cfg.Dir), dir)
		pages, err = append(pages, more...), errors.Join(err, failed)
	}
	if err != nil || len(pages) < 5 {
		e.t.Errorf("%d pages, %v", len(pages), err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join(e.dir, page))
		for _, name := range names {
			if err == nil && strings.Contains(string(text), filepath.Base(name)) && (articleIn(name) == "" || articleIn(page) == "") {
				e.t.Errorf("%s went before %s, which names it", name, page)
			}
		}
	}
}

func (e *elsewhere) Compare(_ context.Context, c Comparison) error {
	e.compared++
	if e.down != nil {
		return e.down
	}
	have, last := readTree(e.t, e.dir), ""
	for f, err := range c.Want {
		if err != nil {
			return err
		}
		if f.Name <= last {
			e.t.Errorf("%s comes after %s", f.Name, last)
		}
		last = f.Name
		data, err := os.ReadFile(f.Path)
		if err != nil {
			return err
		}
		if there, ok := have[f.Name]; !ok || there != string(data) {
			if err := c.Stale(f.Name); err != nil {
				return err
			}
		}
		delete(have, f.Name)
	}
	for name := range have {
		if slices.Contains(c.Own, strings.Split(name, "/")[0]) {
			if err := c.Stale(name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *elsewhere) Check(context.Context) error { return e.down }

func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	return tree(t, &Site{cfg: Config{Dir: dir}})
}

// expected is what a place must hold.
func (e *elsewhere) expected() map[string]string {
	files := tree(e.t, e.s)
	if e.marks {
		return files
	}
	for name := range maps.Clone(files) {
		if page, mark := strings.CutSuffix(name, goneMark); mark {
			delete(files, name)
			files[page] = files[goneFile]
		}
	}
	return files
}

func (e *elsewhere) mustAgree(when string) {
	e.t.Helper()
	if differ := diff(e.expected(), readTree(e.t, e.dir)); len(differ) > 0 {
		e.t.Errorf("%s: the place differs: %v", when, differ)
	}
	w, err := e.s.begin(e.t.Context())
	if err != nil {
		e.t.Fatal(err)
	}
	defer w.close()
	left, err := fs.ReadDir(w.root.FS(), pushDir)
	names := []string{}
	for _, entry := range left {
		names = append(names, entry.Name())
	}
	if err != nil || !slices.Equal(names, []string{"lock", "place"}) {
		e.t.Errorf("%s: left behind: %v, %v", when, names, err)
	}
}

// mirrored is a site with a place.
func mirrored(t *testing.T, marks bool) (*Site, *memory, *elsewhere) {
	t.Helper()
	e := &elsewhere{t: t, dir: t.TempDir(), marks: marks}
	s, archive := newSite(t, func(c *Config) { c.PageSize, c.Place = pageSize, e })
	e.s = s
	return s, archive, e
}

func TestPlaceKeepsStep(t *testing.T) {
	t.Parallel()
	steps := story(t)
	for first, marks := range map[int]bool{9: true, 12: false} {
		s, archive := atStep(t, steps[:first], marks)
		e := s.cfg.Place.(*elsewhere)
		for _, step := range steps[first:] {
			e.changes = 0
			if err := step.do(s, archive); err != nil {
				t.Fatal(step.name, err)
			}
			e.mustAgree(step.name)
			if e.changes > 50 {
				t.Errorf("%s: %d changes at the place", step.name, e.changes)
			}
		}
		e.changes = 0
		if done, err := s.Push(t.Context()); err != nil || done != (Pushed{}) || e.changes > 0 || e.compared != 1 {
			t.Errorf("nothing to push: %+v, %d changes, %d comparisons, %v", done, e.changes, e.compared, err)
		}
	}
}

// twinOf makes another site and another place with the same files, by links.
func twinOf(t *testing.T, s *Site, archive *memory) (*Site, *memory, *elsewhere) {
	t.Helper()
	twin, entries := copyOf(t, s, archive)
	was := s.cfg.Place.(*elsewhere)
	e := &elsewhere{t: t, dir: t.TempDir() + "/copy", marks: was.marks, s: twin}
	twin.cfg.Place = e
	linkAll(t, was.dir, e.dir)
	return twin, entries, e
}

// atStep is a site, pushed, to which the first steps of the story have happened.
func atStep(t *testing.T, steps []step, marks bool) (*Site, *memory) {
	t.Helper()
	s, archive := playTo(t, steps)
	s.cfg.Place = &elsewhere{t: t, dir: t.TempDir(), marks: marks, s: s}
	if _, err := s.Push(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, archive
}

// TestPlaceCutOffAnywhere breaks the line to the place before each change of an operation. A later push, by a process that
// knows nothing but the folder, brings what is missing.
func TestPlaceCutOffAnywhere(t *testing.T) {
	t.Parallel()
	steps := story(t)
	for i, last := range []int{11, 13} {
		start, before := atStep(t, steps[:last], i%2 == 0)
		for cut := 1; ; cut += 1 + cut/2 {
			s, archive, e := twinOf(t, start, before)
			e.cut = cut
			err := steps[last].do(s, archive)
			if e.down == nil {
				break
			}
			if !errors.Is(err, errCut) {
				t.Fatalf("cut off before change %d: %v", cut, err)
			}
			e.down, e.cut = nil, 0
			if _, err := newUnsynced(t, s.cfg).Push(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := steps[last].do(s, archive); err != nil {
				t.Fatal(err)
			}
			e.mustAgree(steps[last].name)
		}
	}
}

// TestPlaceAfterACrash stops the writing of the folder before each of its changes. Nobody repeats the operation; the place
// still comes to hold what the folder holds.
func TestPlaceAfterACrash(t *testing.T) {
	t.Parallel()
	steps := story(t)
	for _, last := range []int{13} {
		start, before := atStep(t, steps[:last], true)
		for cut := 1; ; cut += 1 + cut/2 {
			s, archive, e := twinOf(t, start, before)
			changes := 0
			s.hook = func(_, name string) error {
				if changes++; changes >= cut && !strings.HasPrefix(name, pushDir) {
					return errCut
				}
				return nil
			}
			err := steps[last].do(s, archive)
			if err == nil {
				break
			}
			s = newUnsynced(t, s.cfg)
			if e.s = s; errors.Is(err, errCut) {
				_, err = s.Push(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
			e.mustAgree(steps[last].name)
			if e.compared != 0 {
				t.Errorf("compared %d times", e.compared)
			}
		}
	}
}

// TestPlaceDownForADay: what happened meanwhile is brought at once, each file as it is now, and in order.
func TestPlaceDownForADay(t *testing.T) {
	t.Parallel()
	s, archive, e := mirrored(t, false)
	live(t, s, archive, sample(t, 0))
	down := &press.PageFault{Code: "place.unreachable", Class: press.ClassBackoff}
	e.down = down
	names := map[string]bool{}
	s.hook = func(_, name string) error {
		if !hidden(name) {
			names[strings.TrimSuffix(name, goneMark)] = true
		}
		return nil
	}
	must := func(err error) {
		var fault *press.PageFault
		if !errors.As(err, &fault) || fault != down {
			t.Error(err)
		}
	}
	for n := 1; n < 6; n++ {
		a := sample(t, n)
		_, err := s.Publish(t.Context(), a)
		must(err)
		archive.set(entryOf(a))
		must(s.Refresh(t.Context(), a.Content.Column, a.ID))
	}
	for _, n := range []int{0, 4} {
		archive.delete(sample(t, n).ID)
		must(s.Remove(t.Context(), sample(t, n).ID, sample(t, n).Content.Column))
	}
	if waiting, all, err := s.Waiting(t.Context()); err != nil || waiting < len(names) || all {
		t.Errorf("%d of %d waiting, %v, %v", waiting, len(names), all, err)
	}
	e.down, e.changes = nil, 0
	if _, err := s.Push(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.mustAgree("a day later")
	if e.changes > len(names) || e.compared != 1 {
		t.Errorf("%d changes for %d files, %d comparisons", e.changes, len(names), e.compared)
	}
}

func TestPlaceComparedWithTheFolder(t *testing.T) {
	t.Parallel()
	steps := story(t)
	for _, marks := range []bool{true, false} {
		s, archive := atStep(t, steps[:13], marks)
		e := s.cfg.Place.(*elsewhere)
		if err := steps[13].do(s, archive); err != nil {
			t.Fatal(err)
		}
		spoil(t, e.dir)
		done, err := s.PushAll(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if done.Files != 2 || done.Removed != 1 {
			t.Errorf("%+v", done)
		}
		if data, err := os.ReadFile(filepath.Join(e.dir, "img/own.png")); err != nil || string(data) != "own" {
			t.Errorf("somebody's own file: %q, %v", data, err)
		}
		if err := os.RemoveAll(filepath.Join(e.dir, "img")); err != nil {
			t.Fatal(err)
		}
		e.mustAgree("compared")

		e.dir, e.name = t.TempDir(), "another" // which has nothing
		if err := steps[14].do(s, archive); err != nil {
			t.Fatal(err)
		}
		e.mustAgree("another place")
	}
}

// spoil changes one file at a place, takes one away, and adds one of ours and one that is somebody's own.
func spoil(t *testing.T, dir string) {
	t.Helper()
	err := errors.Join(
		os.WriteFile(filepath.Join(dir, "index.html"), []byte("defaced"), 0o644),
		os.Remove(filepath.Join(dir, "all/index.html")),
		os.WriteFile(filepath.Join(dir, "all/stray.html"), []byte("stray"), 0o644),
		os.Mkdir(filepath.Join(dir, "img"), 0o755),
		os.WriteFile(filepath.Join(dir, "img/own.png"), []byte("own"), 0o644),
	)
	if err != nil {
		t.Fatal(err)
	}
}

// TestPlaceForgottenAndBack: while no place is configured nothing is noted, so that the same place, later, is compared.
func TestPlaceForgottenAndBack(t *testing.T) {
	t.Parallel()
	s, archive, e := mirrored(t, true)
	live(t, s, archive, sample(t, 0))
	s.cfg.Place = nil
	live(t, s, archive, sample(t, 1))
	s.cfg.Place = e
	if _, err := s.Push(t.Context()); err != nil || e.compared != 2 {
		t.Fatal(e.compared, err)
	}
	e.mustAgree("back")
}

// TestRemovalWithoutRoomForNotes: an article that must go goes though the disk takes no notes, and later from the place.
func TestRemovalWithoutRoomForNotes(t *testing.T) {
	t.Parallel()
	s, archive, e := mirrored(t, true)
	live(t, s, archive, sample(t, 0))
	live(t, s, archive, sample(t, 1))
	archive.delete(sample(t, 0).ID)
	e.lax = true
	full := errors.New("no space left on device")
	s.sync = func(f *os.File) error {
		if strings.HasSuffix(f.Name(), "todo") {
			return full
		}
		return nil
	}
	if err := s.Remove(t.Context(), sample(t, 0).ID, sample(t, 0).Content.Column); !errors.Is(err, full) {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(s.cfg.Dir, s.Path(sample(t, 0).ID))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the page is still there: %v", err)
	}
	s.sync = func(*os.File) error { return nil }
	if err := s.Remove(t.Context(), sample(t, 0).ID, sample(t, 0).Content.Column); err != nil {
		t.Fatal(err)
	}
	e.mustAgree("removed")
}

func TestNotesThatWereCutOff(t *testing.T) {
	t.Parallel()
	s, archive, e := mirrored(t, true)
	live(t, s, archive, sample(t, 0))
	torn := "all/index.html\x00../../etc/passwd\x00.newsdesk/lock\x00a/2026/11/torn"
	if err := os.WriteFile(filepath.Join(s.cfg.Dir, todoFile), []byte(torn), 0o644); err != nil {
		t.Fatal(err)
	}
	if n, all, err := s.Waiting(t.Context()); n != 1 || all || err != nil {
		t.Errorf("%d, %v, %v", n, all, err)
	}
	live(t, s, archive, sample(t, 1))
	e.mustAgree("after torn notes")
}

func TestPushWaitsItsTurn(t *testing.T) {
	t.Parallel()
	s, _, _ := mirrored(t, true)
	release, err := s.pushTurn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	twin := newUnsynced(t, s.cfg) // as another process would
	for _, other := range []*Site{s, twin} {
		ctx, stop := context.WithTimeout(t.Context(), 30*time.Millisecond)
		if _, err := other.Push(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		stop()
	}
	release()
	if _, err := twin.Push(t.Context()); err != nil {
		t.Error(err)
	}
}
