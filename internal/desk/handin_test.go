package desk_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

func TestHandIn(t *testing.T) {
	t.Parallel()
	o := open(t)
	text := position + "A visit to the lake\nThe first paragraph.\nlake one.jpg\nThe second.\nmissing.jpg\nbroken.jpg\ntorn.jpg\nThe last.\n"
	one, spare := jpg(t, 1, 700, 400), jpg(t, 2, 80, 60)
	var mu sync.Mutex
	var steps []int
	out, err := o.HandIn(t.Context(), o.writer, desk.HandIn{
		Files: []intake.File{
			file("article.txt", []byte(text)), file("Lake_One.JPG", one), file("spare.jpg", spare), file("copy of lake.jpg", one),
			file("broken.jpg", one[:len(one)/2]), torn("torn.jpg"), file("notes.xyz", []byte("?")),
		},
		Progress: func(p desk.PhotoDone) {
			mu.Lock()
			defer mu.Unlock()
			steps = append(steps, p.Done)
			if p.All != 4 || (p.Err != nil) != strings.Contains("broken.jpg torn.jpg", p.Name) {
				t.Errorf("progress %+v", p)
			}
		},
	})
	o.ok(err)
	if slices.Sort(steps); !slices.Equal(steps, []int{1, 2, 3, 4}) {
		t.Errorf("progress counted %v, want 1 to 4", steps)
	}
	a, rev := out.Article, out.Revision
	if a.State != press.ArticleReview || a.Title != "A visit to the lake" || a.Column.String() != "News information › Group news" ||
		a.Author != o.writer.ID || a.Hash != rev.Content.Hash() || rev.Number != 1 {
		t.Errorf("article %+v, revision %d", a, rev.Number)
	}
	if got := rev.Content.Photos(); !slices.Equal(got, []press.Digest{press.DigestOf(one)}) || rev.Content.Cover.Photo != got[0] {
		t.Errorf("shows %v, cover %s; want the one photo that is placed and whole", got, rev.Content.Cover.Photo)
	}
	if !slices.Equal(rev.Unplaced, []press.Digest{press.DigestOf(spare)}) {
		t.Errorf("unplaced %v; want the spare one, and not a copy of what is shown", rev.Unplaced)
	}
	for _, want := range []struct{ code, file string }{
		{"photo.missing", "missing.jpg"}, {"photo.truncated", "broken.jpg"}, {"photo.read", "torn.jpg"}, {"photo.twice", "copy of lake.jpg"}, {"file.left", "notes.xyz"},
	} {
		i := slices.IndexFunc(rev.Notes, func(n press.Note) bool { return n.Code == want.code })
		if i < 0 {
			t.Errorf("no note %s among %v", want.code, codes(rev.Notes))
			continue
		}
		if text := rev.Notes[i].Text; !strings.Contains(text.EN+rev.Notes[i].File, want.file) {
			t.Errorf("the note %s does not name %s: %+v", want.code, want.file, rev.Notes[i])
		}
		o.plain(rev.Notes[i].Text)
	}
	stored, err := o.rows.Revision(t.Context(), a.ID, 1)
	o.ok(err)
	if stored.Hash != rev.Hash || len(stored.Notes) != len(rev.Notes) || !slices.Equal(stored.Unplaced, rev.Unplaced) {
		t.Errorf("what is stored differs from what was answered: %+v", stored)
	}
	if got := o.audited(string(a.ID)); !slices.Equal(got, []string{"article.create"}) {
		t.Errorf("audit %v", got)
	}
}

func TestRecipesFollowTheUse(t *testing.T) {
	t.Parallel()
	o := open(t)
	out := o.handIn(position+"Title\nText.\nfirst.jpg\nsecond.jpg\n",
		file("first.jpg", jpg(t, 1, 80, 60)), file("second.jpg", jpg(t, 2, 80, 60)), file("third.jpg", jpg(t, 3, 80, 60)))
	count := map[press.Digest]int{}
	for _, r := range out.Renditions {
		count[r.Photo]++
	}
	for i, want := range []int{6, 4, 1} { // the cover has its two crops; a photo that nobody placed only what offers it
		if got := count[press.DigestOf(jpg(t, i+1, 80, 60))]; got != want {
			t.Errorf("photo %d has %d renditions, want %d", i+1, got, want)
		}
	}
}

func TestPlainCoverAndShortTitle(t *testing.T) {
	t.Parallel()
	o := open(t)
	title := strings.Repeat("很长的标题，", 25) // 150 characters
	first := o.handIn(position + title + "\n正文。\n")
	second := o.handIn(position + "Short\nText.\n")
	if got := codes(first.Revision.Notes); !slices.Contains(got, "cover.plain") || !slices.Contains(got, "title.short") {
		t.Errorf("notes %v", got)
	}
	for _, n := range first.Revision.Notes {
		o.plain(n.Text)
	}
	c := first.Revision.Content
	if n := utf8.RuneCountInString(c.PushTitle); n > press.PushTitleRunes || n < 20 || !strings.HasSuffix(c.PushTitle, "…") {
		t.Errorf("the title in WeChat is %q, %d characters", c.PushTitle, n)
	}
	if c.Cover.Photo == "" || c.Cover.Photo != second.Revision.Content.Cover.Photo || len(c.Body.Photos()) != 0 {
		t.Errorf("plain covers %s and %s; want one, and not in the body", c.Cover.Photo, second.Revision.Content.Cover.Photo)
	}
	if got := codes(second.Revision.Notes); slices.Contains(got, "title.short") || second.Revision.Content.PushTitle != "" {
		t.Errorf("a short title is shortened: %v", got)
	}
}

func TestColumnOverride(t *testing.T) {
	t.Parallel()
	o := open(t)
	files := []intake.File{file("a.txt", []byte(position+"Title\nText.\n"))}
	out, err := o.HandIn(t.Context(), o.writer, desk.HandIn{Files: files, Column: press.Column{"校园", "通知"}})
	o.ok(err)
	if out.Article.Column.String() != "校园 › 通知" || out.Revision.Content.Hash() != out.Article.Hash {
		t.Errorf("column %q, hash of the content kept: %v", out.Article.Column, out.Revision.Content.Hash() == out.Article.Hash)
	}
	_, err = o.HandIn(t.Context(), o.writer, desk.HandIn{Files: files, Column: press.Column{"a", "b", "c", "d", "e"}})
	o.refused(err, press.Invalid, "column.depth")
}

func TestHandInRefusals(t *testing.T) {
	t.Parallel()
	o := open(t)
	disabled := o.person("Wang 王", press.Contributor)
	disabled.Disabled = true
	text := file("a.txt", []byte("Title\nText.\n"))
	for name, tc := range map[string]struct {
		by    press.Actor
		files []intake.File
		kind  press.Kind
		code  string
	}{
		"a reviewer":      {o.reviewers[0], []intake.File{text}, press.Forbidden, "role"},
		"a disabled one":  {disabled, []intake.File{text}, press.Forbidden, "role"},
		"nothing":         {o.writer, nil, press.Invalid, "parcel.no_document"},
		"only a photo":    {o.writer, []intake.File{file("a.jpg", jpg(t, 1, 8, 8))}, press.Invalid, "parcel.no_document"},
		"two documents":   {o.writer, []intake.File{text, file("b.md", []byte("# B"))}, press.Invalid, "parcel.documents"},
		"an empty text":   {o.writer, []intake.File{file("a.txt", nil)}, press.Invalid, "document.empty"},
		"only a title":    {o.writer, []intake.File{file("a.txt", []byte("Title\n"))}, press.Invalid, "body.empty"},
		"a zip":           {o.writer, []intake.File{file("a.zip", []byte("PK"))}, press.Invalid, "zip.broken"},
		"a rar":           {o.writer, []intake.File{text, file("a.rar", []byte("Rar!\x1a\x07"))}, press.Unsupported, "parcel.packed"},
		"a title of 300":  {o.writer, []intake.File{file("a.txt", []byte(strings.Repeat("题", 300)+"\n正文。\n"))}, press.Invalid, "title.too_long"},
		"a torn document": {o.writer, []intake.File{torn("a.txt")}, press.Invalid, "document.unreadable"},
	} {
		_, err := o.HandIn(t.Context(), tc.by, desk.HandIn{Files: tc.files})
		t.Log(name, press.TextOf(err).EN)
		o.refused(err, tc.kind, tc.code)
	}
	list, err := o.rows.Users(t.Context())
	o.ok(err)
	if _, total, err := o.rows.Articles(t.Context(), allArticles); err != nil || total != 0 || len(list) == 0 {
		t.Errorf("%d articles after refusals only: %v", total, err)
	}
}

func TestNextRevision(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.approved("The first wording")
	again := desk.HandIn{Article: a.ID, Files: []intake.File{file("a.txt", []byte(position+"The second wording\nText.\n"))}}

	_, err := o.HandIn(t.Context(), o.other, again)
	o.refused(err, press.Forbidden, "article.other")
	unread := again
	unread.Files = []intake.File{{Name: "a.txt", Size: 1}} // refused before anything of the parcel is read
	_, err = o.HandIn(t.Context(), o.other, unread)
	o.refused(err, press.Forbidden, "article.other")
	unknown := again
	unknown.Article = "01JXXXXXXXXXXXXXXXXXXXXXXX"
	_, err = o.HandIn(t.Context(), o.writer, unknown)
	o.refused(err, press.NotFound, "article.missing")

	out, err := o.HandIn(t.Context(), o.writer, again)
	o.ok(err)
	if out.Article.ID != a.ID || out.Article.Revision != 2 || out.Article.State != press.ArticleReview || out.Article.Title != "The second wording" {
		t.Errorf("revised to %+v", out.Article)
	}
	r, err := o.Read(t.Context(), a.ID, 0)
	o.ok(err)
	if len(r.SignOffs) != 0 || r.Next == nil || r.Next.Key != "first" {
		t.Errorf("%d sign-offs of the new revision, next %+v", len(r.SignOffs), r.Next)
	}
	if old, err := o.Read(t.Context(), a.ID, 1); err != nil || len(old.SignOffs) != 3 || old.Revision.Hash != a.Hash {
		t.Errorf("the first revision has %d sign-offs: %v", len(old.SignOffs), err)
	}
	again.Files = []intake.File{file("a.txt", []byte(position+"The editor's wording\nText.\n"))}
	if out, err = o.HandIn(t.Context(), o.editor, again); err != nil || out.Article.Revision != 3 || out.Article.Author != o.writer.ID {
		t.Errorf("an editor's revision: %+v, %v", out.Article, err)
	}
}

// TestRevisedWhileScheduled: what was signed goes out all the same, and the author is told so.
func TestRevisedWhileScheduled(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.approved("The wording that was signed")
	again := desk.HandIn{Article: a.ID, Files: []intake.File{file("a.txt", []byte(position+"A second thought\nText.\n"))}}
	e, deliveries, err := o.Compose(t.Context(), o.editor, desk.NewEdition{Mode: press.ModePublish, At: o.now.Add(time.Hour), Articles: []press.ArticleID{a.ID}})
	o.ok(err)
	out, err := o.HandIn(t.Context(), o.writer, again)
	o.ok(err)
	told := slices.IndexFunc(out.Revision.Notes, func(n press.Note) bool { return n.Code == "article.scheduled" })
	if told < 0 {
		t.Fatalf("the author is told %+v", out.Revision.Notes)
	}
	if note := out.Revision.Notes[told].Text; !slices.ContainsFunc(deliveries, func(d press.Delivery) bool { return strings.Contains(note.EN, string(d.ID)) }) {
		t.Errorf("the note names no delivery of the edition: %s", note.EN)
	}
	_, err = o.CancelEdition(t.Context(), o.editor, e.ID)
	o.ok(err)
	again.Files = []intake.File{file("a.txt", []byte(position+"A third thought\nText.\n"))}
	if out, err = o.HandIn(t.Context(), o.writer, again); err != nil || slices.ContainsFunc(out.Revision.Notes, func(n press.Note) bool { return n.Code == "article.scheduled" }) {
		t.Errorf("after cancelling: %+v, %v", out.Revision.Notes, err)
	}
}

// TestHandInStops: what is not the photos' fault ends the whole, and nothing of the parcel becomes an article.
func TestHandInStops(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := o.HandIn(ctx, o.writer, desk.HandIn{
		Files:    []intake.File{file("a.txt", []byte("Title\nText.\n1.jpg\n")), file("1.jpg", jpg(t, 1, 80, 60)), file("2.jpg", jpg(t, 2, 80, 60))},
		Progress: func(desk.PhotoDone) { cancel() },
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was stopped", err)
	}
	if _, total, err := o.rows.Articles(t.Context(), allArticles); err != nil || total != 0 {
		t.Errorf("%d articles: %v", total, err)
	}
}
