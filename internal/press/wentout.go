package press

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// What a person finds out that Newsdesk cannot: a push whose outcome is not known stands in WeChat's 发表记录. Saying so sends
// nothing. It makes the record true, so that the push counts as live in corrections, retractions and notices.

// MayHaveGoneOut reports whether a blocked push may be with readers for all that Newsdesk knows, so that a person who has
// looked may say that it is: its call may have been made, or its draft has left the draft box without Newsdesk. It is false
// where nothing can have gone out, and where WeChat says what became of it.
func (d Delivery) MayHaveGoneOut() bool {
	if d.State != Blocked || d.Reason == nil || d.Kind != TargetWeChat || d.Mode == ModeDraft || d.Reason.Ends != "" {
		return false
	}
	switch d.Reason.Back {
	case Sending, Sent, Unknown: // a call was made, and whatever stopped its being settled says nothing of it
		return true
	}
	switch code := d.Reason.Code; code {
	case RestoredCode, "draft.gone", "draft.published":
		return true
	case CodeRetracted: // stands in the place of the reason before it
		return !d.FiredAt.IsZero()
	default:
		return strings.HasPrefix(code, "unknown.")
	}
}

// WentOut is a person's word that a blocked push did go out, with the addresses of its articles where they are known. It is
// refused, "delivery.not_out", where MayHaveGoneOut is false.
func WentOut(links []string, now time.Time) Change {
	c := changing("delivery.went_out", []State{Blocked}, func(d *Delivery) {
		if d.Reason.Back != Sent { // the number is that of an earlier job, which failed
			d.PushID, d.PushDataID = "", ""
		}
		if len(links) > 0 {
			d.URLs = links
		}
		if d.LiveAt.IsZero() {
			d.LiveAt = now
			if d.Reason.Class == ClassDone && !d.FiredAt.IsZero() { // by that call
				d.LiveAt = d.FiredAt
			}
		}
		d.State, d.Reason, d.NextAt, d.Failures, d.Looks = Live, nil, time.Time{}, 0, 0
		d.RestoredFrom = time.Time{}
	})
	c.check = func(d Delivery) error {
		if d.MayHaveGoneOut() {
			return nil
		}
		return Fail(Conflict, "delivery.not_out", Say(
			"For the reason why this delivery stopped it cannot have gone out, or WeChat has said what became of it. Release or cancel it.",
			"按受阻原因，这项投放不可能已经发出，或微信已给出结果。请放行或取消。"))
	}
	return c.detailed(strings.Join(links, " "))
}

// MaxLinkBytes bounds the address of an article in WeChat.
const MaxLinkBytes = 1024

// ArticleLinks reads the addresses of a push's articles in WeChat, one a line in the order of the push, which may be none.
// Each begins with https://mp.weixin.qq.com/s, as the console's “copy link” gives it.
func ArticleLinks(text string, articles int) ([]string, error) {
	if len(text) > MaxEditionArticles*(MaxLinkBytes+2) {
		return nil, badLink(Say("The links are too long.", "链接过长。"))
	}
	var links []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		n := len(links) + 1
		switch u, err := url.Parse(line); {
		case len(line) > MaxLinkBytes, err != nil, u.Scheme != "https", u.Host != "mp.weixin.qq.com", u.User != nil,
			u.Path != "/s" && !strings.HasPrefix(u.Path, "/s/"), strings.ContainsAny(line, " \t"):
			return nil, badLink(Say("Link %d is not the address of an article in WeChat.", "第 %d 行不是微信文章的链接。", n))
		case slices.Contains(links, line):
			return nil, badLink(Say("Link %d stands there twice.", "第 %d 行的链接重复。", n))
		case n > articles:
			return nil, badLink(Say("There are more links than the push has articles, %d.", "链接比推送的稿件多，推送共 %d 篇。", articles))
		}
		links = append(links, line)
	}
	return links, nil
}

func badLink(what Text) error {
	return Fail(Invalid, "went_out.link", Text{
		EN: what.EN + " Copy it from 发表记录 in WeChat's console: https://mp.weixin.qq.com/s…, one a line, in the order of the push; or leave it empty.",
		ZH: what.ZH + "请从微信后台“发表记录”复制（https://mp.weixin.qq.com/s…），每行一条，按推送顺序；也可以留空。",
	})
}

// WentOutAttempt is the entry among a delivery's tries about a person's word.
func WentOutAttempt(by Actor, reason *Reason, links []string, now time.Time) Attempt {
	a := Attempt{
		Step: StepLook, Worker: by.Name, StartedAt: now, EndedAt: now, Outcome: OutcomeOK,
		Text: Text{
			EN: fmt.Sprintf("%s looked in WeChat's console and says that it did go out.", by.Name),
			ZH: fmt.Sprintf("%s 已在微信后台核实：已经发出。", by.Name),
		},
		Raw: strings.Join(links, "\n"),
	}
	if reason != nil {
		a.Code = reason.Code
	}
	return a
}
