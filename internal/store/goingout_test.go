package store

import (
	"time"

	"newsdesk/internal/press"
)

func testReturnedWhileScheduled(f *fixture) {
	ctx := f.Context()
	a, other := f.approved("scheduled"), f.approved("not scheduled")
	giveBack := func(a press.Article) error {
		_, err := f.SetArticleState(ctx, f.reviews[0], a.ID, a.Revision, []press.ArticleState{press.ArticleApproved}, press.ArticleReturned, "article.return", "wrong")
		return err
	}
	e, planned := f.compose(f.clock.Now().Add(time.Hour), a)
	f.refused(giveBack(a), press.Conflict, "article.scheduled")
	f.same(f.load(a.ID).State, press.ArticleApproved)
	f.ok(giveBack(other))

	_, err := f.ChangeDelivery(ctx, f.editor, planned[0].ID, press.Cancel())
	f.ok(err)
	f.refused(giveBack(a), press.Conflict, "article.scheduled") // its page would still go out
	_, _, err = f.CancelEdition(ctx, f.editor, e.ID)
	f.ok(err)
	f.ok(giveBack(a))

	b := f.approved("revised since")
	f.compose(f.clock.Now().Add(time.Hour), b)
	f.ok(giveBack(f.revise(b, content("better"), press.ArticleApproved)))
}

func testRepeatedEdition(f *fixture) {
	ctx := f.Context()
	at := f.clock.Now().Add(time.Hour)
	a, b := f.approved("a"), f.approved("b")
	again := func(change func(*press.Edition), articles ...press.Article) error {
		e, planned := f.plan(at, articles...)
		if change != nil {
			change(&e)
			planned[0].DueAt = e.At
		}
		_, err := f.CreateEdition(ctx, f.editor, e, planned)
		return err
	}
	e, _ := f.compose(at, a, b)
	f.refused(again(nil, a, b), press.Conflict, "edition.repeated")
	f.refused(again(nil, b, a), press.Conflict, "edition.repeated")
	f.ok(again(func(e *press.Edition) { e.At = at.Add(time.Minute) }, a, b))
	f.ok(again(func(e *press.Edition) { e.Mode = press.ModePublish }, a))
	_, _, err := f.CancelEdition(ctx, f.editor, e.ID)
	f.ok(err)
	f.ok(again(nil, a, b))
}
