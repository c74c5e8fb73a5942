package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// withPhoto is the n-th article, showing one drawn photo.
func withPhoto(tb testing.TB, n, seed int) Article {
	a := plain(n)
	digest, renditions := drawn(tb, seed, 100, 48, 96, 160)
	a.Photos = map[press.Digest][]Photo{digest: renditions}
	a.Content.Body.Blocks = append(a.Content.Body.Blocks, press.Picture{Photo: digest})
	a.Content = a.Content.Normalize()
	return a
}

func photosIn(tb testing.TB, s *Site) int {
	tb.Helper()
	n := 0
	for name := range tree(tb, s) {
		if photoName.MatchString(name) {
			n++
		}
	}
	return n
}

func TestSharedPhotoStaysUntilNobodyShowsIt(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, nil)
	one, two := withPhoto(t, 1, 3), withPhoto(t, 2, 3)
	live(t, s, archive, one)
	live(t, s, archive, two)
	if n := photosIn(t, s); n != 3 {
		t.Fatalf("%d photos, want 3", n)
	}
	if err := removing("", one).do(s, archive); err != nil || photosIn(t, s) != 3 {
		t.Fatalf("%v, %d photos after the first is gone", err, photosIn(t, s))
	}
	if err := removing("", two).do(s, archive); err != nil || photosIn(t, s) != 0 {
		t.Fatalf("%v, %d photos after both are gone", err, photosIn(t, s))
	}
}

// TestSharedPhotoIsLookedUp: whether a photo is still wanted is known without any page but the article's own, in whichever order
// articles take hold of it and let go, cut off and repeated.
func TestSharedPhotoIsLookedUp(t *testing.T) {
	t.Parallel()
	for _, order := range [][]int{{0, 1, 2}, {1, 0, 2}, {2, 1, 0}} {
		s, archive := newSite(t, nil)
		all := []Article{withPhoto(t, 1, 3), withPhoto(t, 2, 3), withPhoto(t, 3, 3)}
		for _, a := range all {
			for cut := 1; cutAt(t, s, archive, publishing("", a), cut); cut += 2 {
			}
		}
		if err := s.Rebuild(t.Context(), each(archive, map[press.ArticleID]Article{all[0].ID: all[0], all[1].ID: all[1], all[2].ID: all[2]})); err != nil {
			t.Fatal(err)
		}
		other := filepath.Join(s.cfg.Dir, s.Path(idAt(start, 900))) // only somebody who looks through all pages meets this one
		for i, n := range order {
			for cut := 1; cutAt(t, s, archive, removing("", all[n]), cut); cut += 2 {
			}
			if got, want := photosIn(t, s), []int{3, 3, 0}[i]; got != want {
				t.Errorf("%v: %d photos after %d articles went, want %d", order, got, i+1, want)
			}
			if i == 1 {
				photo := ""
				for name := range tree(t, s) {
					if photoName.MatchString(name) {
						photo += name + " "
					}
				}
				if err := errors.Join(os.MkdirAll(filepath.Dir(other), 0o755), os.WriteFile(other, []byte(photo), 0o644)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// TestSharedPhotoOfAnEarlierVersion: a note that names nobody has the pages looked through, once.
func TestSharedPhotoOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, nil)
	all := []Article{withPhoto(t, 1, 3), withPhoto(t, 2, 3), withPhoto(t, 3, 3)}
	for _, a := range all {
		live(t, s, archive, a)
	}
	notes, err := filepath.Glob(filepath.Join(s.cfg.Dir, privateDir, "shared", "*"))
	if err != nil || len(notes) != 3 {
		t.Fatal(notes, err)
	}
	for _, name := range notes {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []int{3, 3, 0} {
		if err := removing("", all[i]).do(s, archive); err != nil || photosIn(t, s) != want {
			t.Errorf("%v, %d photos after %d went", err, photosIn(t, s), i+1)
		}
	}
}

// TestOldPhotoStaysWhileListsShowIt corrects an article: its old thumbnail is on the lists until the archive knows better.
func TestOldPhotoStaysWhileListsShowIt(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, nil)
	live(t, s, archive, withPhoto(t, 1, 3))
	if _, err := s.Publish(t.Context(), withPhoto(t, 1, 4)); err != nil {
		t.Fatal(err)
	}
	if n := photosIn(t, s); n != 6 {
		t.Errorf("%d photos between page and lists, want 6", n)
	}
	live(t, s, archive, withPhoto(t, 1, 4))
	if n := photosIn(t, s); n != 3 {
		t.Errorf("%d photos afterwards, want 3", n)
	}
}

func TestBadPhotos(t *testing.T) {
	t.Parallel()
	opens := func(r io.Reader, err error) func(context.Context) (io.ReadCloser, error) {
		return func(context.Context) (io.ReadCloser, error) {
			if err != nil {
				return nil, err
			}
			return io.NopCloser(r), nil
		}
	}
	broken := io.MultiReader(strings.NewReader("half"), &failing{})
	for name, c := range map[string]struct {
		spoil func(*Photo)
		kind  press.Kind
	}{
		"other bytes":     {func(p *Photo) { p.Open = opens(bytes.NewReader(make([]byte, p.Bytes)), nil) }, press.Internal},
		"cut short":       {func(p *Photo) { p.Open = opens(strings.NewReader("short"), nil) }, press.Internal},
		"storage is away": {func(p *Photo) { p.Open = opens(nil, errors.New("away")) }, press.Unavailable},
		"storage breaks":  {func(p *Photo) { p.Open = opens(broken, nil) }, press.Unavailable},
		"too large":       {func(p *Photo) { p.Bytes = 1 << 40 }, press.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := newSite(t, nil)
			a := withPhoto(t, 1, 3)
			for _, photos := range a.Photos {
				c.spoil(&photos[1])
			}
			_, err := s.Publish(t.Context(), a)
			if press.KindOf(err) != c.kind || press.CodeOf(err) != "site.photo" {
				t.Errorf("%v: %s %s", err, press.KindOf(err), press.CodeOf(err))
			}
			if _, err := os.Stat(filepath.Join(s.cfg.Dir, s.Path(a.ID))); err == nil {
				t.Error("the page is there without its photo")
			}
		})
	}
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, errors.New("broken") }

func TestPhotoWithoutRenditionsIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := newSite(t, nil)
	a := withPhoto(t, 1, 3)
	a.Photos = nil
	if _, err := s.Publish(t.Context(), a); press.CodeOf(err) != "site.photo" {
		t.Errorf("%v", err)
	}
}

// TestSomethingInTheWay has a folder where a page should go, which is how any failure to write looks.
func TestSomethingInTheWay(t *testing.T) {
	t.Parallel()
	s, archive := filled(t, 3)
	a := sample(t, 3)
	before := tree(t, s)
	if err := os.MkdirAll(filepath.Join(s.cfg.Dir, s.Path(a.ID), "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := s.Publish(t.Context(), a)
	if press.KindOf(err) != press.Unavailable || press.CodeOf(err) != "site.write" || !strings.Contains(press.TextOf(err).ZH, s.Path(a.ID)) {
		t.Fatalf("%v", err)
	}
	after := tree(t, s)
	for name, text := range before {
		if after[name] != text {
			t.Errorf("%s changed", name)
		}
	}
	if err := os.RemoveAll(filepath.Join(s.cfg.Dir, s.Path(a.ID))); err != nil {
		t.Fatal(err)
	}
	live(t, s, archive, a)
	if dead := deadLinks(t, s, tree(t, s)); len(dead) > 0 {
		t.Error(dead)
	}
}

// TestRemoveOnAFullDisk takes a page down though no list can be written, and puts the lists right later.
func TestRemoveOnAFullDisk(t *testing.T) {
	t.Parallel()
	s, archive := filled(t, 7)
	a := sample(t, 2)
	s.hook = func(op, _ string) error {
		if op == "write" {
			return errCut
		}
		return nil
	}
	archive.delete(a.ID)
	if err := s.Remove(t.Context(), a.ID, a.Content.Column); press.CodeOf(err) != "site.write" {
		t.Fatalf("%v", err)
	}
	if _, ok := tree(t, s)[s.Path(a.ID)]; ok {
		t.Error("the page is still there")
	}
	s.hook = nil
	if err := s.Remove(t.Context(), a.ID, a.Content.Column); err != nil {
		t.Fatal(err)
	}
	for name, text := range tree(t, s) {
		if strings.Contains(text, string(a.ID)) && articleIn(name) == "" {
			t.Errorf("%s still names the article", name)
		}
	}
}

func TestCancelledPublish(t *testing.T) {
	t.Parallel()
	s, _ := filled(t, 2)
	ctx, cancel := context.WithCancel(t.Context())
	s.hook = func(string, string) error { cancel(); return nil }
	_, err := s.Publish(ctx, sample(t, 4))
	if !errors.Is(err, context.Canceled) || press.CodeOf(err) == "site.write" {
		t.Errorf("%v", err)
	}
	<-s.turn // somebody else writes
	waiting, stop := context.WithCancel(t.Context())
	stop()
	if err := s.Refresh(waiting, nil, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting for the turn: %v", err)
	}
}

func TestRebuildRemovesOnlyWhatIsItsOwn(t *testing.T) {
	t.Parallel()
	s, archive := filled(t, 2)
	old := time.Now().Add(-2 * grace)
	put := func(name string, when time.Time) {
		path := filepath.Join(s.cfg.Dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("x"), 0o644), os.Chtimes(path, when, when)); err != nil {
			t.Fatal(err)
		}
	}
	stray := []string{
		s.Path(idAt(start, 900)), "p/ab/ab" + strings.Repeat("0", 62) + ".jpg", "c/消失/index.html", "all/page/9.html", "assets/site.0000000000.css", "sitemap/1999-01.xml",
	}
	own := []string{"verification.txt", "old/page.html", s.Path(idAt(start, 901))}
	for _, name := range stray {
		put(name, old)
	}
	put(own[0], old)
	put(own[1], old)
	put(own[2], time.Now()) // being published right now, for all a rebuild knows
	articles := map[press.ArticleID]Article{sample(t, 0).ID: sample(t, 0), sample(t, 1).ID: sample(t, 1)}
	if err := s.Rebuild(t.Context(), each(archive, articles)); err != nil {
		t.Fatal(err)
	}
	files := tree(t, s)
	for _, name := range stray {
		if _, ok := files[name]; ok {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range own {
		if _, ok := files[name]; !ok {
			t.Errorf("%s is gone", name)
		}
	}
}

func TestOutdated(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, nil)
	if outdated, err := s.Outdated(t.Context()); outdated || err != nil {
		t.Errorf("an empty folder: %v %v", outdated, err)
	}
	live(t, s, archive, sample(t, 1))
	cfg := s.cfg
	cfg.Title = press.Say("Other", "改名")
	renamed := newUnsynced(t, cfg)
	if outdated, err := renamed.Outdated(t.Context()); !outdated || err != nil {
		t.Errorf("another title: %v %v", outdated, err)
	}
	articles := map[press.ArticleID]Article{sample(t, 1).ID: sample(t, 1)}
	if err := renamed.Rebuild(t.Context(), each(archive, articles)); err != nil {
		t.Fatal(err)
	}
	if outdated, err := renamed.Outdated(t.Context()); outdated || err != nil {
		t.Errorf("after a rebuild: %v %v", outdated, err)
	}
}

// inWebP gives an article's photos renditions in WebP, and its cover the one that is shown where the page is passed on. A site
// asks nothing of them but their type and digest.
func inWebP(a Article) Article {
	photos := map[press.Digest][]Photo{}
	for original, list := range a.Photos {
		for i, p := range list[:len(list):len(list)] {
			data := fmt.Appendf(nil, "webp of %s", p.Digest)
			p.Recipe, p.ContentType = press.SiteWebPRecipes()[i], "image/webp"
			p.Digest, p.Bytes = press.DigestOf(data), int64(len(data))
			p.Open = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
			list = append(list, p)
		}
		if original == a.Content.Cover.Photo {
			p := list[0]
			data := fmt.Appendf(nil, "share of %s", p.Digest)
			p.Recipe, p.Width, p.Height, p.Digest, p.Bytes = press.SiteShare, 1200, 630, press.DigestOf(data), int64(len(data))
			p.Open = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
			list = append(list, p)
		}
		photos[original] = list
	}
	a.Photos = photos
	return a
}

// TestWebPBesideJPEG: a page that is written again once there is WebP offers it, has the same bytes when the site is rebuilt, and
// takes all its files along when it goes. What other programs are told stays JPEG, in the shape that they show.
func TestWebPBesideJPEG(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, nil)
	a := withPhoto(t, 1, 3)
	live(t, s, archive, a)
	if n := photosIn(t, s); n != 3 {
		t.Fatalf("%d photos", n)
	}
	live(t, s, archive, inWebP(a))
	files := tree(t, s)
	if n := photosIn(t, s); n != 7 || strings.Count(files[s.Path(a.ID)], ".webp ") != 3 {
		t.Fatalf("%d photos, page\n%s", n, files[s.Path(a.ID)])
	}
	for name, data := range files {
		if name != s.Path(a.ID) && name != "index.html" && !photoName.MatchString(name) && strings.Contains(data, ".webp") {
			t.Errorf("%s names WebP", name)
		}
	}
	if lead := one(t, parse(t, files["index.html"]), "source"); strings.Count(attrOf(lead, "srcset"), ".webp ") != 3 || !strings.Contains(files[s.Path(a.ID)], attrOf(lead, "srcset")) {
		t.Errorf("the front page's lead has %v", lead.Attr)
	}
	for _, name := range []string{s.Path(a.ID), "index.html"} {
		if !strings.Contains(files[name], `<meta property="og:image:width" content="1200">`) || !strings.Contains(files[name], `<meta property="og:image:alt" content="`) {
			t.Errorf("%s is passed on with another picture", name)
		}
	}
	head, _, _ := strings.Cut(files[s.Path(a.ID)], "</head>")
	if strings.Contains(head, ".webp") || !strings.Contains(head, ".jpg") {
		t.Errorf("the head names %s", head)
	}
	again := func(_ Position, each func(Article) error) error { return each(inWebP(a)) }
	if err := s.Rebuild(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if differ := diff(files, tree(t, s)); len(differ) > 0 {
		t.Errorf("rebuilt, these differ: %v", differ)
	}
	if err := removing("", a).do(s, archive); err != nil || photosIn(t, s) != 0 {
		t.Errorf("%v, %d photos are left", err, photosIn(t, s))
	}
}
