package wechat

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"newsdesk/internal/press"
)

// verdict is what every answer of the platform may hold.
type verdict struct {
	Code    text   `json:"errcode"`
	Message string `json:"errmsg"`
	MsgID   text   `json:"msg_id"` // with 45065: the job that exists
}

// What happened on the way, where there is no errcode.
var (
	unreadable = press.Say("the answer could not be read", "答复无法解析")
	incomplete = press.Say("the answer lacks the id it should hold", "答复中缺少编号")
	tooLate    = press.Say("no answer in time", "未在限定时间内答复")
	stopped    = press.Say("the call was stopped before its answer came", "在得到答复之前调用被中止")
	oddState   = press.Say("the answer names a state that is not known", "答复中的状态无法识别")
)

// judge decides from the answer, not from what the SDK made of it, whether a call was refused.
func (a *Account) judge(c call, x *exchange, err error) *press.Refusal {
	var v verdict
	switch {
	case x.body == nil:
		return a.noAnswer(c, x, err)
	case x.status != 200:
		return a.unclear(c, press.Say("HTTP status %d", "HTTP 状态码 %d", x.status), nil)
	case json.Unmarshal(x.body, &v) != nil:
		return a.unclear(c, unreadable, nil)
	case v.Code != "" && v.Code != "0":
		return a.refused(c, v)
	case err != nil:
		return a.unclear(c, unreadable, nil)
	}
	return nil
}

// noAnswer is for a request that got no answer.
func (a *Account) noAnswer(c call, x *exchange, err error) *press.Refusal {
	if x.err != nil {
		err = x.err
	}
	if err == nil {
		err = errors.New("no request was made")
	}
	err = &cleaned{a.scrub(err.Error(), x.token), err}
	if neverConnected(err) {
		return a.notSent(c, err)
	}
	return a.unclear(c, a.happened(x.ctx, err), err)
}

func (a *Account) happened(ctx context.Context, err error) press.Text {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return stopped
	case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return tooLate
	}
	said := a.scrub(err.Error())
	return press.Say("the connection broke: %s", "连接中断：%s", said)
}

// neverConnected reports whether an error proves that no byte of the request was sent.
func neverConnected(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") {
		return true
	}
	var (
		dns     *net.DNSError
		host    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
	)
	return errors.As(err, &dns) || errors.As(err, &host) || errors.As(err, &unknown) || errors.As(err, &invalid)
}

// notSent is for a call that certainly had no effect.
func (a *Account) notSent(c call, err error) *press.Refusal {
	return &press.Refusal{
		Call: c.name, Message: "not sent: " + a.scrub(err.Error()), Class: press.ClassBackoff, Err: a.cause(err),
		Text: press.Say("WeChat could not be reached; nothing was sent.", "无法连接微信服务器，请求没有发出。"),
		Fix:  fixNetwork,
	}
}

// unclear is for an outcome that nobody can tell.
func (a *Account) unclear(c call, what press.Text, err error) *press.Refusal {
	r := &press.Refusal{
		Call: c.name, Message: what.EN, Class: press.ClassBackoff, Err: a.cause(err),
		Text: press.Say("WeChat gave no clear answer: %[1]s.", "微信没有给出明确的答复：%[2]s。", what.EN, what.ZH),
		Fix:  fixWait,
	}
	if c.effect == once {
		r.Class, r.Fix = press.ClassDone, fixLook
	}
	return r
}

// refused is for a clear no with a number.
func (a *Account) refused(c call, v verdict) *press.Refusal {
	code, err := strconv.Atoi(string(v.Code))
	if err != nil {
		return a.unclear(c, unreadable, nil)
	}
	m := meaningOf(c, code)
	message, rid := splitRID(v.Message)
	if m.fix == fixWhitelist {
		m.fix = whitelistFix(message)
	}
	return &press.Refusal{
		Call: c.name, Code: code, Message: a.scrub(message), RID: rid,
		Class: m.class, Text: m.text, Fix: m.fix, Wait: a.wait(code), MsgID: string(v.MsgID),
	}
}

var callerPattern = regexp.MustCompile(`invalid ip ([0-9A-Fa-f.:]{3,45})[ ,]`)

// whitelistFix names the address that WeChat saw: behind a proxy or NAT nobody else knows it.
func whitelistFix(message string) press.Text {
	m := callerPattern.FindStringSubmatch(message)
	if m == nil {
		return fixWhitelist
	}
	addr, err := netip.ParseAddr(m[1])
	if err != nil {
		return fixWhitelist
	}
	return press.Say("Add %s to the IP whitelist in the WeChat console.", "请在公众平台把 %s 加入 IP 白名单。", addr)
}

// here is a refusal of ours, made before anything was sent.
func here(c call, class press.Class, what, fix press.Text) *press.Refusal {
	return &press.Refusal{Call: c.name, Message: "not sent: " + what.EN, Class: class, Text: what, Fix: fix}
}

var ridPattern = regexp.MustCompile(`\s*(?:hint: \[[^\]]*\]\s*)?rid: ([0-9A-Za-z-]{4,80})\s*$`)

// splitRID takes WeChat's request id, which its support asks for, off the end of an errmsg.
func splitRID(message string) (rest, rid string) {
	message = clip(message, 600)
	if m := ridPattern.FindStringSubmatchIndex(message); m != nil {
		return message[:m[0]], message[m[2]:m[3]]
	}
	return message, ""
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

var secretPattern = regexp.MustCompile(`(?i)(access_token|appsecret|secret)([\\"'\s]*[:=][\\"'\s]*)[^&\s"'\\,}]+`)

// scrub takes out of a text everything that must not be read by others: the account's secrets, what looks like one, and
// the words given.
func (a *Account) scrub(s string, words ...string) string {
	cfg := a.cfg
	for _, word := range append(words, cfg.Secret, cfg.CallbackToken, cfg.EncodingAESKey, cfg.OldEncodingAESKey) {
		if word != "" {
			s = strings.ReplaceAll(s, word, "***")
		}
	}
	return secretPattern.ReplaceAllString(s, "$1$2***")
}

// cleaned is an error whose words may be read by others. What it wraps is asked for its kind only, within this package.
type cleaned struct {
	said string
	err  error
}

func (c *cleaned) Error() string { return c.said }
func (c *cleaned) Unwrap() error { return c.err }

// cause keeps of an error what a program may ask for, and of its words only what is no secret.
func (a *Account) cause(err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known
		}
	}
	return errors.New(a.scrub(err.Error()))
}
