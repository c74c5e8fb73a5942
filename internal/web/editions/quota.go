package editions

import (
	"context"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

// needs are the calls that a delivery's next step, or taking it down, needs.
func needs(d press.Delivery) []string {
	switch {
	case d.Kind != press.TargetWeChat || d.Mode == press.ModeDraft:
		return nil
	case d.State == press.Live && d.Mode == press.ModePublish:
		return []string{press.CallPublishDelete}
	case (d.State == press.Sent || d.State == press.Unknown) && d.Mode == press.ModePublish:
		return []string{press.CallPublishGet, press.CallPublishList}
	case d.State == press.Planned || d.State == press.Ready || d.State == press.Blocked:
		if d.Mode == press.ModePublish {
			return []string{press.CallPublish}
		}
		return []string{press.CallMass}
	}
	return nil
}

// left is what the account has left today of what a delivery needs. An account that is not there any more has nothing to show.
func (h handlers) left(ctx context.Context, d press.Delivery) ([]desk.QuotaLine, error) {
	calls := needs(d)
	if len(calls) == 0 {
		return nil, nil
	}
	lines, err := h.Desk.CallsLeft(ctx, d.Target, calls...)
	if err != nil && press.KindOf(err) == press.NotFound {
		return nil, nil
	}
	return lines, err
}

// NoDeletions reports whether WeChat would not delete it today: the account's deletions are used up.
func (d delivering) NoDeletions() bool {
	for _, l := range d.Left {
		if l.Call == press.CallPublishDelete && l.Spent() {
			return true
		}
	}
	return false
}
