package desk_test

import (
	"slices"
	"strings"
	"testing"

	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

var allArticles = store.ArticleFilter{}

func TestSign(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.inReview("To be signed")
	ctx := t.Context()

	both := o.person("Feng 冯", press.Contributor, press.Reviewer)
	own, err := o.HandIn(ctx, both, desk.HandIn{Files: []intake.File{file("a.txt", []byte("Own\nText.\n"))}})
	o.ok(err)
	_, _, err = o.Sign(ctx, both, own.Article.ID, 1, own.Article.Hash)
	o.refused(err, press.Forbidden, "review.own")

	// Nor does whoever changed it once become another's reader by a comma that somebody else changed afterwards.
	mended := o.inReview("To be mended")
	editing := o.person("Wei 魏", press.Editor, press.Reviewer)
	for i, by := range []press.Actor{editing, o.editor} {
		rev, err := o.rows.Revision(ctx, mended.ID, 0)
		o.ok(err)
		rev.Content.Title += "！"
		saved, err := o.SaveRevision(ctx, by, mended.ID, i+1, rev.Content, true)
		o.ok(err)
		mended = saved.Article
	}
	_, _, err = o.Sign(ctx, editing, mended.ID, mended.Revision, mended.Hash)
	o.refused(err, press.Forbidden, "review.own")
	page, err := o.Review(ctx, editing, mended.ID, 0, 0)
	o.ok(err)
	if page.MaySign || slices.Contains(page.Signers, editing.Name) || page.Why.IsZero() {
		t.Errorf("the page lets a writer sign: %+v", page.Why)
	}

	last, err := o.AddUser(ctx, o.admin, "Chen 陈", []press.Role{press.Reviewer}, []string{"final"})
	o.ok(err)
	_, _, err = o.Sign(ctx, press.Actor{User: last}, a.ID, 1, a.Hash)
	o.refused(err, press.Forbidden, "review.stage")
	_, _, err = o.Sign(ctx, press.System(), a.ID, 1, a.Hash)
	o.refused(err, press.Forbidden, "review.person")
	_, _, err = o.Sign(ctx, o.editor, a.ID, 1, a.Hash)
	o.refused(err, press.Forbidden, "role")
	_, _, err = o.Sign(ctx, o.reviewers[0], a.ID, 1, "0"+a.Hash[1:])
	o.refused(err, press.Conflict, "review.stale")
	_, _, err = o.Sign(ctx, o.reviewers[0], a.ID, 2, a.Hash)
	o.refused(err, press.Conflict, "review.stale")
	_, _, err = o.Sign(ctx, o.reviewers[0], "01JXXXXXXXXXXXXXXXXXXXXXXX", 1, a.Hash)
	o.refused(err, press.NotFound, "article.missing")

	a, first, err := o.Sign(ctx, o.reviewers[0], a.ID, 1, a.Hash)
	o.ok(err)
	if first.Stage != "first" || first.Person != o.reviewers[0].ID || first.Hash != a.Hash || a.State != press.ArticleReview {
		t.Errorf("signed %+v of %+v", first, a)
	}
	_, _, err = o.Sign(ctx, o.reviewers[0], a.ID, 1, a.Hash)
	o.refused(err, press.Forbidden, "review.twice")

	// who was disabled since logging in does not sign either
	o.ok(o.DisableUser(ctx, o.admin, o.reviewers[1].Name, true))
	_, _, err = o.Sign(ctx, o.reviewers[1], a.ID, 1, a.Hash)
	o.refused(err, press.Forbidden, "role")
	o.ok(o.DisableUser(ctx, o.admin, o.reviewers[1].Name, false))

	_, _, err = o.Sign(ctx, o.reviewers[1], a.ID, 1, a.Hash)
	o.ok(err)
	a, final, err := o.Sign(ctx, press.Actor{User: last}, a.ID, 1, a.Hash)
	o.ok(err)
	if final.Stage != "final" || a.State != press.ArticleApproved {
		t.Errorf("the last sign-off %+v leaves the article %s", final, a.State)
	}
	_, _, err = o.Sign(ctx, o.reviewers[2], a.ID, 1, a.Hash)
	o.refused(err, press.Conflict, "review.stale")
	want := []string{"article.create", "article.sign", "article.sign", "article.sign", "article.approve"}
	if got := o.audited(string(a.ID)); !slices.Equal(got, want) {
		t.Errorf("audit %v, want %v", got, want)
	}
}

func TestReturn(t *testing.T) {
	t.Parallel()
	o := open(t)
	ctx := t.Context()
	a := o.inReview("To be returned")
	for _, tc := range []struct {
		by     press.Actor
		reason string
		kind   press.Kind
		code   string
	}{
		{o.writer, "no", press.Forbidden, "role"},
		{o.reviewers[0], " \n ", press.Invalid, "return.reason"},
		{o.reviewers[0], strings.Repeat("x", 1001), press.Invalid, "return.reason"},
	} {
		_, err := o.Return(ctx, tc.by, a.ID, 1, tc.reason)
		o.refused(err, tc.kind, tc.code)
	}
	_, err := o.Return(ctx, o.reviewers[0], a.ID, 7, "old")
	o.refused(err, press.Conflict, "article.stale")

	_, _, err = o.Sign(ctx, o.reviewers[0], a.ID, 1, a.Hash)
	o.ok(err)
	reason := strings.Repeat("因", 1000)
	returned, err := o.Return(ctx, o.reviewers[1], a.ID, 1, reason)
	o.ok(err)
	if returned.State != press.ArticleReturned {
		t.Errorf("the article is %s", returned.State)
	}
	list, err := o.rows.Audit(ctx, store.AuditFilter{Subject: string(a.ID), Limit: 1})
	o.ok(err)
	if len(list) != 1 || list[0].Action != "article.return" || list[0].Detail != reason || list[0].Actor != o.reviewers[1].ID {
		t.Errorf("audit %+v", list)
	}
	_, _, err = o.Sign(ctx, o.reviewers[2], a.ID, 1, a.Hash)
	o.refused(err, press.Conflict, "review.stale")
	_, err = o.Return(ctx, o.reviewers[2], a.ID, 1, "again")
	o.refused(err, press.Conflict, "article.state")

	out, err := o.HandIn(ctx, o.writer, desk.HandIn{Article: a.ID, Files: []intake.File{file("a.txt", []byte(position+"Mended\nText.\n"))}})
	o.ok(err)
	if out.Article.State != press.ArticleReview || out.Article.Revision != 2 {
		t.Errorf("handed in again: %+v", out.Article)
	}
	// an approved one may still be taken back
	b := o.approved("Approved")
	if b, err = o.Return(ctx, o.editor, b.ID, 1, "one more look"); err != nil || b.State != press.ArticleReturned {
		t.Errorf("%s: %v", b.State, err)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.inReview("Being read")
	r, err := o.Read(t.Context(), a.ID, 0)
	o.ok(err)
	if r.Next == nil || r.Next.Key != "first" || r.Revision.Number != 1 || r.Article.ID != a.ID {
		t.Errorf("%+v", r)
	}
	_, err = o.Read(t.Context(), a.ID, 9)
	o.refused(err, press.NotFound, "revision.missing")
	if r, err := o.Read(t.Context(), o.approved("Approved").ID, 0); err != nil || r.Next != nil || len(r.SignOffs) != 3 {
		t.Errorf("an approved article waits for %+v: %v", r.Next, err)
	}
}
