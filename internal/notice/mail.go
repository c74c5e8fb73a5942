package notice

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	netmail "net/mail"
	"slices"
	"strings"
	"time"

	mail "github.com/wneessen/go-mail"

	"newsdesk/internal/press"
	"newsdesk/internal/reach"
)

// mailPorts are those that a mail server has, which often stands in the office's own network. Other ports there need the
// configuration's leave: something else may listen at them.
var mailPorts = []string{"25", "465", "587", "2525"}

// Bounds of a mail.
const (
	mailBytes   = 64 << 10
	maxSMTP     = 256 << 10 // of what a server says in one conversation
	maxReaders  = 20
	maxMailText = 254 // of an address, RFC 5321
)

func (s *Sender) fitMail(to press.NoticeRoute) error {
	m := to.Mail
	switch {
	case m.Host == "" || len(m.Host) > 253 || strings.ContainsAny(m.Host, " /:@\r\n\t") && net.ParseIP(m.Host) == nil:
		return press.Fail(press.Invalid, "notice.host", press.Say(
			"Enter the mail server's name alone, such as smtp.example.edu.cn.", "请只填写邮件服务器的主机名，如 smtp.example.edu.cn。"))
	case m.Port < 1 || m.Port > 65535:
		return press.Fail(press.Invalid, "notice.port", press.Say("The port is a number such as 587 or 465.", "端口应为数字，如 587 或 465。"))
	case !slices.Contains([]press.MailSecurity{press.MailSTARTTLS, press.MailTLS, press.MailPlain}, m.Security):
		return press.Fail(press.Invalid, "notice.security", press.Say("Choose the encryption.", "请选择加密方式。"))
	case m.Security == press.MailPlain && !s.Plain && !reach.Loopback(m.Host):
		return press.Fail(press.Invalid, "notice.plain", press.Say(
			"Without encryption everybody on the way could read the mails. Choose STARTTLS or TLS, or set notices.plain in the configuration.",
			"不加密时，途中任何人都能看到邮件。请选择 STARTTLS 或 TLS，或在配置中设置 notices.plain。"))
	case m.Security == press.MailPlain && to.Secret != "" && !reach.Loopback(m.Host):
		return press.Fail(press.Invalid, "notice.plain", press.Say(
			"A password is not sent without encryption. Choose STARTTLS or TLS, or sign in without one.", "不加密时不能发送密码。请选择 STARTTLS 或 TLS，或不使用密码登录。"))
	case (m.Username == "") != (to.Secret == ""):
		return press.Fail(press.Invalid, "notice.sign_in", press.Say(
			"Signing in needs both a user name and a password; without signing in, leave both empty.", "登录须同时填写用户名和密码；无须登录时，两项都留空。"))
	case len(m.To) == 0 || len(m.To) > maxReaders:
		return press.Fail(press.Invalid, "notice.to", press.Say("Enter 1 to %d receivers, one a line.", "请填写 1 至 %d 个收件人，每行一个。", maxReaders))
	}
	for _, address := range append([]string{m.From}, m.To...) {
		parsed, err := netmail.ParseAddress(address)
		if err != nil || parsed.Address != address || len(address) > maxMailText {
			return press.Fail(press.Invalid, "notice.mail", press.Say("“%s” is no e-mail address.", "“%s”不是有效的邮箱地址。", clip(address, 100)))
		}
	}
	return nil
}

// mail sends a message by SMTP. It has arrived when the server has taken responsibility for it, after the last byte.
func (s *Sender) mail(ctx context.Context, to press.NoticeRoute, m press.NoticeMessage) (string, error) {
	msg, err := s.mailOf(to, m)
	if err != nil {
		return "", err
	}
	client, err := s.smtp(ctx, to)
	if err != nil {
		return "", err
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", mailFault(err)
	}
	defer func() { _ = client.CloseWithSMTPClient(conn) }() // it is said and done by then
	if err := client.SendWithSMTPClient(conn, msg); err != nil && !msg.IsDelivered() {
		return "", mailFault(err)
	}
	return scrubbed(msg.ServerResponse(), to), nil
}

// mailOf writes the mail: plain text, which every program shows alike.
func (s *Sender) mailOf(to press.NoticeRoute, m press.NoticeMessage) (*mail.Msg, error) {
	titled := prefixed(m)
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.FromFormat("Newsdesk", to.Mail.From), msg.To(to.Mail.To...)); err != nil {
		return nil, err
	}
	msg.Subject(clip(line(titled.Title), 200))
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(m.ID + "@" + s.Name)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no out-of-office answers; RFC 3834
	msg.SetBodyString(mail.TypeTextPlain, plainText(titled, mailBytes)+"\n")
	return msg, nil
}

// smtp is a client for one conversation. The connection is bounded in time and size, and made only where it may be.
func (s *Sender) smtp(ctx context.Context, to press.NoticeRoute) (*mail.Client, error) {
	m := to.Mail
	tlsConfig := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		tlsConfig = s.TLS.Clone()
	}
	tlsConfig.ServerName = m.Host
	dialer := s.dialer(s.Private, mailPorts)
	dial := func(dialing context.Context, network, address string) (net.Conn, error) {
		c, err := dialer.DialContext(dialing, network, address)
		if err != nil {
			return nil, err
		}
		c = boundTo(ctx, c, maxSMTP)
		if m.Security != press.MailTLS {
			return c, nil
		}
		t := tls.Client(c, tlsConfig)
		if err := t.HandshakeContext(dialing); err != nil {
			_ = c.Close()
			return nil, err
		}
		return t, nil
	}
	policy := mail.TLSMandatory
	if m.Security != press.MailSTARTTLS {
		policy = mail.NoTLS
	}
	options := []mail.Option{
		mail.WithPort(m.Port), mail.WithTimeout(s.timeLeft(ctx)), mail.WithTLSConfig(tlsConfig), mail.WithTLSPolicy(policy),
		mail.WithDialContextFunc(dial), mail.WithHELO(s.Name), mail.WithoutNoop(),
	}
	if m.Username != "" {
		first, second := mail.SMTPAuthPlain, mail.SMTPAuthLogin
		if m.Security == press.MailPlain { // to this machine only, see fitMail
			first, second = mail.SMTPAuthPlainNoEnc, mail.SMTPAuthLoginNoEnc
		}
		options = append(options, mail.WithOpportunisticSMTPAuth(first, second, mail.SMTPAuthCramMD5, mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1),
			mail.WithUsername(m.Username), mail.WithPassword(to.Secret))
	}
	return mail.NewClient(m.Host, options...)
}

func (s *Sender) timeLeft(ctx context.Context) time.Duration {
	end, ok := ctx.Deadline()
	if !ok {
		return s.Timeout
	}
	return max(time.Until(end), time.Second)
}

// mailFault says what went wrong in a conversation with a mail server. What failed before the last byte of the mail was
// confirmed or refused with a number did not arrive.
func mailFault(err error) *press.NoticeFault {
	var send *mail.SendError
	words := err.Error()
	if errors.As(err, &send) {
		f := sendFault(send)
		f.Answer = words
		return f
	}
	low := strings.ToLower(words)
	switch {
	case reach.Certificate(err), errors.Is(err, reach.ErrPrivate), errors.As(err, new(*net.OpError)), errors.As(err, new(tls.RecordHeaderError)):
		return unreached(err)
	case strings.Contains(low, "smtp auth failed"):
		return &press.NoticeFault{
			Answer: words, Text: press.Say("The mail server refused the user name or the password.", "邮件服务器拒绝了用户名或密码。"),
			Fix: press.Say("Check both. Many providers want a separate code for programs (授权码), not the password of the mailbox.", "请核对后重新填写。许多邮箱要求使用“授权码”，而不是邮箱密码。"),
		}
	case strings.Contains(low, "auth"):
		return &press.NoticeFault{
			Answer: words, Text: press.Say("The mail server offers no way to sign in that Newsdesk can use.", "邮件服务器未提供可用的登录方式。"),
			Fix: press.Say("Check port and encryption; some servers take a sign-in only after TLS.", "请核对端口与加密方式，有的服务器只在加密后允许登录。"),
		}
	case strings.Contains(low, "starttls"):
		return &press.NoticeFault{
			Answer: words, Text: press.Say("The mail server offers no STARTTLS, so nothing was sent.", "邮件服务器不支持 STARTTLS，未发送。"),
			Fix: press.Say("Choose TLS with port 465, or ask who runs the server.", "请改用 TLS 和 465 端口，或询问邮件服务器管理员。"),
		}
	}
	return unreached(err)
}

func sendFault(err *mail.SendError) *press.NoticeFault {
	switch {
	case err.Reason == mail.ErrSMTPDataClose && err.ErrorCode() == 0, err.Reason == mail.ErrWriteContent && err.ErrorCode() == 0:
		return &press.NoticeFault{
			Unclear: true, Text: press.Say("The mail server did not confirm the mail.", "邮件服务器没有确认收到邮件。"),
			Fix: press.Say("It is sent again by itself; the second mail has the same Message-ID.", "系统会自动重发，Message-ID 相同。"),
		}
	case err.ErrorCode() == 0:
		return &press.NoticeFault{
			Text: press.Say("The conversation with the mail server broke off.", "与邮件服务器的连接中断。"),
			Fix:  press.Say("It is tried again by itself.", "系统会自动重试。"),
		}
	case err.Reason == mail.ErrSMTPMailFrom:
		return &press.NoticeFault{
			Text: press.Say("The mail server does not take mail from the sender's address.", "邮件服务器不接受该发件地址。"),
			Fix:  press.Say("Enter the address of the mailbox that signs in as the sender.", "请将发件人改为登录邮箱的地址。"),
		}
	case err.Reason == mail.ErrSMTPRcptTo:
		return &press.NoticeFault{
			Text: press.Say("The mail server does not take mail to a receiver.", "邮件服务器不接受其中的收件地址。"),
			Fix:  press.Say("Check the receivers' addresses; the answer names the one.", "请核对收件人地址，答复中写明了是哪一个。"),
		}
	case err.IsTemp():
		return &press.NoticeFault{Wait: time.Minute, Text: press.Say("The mail server asks to come back later.", "邮件服务器要求稍后再试。"), Fix: waitFix()}
	}
	return &press.NoticeFault{
		Text: press.Say("The mail server refused the mail.", "邮件服务器拒收了邮件。"),
		Fix:  press.Say("Its answer says why; whoever runs the server can help.", "原因见其答复，可咨询邮件服务器管理员。"),
	}
}
