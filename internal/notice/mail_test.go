package notice_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/notice"
	"newsdesk/internal/press"
)

const mailSecret = "a-password-nobody-reads"

func blockedMessage() press.NoticeMessage {
	return press.NoticeMessage{
		ID: "01m8qz6c3v7k2w9x4y5t0r8n1d", At: time.Date(2026, 11, 22, 15, 4, 0, 0, time.UTC), Lang: press.Chinese,
		Title: "推送受阻，须人工处理：示例大学举行运动会", Office: "示例大学",
		Items: []press.NoticeItem{{
			Notice: press.Notice{Cause: "01m8/blocked/3", Kind: press.NoticeBlocked, Delivery: "01m8", State: press.Blocked, Reason: &press.Reason{Code: "draft.edited"}},
			Text:   "推送受阻，须人工处理：示例大学举行运动会", Facts: []press.NoticeFact{{Name: "公众号", Value: "campus"}},
			Next: "放行，或取消。", URL: "https://news.example.edu.cn/deliveries/01m8", Title: "示例大学举行运动会 <at user_id=\"all\">",
		}},
	}
}

func (s *mailServer) route(security press.MailSecurity) press.NoticeRoute {
	r := press.NoticeRoute{Road: press.RoadMail, Mail: press.Mail{
		Host: "127.0.0.1", Port: s.port, Security: security, From: "desk@example.edu.cn", To: []string{"a@example.edu.cn", "b@example.edu.cn"},
	}}
	if s.password != "" {
		r.Secret, r.Mail.Username = s.password, "desk"
	}
	return r
}

func (s *mailServer) sender(change func(*notice.Config)) *notice.Sender {
	c := notice.Config{Private: true, Name: "desk.test", Timeout: 5 * time.Second, TLS: &tls.Config{RootCAs: s.roots, MinVersion: tls.VersionTLS12}}
	if change != nil {
		change(&c)
	}
	return notice.New(c)
}

// TestMailArrives: over each kind of connection, signed in, to every receiver, with a subject and a text in Chinese and the
// identifier that stays; and no word of it in the clear where encryption was chosen.
func TestMailArrives(t *testing.T) {
	t.Parallel()
	for _, security := range []press.MailSecurity{press.MailSTARTTLS, press.MailTLS, press.MailPlain} {
		t.Run(string(security), func(t *testing.T) {
			t.Parallel()
			s := listenMail(t, func(s *mailServer) {
				s.password, s.starttls, s.implicit = mailSecret, security == press.MailSTARTTLS, security == press.MailTLS
			})
			answer, err := s.sender(nil).Send(t.Context(), s.route(security), blockedMessage())
			if err != nil || !strings.Contains(answer, "queued as 42") {
				t.Fatalf("%q, %v", answer, err)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if len(s.mails) != 1 || s.mails[0].user != "desk" || !strings.Contains(s.mails[0].to, "a@example.edu.cn") || !strings.Contains(s.mails[0].to, "b@example.edu.cn") {
				t.Fatalf("the server has %+v", s.mails)
			}
			checkMail(t, s.mails[0].data)
			if security != press.MailPlain && strings.Contains(strings.Join(s.plain, "\n"), "MAIL FROM") {
				t.Errorf("in the clear: %q", s.plain)
			}
		})
	}
}

func checkMail(t *testing.T, data string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "[Newsdesk · 示例大学] 推送受阻，须人工处理：示例大学举行运动会" {
		t.Errorf("subject %q, %v", subject, err)
	}
	if id := m.Header.Get("Message-Id"); id != "<01m8qz6c3v7k2w9x4y5t0r8n1d@desk.test>" {
		t.Errorf("Message-ID %q", id)
	}
	if m.Header.Get("Auto-Submitted") != "auto-generated" || !strings.HasPrefix(m.Header.Get("Date"), "Sun, 22 Nov 2026 15:04") {
		t.Errorf("header %v", m.Header)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	for _, want := range []string{"公众号：campus", "下一步：放行，或取消。", "https://news.example.edu.cn/deliveries/01m8"} {
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("the text lacks %q: %v\n%s", want, err, body)
		}
	}
}

// TestMailRefused: what a server refuses is told with what to do; what may have arrived is told apart; no password is in any
// of it, and nothing is sent where encryption was asked for and is not there.
func TestMailRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		server  func(*mailServer)
		route   func(*press.NoticeRoute)
		text    string
		answer  string
		unclear bool
	}{
		"wrong password":      {server: func(s *mailServer) { s.says["AUTH"] = "535 5.7.8 bad credentials " + mailSecret }, text: "用户名或密码", answer: "535"},
		"no STARTTLS":         {server: func(s *mailServer) { s.starttls = false }, text: "不支持 STARTTLS"},
		"unknown certificate": {server: func(s *mailServer) { s.roots = x509.NewCertPool() }, text: "证书无效"},
		"sender refused":      {server: func(s *mailServer) { s.says["MAIL"] = "553 5.7.1 not yours" }, text: "发件地址", answer: "553"},
		"receiver refused":    {server: func(s *mailServer) { s.says["RCPT"] = "550 5.1.1 no such user" }, text: "收件地址", answer: "550"},
		"later":               {server: func(s *mailServer) { s.says["DATA"] = "451 4.7.1 greylisted" }, text: "稍后再试", answer: "451"},
		"refused at the end":  {server: func(s *mailServer) { s.says["."] = "554 5.7.1 spam" }, text: "拒收", answer: "554"},
		"gone at the end":     {server: func(s *mailServer) { s.says["."] = "gone" }, text: "没有确认", unclear: true},
		"hangs up":            {server: func(s *mailServer) { s.says["MAIL"] = "" }, text: "连接中断"},
		"TLS to a plain port": {server: func(*mailServer) {}, route: func(r *press.NoticeRoute) { r.Mail.Security = press.MailTLS }, text: "不使用 TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := listenMail(t, func(s *mailServer) {
				s.password, s.starttls = mailSecret, true
				c.server(s)
			})
			route := s.route(press.MailSTARTTLS)
			if c.route != nil {
				c.route(&route)
			}
			f := faultOf(t, s.sender(nil), route)
			if !strings.Contains(f.Text.ZH, c.text) || !strings.Contains(f.Answer, c.answer) || f.Unclear != c.unclear {
				t.Errorf("told %+v", f)
			}
			if strings.Contains(f.Error(), mailSecret) {
				t.Errorf("the fault holds the password: %v", f)
			}
			if len(s.mails) > 0 && s.says["."] == "" {
				t.Errorf("sent all the same: %+v", s.mails)
			}
		})
	}
}

// faultOf sends and returns why it failed.
func faultOf(t *testing.T, s *notice.Sender, to press.NoticeRoute) *press.NoticeFault {
	t.Helper()
	_, err := s.Send(t.Context(), to, blockedMessage())
	f, ok := err.(*press.NoticeFault) //nolint:errorlint // Send promises this very type
	if !ok || f.Text.EN == "" || f.Text.ZH == "" || f.Fix.EN == "" || f.Fix.ZH == "" {
		t.Fatalf("sending says %#v", err)
	}
	return f
}

// TestMailHangs: a server that says nothing costs the time that a message may take, and no more.
func TestMailHangs(t *testing.T) {
	t.Parallel()
	s := listenMail(t, func(s *mailServer) { s.says["EHLO"] = "hang" })
	began := time.Now()
	f := faultOf(t, s.sender(func(c *notice.Config) { c.Timeout = time.Second }), s.route(press.MailPlain))
	if took := time.Since(began); took > 20*time.Second || f.Unclear {
		t.Errorf("after %s: %+v", took, f)
	}
}
