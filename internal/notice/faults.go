package notice

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/reach"
)

// maxWords bounds what is kept of the other side's words, in bytes.
const maxWords = 300

func tooOften() press.Text {
	return press.Say("Too many messages in a short time.", "短时间内消息过多，已被限流。")
}

func waitFix() press.Text {
	return press.Say("It is sent again by itself, merged with what waits.", "系统会自动合并后重发，无须处理。")
}

// robotFault says what a robot's number means. Sources: WeCom 91770 and its list of codes, DingTalk's “custom robot”,
// Feishu's “custom bot guide”, and what people report of them.
func robotFault(road press.NoticeRoad, code int, words string) *press.NoticeFault {
	low := strings.ToLower(words)
	has := func(part string) bool { return strings.Contains(low, part) }
	switch road {
	case press.RoadWeCom:
		switch code {
		case 93000, 93008, 40008:
			return wrongRobot()
		case 45009, 45033, -1:
			return &press.NoticeFault{Wait: time.Minute, Text: tooOften(), Fix: waitFix()}
		case 60020:
			return wrongIP()
		}
	case press.RoadDingTalk:
		switch {
		case code == 310000 && (has("keyword") || has("关键词")):
			return noKeyword()
		case code == 310000 && has("timestamp"):
			return wrongClock()
		case code == 310000 && (has("sign") || has("签名")):
			return wrongSign()
		case code == 310000 && (has("whitelist") || has("ip ") || has("白名单")):
			return wrongIP()
		case code == 130101, code == 410100, code == 90018: // the robot is shut for ten minutes
			return &press.NoticeFault{Wait: 10 * time.Minute, Text: tooOften(), Fix: waitFix()}
		case code == 300001, code == 300005, code == 400013, code == 400101, code == 400102, code == 400106:
			return wrongRobot()
		}
	case press.RoadFeishu:
		switch code {
		case 19024:
			return noKeyword()
		case 19022:
			return wrongIP()
		case 19021:
			return wrongSign()
		case 11232, 9499:
			if code == 11232 || has("too many") || has("frequency") {
				return &press.NoticeFault{Wait: time.Minute, Text: tooOften(), Fix: waitFix()}
			}
		case 19001, 19002, 10003:
			return wrongRobot()
		}
	}
	return &press.NoticeFault{
		Text: press.Say("The robot refused the message.", "机器人拒绝了这条消息。"),
		Fix:  press.Say("Look the number up in the vendor's documentation, and check the robot's settings in the group.", "请按错误码查阅平台文档，并检查群内机器人的设置。"),
	}
}

func wrongRobot() *press.NoticeFault {
	return &press.NoticeFault{
		Text: press.Say("There is no robot at this address: it was removed from the group, or the key is not whole.", "该地址没有机器人：可能已从群中移除，或密钥不完整。"),
		Fix:  press.Say("Copy the address again from the robot in the group's settings and enter it here.", "请在群设置的机器人中重新复制地址，填写到该渠道。"),
	}
}

func noKeyword() *press.NoticeFault {
	return &press.NoticeFault{
		Text: press.Say("The robot takes only messages that hold one of its keywords.", "机器人设置了自定义关键词，消息中没有包含。"),
		Fix:  press.Say("Add the keyword “Newsdesk” to the robot: it begins every notice.", "请为机器人添加关键词“Newsdesk”，每条通知都以它开头。"),
	}
}

func wrongIP() *press.NoticeFault {
	return &press.NoticeFault{
		Text: press.Say("The robot does not take messages from this machine's address.", "机器人的 IP 白名单不包含本机的出口地址。"),
		Fix:  press.Say("Add this machine's public address, which the answer may name, to the robot's list.", "请将本机的公网出口 IP（答复中可能写明）加入机器人的白名单。"),
	}
}

func wrongSign() *press.NoticeFault {
	return &press.NoticeFault{
		Text: press.Say("The robot checks signatures, and this one is wrong.", "机器人启用了签名校验，签名不正确。"),
		Fix:  press.Say("Copy the robot's signing key again and enter it here; check this machine's clock too.", "请重新复制机器人的签名密钥填写到该渠道，并检查本机时间。"),
	}
}

func wrongClock() *press.NoticeFault {
	return &press.NoticeFault{
		Text: press.Say("The robot found the message's time to be wrong.", "机器人认为消息的时间戳无效。"),
		Fix:  press.Say("Set this machine's clock: it may be off by an hour at most.", "请校准本机时间，误差不能超过一小时。"),
	}
}

// unanswered is an HTTP request that brought no answer. It may have arrived unless no connection was ever made.
func unanswered(err error) *press.NoticeFault {
	f := unreached(err)
	var dial *net.OpError
	f.Unclear = !errors.As(err, &dial) || dial.Op != "dial"
	if reach.Certificate(err) || errors.Is(err, reach.ErrPrivate) {
		f.Unclear = false
	}
	return f
}

// unreached says why there was no talking to the other side.
func unreached(err error) *press.NoticeFault {
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var timeout net.Error
	switch {
	case errors.Is(err, reach.ErrPrivate):
		return &press.NoticeFault{
			Text: press.Say("The address leads into the private network, which is not allowed.", "该地址指向内网，未获允许。"),
			Fix:  press.Say("If that is meant, whoever runs the server sets notices.private in the configuration.", "确需使用内网地址时，请服务器管理员在配置中设置 notices.private。"),
		}
	case reach.Certificate(err):
		return &press.NoticeFault{
			Answer: shortly(err), Text: press.Say("The other side's certificate is not valid for this address.", "对方的证书无效，或与地址不符。"),
			Fix: press.Say("Check the host's name; have the certificate renewed, or its authority added to this machine.", "请核对主机名，更新对方证书，或在本机信任其签发机构。"),
		}
	case errors.As(err, &record):
		return &press.NoticeFault{
			Text: press.Say("The other side does not speak TLS at this port.", "对方在该端口不使用 TLS。"),
			Fix:  press.Say("Check port and encryption: 465 is usually TLS, 587 STARTTLS.", "请核对端口与加密方式：465 通常为 TLS，587 通常为 STARTTLS。"),
		}
	case errors.As(err, &dns):
		return &press.NoticeFault{
			Text: press.Say("The host's name is not known.", "无法解析主机名。"),
			Fix:  press.Say("Check the name, and whether this machine can look up names.", "请核对主机名，并检查本机的域名解析。"),
		}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &press.NoticeFault{
			Text: press.Say("Nothing listens at this address and port.", "对方地址的该端口没有服务。"),
			Fix:  press.Say("Check the port, and whether the service runs.", "请核对端口，并确认对方服务已启动。"),
		}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &press.NoticeFault{
			Text: press.Say("The other side did not answer in time.", "对方未在时限内应答。"),
			Fix:  press.Say("Check whether a firewall lets this machine through. It is tried again by itself.", "请检查防火墙是否放行，系统会自动重试。"),
		}
	}
	return &press.NoticeFault{
		Answer: shortly(err), Text: press.Say("The connection failed.", "连接失败。"),
		Fix: press.Say("Check the address. It is tried again by itself.", "请核对地址，系统会自动重试。"),
	}
}

// shortly is an error without the address that net/http puts before it: a robot's address is a secret.
func shortly(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return err.Error()
}

// asFault makes sure of the error's type, and that neither secrets nor control characters are in the other side's words.
func asFault(err error, to press.NoticeRoute) error {
	if err == nil {
		return nil
	}
	var f *press.NoticeFault
	if !errors.As(err, &f) {
		f = &press.NoticeFault{
			Answer: shortly(err), Unclear: true,
			Text: press.Say("The notice could not be sent.", "通知未能发出。"),
			Fix:  press.Say("It is tried again by itself; if that does not help, look at the log.", "系统会自动重试，仍不成功请查看日志。"),
		}
	}
	out := *f
	out.Answer = scrubbed(out.Answer, to)
	return &out
}

// scrubbed is the other side's words, bounded, without what it may have repeated of ours.
func scrubbed(words string, to press.NoticeRoute) string {
	for _, secret := range secretsOf(to) {
		words = strings.ReplaceAll(words, secret, "…")
	}
	return clip(press.OneLine(words), maxWords)
}

// secretsOf lists what no one may read of a route, in the forms in which it travels.
func secretsOf(to press.NoticeRoute) (out []string) {
	add := func(secret string) {
		if len(secret) < 4 {
			return
		}
		out = append(out, secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)))
	}
	add(to.Address)
	if to.Road == press.RoadMail && to.Secret != "" {
		add("\x00" + to.Mail.Username + "\x00" + to.Secret)
	}
	add(to.Secret)
	u, err := url.Parse(to.Address)
	if err != nil || to.Address == "" {
		return out
	}
	for _, values := range u.Query() {
		for _, v := range values {
			add(v)
		}
	}
	if u.Path != "/" {
		add(u.Path)
	}
	if i := strings.LastIndexByte(u.Path, '/'); i >= 0 {
		add(u.Path[i+1:])
	}
	return out
}
