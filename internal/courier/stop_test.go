package courier_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"newsdesk/internal/courier"
	"newsdesk/internal/press"
	"newsdesk/internal/queue"
	"newsdesk/internal/servicetest"
	"newsdesk/internal/wechat/sandbox"
)

func (o *office) stop(account string) {
	o.Helper()
	_, err := o.desk.Stop(o.Context(), press.System(), account, "标题有误")
	o.ok(err)
}

func (o *office) resume(account string) {
	o.Helper()
	_, err := o.desk.Resume(o.Context(), press.System(), account)
	o.ok(err)
}

// TestEmergencyStop: twenty pushes are about to go out from two workers when the stop comes; none does.
func TestEmergencyStop(t *testing.T) {
	t.Parallel()
	server := servicetest.StartRedis(t)
	o := newOffice(t, setup{
		redis: &queue.RedisConfig{Mode: queue.Single, Addresses: []string{server.Address}},
		idle:  true, wake: time.Minute,
	})
	o.start(o.newCourier("first"))
	o.start(o.newCourier("second"))
	const n = 20
	var ids []press.DeliveryID
	for i := range n {
		mode := press.ModePublish
		if i == 0 {
			mode = press.ModeMass
		}
		ids = append(ids, o.compose(mode, far+time.Duration(i)*time.Second).ID)
	}
	for _, id := range ids {
		o.untilPrepared(id)
	}
	first := time.Now().Add(stretch * 5 * time.Second) // time enough for all twenty to be claimed, on a busy machine too
	for i, id := range ids {
		o.reschedule(o.load(id), time.Until(first)+time.Duration(i)*time.Millisecond)
	}
	for _, id := range ids {
		o.until(id, "a worker that waits", func(d press.Delivery) bool { return d.State == press.Ready && d.ClaimedBy != "" })
	}
	time.Sleep(time.Until(first) - 200*time.Millisecond) // its instant, and nothing that could be asked for
	ahead, began := time.Until(first), time.Now()
	o.stop("")
	t.Logf("put on in %s, %s before the first instant", time.Since(began), ahead)
	for _, id := range ids {
		d := o.blocked(id, press.CodeStopped, press.Editor)
		if d.Tries != 0 || !d.FiredAt.IsZero() || !strings.Contains(d.Reason.Text.ZH, "标题有误") || d.Reason.At.Before(d.DueAt) {
			t.Errorf("held after %d tries because of %+v", d.Tries, d.Reason)
		}
	}
	o.wantFired(0)
	held, err := o.desk.Held(t.Context())
	o.ok(err)
	if len(held) != n {
		t.Errorf("%d pushes are held, want %d", len(held), n)
	}
	_, err = o.desk.Release(t.Context(), press.System(), ids[0])
	if stop, ok := press.StopIn(err); !ok || stop.Reason != "标题有误" {
		t.Errorf("released while the stop is on: %v", err)
	}
	o.resume("")
	o.release(ids[0])
	o.release(ids[1])
	_, err = o.desk.CancelDelivery(t.Context(), press.System(), ids[2])
	o.ok(err)
	for _, id := range ids[:2] {
		if d := o.untilState(id, press.Live); d.Tries != 1 {
			t.Errorf("%d tries", d.Tries)
		}
	}
	o.wantFired(2)
	for _, id := range ids[3:] {
		o.blocked(id, press.CodeStopped, press.Editor)
	}
	if d := o.load(ids[2]); d.State != press.Cancelled {
		t.Errorf("taken back, and %s", d.State)
	}
}

// TestStopLifted: a stop that is lifted before the instant changes nothing, and what it was for is counted once.
func TestStopLifted(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{wake: time.Minute})
	d := o.untilPrepared(o.compose(press.ModeMass, far).ID)
	o.reschedule(d, stretch*3*time.Second)
	o.stop(o.accounts[0].Name())
	o.until(d.ID, "a worker that waits", func(d press.Delivery) bool { return d.ClaimedBy != "" })
	o.resume(o.accounts[0].Name())
	d = o.untilState(d.ID, press.Live)
	o.checkNeverEarly(d)
	o.wantFired(1)
	tallies, err := o.store.Tallies(t.Context(), o.accounts[0].Ledger().Key, press.DayOf(d.DueAt).Name)
	o.ok(err)
	if used := tallies[irrevocable(press.ModeMass)].Used; used != 1 {
		t.Errorf("counted %d times", used)
	}
}

// TestStopKeepsPages: while a push is held, nobody reads its page; drafts are made as ever.
func TestStopKeepsPages(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{site: true})
	d := o.untilPrepared(o.compose(press.ModePublish, far).ID)
	o.reschedule(d, stretch*2*time.Second)
	o.stop("")
	o.blocked(d.ID, press.CodeStopped, press.Editor)
	o.article = o.approvedArticle("第二条消息")
	o.untilPrepared(o.compose(press.ModeMass, far).ID)
	looked := o.page(d).NextAt
	o.until(o.page(d).ID, "the page to be looked at again", func(p press.Delivery) bool { return p.NextAt.After(looked) })
	o.resume("")
	looked = o.page(d).NextAt
	o.until(o.page(d).ID, "the page to be looked at again", func(p press.Delivery) bool { return p.NextAt.After(looked) })
	if page := o.page(d); page.State != press.Planned || o.site.pages.Load() != 0 {
		t.Errorf("the page of a held push is %s, and %d are on the website", page.State, o.site.pages.Load())
	}
	o.release(d.ID)
	if d := o.untilState(d.ID, press.Live); o.page(d).LiveAt.After(d.LiveAt) {
		t.Error("the push was there before its page")
	}
	o.wantFired(1)
}

// TestStopAfterLostAnswer: a mass push without an answer is not repeated while a stop is on, nor after it without a person.
func TestStopAfterLostAnswer(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{})
	o.fault(sandbox.Fault{Path: irrevocable(press.ModeMass), ReplyLost: sandbox.LostReset, Times: 1})
	d := o.compose(press.ModeMass, 300*time.Millisecond)
	o.until(d.ID, "the call", func(press.Delivery) bool { calls, _ := o.fired(0); return len(calls) > 0 })
	o.stop("")
	o.blocked(d.ID, "unknown.stopped", press.Editor)
	_, err := o.desk.Release(t.Context(), press.System(), d.ID)
	if press.CodeOf(err) != press.CodeStopped {
		t.Errorf("released while the stop is on: %v", err)
	}
	o.resume("")
	if calls, _ := o.fired(0); len(calls) != 1 {
		t.Errorf("%d calls before it was released", len(calls))
	}
	o.release(d.ID)
	o.untilState(d.ID, press.Live)
	if calls, effects := o.fired(0); len(calls) != 2 || effects != 1 {
		t.Errorf("%d calls, %d effects; want 2, 1", len(calls), effects)
	}
}

// quiet makes the whole day quiet.
func (o *office) quiet() {
	o.Helper()
	o.openDesk()
	s, err := o.desk.Settings(o.Context())
	o.ok(err)
	_, err = o.desk.SaveQuiet(o.Context(), press.System(), s.Version, []press.QuietHours{
		{Name: "上午", From: 0, Until: 12 * 60}, {Name: "下午", From: 12 * 60, Until: 24 * 60},
	})
	o.ok(err)
}

// TestQuietHours: what is late does not fall into them without a person who knows, and nothing is sent again in them.
func TestQuietHours(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]bool{"late": true, "on time": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, setup{idle: true})
			d := o.compose(press.ModePublish, 300*time.Millisecond)
			o.quiet()
			if late {
				time.Sleep(time.Until(d.DueAt) + 10*time.Millisecond)
			}
			o.start(o.newCourier("worker"))
			o.blocked(d.ID, "quiet", press.Editor)
			if _, err := o.desk.Release(t.Context(), press.System(), d.ID); press.CodeOf(err) != "release.quiet" {
				t.Errorf("released unknowingly: %v", err)
			}
			if _, err := o.desk.FireNow(t.Context(), press.System(), d.Edition); press.CodeOf(err) != "edition.slot_quiet" {
				t.Errorf("sent now: %v", err)
			}
			o.wantFired(0)
			_, err := o.desk.ReleaseInQuiet(t.Context(), press.System(), d.ID)
			o.ok(err)
			o.untilState(d.ID, press.Live)
			o.wantFired(1)
		})
	}
	t.Run("answer lost", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t, setup{courier: func(c *courier.Config) { c.Pauses.Mass = stretch * 2 * time.Second }})
		o.fault(sandbox.Fault{Path: irrevocable(press.ModeMass), ReplyLost: sandbox.LostReset, Times: 1})
		d := o.compose(press.ModeMass, 300*time.Millisecond)
		o.until(d.ID, "the call", func(press.Delivery) bool { calls, _ := o.fired(0); return len(calls) > 0 })
		o.quiet()
		o.blocked(d.ID, "unknown.quiet", press.Editor)
		_, err := o.desk.ReleaseInQuiet(t.Context(), press.System(), d.ID)
		o.ok(err)
		o.untilState(d.ID, press.Live)
		if calls, effects := o.fired(0); len(calls) != 2 || effects != 1 {
			t.Errorf("%d calls, %d effects; want 2, 1", len(calls), effects)
		}
	})
}

// TestMissedAsleep: a machine that slept through the instant of a push, which a worker of it was waiting for, asks.
func TestMissedAsleep(t *testing.T) {
	t.Parallel()
	var slept atomic.Int64
	o := newOffice(t, setup{wake: time.Minute, courier: func(c *courier.Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(slept.Load())) }
	}})
	d := o.wait(press.ModeMass, 30*time.Second)
	slept.Store(int64(far))
	o.blocked(d.ID, "missed", press.Editor)
	o.wantFired(0)
}
