package courier_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/wechat/sandbox"
)

const correctedNote = "“十二道菜品”应为“二十道菜品”。"

// correctArticle has a correction of the office's article signed.
func (o *office) correctArticle() press.Article {
	o.Helper()
	ctx := o.Context()
	o.desk.Courier = o.current
	a, err := o.desk.Correct(ctx, press.System(), o.article.ID, correctedNote)
	o.ok(err)
	_, err = o.desk.Submit(ctx, press.System(), a.ID, a.Revision)
	o.ok(err)
	for i, stage := range o.desk.Stages {
		user, err := o.desk.AddUser(ctx, press.System(), "更正 "+stage.Name.ZH+string(rune('a'+i)), []press.Role{press.Reviewer}, nil)
		o.ok(err)
		a, _, err = o.desk.Sign(ctx, press.Actor{User: user}, a.ID, a.Revision, a.Hash)
		o.ok(err)
	}
	return a
}

// TestResend: WeChat is asked to delete, and only once it has confirmed that the correction goes out, once, with its note.
func TestResend(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{})
	old := o.untilState(o.compose(press.ModePublish, 0).ID, press.Live)
	if _, err := o.desk.Resend(t.Context(), press.System(), old.ID, desk.ResendAsk{}); press.CodeOf(err) != "resend.nothing" {
		t.Errorf("with nothing newer: %v", err)
	}
	a := o.correctArticle()
	plan, err := o.desk.PlanResend(t.Context(), old.ID)
	o.ok(err)
	if !plan.Behind() || plan.Items[0].Shown != 1 || plan.Items[0].Newest != a.Revision || len(plan.Costs()) < 3 {
		t.Errorf("the plan is %+v", plan.Items)
	}
	e, err := o.desk.Resend(t.Context(), press.System(), old.ID, desk.ResendAsk{At: time.Now().Add(far)})
	o.ok(err)
	if got := o.load(old.ID).State; got != press.Retracted {
		t.Errorf("the old one is %s", got)
	}
	push, err := o.store.Push(t.Context(), e.ID)
	o.ok(err)
	push = o.untilPrepared(push.ID)
	draft, err := o.accounts[0].Draft(t.Context(), push.MediaID)
	o.ok(err)
	if html := draft.Articles[0].HTML; !strings.Contains(html, "日更正：") || !strings.Contains(html, correctedNote) || push.Mode != press.ModePublish {
		t.Errorf("the note is not in the draft (%s): %.300s", push.Mode, html)
	}
	if _, err := o.desk.Resend(t.Context(), press.System(), old.ID, desk.ResendAsk{}); press.CodeOf(err) != "resend.done" {
		t.Errorf("once more: %v", err)
	}
	for subject, action := range map[string]string{string(old.Edition): "edition.resent", string(e.ID): "edition.resend"} {
		if log := o.audited(subject); !slices.Contains(log, action) {
			t.Errorf("the log of %s says %v", subject, log)
		}
	}
}

// TestResendUnconfirmed: with the deletion refused, or its answer lost, nothing is sent again, and doing it once more goes on.
func TestResendUnconfirmed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault   sandbox.Fault
		code    string
		verdict press.Verdict
	}{
		"answer lost": {sandbox.Fault{Path: "freepublish/delete", ReplyLost: sandbox.LostReset, Times: 1}, "retract.unclear", press.VerdictMaybe},
		"refused":     {sandbox.Fault{Path: "freepublish/delete", ErrCode: 48001, Times: 1}, "retract.refused", press.VerdictUp},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, setup{})
			old := o.untilState(o.compose(press.ModePublish, 0).ID, press.Live)
			o.correctArticle()
			o.fault(c.fault)
			_, err := o.desk.Resend(t.Context(), press.System(), old.ID, desk.ResendAsk{})
			if press.CodeOf(err) != c.code || !strings.Contains(press.TextOf(err).ZH, "没有重发") {
				t.Fatalf("refused with %v", err)
			}
			if _, n := o.fired(0); n != 1 {
				t.Errorf("%d publications, want the old one alone", n)
			}
			list, err := o.store.Presences(t.Context(), o.article.ID)
			o.ok(err)
			if got := list[0].Verdict(); got != c.verdict {
				t.Errorf("the old one is %s, want %s", got, c.verdict)
			}
			plan, err := o.desk.PlanResend(t.Context(), old.ID)
			o.ok(err)
			if len(plan.Open()) != 1 || plan.Deleted(0) {
				t.Errorf("to be done are %+v", plan.Open())
			}
			e, err := o.desk.Resend(t.Context(), press.System(), old.ID, desk.ResendAsk{})
			o.ok(err)
			push, err := o.store.Push(t.Context(), e.ID)
			o.ok(err)
			o.untilState(push.ID, press.Live)
		})
	}
}

// TestRetractEverywhere: one target that refuses does not keep the others up, each says what came of it, and doing it again
// settles the rest. Of a push of several articles only this one goes.
func TestRetractEverywhere(t *testing.T) {
	t.Parallel()
	o := newOffice(t, setup{site: true})
	o.desk.Courier = o.current
	push := o.untilState(o.compose(press.ModePublish, 0).ID, press.Live)
	o.fault(sandbox.Fault{Path: "freepublish/delete", ErrCode: 48001, Times: 1})
	verdicts := func() map[press.TargetKind]press.Verdict {
		list, err := o.desk.RetractEverywhere(t.Context(), press.System(), o.article.ID, "示例：写错了人名")
		o.ok(err)
		out := map[press.TargetKind]press.Verdict{}
		for _, p := range list {
			out[p.Delivery.Kind] = p.Verdict()
			if p.Verdict() == press.VerdictUp && (p.Last == nil || p.Last.Text.ZH == "") {
				t.Errorf("why it is still up is not said: %+v", p.Last)
			}
		}
		return out
	}
	if got := verdicts(); got[press.TargetSite] != press.VerdictDown || got[press.TargetWeChat] != press.VerdictUp {
		t.Errorf("after the first time %v", got)
	}
	if got := verdicts(); got[press.TargetSite] != press.VerdictDown || got[press.TargetWeChat] != press.VerdictDown {
		t.Errorf("after the second time %v", got)
	}
	if o.load(push.ID).State != press.Retracted || o.site.pages.Load() != 0 {
		t.Errorf("the push is %s, %d pages are there", o.load(push.ID).State, o.site.pages.Load())
	}
	if a := o.find(title); a.State != press.ArticleWithdrawn {
		t.Errorf("the article is %s", a.State)
	}
}
