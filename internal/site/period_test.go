package site

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// TestPeriods: the parts of a period are the whole of it, without a gap, down to a second, and each is known by its name; also
// where the clocks are changed.
func TestPeriods(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here: ", err)
	}
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("UTC+8", 8*60*60), berlin} {
		for _, at := range []time.Time{
			time.Date(2024, 2, 29, 23, 59, 59, 999, zone), time.Date(2026, 10, 25, 2, 30, 0, 0, zone), time.Date(2026, 12, 1, 0, 0, 0, 0, zone),
		} {
			p := year(at.Year(), zone)
			for depth := 0; ; depth++ {
				if again, ok := parsePeriod(p.name, zone); !ok || again != p || !p.holds(at) {
					t.Fatalf("%s: %v, %v for %s", p.name, again, ok, at)
				}
				parts := p.parts()
				if parts == nil {
					if p.until.Sub(p.from) > time.Second || depth < 16 {
						t.Errorf("%s is not cut, at depth %d", p.name, depth)
					}
					break
				}
				end := p.from
				for _, part := range parts {
					if !part.from.Equal(end) || !part.within(p) || !isPeriodPage("all/"+part.name+".html") {
						t.Fatalf("%s begins at %s, want %s", part.name, part.from, end)
					}
					end = part.until
				}
				if !end.Equal(p.until) {
					t.Fatalf("the parts of %s end at %s", p.name, end)
				}
				p = parts[slices.IndexFunc(parts, func(part period) bool { return part.holds(at) })]
			}
		}
	}
	for _, name := range []string{"", "26", "2026-13", "2026-00", "2026-02/30", "2026-02/09-08", "2026-02/01-01", "2026-02/01-120000-110000", "2026-2", "index"} {
		if p, ok := parsePeriod(name, time.UTC); ok {
			t.Errorf("%q is taken for %+v", name, p)
		}
	}
}

// TestChangesTouchFewFiles: in an archive with cut years, months and days, one article more or less, at the end, in the middle or
// in a day so full that it is cut into hours, changes a bounded number of files, and what the folder holds in the end is what a
// rebuild writes.
func TestChangesTouchFewFiles(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, func(c *Config) { c.PageSize = 2 })
	articles := map[press.ArticleID]Article{}
	add := func(n int, at time.Time) Article {
		a := plain(n)
		a.PublishedAt, a.UpdatedAt = at, at
		a.ID = idAt(at, n)
		articles[a.ID] = a
		return a
	}
	busy := time.Date(2025, 11, 3, 4, 0, 0, 0, time.UTC)
	var middle Article
	for n := range 160 {
		at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 150 * time.Hour)
		if n%4 == 3 {
			at = busy.Add(time.Duration(n) * time.Minute)
		}
		a := add(n, at)
		archive.set(entryOf(a))
		if n == 79 {
			middle = a
		}
	}
	if err := s.Rebuild(t.Context(), each(archive, articles)); err != nil {
		t.Fatal(err)
	}
	newest := add(160, time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC))
	between := add(161, busy.Add(90*time.Second))
	moved := middle
	moved.Content.Column = notices
	for _, step := range []step{
		publishing("the newest", newest), publishing("in the middle", between), publishing("to another column", moved),
		removing("from the middle", between), removing("the newest", newest),
	} {
		var touched []string
		s.hook = func(op, name string) error { touched = append(touched, op+" "+name); return nil }
		if err := step.do(s, archive); err != nil {
			t.Fatal(step.name, err)
		}
		if step.after(articles); len(touched) >= 50 {
			t.Errorf("%s touched %d files: %s", step.name, len(touched), strings.Join(touched, "\n"))
		}
	}
	s.hook = nil
	if differ := diff(rebuilt(t, s, archive, articles), tree(t, s)); len(differ) > 0 {
		t.Errorf("the folder differs from a rebuild: %v", differ)
	}
}

// TestRebuildGoesOn: cut off before any change of a file, a rebuild that is repeated is told not to begin again, and ends with the
// same bytes; what was published in between stays.
func TestRebuildGoesOn(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, func(c *Config) { c.PageSize = 5 })
	articles := map[press.ArticleID]Article{}
	for n := range 80 {
		a := plain(n)
		articles[a.ID] = a
		archive.set(entryOf(a))
	}
	for _, cut := range []int{60, 30} {
		changes := 0
		s.hook = func(_, _ string) error {
			if changes++; changes > cut {
				return errCut
			}
			return nil
		}
		if err := s.Rebuild(t.Context(), each(archive, articles)); err == nil {
			t.Fatalf("not cut off after %d changes", cut)
		}
	}
	s.hook = nil
	again := sample(t, 1) // older than where the rebuild stands
	again.PublishedAt, again.UpdatedAt = plain(2).PublishedAt.Add(time.Minute), plain(2).PublishedAt.Add(time.Minute)
	articles[again.ID] = again
	live(t, s, archive, again)
	yielded := 0
	err := s.Rebuild(t.Context(), func(after Position, f func(Article) error) error {
		return each(archive, articles)(after, func(a Article) error { yielded++; return f(a) })
	})
	if err != nil || yielded > 60 {
		t.Errorf("went on with %d articles of 81: %v", yielded, err)
	}
	if differ := diff(rebuilt(t, s, archive, articles), tree(t, s)); len(differ) > 0 {
		t.Errorf("the folder differs from a rebuild in one go: %v", differ)
	}
}

// TestOldPagesLeadOn: whoever kept the address of a page that lists no longer have is sent to the nearest there is.
func TestOldPagesLeadOn(t *testing.T) {
	t.Parallel()
	s, _ := filled(t, 14)
	for path, want := range map[string]string{
		"/all/page/3.html": "/all/", "/c/通知公告/page/1.html": "/c/%E9%80%9A%E7%9F%A5%E5%85%AC%E5%91%8A/",
		"/all/2026-09/01-08.html": "/all/2026-09.html", "/all/2019-03.html": "/all/archive.html", "/c/通知公告/2026-09.html": "/c/%E9%80%9A%E7%9F%A5%E5%85%AC%E5%91%8A/2026.html",
		"/c/none/page/1.html": "", "/page/1.html": "", "/all/page/x.html": "",
	} {
		res := ask(t, s, http.MethodGet, path, nil)
		if got := res.Header.Get("Location"); got != want || want == "" && res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d to %q, want %q", path, res.StatusCode, got, want)
		}
	}
	for path, want := range map[string][]string{
		"all/archive.html": {"2026年", "9月"}, "all/2026.html": {"9月"}, "all/2026-09.html": {"<h1>全部新闻</h1>", "2026年9月"},
	} {
		for _, word := range want {
			if text := page(t, s, path); !strings.Contains(text, word) {
				t.Errorf("%s does not say %s", path, word)
			}
		}
	}
}
