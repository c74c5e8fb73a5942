package site

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// TestCorrectionIsSaid: the dated note stands on the page and in its structured data, earlier ones below it; the address and
// the time of publication stay, the feed and the sitemap say when it changed.
func TestCorrectionIsSaid(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, func(c *Config) { c.Zone = time.FixedZone("UTC+8", 8*60*60) })
	a := sample(t, 3)
	live(t, s, archive, a)
	first := time.Date(2026, 11, 21, 17, 30, 0, 0, time.UTC) // the 22nd in the office
	second := first.Add(48 * time.Hour)
	a.Content.Correction, a.UpdatedAt = "第二段的“十二道”应为“二十道”。", second
	a.Corrections = []press.Correction{{Revision: 2, Note: "标题中的日期有误。", At: first}, {Revision: 4, Note: a.Content.Correction, At: second}}
	live(t, s, archive, a)
	page := fileOf(t, s, s.Path(a.ID))
	newest := "<p>本文于<time datetime=\"2026-11-23T17:30:00Z\">2026年11月24日</time>更正：第二段的“十二道”应为“二十道”。</p>"
	oldest := "<p>本文于<time datetime=\"2026-11-21T17:30:00Z\">2026年11月22日</time>更正：标题中的日期有误。</p>"
	if i, j := strings.Index(page, newest), strings.Index(page, oldest); i < 0 || j < i {
		t.Errorf("the notes are not on the page, the latest first (%d, %d):\n%s", i, j, page)
	}
	for _, want := range []string{
		`"dateModified":"2026-11-23T17:30:00Z"`, `"datePublished":"` + instant(a.PublishedAt) + `"`,
		`"@type":"CorrectionComment","text":"标题中的日期有误。","datePublished":"2026-11-21T17:30:00Z"`,
		`<meta property="article:modified_time" content="2026-11-23T17:30:00Z">`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, file := range []string{"feed.xml", "sitemap/" + a.PublishedAt.In(s.cfg.Zone).Format("2006-01") + ".xml"} {
		if !strings.Contains(fileOf(t, s, file), "2026-11-23T17:30:00Z") {
			t.Errorf("%s does not say when it was corrected", file)
		}
	}
}

// TestTakenDown: an article that was removed answers 410, at the handler and for any web server by the file beside it, and
// nothing names it; published again it answers as before.
func TestTakenDown(t *testing.T) {
	t.Parallel()
	s, archive := filled(t, 4)
	a := sample(t, 2)
	archive.delete(a.ID)
	if err := s.Remove(t.Context(), a.ID, a.Content.Column); err != nil {
		t.Fatal(err)
	}
	res := ask(t, s, http.MethodGet, "/"+s.Path(a.ID), nil)
	if text := bodyOf(t, res); res.StatusCode != http.StatusGone || !strings.Contains(text, "这篇文章已撤下") || !strings.Contains(text, "noindex") {
		t.Errorf("its address: %d %.200s", res.StatusCode, text)
	}
	if res := ask(t, s, http.MethodGet, "/"+s.goneFile(a.ID), nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("the mark is served: %d", res.StatusCode)
	}
	if info, err := os.Stat(filepath.Join(s.cfg.Dir, s.goneFile(a.ID))); err != nil || info.Size() != 0 {
		t.Errorf("the mark for other web servers: %v", err)
	}
	for name, text := range tree(t, s) {
		if strings.Contains(text, string(a.ID)) && !strings.HasPrefix(name, privateDir) {
			t.Errorf("%s still names it", name)
		}
	}
	if res := ask(t, s, http.MethodGet, "/"+s.Path(sample(t, 9).ID), nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("an article that never was: %d", res.StatusCode)
	}
	live(t, s, archive, a)
	if res := ask(t, s, http.MethodGet, "/"+s.Path(a.ID), nil); res.StatusCode != http.StatusOK {
		t.Errorf("published again: %d", res.StatusCode)
	}
	if _, err := os.Stat(filepath.Join(s.cfg.Dir, s.goneFile(a.ID))); !os.IsNotExist(err) {
		t.Errorf("published again, the mark stays: %v", err)
	}
}

func fileOf(t *testing.T, s *Site, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.cfg.Dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
