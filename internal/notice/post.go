package notice

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// Bounds of what is sent to a robot, in bytes, and of what is read of an answer. WeCom cuts a text at 2,048 bytes, DingTalk
// takes 20,000 and Feishu 20 KB for the whole request.
const (
	wecomBytes    = 2048
	dingtalkBytes = 8000
	feishuBytes   = 8000
	maxAnswer     = 16 << 10
)

// post sends a message to a robot or a webhook.
func (s *Sender) post(ctx context.Context, to press.NoticeRoute, m press.NoticeMessage) (string, error) {
	address, body, err := s.written(to, m)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", strings.TrimSpace("Newsdesk "+s.Version))
	if to.Road == press.RoadWebhook {
		s.sign(req.Header, to.Secret, m.ID, body)
	}
	client := &s.public
	if to.Road != press.RoadWebhook && s.ours(to.Address) {
		client = &s.named
	}
	res, err := client.Do(req)
	if err != nil {
		return "", unanswered(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return "", unanswered(err)
	}
	if to.Road == press.RoadWebhook {
		return webhookAnswer(res.StatusCode, data)
	}
	return robotAnswer(to.Road, res.StatusCode, data)
}

// written is a message as its receiver takes it, and where it goes.
func (s *Sender) written(to press.NoticeRoute, m press.NoticeMessage) (address string, body []byte, err error) {
	address = to.Address
	var v any
	switch to.Road {
	case press.RoadWeCom: // text, which WeChat shows too; it does not show a WeCom robot's Markdown
		v = map[string]any{"msgtype": "text", "text": map[string]string{"content": plainText(prefixed(m), wecomBytes)}}
	case press.RoadDingTalk:
		v = map[string]any{"msgtype": "text", "text": map[string]string{"content": plainText(prefixed(m), dingtalkBytes)}}
		address, err = dingtalkAddress(to, s.Now())
	case press.RoadFeishu:
		v = feishu(to.Secret, prefixed(m), s.Now())
	default:
		v = payload(m)
	}
	if err != nil {
		return "", nil, err
	}
	body, err = press.EncodeJSON(v)
	return address, body, err
}

// dingtalkAddress signs where the robot has a key (加签): the base64 of HMAC-SHA256(key, milliseconds + "\n" + key) in the
// query.
func dingtalkAddress(to press.NoticeRoute, now time.Time) (string, error) {
	if to.Secret == "" {
		return to.Address, nil
	}
	u, err := url.Parse(to.Address)
	if err != nil {
		return "", err
	}
	at := strconv.FormatInt(now.UnixMilli(), 10)
	q := u.Query()
	q.Set("timestamp", at)
	q.Set("sign", base64.StdEncoding.EncodeToString(mac(to.Secret, at+"\n"+to.Secret)))
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// feishu is a message in rich text, whose texts are shown as they are. Its signature (签名校验) is the base64 of HMAC-SHA256
// over nothing, with seconds + "\n" + key as the key.
func feishu(secret string, m press.NoticeMessage, now time.Time) map[string]any {
	type part map[string]string
	text := plainText(m, feishuBytes)
	title, rest, _ := strings.Cut(text, "\n")
	var lines [][]part
	for l := range strings.SplitSeq(strings.TrimLeft(rest, "\n"), "\n") {
		p := part{"tag": "text", "text": l}
		if strings.HasPrefix(l, "http://") || strings.HasPrefix(l, "https://") {
			p = part{"tag": "a", "text": press.Say("Open in Newsdesk", "在 Newsdesk 中打开").In(m.Lang), "href": l}
		}
		lines = append(lines, []part{p})
	}
	lang := "zh_cn"
	if m.Lang == press.English {
		lang = "en_us"
	}
	out := map[string]any{"msg_type": "post", "content": map[string]any{"post": map[string]any{lang: map[string]any{"title": title, "content": lines}}}}
	if secret != "" {
		at := strconv.FormatInt(now.Unix(), 10)
		out["timestamp"], out["sign"] = at, base64.StdEncoding.EncodeToString(mac(at+"\n"+secret, ""))
	}
	return out
}

func mac(key, text string) []byte {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// The headers of a webhook.
const (
	HeaderDelivery  = "X-Newsdesk-Delivery"
	HeaderTimestamp = "X-Newsdesk-Timestamp"
	HeaderSignature = "X-Newsdesk-Signature"
)

func (s *Sender) sign(h http.Header, secret, id string, body []byte) {
	at := strconv.FormatInt(s.Now().Unix(), 10)
	h.Set(HeaderDelivery, id)
	h.Set(HeaderTimestamp, at)
	h.Set(HeaderSignature, Signature(secret, at, body))
}

// Signature is what the header X-Newsdesk-Signature says of a body at a time; see the package comment.
func Signature(secret, timestamp string, body []byte) string {
	return "v1=" + hex.EncodeToString(mac(secret, timestamp+"."+string(body)))
}

// webhookBody is the JSON of a webhook. Fields may be added; none is renamed or taken away.
type webhookBody struct {
	ID       string          `json:"id"` // the same in every repetition
	SentFor  time.Time       `json:"at"`
	Test     bool            `json:"test,omitempty"`
	Language press.Lang      `json:"language"`
	Title    string          `json:"title"`
	Notices  []webhookNotice `json:"notices"`
}

type webhookNotice struct {
	ID       string           `json:"id"` // of the cause: never told twice under two
	Kind     press.NoticeKind `json:"kind"`
	At       time.Time        `json:"at"`
	Text     string           `json:"text"`
	Next     string           `json:"next,omitempty"`
	Who      string           `json:"who,omitempty"`
	Headline string           `json:"headline,omitempty"`
	Account  string           `json:"account,omitempty"`
	Mode     press.Mode       `json:"mode,omitempty"`
	Delivery press.DeliveryID `json:"delivery,omitempty"`
	Edition  press.EditionID  `json:"edition,omitempty"`
	State    press.State      `json:"state,omitempty"`
	Code     string           `json:"code,omitempty"` // of the reason, stable
	URL      string           `json:"url,omitempty"`
}

func payload(m press.NoticeMessage) webhookBody {
	out := webhookBody{ID: m.ID, SentFor: m.At, Test: m.Test, Language: m.Lang, Title: m.Title, Notices: []webhookNotice{}}
	for _, i := range m.Items {
		n := webhookNotice{
			ID: i.Cause, Kind: i.Kind, At: i.At, Text: i.Text, Next: i.Next, Who: i.Who, Headline: i.Title, Account: i.Account,
			Mode: i.Mode, Delivery: i.Delivery, Edition: i.Edition, State: i.State, URL: i.URL,
		}
		if i.Reason != nil {
			n.Code = i.Reason.Code
		}
		out.Notices = append(out.Notices, n)
	}
	return out
}

// webhookAnswer takes any 2xx for a yes.
func webhookAnswer(status int, data []byte) (string, error) {
	answer := strings.TrimSpace(fmt.Sprintf("HTTP %d %s", status, data))
	switch {
	case status >= 200 && status < 300:
		return answer, nil
	case status >= 300 && status < 400:
		return "", &press.NoticeFault{
			Answer: answer, Text: press.Say("The address only leads on to another one, which is not followed.", "该地址发生跳转，系统不会跟随。"),
			Fix: press.Say("Enter the address that it leads to.", "请改填跳转后的最终地址。"),
		}
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return "", &press.NoticeFault{
			Answer: answer, Text: press.Say("The receiver refused the message.", "接收方拒绝了通知。"),
			Fix: press.Say("Check the key on both sides, and whether the receiver's clock is right.", "请核对双方的签名密钥，以及接收方的系统时间。"),
		}
	case status == http.StatusNotFound || status == http.StatusGone || status == http.StatusMethodNotAllowed:
		return "", &press.NoticeFault{
			Answer: answer, Text: press.Say("Nothing takes notices at this address.", "该地址没有接收通知的程序。"),
			Fix: press.Say("Check the address.", "请核对地址。"),
		}
	case status == http.StatusTooManyRequests:
		return "", &press.NoticeFault{Answer: answer, Wait: time.Minute, Text: tooOften(), Fix: waitFix()}
	case status >= 500: // it may have dealt with it before it failed
		return "", &press.NoticeFault{
			Answer: answer, Unclear: true, Text: press.Say("The receiver has a fault.", "接收方程序出错。"),
			Fix: press.Say("Look at the receiver's log. It is tried again by itself.", "请查看接收方的日志，系统会自动重试。"),
		}
	}
	return "", &press.NoticeFault{
		Answer: answer, Text: press.Say("The receiver did not accept the message.", "接收方未接受通知。"),
		Fix: press.Say("Look at the receiver's log.", "请查看接收方的日志。"),
	}
}

// robotReply is what robots answer: WeCom and DingTalk errcode and errmsg, Feishu code and msg.
type robotReply struct {
	ErrCode *int   `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
	Code    *int   `json:"code"`
	Msg     string `json:"msg"`
}

func robotAnswer(road press.NoticeRoad, status int, data []byte) (string, error) {
	var r robotReply
	err := json.Unmarshal(data, &r)
	code, words := r.ErrCode, r.ErrMsg
	if road == press.RoadFeishu {
		code, words = r.Code, r.Msg
	}
	if err != nil || code == nil {
		return "", &press.NoticeFault{
			Answer: fmt.Sprintf("HTTP %d %s", status, data), Unclear: status < 400 || status >= 500,
			Text: press.Say("What answers at this address is not the robot.", "该地址的应答不是机器人的应答。"),
			Fix:  press.Say("Check the address, and whether a proxy or firewall stands between.", "请核对地址，并检查中间是否有代理或防火墙。"),
		}
	}
	answer := strings.TrimSpace(strconv.Itoa(*code) + " " + words)
	if *code == 0 {
		return answer, nil
	}
	fault := robotFault(road, *code, words)
	fault.Answer = answer
	return "", fault
}
