package press

import (
	"slices"
	"time"
)

// A delivery that came back from a backup may have gone out since: what the old machine did between the backup and its
// end is in no database any more. Such a delivery carries the time of the backup in RestoredFrom, until it is settled:
//
//	in the backup         due before the restore                             due later
//	planned, ready        publish: unknown, looked for by its marker,        goes on; before its call it is looked for once
//	                               then a person is asked                    more (publish), or a person is asked unless the
//	                      mass:    a person is asked                         clientmsgid or its own draft rules a second one out
//	sending, unknown      publish: unknown, as ever; mass: a person is asked
//	sent                  looked at, as ever
//	blocked               stays; when it is released, the same as what is due later
//
// In mode draft nothing goes out, and the website may be written again without harm.

// RestoredCode is the code of the reason for asking a person.
const RestoredCode = "restored"

// Settled counts what a restore did with the deliveries it brought back.
type Settled struct {
	Looking int // may have gone out since the backup: Newsdesk looks for them
	Asking  int // may have gone out since the backup, and a person must say
	Waiting int // blocked already when the backup was made
	GoingOn int // due later; they go on by themselves
}

// ClientMsgIDSafe is how long after a first call the same clientmsgid keeps WeChat from sending twice: its 24 hours, less one
// for clocks.
const ClientMsgIDSafe = 23 * time.Hour

// Restoring returns what a restore does with a delivery that a backup of that time names; false: nothing.
func Restoring(d Delivery, backup, now time.Time) (Change, bool) {
	if d.Kind != TargetWeChat || !d.State.Moving() && d.State != Blocked {
		return Change{}, false
	}
	past := !d.DueAt.After(now)
	switch {
	case d.Mode == ModeDraft:
		return restored(d, backup, now), d.State == Planned
	case d.State == Sent, d.State == Blocked:
		return restored(d, backup, now), true
	case d.Mode == ModeMass && (past || d.State == Sending || d.State == Unknown):
		return askRestored(d, backup, now), true
	case past || d.State == Sending || d.State == Unknown:
		return doubtRestored(d, backup, now), true
	}
	return restored(d, backup, now), true
}

// restored lets a delivery go on, with the backup's time as a mark where it must be looked for before it goes out. A draft
// that the old machine may have made since is looked for before another one is.
func restored(d Delivery, backup, now time.Time) Change {
	return changing("delivery.restored", []State{d.State}, func(d *Delivery) {
		d.LateAllowed = false
		if d.State == Planned && d.DraftIntentAt.IsZero() {
			d.DraftIntentAt = backup
		}
		if d.State == Sent {
			d.NextAt, d.Looks = now, 0
		} else if d.Mode != ModeDraft {
			d.RestoredFrom = backup
		}
	})
}

// doubtRestored makes a publication unknown that may have been published since the backup.
func doubtRestored(d Delivery, backup, now time.Time) Change {
	return changing("delivery.restored", []State{d.State}, func(d *Delivery) {
		d.State, d.NextAt, d.Looks, d.Failures = Unknown, now, 0, 0
		d.RestoredFrom, d.LateAllowed = backup, false
		if d.FiredAt.IsZero() {
			d.FiredAt = d.DueAt // the earliest that it can have been
		}
	})
}

// askRestored asks a person. What was prepared keeps its mark: if its draft is used up by now, the release only looks.
func askRestored(d Delivery, backup, now time.Time) Change {
	reason := ReasonRestored(d)
	reason.At = now
	return changing("delivery.restored", []State{d.State}, func(d *Delivery) {
		if d.State == Ready {
			d.RestoredFrom = backup
		}
		d.State, d.Reason, d.NextAt, d.LateAllowed = Blocked, &reason, time.Time{}, false
	}).detailed(reason.Code)
}

func (c Change) detailed(detail string) Change {
	c.Detail = detail
	return c
}

// RestoreSettled notes that nothing went out since the backup, or that nobody need look any more.
func RestoreSettled() Change {
	return changing("", []State{Ready, Unknown}, func(d *Delivery) { d.RestoredFrom = time.Time{} })
}

// GoneSince makes a prepared mass push unknown whose draft was used up since the backup: WeChat answers its clientmsgid with
// the job that exists, and without a draft it can send no other one.
func GoneSince(now time.Time) Change {
	return changing("delivery.unknown", []State{Ready}, func(d *Delivery) {
		d.State, d.NextAt, d.Looks = Unknown, now, 0
		d.FiredAt, d.RestoredFrom = d.RestoredFrom, time.Time{} // the earliest that it can have been
	})
}

// FoundSince ends a prepared delivery well that was found among the account's publications: it went out from the machine
// whose backup was restored.
func FoundSince(publication string, urls []string, now time.Time) Change {
	c := Published(publication, urls, now)
	c.From = append(slices.Clone(c.From), Ready)
	went := c.apply
	c.apply = func(d *Delivery) {
		went(d)
		d.RestoredFrom = time.Time{}
	}
	return c
}

// ReasonRestored asks a person about a delivery of which nobody can know here whether it went out since the backup. Back is
// where its release goes on: what was prepared sends its draft, what was not is prepared first, and a call that had begun is
// settled as such calls are.
func ReasonRestored(d Delivery) Reason {
	back := d.State
	switch {
	case back == Sending:
		back = Unknown
	case back == Unknown && d.Tries == 0 && d.MediaID == "":
		back = Planned
	case back == Unknown && d.Tries == 0:
		back = Ready
	}
	r := Reason{
		Code: RestoredCode, Class: ClassDone, Back: back, Whose: Editor,
		Text: Say("It came back from a backup, and may have gone out since the backup was made.", "这项投放由备份恢复而来，备份之后可能已经发出。"),
		Fix: Say("Look at 发表记录 in WeChat's console. If it is not there, release to send it; if it is, press “It did go out”.",
			"请到微信后台查看“发表记录”：没有则放行发出，已有则点“已经发出”。"),
	}
	if back == Unknown {
		r.Fix = Say("Look at 发表记录 in WeChat's console. If it is there, press “It did go out”. If not, release: a mass push is asked for again under its own number, a publication is looked for again.",
			"请到微信后台查看“发表记录”：已有则点“已经发出”；没有则放行，群发会以原编号再次请求，发布会再次核对。")
	}
	return r
}
