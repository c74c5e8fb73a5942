package notice

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/reach"
)

// Config is what a Sender is made of. Zero durations have defaults.
type Config struct {
	Private bool     // connections to the private network and to this machine are allowed
	Plain   bool     // so are connections without encryption to other machines
	Robots  []string // further addresses that a robot's may begin with, e.g. of a proxy or an installation of one's own
	Name    string   // of this host in mails; default localhost
	Version string   // in the user agent

	Timeout time.Duration // for one message, default 20 s
	TLS     *tls.Config   // nil: the system's roots
	Now     func() time.Time
}

// Sender sends messages. It is safe for concurrent use.
type Sender struct {
	Config
	public http.Client // for addresses that people type
	named  http.Client // for those of the configuration
}

// New makes a sender.
func New(cfg Config) *Sender {
	if cfg.Timeout <= 0 {
		cfg.Timeout = 20 * time.Second
	}
	if cfg.Name == "" {
		cfg.Name = "localhost"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Sender{Config: cfg}
	s.public, s.named = s.client(cfg.Private), s.client(true)
	return s
}

// Send sends a message once and returns the other side's words. Every error is a *press.NoticeFault.
func (s *Sender) Send(ctx context.Context, to press.NoticeRoute, m press.NoticeMessage) (answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	defer func() { err = asFault(err, to) }()
	defer press.Recover(&err)
	if err := s.Fit(to); err != nil {
		return "", &press.NoticeFault{Text: press.TextOf(err), Fix: press.Say("Correct the channel.", "请修改该通知渠道。")}
	}
	if to.Road == press.RoadMail {
		return s.mail(ctx, to, m)
	}
	return s.post(ctx, to, m)
}

// vendors are where the robots of each road live.
func vendors(road press.NoticeRoad) []string {
	switch road {
	case press.RoadWeCom:
		return []string{"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="}
	case press.RoadDingTalk:
		return []string{"https://oapi.dingtalk.com/robot/send?access_token="}
	case press.RoadFeishu:
		return []string{"https://open.feishu.cn/open-apis/bot/v2/hook/", "https://open.larksuite.com/open-apis/bot/v2/hook/"}
	}
	return nil
}

// ours reports whether the configuration names an address.
func (s *Sender) ours(address string) bool {
	return slices.ContainsFunc(s.Robots, func(base string) bool {
		return strings.HasPrefix(address, strings.TrimRight(base, "/")+"/")
	})
}

// Fit refuses a route by which nothing can be sent, or may be. What it says holds no secret.
func (s *Sender) Fit(to press.NoticeRoute) error {
	if to.Road == press.RoadMail {
		return s.fitMail(to)
	}
	u, err := url.Parse(to.Address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Fragment != "" {
		return press.Fail(press.Invalid, "notice.address", press.Say(
			"What was entered is no address. Copy it whole; it begins with https://.", "填写的不是有效地址，请完整复制，以 https:// 开头。"))
	}
	if to.Road == press.RoadWebhook {
		return s.fitWebhook(to, u)
	}
	starts := vendors(to.Road)
	if s.ours(to.Address) || slices.ContainsFunc(starts, func(start string) bool {
		return strings.HasPrefix(to.Address, start) && len(to.Address) > len(start)
	}) {
		return nil
	}
	return press.Fail(press.Invalid, "notice.robot", press.Say(
		"This is not the address of such a robot: it begins with %s. Copy it whole from the group's settings. For a proxy or an installation of your own, name its address under notices.robots in the configuration.",
		"这不是该类机器人的地址，应以 %s 开头，请从群设置中完整复制。使用代理或私有部署时，须先在配置项 notices.robots 中写明其地址。", starts[0]))
}

func (s *Sender) fitWebhook(to press.NoticeRoute, u *url.URL) error {
	switch {
	case u.Scheme == "http" && !s.Plain && !reach.Loopback(u.Hostname()):
		return press.Fail(press.Invalid, "notice.plain", press.Say(
			"The address begins with http://, so everybody on the way could read the notices. Use https, or set notices.plain in the configuration.",
			"地址以 http:// 开头，途中任何人都能看到通知内容。请使用 https，或在配置中设置 notices.plain。"))
	case len(to.Secret) < MinSecret:
		return press.Fail(press.Invalid, "notice.secret", press.Say(
			"The key to sign with needs at least %d characters.", "签名密钥至少 %d 个字符。", MinSecret))
	}
	return nil
}

// MinSecret is how long a webhook's key must be: shorter ones can be guessed from one signature.
const MinSecret = 16
