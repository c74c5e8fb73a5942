package app

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"newsdesk/internal/photo"
	"newsdesk/internal/press"
	"newsdesk/internal/site"
	"newsdesk/internal/store"
)

// TestListsNamePicturesThatAreThere: of a column with a watermark, lists name the pictures that carry it, of a page from before there
// was one those without, and never one that was made for something else and is not on the website.
func TestListsNamePicturesThatAreThere(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t, 0)
	marked, plain := press.Column{"集团新闻"}, press.Column{"通知公告"}
	mark := press.Watermark{Photo: press.DigestOf([]byte("mark"))}
	_, err := b.db.Exec("INSERT INTO column_rules (column_key, rules, version, updated_at) VALUES (?, ?, 1, 0)",
		marked[0]+"\x1f", fmt.Sprintf(`{"version": %d, "watermark": {"photo": %q}}`, press.ColumnRulesVersion, mark.Photo))
	b.must(err)
	photoOf := press.DigestOf([]byte("photo"))
	b.must(b.archive.store.SavePhoto(t.Context(), press.Photo{Digest: photoOf, Name: "a.jpg", Format: "jpeg", Width: 3, Height: 2, Bytes: 1}))
	files := map[bool]string{} // by whether they are marked
	for _, m := range []*photo.Mark{nil, {Watermark: mark}} {
		for _, recipe := range []press.Recipe{press.Site480, press.Site960} {
			key, _ := photo.Job{Recipe: recipe, Mark: m}.Key(photoOf)
			r := press.Rendition{RenditionKey: key, Digest: press.DigestOf(fmt.Append(nil, key)), ContentType: "image/jpeg", Width: 480, Height: 320, Bytes: 9}
			b.must(b.archive.store.SaveRendition(t.Context(), r))
			if recipe == press.Site480 {
				files[m != nil] = site.PhotoFile(r)
			}
		}
	}
	thumb := func(column press.Column) string {
		e, err := b.archive.covers().entry(t.Context(), store.Published{Cover: photoOf, Column: column, PublishedAt: time.Now()})
		b.must(err)
		return e.Thumb
	}
	bring := func(name string) {
		file := filepath.Join(b.dir, filepath.FromSlash(name))
		b.must(os.MkdirAll(filepath.Dir(file), 0o755))
		b.must(os.WriteFile(file, []byte("x"), 0o644))
	}
	check := func(when, inMarked, inPlain string) {
		t.Helper()
		if got := thumb(marked); got != inMarked {
			t.Errorf("%s: the marked column's list names %q, want %q", when, got, inMarked)
		}
		if got := thumb(plain); got != inPlain {
			t.Errorf("%s: the other column's list names %q, want %q", when, got, inPlain)
		}
	}
	check("nothing on the website", "", "")
	bring(files[false])
	check("published before there was a watermark", files[false], files[false])
	bring(files[true])
	check("published with the watermark", files[true], files[false])
	b.must(os.Remove(filepath.Join(b.dir, files[false])))
	check("only with the watermark", files[true], "")
}
