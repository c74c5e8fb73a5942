package store

import (
	"time"

	"newsdesk/internal/press"
)

// testRetraction: a retraction and what led to it are one transaction, doing it twice changes nothing, and what was taken off
// the website is planned anew by an edition that wants it there again.
func testRetraction(f *fixture) {
	ctx := f.Context()
	a := f.approved("a")
	e, ds := f.compose(f.clock.Now().Add(time.Hour), a)
	now := f.clock.Now()
	push := f.advance(f.claim(ds[0], "w"), press.DraftIntended(now), press.Prepared("M", "mark", now, now), press.Firing(now),
		press.Accepted(press.PushResult{ID: "7"}, now), press.Published("ARTICLE", []string{"https://mp/1"}, now))
	if push.Publication != "ARTICLE" {
		f.Errorf("published as %q", push.Publication)
	}
	page := f.publish(ds[1])
	try := press.Attempt{Step: press.StepRetract, Worker: "w", Outcome: press.OutcomeOK, Raw: `{"errcode":0}`}
	for range 2 {
		got, err := f.Retract(ctx, f.editor, push.ID, press.TakenDown(), try)
		f.ok(err)
		if got.State != press.Retracted {
			f.Errorf("retracted to %s", got.State)
		}
	}
	tries, err := f.Attempts(ctx, push.ID)
	f.ok(err)
	if len(tries) != 2 || tries[1].Step != press.StepRetract || tries[1].Raw == "" {
		f.Errorf("tries %s", asJSON(tries))
	}
	_, err = f.Retract(ctx, f.editor, "none", press.TakenDown(), try)
	f.refused(err, press.NotFound, "delivery.missing")

	count := func() int {
		n, err := f.PublishedCount(ctx, website, nil)
		f.ok(err)
		return n
	}
	_, err = f.Retract(ctx, f.editor, page.ID, press.TakenDown(), try)
	f.ok(err)
	if n := count(); n != 0 {
		f.Errorf("%d pages are listed after the only one was taken down", n)
	}
	_, err = f.Retract(ctx, press.System(), page.ID, press.StillUp(), try)
	f.ok(err)
	if n := count(); n != 1 {
		f.Errorf("%d pages are listed though it is up still", n)
	}
	_, err = f.Retract(ctx, f.editor, page.ID, press.TakenDown(), try)
	f.ok(err)
	_, again := f.compose(e.At.Add(24*time.Hour), a)
	if again[1].ID != page.ID || again[1].State != press.Planned {
		f.Errorf("composed again, the page is %s", asJSON(again[1]))
	}
}

// testPushUse counts what is made and what is planned in a period, by account and mode.
func testPushUse(f *fixture) {
	ctx := f.Context()
	day := f.clock.Now().Truncate(24 * time.Hour).Add(24 * time.Hour)
	use := func(mode press.Mode, except press.EditionID) press.PushUse {
		u, err := f.PushUse(ctx, press.PushQuery{
			Ledger: "ours", Account: account, Mode: mode, Span: press.Span{Name: "span", From: day, Until: day.Add(24 * time.Hour)}, Except: except,
		})
		f.ok(err)
		return u
	}
	one, ds := f.compose(day.Add(time.Hour), f.approved("one"))
	_, before := f.compose(day.Add(-time.Minute), f.approved("before"))
	f.compose(day.Add(24*time.Hour), f.approved("after"))
	f.same(use(press.ModeMass, ""), press.PushUse{Planned: 1})
	f.same(use(press.ModeMass, one.ID), press.PushUse{})
	f.same(use(press.ModePublish, ""), press.PushUse{})

	fired := day.Add(time.Hour)
	d := f.advance(f.claim(ds[0], "w"), press.Prepared("M", "", fired, fired), press.Firing(fired))
	f.same(use(press.ModeMass, ""), press.PushUse{Made: 1})
	f.advance(d, press.Accepted(press.PushResult{ID: "1"}, fired), press.WentLive(nil, fired))
	f.same(use(press.ModeMass, ""), press.PushUse{Made: 1})

	// One that was due the day before and went out late belongs to the day on which it went out.
	f.advance(f.claim(before[0], "w"), press.Prepared("M2", "", fired, fired), press.Firing(fired).Fired("ours"))
	f.same(use(press.ModeMass, ""), press.PushUse{Made: 2})

	// One that went to the sandbox takes nothing of the account's.
	_, played := f.compose(day.Add(2*time.Hour), f.approved("played"))
	f.advance(f.claim(played[0], "w"), press.Prepared("M3", "", fired, fired), press.Firing(fired).Fired("sandbox"))
	f.same(use(press.ModeMass, ""), press.PushUse{Made: 2})

	f.ok(f.QuotaRefused(ctx, "ours", press.MassAllowance, "span", 1))
	if u := use(press.ModeMass, ""); !u.Refused || u.Used != 1 {
		f.Errorf("WeChat said that nothing is left, and %+v is known", u)
	}
}

// testReplaceEdition: the old edition goes and the new one comes, both or neither.
func testReplaceEdition(f *fixture) {
	ctx := f.Context()
	at := f.clock.Now().Add(time.Hour)
	a, b := f.approved("a"), f.approved("b")
	old, ds := f.compose(at, a)
	draft := f.article(content("draft"), press.ArticleReview)
	bad, planned := f.plan(at, draft)
	_, _, err := f.ReplaceEdition(ctx, f.editor, old.ID, bad, planned)
	f.refused(err, press.Conflict, "edition.unsigned")
	if got := f.reload(ds[0]); got.State != press.Planned {
		f.Errorf("a change that was refused left the push %s", got.State)
	}
	next, planned := f.plan(at, a, b) // at the same instant, of the same article: only because the old one goes
	cancelled, made, err := f.ReplaceEdition(ctx, f.editor, old.ID, next, planned)
	f.ok(err)
	if len(cancelled) != 2 || len(made) != 3 || made[1].State != press.Planned || f.reload(ds[0]).State != press.Cancelled {
		f.Errorf("cancelled %s, made %s", asJSON(cancelled), asJSON(made))
	}
	_, _, err = f.ReplaceEdition(ctx, f.editor, old.ID, next, planned)
	f.refused(err, press.Conflict, "edition.cancelled")

	rows, total, err := f.EditionRows(ctx, EditionFilter{From: at.Add(-time.Hour), Author: f.author.ID})
	f.ok(err)
	if total != 1 || rows[0].ID != next.ID || rows[0].Push.ID != made[0].ID || len(rows[0].Pieces) != 2 || rows[0].Pieces[1].Author != f.author.ID || !rows[0].Movable() {
		f.Errorf("rows %s", asJSON(rows))
	}
	if rows, _, err = f.EditionRows(ctx, EditionFilter{Author: f.editor.ID}); err != nil || len(rows) != 0 {
		f.Errorf("editions of who wrote nothing: %s, %v", asJSON(rows), err)
	}
	waiting, err := f.Unscheduled(ctx, 10)
	f.ok(err)
	c := f.approved("c")
	more, err := f.Unscheduled(ctx, 10)
	f.ok(err)
	if len(waiting) != 0 || len(more) != 1 || more[0].ID != c.ID {
		f.Errorf("waiting %s, then %s", asJSON(waiting), asJSON(more))
	}
}
