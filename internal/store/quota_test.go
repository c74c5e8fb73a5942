package store

import (
	"fmt"
	"testing"
	"time"

	"newsdesk/internal/press"
)

const day = "2026-11-22"

// tally is what is known of a call, the moments left out.
func (f *fixture) tally(call string) press.Tally {
	f.Helper()
	all, err := f.Tallies(f.Context(), account, day)
	f.ok(err)
	got := all[call]
	got.LastAt, got.ToldAt = time.Time{}, time.Time{}
	return got
}

func testCalls(f *fixture) {
	ctx := f.Context()
	for want := int64(1); want <= 3; want++ {
		used, err := f.CountCall(ctx, account, "publish", day, 3)
		f.ok(err)
		f.same(used, want)
	}
	used, err := f.CountCall(ctx, account, "publish", day, 3)
	f.refused(err, press.Quota, "quota.used")
	f.same(used, int64(3))
	_, err = f.CountCall(ctx, account, "publish", "2026-11-23", 3)
	f.ok(err)
	used, err = f.CountCall(ctx, account, "publish", day, 0)
	f.ok(err)
	f.same(used, int64(4))
	f.same(f.tally("publish"), press.Tally{Call: "publish", Used: 4, Counted: 4})
	other, err := f.Tallies(ctx, "other", day)
	f.ok(err)
	f.same(len(other), 0)

	_, err = f.CountPaced(ctx, account, "list", day, 2, time.Minute)
	f.ok(err)
	_, err = f.CountPaced(ctx, account, "list", day, 2, time.Minute)
	f.refused(err, press.Conflict, "quota.paced")
	f.clock.pass(time.Minute)
	_, err = f.CountPaced(ctx, account, "list", day, 2, time.Minute)
	f.ok(err)
	f.clock.pass(time.Minute)
	_, err = f.CountPaced(ctx, account, "list", day, 2, time.Minute)
	f.refused(err, press.Quota, "quota.used")
}

// testQuotaTold: WeChat's number is believed at once where it is higher, and where it is lower once no call of ours can still
// be on its way there.
func testQuotaTold(f *fixture) {
	ctx := f.Context()
	count := func(times int) {
		f.Helper()
		for range times {
			_, err := f.CountCall(ctx, account, "get", day, 5)
			f.ok(err)
		}
	}
	tell := func(limit, used, counted int64) {
		f.Helper()
		f.ok(f.TellQuota(ctx, account, "get", day, press.QuotaTold{Limit: limit, Used: used}, counted))
	}
	count(3)
	tell(0, 40, 3) // a second program, and more than the default limit: WeChat does not say its own
	f.same(f.tally("get"), press.Tally{Call: "get", Used: 40, Counted: 3})
	_, err := f.CountCall(ctx, account, "get", day, 5)
	f.refused(err, press.Quota, "quota.used")

	tell(500, 40, 3) // the account has more than others
	count(2)
	f.same(f.tally("get"), press.Tally{Call: "get", Used: 42, Counted: 5, Limit: 500, Stated: true})
	tell(500, 41, 4) // asked before the last of them was counted, answered after
	f.same(f.tally("get").Used, int64(42))

	tell(500, 0, 5) // cleared; but the last call was counted a moment ago and may be on its way
	f.same(f.tally("get").Used, int64(42))
	f.clock.pass(settlingTime)
	tell(500, 0, 5)
	f.same(f.tally("get").Used, int64(0))
	tell(press.NoLimit, 0, 5)
	count(6)
	f.same(f.tally("get"), press.Tally{Call: "get", Used: 6, Counted: 11, Stated: true})

	f.ok(f.QuotaRefused(ctx, account, "mass", day, 1))
	f.same(f.tally("mass"), press.Tally{Call: "mass", Used: 1, Refused: true})
	f.ok(f.QuotaRefused(ctx, account, "get", day, 100)) // WeChat stated that there is no limit, and is taken at its word
	f.same(f.tally("get"), press.Tally{Call: "get", Used: 6, Counted: 11, Stated: true, Refused: true})

	tomorrow, err := f.Tallies(ctx, account, "2026-11-23")
	f.ok(err)
	f.same(tomorrow, map[string]press.Tally{"get": {Call: "get", Stated: true}}) // limits stay, counts do not
}

// room is a check that lets so many pushes of the fixture's day and mode be planned.
func room(mode press.Mode, at time.Time, limit int, except press.EditionID) press.SlotCheck {
	return press.SlotCheck{
		PushQuery: press.PushQuery{Account: account, Mode: mode, Span: press.DayOf(at), Except: except},
		Judge: func(u press.PushUse) error {
			if u.Made+u.Planned < limit {
				return nil
			}
			return press.Fail(press.Conflict, "slot.taken", press.Say("taken", "已满"))
		},
	}
}

// testSlotRace: of eight editors who plan, move or change a push into the same day at the same moment, as many come through as
// there is room for.
func testSlotRace(f *fixture) {
	const limit = 3
	at := f.clock.Now().Add(time.Hour)
	tomorrow := at.Add(24 * time.Hour)
	var todo []func() error
	for i := range 8 {
		a := f.approved(fmt.Sprint("article ", i))
		minute := at.Add(time.Duration(i) * time.Minute)
		switch i % 3 {
		case 0:
			e, ds := f.plan(minute, a)
			todo = append(todo, func() error {
				_, err := f.CreateEdition(f.Context(), f.editor, e, ds, room(press.ModeMass, at, limit, ""))
				return err
			})
		case 1:
			e, _ := f.compose(tomorrow.Add(time.Duration(i)*time.Minute), a)
			todo = append(todo, func() error {
				_, _, err := f.RescheduleEdition(f.Context(), f.editor, e.ID, minute,
					func(press.Delivery) press.Change { return press.Reschedule(minute, minute) }, room(press.ModeMass, at, limit, e.ID))
				return err
			})
		default:
			old, _ := f.compose(tomorrow.Add(time.Duration(i)*time.Minute), a)
			e, ds := f.plan(minute, a)
			todo = append(todo, func() error {
				_, _, err := f.ReplaceEdition(f.Context(), f.editor, old.ID, e, ds, room(press.ModeMass, at, limit, old.ID))
				return err
			})
		}
	}
	errs := together(len(todo), func(i int) error { return todo[i]() })
	f.same(codes(errs), map[string]int{"": limit, "slot.taken": len(todo) - limit})
	use, err := f.PushUse(f.Context(), room(press.ModeMass, at, limit, "").PushQuery)
	f.ok(err)
	f.same(use.Planned, limit)
}

func testSightings(f *fixture) {
	ctx, now := f.Context(), f.clock.Now()
	later := now.Add(time.Hour)
	var ids []press.DeliveryID
	for i := range 3 {
		e, ds := f.plan(now.Add(time.Duration(i)*time.Minute), f.approved(fmt.Sprint(i)))
		e.Mode, ds[0].Mode = press.ModePublish, press.ModePublish
		stored, err := f.CreateEdition(ctx, f.editor, e, ds)
		f.ok(err)
		d := stored[0]
		if i < 2 {
			changes := []press.Change{press.Prepared("M", "", now, now), press.Firing(now).Fired("ledger")}
			if i == 0 {
				changes = append(changes, press.Accepted(press.PushResult{ID: "7"}, later))
			}
			d = f.advance(f.claim(d, "w"), changes...)
			if d.Ledger != "ledger" {
				f.Errorf("the ledger is %q", d.Ledger)
			}
			f.ok(f.ReleaseClaim(ctx, d))
		}
		ids = append(ids, d.ID)
	}
	open, err := f.OpenPublications(ctx, account)
	f.ok(err)
	f.same(open, ids[:2])
	book, err := f.PollBook(ctx, "ledger", account, press.DayOf(now))
	f.ok(err)
	f.same(book, press.PollBook{Open: 2, OldestOpen: now.Truncate(time.Microsecond), Scheduled: 1, LastDue: now.Add(2 * time.Minute).Truncate(time.Microsecond), Fired: 2})
	waits, err := f.Awaits(ctx, account)
	f.ok(err)
	f.same(waits, true)

	_, err = f.Sighting(ctx, ids[0])
	f.refused(err, press.NotFound, "sighting.missing")
	seen := press.Sighting{Delivery: ids[0], ArticleID: "A", URLs: []string{"https://mp.weixin.qq.com/s/1"}}
	woken, err := f.SaveSightings(ctx, []press.Sighting{seen, {Delivery: ids[2], ArticleID: "C"}})
	f.ok(err)
	f.same(woken, ids[:1])
	got, err := f.Sighting(ctx, ids[0])
	f.ok(err)
	f.same(got, seen)
	if d, err := f.Store.Delivery(ctx, ids[0]); err != nil || d.NextAt.After(f.clock.Now()) {
		f.Errorf("seen, it is looked at again at %s, %v", d.NextAt, err)
	}
}

// TestLedgers: the sandbox's counts are not the account's, and WeChat's hosts are one place.
func TestLedgers(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"": "wx1@weixin", "https://api.weixin.qq.com": "wx1@weixin", "https://sh.api.weixin.qq.com": "wx1@weixin",
		"https://api2.weixin.qq.com": "wx1@weixin", "http://127.0.0.1:7099": "wx1@127.0.0.1", "http://sandbox:80": "wx1@sandbox",
	} {
		if got := press.LedgerOf("wx1", base, "").Key; got != want {
			t.Errorf("%s: %s, want %s", base, got, want)
		}
	}
}
