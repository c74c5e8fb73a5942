package press_test

import (
	"testing"
	"time"

	"newsdesk/internal/press"
)

// TestRestoring holds the table at the head of restore.go: nothing that may have gone out since the backup is left to go out
// by itself without being looked for.
func TestRestoring(t *testing.T) {
	t.Parallel()
	backup, past, future := noon.Add(-time.Hour), noon.Add(-time.Minute), noon.Add(time.Minute)
	same := press.State("")
	for _, tc := range []struct {
		mode  press.Mode
		state press.State
		due   time.Time
		to    press.State
		mark  bool
		back  press.State // of the reason
	}{
		{press.ModePublish, press.Planned, past, press.Unknown, true, ""},
		{press.ModePublish, press.Ready, past, press.Unknown, true, ""},
		{press.ModePublish, press.Planned, future, same, true, ""},
		{press.ModePublish, press.Ready, future, same, true, ""},
		{press.ModePublish, press.Sending, past, press.Unknown, true, ""},
		{press.ModePublish, press.Unknown, past, same, true, ""},
		{press.ModePublish, press.Sent, past, same, false, ""},
		{press.ModePublish, press.Blocked, past, same, true, press.Ready},
		{press.ModeMass, press.Planned, past, press.Blocked, false, press.Planned},
		{press.ModeMass, press.Ready, past, press.Blocked, true, press.Ready},
		{press.ModeMass, press.Ready, noon, press.Blocked, true, press.Ready},
		{press.ModeMass, press.Planned, future, same, true, ""},
		{press.ModeMass, press.Ready, future, same, true, ""},
		{press.ModeMass, press.Sending, past, press.Blocked, false, press.Unknown},
		{press.ModeMass, press.Unknown, past, press.Blocked, false, press.Unknown},
		{press.ModeMass, press.Sent, past, same, false, ""},
		{press.ModeDraft, press.Planned, past, same, false, ""},
	} {
		d := press.Delivery{Kind: press.TargetWeChat, Mode: tc.mode, State: tc.state, DueAt: tc.due, NextAt: tc.due, LateAllowed: true, Fence: 3}
		if tc.state == press.Blocked {
			d.Reason = &press.Reason{Code: "missed", Back: press.Ready}
		}
		if tc.state == press.Sending || tc.state == press.Unknown {
			d.Tries, d.FiredAt = 1, tc.due
		}
		change, ok := press.Restoring(d, backup, noon)
		after, err := change.Apply(d, noon)
		if want := tc.to; !ok || err != nil || want != same && after.State != want || want == same && after.State != tc.state {
			t.Errorf("%s %s due %s: %s, %t, %v", tc.mode, tc.state, tc.due, after.State, ok, err)
			continue
		}
		if after.RestoredFrom.IsZero() == tc.mark || after.LateAllowed || after.State.Moving() == after.NextAt.IsZero() && after.State != press.Blocked {
			t.Errorf("%s %s due %s: mark %s, next %s, late allowed %t", tc.mode, tc.state, tc.due, after.RestoredFrom, after.NextAt, after.LateAllowed)
		}
		if after.State == press.Blocked && after.Reason.Back != tc.back || after.State == press.Unknown && after.FiredAt.IsZero() {
			t.Errorf("%s %s: %+v, fired %s", tc.mode, tc.state, after.Reason, after.FiredAt)
		}
		if tc.state == press.Planned && after.State == press.Planned && after.DraftIntentAt.IsZero() {
			t.Errorf("%s: a draft that was made since is not looked for", tc.mode)
		}
	}
	for _, d := range []press.Delivery{
		{Kind: press.TargetSite, State: press.Planned},
		{Kind: press.TargetWeChat, Mode: press.ModeMass, State: press.Live},
		{Kind: press.TargetWeChat, Mode: press.ModeDraft, State: press.Ready},
		{Kind: press.TargetWeChat, Mode: press.ModeMass, State: press.Cancelled},
	} {
		if _, ok := press.Restoring(d, backup, noon); ok {
			t.Errorf("%s %s %s is changed", d.Kind, d.Mode, d.State)
		}
	}
}
