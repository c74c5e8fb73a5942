package desk

import (
	"context"
	"errors"
	"time"

	"newsdesk/internal/press"
)

// QuotaCourier asks WeChat about an account's counts while a person waits for it.
type QuotaCourier interface {
	// AskQuota corrects the ledger of an account by WeChat's own counts. It is a Conflict, "quota.paced", within a minute of
	// the last time.
	AskQuota(ctx context.Context, account string) error
}

// Quota is what an account may call of WeChat, and what of it is left.
type Quota struct {
	Account string      `json:"account"`
	Lines   []QuotaLine `json:"lines"`
}

// QuotaLine is one allowance of an account in one of WeChat's days or months.
type QuotaLine struct {
	Call    string     `json:"call"` // as WeChat calls it; "mass": what followers may be sent, however it is called
	Name    press.Text `json:"name"`
	Monthly bool       `json:"monthly,omitempty"`
	Limit   int        `json:"limit"` // 0: none is known
	Used    int        `json:"used"`
	Planned int        `json:"planned,omitempty"` // in editions that are still to go out in that day or month
	Left    int        `json:"left"`              // of a limit
	Resets  time.Time  `json:"resets"`            // when the day or month is over, in China
	Stated  bool       `json:"stated,omitempty"`  // WeChat stated the limit for this account; otherwise it is the documented one
	ToldAt  time.Time  `json:"told_at,omitzero"`  // when WeChat last said how many are used; zero: it is our own count
	Refused bool       `json:"refused,omitempty"` // WeChat said so by refusing a call
}

// Spent reports whether nothing is left.
func (l QuotaLine) Spent() bool { return l.Limit > 0 && l.Left == 0 }

// Bar is how much of the limit is taken, never more than all.
func (l QuotaLine) Bar() int { return min(l.Limit, l.Used+l.Planned) }

// quotaCalls are the calls that a quota shows, behind the pushes: what is scarce first.
func quotaCalls() []string {
	return []string{
		press.CallPublishGet, press.CallPublishList, press.CallPublishDelete, press.CallPreview, press.CallMass, press.CallMassDelete,
		press.CallDraftAdd, press.CallDraftGet, press.CallDraftList, press.CallUploadImage, press.CallAddMaterial,
	}
}

// Quota returns an account's whole ledger of the present day and month.
func (d *Desk) Quota(ctx context.Context, by press.Actor, account string) (_ Quota, err error) {
	defer press.Wrap(&err, "desk.Quota(%q)", account)
	if err := by.Require(press.Editor, press.Administrator); err != nil {
		return Quota{}, err
	}
	a, err := d.accountNamed(ctx, account)
	if err != nil {
		return Quota{}, err
	}
	out := Quota{Account: a.Name}
	for _, mode := range []press.Mode{press.ModeMass, press.ModePublish} {
		if !d.limited(a, mode) {
			continue
		}
		left, err := d.allowance(ctx, a, mode, d.Now(), "")
		if err != nil {
			return out, err
		}
		out.Lines = append(out.Lines, left.line())
	}
	lines, err := d.callsLeft(ctx, a, quotaCalls()...)
	out.Lines = append(out.Lines, lines...)
	return out, err
}

// accountNamed is an account by its name, which must be there.
func (d *Desk) accountNamed(ctx context.Context, name string) (press.Account, error) {
	for _, a := range d.Accounts(ctx) {
		if a.Name == name {
			return a, nil
		}
	}
	return press.Account{}, unknownAccount(name)
}

func (a Allowance) line() QuotaLine {
	call := press.CallPublish
	if a.Mode == press.ModeMass {
		call = press.MassAllowance
	}
	return QuotaLine{
		Call: call, Name: press.CallName(call), Monthly: a.Monthly, Limit: a.Limit, Used: a.Used, Planned: a.Planned, Left: a.Left(),
		Resets: a.Until, Stated: a.Stated, ToldAt: a.ToldAt, Refused: a.Refused,
	}
}

// callsLeft counts what is left today of calls that no edition plans.
func (d *Desk) callsLeft(ctx context.Context, a press.Account, calls ...string) ([]QuotaLine, error) {
	day := press.DayOf(d.Now())
	known, err := d.Store.Tallies(ctx, a.Counts, day.Name)
	if err != nil {
		return nil, err
	}
	limits := press.CallLimits()
	out := make([]QuotaLine, len(calls))
	for i, call := range calls {
		t := known[call]
		l := QuotaLine{
			Call: call, Name: press.CallName(call), Limit: int(limits[call]), Used: int(t.Used), Resets: day.Until,
			Stated: t.Stated, ToldAt: t.ToldAt, Refused: t.Refused,
		}
		if t.Stated {
			l.Limit = int(t.Limit)
		}
		l.Left = max(0, l.Limit-l.Used)
		out[i] = l
	}
	return out, nil
}

// CallsLeft returns what an account has left today of some calls, for whoever reads a delivery.
func (d *Desk) CallsLeft(ctx context.Context, account string, calls ...string) (_ []QuotaLine, err error) {
	defer press.Wrap(&err, "desk.CallsLeft(%q)", account)
	a, err := d.accountNamed(ctx, account)
	if err != nil {
		return nil, err
	}
	return d.callsLeft(ctx, a, calls...)
}

// AskQuota has WeChat asked for an account's counts, and returns the ledger that they corrected. Within a minute of the last
// time nobody is asked.
func (d *Desk) AskQuota(ctx context.Context, by press.Actor, account string) (_ Quota, err error) {
	defer press.Wrap(&err, "desk.AskQuota(%q)", account)
	if err := by.Require(press.Administrator); err != nil {
		return Quota{}, err
	}
	a, err := d.accountNamed(ctx, account)
	if err != nil {
		return Quota{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, quotaTimeout)
	defer cancel()
	if err := d.Courier.AskQuota(ctx, a.Name); err != nil && press.CodeOf(err) != "quota.paced" {
		return Quota{}, notAsked(err)
	}
	return d.Quota(ctx, by, a.Name)
}

// quotaTimeout is how long a person waits for a dozen answers of WeChat.
const quotaTimeout = 30 * time.Second

// notAsked tells the person what WeChat said.
func notAsked(err error) error {
	said := press.TextOf(err)
	var refusal *press.Refusal
	if errors.As(err, &refusal) {
		said = press.Text{EN: refusal.Text.EN + " " + refusal.Fix.EN, ZH: refusal.Text.ZH + refusal.Fix.ZH}
	}
	return press.Fail(press.Unavailable, "quota.unanswered", press.Text{
		EN: "WeChat did not say what is left: " + said.EN + " Newsdesk's own count goes on.",
		ZH: "未能从微信取得余量：" + said.ZH + "系统继续按自己的计数执行。",
	}).Because(err)
}
