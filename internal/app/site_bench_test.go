package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to fill a database behind the store's back

	"newsdesk/internal/press"
	"newsdesk/internal/site"
	"newsdesk/internal/store"
)

var siteArticles = flag.Int("articles", 0, "how many articles the website of TestSiteArchive has; make bench-site")

// Bounds of one change to a website, whatever is in its archive.
const (
	mostFiles = 50
	mostTime  = 100 * time.Millisecond
)

// wholeArticles is how many articles the website has at most that is built in full, several times over; pageCopies how many
// share a page's bytes in the large one, fewer than ext4 has links to a file.
const (
	wholeArticles = 4000
	pageCopies    = 5000
)

// TestSiteArchive builds a website over a real database, cut off half-way and continued, changes it, and wants of a rebuild every
// byte as it is. Then it makes one of many articles, whose pages are all there, and measures what one article more, another text or
// one less costs, at the end of the archive and in its middle. It fails where that is over the bounds.
func TestSiteArchive(t *testing.T) {
	if *siteArticles == 0 {
		t.Skip("figures, not a test: make bench-site")
	}
	t.Run("bytes", func(t *testing.T) {
		b := newSiteBench(t, min(*siteArticles, wholeArticles))
		b.build()
		b.changes(false)
		before := b.tree()
		b.rebuild("rebuilt once more")
		b.same("changes one by one, and a rebuild", before, b.tree())
	})
	t.Run("bounds", func(t *testing.T) {
		b := newSiteBench(t, *siteArticles)
		b.furnish()
		b.changes(true)
	})
}

// furnish makes the website with all its lists and all its pages. Those around the end and the middle are the articles' own; the
// others are copies of one, by links, since nothing but the search reads them and making them takes minutes.
func (b *siteBench) furnish() {
	began := time.Now()
	own := func(n int) bool { return n >= b.n-200 || n >= b.n/2-200 && n < b.n/2+200 }
	model := b.article(b.n / 2)
	_, err := b.site.Publish(b.Context(), model)
	b.must(err)
	page, err := os.ReadFile(filepath.Join(b.dir, b.site.Path(model.ID)))
	b.must(err)
	last := ""
	for n := range b.n {
		if own(n) {
			continue
		}
		at := time.Date(2016, 9, 1, 1, 0, 0, 0, time.UTC).Add(time.Duration(n) * 53 * time.Minute)
		name := filepath.Join(b.dir, b.site.Path(benchID(at, n)))
		b.must(os.MkdirAll(filepath.Dir(name), 0o755))
		if last == "" || n%pageCopies == 0 {
			b.must(os.WriteFile(name, page, 0o644))
			last = name
			continue
		}
		b.must(os.Link(last, name))
	}
	b.must(b.site.Rebuild(b.Context(), func(_ site.Position, yield func(site.Article) error) error {
		for n := range b.n {
			if !own(n) {
				continue
			}
			if err := yield(b.article(n)); err != nil {
				return err
			}
		}
		return nil
	}))
	b.Logf("%d articles, their pages and lists made in %.0f s", b.n, time.Since(began).Seconds())
}

type siteBench struct {
	*testing.T
	n       int
	db      *sql.DB
	archive archive
	site    *site.Site
	dir     string
	effort  effort
	changed map[int]site.Article // since the website was built
}

// effort adds up what the site says of its work.
type effort struct {
	slog.Handler
	mu                            sync.Mutex
	files, removed, synced, waits int64
}

func (*effort) Enabled(context.Context, slog.Level) bool { return true }

func (e *effort) Handle(_ context.Context, r slog.Record) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.Message != "website written" {
		return nil
	}
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "files":
			e.files += a.Value.Int64()
		case "removed":
			e.removed += a.Value.Int64()
		case "synced":
			e.synced += a.Value.Int64()
		case "waits":
			e.waits += a.Value.Int64()
		}
		return true
	})
	return nil
}

func newSiteBench(t *testing.T, n int) *siteBench {
	t.Helper()
	b := &siteBench{T: t, n: n, changed: map[int]site.Article{}, dir: filepath.Join(t.TempDir(), "www")}
	file := filepath.Join(t.TempDir(), "newsdesk.db")
	s, err := store.Open(t.Context(), store.Config{Driver: store.DriverSQLite, DSN: file})
	b.must(err)
	t.Cleanup(func() { b.must(s.Close()) })
	_, _, err = s.Migrate(t.Context())
	b.must(err)
	b.db, err = sql.Open("sqlite", file+"?_pragma=busy_timeout(5000)")
	b.must(err)
	t.Cleanup(func() { b.must(b.db.Close()) })
	b.archive = archive{s, &thumbs{}, b.dir}
	b.site, err = site.New(site.Config{
		Dir: b.dir, BaseURL: "https://news.example.edu.cn/", Title: press.Say("Sample College News", "示例学院新闻网"),
		Archive: b.archive, Logger: slog.New(&b.effort),
	})
	b.must(err)
	tx, err := b.db.Begin()
	b.must(err)
	for i := range n {
		b.live(tx, b.article(i))
	}
	b.must(tx.Commit())
	return b
}

func (b *siteBench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// photosOf makes one photo in every size that a page may show; the bytes matter to nobody here.
func photosOf(n int) (original press.Digest, out []site.Photo) {
	original = press.DigestOf(fmt.Appendf(nil, "sample %d", n))
	for i, recipe := range slices.Concat(press.SiteRecipes(), press.SiteWebPRecipes()) {
		data := bytes.Repeat(fmt.Appendf(nil, "%s %d ", recipe, n), 3000)
		kind := "image/jpeg"
		if i >= len(press.SiteRecipes()) {
			kind = "image/webp"
		}
		out = append(out, site.Photo{
			Rendition: press.Rendition{
				RenditionKey: press.RenditionKey{Photo: original, Recipe: recipe, Version: 1}, Digest: press.DigestOf(data),
				ContentType: kind, Width: 480 + i, Height: 320, Bytes: int64(len(data)),
			},
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
		})
	}
	return original, out
}

var benchColumns = []press.Column{
	{"新闻资讯", "集团新闻"}, {"新闻资讯", "校园动态"}, {"新闻资讯", "媒体聚焦"}, {"通知公告"}, {"学术科研", "讲座"}, {"学术科研", "成果"}, {"专题", "迎新"},
}

const benchText = "调研组充分肯定了学校建设取得的成绩，并就进一步深化产教融合、服务地方经济社会发展提出了宝贵意见和建议。"

// article is the n-th of ten years with 100,000 articles, or of less with fewer: one every 53 minutes.
func (b *siteBench) article(n int) site.Article {
	at := time.Date(2016, 9, 1, 1, 0, 0, 0, time.UTC).Add(time.Duration(n) * 53 * time.Minute)
	c := press.Content{
		Title: fmt.Sprintf("示例稿件第 %d 篇：学校召开产教融合工作会议", n), Column: benchColumns[(n*n+n/7)%len(benchColumns)],
		Credits: press.Credits{Text: "示例供稿", Editor: "示例编辑", Source: "示例来源"},
	}
	for i := range 6 {
		c.Body.Blocks = append(c.Body.Blocks, press.Paragraph{Text: []press.Run{{Text: fmt.Sprintf("第 %d 段。%s%s", i+1, benchText, benchText)}}})
	}
	return site.Article{ID: benchID(at, n), Content: c.Normalize(), PublishedAt: at, UpdatedAt: at}
}

// illustrated is an article with a photo.
func (b *siteBench) illustrated(n int) site.Article {
	a := b.article(n)
	photo, sizes := photosOf(n)
	a.Photos = map[press.Digest][]site.Photo{photo: sizes}
	a.Content.Body.Blocks = append(a.Content.Body.Blocks, press.Picture{Photo: photo, Caption: "示例图片"})
	a.Content = a.Content.Normalize()
	return a
}

func benchID(at time.Time, n int) press.ArticleID {
	const digits = "0123456789abcdefghjkmnpqrstvwxyz"
	out := make([]byte, 0, 26)
	for shift := 45; shift >= 0; shift -= 5 {
		out = append(out, digits[(at.UnixMilli()>>shift)&31])
	}
	for shift := 75; shift >= 0; shift -= 5 {
		out = append(out, digits[(uint64(n)>>min(shift, 63))&31])
	}
	return press.ArticleID(out)
}

type execer interface {
	Exec(query string, args ...any) (sql.Result, error)
}

// live has the database say that an article is on the website.
func (b *siteBench) live(db execer, a site.Article) {
	b.Helper()
	_, err := db.Exec(`INSERT OR REPLACE INTO site_pages (target, article, revision, title, summary, column_key, cover, published_at, updated_at)
		VALUES ('site', ?, 1, ?, ?, ?, ?, ?, ?)`, a.ID, a.Content.Title, a.Content.Summary(160), strings.Join(a.Content.Column, "\x1f")+"\x1f",
		a.Content.Cover.Photo, a.PublishedAt.UnixMicro(), a.UpdatedAt.UnixMicro())
	b.must(err)
}

// cost is what an operation took.
type cost struct {
	wall, cpu                     time.Duration
	files, removed, synced, waits int64
}

func (b *siteBench) measure(do func()) (c cost) {
	before, began := cpuTime(), time.Now()
	b.effort.files, b.effort.removed, b.effort.synced, b.effort.waits = 0, 0, 0, 0
	do()
	return cost{time.Since(began), cpuTime() - before, b.effort.files, b.effort.removed, b.effort.synced, b.effort.waits}
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// build makes the website, is cut off half-way, and goes on.
func (b *siteBench) build() {
	began := time.Now()
	ctx, cut := context.WithCancel(b.Context())
	yielded := 0
	err := b.site.Rebuild(ctx, b.each(func(int) {
		if yielded++; yielded > b.n/2 {
			cut()
		}
	}))
	if !errors.Is(err, context.Canceled) {
		b.Fatal("not cut off: ", err)
	}
	first := -1
	most := uint64(0)
	b.must(b.site.Rebuild(b.Context(), b.each(func(n int) {
		if first < 0 {
			first = n
		}
		if n%500 == 0 {
			most = max(most, heap())
		}
	})))
	took := time.Since(began)
	b.Logf("built from nothing, cut off after %d of %d articles and continued at %d: %.0f articles a second, %d MB of memory at most while articles were written, %d MB after",
		b.n/2, b.n, first, float64(b.n)/took.Seconds(), most>>20, heap()>>20)
	if first < b.n/3 {
		b.Errorf("a rebuild that was cut off after %d articles began again at %d", b.n/2, first)
	}
	whole := b.tree()
	b.must(os.RemoveAll(b.dir))
	c := b.rebuild("from nothing, in one go")
	b.Logf("%.0f articles a second, %.0f in a second of processor time", float64(b.n)/c.wall.Seconds(), float64(b.n)/c.cpu.Seconds())
	b.same("cut off and continued, and in one go", whole, b.tree())
}

func (b *siteBench) rebuild(name string) cost {
	c := b.measure(func() { b.must(b.site.Rebuild(b.Context(), b.each(func(int) {}))) })
	b.Logf("%s: %.1f s, %.1f s of processor time", name, c.wall.Seconds(), c.cpu.Seconds())
	return c
}

// each yields what the database says is live, made anew from its number.
func (b *siteBench) each(seen func(int)) func(site.Position, func(site.Article) error) error {
	return func(after site.Position, yield func(site.Article) error) error {
		for {
			list, err := b.archive.store.PublishedDates(b.Context(), SiteTarget, store.Stretch{From: after.PublishedAt, After: after.Article, Limit: 500})
			if err != nil {
				return err
			}
			for _, p := range list {
				n := b.number(p.PublishedAt)
				seen(n)
				if err := yield(b.current(n)); err != nil {
					return err
				}
				after = site.Position{PublishedAt: p.PublishedAt, Article: p.Article}
			}
			if len(list) < 500 {
				return nil
			}
		}
	}
}

func (b *siteBench) number(at time.Time) int {
	return int(at.Sub(b.article(0).PublishedAt) / (53 * time.Minute))
}

// current is an article as it was published last.
func (b *siteBench) current(n int) site.Article {
	if a, ok := b.changed[n]; ok {
		return a
	}
	return b.article(n)
}

func (b *siteBench) corrected(n int) site.Article {
	a := b.illustrated(n)
	a.Content.Title = "更正后的" + a.Content.Title
	a.Content.Column = press.Column{"学术科研", "成果"}
	a.UpdatedAt = a.PublishedAt.Add(time.Hour)
	return a
}

// changes publishes, corrects and retracts at both places, and holds each to its bounds.
func (b *siteBench) changes(bounds bool) {
	middle := b.illustrated(b.n / 2)
	b.Logf("%-46s %6s %8s %7s %6s %9s %9s", "one article", "files", "removed", "fsyncs", "waits", "ms", "CPU ms")
	rows := []struct {
		name string
		do   func()
	}{
		{"(warm up)", func() { b.publish(b.illustrated(b.n)) }},
		{"retract the newest", func() { b.retract(b.illustrated(b.n)) }},
		{"publish the newest", func() { b.publish(b.illustrated(b.n)) }},
		{"correct it: title, photo, another column", func() { b.publish(b.corrected(b.n - 2)) }},
		{"retract one from the middle", func() { b.retract(middle) }},
		{"publish it again, where it was", func() { b.publish(b.article(b.n / 2)) }},
		{"correct one in the middle, another column", func() { b.publish(b.corrected(b.n/2 + 3)) }},
	}
	over := 0
	for _, row := range rows {
		c := b.measure(row.do)
		verdict := "ok"
		if c.files+c.removed >= mostFiles {
			verdict = fmt.Sprintf("over %d files", mostFiles)
		}
		if c.wall >= mostTime {
			verdict = strings.TrimPrefix(verdict+fmt.Sprintf(", over %s", mostTime), "ok, ")
		}
		b.Logf("%-46s %6d %8d %7d %6d %9.1f %9.1f  %s", row.name, c.files, c.removed, c.synced, c.waits, ms(c.wall), ms(c.cpu), verdict)
		if verdict != "ok" && row.name != "(warm up)" {
			over++
		}
	}
	switch {
	case !bounds:
	case over > 0:
		b.Errorf("verdict: %d of %d changes among %d articles over %d files or %s", over, len(rows)-1, b.n, mostFiles, mostTime)
	default:
		b.Logf("verdict: every change among %d articles under %d files and %s", b.n, mostFiles, mostTime)
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func (b *siteBench) publish(a site.Article) {
	b.Helper()
	_, err := b.site.Publish(b.Context(), a)
	b.must(err)
	b.live(b.db, a)
	b.changed[b.number(a.PublishedAt)] = a
	b.must(b.site.Refresh(b.Context(), a.Content.Column, a.ID))
}

func (b *siteBench) retract(a site.Article) {
	b.Helper()
	_, err := b.db.Exec("DELETE FROM site_pages WHERE target = ? AND article = ?", SiteTarget, a.ID)
	b.must(err)
	b.must(b.site.Remove(b.Context(), a.ID, a.Content.Column))
}

// heap is how much memory is in use.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// same reports whether two trees hold the same bytes, and names some files where they do not.
func (b *siteBench) same(what string, got, want map[string][32]byte) {
	b.Helper()
	var differ []string
	for name, sum := range want {
		if got[name] != sum {
			differ = append(differ, name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			differ = append(differ, "+"+name)
		}
	}
	slices.Sort(differ)
	if len(differ) > 0 {
		b.Errorf("%s: %d of %d files differ, such as %v", what, len(differ), len(want), differ[:min(len(differ), 12)])
		return
	}
	b.Logf("%s: the same bytes in all %d files", what, len(want))
}

// tree is a digest of every file that readers may have.
func (b *siteBench) tree() map[string][32]byte {
	b.Helper()
	out := map[string][32]byte{}
	err := filepath.WalkDir(b.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.Name() == ".newsdesk" {
				return fs.SkipDir
			}
			return err
		}
		data, err := os.ReadFile(name)
		out[strings.TrimPrefix(name, b.dir)] = sha256.Sum256(data)
		return err
	})
	b.must(err)
	return out
}
