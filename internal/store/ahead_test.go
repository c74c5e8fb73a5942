package store

import (
	"time"

	"newsdesk/internal/press"
)

// testPageAhead: what was brought ahead of a page is taken away when the page is called off, as soon as the website can, and at
// no other time; beside a page that readers have, or had, nothing is brought.
func testPageAhead(f *fixture) {
	ctx := f.Context()
	ahead := func(d press.Delivery, want bool) {
		f.Helper()
		if may, err := f.PageAhead(ctx, d); err != nil || may != want {
			f.Errorf("something may be brought ahead: %v, want %v (%v)", may, want, err)
		}
	}
	due := func(after time.Duration, want int) {
		f.Helper()
		list, err := f.Removals(ctx, f.clock.Now().Add(after), 10)
		f.ok(err)
		if len(list) != want {
			f.Errorf("%d removals are due after %s, want %d", len(list), after, want)
		}
	}
	a := f.approved("ahead", "News")
	_, ds := f.compose(f.clock.Now().Add(time.Hour), a)
	page := f.claim(ds[1], "worker")
	stale := page
	stale.Fence--
	ahead(stale, false)
	for range 2 {
		ahead(page, true)
	}
	due(time.Hour, 0) // it is still to come
	reason := press.Reason{Code: "wordpress.login", Class: press.ClassConfig, Text: press.Say("a", "a"), Fix: press.Say("b", "b")}
	f.advance(page, press.Blocking(reason))
	due(time.Hour, 0) // and so it is while somebody is asked
	f.clock.pass(time.Hour)
	_, err := f.ChangeDelivery(ctx, f.editor, page.ID, press.Cancel())
	f.ok(err)
	due(-time.Second, 0) // whoever is bringing it may not know yet
	due(time.Minute, 1)
	down, err := f.PageRemoved(ctx, press.System(), page.ID, press.Attempt{Step: press.StepRetract, Outcome: press.OutcomeFailed, Code: "wordpress.unreachable"})
	f.ok(err)
	if down.State != press.Cancelled {
		f.Errorf("after a failure it is %s", down.State)
	}
	due(time.Hour, 0)
	due(7*time.Hour, 1)
	_, err = f.PageRemoved(ctx, press.System(), page.ID, press.Attempt{Step: press.StepRetract, Outcome: press.OutcomeOK})
	f.ok(err)
	due(7*time.Hour, 0)

	b := f.approved("out", "News")
	_, ds = f.compose(f.clock.Now().Add(time.Hour), b)
	page = f.claim(ds[1], "worker")
	ahead(page, true)
	live := f.advance(page, press.WentLive([]string{"https://example.org/out"}, f.clock.Now()))
	ahead(live, false)
	due(time.Hour, 0)
	_, err = f.RetractPage(ctx, f.editor, live.ID)
	f.ok(err)
	due(time.Minute, 1) // as a retraction, and once
}
