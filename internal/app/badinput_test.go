package app_test

import (
	"bytes"
	"fmt"
	"image"
	_ "image/png"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"newsdesk/internal/api"
	"newsdesk/internal/app"
	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
	"newsdesk/internal/servicetest"
)

// TestPhotoFormats hands in every odd picture: each is published, or left out with one sentence that names it.
func TestPhotoFormats(t *testing.T) {
	t.Parallel()
	dir := servicetest.Data(t, "photos", "formats")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := enter(t, nil)
	text := "Odd pictures\nThey come from many programs.\n"
	var files []intake.File
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		r.ok(err)
		text += e.Name() + "\n"
		files = append(files, file(e.Name(), data))
	}
	out, err := r.handIn(append(files, file("article.txt", []byte(text)))...)
	r.ok(err)
	refused := map[string]string{
		"empty.jpg": "photo.empty", "sunset-truncated.jpg": "photo.truncated", "rose-alpha.png": "photo.twice",
	}
	told := maps.Clone(refused)
	for _, n := range out.Revision.Notes {
		if n.Code == desk.NoteRead {
			continue
		}
		if want, ok := refused[n.File]; !ok || n.Code != want {
			t.Errorf("a note that was not expected: %+v", n)
		}
		delete(refused, n.File)
	}
	if len(refused) != 0 {
		t.Errorf("taken without a word: %v", refused)
	}
	if len(out.Photos) != len(entries)-len(told) {
		t.Errorf("%d of %d photos taken", len(out.Photos), len(entries))
	}
	e := r.compose(press.ModePublish, time.Now(), r.sign(out.Article).ID)
	r.await(e, press.Live)
	checkPictures(t, r, out.Article.ID, len(out.Revision.Content.Body.Photos()))
}

// checkPictures opens every picture file that the website serves, as a reader's browser does.
func checkPictures(t *testing.T, r *room, id press.ArticleID, photos int) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(r.Config.Site.Dir, filepath.FromSlash(r.Site.Path(id))))
	r.ok(err)
	if got := bytes.Count(page, []byte("<figure")); got < photos {
		t.Errorf("the page shows %d of %d photos", got, photos)
	}
	seen := 0
	r.ok(filepath.WalkDir(r.Config.Site.Dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && e.IsDir() && e.Name() == ".newsdesk" { // what the website remembers of itself
			return filepath.SkipDir
		}
		if ext := filepath.Ext(path); err != nil || ext != ".jpg" && ext != ".png" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if _, _, err := image.Decode(bytes.NewReader(data)); err != nil {
			t.Errorf("%s, which begins with %.20q: %v", path, data, err)
		}
		if bytes.Contains(data, []byte("Exif\x00")) || bytes.Contains(data, []byte("http://ns.adobe.com/xap")) {
			t.Errorf("%s carries metadata", e.Name())
		}
		seen++
		return nil
	}))
	if seen < photos {
		t.Errorf("%d picture files for %d photos", seen, photos)
	}
}

func TestManyPhotos(t *testing.T) {
	t.Parallel()
	r := enter(t, nil)
	text := "Two hundred photos\nAll of them.\n"
	var files []intake.File
	for i := range 200 {
		name := fmt.Sprintf("photo %03d.jpg", i)
		if i < 30 { // the others are offered, not placed
			text += name + "\n"
		}
		files = append(files, file(name, drawn(t, i, 48, 32)))
	}
	document := file("article.txt", []byte(text))
	_, err := r.handIn(append(slices.Clone(files), document, file("one more.jpg", drawn(t, 200, 48, 32)))...)
	r.refused(err, press.TooLarge, "parcel.photos")
	out, err := r.handIn(append(files, document)...)
	r.ok(err)
	if len(out.Photos) != 200 || len(out.Revision.Unplaced) != 170 || len(out.Revision.Content.Body.Photos()) != 30 {
		t.Errorf("%d photos taken, %d unplaced, %d shown", len(out.Photos), len(out.Revision.Unplaced), len(out.Revision.Content.Body.Photos()))
	}
	list, err := r.as("writer").Articles(t.Context(), api.ArticleQuery{Page: api.Page{Limit: 50}})
	if err != nil || list.Total != 1 {
		t.Errorf("%d articles, want the one that was taken: %v", list.Total, err)
	}
}

// TestTooMuch hands in what is announced as larger than is taken: nothing of it may be read.
func TestTooMuch(t *testing.T) {
	t.Parallel()
	r := enter(t, nil)
	huge := intake.File{Name: "film.jpg", Size: 2<<30 + 1, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(zeroes{}, 2<<30+1)), nil
	}}
	_, err := r.handIn(file("article.txt", []byte("Title\nText.\n")), huge)
	r.refused(err, press.TooLarge, "parcel.bytes")
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestTitles(t *testing.T) {
	t.Parallel()
	r := enter(t, nil)
	_, err := r.handIn(file("a.txt", []byte("当前位置：新闻资讯 > 集团新闻\n"+strings.Repeat("题", 300)+"\n正文。\n")))
	r.refused(err, press.Invalid, "title.too_long")
	if text := press.TextOf(err); !strings.Contains(text.EN, "Line 2") || !strings.Contains(text.ZH, "第 2 行") {
		t.Errorf("the line is not named: %+v", text)
	}
	title := strings.Repeat("很长的标题，", 25)
	out, err := r.handIn(file("a.txt", []byte(title+"\n正文。\n")))
	r.ok(err)
	short := out.Revision.Content.PushTitle
	if n := utf8.RuneCountInString(short); n == 0 || n > press.PushTitleRunes {
		t.Fatalf("the title in WeChat is %q", short)
	}
	e := r.compose(press.ModePublish, time.Now(), r.sign(out.Article).ID)
	push := r.await(e, press.Live)
	r.contains(r.fetch(r.Sandbox.LocalURL(push.URLs[0])), short)
	r.contains(r.fetch(r.Site.Address(out.Article.ID)), title)
}

// TestBodyOverLimit: what WeChat would refuse is known at once, and nothing of it is sent when the hour comes.
func TestBodyOverLimit(t *testing.T) {
	t.Parallel()
	r := enter(t, nil)
	out, err := r.handIn(file("a.txt", []byte("Title\n"+strings.Repeat(strings.Repeat("长", 200)+"\n", 110))))
	r.ok(err)
	findings, err := r.as("writer").Preflight(t.Context(), out.Article.ID, "")
	r.ok(err)
	if !slices.ContainsFunc(findings, func(f press.Finding) bool { return f.Blocks && f.Code == "body.long" }) {
		t.Errorf("preflight found %+v", findings)
	}
	e := r.compose(press.ModeMass, time.Now().Add(time.Hour), r.sign(out.Article).ID)
	var push press.Delivery
	r.until(20*time.Second, func() bool { push, _ = r.deliveries(e); return push.State == press.Blocked })
	if push.Reason == nil || push.Reason.Code != "body.long" || push.Reason.Fix.ZH == "" || push.Reason.Text.EN == "" || push.Tries != 0 || push.MediaID != "" {
		t.Errorf("blocked with %+v, %d calls, draft %q", push.Reason, push.Tries, push.MediaID)
	}
	for _, account := range r.Sandbox.State(10).Accounts {
		if len(account.Drafts)+len(account.Masses)+len(account.Publications) != 0 {
			t.Errorf("the account holds %+v", account)
		}
	}
}

// TestPreviewLeavesOut: a preview goes on without what cannot be decoded, as handing in does.
func TestPreviewLeavesOut(t *testing.T) {
	t.Parallel()
	whole := drawn(t, 1, 300, 200)
	files := []intake.File{
		file("a.txt", []byte("Title\nText.\nwhole.jpg\nhalf.jpg\n")), file("whole.jpg", whole), file("half.jpg", whole[:len(whole)/2]),
	}
	for _, target := range []press.TargetKind{press.TargetWeChat, press.TargetSite} {
		html, notes, err := app.Preview(t.Context(), settings(t, nil), files, target, "")
		if err != nil || !strings.Contains(html, "data:image/jpeg") {
			t.Fatalf("%s: %v", target, err)
		}
		if strings.Contains(html, "<script src") || strings.Count(html, "data:image/jpeg") > 4 {
			t.Errorf("%s: a page by itself leads to scripts, or holds a photo more often than its sizes", target)
		}
		if !slices.ContainsFunc(notes, func(n press.Note) bool { return n.Code == "photo.truncated" && n.File == "half.jpg" }) {
			t.Errorf("%s: notes %+v", target, notes)
		}
	}
}

// TestUnknownTheme: a theme that does not exist is said at the start, and not found out from what readers see.
func TestUnknownTheme(t *testing.T) {
	t.Parallel()
	r := &room{TB: t}
	_, err := app.Open(t.Context(), app.Options{Config: settings(t, map[string]any{"themes.default": "neon"}), Serve: true, Migrate: true})
	r.refused(err, press.Invalid, "config.theme")
}

// TestDocuments takes every document among the test data through to both targets.
func TestDocuments(t *testing.T) {
	t.Parallel()
	dir := servicetest.Data(t, "docs")
	r := enter(t, nil)
	var ids []press.ArticleID
	for _, pattern := range []string{"*.md", "*.txt", "*.html"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		r.ok(err)
		for _, name := range names {
			files, err := intake.FromPaths([]string{name})
			r.ok(err)
			out, err := r.handIn(files...)
			if filepath.Base(name) == "word-2003-clipboard.html" { // a paste of one line, which is a title at most
				r.refused(err, press.Invalid, "body.empty")
				continue
			}
			r.ok(err)
			t.Log(filepath.Base(name), "→", out.Article.Title, len(out.Photos), "photos", len(out.Revision.Notes), "notes")
			ids = append(ids, r.sign(out.Article).ID)
		}
	}
	if len(ids) < 9 {
		t.Errorf("%d documents", len(ids))
	}
	editions := map[press.EditionID][]press.ArticleID{}
	for group := range slices.Chunk(ids, 4) {
		editions[r.compose(press.ModePublish, time.Now(), group...)] = group
	}
	for e, group := range editions {
		push := r.await(e, press.Live)
		for i, id := range group {
			read, err := r.as("one").Article(t.Context(), id, 0)
			r.ok(err)
			c := read.Revision.Content
			r.contains(r.fetch(r.Sandbox.LocalURL(push.URLs[i])), c.TitleInPush())
			r.contains(r.fetch(r.Site.Address(id)), c.Title)
		}
	}
}
