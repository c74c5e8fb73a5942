package press

import (
	"slices"
	"time"
)

// Change is one transition of a delivery. The constructors below are the only ones, so that no caller can combine fields
// wrongly; the store applies a change under the guard of the state (and, for workers, the fencing number) it started from.
type Change struct {
	Action string // for the audit log, e.g. "delivery.ready"; empty: bookkeeping that is not audited
	From   []State
	Detail string
	Sends  bool                 // the intent of an irrevocable call: refused while an emergency stop is on
	check  func(Delivery) error // what else it asks of the delivery; nil: nothing
	apply  func(*Delivery)
}

// Apply returns the delivery after the change, or a Conflict when its state does not allow it.
func (c Change) Apply(d Delivery, now time.Time) (Delivery, error) {
	if !slices.Contains(c.From, d.State) {
		return d, Fail(Conflict, "delivery.state", Text{
			EN: "The delivery is " + d.State.Name().EN + " by now, which does not allow this.",
			ZH: "投放当前状态为“" + d.State.Name().ZH + "”，不能执行此操作。",
		})
	}
	if c.check != nil {
		if err := c.check(d); err != nil {
			return d, err
		}
	}
	c.apply(&d)
	d.UpdatedAt = now
	return d, nil
}

func changing(action string, from []State, apply func(*Delivery)) Change {
	return Change{Action: action, From: from, apply: apply}
}

// The changes a worker makes.

// DraftIntended notes that draft/add is about to be called: after a crash a worker looks for the draft before adding one.
func DraftIntended(now time.Time) Change {
	return changing("", []State{Planned}, func(d *Delivery) { d.DraftIntentAt = now })
}

// Prepared notes the draft. In mode draft this is the end; otherwise wake is when a worker takes it up for its instant.
func Prepared(mediaID, mark string, now, wake time.Time) Change {
	return changing("delivery.ready", []State{Planned}, func(d *Delivery) {
		d.State, d.MediaID, d.DraftMark, d.PreparedAt = Ready, mediaID, mark, now
		d.NextAt, d.Failures = wake, 0
		if d.Mode == ModeDraft {
			d.NextAt = time.Time{}
		}
	})
}

// Postponed leaves the state and comes back at next; failed says whether that counts as a failed try.
func Postponed(next time.Time, failed bool) Change {
	return changing("", movingStates(), func(d *Delivery) {
		d.NextAt = next
		if failed {
			d.Failures++
		}
	})
}

// Looked notes a poll that brought no result yet.
func Looked(next time.Time) Change {
	return changing("", []State{Sent, Unknown}, func(d *Delivery) { d.NextAt, d.Looks = next, d.Looks+1 })
}

// Firing stores the intent of the irrevocable call. It is committed before the call is made.
func Firing(now time.Time) Change {
	c := changing("delivery.sending", []State{Ready}, func(d *Delivery) {
		d.State, d.FiredAt, d.NextAt = Sending, now, now
		d.Tries++
		d.Looks = 0
	})
	c.Sends = true
	return c
}

// Refiring stores the intent of repeating a mass push with the same clientmsgid, which WeChat answers without a second
// push when the first has happened.
func Refiring(now time.Time) Change {
	c := changing("delivery.refire", []State{Unknown}, func(d *Delivery) { d.State, d.NextAt, d.Tries = Sending, now, d.Tries+1 })
	c.Sends = true
	return c
}

// Accepted notes what WeChat queued.
func Accepted(result PushResult, next time.Time) Change {
	c := changing("delivery.sent", []State{Sending, Unknown}, func(d *Delivery) {
		d.State, d.PushID, d.PushDataID = Sent, result.ID, result.DataID
		d.NextAt, d.Failures = next, 0
	})
	c.Detail = result.ID
	return c
}

// AnswerLost notes that the irrevocable call brought no clear answer.
func AnswerLost(next time.Time) Change {
	return changing("delivery.unknown", []State{Sending}, func(d *Delivery) { d.State, d.NextAt = Unknown, next })
}

// NotSent goes back to ready: WeChat refused clearly without any effect, or looking proved that nothing went out.
func NotSent(next time.Time) Change {
	return changing("delivery.not_sent", []State{Sending, Unknown}, func(d *Delivery) {
		d.State, d.NextAt = Ready, next
		d.Failures++
	})
}

// WentLive ends a delivery well.
func WentLive(urls []string, now time.Time) Change {
	return changing("delivery.live", []State{Planned, Sent, Unknown, Live}, func(d *Delivery) {
		d.State, d.URLs, d.NextAt, d.Failures, d.Reason = Live, urls, time.Time{}, 0, nil
		d.Looks = 0 // from here on they are looks at what is live
		if d.LiveAt.IsZero() {
			d.LiveAt = now
		}
	})
}

// Blocking stops a delivery until a person decides.
func Blocking(reason Reason) Change {
	c := changing("delivery.blocked", append(movingStates(), Live), func(d *Delivery) {
		d.State, d.Reason, d.NextAt = Blocked, &reason, time.Time{}
	})
	c.Detail = reason.Code
	return c
}

// Supersede notes that a newer revision stands in a website delivery's place.
func Supersede() Change {
	return changing("delivery.replaced", []State{Live, Planned, Blocked}, func(d *Delivery) { d.State, d.NextAt = Replaced, time.Time{} })
}

// The changes a person makes.

// Release lets a blocked delivery go on from where its reason says, now. A delivery that is released after its time is
// allowed to be late, and so is one that stopped some seconds before it because no mass push seems left: WeChat is asked all
// the same. One whose draft was edited or lost is prepared again.
func Release(now time.Time) Change {
	return changing("delivery.release", []State{Blocked}, func(d *Delivery) {
		d.State = d.Reason.Back
		if d.State == Planned {
			d.MediaID, d.DraftMark, d.DraftIntentAt = "", "", time.Time{}
		}
		d.LateAllowed, d.QuietAllowed = now.After(d.DueAt) || d.Reason.Code == CodeMassUsed, false
		d.Reason, d.Failures, d.NextAt = nil, 0, now
	})
}

// RetryNow makes a delivery that waits for its next try go on at once. It does not bring its time forward.
func RetryNow(now time.Time) Change {
	return changing("delivery.retry", []State{Planned, Ready, Sent, Unknown}, func(d *Delivery) {
		if d.State != Ready || d.NextAt.Before(d.DueAt) || now.After(d.DueAt) {
			d.NextAt = now
		}
	})
}

// Cancel takes a delivery back. What has been fired cannot be cancelled, unless it is blocked for a person to settle; what
// was live, and was taken down in WeChat, is retracted by it.
func Cancel() Change {
	return changing("delivery.cancel", []State{Planned, Ready, Blocked}, func(d *Delivery) {
		end := Cancelled
		if d.Reason != nil && d.Reason.Ends != "" {
			end = d.Reason.Ends
		}
		d.State, d.NextAt, d.Reason = end, time.Time{}, nil
	})
}

// Reschedule gives a delivery that has not been fired another time.
func Reschedule(at, next time.Time) Change {
	return changing("delivery.reschedule", []State{Planned, Ready}, func(d *Delivery) {
		d.DueAt, d.LateAllowed, d.QuietAllowed, d.Failures = at, false, false, 0
		if d.State == Planned || d.Mode != ModeDraft {
			d.NextAt = next
		}
	})
}

func movingStates() []State { return []State{Planned, Ready, Sending, Sent, Unknown} }
