package courier

import (
	"context"
	"fmt"
	"time"

	"newsdesk/internal/press"
)

// What may keep a prepared push from going out by itself at its instant: an emergency stop, its lateness limit, and the quiet
// hours. In each case a person is asked; nobody sends it later without one.
//
// An emergency stop holds by SQL alone: the transaction that stores the intent of an irrevocable call refuses while a stop is
// on (store.Advance), and a stop that has been put on has let every intent finish that began before it. What is asked here
// first only spares the calls on the way there. Between an intent that was committed just before the stop and its call lie
// milliseconds, in which nothing can call it back any more: such a push goes out.
//
// While a stop is on, drafts are made and results are looked for as ever. A mass push without an answer is not repeated: that
// would send it, if it was not sent, and after the stop nobody would have let it go.
// Pages of the website that nobody could read yet wait for the pushes they come with; a page that is there already may be
// corrected. Taking down what is live stays possible, because that is often why the stop was made.

// rules are what holds for an account's pushes now.
func (c *Courier) rules(ctx context.Context, account string) (stop *press.Stop, settings press.Settings, err error) {
	on, err := c.Store.Stops(ctx)
	if err != nil {
		return nil, settings, err
	}
	for _, s := range on {
		if s.Holds(account) {
			stop = &s
			break
		}
	}
	settings, err = c.Store.Settings(ctx)
	return stop, settings, err
}

// untimely says why a push must not go out by itself at a moment; nil: it may.
func (c *Courier) untimely(d press.Delivery, s press.Settings, at time.Time) *press.Reason {
	if !d.LateAllowed && at.After(d.DueAt.Add(d.MaxLateness)) {
		r := reasonMissed(d, at)
		return &r
	}
	if d.QuietAllowed {
		return nil
	}
	if quiet, ok := s.QuietAt(at.In(c.Zone)); ok {
		r := c.reasonQuiet(d, quiet, at)
		return &r
	}
	return nil
}

// holdBack is what becomes of a push whose intent the store has refused, or would refuse.
func (c *Courier) holdBack(ctx context.Context, d press.Delivery, s press.Stop, t *try) (press.Delivery, error) {
	if d.State == press.Unknown {
		return c.block(ctx, d, t, reasonUnrepeated(d, c.reasonStopped(s)))
	}
	return c.block(ctx, d, t, c.reasonStopped(s))
}

func (c *Courier) reasonStopped(s press.Stop) press.Reason {
	return press.Reason{
		Code: press.CodeStopped, Back: press.Ready, Text: s.Text(c.Zone),
		Fix: press.Say("Once the stop is lifted, release it to send it at once; or cancel.", "解除停发后，可放行（立即发出）；不发则取消。"),
	}
}

func (c *Courier) reasonQuiet(d press.Delivery, q press.QuietHours, at time.Time) press.Reason {
	due, now := d.DueAt.In(c.Zone).Format("15:04"), at.In(c.Zone).Format("15:04")
	return press.Reason{
		Code: "quiet", Back: press.Ready,
		Text: press.Say("It was due at %[1]s and would have gone out at %[2]s, in the quiet hours “%[3]s” (%[4]s).",
			"原定 %[1]s 发出，到 %[2]s 已进入静默时段“%[3]s”（%[4]s）。", due, now, q.Name, q.Hours()),
		Fix: press.Say("Release it to send it in the quiet hours all the same, or after them; or cancel.",
			"可在静默时段内放行，或等时段过后再放行；不发则取消。"),
	}
}

// repeatable asks whether a mass push without an answer may be asked about by repeating it now, which sends it if it was not
// sent; false means that a person is asked.
func (c *Courier) repeatable(ctx context.Context, d press.Delivery) (press.Delivery, bool, error) {
	stop, settings, err := c.rules(ctx, d.Target)
	if err != nil {
		return d, false, err
	}
	t := c.try(d, press.StepLook)
	if stop != nil {
		d, err = c.holdBack(ctx, d, *stop, t)
		return d, false, err
	}
	asked := d
	asked.DueAt = latest(d.DueAt, d.FiredAt.Add(c.Pauses.Mass)) // the minute before WeChat may be asked is no lateness
	if reason := c.untimely(asked, settings, c.now()); reason != nil {
		d, err = c.block(ctx, d, t, reasonUnrepeated(d, *reason))
		return d, false, err
	}
	return d, true, nil
}

// reasonUnrepeated is for a mass push without an answer that would go out at the wrong time, if it did not go out then.
func reasonUnrepeated(d press.Delivery, why press.Reason) press.Reason {
	lost := d.FiredAt.Format(time.RFC3339)
	return press.Reason{
		Code: "unknown." + why.Code, Class: press.ClassDone, Back: press.Unknown,
		Text: press.Text{
			EN: fmt.Sprintf("WeChat's answer was lost at %s. To ask again now would send it now, if it was not sent then. %s", lost, why.Text.EN),
			ZH: fmt.Sprintf("%s 未收到微信的答复。现在再次请求，如当时未发出，就会立即发出。%s", lost, why.Text.ZH),
		},
		Fix: press.Say("Look at 发表记录 in WeChat's console. If it is there, press “It did go out”. If not, release: the same push is asked for again, and is never sent twice.",
			"请到微信后台查看“发表记录”：已有则点“已经发出”；没有则放行，系统以同一编号再次请求，不会重复发出。"),
	}
}

// pageWaits keeps a page that nobody can read yet until a push that brings it may go out.
func (c *Courier) pageWaits(ctx context.Context, d press.Delivery) (press.Delivery, bool, error) {
	kept, err := c.Store.PageKept(ctx, d)
	if err != nil || !kept {
		return d, false, err
	}
	d, err = c.advance(ctx, d, press.Postponed(c.now().Add(c.sitePause(d)), false), nil)
	return d, true, err
}
