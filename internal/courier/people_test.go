package courier_test

import (
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/wechat/sandbox"
)

// far is a time that a test does not wait for.
const far = time.Hour

func (o *office) reschedule(d press.Delivery, in time.Duration) press.Delivery {
	o.Helper()
	_, err := o.desk.Reschedule(o.Context(), press.System(), d.Edition, time.Now().Add(in))
	o.ok(err)
	return o.load(d.ID)
}

func (o *office) release(id press.DeliveryID) {
	o.Helper()
	_, err := o.desk.Release(o.Context(), press.System(), id)
	o.ok(err)
}

// blocked waits until a delivery is blocked, and checks why.
func (o *office) blocked(id press.DeliveryID, code string, whose press.Role) press.Delivery {
	o.Helper()
	d := o.untilState(id, press.Blocked)
	situation{reason: code, whose: whose}.checkReason(o, *d.Reason)
	return d
}

// wantFired checks how many irrevocable calls the first account got, and that all had their effect.
func (o *office) wantFired(n int) {
	o.Helper()
	if calls, effects := o.fired(0); len(calls) != n || effects != n {
		o.Errorf("%d irrevocable calls, %d with an effect; want %d", len(calls), effects, n)
	}
}

// published are the titles that readers see, newest first.
func (o *office) published() []string {
	var out []string
	for _, p := range o.boxState().Publications {
		out = append(out, p.Titles...)
	}
	return out
}

// TestDraftEdited: what is approved goes out, or nothing.
func TestDraftEdited(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]*sandbox.Fault{
		"released": nil,
		"released, and the new draft's answer is lost": {Path: "draft/add", ReplyLost: sandbox.LostReset, Times: 1},
		"released, and the new draft is not made":      {Path: "draft/add", HTTPStatus: 502, Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, setup{})
			d := o.untilPrepared(o.compose(press.ModePublish, far).ID)
			edited := "食堂涨价通知"
			o.ok(o.box.EditDraft(appID(0), d.MediaID, 0, sandbox.Edit{Title: &edited}))
			o.reschedule(d, 0)
			o.blocked(d.ID, "draft.edited", press.Editor)
			o.wantFired(0)
			if fault != nil {
				o.fault(*fault)
			}
			o.release(d.ID)
			after := o.untilState(d.ID, press.Live)
			o.wantFired(1)
			if got := o.published(); len(got) != 1 || got[0] != title || after.MediaID == d.MediaID {
				t.Errorf("published %q from draft %s; want the approved text from a fresh draft", got, after.MediaID)
			}
			if left := o.boxState().Drafts; len(left) != 1 || left[0].MediaID != d.MediaID {
				t.Errorf("left in the box: %+v; want the edited draft alone", left)
			}
		})
	}
}

func TestDraftBodyEdited(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{})
	d := o.untilPrepared(o.compose(press.ModeMass, far).ID)
	body := "<p>另一段话</p>"
	o.ok(o.box.EditDraft(appID(0), d.MediaID, 0, sandbox.Edit{Content: &body}))
	o.reschedule(d, 0)
	o.blocked(d.ID, "draft.edited", press.Editor)
	o.wantFired(0)
}

// TestDraftSavedUnchanged: the console's editor rewrites the markup, which is no edit.
func TestDraftSavedUnchanged(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{})
	d := o.untilPrepared(o.compose(press.ModePublish, far).ID)
	o.ok(o.box.EditDraft(appID(0), d.MediaID, 0, sandbox.Edit{}))
	o.reschedule(d, 0)
	o.untilState(d.ID, press.Live)
	o.wantFired(1)
}

func TestDraftGone(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{})
	d := o.untilPrepared(o.compose(press.ModePublish, far).ID)
	o.ok(o.accounts[0].DeleteDraft(o.Context(), d.MediaID))
	o.reschedule(d, 0)
	o.blocked(d.ID, "draft.gone", press.Editor)
	o.wantFired(0)
	o.release(d.ID)
	after := o.untilState(d.ID, press.Live)
	o.wantFired(1)
	if after.MediaID == d.MediaID {
		t.Error("the draft that was deleted is still named")
	}
}

// TestConsumedAfterRelease: a publication whose answer was lost takes effect after a person was asked. It is not made twice.
func TestConsumedAfterRelease(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{})
	o.fault(sandbox.Fault{Path: "freepublish/submit", HTTPStatus: 502, Times: 1})
	d := o.compose(press.ModePublish, 300*time.Millisecond)
	d = o.blocked(d.ID, "unknown.draft_left", press.Editor)
	_, err := o.accounts[0].Publish(o.Context(), d.MediaID) // the effect, at last
	o.ok(err)
	o.box.Settle()
	for len(o.boxState().Drafts) > 0 {
		o.box.Settle()
	}
	o.release(d.ID)
	o.untilState(d.ID, press.Live)
	if _, effects := o.fired(0); effects != 1 {
		t.Errorf("%d effects, want 1", effects)
	}
}

// TestLookedForAgain: what is released after a lost answer is looked for before it is sent, also where the first look fails.
func TestLookedForAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{})
	o.fault(sandbox.Fault{Path: "freepublish/submit", HTTPStatus: 502, Times: 1})
	d := o.blocked(o.compose(press.ModePublish, 300*time.Millisecond).ID, "unknown.draft_left", press.Editor)
	before := len(o.box.Calls(sandbox.CallFilter{Path: "freepublish/batchget"}))
	o.fault(sandbox.Fault{Path: "freepublish/batchget", HTTPStatus: 502, Times: 1})
	o.release(d.ID)
	o.untilState(d.ID, press.Live)
	o.wantCalls("freepublish/batchget", before+2)
}

func TestMissed(t *testing.T) {
	t.Parallel()
	for _, mode := range both {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, setup{idle: true})
			soon := func(n *desk.NewEdition) { n.MaxLateness = 5 * time.Second }
			d := o.compose(mode, -30*time.Second, soon)
			o.start(o.newCourier("worker"))
			o.blocked(d.ID, "missed", press.Editor)
			o.wantFired(0)
			o.release(d.ID)
			o.untilState(d.ID, press.Live)
			o.wantFired(1)
			if got, want := o.audit(d.ID), "ready blocked release sending sent live"; got != want {
				t.Errorf("audit log %q, want %q", got, want)
			}
		})
	}
}

// TestDraftModeIsNeverMissed: what only goes into the draft box has no lateness.
func TestDraftModeIsNeverMissed(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{idle: true})
	d := o.compose(press.ModeDraft, -30*time.Second, func(n *desk.NewEdition) { n.MaxLateness = time.Second })
	o.start(o.newCourier("worker"))
	o.untilState(d.ID, press.Ready)
	o.wantFired(0)
}

func TestWebsite(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change func(*desk.NewEdition)
		broken bool
		mend   bool
		state  press.State
	}{
		"live first":                 {state: press.Live},
		"broken, mended in time":     {broken: true, mend: true, state: press.Live},
		"broken, required":           {broken: true, state: press.Blocked, change: func(n *desk.NewEdition) { n.MaxLateness = time.Second }},
		"broken, but not waited for": {broken: true, state: press.Live, change: func(n *desk.NewEdition) { n.SitePolicy = press.SiteOptional }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, setup{site: true, idle: true})
			o.site.broken.Store(c.broken)
			d := o.compose(press.ModePublish, 200*time.Millisecond, optional(c.change))
			o.start(o.newCourier("worker"))
			page := o.page(d)
			if c.mend {
				o.untilState(page.ID, press.Blocked)
				o.wantFired(0)
				o.site.broken.Store(false)
				o.release(page.ID)
			}
			if c.state == press.Blocked {
				o.blocked(d.ID, "site.not_live", press.Editor)
				o.wantFired(0)
				o.untilState(page.ID, press.Blocked)
				o.site.broken.Store(false)
				o.release(page.ID)
				o.untilState(page.ID, press.Live)
				o.release(d.ID)
			}
			d = o.untilState(d.ID, press.Live)
			o.wantFired(1)
			if page = o.load(page.ID); !c.broken && (page.State != press.Live || page.LiveAt.After(d.FiredAt)) {
				t.Errorf("the page is %s since %s, the push went at %s", page.State, page.LiveAt, d.FiredAt)
			}
		})
	}
}

func optional(f func(*desk.NewEdition)) func(*desk.NewEdition) {
	if f == nil {
		return func(*desk.NewEdition) {}
	}
	return f
}

func (o *office) page(d press.Delivery) press.Delivery {
	o.Helper()
	pages, err := o.store.SiteDeliveries(o.Context(), d.Edition)
	o.ok(err)
	return pages[0]
}

// waiting is an office with a worker that waits for a delivery's instant, which is so far ahead.
func waiting(t *testing.T, mode press.Mode, in time.Duration) (*office, press.Delivery) {
	t.Helper()
	o := newOffice(t, setup{wake: time.Minute})
	return o, o.wait(mode, in)
}

func (o *office) wait(mode press.Mode, in time.Duration) press.Delivery {
	o.Helper()
	d := o.untilPrepared(o.compose(mode, far).ID)
	o.reschedule(d, stretch*in)
	return o.untilWaiting(d.ID)
}

func TestCancelWhileWaiting(t *testing.T) {
	t.Parallel()
	o, d := waiting(t, press.ModeMass, 2*time.Second)
	_, err := o.desk.CancelEdition(o.Context(), press.System(), d.Edition)
	o.ok(err)
	// A later delivery that has gone out shows that the instant has passed.
	o.article = o.approvedArticle("第二条消息")
	later := o.compose(press.ModePublish, time.Until(d.DueAt)+100*time.Millisecond)
	o.untilState(later.ID, press.Live)
	calls, _ := o.fired(0)
	if len(calls) != 1 || calls[0].Path != irrevocable(press.ModePublish) {
		t.Errorf("calls %+v; want the later delivery's alone", calls)
	}
	if d = o.load(d.ID); d.State != press.Cancelled || d.Tries != 0 {
		t.Errorf("%s after %d tries; want cancelled, 0", d.State, d.Tries)
	}
}

func TestRescheduleWhileWaiting(t *testing.T) {
	t.Parallel()
	for name, times := range map[string][2]time.Duration{
		"later": {2 * time.Second, 2500 * time.Millisecond}, "earlier": {20 * time.Second, 300 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, d := waiting(t, press.ModePublish, times[0])
			moved := o.reschedule(d, stretch*times[1])
			d = o.untilState(d.ID, press.Live)
			o.checkNeverEarly(d)
			o.wantFired(1)
			if late := d.FiredAt.Sub(moved.DueAt); d.Tries != 1 || late < 0 || late > stretch*5*time.Second {
				t.Errorf("%d tries, the last %s after its time; want one in time", d.Tries, late)
			}
		})
	}
}

// TestNudgedWhileWaiting: a person who asks for a retry takes the claim away; the delivery is still sent once, on time.
func TestNudgedWhileWaiting(t *testing.T) {
	t.Parallel()
	o, d := waiting(t, press.ModeMass, 3*time.Second)
	_, err := o.desk.Retry(o.Context(), press.System(), d.ID)
	o.ok(err)
	o.until(d.ID, "another claim", func(now press.Delivery) bool { return now.ClaimedBy != "" && now.Fence > d.Fence+1 })
	d = o.untilState(d.ID, press.Live)
	o.checkNeverEarly(d)
	o.wantFired(1)
}
