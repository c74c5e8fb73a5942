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
		Text: press.Say("There is no website “%s” here.", "这里没有代号为“%s”的网站渠道。", name),
		Fix:  press.Say("Look into Administration › Websites and, for the own website, into the configuration; then release, or cancel.", "请检查“管理 › 网站渠道”；自带网站请检查配置文件。处理后放行，或取消。"),
	}
}

func reasonSiteOff(name string) press.Reason {
	return press.Reason{
		Code: "site.off", Class: press.ClassConfig, Whose: press.Administrator,
		Text: press.Say("The website “%s” is switched off.", "代号为“%s”的网站渠道已停用。", name),
		Fix:  press.Say("Switch it on under Administration › Websites, then release; or cancel.", "请在“管理 › 网站渠道”中启用后放行，或取消。"),
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
	late, most := press.Lasting(now.Sub(d.DueAt)), press.Lasting(d.MaxLateness)
	return press.Reason{
		Code: "missed", Back: press.Ready,
		Text: press.Text{
			EN: "Its time passed " + late.EN + " ago; it may be late by " + most.EN + " at most.",
			ZH: "已超过预定时间 " + late.ZH + "，允许的延迟为 " + most.ZH + "。",
		},
		Fix: press.Say("Release to send it now, reschedule it by a new edition, or cancel.", "可放行立即发出，或另建推送，或取消。"),
	}
}

func reasonSite(name string, state press.State) press.Reason {
	return press.Reason{
		Code: "site.not_live", Back: press.Ready,
		Text: press.Text{
			EN: "The page on the website “" + name + "”, for which the push waits, is not live but " + state.Name().EN + ".",
			ZH: "推送须等待网站“" + name + "”的页面上线，该页面目前状态为“" + state.Name().ZH + "”。",
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

// reasonGone is for a draft that is not there before any call was made.
func reasonGone(d press.Delivery) press.Reason {
	r := press.Reason{
		Code: "draft.gone", Back: press.Planned,
		Text: press.Say("The draft is no longer in WeChat's draft box, and nothing is listed as published: somebody deleted it.",
			"草稿已不在微信草稿箱，发布记录里也没有它，应是有人在后台删掉了。"),
		Fix: press.Say("Release to make it anew from the approved text and send it, or cancel.", "放行：按审核通过的内容重新备稿并发出；不发则取消。"),
	}
	if d.Mode == press.ModeMass {
		r.Text = press.Say("The draft is no longer in WeChat's draft box: somebody deleted it, or sent it by hand. Newsdesk cannot list mass pushes.",
			"草稿已不在微信草稿箱：可能被删除，也可能有人在后台手动群发了，系统查不到群发记录。")
		r.Fix = press.Say("Look at 发表记录 in WeChat's console. If it went out, press “It did go out”; if not, release to make it anew and send it.",
			"请到微信后台查看“发表记录”：已经发出，请点“已经发出”；没有发出就放行，系统会重新备稿并群发。")
	}
	return r
}

// reasonByHand is for a mass push whose draft somebody published, which notified nobody.
func reasonByHand() press.Reason {
	return press.Reason{
		Code: "draft.published", Back: press.Planned,
		Text: press.Say("Somebody published the draft in WeChat's console. It has a page; the followers were not notified.",
			"有人在微信后台把这篇草稿发布了：页面已有，但没有通知粉丝。"),
		Fix: press.Say("If that will do, press “It did go out”. Release to make the draft anew and send it to the followers, as a second page.",
			"如果这样就够了，请点“已经发出”；仍要群发就放行，系统会重新备稿并群发，微信里会有两个页面。"),
	}
}

// reasonConsumed is for a call whose effect cannot be found out, and whose draft is gone.
func reasonConsumed(d press.Delivery) press.Reason {
	r := press.Reason{
		Code: "unknown.consumed", Class: press.ClassDone, Back: press.Unknown,
		Text: press.Say("The draft has left WeChat's draft box, but nothing is listed as published. A call without an answer may have used it up, or somebody deleted it.",
			"草稿已离开微信草稿箱，发布记录里却没有它：可能是没有收到答复的那次调用生效了，也可能是有人删除了草稿。"),
		Fix: press.Say("Nothing is sent again. Look at 发表记录 in WeChat's console: if it is there, press “It did go out”; if not, cancel and make a new edition. Release to have Newsdesk look once more.",
			"系统不会重发。请到微信后台查看“发表记录”：已经有了，请点“已经发出”；确实没有，取消后另建推送。放行可再核对一次。"),
	}
	if d.Mode == press.ModeMass {
		r.Text = press.Say("The draft has left WeChat's draft box: the push without an answer has probably gone out, but WeChat does not say so.",
			"草稿已离开微信草稿箱：没有收到答复的那次群发很可能已经发出，但微信没有给出结果。")
		r.Fix = press.Say("Nothing is sent again. Look at 发表记录 in WeChat's console: if it is there, press “It did go out”; if not, cancel and make a new edition. Release to have Newsdesk ask once more.",
			"系统不会重发。请到微信后台查看“发表记录”：已经发出，请点“已经发出”；没有发出，取消后另建推送。放行可再核对一次。")
	}
	return r
}

// reasonDraftLeft is for a call whose effect cannot be found out, and whose draft is still there.
func reasonDraftLeft(d press.Delivery) press.Reason {
	r := press.Reason{
		Code: "unknown.draft_left", Class: press.ClassDone, Back: press.Ready,
		Text: press.Say("WeChat did not answer. The draft is still in its box and nothing is listed as published, so it has probably not gone out.",
			"微信没有答复。草稿仍在草稿箱，发布记录里也没有它，很可能没有发出。"),
		Fix: press.Say("Look at 发表记录 in WeChat's console. If it is not there, release: Newsdesk looks once more and then publishes it. If it is, press “It did go out”.",
			"请到微信后台查看“发表记录”：没有就放行，系统再核对一次后发布；已经有了，请点“已经发出”。"),
	}
	if d.Mode == press.ModeMass {
		r.Text = press.Say("WeChat gave no clear answer, and cannot be asked any more. The draft is still in its box, so it has probably not gone out.",
			"微信一直没有给出明确答复，现在已无法再核对。草稿仍在草稿箱，很可能没有发出。")
		r.Fix = press.Say("Look at 发表记录 in WeChat's console. If it is not there, release to send it now. If it is, press “It did go out”.",
			"请到微信后台查看“发表记录”：没有就放行，立即群发；已经有了，请点“已经发出”。")
	}
	return r
}

// reasonNoResult is for a job that WeChat accepted and never reported on.
func reasonNoResult() press.Reason {
	return press.Reason{
		Code: "push.no_result", Class: press.ClassDone, Back: press.Sent,
		Text: press.Say("WeChat accepted it and has reported no result for a day.", "微信已受理，但一天过去仍没有结果。"),
		Fix: press.Say("Nothing is sent again. Look at 发表记录 in WeChat's console: if it is there, press “It did go out”; if not, cancel to close this delivery. Release to have Newsdesk ask once more.",
			"系统不会重发。请到微信后台查看“发表记录”：已经有了，请点“已经发出”；没有则取消，结束跟踪。放行可再查询一次。"),
	}
}

// stillOpen adds to the refusal of a look, or of a repetition, that the call before it is not settled yet. Release goes on
// looking.
func stillOpen(r press.Reason) press.Reason {
	r.Back = press.Unknown
	r.Text.EN += " Whether the push went out before is not known yet; nothing was sent again."
	r.Text.ZH += "此前那次是否发出尚未查明，系统没有重发。"
	r.Fix.EN = strings.TrimSpace(r.Fix.EN + " If 发表记录 in WeChat's console shows that it went out, press “It did go out”.")
	r.Fix.ZH += "如果微信后台“发表记录”里已经有了，请点“已经发出”。"
	return r
}

// atConsole reports whether a refusal asks for somebody at WeChat's console with this very draft. So it is kept, and looked
// for before it is sent.
func atConsole(code int) bool {
	switch code {
	case 48013, 48014, 48021, 48022, 53503, 53504, 53505:
		return true
	}
	return false
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
	switch {
	case r.Class == press.ClassConfig, r.Class == press.ClassToken:
		reason.Whose = press.Administrator
	case r.Class == press.ClassContent && !atConsole(r.Code):
		reason.Whose = press.Contributor
	}
	if reason.Text.IsZero() {
		reason.Text = press.Say("WeChat answered %d %s to %s.", "微信答复 %d %s（%s）。", r.Code, r.Message, r.Call)
	}
	return reason
}

// reasonPush is for a job that WeChat accepted and did not carry out, or undid.
func reasonPush(d press.Delivery, s press.PushStatus) press.Reason {
	r := press.Reason{Code: "push." + string(s.State), Class: press.ClassContent, Back: press.Planned, Whose: press.Editor}
	said := told(s)
	switch s.State {
	case press.PushOriginal:
		r.Text = press.Say("WeChat's originality check refused it%s.", "微信原创校验未通过%s。", said)
		r.Fix = press.Say("Cancel, change the article so that it is no reprint, have it signed again and make a new edition. Release sends the same text once more.",
			"请取消，修改稿件（避免被判为转载）并重新审核后另建推送。放行会把同样的内容再发一次。")
	case press.PushCensored:
		r.Text = press.Say("WeChat's platform review refused it%s.", "微信平台审核未通过%s。", said)
		r.Fix = press.Say("Cancel, change the article, have it signed again and make a new edition. Release sends the same text once more.",
			"请取消，修改稿件并重新审核后另建推送。放行会把同样的内容再发一次。")
	case press.PushDeleted, press.PushBanned:
		return reasonTakenDown(d, s)
	default:
		r.Text = press.Say("WeChat accepted the job and then failed to carry it out%s.", "微信已受理，但没有执行成功%s。", said)
		r.Fix = press.Say("Release to prepare and send it again, or cancel.", "放行：重新备稿并发出；不发则取消。")
	}
	return r
}

// reasonTakenDown is for what readers could open and cannot any more. It is never sent again from here: release only looks.
func reasonTakenDown(d press.Delivery, s press.PushStatus) press.Reason {
	r := press.Reason{Code: "push." + string(s.State), Class: press.ClassContent, Back: press.Sent, Ends: press.Retracted}
	switch {
	case d.FiredAt.IsZero(): // published by hand; a check finds no draft, and looks
		r.Back = press.Ready
	case d.PushID == "":
		r.Back = press.Unknown
	}
	said := told(s)
	if s.State == press.PushDeleted {
		r.Text = press.Say("It was live, and all its articles have been deleted in WeChat%s.", "曾经上线，文章已在微信中全部删除%s。", said)
		r.Fix = press.Say("If that was meant, cancel: it is then noted as retracted. Release to have Newsdesk look once more.",
			"如果是有意删除，请取消，投放会记为“已撤回”。放行可再核对一次，不会重发。")
		return r
	}
	r.Text = press.Say("It was live, and WeChat has taken all its articles down%s.", "曾经上线，文章已被微信平台全部封禁%s。", said)
	r.Fix = press.Say("Look at WeChat's console for the reason. Cancel to note it as retracted; if WeChat gives it free again, release to have Newsdesk look once more.",
		"请到微信后台查看原因。取消则记为“已撤回”；如果申诉后恢复，放行可再核对一次，不会重发。")
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
	reason := reasonRefused(r, d.State)
	if d.State == press.Unknown {
		reason = stillOpen(reason)
	}
	switch r.Class {
	case press.ClassContent, press.ClassConfig, press.ClassQuota:
		return c.block(ctx, d, t, reason)
	}
	if d.Failures >= maxFailures {
		return c.block(ctx, d, t, reason)
	}
	wait := max(r.Wait, c.Pauses.retry(d.Failures))
	return c.advance(ctx, d, press.Postponed(c.now().Add(wait), true), t.ended(c, press.OutcomeFailed, reason.Code, reason.Text, r.Error()))
}
