package desk_test

import (
	"strings"
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// TestStop: who may, what is asked for, and what may still be planned while a stop is on.
func TestStop(t *testing.T) {
	t.Parallel()
	o := open(t, kind(press.AccountSubscription))
	ctx := t.Context()
	a := o.approved("One")
	for _, who := range []press.Actor{o.writer, o.reviewers[0]} {
		_, err := o.Stop(ctx, who, "", "reason")
		o.refused(err, press.Forbidden, "role")
		_, err = o.Resume(ctx, who, "")
		o.refused(err, press.Forbidden, "role")
	}
	for _, reason := range []string{"", " \n ", strings.Repeat("字", press.MaxStopRunes+1)} {
		_, err := o.Stop(ctx, o.editor, "", reason)
		o.refused(err, press.Invalid, "stop.reason")
	}
	_, err := o.Stop(ctx, o.editor, "nobody", "reason")
	o.refused(err, press.Invalid, "edition.account")
	stop, err := o.Stop(ctx, o.admin, "office", "  标题\n有误 ")
	o.ok(err)
	if stop.Reason != "标题 有误" || stop.ByName != o.admin.Name || !stop.At.Equal(o.now) {
		t.Errorf("stop %+v", stop)
	}
	o.plain(stop.Text(time.UTC))

	_, err = o.compose(press.ModeMass, o.now, a)
	o.refused(err, press.Conflict, press.CodeStopped)
	_, err = o.compose(press.ModeDraft, o.now, a) // reaches nobody
	o.ok(err)
	later, err := o.compose(press.ModeMass, o.now.Add(time.Hour), a)
	o.ok(err)
	_, err = o.FireNow(ctx, o.editor, later.ID)
	o.refused(err, press.Conflict, press.CodeStopped)
	_, err = o.Resume(ctx, o.editor, "")
	o.refused(err, press.NotFound, "stop.none")
	_, err = o.Resume(ctx, o.editor, "office")
	o.ok(err)
	_, err = o.FireNow(ctx, o.editor, later.ID)
	o.ok(err)
}

// held is a push that was held, its time an hour ago.
func (o *office) held(at time.Time) press.Delivery {
	o.Helper()
	e, err := o.compose(press.ModePublish, at, o.approved("Held"))
	o.ok(err)
	push, err := o.rows.Push(o.Context(), e.ID)
	o.ok(err)
	reason := press.Reason{Code: press.CodeStopped, Text: press.Say("a", "b"), Back: press.Ready, At: at}
	push, err = o.rows.ChangeDelivery(o.Context(), press.System(), push.ID, press.Prepared("M", "m", at, at))
	o.ok(err)
	push, err = o.rows.ChangeDelivery(o.Context(), press.System(), push.ID, press.Blocking(reason))
	o.ok(err)
	o.now = at.Add(time.Hour)
	return push
}

// TestReleaseInQuietHours: a person who releases a push in quiet hours knows.
func TestReleaseInQuietHours(t *testing.T) {
	t.Parallel()
	o := open(t, func(c *desk.Config) { c.Zone = time.FixedZone("UTC+8", 8*3600) })
	ctx := t.Context()
	push := o.held(time.Date(2026, 11, 3, 13, 55, 0, 0, time.UTC)) // 21:55 in the office
	s, err := o.Settings(ctx)
	o.ok(err)
	_, err = o.SaveQuiet(ctx, o.admin, s.Version, []press.QuietHours{{Name: "夜间", From: 22 * 60, Until: 7 * 60}})
	o.ok(err)
	_, err = o.Release(ctx, o.editor, push.ID)
	o.refused(err, press.Conflict, "release.quiet")
	released, err := o.ReleaseInQuiet(ctx, o.editor, push.ID)
	o.ok(err)
	if released.State != press.Ready || !released.QuietAllowed || !released.LateAllowed {
		t.Errorf("released as %+v", released)
	}
	pages, err := o.rows.SiteDeliveries(ctx, push.Edition)
	o.ok(err)
	if !pages[0].NextAt.Equal(o.now) {
		t.Errorf("its page is looked at %s, now is %s", pages[0].NextAt, o.now)
	}
}

// TestCancelHeld: with a held push goes its page, which nobody could read.
func TestCancelHeld(t *testing.T) {
	t.Parallel()
	o := open(t)
	push := o.held(o.now.Add(time.Hour))
	out, err := o.CancelDelivery(t.Context(), o.editor, push.ID)
	o.ok(err)
	pages, err := o.rows.SiteDeliveries(t.Context(), push.Edition)
	o.ok(err)
	if out.State != press.Cancelled || pages[0].State != press.Cancelled {
		t.Errorf("the push is %s, its page %s", out.State, pages[0].State)
	}
}
