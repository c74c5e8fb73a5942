package courier_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"newsdesk/internal/courier"
	"newsdesk/internal/desk"
	"newsdesk/internal/photo"
	"newsdesk/internal/press"
	"newsdesk/internal/queue"
	"newsdesk/internal/wechat/sandbox"
)

// TestCloseWhileWaiting: a stop leaves the delivery to another worker, and is no failed attempt.
func TestCloseWhileWaiting(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{idle: true, wake: time.Minute})
	first, second := o.newCourier("first"), o.newCourier("second")
	o.start(first)
	d := o.wait(press.ModePublish, 3*time.Second)
	first.Close()
	if now := o.load(d.ID); now.ClaimedBy != "" || now.State != press.Ready || now.Failures != 0 {
		t.Fatalf("after the stop the delivery is %s, claimed by %q, %d failures", now.State, now.ClaimedBy, now.Failures)
	}
	o.start(second)
	d = o.untilState(d.ID, press.Live)
	o.checkNeverEarly(d)
	o.wantFired(1)
	if got, want := fmt.Sprint(o.attempts(d.ID)), "[prepare ok fire ok look ok]"; got != want || d.Tries != 1 {
		t.Errorf("attempts %s, %d tries; want %s, 1", got, d.Tries, want)
	}
	if late := d.FiredAt.Sub(d.DueAt); late > stretch*2*time.Second {
		t.Errorf("%s late", late)
	}
}

// TestCloseWhileSending: a stop does not cut the irrevocable call off, and its answer is stored.
func TestCloseWhileSending(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{idle: true})
	first := o.newCourier("first")
	o.start(first)
	o.fault(sandbox.Fault{Path: "freepublish/submit", Latency: sandbox.Span(stretch * 300 * time.Millisecond)})
	d := o.compose(press.ModePublish, 200*time.Millisecond)
	o.untilState(d.ID, press.Sending)
	first.Close()
	if now := o.load(d.ID); now.State != press.Sent || now.PushID == "" || now.ClaimedBy != "" {
		t.Errorf("after the stop the delivery is %s with publish_id %q, claimed by %q; want sent", now.State, now.PushID, now.ClaimedBy)
	}
	o.wantFired(1)
}

// TestWorkerKilled: a worker dies between the intent and the answer.
func TestWorkerKilled(t *testing.T) {
	t.Parallel()
	for _, mode := range both {
		for _, called := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, called %v", mode, called), func(t *testing.T) {
				t.Parallel()
				o := newOffice(t, setup{})
				d := o.untilPrepared(o.compose(mode, far).ID)
				d, err := o.store.ClaimDelivery(o.Context(), d.ID, "dead", time.Now().Add(stretch*400*time.Millisecond))
				o.ok(err)
				_, err = o.store.Advance(o.Context(), d, press.Firing(time.Now()), nil)
				o.ok(err)
				if called && mode == press.ModeMass {
					_, err = o.accounts[0].SendAll(o.Context(), d.MediaID, string(d.ID))
				} else if called {
					_, err = o.accounts[0].Publish(o.Context(), d.MediaID)
				}
				o.ok(err)
				if !called && mode == press.ModePublish {
					o.blocked(d.ID, "unknown.draft_left", press.Editor)
					o.wantFired(0)
					o.release(d.ID)
					o.until(d.ID, "its time", func(d press.Delivery) bool { return d.State == press.Ready && time.Until(d.NextAt) > far/2 })
					o.reschedule(d, 0)
				}
				o.untilState(d.ID, press.Live)
				if _, effects := o.fired(0); effects != 1 {
					t.Errorf("%d effects, want 1", effects)
				}
				if got := o.attempts(d.ID)[1]; got != "fire unknown worker.gone" {
					t.Errorf("second attempt %q, want the worker's end", got)
				}
			})
		}
	}
}

// TestRace: two workers and many deliveries for the same instant.
func TestRace(t *testing.T) {
	t.Parallel()
	const n = raceCount
	plenty := func(c *courier.Config) { c.Limits = nil } // of polls: the pauses are shortened here and the day is not
	o := newOffice(t, setup{idle: true, courier: plenty})
	o.start(o.newCourier("first"))
	o.start(o.newCourier("second"))
	var ids []press.DeliveryID
	for range n {
		ids = append(ids, o.compose(press.ModePublish, 2*time.Second).ID)
	}
	workers := map[string]int{}
	for _, id := range ids {
		d := o.untilState(id, press.Live)
		if d.Tries != 1 || d.FiredAt.Before(d.DueAt) {
			t.Errorf("%d tries, %s after its time", d.Tries, d.FiredAt.Sub(d.DueAt))
		}
		list, err := o.store.Attempts(o.Context(), id)
		o.ok(err)
		workers[list[len(list)-1].Worker]++
	}
	o.wantFired(n)
	drafts := slices.DeleteFunc(o.box.Calls(sandbox.CallFilter{Path: "draft/add"}), func(c sandbox.Call) bool { return !c.Effect })
	if len(drafts) != n {
		t.Errorf("%d drafts were made, want %d", len(drafts), n)
	}
	t.Log(workers)
}

// panicking panics once in a method, before or after the real work.
type panicking struct {
	courier.Account
	once atomic.Bool
}

func (p *panicking) Publish(ctx context.Context, mediaID string) (press.PushResult, error) {
	out, err := p.Account.Publish(ctx, mediaID)
	if p.once.CompareAndSwap(false, true) {
		panic("the answer is too much")
	}
	return out, err
}

// panickingGallery panics at the first rendition.
type panickingGallery struct {
	courier.Gallery
	once atomic.Bool
}

func (p *panickingGallery) Renditions(ctx context.Context, digest press.Digest, jobs []photo.Job) ([]press.Rendition, error) {
	if p.once.CompareAndSwap(false, true) {
		var none []press.Rendition
		_ = none[len(jobs)]
	}
	return p.Gallery.Renditions(ctx, digest, jobs)
}

func TestPanic(t *testing.T) {
	t.Parallel()
	t.Run("while preparing", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t, setup{courier: func(c *courier.Config) { c.Gallery = &panickingGallery{Gallery: c.Gallery} }})
		d := o.untilState(o.compose(press.ModeDraft, 0).ID, press.Ready)
		if got, want := fmt.Sprint(o.attempts(d.ID)), "[prepare failed internal prepare ok]"; got != want {
			t.Errorf("attempts %s, want %s", got, want)
		}
	})
	t.Run("while sending", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t, setup{courier: func(c *courier.Config) {
			for name, a := range c.Office.(staff).accounts {
				c.Office.(staff).accounts[name] = &panicking{Account: a}
			}
		}})
		d := o.untilState(o.compose(press.ModePublish, 200*time.Millisecond).ID, press.Live)
		o.wantFired(1)
		if got, want := fmt.Sprint(o.attempts(d.ID)), "[prepare ok fire unknown worker.gone look ok]"; got != want {
			t.Errorf("attempts %s, want %s", got, want)
		}
	})
}

// deaf takes nudges, and nothing comes of them.
type deaf struct{}

func (deaf) Nudge(context.Context, press.Delivery) error         { return nil }
func (deaf) Start(func(context.Context, press.DeliveryID)) error { return nil }
func (deaf) Close()                                              {}

func TestWithoutRedis(t *testing.T) {
	t.Parallel()
	absent := queue.RedisConfig{Mode: queue.Single, Addresses: []string{filepath.Join(t.TempDir(), "none.sock")}}
	for name, s := range map[string]setup{
		"not there":                     {redis: &absent},
		"takes nudges and forgets them": {courier: func(c *courier.Config) { c.Queue = deaf{} }},
	} {
		for _, mode := range both {
			t.Run(name+"/"+string(mode), func(t *testing.T) {
				t.Parallel()
				o := newOffice(t, s)
				d := o.untilState(o.compose(mode, 500*time.Millisecond).ID, press.Live)
				o.checkNeverEarly(d)
				o.wantFired(1)
			})
		}
	}
}

func TestRedisFlushed(t *testing.T) {
	t.Parallel()
	t.Run("while a worker waits", func(t *testing.T) {
		t.Parallel()
		o, d := waiting(t, press.ModeMass, 2*time.Second)
		o.ok(o.redis.FlushAll(o.Context()).Err())
		o.checkNeverEarly(o.untilState(d.ID, press.Live))
		o.wantFired(1)
	})
	t.Run("while nobody does", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t, setup{})
		d := o.untilPrepared(o.compose(press.ModePublish, far).ID)
		o.reschedule(d, stretch*time.Second)
		o.ok(o.redis.FlushAll(o.Context()).Err())
		o.checkNeverEarly(o.untilState(d.ID, press.Live))
		o.wantFired(1)
	})
}

// TestSlowPreparation: a preparation that hangs does not keep another push from its instant.
func TestSlowPreparation(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{accounts: 2, courier: func(c *courier.Config) { c.Concurrency = 1 }})
	d := o.untilPrepared(o.compose(press.ModePublish, far).ID)
	o.fault(sandbox.Fault{Path: "media/uploadimg", AppID: appID(1), Latency: sandbox.Span(far)})
	hanging := o.compose(press.ModeDraft, 0, func(n *desk.NewEdition) { n.Account = o.accounts[1].Name() })
	o.until(hanging.ID, "a worker", func(d press.Delivery) bool { return d.ClaimedBy != "" })
	o.reschedule(d, 0)
	o.untilState(d.ID, press.Live)
	o.wantFired(1)
	if now := o.load(hanging.ID); now.State != press.Planned || now.ClaimedBy == "" {
		t.Errorf("the preparation is %s and claimed by %q; it should hang", now.State, now.ClaimedBy)
	}
}

// TestOwnLedger: an allowance that our own count says is used up is not asked for.
func TestOwnLedger(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{courier: func(c *courier.Config) { c.Limits[irrevocable(press.ModePublish)] = 1 }})
	o.untilState(o.compose(press.ModePublish, 100*time.Millisecond).ID, press.Live)
	d := o.compose(press.ModePublish, 100*time.Millisecond)
	o.blocked(d.ID, "quota.used", press.Editor)
	o.wantFired(1)
}

// TestUnknownAccount: a delivery for an account that this worker does not have waits for the administrator.
func TestUnknownAccount(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{courier: func(c *courier.Config) { clear(c.Office.(staff).accounts) }})
	o.blocked(o.compose(press.ModePublish, 0).ID, "account.unknown", press.Administrator)
}

// TestPushWithoutPolls: where no poll is left today, the signed event must do.
func TestPushWithoutPolls(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{courier: func(c *courier.Config) {
		c.Limits["/cgi-bin/freepublish/get"] = 1
	}})
	for range 2 {
		d := o.untilState(o.compose(press.ModePublish, 100*time.Millisecond).ID, press.Live)
		if len(d.URLs) != 1 {
			t.Errorf("live at %q", d.URLs)
		}
	}
	o.wantFired(2)
}
