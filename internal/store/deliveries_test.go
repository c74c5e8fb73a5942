package store

import (
	"fmt"
	"strings"
	"time"

	"newsdesk/internal/press"
)

func testDeliveries(f *fixture) {
	ctx := f.Context()
	at := f.clock.Now().Add(time.Hour)
	a := f.approved("a")
	_, ds := f.compose(at, a)
	now := f.clock.Now()
	reason := press.Reason{
		Code: "wechat.45028", Class: press.ClassQuota, Text: press.Say("used up", "已用完"), Fix: press.Say("wait", "等待"),
		Whose: press.Editor, Back: press.Ready, At: now,
	}
	d := f.advance(f.claim(ds[0], "w"), press.DraftIntended(now), press.Prepared("MEDIA", "mark", now, now), press.Firing(now),
		press.NotSent(now), press.Blocking(reason))
	f.same(f.reload(d), d)
	if d.Reason == nil || *d.Reason != reason || d.Tries != 1 || d.Failures != 1 || d.ClaimedBy != "" || !d.NextAt.IsZero() {
		f.Errorf("blocked as %s", asJSON(d))
	}
	f.same(f.actions(string(d.ID)), []string{
		"delivery.plan", "delivery.ready", "delivery.sending", "delivery.not_sent", "delivery.blocked",
	})
	f.clock.pass(2 * time.Hour)
	d, err := f.ChangeDelivery(ctx, f.editor, d.ID, press.Release(f.clock.Now()))
	f.ok(err)
	f.same(f.reload(d), d)
	if d.State != press.Ready || !d.LateAllowed || d.Fence != 2 {
		f.Errorf("released as %s", asJSON(d))
	}
	_, err = f.ChangeDelivery(ctx, f.editor, d.ID, press.Release(f.clock.Now()))
	f.refused(err, press.Conflict, "delivery.state")
	_, err = f.ChangeDelivery(ctx, f.editor, "none", press.Cancel())
	f.refused(err, press.NotFound, "delivery.missing")
	live := f.advance(f.claim(d, "w"), press.Firing(now), press.Accepted(press.PushResult{ID: "7", DataID: "8"}, now),
		press.WentLive([]string{"https://mp/1", "https://mp/2"}, now))
	f.same(f.reload(live), live)

	for name, test := range map[string]struct {
		filter DeliveryFilter
		want   []press.DeliveryID
	}{
		"all, latest first":        {DeliveryFilter{}, []press.DeliveryID{ds[0].ID, ds[1].ID}},
		"due from, earliest first": {DeliveryFilter{DueFrom: at.Add(-time.Hour)}, []press.DeliveryID{ds[1].ID, ds[0].ID}},
		"due until":                {DeliveryFilter{DueUntil: at}, []press.DeliveryID{ds[1].ID}},
		"kind":                     {DeliveryFilter{Kind: press.TargetWeChat}, []press.DeliveryID{ds[0].ID}},
		"edition":                  {DeliveryFilter{Edition: ds[0].Edition}, []press.DeliveryID{ds[0].ID}},
		"article, target":          {DeliveryFilter{Article: a.ID, Target: website}, []press.DeliveryID{ds[1].ID}},
		"states":                   {DeliveryFilter{States: []press.State{press.Planned, press.Blocked}}, []press.DeliveryID{ds[1].ID}},
		"none":                     {DeliveryFilter{States: []press.State{press.Retracted}}, nil},
	} {
		got, total, err := f.Deliveries(ctx, test.filter)
		f.ok(err)
		var ids []press.DeliveryID
		for _, d := range got {
			ids = append(ids, d.ID)
		}
		if fmt.Sprint(ids) != fmt.Sprint(test.want) || total != len(test.want) {
			f.Errorf("%s: got %v (%d), want %v", name, ids, total, test.want)
		}
	}
	if one, total, err := f.Deliveries(ctx, DeliveryFilter{Limit: 1, Offset: 1}); err != nil || total != 2 || len(one) != 1 || one[0].ID != ds[1].ID {
		f.Errorf("second page: %s (%d), %v", asJSON(one), total, err)
	}
}

func testClaims(f *fixture) {
	ctx := f.Context()
	_, ds := f.compose(f.clock.Now().Add(time.Hour), f.approved("a"))
	d := f.claim(ds[0], "w1")
	want := ds[0]
	want.Fence, want.ClaimedBy, want.ClaimedUntil = 1, "w1", f.clock.Now().Add(time.Minute)
	f.same(d, want)
	claim := func(worker string) error {
		_, err := f.ClaimDelivery(ctx, d.ID, worker, f.clock.Now().Add(time.Minute))
		return err
	}
	f.refused(claim("w2"), press.Conflict, "delivery.claimed")
	f.clock.pass(50 * time.Second)
	f.ok(f.RenewClaim(ctx, d, f.clock.Now().Add(time.Minute)))
	f.clock.pass(50 * time.Second)
	f.refused(claim("w2"), press.Conflict, "delivery.claimed")
	f.clock.pass(10 * time.Second)
	f.ok(claim("w2")) // it has run out
	f.refused(f.RenewClaim(ctx, d, f.clock.Now()), press.Conflict, "delivery.fenced")
	f.ok(f.ReleaseClaim(ctx, d)) // of w1: not w2's
	f.refused(claim("w3"), press.Conflict, "delivery.claimed")
	d = f.reload(d)
	f.ok(f.ReleaseClaim(ctx, d))
	f.ok(claim("w3"))
	if got := f.reload(d); got.Fence != 3 || got.ClaimedBy != "w3" {
		f.Errorf("claimed as %s", asJSON(got))
	}
	_, err := f.ClaimDelivery(ctx, "none", "w", f.clock.Now())
	f.refused(err, press.NotFound, "delivery.missing")
	live := f.publish(ds[1])
	_, err = f.ClaimDelivery(ctx, live.ID, "w", f.clock.Now())
	f.refused(err, press.Conflict, "delivery.claimed")
}

// Whoever comes with an old fence, or has seen another state, changes nothing.
func testFencing(f *fixture) {
	ctx := f.Context()
	_, ds := f.compose(f.clock.Now().Add(time.Hour), f.approved("a"))
	now := f.clock.Now()
	try := &press.Attempt{Step: press.StepPrepare, Worker: "w1", Outcome: press.OutcomeOK}
	unchanged := func(how string, stale press.Delivery) {
		f.Helper()
		before := f.dump()
		got, err := f.Advance(ctx, stale, press.Prepared("OLD", "", now, now), try)
		f.Log(how)
		f.refused(err, press.Conflict, "delivery.fenced")
		f.same(got, stale)
		f.same(f.dump(), before)
	}
	w1 := f.claim(ds[0], "w1")
	f.clock.pass(2 * time.Minute)
	w2 := f.claim(ds[0], "w2")
	unchanged("claimed by another", w1)
	person, err := f.ChangeDelivery(ctx, f.editor, w2.ID, press.RetryNow(f.clock.Now()))
	f.ok(err)
	if person.ClaimedBy != "" || person.Fence != w2.Fence+1 {
		f.Errorf("a person's decision left %s", asJSON(person))
	}
	unchanged("decided by a person", w2)
	w3 := f.claim(ds[0], "w3")
	ready := f.advance(w3, press.Prepared("NEW", "", now, now))
	unchanged("in another state", w3)
	if got := f.advance(ready, press.Firing(now)); got.State != press.Sending || got.MediaID != "NEW" {
		f.Errorf("the one who holds it gets %s", asJSON(got))
	}
	_, err = f.Advance(ctx, press.Delivery{ID: "none"}, press.Firing(now), nil)
	f.refused(err, press.NotFound, "delivery.missing")

	// What another edition needs is not undone by a worker that read the row before.
	w := f.claim(ds[1], "w1")
	a := f.load(ds[1].Article)
	f.compose(ds[0].DueAt.Add(-30*time.Minute), a)
	if got := f.advance(w, press.Postponed(now, true)); !got.DueAt.Equal(ds[1].DueAt.Add(-30 * time.Minute)) {
		f.Errorf("due %s", got.DueAt)
	}
}

func testDue(f *fixture) {
	ctx := f.Context()
	start := f.clock.Now()
	var pages []press.Delivery
	for i := range 4 {
		_, ds := f.compose(start.Add(time.Duration(4-i)*time.Hour), f.approved(fmt.Sprint("a", i)))
		pages = append(pages, ds[1])
		_, err := f.ChangeDelivery(ctx, f.editor, ds[0].ID, press.Cancel())
		f.ok(err)
	}
	due := func(before time.Time, limit int) (out []press.DeliveryID) {
		f.Helper()
		got, err := f.DueDeliveries(ctx, before, limit)
		f.ok(err)
		for _, d := range got {
			out = append(out, d.ID)
		}
		return out
	}
	ids := func(of ...int) (out []press.DeliveryID) {
		for _, i := range of {
			out = append(out, pages[i].ID)
		}
		return out
	}
	f.same(due(start, 0), ids())
	f.same(due(pages[3].NextAt, 0), ids(3))
	f.same(due(start.Add(10*time.Hour), 0), ids(3, 2, 1, 0))
	f.same(due(start.Add(10*time.Hour), 2), ids(3, 2))
	f.claim(pages[3], "w")
	f.publish(pages[2])
	f.same(due(start.Add(10*time.Hour), 0), ids(1, 0))
	f.clock.pass(time.Minute)
	f.same(due(start.Add(10*time.Hour), 0), ids(3, 1, 0)) // its claim has run out

	explain := "EXPLAIN QUERY PLAN "
	if f.dialect.name() == DriverPostgres {
		explain = "EXPLAIN "
	}
	var plan string
	f.ok(f.write(ctx, "explain", func(t *tx) error {
		if f.dialect.name() == DriverPostgres {
			f.ok(t.must("SET LOCAL enable_seqscan = off")) // which a table of eight rows would deserve
		}
		lines, err := all(t, f.planLine, explain+dueQuery, 1, 1, 1)
		plan = strings.Join(lines, "\n")
		return err
	}))
	if !strings.Contains(plan, "deliveries_next") || strings.Contains(strings.ToLower(plan), "sort") || strings.Contains(plan, "TEMP") {
		f.Errorf("what is due is not read from the index:\n%s", plan)
	}
}

func (f *fixture) planLine(r row) (line string, err error) {
	if f.dialect.name() == DriverPostgres {
		err = r.Scan(&line)
		return line, err
	}
	var id, parent, unused int
	err = r.Scan(&id, &parent, &unused, &line)
	return line, err
}
