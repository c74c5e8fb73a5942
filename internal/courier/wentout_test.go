package courier_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/courier"
	"newsdesk/internal/press"
	"newsdesk/internal/wechat/sandbox"
)

const seenAt = "https://mp.weixin.qq.com/s/seen-in-the-console"

// wentOut says that a delivery did go out, and checks what that leaves behind: a live delivery with who said so, and no call.
func (o *office) wentOut(d press.Delivery) press.Delivery {
	o.Helper()
	calls, effects := o.fired(0)
	who := press.Actor{User: press.User{ID: "seer", Name: "示例编辑", Roles: []press.Role{press.Editor}}}
	live, err := o.desk.WentOut(o.Context(), who, d.ID, seenAt+"\r\n")
	o.ok(err)
	if live.State != press.Live || live.Reason != nil || !slices.Equal(live.URLs, []string{seenAt}) || live.LiveAt.IsZero() || live.Fence <= d.Fence {
		o.Errorf("went out: %+v", live)
	}
	tries, err := o.store.Attempts(o.Context(), d.ID)
	o.ok(err)
	if last := tries[len(tries)-1]; last.Code != d.Reason.Code || last.Raw != seenAt || !strings.Contains(last.Text.ZH, who.Name) || !strings.Contains(last.Text.EN, who.Name) {
		o.Errorf("its last try is %+v", last)
	}
	if log := o.audited(string(d.ID)); log[len(log)-1] != "delivery.went_out" {
		o.Errorf("the log ends with %v", log)
	}
	if _, err := o.desk.WentOut(o.Context(), who, d.ID, ""); press.CodeOf(err) != "delivery.state" {
		o.Errorf("said twice: %v", err)
	}
	if again, effectsAgain := o.fired(0); len(again) != len(calls) || effectsAgain != effects {
		o.Errorf("%d calls, %d of them with an effect; before it was said %d, %d", len(again), effectsAgain, len(calls), effects)
	}
	return live
}

// TestWentOut: what a person has seen is live like anything else. What WeChat calls it is found by its marker as soon as it is
// listed, by a look that comes later or by a retraction; until then a retraction says what to do by hand.
func TestWentOut(t *testing.T) {
	t.Parallel()
	unlisted := sandbox.Fault{
		Path: "freepublish/submit", ReplyLost: sandbox.LostReset, Event: sandbox.EventLost, Times: once, Unlisted: sandbox.Span(stretch * 2 * time.Second),
	}
	listed := func(o *office, d press.Delivery) {
		o.until(d.ID, "its listing", func(press.Delivery) bool {
			list, _, err := o.accounts[0].Publications(o.Context(), 0, 20)
			return err == nil && len(list) > 0
		})
	}
	t.Run("retracted", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t, setup{})
		o.fault(unlisted)
		d := o.wentOut(o.blocked(o.compose(press.ModePublish, 0).ID, "unknown.consumed", press.Editor))
		after, err := o.retract(d.ID)
		if press.CodeOf(err) != "retract.refused" || !strings.Contains(press.TextOf(err).ZH, "发表记录") || after.State != press.Live {
			t.Errorf("before it is listed: %v, %s", err, after.State)
		}
		listed(o, d)
		after, err = o.retract(d.ID)
		o.ok(err)
		if after.State != press.Retracted || o.effects("freepublish/delete") != 1 {
			t.Errorf("%s, %d deletions", after.State, o.effects("freepublish/delete"))
		}
	})
	t.Run("looked at", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t, setup{courier: func(c *courier.Config) {
			c.Pauses.After = []time.Duration{stretch * 2500 * time.Millisecond, stretch * 4 * time.Second, stretch * 8 * time.Second} // listed by then
		}})
		o.fault(unlisted)
		d := o.wentOut(o.blocked(o.compose(press.ModePublish, 0).ID, "unknown.consumed", press.Editor))
		d = o.until(d.ID, "its name", func(d press.Delivery) bool { return d.Publication != "" })
		if d.State != press.Live || !slices.Equal(d.URLs, []string{seenAt}) {
			t.Errorf("named: %+v", d)
		}
	})
	t.Run("mass", func(t *testing.T) {
		t.Parallel()
		o := newOffice(t, setup{courier: func(c *courier.Config) { c.Pauses.MassWindow = time.Millisecond }})
		o.fault(sandbox.Fault{Path: irrevocable(press.ModeMass), ReplyLost: sandbox.LostReset, Times: once})
		d := o.wentOut(o.blocked(o.compose(press.ModeMass, 0).ID, "unknown.consumed", press.Editor))
		after, err := o.retract(d.ID)
		if press.CodeOf(err) != "retract.refused" || !strings.Contains(press.TextOf(err).EN, "发表记录") || after.State != press.Live {
			t.Errorf("a mass push without a number: %v, %s", err, after.State)
		}
	})
}
