package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

func typed(title string, paragraphs ...string) press.Content {
	c := press.Content{Title: title}
	for _, p := range paragraphs {
		c.Body.Blocks = append(c.Body.Blocks, press.Paragraph{Text: []press.Run{{Text: p}}})
	}
	return c
}

func TestWriteFromNothing(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	_, err := o.NewArticle(ctx, o.reviewers[0])
	o.refused(err, press.Forbidden, "role")
	a, err := o.NewArticle(ctx, o.writer)
	o.ok(err)
	again, err := o.NewArticle(ctx, o.writer)
	o.ok(err)
	if again.ID != a.ID || a.State != press.ArticleDraft {
		t.Errorf("begun twice: %+v, %+v", a, again)
	}
	_, err = o.SaveRevision(ctx, o.writer, a.ID, 1, typed("", "text"), true)
	o.refused(err, press.Invalid, "submit.title")
	_, err = o.SaveRevision(ctx, o.writer, a.ID, 1, typed("Title"), true)
	o.refused(err, press.Invalid, "submit.body")
	missing := typed("Title", "text")
	missing.Body.Blocks = append(missing.Body.Blocks, press.Picture{Photo: press.DigestOf([]byte("nowhere"))})
	_, err = o.SaveRevision(ctx, o.writer, a.ID, 1, missing, true)
	o.refused(err, press.Invalid, "photo.missing")

	kept, err := o.SaveWorking(ctx, o.writer, a.ID, 1, typed(" half", "", "a"))
	o.ok(err)
	if kept.Current.Number != 1 || kept.Working.Content.Title != " half" || len(kept.Working.Content.Body.Blocks) != 2 {
		t.Errorf("kept %+v", kept)
	}
	w, err := o.OpenWriting(ctx, o.writer, a.ID)
	o.ok(err)
	if w.Working == nil || w.Working.Content.Title != " half" {
		t.Errorf("opened %+v", w)
	}
	saved, err := o.SaveRevision(ctx, o.writer, a.ID, 1, typed(strings.Repeat("长", 40), "text"), false)
	o.ok(err)
	if saved.Article.State != press.ArticleDraft || saved.Article.Revision != 2 || len(saved.Notes) != 0 {
		t.Errorf("saved %+v", saved)
	}
	saved, err = o.Submit(ctx, o.writer, a.ID, 2)
	o.ok(err)
	if got := fmt.Sprint(codes(saved.Notes)); got != "[cover.plain title.short]" || saved.Article.State != press.ArticleReview || saved.Article.Revision != 3 {
		t.Errorf("handed in: %s, %+v", got, saved.Article)
	}
	w, err = o.OpenWriting(ctx, o.editor, a.ID)
	o.ok(err)
	if w.Working != nil || w.Revision.Content.PushTitle == "" || w.Revision.Content.Cover.Photo == "" {
		t.Errorf("opened by the editor: %+v", w)
	}
}

// TestTwoWriters: who was slower keeps every word and is told who was faster.
func TestTwoWriters(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	a := o.inReview("Shared")
	_, err := o.SaveWorking(ctx, o.writer, a.ID, 1, typed("Mine", "my words"))
	o.ok(err)
	w, err := o.OpenWriting(ctx, o.editor, a.ID)
	o.ok(err)
	if len(w.Others) != 1 || w.Others[0].PersonName != o.writer.Name || w.Working != nil {
		t.Errorf("opened %+v", w)
	}
	_, err = o.SaveRevision(ctx, o.editor, a.ID, 1, typed("Theirs", "other words"), false)
	o.ok(err)
	_, err = o.SaveRevision(ctx, o.writer, a.ID, 1, typed("Mine", "my words"), false)
	o.refused(err, press.Conflict, "article.stale")
	kept, err := o.SaveWorking(ctx, o.writer, a.ID, 1, typed("Mine", "my words and more"))
	o.ok(err)
	if kept.Current.Number != 2 || kept.Current.Author != o.editor.ID {
		t.Errorf("told %+v", kept.Current)
	}
	for _, who := range []press.Actor{o.other, o.reviewers[0]} {
		_, err = o.SaveRevision(ctx, who, a.ID, 2, typed("x", "y"), false)
		if press.KindOf(err) != press.Forbidden && press.KindOf(err) != press.NotFound {
			t.Errorf("%s saved: %v", who.Name, err)
		}
		if _, err = o.OpenWriting(ctx, who, a.ID); err == nil {
			t.Errorf("%s opened it for writing", who.Name)
		}
	}
	o.ok(o.DropWorking(ctx, o.writer, a.ID))
}

func TestPhotosTakenOutStayAtHand(t *testing.T) {
	t.Parallel()
	o := open(t)
	in := o.handIn("A photo\nText.\nphoto.jpg\n", file("photo.jpg", jpg(t, 1, 800, 600)))
	if len(in.Revision.Content.Body.Photos()) != 1 {
		t.Fatalf("%+v", in.Revision.Content)
	}
	saved, err := o.SaveRevision(t.Context(), o.writer, in.Article.ID, 1, typed("A photo", "Text."), false)
	o.ok(err)
	rev, err := o.rows.Revision(t.Context(), in.Article.ID, saved.Article.Revision)
	o.ok(err)
	if len(rev.Unplaced) != 1 || rev.Unplaced[0] != in.Photos[0].Digest {
		t.Errorf("unplaced %v", rev.Unplaced)
	}
}

func TestCommentsOfPeople(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	a := o.inReview("Commented")
	_, err := o.AddComment(ctx, o.other, a.ID, desk.NewComment{Where: "title", Text: "x"})
	o.refused(err, press.NotFound, "article.missing") // who may not read it learns nothing of it
	for code, n := range map[string]desk.NewComment{
		"comment.text":     {Where: "title", Text: " \n"},
		"comment.where":    {Where: "body.blocks[99]", Text: "x"},
		"revision.missing": {Where: "title", Text: "x", Revision: 9},
	} {
		if _, err = o.AddComment(ctx, o.reviewers[0], a.ID, n); press.CodeOf(err) != code {
			t.Errorf("%+v: %v", n, err)
		}
	}
	c, err := o.AddComment(ctx, o.reviewers[0], a.ID, desk.NewComment{Where: "body.blocks[1]", Quote: "second one", Text: "Which?"})
	o.ok(err)
	if c.Quote != "second one" {
		t.Errorf("quoted %q", c.Quote)
	}
	_, err = o.ReturnWithComments(ctx, o.reviewers[0], a.ID, 1, "See the comments.", []desk.NewComment{{Where: "title", Quote: "not there", Text: "Shorter."}})
	o.ok(err)
	_, err = o.SaveRevision(ctx, o.writer, a.ID, 1, typed("Commented", "A new beginning.", "The first.", "The second one, in Beijing."), true)
	o.ok(err)
	list, err := o.Comments(ctx, o.writer, a.ID, 0)
	o.ok(err)
	if len(list) != 2 || list[0].Now != "body.blocks[2]" || list[1].Quote != "Commented" {
		t.Errorf("comments %+v", list)
	}
	_, err = o.ResolveComment(ctx, o.writer, c.ID)
	o.ok(err)
	_, err = o.ReopenComment(ctx, o.other, c.ID)
	o.refused(err, press.Forbidden, "comment.other")
	_, err = o.AddComment(ctx, press.System(), a.ID, desk.NewComment{Where: "title", Text: "x"})
	o.refused(err, press.Forbidden, "comment.person")
}

func TestColumnsAndMoving(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	o.refused(o.AddColumn(ctx, o.editor, press.Column{"新闻"}), press.Forbidden, "role")
	o.ok(o.AddColumn(ctx, o.admin, press.Column{"新闻"}))
	signed, scheduled := o.approved("Signed"), o.approved("Scheduled")
	_, _, err := o.Compose(ctx, o.editor, desk.NewEdition{Mode: press.ModePublish, At: o.now.Add(time.Hour), Articles: []press.ArticleID{scheduled.ID}})
	o.ok(err)
	old := signed.Column
	to, left, err := o.RenameColumn(ctx, o.admin, press.Column{"新闻"}, "要闻")
	o.ok(err)
	if to.String() != "要闻" || left != 0 {
		t.Errorf("renamed to %s, %d left", to, left)
	}
	o.ok(o.AddColumn(ctx, o.admin, old))
	o.refused(o.RemoveColumn(ctx, o.admin, old), press.Conflict, "column.used")
	_, left, err = o.PlaceColumn(ctx, o.admin, old, to, 0)
	o.ok(err)
	if left != 2 {
		t.Errorf("%d left", left)
	}
	moved, err := o.MoveColumn(ctx, o.editor, []press.ArticleID{signed.ID, scheduled.ID, "none", signed.ID}, to)
	o.ok(err)
	if len(moved.Moved) != 1 || moved.Unsigned != 1 || moved.There != 1 || len(moved.Refused) != 2 ||
		moved.Refused[0].Article.Title != "Scheduled" || moved.Moved[0].State != press.ArticleReview {
		t.Errorf("moved %+v", moved)
	}
	o.plain(moved.Refused[0].Reason)
	_, err = o.MoveColumn(ctx, o.editor, make([]press.ArticleID, desk.MaxMoved+1), to)
	o.refused(err, press.Invalid, "move.count")
	theirs, err := o.MoveColumn(ctx, o.other, []press.ArticleID{signed.ID}, old)
	o.ok(err)
	if len(theirs.Refused) != 1 || theirs.Refused[0].Article.Title != "" {
		t.Errorf("a stranger moved %+v", theirs)
	}
	nodes, err := o.Columns(ctx)
	o.ok(err)
	if len(nodes) == 0 || nodes[0].Path.String() != "要闻" || nodes[0].Articles != 1 {
		t.Errorf("columns %+v", nodes)
	}
}

func TestWithdrawAndRestore(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	a := o.inReview("Gone")
	_, err := o.Withdraw(ctx, o.other, a.ID, "")
	o.refused(err, press.NotFound, "article.missing")
	_, err = o.Withdraw(ctx, o.writer, a.ID, strings.Repeat("x", 1001))
	o.refused(err, press.Invalid, "withdraw.reason")
	_, err = o.Withdraw(ctx, o.writer, a.ID, "Not true.")
	o.ok(err)
	_, err = o.OpenWriting(ctx, o.writer, a.ID)
	o.refused(err, press.Conflict, "article.withdrawn")
	_, err = o.SaveWorking(ctx, o.writer, a.ID, 1, typed("x"))
	o.refused(err, press.Conflict, "article.withdrawn")
	back, err := o.Restore(ctx, o.editor, a.ID)
	o.ok(err)
	if back.State != press.ArticleDraft {
		t.Errorf("restored to %s", back.State)
	}
}
