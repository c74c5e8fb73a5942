package store

import (
	"time"

	"newsdesk/internal/press"
)

func testEditions(f *fixture) {
	ctx := f.Context()
	at := f.clock.Now().Add(3 * time.Hour)
	a, b := f.approved("headline"), f.approved("second")
	e, planned := f.plan(at, b, a) // not in the order of their identifiers
	e.Theme = "plain"
	stored, err := f.CreateEdition(ctx, f.editor, e, planned)
	f.ok(err)
	e.CreatedBy, e.CreatedAt = f.editor.ID, f.clock.Now()
	got, err := f.Store.Edition(ctx, e.ID)
	f.ok(err)
	f.same(got, e)
	for i := range planned {
		planned[i].CreatedAt, planned[i].UpdatedAt = f.clock.Now(), f.clock.Now()
		f.same(f.reload(planned[i]), planned[i])
	}
	f.same(stored, planned)
	pages, err := f.SiteDeliveries(ctx, e.ID)
	f.ok(err)
	f.same(pages, planned[1:])
	f.same(f.actions(string(e.ID)), []string{"edition.create"})
	f.same(f.actions(string(planned[0].ID)), []string{"delivery.plan"})

	draft := f.article(content("unsigned"), press.ArticleReview)
	revised := f.revise(f.approved("changed"), content("changed since"), press.ArticleApproved)
	old := item(revised)
	old.Revision = 1
	forged := item(a)
	forged.Hash = b.Hash
	for name, items := range map[string][]press.EditionItem{
		"not approved": {item(a), item(draft)}, "old revision": {old}, "other hash": {forged},
	} {
		bad, ds := f.plan(at)
		bad.Items = items
		_, err := f.CreateEdition(ctx, f.editor, bad, ds)
		f.Log(name)
		f.refused(err, press.Conflict, "edition.unsigned")
		_, err = f.Store.Edition(ctx, bad.ID)
		f.refused(err, press.NotFound, "edition.missing")
	}
	twice, ds := f.plan(at.Add(time.Minute), a, a)
	_, err = f.CreateEdition(ctx, f.editor, twice, ds)
	f.refused(err, press.Conflict, "edition.twice")
}

func testEditionLists(f *fixture) {
	ctx := f.Context()
	a := f.approved("a")
	f.author = f.person("另一位投稿人", press.Contributor)
	b := f.approved("b")
	start := f.clock.Now().Add(24 * time.Hour)
	e1, _ := f.compose(start, a)
	e2, _ := f.compose(start.Add(time.Hour), b, a)
	e3, _ := f.compose(start.Add(2*time.Hour), b)
	_, _, err := f.CancelEdition(ctx, f.editor, e3.ID)
	f.ok(err)
	e3.Cancelled = true
	for name, test := range map[string]struct {
		filter EditionFilter
		want   []press.Edition
		total  int
	}{
		"all, latest first":        {EditionFilter{IncludeCancelled: true}, []press.Edition{e3, e2, e1}, 3},
		"without the cancelled":    {EditionFilter{}, []press.Edition{e2, e1}, 2},
		"calendar, earliest first": {EditionFilter{From: start, Until: start.Add(2 * time.Hour), IncludeCancelled: true}, []press.Edition{e1, e2}, 2},
		"until is open":            {EditionFilter{From: start, Until: start.Add(time.Hour)}, []press.Edition{e1}, 1},
		"article":                  {EditionFilter{Article: b.ID, IncludeCancelled: true}, []press.Edition{e3, e2}, 2},
		"author":                   {EditionFilter{Author: b.Author}, []press.Edition{e2}, 1},
		"author's calendar":        {EditionFilter{Author: b.Author, From: start, Until: start.Add(3 * time.Hour)}, []press.Edition{e2}, 1},
		"other account":            {EditionFilter{Account: "other"}, nil, 0},
		"page":                     {EditionFilter{Account: account, IncludeCancelled: true, Limit: 1, Offset: 1}, []press.Edition{e2}, 3},
	} {
		got, total, err := f.Editions(ctx, test.filter)
		f.ok(err)
		if asJSON(got) != asJSON(test.want) || total != test.total {
			f.Errorf("%s: got %s (%d)\nwant %s (%d)", name, asJSON(got), total, asJSON(test.want), test.total)
		}
	}
}

// Two editions with one article share the delivery of its page.
func testSharedPages(f *fixture) {
	ctx := f.Context()
	a := f.approved("shared")
	late, early := f.clock.Now().Add(5*time.Hour), f.clock.Now().Add(2*time.Hour)
	e1, first := f.compose(late, a)
	page := first[1]
	e2, second := f.compose(early, a)
	if second[1].ID != page.ID || !second[1].DueAt.Equal(early.Add(-10*time.Minute)) || !second[1].NextAt.Equal(second[1].DueAt) {
		f.Fatalf("the page's delivery is %s", asJSON(second[1]))
	}
	f.same(f.reload(page), second[1])
	_, third := f.compose(late.Add(time.Minute), a)
	f.same(third[1], second[1]) // nothing is put off, nothing noted
	f.same(f.actions(string(page.ID)), []string{"delivery.plan", "delivery.plan"})

	for _, id := range []press.EditionID{e1.ID, e2.ID} {
		_, changed, err := f.CancelEdition(ctx, f.editor, id)
		f.ok(err)
		if len(changed) != 1 || changed[0].Kind != press.TargetWeChat || f.reload(page).State != press.Planned {
			f.Fatalf("cancelling one of several changed %s", asJSON(changed))
		}
	}
	_, changed, err := f.CancelEdition(ctx, f.editor, third[0].Edition)
	f.ok(err)
	if len(changed) != 2 || f.reload(page).State != press.Cancelled {
		f.Fatalf("cancelling the last changed %s", asJSON(changed))
	}
	_, again := f.compose(late, a)
	if again[1].ID != page.ID || again[1].State != press.Planned || !again[1].DueAt.Equal(late.Add(-10*time.Minute)) {
		f.Fatalf("planned again: %s", asJSON(again[1]))
	}
	live := f.publish(again[1])
	_, more := f.compose(early, a)
	f.same(more[1], live)
}

func testCancel(f *fixture) {
	ctx := f.Context()
	a, b := f.approved("a"), f.approved("b")
	e, ds := f.compose(f.clock.Now().Add(time.Hour), a, b)
	live := f.publish(ds[1])
	working := f.claim(ds[0], "w1")
	f.clock.pass(time.Second)
	got, changed, err := f.CancelEdition(ctx, f.editor, e.ID)
	f.ok(err)
	if !got.Cancelled || len(changed) != 2 || changed[0].ID != ds[0].ID || changed[1].ID != ds[2].ID {
		f.Fatalf("cancelled %v, changed %s", got.Cancelled, asJSON(changed))
	}
	for _, d := range changed {
		f.same(f.reload(d), d)
		if d.State != press.Cancelled || d.ClaimedBy != "" || !d.UpdatedAt.Equal(f.clock.Now()) {
			f.Errorf("cancelled as %s", asJSON(d))
		}
	}
	f.same(f.reload(live), live)
	_, err = f.Advance(ctx, working, press.Postponed(f.clock.Now(), false), nil)
	f.refused(err, press.Conflict, "delivery.fenced")
	_, _, err = f.CancelEdition(ctx, f.editor, e.ID)
	f.refused(err, press.Conflict, "edition.cancelled")
	f.same(f.actions(string(e.ID)), []string{"edition.create", "edition.cancel"})
	f.same(f.actions(string(ds[2].ID)), []string{"delivery.plan", "delivery.cancel"})

	e, ds = f.compose(f.clock.Now().Add(time.Hour), b)
	now := f.clock.Now()
	f.advance(f.claim(ds[0], "w1"), press.Prepared("M", "mark", now, now), press.Firing(now))
	_, _, err = f.CancelEdition(ctx, f.editor, e.ID)
	f.refused(err, press.Conflict, "delivery.state")
	if got, err := f.Store.Edition(ctx, e.ID); err != nil || got.Cancelled {
		f.Errorf("a push under way was cancelled: %v, %v", got.Cancelled, err)
	}
	_, _, err = f.CancelEdition(ctx, f.editor, "none")
	f.refused(err, press.NotFound, "edition.missing")
}

func testReschedule(f *fixture) {
	ctx := f.Context()
	a, b := f.approved("a"), f.approved("b")
	at := f.clock.Now().Add(10 * time.Hour)
	e, ds := f.compose(at, a, b)
	f.compose(at.Add(time.Second), b)
	lead := func(at time.Time) func(press.Delivery) press.Change {
		return func(d press.Delivery) press.Change {
			if d.Kind == press.TargetSite {
				return press.Reschedule(at.Add(-time.Hour), at.Add(-time.Hour))
			}
			return press.Reschedule(at, at.Add(-2*time.Hour))
		}
	}
	later := at.Add(24 * time.Hour)
	got, changed, err := f.RescheduleEdition(ctx, f.editor, e.ID, later, lead(later))
	f.ok(err)
	stored, err := f.Store.Edition(ctx, e.ID)
	f.ok(err)
	f.same(got, stored)
	if !got.At.Equal(later) || len(changed) != 3 {
		f.Fatalf("rescheduled to %s, %d deliveries", got.At, len(changed))
	}
	for i, want := range []time.Time{later, later.Add(-time.Hour), at.Add(-10 * time.Minute)} { // b's page is needed earlier
		d := f.reload(ds[i])
		if !d.DueAt.Equal(want) || d.Fence != 1 {
			f.Errorf("delivery %d is due %s (fence %d), want %s", i, d.DueAt, d.Fence, want)
		}
	}
	f.same(f.actions(string(e.ID)), []string{"edition.create", "edition.reschedule"})
	f.same(f.actions(string(ds[0].ID)), []string{"delivery.plan", "delivery.reschedule"})

	now := f.clock.Now()
	f.advance(f.claim(ds[0], "w1"), press.Prepared("M", "mark", now, now), press.Firing(now))
	_, _, err = f.RescheduleEdition(ctx, f.editor, e.ID, at, lead(at))
	f.refused(err, press.Conflict, "delivery.state")
	if got, err := f.Store.Edition(ctx, e.ID); err != nil || !got.At.Equal(later) {
		f.Errorf("a push under way was rescheduled to %s, %v", got.At, err)
	}
}
