package store

import (
	"slices"
	"time"

	"newsdesk/internal/press"
)

// corrected is content with a note for readers.
func corrected(title string, column ...string) press.Content {
	c := content(title, column...)
	c.Correction = "The title was wrong; it is “" + title + "”."
	return c
}

// pushed brings an edition's push live.
func (f *fixture) pushed(d press.Delivery, urls ...string) press.Delivery {
	f.Helper()
	now := f.clock.Now()
	return f.advance(f.claim(d, "w"), press.DraftIntended(now), press.Prepared("M", "mark", now, now), press.Firing(now),
		press.Accepted(press.PushResult{ID: "7"}, now), press.Published("ARTICLE", urls, now))
}

// testCorrecting: what readers have seen is corrected only with a note, which is signed like the rest; with the last signature
// the page's replacement is planned, and the notes are kept with the days on which they reached readers.
func testCorrecting(f *fixture) {
	ctx := f.Context()
	fresh := f.article(content("fresh"), press.ArticleDraft)
	_, err := f.Correct(ctx, f.editor, fresh.ID, "nothing")
	f.refused(err, press.Conflict, "correction.unseen")
	first := f.live("mistake", "News")
	id := first.Article
	_, err = f.SaveRevision(ctx, f.author, press.Saving{Article: id, Base: 1, Submit: true, Revision: press.Revision{Content: content("silent")}})
	f.refused(err, press.Invalid, "correction.missing")
	stranger := f.person("somebody else", press.Contributor)
	_, err = f.Correct(ctx, stranger, id, "not theirs")
	f.refused(err, press.Forbidden, "article.other")

	_, _, _, err = f.SaveWorking(ctx, f.author, press.Working{Article: id, Base: 1, Content: content("typed")})
	f.ok(err)
	const note = "The title was misspelt."
	a, err := f.Correct(ctx, f.editor, id, note)
	f.ok(err)
	again, err := f.Correct(ctx, f.editor, id, "pressed twice")
	f.ok(err)
	if a.Revision != 2 || a.State != press.ArticleDraft || again.Revision != 2 {
		f.Fatalf("the correction is revision %d, %s; pressed again %d", a.Revision, a.State, again.Revision)
	}
	typed, err := f.Working(ctx, id, f.author.ID)
	f.ok(err)
	if typed.Base != 2 || typed.Content.Title != "typed" || typed.Content.Correction != note {
		f.Errorf("what was typed does not go on from the correction: %s", asJSON(typed))
	}
	next := content("mistake mended", "News")
	next.Correction = note
	a, err = f.SaveRevision(ctx, f.author, press.Saving{Article: id, Base: 2, Submit: true, Revision: press.Revision{Content: next}})
	f.ok(err)
	if pages, err := f.Replacing(ctx, a); err != nil || len(pages) != 0 || f.reload(first).State != press.Live {
		f.Fatalf("before it is signed, %d pages are planned (%v), the old one is %s", len(pages), err, f.reload(first).State)
	}
	a = f.approve(a)
	pages, err := f.Replacing(ctx, a)
	f.ok(err)
	if len(pages) != 1 || pages[0].Target != website || pages[0].Hash != a.Hash || f.reload(first).State != press.Live {
		f.Fatalf("after the last signature %s is planned", asJSON(pages))
	}
	f.clock.pass(time.Hour)
	second := f.publish(pages[0])
	_, err = f.SupersedeSite(ctx, second)
	f.ok(err)
	told, err := f.Corrections(ctx, id, a.Revision)
	f.ok(err)
	f.same(told, []press.Correction{{Revision: a.Revision, Note: note, At: second.LiveAt}})
}

// testArticleRetraction: what has not gone out is stopped, what brings other articles too is held and not released, what is
// out stays as it is until its target has answered.
func testArticleRetraction(f *fixture) {
	ctx := f.Context()
	a, b := f.approved("a"), f.approved("b")
	at := f.clock.Now().Add(time.Hour)
	_, together := f.compose(at, b, a)
	alone, single := f.compose(at.Add(time.Hour), a)
	_, out := f.compose(at.Add(2*time.Hour), a)
	live := f.pushed(out[0], "https://mp/1")
	_, _, err := f.RetractArticle(ctx, f.author, a.ID, "why")
	f.refused(err, press.Forbidden, "role")
	for range 2 {
		a, _, err = f.RetractArticle(ctx, f.editor, a.ID, "a wrong name")
		f.ok(err)
	}
	if a.State != press.ArticleWithdrawn {
		f.Errorf("the article is %s", a.State)
	}
	held := f.reload(together[0])
	if held.State != press.Blocked || held.Reason.Code != press.CodeRetracted {
		f.Errorf("the push that brings both is %s", asJSON(held))
	}
	if e, err := f.Store.Edition(ctx, alone.ID); err != nil || !e.Cancelled || f.reload(single[0]).State != press.Cancelled {
		f.Errorf("the push of it alone is %s, its edition cancelled %t (%v)", f.reload(single[0]).State, e.Cancelled, err)
	}
	if page := f.reload(single[1]); page.State != press.Cancelled {
		f.Errorf("its page is %s", page.State)
	}
	if page := f.reload(together[1]); page.State != press.Planned {
		f.Errorf("the other article's page is %s", page.State)
	}
	_, err = f.ChangeDelivery(ctx, f.editor, held.ID, press.Release(f.clock.Now()))
	f.refused(err, press.Conflict, press.CodeRetracted)
	list, err := f.Presences(ctx, a.ID)
	f.ok(err)
	verdicts := map[press.DeliveryID]press.Verdict{}
	for _, p := range list {
		verdicts[p.Delivery.ID] = p.Verdict()
	}
	f.same(verdicts, map[press.DeliveryID]press.Verdict{
		held.ID: press.VerdictHeld, single[0].ID: press.VerdictNever, single[1].ID: press.VerdictNever, live.ID: press.VerdictUp,
	})
	if log := f.actions(string(a.ID)); log[len(log)-1] != "article.retract" {
		f.Errorf("the log ends with %v", log)
	}
	_, err = f.ChangeDelivery(ctx, f.editor, live.ID, press.RetractAskedFor("a wrong name"))
	f.ok(err)
	list, err = f.Presences(ctx, a.ID)
	f.ok(err)
	if i := slices.IndexFunc(list, func(p press.Presence) bool { return p.Delivery.ID == live.ID }); list[i].Verdict() != press.VerdictMaybe {
		f.Errorf("asked and not answered, it is %s", list[i].Verdict())
	}
}

// testPageRemoval: a retraction that stopped before the files were gone is found, and one that failed is up again.
func testPageRemoval(f *fixture) {
	ctx := f.Context()
	page := f.live("page", "News")
	gone, err := f.RetractPage(ctx, f.editor, page.ID)
	f.ok(err)
	if gone.State != press.Retracted {
		f.Fatalf("the page is %s", gone.State)
	}
	due := func(at time.Time) int {
		list, err := f.Removals(ctx, at, 10)
		f.ok(err)
		return len(list)
	}
	if n, m := due(f.clock.Now().Add(-time.Minute)), due(f.clock.Now().Add(time.Minute)); n != 0 || m != 1 {
		f.Errorf("%d removals are due at once and %d later, want 0 and 1", n, m)
	}
	failed := press.Attempt{Step: press.StepRetract, Outcome: press.OutcomeFailed, Code: "site.write"}
	up, err := f.PageRemoved(ctx, press.System(), page.ID, failed)
	f.ok(err)
	if up.State != press.Live || due(f.clock.Now().Add(time.Minute)) != 0 {
		f.Errorf("after a failure it is %s", up.State)
	}
	for range 2 {
		_, err = f.RetractPage(ctx, f.editor, page.ID)
		f.ok(err)
	}
	down, err := f.PageRemoved(ctx, press.System(), page.ID, press.Attempt{Step: press.StepRetract, Outcome: press.OutcomeOK})
	f.ok(err)
	ids, err := f.PublishedGone(ctx, website)
	f.ok(err)
	if down.State != press.Retracted || due(f.clock.Now().Add(time.Minute)) != 0 || !slices.Equal(ids, []press.ArticleID{page.Article}) {
		f.Errorf("at the end it is %s, gone are %v", down.State, ids)
	}
}

// testResend: nothing is sent again before the deletion is confirmed, and then once; both editions name the other.
func testResend(f *fixture) {
	ctx := f.Context()
	a := f.approved("a")
	old, ds := f.compose(f.clock.Now().Add(time.Hour), a)
	push := f.pushed(ds[0], "https://mp/1")
	want := press.Resending{Delivery: push.ID, Mode: press.ModePublish}
	_, err := f.AskResend(ctx, f.author, want)
	f.refused(err, press.Forbidden, "role")
	want, err = f.AskResend(ctx, f.editor, want)
	f.ok(err)
	a = f.approve(f.revise(a, corrected("b"), press.ArticleReview))
	e, planned := f.plan(f.clock.Now().Add(2*time.Hour), a)
	_, err = f.Resend(ctx, f.editor, want, e, planned)
	f.refused(err, press.Conflict, "resend.up")
	_, err = f.Store.Edition(ctx, e.ID)
	f.refused(err, press.NotFound, "edition.missing")
	_, err = f.Retract(ctx, f.editor, push.ID, press.TakenDown(), press.Attempt{Step: press.StepRetract, Outcome: press.OutcomeOK})
	f.ok(err)
	_, err = f.Resend(ctx, f.editor, want, e, planned)
	f.ok(err)
	second, more := f.plan(f.clock.Now().Add(3*time.Hour), a)
	_, err = f.Resend(ctx, f.editor, want, second, more)
	f.refused(err, press.Conflict, "resend.done")
	_, err = f.AskResend(ctx, f.editor, want)
	f.refused(err, press.Conflict, "resend.done")
	list, err := f.Resendings(ctx, push.ID)
	f.ok(err)
	if len(list) != 1 || list[0].Edition != e.ID {
		f.Errorf("it became %s", asJSON(list))
	}
	for id, action := range map[press.EditionID]string{old.ID: "edition.resent", e.ID: "edition.resend"} {
		if !slices.Contains(f.actions(string(id)), action) {
			f.Errorf("the log of %s says %v", id, f.actions(string(id)))
		}
	}

	// One article of several: the rest of the push stays live.
	b, c := f.approved("one"), f.approved("two")
	_, ds = f.compose(f.clock.Now().Add(4*time.Hour), b, c)
	both := f.pushed(ds[0], "https://mp/2", "https://mp/3")
	for range 2 {
		_, err = f.ItemDown(ctx, f.editor, both.ID, 2, "two", press.Attempt{Step: press.StepRetract, Outcome: press.OutcomeOK})
		f.ok(err)
	}
	gone, err := f.ItemsGone(ctx, both.ID)
	f.ok(err)
	if !slices.Equal(gone, []int{2}) || f.reload(both).State != press.Live {
		f.Errorf("gone are %v, the push is %s", gone, f.reload(both).State)
	}
	alone, err := f.AskResend(ctx, f.editor, press.Resending{Delivery: both.ID, Position: 2, Mode: press.ModePublish})
	f.ok(err)
	whole, err := f.AskResend(ctx, f.editor, press.Resending{Delivery: both.ID, Mode: press.ModePublish})
	f.ok(err)
	e, planned = f.plan(f.clock.Now().Add(5*time.Hour), c)
	_, err = f.Resend(ctx, f.editor, alone, e, planned)
	f.ok(err)
	_, err = f.Retract(ctx, f.editor, both.ID, press.TakenDown(), press.Attempt{Step: press.StepRetract, Outcome: press.OutcomeOK})
	f.ok(err)
	e, planned = f.plan(f.clock.Now().Add(6*time.Hour), b, c)
	_, err = f.Resend(ctx, f.editor, whole, e, planned) // asked for before the second article went out by itself
	f.refused(err, press.Conflict, "resend.done")
	e, planned = f.plan(f.clock.Now().Add(6*time.Hour), b)
	_, err = f.Resend(ctx, f.editor, whole, e, planned)
	f.ok(err)
	first, err := f.AskResend(ctx, f.editor, press.Resending{Delivery: both.ID, Position: 1, Mode: press.ModePublish})
	f.ok(err)
	e, planned = f.plan(f.clock.Now().Add(7*time.Hour), b)
	_, err = f.Resend(ctx, f.editor, first, e, planned)
	f.refused(err, press.Conflict, "resend.done")
}
