package desk

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

// Allowance is what an account may send in one mode in one of WeChat's days or months, and what of it is taken.
type Allowance struct {
	Account string
	Mode    press.Mode
	Monthly bool
	From    time.Time // the day or month, in China's time
	Until   time.Time
	Limit   int
	Used    int // sent, or perhaps sent
	Planned int // in editions that are still to go out

	ToldAt  time.Time // when WeChat last said what is used; zero: it is our own count
	Refused bool      // it said so by refusing a push: somebody sent one by other means
	Stated  bool      // the limit is WeChat's word for this account

	Calls []QuotaLine // today's questions, lists and deletions, where all allowances of an account were asked for
}

// noLimit stands for a limit that WeChat says there is not.
const noLimit = 1_000_000

// Left is how many more editions fit.
func (a Allowance) Left() int { return max(0, a.Limit-a.Used-a.Planned) }

// limited reports whether WeChat counts an account's pushes in this mode.
func (d *Desk) limited(a press.Account, mode press.Mode) bool {
	return mode == press.ModePublish || mode == press.ModeMass && a.Kind != ""
}

// emptyAllowance is the allowance of the period that a moment falls into, with nothing taken, and the question about what is.
func emptyAllowance(a press.Account, mode press.Mode, at time.Time, except press.EditionID) (Allowance, press.PushQuery) {
	span, limit := press.DayOf(at), int(press.CallLimits()[press.CallPublish])
	out := Allowance{Account: a.Name, Mode: mode}
	if mode == press.ModeMass {
		span, limit = a.Ledger().MassSpan(at)
		out.Monthly = a.Kind == press.AccountService
	}
	out.From, out.Until, out.Limit = span.From, span.Until, limit
	return out, press.PushQuery{Ledger: a.Counts, Account: a.Name, Mode: mode, Span: span, Except: except}
}

// with counts what is taken. Of publications WeChat counts the calls, those it refused too, and its word for the limit holds.
func (a Allowance) with(use press.PushUse) Allowance {
	a.Planned, a.Used = use.Planned, max(use.Made, int(use.Used))
	a.ToldAt, a.Refused = use.ToldAt, use.Tally.Refused
	if a.Mode == press.ModePublish && use.Stated {
		a.Stated = true
		if a.Limit = int(use.Limit); a.Limit == 0 {
			a.Limit = noLimit
		}
	}
	return a
}

// allowance counts what is taken of the period that a moment falls into, one edition left out.
func (d *Desk) allowance(ctx context.Context, a press.Account, mode press.Mode, at time.Time, except press.EditionID) (Allowance, error) {
	out, query := emptyAllowance(a, mode, at, except)
	use, err := d.Store.PushUse(ctx, query)
	return out.with(use), err
}

// room is the check of a slot that the store makes in the transaction that takes it: two editors who look at the same second
// both see the last one free. It is none where WeChat does not count.
func (d *Desk) room(ctx context.Context, account string, mode press.Mode, at time.Time, except press.EditionID) ([]press.SlotCheck, error) {
	a, err := d.account(ctx, account)
	if err != nil || !d.limited(a, mode) {
		return nil, err
	}
	empty, query := emptyAllowance(a, mode, at, except)
	return []press.SlotCheck{{PushQuery: query, Judge: func(use press.PushUse) error {
		if taken := empty.with(use); taken.Left() == 0 {
			return slotTaken(taken)
		}
		return nil
	}}}, nil
}

// Allowances returns what every account has left: today's, and for a service account's mass pushes this month's.
func (d *Desk) Allowances(ctx context.Context) (out []Allowance, err error) {
	defer press.Wrap(&err, "desk.Allowances")
	for _, account := range d.Accounts(ctx) {
		for _, mode := range []press.Mode{press.ModeMass, press.ModePublish} {
			if !d.limited(account, mode) {
				continue
			}
			a, err := d.allowance(ctx, account, mode, d.Now(), "")
			if err == nil && mode == press.ModePublish {
				a.Calls, err = d.callsLeft(ctx, account, press.CallPublishGet, press.CallPublishList, press.CallPublishDelete)
			}
			if err != nil {
				return nil, err
			}
			out = append(out, a)
		}
	}
	return out, nil
}

// CheckSlot refuses a time at which an edition of that account and mode cannot go out: the past, quiet hours, a day whose
// allowance is taken, or now where an emergency stop is on. The edition named is not counted: it is the one that looks for a time. A draft in the draft box
// reaches nobody, so only the past is closed to it.
func (d *Desk) CheckSlot(ctx context.Context, account string, mode press.Mode, at time.Time, except press.EditionID) (err error) {
	defer press.Wrap(&err, "desk.CheckSlot")
	a, err := d.account(ctx, account)
	if err != nil {
		return err
	}
	if err := checkTime(at, d.Now()); err != nil {
		return err
	}
	if mode == press.ModeDraft {
		return nil
	}
	if err := d.checkStop(ctx, a.Name, at); err != nil {
		return err
	}
	settings, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	if quiet, covered := settings.QuietAt(at.In(d.Zone)); covered {
		return slotQuiet(quiet)
	}
	if !d.limited(a, mode) {
		return nil
	}
	left, err := d.allowance(ctx, a, mode, at, except)
	if err == nil && left.Left() == 0 {
		err = slotTaken(left)
	}
	return err
}

// Slot is one day of a calendar, as far as an edition that looks for a time is concerned.
type Slot struct {
	Day     time.Time // its midnight, in the zone of the office
	Refusal error     // why nothing can go out on it at any hour; nil: it is open
}

// maxSlots is how many days are looked at in one go.
const maxSlots = 62

// Slots says of each day from one moment until another whether an edition of that account and mode could go out on it. Quiet
// hours close hours, not days, and are not looked at.
func (d *Desk) Slots(ctx context.Context, account string, mode press.Mode, from, until time.Time, except press.EditionID) (out []Slot, err error) {
	defer press.Wrap(&err, "desk.Slots")
	a, err := d.account(ctx, account)
	if err != nil {
		return nil, err
	}
	var known Allowance
	for day := midnight(from.In(d.Zone)); day.Before(until) && len(out) < maxSlots; day = day.AddDate(0, 0, 1) {
		slot := Slot{Day: day}
		noon := day.Add(12 * time.Hour)
		switch {
		case !day.AddDate(0, 0, 1).After(d.Now()):
			slot.Refusal = checkTime(day, d.Now())
		case d.limited(a, mode):
			if noon.Before(known.From) || !noon.Before(known.Until) {
				if known, err = d.allowance(ctx, a, mode, noon, except); err != nil {
					return nil, err
				}
			}
			if known.Left() == 0 {
				slot.Refusal = slotTaken(known)
			}
		}
		out = append(out, slot)
	}
	return out, nil
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// grace is how far back a time may lie and still mean now.
const grace = time.Minute

func checkTime(at, now time.Time) error {
	switch {
	case at.Before(now.Add(-grace)):
		return press.Fail(press.Invalid, "edition.past", press.Say(
			"The time is past; choose a later one.", "时间已过，请选择更晚的时间。"))
	case at.After(now.AddDate(1, 0, 0)):
		return press.Fail(press.Invalid, "edition.far", press.Say(
			"The time is more than a year away; choose an earlier one.", "时间超过一年，请选择更早的时间。"))
	}
	return nil
}

func slotQuiet(q press.QuietHours) error {
	return press.Fail(press.Conflict, "edition.slot_quiet", press.Say(
		"The time falls into the quiet hours “%[1]s” (%[2]s). Choose a time outside them.",
		"该时间处于静默时段“%[1]s”（%[2]s），请选择其他时间。", q.Name, q.Hours()))
}

func slotTaken(a Allowance) error {
	if a.Mode == press.ModePublish {
		return press.Fail(press.Conflict, "edition.slot_publish", press.Say(
			"All %[1]d publications that WeChat allows %[2]s on %[3]s are sent or planned. Choose another day.",
			"公众号 %[2]s 在 %[3]s 的 %[1]d 次发布均已使用或排满，请改选其他日期。", a.Limit, a.Account, a.From.Format(time.DateOnly)))
	}
	if a.Refused && a.Used >= a.Limit {
		return slotRefused(a)
	}
	if a.Monthly {
		return press.Fail(press.Conflict, "edition.slot_mass", press.Say(
			"All %[1]d mass pushes that WeChat allows %[2]s in %[3]s are sent or planned. Choose another month, or publish without notifying.",
			"公众号 %[2]s 在 %[3]s 的 %[1]d 次群发均已使用或排满，请改选其他月份，或改用“发布”。", a.Limit, a.Account, a.From.Format("2006-01")))
	}
	return press.Fail(press.Conflict, "edition.slot_mass", press.Say(
		"The one mass push that WeChat allows %[1]s on %[2]s is sent or planned. Choose another day, or publish without notifying.",
		"公众号 %[1]s 在 %[2]s 的群发次数（每天 1 次）已使用或已安排，请改选其他日期，或改用“发布”。", a.Account, a.From.Format(time.DateOnly)))
}

// slotRefused is for a day or month in which WeChat has refused a mass push already: one was sent in its own console, or by
// another program.
func slotRefused(a Allowance) error {
	period, at := a.From.Format(time.DateOnly), a.ToldAt.In(press.China).Format("01-02 15:04")
	if a.Monthly {
		period = a.From.Format("2006-01")
	}
	return press.Fail(press.Conflict, "edition.slot_mass", press.Say(
		"WeChat has refused a mass push of %[1]s at %[3]s: none is left in %[2]s; one may have been sent in its own console. Choose another time, or publish without notifying.",
		"微信已于 %[3]s 拒绝公众号 %[1]s 的群发：%[2]s 已没有剩余次数（可能有人在微信后台群发过）。请改选其他时间，或改用“发布”。", a.Account, period, at))
}

// Allowance returns what an account has left in one mode of the period that a moment falls into, one edition left out; false
// where WeChat does not count, or Newsdesk does not know how.
func (d *Desk) Allowance(ctx context.Context, account string, mode press.Mode, at time.Time, except press.EditionID) (_ Allowance, counted bool, err error) {
	a, err := d.account(ctx, account)
	if err != nil || !d.limited(a, mode) {
		return Allowance{}, false, err
	}
	out, err := d.allowance(ctx, a, mode, at, except)
	return out, true, err
}
