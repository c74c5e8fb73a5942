package courier_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/wechat/sandbox"
)

// compose schedules the article and returns its delivery to the account.
func (o *office) compose(mode press.Mode, in time.Duration, change ...func(*desk.NewEdition)) press.Delivery {
	o.Helper()
	n := desk.NewEdition{Mode: mode, At: time.Now().Add(in), Articles: []press.ArticleID{o.article.ID}, Account: o.accounts[0].Name()}
	for _, f := range change {
		f(&n)
	}
	_, deliveries, err := o.desk.Compose(o.Context(), press.System(), n)
	o.ok(err)
	return deliveries[slices.IndexFunc(deliveries, func(d press.Delivery) bool { return d.Kind == press.TargetWeChat })]
}

func (o *office) load(id press.DeliveryID) press.Delivery {
	o.Helper()
	d, err := o.store.Delivery(o.Context(), id)
	o.ok(err)
	return d
}

// until waits until a delivery is as wanted.
func (o *office) until(id press.DeliveryID, what string, is func(press.Delivery) bool) press.Delivery {
	o.Helper()
	ctx, cancel := context.WithTimeout(o.Context(), stretch*30*time.Second)
	defer cancel()
	for {
		o.mu.Lock()
		news := o.news
		o.mu.Unlock()
		d := o.load(id)
		if is(d) {
			return d
		}
		look := time.NewTimer(stretch * 20 * time.Millisecond) // claims are not told
		select {
		case <-news:
		case <-look.C:
		case <-ctx.Done():
			o.Fatalf("waited in vain for %s: state %s, next at %s, reason %+v, attempts %v", what, d.State, d.NextAt, d.Reason, o.attempts(id))
		}
		look.Stop()
	}
}

func (o *office) untilState(id press.DeliveryID, state press.State) press.Delivery {
	o.Helper()
	return o.until(id, string(state), func(d press.Delivery) bool { return d.State == state && (state.Moving() || d.NextAt.IsZero()) })
}

// untilPrepared waits until the draft is in the box and nobody has the delivery.
func (o *office) untilPrepared(id press.DeliveryID) press.Delivery {
	o.Helper()
	return o.until(id, "prepared", func(d press.Delivery) bool { return d.State == press.Ready && d.ClaimedBy == "" })
}

// untilWaiting waits until a worker has the delivery and waits for its instant: the call has been counted.
func (o *office) untilWaiting(id press.DeliveryID) press.Delivery {
	o.Helper()
	return o.until(id, "a worker that waits", func(d press.Delivery) bool {
		tallies, err := o.store.Tallies(o.Context(), o.accounts[0].Ledger().Key, press.DayOf(d.DueAt).Name)
		o.ok(err)
		return d.State == press.Ready && d.ClaimedBy != "" && tallies[irrevocable(d.Mode)].Used > 0
	})
}

func (o *office) fault(f sandbox.Fault) {
	o.Helper()
	_, err := o.box.AddFault(f)
	o.ok(err)
}

func irrevocable(mode press.Mode) string {
	if mode == press.ModeMass {
		return "/cgi-bin/message/mass/sendall"
	}
	return "/cgi-bin/freepublish/submit"
}

// fired returns the irrevocable calls that arrived for an account, the first one first, and how many had an effect.
func (o *office) fired(account int) (calls []sandbox.Call, effects int) {
	for _, c := range o.box.Calls(sandbox.CallFilter{AppID: appID(account)}) {
		if c.Path == irrevocable(press.ModePublish) || c.Path == irrevocable(press.ModeMass) {
			calls = append(calls, c)
			if c.Effect {
				effects++
			}
		}
	}
	slices.Reverse(calls)
	return calls, effects
}

// attempts are what staff see, such as "fire unknown wechat.unclear".
func (o *office) attempts(id press.DeliveryID) []string {
	o.Helper()
	list, err := o.store.Attempts(context.WithoutCancel(o.Context()), id)
	o.ok(err)
	var out []string
	for _, a := range list {
		if a.Worker == "" || a.StartedAt.IsZero() || a.EndedAt.Before(a.StartedAt) {
			o.Errorf("attempt %+v lacks its worker or its times", a)
		}
		if a.Outcome != press.OutcomeOK && (a.Text.EN == "" || a.Text.ZH == "") {
			o.Errorf("attempt %+v says nothing", a)
		}
		out = append(out, strings.TrimSpace(string(a.Step)+" "+string(a.Outcome)+" "+a.Code))
	}
	return out
}

// audit is the changes of a delivery after it was planned, without the prefix, such as "ready sending sent live".
func (o *office) audit(id press.DeliveryID) string {
	o.Helper()
	entries, err := o.store.Audit(o.Context(), store.AuditFilter{Subject: string(id), Limit: 500})
	o.ok(err)
	slices.Reverse(entries)
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimPrefix(e.Action, "delivery."))
	}
	return strings.TrimPrefix(strings.Join(out, " "), "plan ")
}

func (o *office) boxState() sandbox.AccountState { return o.box.State(-1).Accounts[0] }

// checkNeverEarly holds for every test: no irrevocable call before its time, by either clock.
func (o *office) checkNeverEarly(d press.Delivery) {
	o.Helper()
	if !d.FiredAt.IsZero() && d.FiredAt.Before(d.DueAt) {
		o.Errorf("fired at %s, before %s", d.FiredAt, d.DueAt)
	}
	calls, _ := o.fired(0)
	if len(calls) > 0 && calls[0].Time.Before(d.DueAt) {
		o.Errorf("the call arrived at %s, before %s", calls[0].Time, d.DueAt)
	}
}
