package store

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// ready is an edition's push with its draft in the box, claimed.
func (f *fixture) ready(a press.Article, at time.Time) press.Delivery {
	f.Helper()
	_, ds := f.compose(at, a)
	now := f.clock.Now()
	return f.advance(f.claim(ds[0], "w"), press.Prepared("MEDIA", "mark", now, at))
}

func testStops(f *fixture) {
	ctx := f.Context()
	stranger, admin := f.person("Zhou", press.Contributor, press.Reviewer), f.person("Admin", press.Administrator)
	a := f.approved("a")
	at := f.clock.Now().Add(time.Hour)
	d := f.ready(a, at)

	_, _, err := f.PutStop(ctx, stranger, press.Stop{Reason: "x"})
	f.refused(err, press.Forbidden, "role")
	gone := f.person("Hu", press.Editor)
	f.ok(f.SetUserDisabled(ctx, press.System(), "Hu", true))
	_, _, err = f.PutStop(ctx, gone, press.Stop{Reason: "x"}) // as the person is now
	f.refused(err, press.Forbidden, "role")
	_, err = f.LiftStop(ctx, f.editor, "")
	f.refused(err, press.NotFound, "stop.none")

	all, fresh, err := f.PutStop(ctx, f.editor, press.Stop{Reason: "内容有误"})
	f.ok(err)
	want := press.Stop{Reason: "内容有误", By: f.editor.ID, ByName: f.editor.Name, At: f.clock.Now()}
	f.same([]any{all, fresh}, []any{want, true})
	f.clock.pass(time.Second)
	again, fresh, err := f.PutStop(ctx, admin, press.Stop{Reason: "other"})
	f.ok(err)
	f.same([]any{again, fresh}, []any{want, false}) // the first one's stays
	other, _, err := f.PutStop(ctx, admin, press.Stop{Account: "other", Reason: "r"})
	f.ok(err)
	on, err := f.Stops(ctx)
	f.ok(err)
	f.same(on, []press.Stop{want, other})

	_, err = f.Advance(ctx, d, press.Firing(f.clock.Now()), nil)
	f.refused(err, press.Conflict, press.CodeStopped)
	if got, ok := press.StopIn(err); !ok || got != want {
		f.Errorf("the refusal names %s", asJSON(got))
	}
	f.same(f.reload(d), d) // nothing was written
	blocked := f.advance(d, press.Blocking(press.Reason{Code: press.CodeStopped, Text: press.Say("a", "b"), Back: press.Ready}))
	held, err := f.HeldDeliveries(ctx)
	f.ok(err)
	f.same(held, []press.Delivery{blocked})
	f.kept(a, true)
	_, err = f.ChangeDelivery(ctx, f.editor, d.ID, press.Release(f.clock.Now()))
	f.refused(err, press.Conflict, press.CodeStopped)
	f.same(f.reload(d), blocked)

	_, err = f.LiftStop(ctx, stranger, "")
	f.refused(err, press.Forbidden, "role")
	lifted, err := f.LiftStop(ctx, admin, "")
	f.ok(err)
	f.same(lifted, want)
	f.same(f.reload(d), blocked) // released by a person, one by one
	f.kept(a, true)              // and its page goes with it
	released, err := f.ChangeDelivery(ctx, f.editor, d.ID, press.ReleaseInQuiet(f.clock.Now()))
	f.ok(err)
	f.same(f.reload(d), released)
	if !released.QuietAllowed {
		f.Errorf("released as %s", asJSON(released))
	}
	sending := f.advance(f.claim(released, "w"), press.Firing(f.clock.Now())) // the other account's stop holds the other account
	f.kept(a, false)
	f.same(f.actions("stop:"), []string{"stop.put", "stop.lift"})

	_, _, err = f.PutStop(ctx, f.editor, press.Stop{Account: account, Reason: "r"})
	f.ok(err)
	unknown := f.advance(sending, press.AnswerLost(f.clock.Now()))
	_, err = f.Advance(ctx, unknown, press.Refiring(f.clock.Now()), nil)
	f.refused(err, press.Conflict, press.CodeStopped)
	f.advance(unknown, press.Accepted(press.PushResult{ID: "7"}, f.clock.Now())) // what happened before may be noted
	_, err = f.ChangeDelivery(ctx, f.editor, d.ID, press.RetryNow(f.clock.Now()))
	f.ok(err)
	f.same(f.actions("stop:"+account), []string{"stop.put"})
}

// Intents and a stop at once: once the stop has come back, the intents that are stored are all there will ever be.
func testStopRace(f *fixture) {
	a, at := f.approved("a"), f.clock.Now().Add(time.Hour)
	let := 0
	for round := range 6 {
		var ds []press.Delivery
		for i := range 10 {
			ds = append(ds, f.ready(a, at.Add(time.Duration(round*100+i)*time.Second)))
		}
		var then []press.State
		errs := together(len(ds)+1, func(i int) error {
			if i < len(ds) {
				_, err := f.Advance(f.Context(), ds[i], press.Firing(f.clock.Now()), nil)
				return err
			}
			_, _, err := f.PutStop(f.Context(), f.editor, press.Stop{Reason: fmt.Sprint("round ", round)})
			then = f.states(ds)
			return err
		})
		now := f.states(ds)
		f.same(now, then)
		for i, d := range ds {
			if (now[i] == press.Sending) != (errs[i] == nil) {
				f.Errorf("%s is %s and its intent ended with %v", d.ID, now[i], errs[i])
			}
		}
		counts := codes(errs)
		let += counts[""] - 1
		if counts[""]+counts[press.CodeStopped] != len(errs) || errs[len(ds)] != nil {
			f.Errorf("round %d: %v, the stop %v", round, counts, errs[len(ds)])
		}
		_, err := f.LiftStop(f.Context(), f.editor, "")
		f.ok(err)
	}
	f.Logf("%d of 60 intents were faster", let)
}

func (f *fixture) states(ds []press.Delivery) []press.State {
	out := make([]press.State, len(ds))
	for i, d := range ds {
		d, err := f.Store.Delivery(f.Context(), d.ID)
		if err != nil {
			f.Error(err)
		}
		out[i] = d.State
	}
	return out
}

// An intent that is under way when a stop comes is waited for; one that is frozen is not, and is never committed.
func testFrozenIntent(f *fixture) {
	a, at := f.approved("a"), f.clock.Now().Add(time.Hour)
	for i, frozen := range []bool{false, true} {
		if frozen && f.dialect.endsIntents() == "" {
			continue // there, writing is one process's: frozen, it keeps everybody waiting, the stop as well
		}
		d := f.ready(a, at.Add(time.Duration(i)*time.Minute))
		asked, thaw := make(chan struct{}), make(chan struct{})
		var intent, stop error
		var both sync.WaitGroup
		both.Go(func() {
			intent = f.write(f.Context(), "intent", func(t *tx) error {
				if err := t.mayGoOut(d.Target); err != nil {
					return err
				}
				close(asked)
				<-thaw
				next, err := press.Firing(t.now).Apply(d, t.now)
				if err != nil {
					return err
				}
				return t.updateDelivery(d, next)
			})
		})
		<-asked
		stopped := make(chan struct{})
		began := time.Now()
		both.Go(func() {
			defer close(stopped)
			_, _, stop = f.PutStop(f.Context(), f.editor, press.Stop{Reason: "x"})
		})
		if frozen {
			<-stopped
			f.Logf("on after %s in spite of a frozen intent", time.Since(began).Round(time.Millisecond))
			close(thaw)
		} else {
			select {
			case <-stopped:
				f.Error("the stop was on while an intent was under way")
			case <-time.After(100 * time.Millisecond):
			}
			close(thaw)
		}
		both.Wait()
		f.ok(stop)
		if state := f.reload(d).State; (intent == nil) == frozen || (state == press.Sending) == frozen {
			f.Errorf("frozen %v: the intent ended with %v, and the delivery is %s", frozen, intent, state)
		}
		_, err := f.LiftStop(f.Context(), f.editor, "")
		f.ok(err)
	}
}

// BenchmarkStop is how long it takes from the button until no intent can be committed any more.
func BenchmarkStop(b *testing.B) {
	for name, open := range map[string]opener{"sqlite": openTestSQLite, "postgres": openTestPostgres} {
		b.Run(name, func(b *testing.B) {
			f := newFixture(b, open)
			for b.Loop() {
				_, _, err := f.PutStop(b.Context(), f.editor, press.Stop{Reason: "x"})
				f.ok(err)
				_, err = f.LiftStop(b.Context(), f.editor, "")
				f.ok(err)
			}
		})
	}
}

// kept checks whether the page of an article is kept back.
func (f *fixture) kept(a press.Article, want bool) {
	f.Helper()
	pages, _, err := f.Deliveries(f.Context(), DeliveryFilter{Article: a.ID})
	f.ok(err)
	if got, err := f.PageKept(f.Context(), pages[0]); err != nil || got != want {
		f.Errorf("the page is kept back: %v, %v; want %v", got, err, want)
	}
}

// A page is kept back until some push that brings it may go out, unless readers have it already.
func testKeptPages(f *fixture) {
	ctx := f.Context()
	a, b := f.approved("a"), f.approved("b")
	at := f.clock.Now().Add(time.Hour)
	f.compose(at, a)
	f.kept(a, false)
	_, _, err := f.PutStop(ctx, f.editor, press.Stop{Account: account, Reason: "r"})
	f.ok(err)
	f.kept(a, true)
	second, ds := f.plan(at, b, a)
	second.Account, ds[0].Target = "other", "other"
	_, err = f.CreateEdition(ctx, f.editor, second, ds)
	f.ok(err)
	f.kept(a, false) // the other account's push brings it
	f.kept(b, false)
	_, _, err = f.PutStop(ctx, f.editor, press.Stop{Reason: "r"})
	f.ok(err)
	f.kept(a, true)
	_, err = f.ChangeDelivery(ctx, f.editor, ds[0].ID, press.Cancel())
	f.ok(err)
	f.kept(a, true)
	f.kept(b, false) // whoever took the push alone back wants the page
	pages, err := f.SiteDeliveries(ctx, second.ID)
	f.ok(err)
	f.publish(pages[1])
	f.kept(a, false)
}
