package press_test

import (
	"slices"
	"testing"
	"time"

	"newsdesk/internal/press"
)

var (
	noon  = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	later = noon.Add(time.Minute)
)

func TestTransitions(t *testing.T) {
	t.Parallel()
	stays := press.State("")
	for name, c := range map[string]struct {
		change press.Change
		from   []press.State
		to     press.State // stays: the same state
	}{
		"draft intended": {press.DraftIntended(noon), []press.State{press.Planned}, stays},
		"prepared":       {press.Prepared("m", "mark", noon, later), []press.State{press.Planned}, press.Ready},
		"postponed":      {press.Postponed(later, true), []press.State{press.Planned, press.Ready, press.Sending, press.Sent, press.Unknown}, stays},
		"looked":         {press.Looked(later), []press.State{press.Sent, press.Unknown}, stays},
		"firing":         {press.Firing(noon), []press.State{press.Ready}, press.Sending},
		"refiring":       {press.Refiring(noon), []press.State{press.Unknown}, press.Sending},
		"accepted":       {press.Accepted(press.PushResult{ID: "1"}, later), []press.State{press.Sending, press.Unknown}, press.Sent},
		"answer lost":    {press.AnswerLost(later), []press.State{press.Sending}, press.Unknown},
		"not sent":       {press.NotSent(later), []press.State{press.Sending, press.Unknown}, press.Ready},
		"went live":      {press.WentLive([]string{"u"}, noon), []press.State{press.Planned, press.Sent, press.Unknown, press.Live}, press.Live},
		"blocking":       {press.Blocking(press.Reason{Code: "missed", Back: press.Ready}), []press.State{press.Planned, press.Ready, press.Sending, press.Sent, press.Unknown, press.Live}, press.Blocked},
		"supersede":      {press.Supersede(), []press.State{press.Live, press.Planned, press.Blocked}, press.Replaced},
		"release":        {press.Release(noon), []press.State{press.Blocked}, press.Ready},
		"retry":          {press.RetryNow(noon), []press.State{press.Planned, press.Ready, press.Sent, press.Unknown}, stays},
		"cancel":         {press.Cancel(), []press.State{press.Planned, press.Ready, press.Blocked}, press.Cancelled},
		"published":      {press.Published("a", []string{"u"}, noon), []press.State{press.Planned, press.Ready, press.Sending, press.Sent, press.Unknown, press.Live}, press.Live},
		"retract asked":  {press.RetractAsked(), []press.State{press.Live}, stays},
		"taken down":     {press.TakenDown(), []press.State{press.Live}, press.Retracted},
		"still up":       {press.StillUp(), []press.State{press.Retracted}, press.Live},
		"went out":       {press.WentOut(nil, noon), []press.State{press.Blocked}, press.Live},
		"reschedule":     {press.Reschedule(later, later), []press.State{press.Planned, press.Ready}, stays},
	} {
		for _, state := range press.States() {
			before := press.Delivery{State: state, Kind: press.TargetWeChat, Mode: press.ModeMass, Reason: &press.Reason{Code: press.RestoredCode, Back: press.Ready}, DueAt: later}
			after, err := c.change.Apply(before, noon)
			if !slices.Contains(c.from, state) {
				if press.KindOf(err) != press.Conflict || after.State != state || !after.UpdatedAt.IsZero() {
					t.Errorf("%s from %s: %v, %s; want a conflict and nothing changed", name, state, err, after.State)
				}
				continue
			}
			want := c.to
			if want == stays {
				want = state
			}
			if err != nil || after.State != want || !after.UpdatedAt.Equal(noon) {
				t.Errorf("%s from %s: %v, %s; want %s", name, state, err, after.State, want)
			}
		}
	}
}

func apply(t *testing.T, d press.Delivery, changes ...press.Change) press.Delivery {
	t.Helper()
	for _, change := range changes {
		var err error
		if d, err = change.Apply(d, noon); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// TestCancelOfWhatWasLive: what WeChat took down was live, so it is not called cancelled.
func TestCancelOfWhatWasLive(t *testing.T) {
	t.Parallel()
	for ends, want := range map[press.State]press.State{"": press.Cancelled, press.Retracted: press.Retracted} {
		d := apply(t, press.Delivery{State: press.Live, LiveAt: noon}, press.Blocking(press.Reason{Code: "push.banned", Ends: ends}), press.Cancel())
		if d.State != want || d.Reason != nil {
			t.Errorf("ends %q: %s; want %s", ends, d.State, want)
		}
	}
}

func TestAPushGoesOutOnce(t *testing.T) {
	t.Parallel()
	d := apply(t, press.Delivery{State: press.Planned, Mode: press.ModeMass, DueAt: noon},
		press.DraftIntended(noon), press.Prepared("m", "mark", noon, noon), press.Firing(noon), press.AnswerLost(later),
		press.Looked(later), press.Accepted(press.PushResult{ID: "7", DataID: "8"}, later), press.WentLive([]string{"u"}, later))
	if d.State != press.Live || d.Tries != 1 || d.PushID != "7" || d.PushDataID != "8" || d.Looks != 0 || !d.LiveAt.Equal(later) || !d.NextAt.IsZero() {
		t.Errorf("delivery %+v", d)
	}
	if _, err := press.Firing(noon).Apply(d, noon); press.KindOf(err) != press.Conflict {
		t.Errorf("a live delivery was fired again: %v", err)
	}
}

func TestDraftModeEndsReady(t *testing.T) {
	t.Parallel()
	d := apply(t, press.Delivery{State: press.Planned, Mode: press.ModeDraft}, press.Prepared("m", "mark", noon, later))
	if d.State != press.Ready || !d.NextAt.IsZero() {
		t.Errorf("delivery %+v, want ready and nothing more to do", d)
	}
}

func TestReleaseAfterItsTime(t *testing.T) {
	t.Parallel()
	d := press.Delivery{State: press.Ready, DueAt: noon, MediaID: "m", DraftMark: "k", DraftIntentAt: noon}
	d = apply(t, d, press.Blocking(press.Reason{Code: "draft.edited", Back: press.Planned}))
	if !d.NextAt.IsZero() || d.Reason == nil {
		t.Fatalf("blocked delivery %+v", d)
	}
	d = apply(t, d, press.Release(later))
	if d.State != press.Planned || d.MediaID != "" || !d.LateAllowed || d.Reason != nil || !d.NextAt.Equal(later) {
		t.Errorf("released delivery %+v, want it prepared anew and allowed to be late", d)
	}
}
