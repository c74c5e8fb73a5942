package press

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Stop is an emergency stop: from its commit on, until somebody lifts it, no push goes out to the account it holds.
// Preparing, looking for what became of calls already made, and taking down what is live go on.
type Stop struct {
	Account string    `json:"account,omitempty"` // by name; empty: all of them
	Reason  string    `json:"reason"`            // in the words of whoever put it on
	By      UserID    `json:"by,omitempty"`      // empty: Newsdesk's own command on the server
	ByName  string    `json:"by_name,omitempty"`
	At      time.Time `json:"at"`
}

// MaxStopRunes bounds the reason of a stop.
const MaxStopRunes = 200

// MayStop refuses whoever may neither put an emergency stop on nor lift one.
func (a Actor) MayStop() error { return a.Require(Editor, Administrator) }

// Holds reports whether the stop holds an account's pushes.
func (s Stop) Holds(account string) bool { return s.Account == "" || s.Account == account }

// Check returns the stop with its reason on one line, or what is wrong with it.
func (s Stop) Check() (Stop, error) {
	s.Account, s.Reason = strings.TrimSpace(s.Account), strings.Join(strings.Fields(s.Reason), " ")
	if !plainName(s.Reason, MaxStopRunes) {
		return s, Fail(Invalid, "stop.reason", Say("Say in a few words why everything is to stop: 1 to %d characters.",
			"请写明停发原因，1 至 %d 个字。", MaxStopRunes))
	}
	return s, nil
}

// Who names whoever put it on.
func (s Stop) Who() Text {
	if s.ByName == "" {
		return Say("Newsdesk", "系统")
	}
	return Text{EN: s.ByName, ZH: s.ByName}
}

// What names what it holds.
func (s Stop) What() Text {
	if s.Account == "" {
		return Say("all accounts", "全部公众号")
	}
	return Say("the account %s", "公众号“%s”", s.Account)
}

// Text says who stopped what, when and why, in the zone of the office.
func (s Stop) Text(zone *time.Location) Text {
	who, what, at := s.Who(), s.What(), s.At.In(zone).Format("2006-01-02 15:04")
	return Text{
		EN: "Emergency stop: " + who.EN + " stopped " + what.EN + " at " + at + ". Reason: " + s.Reason,
		ZH: "紧急停发：" + who.ZH + "于 " + at + " 停发" + what.ZH + "，原因：" + s.Reason,
	}
}

// CodeStopped is the code of what an emergency stop refuses, and of the reason of a push that it holds.
const CodeStopped = "stopped"

// Refusal refuses what the stop does not let out.
func (s Stop) Refusal() error {
	who, what := s.Who(), s.What()
	return Fail(Conflict, CodeStopped, Text{
		EN: "The emergency stop of " + what.EN + " is on (" + who.EN + ": " + s.Reason + "). Nothing goes out until it is lifted.",
		ZH: "紧急停发中：" + who.ZH + "已停发" + what.ZH + "（" + s.Reason + "），解除停发前不会发出。",
	}).Because(stopped{s})
}

// stopped carries the stop that refused something.
type stopped struct{ Stop }

func (s stopped) Error() string { return "stopped: " + s.Reason }

// StopIn returns the emergency stop that an error comes from.
func StopIn(err error) (Stop, bool) {
	var s stopped
	ok := errors.As(err, &s)
	return s.Stop, ok
}

// WillFire reports whether the delivery is a push that goes out by itself when its time comes.
func (d Delivery) WillFire() bool {
	return d.Kind == TargetWeChat && d.Mode != ModeDraft && (d.State == Planned || d.State == Ready)
}

// RepeatsCall reports whether the delivery is a mass push without an answer, which a worker asks about by repeating its call.
func (d Delivery) RepeatsCall() bool { return d.State == Unknown && d.Mode == ModeMass }

// SendsOnRelease reports whether releasing the blocked delivery at a moment sends a push within a minute, or repeats the call
// of one. A worker asks some seconds before the instant, so that a push may be blocked, and be released, with it still ahead.
func (d Delivery) SendsOnRelease(now time.Time) bool {
	if d.State != Blocked || d.Reason == nil || d.Kind != TargetWeChat || d.DueAt.After(now.Add(time.Minute)) {
		return false
	}
	switch d.Reason.Back {
	case Planned, Ready:
		return d.Mode != ModeDraft
	case Unknown:
		return d.Mode == ModeMass
	}
	return false
}

// NotBefore returns the earliest moment from now on at which the delivery goes out: its instant, or now where that has passed.
func (d Delivery) NotBefore(now time.Time) time.Time {
	if d.DueAt.After(now) {
		return d.DueAt
	}
	return now
}

// HeldByStop reports whether the delivery's time came while an emergency stop was on, and nobody has decided since.
func (d Delivery) HeldByStop() bool {
	return d.State == Blocked && d.Reason != nil && d.Reason.Code == CodeStopped
}

// Hours are the quiet hours in figures, such as 22:00–07:00.
func (q QuietHours) Hours() string {
	return fmt.Sprintf("%02d:%02d–%02d:%02d", q.From/60, q.From%60, q.Until/60, q.Until%60)
}

// Keeps reports whether the stop keeps back what is planned for a push: whatever the push has not brought to WeChat's readers
// yet, in mode draft too.
func (s Stop) Keeps(push Delivery) bool {
	return s.Holds(push.Target) && push.FiredAt.IsZero() && (push.State == Planned || push.State == Ready || push.State == Blocked)
}

// ReleaseInQuiet is Release by a person who was told that quiet hours are on.
func ReleaseInQuiet(now time.Time) Change {
	c := Release(now)
	released := c.apply
	c.apply = func(d *Delivery) {
		released(d)
		d.QuietAllowed = true
	}
	return c
}

// stopSubject begins the subject of the log's entries about stops; the account follows.
const stopSubject = "stop:"

// Subject is what the audit log calls the stop.
func (s Stop) Subject() string { return stopSubject + s.Account }

// StopAccount reads the account from the subject of an entry about stops.
func StopAccount(subject string) string { return strings.TrimPrefix(subject, stopSubject) }
