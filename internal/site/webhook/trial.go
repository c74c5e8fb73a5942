package webhook

import (
	"context"
	"errors"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// Test tries the connection: an event “test” with the right signature, which must be taken, and one with a wrong signature,
// which must not be.
func (t *Target) Test(ctx context.Context) (press.TargetReport, error) {
	out := press.TargetReport{}
	encrypted := press.TargetCheck{
		Name: press.Say("Encrypted connection", "加密连接"), OK: true, Text: press.Say("The address begins with https.", "地址以 https 开头。"),
	}
	if !strings.HasPrefix(t.Config.Address, "https://") {
		encrypted.OK, encrypted.Text = false, press.Say("The address begins with http: everybody on the way can read what is sent.", "地址以 http 开头，途中任何人都能看到内容。")
		encrypted.Fix = press.Say("Use https, unless the receiver is on this machine or network.", "除接收方就在本机或内网外，请使用 https。")
	}
	out.Checks = append(out.Checks, encrypted)
	m := Message{Version: 1, Event: Try, Target: t.Config.Name, SentAt: t.Now().UTC().Truncate(time.Second)}
	m.ID = string(press.DigestOf([]byte(t.Config.Name + m.SentAt.String())))[:32]
	taken := press.TargetCheck{Name: press.Say("Signed test message", "签名的测试消息"), OK: true, Text: press.Say("The receiver accepted it.", "接收方已接受。")}
	if _, err := t.send(ctx, m); err != nil {
		taken.OK, taken.Text, taken.Fix, taken.Answer = false, press.TextOf(err), press.Text{}, ""
		var fault *press.PageFault
		if errors.As(err, &fault) {
			taken.Text, taken.Fix, taken.Answer = fault.Text, fault.Fix, fault.Answer
		}
		out.Text, out.Fix = taken.Text, taken.Fix
		out.Checks = append(out.Checks, taken)
		return out, nil
	}
	out.Checks = append(out.Checks, taken, t.tryForged(ctx, m))
	out.Works, out.Text = true, press.Say("The receiver takes articles.", "接收方可以接收稿件。")
	for _, c := range out.Checks {
		if !c.OK {
			out.Text, out.Fix = press.Say("The receiver takes articles, but something is not safe.", "接收方可以接收稿件，但存在安全隐患。"), c.Fix
		}
	}
	return out, nil
}

// tryForged sends what nobody signed.
func (t *Target) tryForged(ctx context.Context, m Message) press.TargetCheck {
	m.ID = "forged-" + m.ID[:20]
	check := press.TargetCheck{Name: press.Say("Forged test message", "伪造签名的测试消息"), OK: true, Text: press.Say("The receiver refused it, as it should.", "接收方已拒绝，符合要求。")}
	body, err := press.EncodeJSON(m)
	if err == nil {
		_, err = t.post(ctx, m, body, Sign("not "+t.Secret, t.Now(), body))
	}
	if err == nil {
		check.OK, check.Text = false, press.Say("The receiver accepted a message with a wrong signature: anybody could publish there.", "接收方接受了签名错误的消息，任何人都可能借此发布内容。")
		check.Fix = press.Say("Have the receiver check the header Newsdesk-Signature before it does anything.", "请让接收方先验证 Newsdesk-Signature 请求头，再做处理。")
	}
	return check
}
