package search

import (
	"context"
	"flag"
	"path"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"newsdesk/internal/servicetest/browsertest"
)

var benchArticles = flag.Int("search-articles", 0, "measure searches in an index of this many articles")

// TestMeasure prints what searches cost a reader, in Chromium on a link as a phone has it, and what a change costs the site:
// go test ./internal/site/search -run TestMeasure -search-articles 10000 -v.
func TestMeasure(t *testing.T) {
	if *benchArticles == 0 {
		t.Skip("no -search-articles")
	}
	const years = 10
	a, by := &archive{}, newAuthor(9)
	for n := range *benchArticles {
		a.live = append(a.live, by.article(n, years*365*24*time.Hour/time.Duration(*benchArticles)))
	}
	a.live[len(a.live)/4].Text += "欧阳若曦在会上发言。"
	start := time.Now()
	files := rebuilt(t, a)
	t.Logf("%d articles over %d years, indexed in %.1f s", len(a.live), years, time.Since(start).Seconds())
	sizes(t, files)
	browser := browsertest.Start(t)
	for _, query := range []string{"学校", "消防演练", "photoshop", "若曦", "欧阳若曦", "不存在的词"} {
		measureSearch(t, browser, files, query)
	}
	measureChange(t, "newest", a, files, len(a.live)-1)
	measureChange(t, "one in the middle", a, files, len(a.live)/2)
}

func sizes(t *testing.T, files map[string][]byte) {
	t.Helper()
	count, bytes := map[string]int{}, map[string]int{}
	for name, data := range files {
		kind := "pieces"
		if strings.HasSuffix(name, ".more.bin") {
			kind = "more"
		} else if path.Ext(name) == ".bin" {
			kind = "tables"
		} else if strings.HasSuffix(name, ".titles.json") {
			kind = "titles"
		}
		count[kind]++
		bytes[kind] += len(data)
	}
	for _, kind := range []string{"titles", "tables", "more", "pieces"} {
		t.Logf("%-8s %4d files of %4d kB on average, %5.1f MB in all", kind, count[kind], bytes[kind]/count[kind]/1000, float64(bytes[kind])/1e6)
	}
}

// measureSearch asks for a page of results in a browser that knows nothing yet, and reads to the end what finds less.
func measureSearch(t *testing.T, browser context.Context, files map[string][]byte, query string) {
	t.Helper()
	n := &traffic{slow: true}
	base := n.serve(t, files)
	if err := chromedp.Do(browser, chromedp.Navigate(base)); err != nil {
		t.Fatal(err)
	}
	type result struct{ Found, First, All int }
	got, err := chromedp.Run(browser, chromedp.Evaluate[result](`(async () => {
	const { Index, asked } = await import('/search.js');
	const index = new Index('/search/'), out = { Found: 0, First: 0 }, start = performance.now();
	for await (const one of index.find(asked(`+literal(query)+`))) {
		if (!one) continue;
		if (!out.Found++) out.First = Math.round(performance.now() - start);
		if (out.Found === 20) break;
	}
	out.All = Math.round(performance.now() - start);
	return out;
})()`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%-10s %2d results: %3d requests, %5d kB (%5d kB unpacked); first after %4.1f s, the page or the end after %4.1f s", query, got.Found,
		n.requests.Load(), n.bytes.Load()/1000, n.unpacked.Load()/1000, float64(got.First)/1000, float64(got.All)/1000)
}

// measureChange corrects an article, with files in memory.
func measureChange(t *testing.T, which string, a *archive, files map[string][]byte, n int) {
	t.Helper()
	f := &folder{files: files}
	const rounds = 20
	began := processorTime(t)
	for range rounds {
		a.live[n].Title += "更正"
		f.written = nil
		if err := (Index{f, a, variants}).Update(a.live[n].ID, a.live[n].PublishedAt); err != nil {
			t.Fatal(err)
		}
	}
	took := processorTime(t) - began
	bytes := 0
	for _, name := range f.written {
		bytes += len(f.files[name])
	}
	t.Logf("correcting the %s: %d files, %d kB, %.1f ms of processor time", which, len(f.written), bytes/1000,
		float64(took.Microseconds())/1000/rounds)
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
