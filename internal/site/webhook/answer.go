package webhook

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"newsdesk/internal/press"
	"newsdesk/internal/reach"
)

// Bounds of what is read of an answer, shown of it, kept of it, and waited because of it.
const (
	maxAnswer  = 64 << 10
	shownRunes = 300
	maxKept    = 500
	maxWait    = time.Hour
)

// answered is what a receiver may say.
type answered struct {
	URL  string `json:"url"`
	ID   string `json:"id"`
	Seen string `json:"seen"`
}

func read(res *http.Response) (answered, error) {
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return answered{}, unanswered(err)
	}
	var a answered
	if json.Unmarshal(data, &a) != nil {
		a = answered{} // it need not say anything, and may say it in whatever form
	}
	if u, err := url.Parse(a.URL); err != nil || len(a.URL) > maxKept || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		a.URL = "" // it becomes a link in front of staff
	}
	a.ID, a.Seen = kept(a.ID), kept(a.Seen)
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return a, nil
	}
	fault := faultOf(res.StatusCode, a)
	fault.Answer = fmt.Sprintf("HTTP %d %s", res.StatusCode, shown(data))
	if fault.Class == press.ClassBackoff {
		fault.Wait = waitOf(res.Header.Get("Retry-After"))
	}
	return answered{}, fault
}

func kept(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if len(s) > maxKept {
		return string(press.DigestOf([]byte(s))) // still tells states apart
	}
	return s
}

// shown is an answer in one line for a person.
func shown(data []byte) string {
	runes := []rune(press.OneLine(string(data[:min(len(data), maxKept)])))
	return string(runes[:min(len(runes), shownRunes)])
}

func waitOf(after string) time.Duration {
	seconds, err := strconv.Atoi(strings.TrimSpace(after))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxWait)
}

// faultOf says what a status that is not 2xx means for staff.
func faultOf(status int, a answered) *press.PageFault {
	fault := func(code string, class press.Class, text, fix press.Text) *press.PageFault {
		return &press.PageFault{Code: "webhook." + code, Class: class, Text: text, Fix: fix}
	}
	look := press.Say("Look at what the receiver answered and at its log.", "请查看接收方的答复和日志。")
	switch {
	case status == http.StatusConflict && a.Seen != "":
		return &press.PageFault{
			Code: press.CodePageEdited, Class: press.ClassContent, Seen: a.Seen,
			Text: press.Say("Somebody changed the page at the receiver since Newsdesk last sent it.", "该页面在接收方那边被改过，与上次推送的不一致。"),
			Fix:  press.Say("Look at the page there. Releasing the delivery puts this article in its place; cancelling leaves the page as it is.", "请先查看对方页面。放行后将用本稿件覆盖，取消则保留对方的修改。"),
		}
	case status >= 300 && status < 400:
		return fault("redirect", press.ClassConfig, press.Say("The address only leads on to another one, which is not followed.", "该地址发生跳转，系统不会跟随。"),
			press.Say("Enter the address that it leads to.", "请改填跳转后的最终地址。"))
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fault("refused", press.ClassConfig, press.Say("The receiver did not accept the signature.", "接收方不认可请求的签名。"),
			press.Say("Check the key on both sides, and whether the receiver's clock is right.", "请核对双方的签名密钥，以及接收方的系统时间。"))
	case status == http.StatusGone:
		return fault("gone", press.ClassConfig, press.Say("The receiver says that this address takes nothing any more.", "接收方表示该地址已停用。"),
			press.Say("Enter the new address, or switch the website off.", "请填写新的地址，或停用该渠道。"))
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed:
		return fault("missing", press.ClassConfig, press.Say("Nothing takes articles at this address.", "该地址没有接收稿件的程序。"),
			press.Say("Check the address.", "请核对地址。"))
	case status == http.StatusRequestEntityTooLarge:
		return fault("too_large", press.ClassConfig, press.Say("The request is too large for the receiver.", "请求超过接收方允许的大小。"),
			press.Say("Raise the receiver's limit, or let it fetch photos by their addresses (option photos=links).", "请调大接收方的限制，或改用图片链接（选项 photos=links）。"))
	case status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status == http.StatusTooEarly:
		return fault("busy", press.ClassBackoff, press.Say("The receiver is too busy now.", "接收方暂时繁忙。"),
			press.Say("It is tried again by itself.", "系统会自动重试。"))
	case status >= 500:
		return fault("fault", press.ClassBackoff, press.Say("The receiver has a fault.", "接收方程序出错。"),
			press.Say("It is tried again by itself. If it stays so, look at the receiver's log.", "系统会自动重试；若一直如此，请查看接收方的日志。"))
	}
	return fault("rejected", press.ClassContent, press.Say("The receiver did not accept the article.", "接收方没有接受这篇稿件。"), look)
}

// unanswered is a request without an answer; whether it arrived is not known, and it may be repeated with the same key.
func unanswered(err error) *press.PageFault {
	text, fix, answer, waits := reach.Why(err)
	class := press.ClassConfig
	if waits {
		class = press.ClassBackoff
	}
	return &press.PageFault{Code: "webhook.unreachable", Class: class, Text: text, Fix: fix, Answer: answer, Err: err}
}

func badAddress() *press.PageFault {
	return &press.PageFault{
		Code: "webhook.address", Class: press.ClassConfig, Text: press.Say("The webhook's address cannot be used.", "Webhook 地址无效。"),
		Fix: press.Say("Correct it under Websites.", "请在渠道设置中修改。"),
	}
}
