package courier

import (
	"context"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// block stops a delivery with a reason.
func (c *Courier) block(ctx context.Context, d press.Delivery, t *try, reason press.Reason) (press.Delivery, error) {
	return c.advance(ctx, d, c.blocking(d, &reason), t.ended(c, press.OutcomeBlocked, reason.Code, reason.Text, ""))
}

// blocking fills in what a reason leaves open.
func (c *Courier) blocking(d press.Delivery, reason *press.Reason) press.Change {
	reason.At = c.now()
	if reason.Back == "" {
		reason.Back = d.State
	}
	if reason.Whose == "" {
		reason.Whose = press.Editor
	}
	return press.Blocking(*reason)
}

// reasonAccount is for an account that there is not, or that cannot be used.
func reasonAccount(name string, err error) press.Reason {
	r := press.Reason{
		Code: "account.unknown", Class: press.ClassConfig, Whose: press.Administrator,
		Text: press.Say("There is no account %q any more.", "公众号 %q 已不存在。", name),
		Fix:  press.Say("Add the account again in the settings or the configuration, then release; or cancel.", "请在设置或配置文件中重新添加该公众号后放行，或取消。"),
	}
	if press.KindOf(err) != press.NotFound {
		r.Code, r.Text = press.CodeOf(err), press.TextOf(err)
		r.Fix = press.Say("Mend the account in the settings, then release; or cancel.", "请在设置中修正该公众号后放行，或取消。")
	}
	return r
}

func reasonNoSite(name string) press.Reason {
	return press.Reason{
		Code: "site.unknown", Class: press.ClassConfig, Whose: press.Administrator,
		Text: press.Say("The website %q is not configured on this worker.", "本执行进程未配置网站 %q。", name),
		Fix:  press.Say("Configure the website and restart the workers, then release; or cancel.", "请配置该网站并重启后放行，或取消。"),
	}
}

func reasonFailed(d press.Delivery, err error) press.Reason {
	r := press.Reason{
		Code: press.CodeOf(err), Text: press.TextOf(err),
		Fix: press.Say("Mend the cause and release, or cancel.", "请排除原因后放行，或取消。"),
	}
	if press.KindOf(err) == press.Internal {
		r.Whose = press.Administrator
	}
	if r.Code == string(press.Internal) { // nobody foresaw it, so it has no words of its own
		r.Text = press.Say("The step failed %d times; the log has the cause.", "该步骤已失败 %d 次，原因见日志。", d.Failures+1)
	}
	return r
}

func reasonMissed(d press.Delivery, now time.Time) press.Reason {
	late := now.Sub(d.DueAt).Round(time.Second)
	return press.Reason{
		Code: "missed", Back: press.Ready,
		Text: press.Say("Its time passed %s ago, more than its lateness limit of %s allows.", "已超过预定时间 %s，超出允许的延迟 %s。", late, d.MaxLateness),
		Fix:  press.Say("Release to send it now, reschedule it by a new edition, or cancel.", "可放行立即发出，或另建推送，或取消。"),
	}
}

func reasonSite(state press.State) press.Reason {
	return press.Reason{
		Code: "site.not_live", Back: press.Ready,
		Text: press.Text{
			EN: "The website's page, to which the push points, is not live but " + state.Name().EN + ".",
			ZH: "推送所指向的网站页面尚未上线，状态为“" + state.Name().ZH + "”。",
		},
		Fix: press.Say("Mend the website's delivery, then release; or cancel.", "请先处理网站投放，再放行；或取消。"),
	}
}

func reasonEdited() press.Reason {
	return press.Reason{
		Code: "draft.edited", Back: press.Planned,
		Text: press.Say("The draft was edited in WeChat's console after it was approved.", "草稿备好以后，有人在微信后台改动过它。"),
		Fix:  press.Say("Release to send the approved text again as a fresh draft, or cancel.", "放行：按审核通过的内容重新备稿并发出；不发则取消。"),
	}
}

// gone is the reason for a draft that is not there. After a call was made it may be that very call's late effect.
func gone(d press.Delivery) press.Reason {
	if d.Tries > 0 {
		return reasonUndecided(d, false)
	}
	return reasonGone()
}

func reasonGone() press.Reason {
	return press.Reason{
		Code: "draft.gone", Back: press.Planned,
		Text: press.Say("The draft is no longer in WeChat's draft box: it was deleted, or published by hand.", "草稿已不在微信草稿箱：可能已被删除，或已被手动发布。"),
		Fix:  press.Say("If it was not published by hand, release to make it anew; otherwise cancel.", "如未手动发布，可放行重新生成；否则请取消。"),
	}
}

// reasonUndecided is for a call whose effect cannot be found out. draft says whether the draft is still there.
func reasonUndecided(d press.Delivery, draft bool) press.Reason {
	if draft {
		return press.Reason{
			Code: "unknown.draft_left", Class: press.ClassDone, Back: press.Ready,
			Text: press.Say("WeChat's answer was lost at %s. The draft is still in the box and nothing is listed as published.",
				"%s 未收到微信的答复。草稿仍在草稿箱，发表记录中没有该稿件。", d.FiredAt.Format(time.RFC3339)),
			Fix: press.Say("Look at 发表记录 in WeChat's console. If it is not there, release to send; otherwise cancel.",
				"请到微信后台查看“发表记录”：没有则放行重发，有则取消。"),
		}
	}
	return press.Reason{
		Code: "unknown.consumed", Class: press.ClassDone, Back: press.Unknown,
		Text: press.Say("WeChat's answer was lost at %s. The draft is used up, but the article is not listed yet.",
			"%s 未收到微信的答复。草稿已被使用，但发表记录中尚未出现该稿件。", d.FiredAt.Format(time.RFC3339)),
		Fix: press.Say("Nothing is sent again. Look at 发表记录 in WeChat's console, then release to look once more, or cancel.",
			"系统不会重发。请到微信后台查看“发表记录”，然后放行再次核对，或取消。"),
	}
}

// reasonRefused turns WeChat's refusal into a reason.
func reasonRefused(r *press.Refusal, back press.State) press.Reason {
	code := "wechat.unclear"
	switch {
	case r.Code != 0:
		code = "wechat." + strconv.Itoa(r.Code)
	case r.Err != nil && press.KindOf(r.Err) == press.Quota:
		code = press.CodeOf(r.Err)
	}
	reason := press.Reason{Code: code, Class: r.Class, Text: r.Text, Fix: r.Fix, Back: back, Whose: press.Editor}
	switch r.Class {
	case press.ClassConfig, press.ClassToken:
		reason.Whose = press.Administrator
	case press.ClassContent:
		reason.Whose = press.Contributor
	}
	if reason.Text.IsZero() {
		reason.Text = press.Say("WeChat answered %d %s to %s.", "微信答复 %d %s（%s）。", r.Code, r.Message, r.Call)
	}
	return reason
}

// reasonPush is for a job that WeChat accepted and did not carry out.
func reasonPush(s press.PushStatus) press.Reason {
	r := press.Reason{Code: "push." + string(s.State), Class: press.ClassContent, Back: press.Planned, Whose: press.Editor}
	said := told(s)
	switch s.State {
	case press.PushOriginal:
		r.Text = press.Say("WeChat's originality check refused it%s.", "微信原创校验未通过%s。", said)
		r.Fix = press.Say("Change the article so that it is no reprint, or cancel.", "请修改稿件避免被判为转载，或取消。")
	case press.PushCensored:
		r.Text = press.Say("WeChat's platform review refused it%s.", "微信平台审核未通过%s。", said)
		r.Fix = press.Say("Change the article and have it signed again, then cancel this and make a new edition.", "请修改稿件并重新审核，取消本次推送后另建推送。")
	case press.PushBanned, press.PushDeleted:
		r.Text = press.Say("It was published, and then taken down%s.", "稿件曾发布，随后被下架%s。", said)
		r.Fix = press.Say("Look at WeChat's console for the reason; cancel this.", "请到微信后台查看原因，并取消。")
		r.Back = press.Sent
	default:
		r.Text = press.Say("WeChat accepted the job and then failed to carry it out%s.", "微信已受理，但执行失败%s。", said)
		r.Fix = press.Say("Release to prepare and send it again, or cancel.", "可放行重新生成并发送，或取消。")
	}
	return r
}

// told puts WeChat's own words, and the numbers of the articles it means, behind a sentence.
func told(s press.PushStatus) string {
	var words []string
	if s.Detail != "" {
		words = append(words, s.Detail)
	}
	for _, n := range s.FailedIdx {
		words = append(words, "#"+strconv.Itoa(n))
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}

// refusedStep settles a refusal in a step that may be repeated: preparing, checking, looking.
func (c *Courier) refusedStep(ctx context.Context, d press.Delivery, t *try, r *press.Refusal) (press.Delivery, error) {
	switch r.Class {
	case press.ClassContent, press.ClassConfig, press.ClassQuota:
		return c.block(ctx, d, t, reasonRefused(r, d.State))
	}
	if d.Failures >= maxFailures {
		return c.block(ctx, d, t, reasonRefused(r, d.State))
	}
	wait := max(r.Wait, c.Pauses.retry(d.Failures))
	reason := reasonRefused(r, d.State)
	return c.advance(ctx, d, press.Postponed(c.now().Add(wait), true), t.ended(c, press.OutcomeFailed, reason.Code, reason.Text, r.Error()))
}
