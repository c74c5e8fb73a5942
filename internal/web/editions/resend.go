package editions

import (
	"slices"
	"strconv"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// resending is the page that says what deleting and sending again costs, and asks.
type resending struct {
	desk.ResendPlan
	Open    *press.Resending // asked for and not carried out
	Deleted bool             // of Open, WeChat has confirmed the deletion
	Modes   []resendMode

	Position int
	Mode     press.Mode
	Later    bool
	Day      string
	Clock    string
}

type resendMode struct {
	Mode press.Mode
	Cost press.Text
}

// Several reports whether the push has more than one article that is still there.
func (p resending) Several() bool {
	n := 0
	for _, item := range p.Items {
		if !item.Gone {
			n++
		}
	}
	return n > 1
}

// Can reports whether there is anything to decide.
func (p resending) Can() bool {
	return p.Open != nil || p.Delivery.State == press.Live && p.Behind()
}

// behind adds to a delivery's page what WeChat shows that is not the newest.
func (h handlers) behind(r *page.Request, d *delivering) error {
	if d.Kind != press.TargetWeChat || (d.State != press.Live && d.State != press.Retracted) {
		return nil
	}
	plan, err := h.Desk.PlanResend(r.Context(), d.ID)
	if err != nil {
		return err
	}
	d.Open = len(plan.Open()) > 0
	for _, item := range plan.Items {
		if item.Newest > item.Shown && (d.Open || d.State == press.Live && !item.Gone) {
			d.Behind = append(d.Behind, item)
		}
	}
	return nil
}

func (h handlers) resending(r *page.Request) (p resending, err error) {
	if p.ResendPlan, err = h.Desk.PlanResend(r.Context(), deliveryOf(r)); err != nil {
		return p, err
	}
	if open := p.ResendPlan.Open(); len(open) > 0 {
		p.Open = &open[0]
		p.Deleted = p.ResendPlan.Deleted(p.Open.Position)
	}
	for _, mode := range []press.Mode{press.ModeMass, press.ModePublish, press.ModeDraft} {
		p.Modes = append(p.Modes, resendMode{mode, p.ModeCost(mode)})
	}
	p.Mode, p.Day = p.Delivery.Mode, h.Now().In(h.Zone).Format(time.DateOnly)
	if p.Open != nil {
		p.Mode, p.Position = p.Open.Mode, p.Open.Position
	}
	return p, nil
}

func (h handlers) askResend(r *page.Request) error {
	p, err := h.resending(r)
	if err != nil {
		return err
	}
	return r.Render("resend.html", p)
}

// resend deletes, and sends again once that is confirmed. Refused, the page shows what was chosen and why.
func (h handlers) resend(r *page.Request) error {
	ask := desk.ResendAsk{Position: r.Number("position", 0), Mode: press.Mode(r.PostFormValue("mode"))}
	e, err := h.doResend(r, &ask)
	if err == nil {
		return r.See("/editions/"+string(e.ID), "deliveries.resent")
	}
	p, planErr := h.resending(r)
	if planErr != nil {
		return planErr
	}
	p.Position, p.Later, p.Day, p.Clock = ask.Position, r.PostFormValue("when") == "later", r.PostFormValue("day"), r.PostFormValue("clock")
	if slices.Contains(press.Modes(), ask.Mode) {
		p.Mode = ask.Mode
	}
	return r.Refuse(err, "resend.html", p)
}

func (h handlers) doResend(r *page.Request, ask *desk.ResendAsk) (e press.Edition, err error) {
	if sure, _ := strconv.ParseBool(r.PostFormValue("sure")); !sure {
		return e, press.Fail(press.Invalid, "resend.sure", press.Say(
			"Tick that you have read what is lost. Nothing has been deleted.", "请先勾选“已了解代价”。还没有删除任何内容。"))
	}
	if r.PostFormValue("when") == "later" {
		if ask.At, err = h.parseTime(r.PostFormValue("day"), r.PostFormValue("clock")); err != nil {
			return e, err
		}
	}
	return h.Desk.Resend(r.Context(), r.Actor, deliveryOf(r), *ask)
}
