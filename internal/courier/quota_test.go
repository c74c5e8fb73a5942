package courier_test

import (
	"testing"
	"time"

	"newsdesk/internal/courier"
	"newsdesk/internal/press"
	"newsdesk/internal/wechat/sandbox"
)

func (o *office) tallies() map[string]press.Tally {
	o.Helper()
	out, err := o.store.Tallies(o.Context(), o.accounts[0].Ledger().Key, press.DayOf(time.Now()).Name)
	o.ok(err)
	return out
}

// TestMassUsedUpElsewhere: that somebody pushed in WeChat's console is learned once, and the next push of the day is not even
// asked for; unless a person releases it.
func TestMassUsedUpElsewhere(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{})
	o.fault(sandbox.Fault{Path: "message/mass/sendall", ErrCode: 45028, Times: 1})
	d := o.compose(press.ModeMass, 0)
	o.blocked(d.ID, "wechat.45028", press.Editor)
	if got := o.tallies()[press.MassAllowance]; got.Used != 1 || !got.Refused {
		t.Errorf("of the refusal is known %+v", got)
	}
	next := o.compose(press.ModeMass, 300*time.Millisecond)
	o.blocked(next.ID, "quota.mass", press.Editor)
	o.wantCalls("message/mass/sendall", 1)
	o.release(next.ID)
	o.untilState(next.ID, press.Live)
	o.wantCalls("message/mass/sendall", 2)
}

func (o *office) wantCalls(path string, n int) {
	o.Helper()
	if calls := o.box.Calls(sandbox.CallFilter{Path: path}); len(calls) != n {
		o.Errorf("%s was called %d times, want %d", path, len(calls), n)
	}
}

// TestOwnMassPushCounts: the account's one push of the day is ours already, and no call is made for a second.
func TestOwnMassPushCounts(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{})
	d := o.untilState(o.compose(press.ModeMass, 0).ID, press.Live)
	if d.Ledger != o.accounts[0].Ledger().Key {
		t.Errorf("it counts in %q", d.Ledger)
	}
	o.blocked(o.compose(press.ModeMass, 300*time.Millisecond).ID, "quota.mass", press.Editor)
	o.wantFired(1)
}

// TestQuotaAsked: at the start and after a refusal WeChat's own counts replace what was only thought.
func TestQuotaAsked(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{courier: func(c *courier.Config) { c.QuotaEvery = time.Hour }, box: func(c *sandbox.Config) {
		c.Accounts[0].Daily = map[string]int{press.CallPublishGet: 700}
	}})
	o.eventually("the limit that WeChat states", func() bool { return o.tallies()[press.CallPublishGet].Limit == 700 })
	for range 3 { // another program of the account
		_, _ = o.accounts[0].PublishStatus(t.Context(), "1")
	}
	o.fault(sandbox.Fault{Path: "freepublish/get", ErrCode: 45009, Times: 1})
	o.untilState(o.compose(press.ModePublish, 0).ID, press.Live)
	o.eventually("WeChat's own count", func() bool {
		got := o.tallies()[press.CallPublishGet]
		return !got.Refused && got.Used >= 3 && got.Used < 10 && got.Limit == 700
	})
}

func (o *office) eventually(what string, there func() bool) {
	o.Helper()
	for end := time.Now().Add(20 * time.Second); !there(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			o.Fatalf("%s did not come", what)
		}
	}
}
