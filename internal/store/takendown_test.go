package store

import (
	"time"

	"newsdesk/internal/press"
)

// testTakenDown: a person's word takes a page off the lists where its website was removed or switched off, and nowhere else;
// whoever is no editor by now is not asked.
func testTakenDown(f *fixture) {
	ctx := f.Context()
	w := wordpress(website)
	f.ok(f.SaveTarget(ctx, f.boss(), w, ""))
	_, list := f.compose(f.clock.Now().Add(time.Hour), f.approved("标题"))
	page := f.publish(list[1])
	say := func(by press.Actor, id press.DeliveryID) (press.Delivery, error) {
		return f.TakenDown(ctx, by, id, press.TakenDownByHand("示例说明"), press.HandAttempt(by, "示例说明", f.clock.Now()))
	}
	_, err := say(f.editor, page.ID)
	f.refused(err, press.Conflict, "retract.reachable")
	w.Version, w.On = 1, false
	f.ok(f.SaveTarget(ctx, f.boss(), w, ""))
	f.ok(f.RemoveTarget(ctx, f.boss(), website, 2))
	pretender := f.person("示例投稿人", press.Contributor)
	pretender.Roles = press.Roles()
	_, err = say(pretender, page.ID)
	f.refused(err, press.Forbidden, "role")
	_, err = say(f.editor, list[0].ID)
	f.refused(err, press.Conflict, "delivery.state")
	tries, err := f.Attempts(ctx, page.ID)
	f.ok(err)
	before := len(tries)

	gone, err := say(f.editor, page.ID)
	f.ok(err)
	f.same(gone.State, press.Retracted)
	_, err = say(f.editor, page.ID)
	f.refused(err, press.Conflict, "delivery.state")
	places, err := f.Presences(ctx, page.Article)
	f.ok(err)
	if p := places[0]; !p.ByHand() || p.Verdict() != press.VerdictDown || p.Last.Worker != f.editor.Name {
		f.Errorf("it is %s: %s", p.Verdict(), asJSON(p))
	}
	tries, err = f.Attempts(ctx, page.ID)
	f.ok(err)
	f.same(len(tries), before+1)
	log := f.actions(string(page.ID))
	f.same(log[len(log)-1], "delivery.taken_down_by_hand")
	n, err := f.PublishedCount(ctx, website, nil)
	f.ok(err)
	f.same(n, 0)
}
