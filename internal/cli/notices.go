package cli

import (
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

func newNotice(e *env) *cobra.Command {
	return e.group("notice", e.say("Look after the channels that people are told by", "管理通知渠道"),
		newNoticeList(e), newNoticeAdd(e), newNoticePause(e, true), newNoticePause(e, false), newNoticeTest(e), newNoticeRemove(e))
}

func newNoticeList(e *env) *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use: "list", Short: e.say("List the notice channels and how they fare", "列出通知渠道及其状况"), Example: "  newsdesk notice list", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			list, err := s.NoticeChannels(cmd.Context())
			if err != nil || r.asJSON {
				return orJSON(e, list, err)
			}
			e.noticeTable(s, list.Channels)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	return cmd
}

func (e *env) noticeTable(s session, list []press.NoticeChannel) {
	if len(list) == 0 {
		e.tell("There is no notice channel.", "还没有通知渠道。")
		return
	}
	var rows [][]string
	for _, c := range list {
		rows = append(rows, []string{string(c.ID), c.Name, c.Road.Name().In(e.lang), showTime(c.SentAt, s.zone), showTime(c.FailingSince, s.zone), e.noticeState(c)})
	}
	e.table([]string{"ID", e.say("Name", "名称"), e.say("Way", "方式"), e.say("Last sent", "上次发送"), e.say("Failing since", "失败开始于"), e.say("State", "状况")}, rows)
}

func (e *env) noticeState(c press.NoticeChannel) string {
	switch {
	case c.Paused:
		return e.say("paused", "已暂停")
	case c.Fault != nil && !c.FailingSince.IsZero():
		return c.Fault.Text.In(e.lang) + " " + c.Fault.Fix.In(e.lang)
	}
	return e.say("%d waiting", "待发送 %d 条", c.Waiting)
}

func newNoticeAdd(e *env) *cobra.Command {
	var r remote
	var b api.NoticeChannelBody
	var m api.NoticeMail
	var secretFile string
	cmd := &cobra.Command{
		Use: "add NAME", Short: e.say("Add a notice channel", "添加通知渠道"), Args: cobra.ExactArgs(1),
		Example: "  newsdesk notice add 值班群 --road wecom --secrets-file robot.txt --kinds blocked,missed,failed,stopped",
		Long: e.say("The file given by --secrets-file holds, on its first line, a robot's or webhook's whole address, and on the second\n"+
			"its signing key, where it has one; for e-mail, the password alone. “-” reads standard input.",
			"--secrets-file 指定的文件：第一行为机器人或 Webhook 的完整地址，第二行为签名密钥（没有则省略）；电子邮件只写一行密码。“-”表示标准输入。"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := e.readNoticeSecrets(secretFile, &b); err != nil {
				return err
			}
			b.Name = args[0]
			if press.NoticeRoad(b.Road) == press.RoadMail {
				b.Mail = &m
			}
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			added, err := s.AddNoticeChannel(cmd.Context(), b)
			if err != nil || r.asJSON {
				return orJSON(e, added, err)
			}
			e.noticeTable(s, []press.NoticeChannel{added.Channel})
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	f := cmd.Flags()
	f.StringVar(&b.Road, "road", "", e.say("`way`: mail, wecom, dingtalk, feishu or webhook", "`方式`：mail、wecom、dingtalk、feishu 或 webhook"))
	f.StringVar(&b.Language, "language", string(e.lang), e.say("of the notices: `zh or en`", "通知的语言：`zh 或 en`"))
	f.StringSliceVar(&b.Kinds, "kinds", []string{"blocked", "missed", "failed", "stopped"}, e.say("what it is told of, `separated by commas`: also live, retracted", "通知内容，`以逗号分隔`，另有 live、retracted"))
	f.StringVar(&secretFile, "secrets-file", "", e.say("`file` with the address and keys, or the password", "存放地址与密钥（或密码）的`文件`"))
	f.StringVar(&m.Host, "mail-host", "", e.say("mail `server`", "邮件`服务器`"))
	f.IntVar(&m.Port, "mail-port", 587, e.say("its `port`", "`端口`"))
	f.StringVar(&m.Security, "mail-security", "starttls", e.say("`starttls, tls or none`", "`starttls、tls 或 none`"))
	f.StringVar(&m.Username, "mail-user", "", e.say("`name` to sign in with", "登录`用户名`"))
	f.StringVar(&m.From, "mail-from", "", e.say("sender's `address`", "发件`地址`"))
	f.StringSliceVar(&m.To, "mail-to", nil, e.say("receivers' `addresses`, separated by commas", "收件`地址`，以逗号分隔"))
	_ = cmd.MarkFlagRequired("road") // there is such a flag
	return cmd
}

// readNoticeSecrets reads them from a file, because other users of the machine can see a command line.
func (e *env) readNoticeSecrets(name string, b *api.NoticeChannelBody) error {
	lines, err := e.secretLines(name, "notice.file")
	if err != nil || name == "" {
		return err
	}
	mail := press.NoticeRoad(b.Road) == press.RoadMail
	switch {
	case len(lines) == 0 || len(lines) > 2 || mail && len(lines) > 1:
		return usage("%s should hold the address on its first line and the signing key on its second, or a mail password alone.",
			"%s 应在第一行写地址、第二行写签名密钥；电子邮件只写一行密码。", name)
	case mail:
		b.Secret = lines[0]
		return nil
	case len(lines) == 2:
		b.Secret = lines[1]
	}
	b.Address = lines[0]
	if _, err := url.Parse(b.Address); err != nil { // its own words would quote the key
		return usage("The first line of %s is no address.", "%s 的第一行不是有效地址。", name)
	}
	return nil
}

// channelNamed finds a channel by its identifier or name.
func (e *env) channelNamed(cmd *cobra.Command, s session, name string) (press.NoticeChannel, error) {
	list, err := s.NoticeChannels(cmd.Context())
	if err != nil {
		return press.NoticeChannel{}, err
	}
	i := slices.IndexFunc(list.Channels, func(c press.NoticeChannel) bool { return string(c.ID) == name || c.Name == name })
	if i < 0 {
		return press.NoticeChannel{}, press.Fail(press.NotFound, "notice.missing", press.Say("There is no notice channel %q.", "没有名为“%s”的通知渠道。", name))
	}
	return list.Channels[i], nil
}

// newNoticePause makes pause and resume.
func newNoticePause(e *env, pause bool) *cobra.Command {
	use, short := "resume", e.say("Let a paused channel go on", "恢复已暂停的通知渠道")
	if pause {
		use, short = "pause", e.say("Send nothing to a channel for now", "暂停通知渠道")
	}
	return e.onChannel(use, short, func(cmd *cobra.Command, s session, c press.NoticeChannel, r *remote) error {
		b := api.NoticeChannelBody{Version: c.Version, Name: c.Name, Language: string(c.Lang), Paused: pause}
		for _, kind := range c.Kinds {
			b.Kinds = append(b.Kinds, string(kind))
		}
		if m := c.Mail; c.Road == press.RoadMail {
			b.Mail = &api.NoticeMail{Host: m.Host, Port: m.Port, Security: string(m.Security), Username: m.Username, From: m.From, To: m.To}
		}
		changed, err := s.ChangeNoticeChannel(cmd.Context(), c.ID, b)
		if err != nil || r.asJSON {
			return orJSON(e, changed, err)
		}
		e.noticeTable(s, []press.NoticeChannel{changed.Channel})
		return nil
	})
}

func newNoticeRemove(e *env) *cobra.Command {
	return e.onChannel("remove", e.say("Remove a channel, its secrets and what waits for it", "移除通知渠道及其密钥"), func(cmd *cobra.Command, s session, c press.NoticeChannel, r *remote) error {
		list, err := s.RemoveNoticeChannel(cmd.Context(), c.ID, c.Version)
		if err != nil || r.asJSON {
			return orJSON(e, list, err)
		}
		e.tell("The notice channel %s was removed.", "已移除通知渠道“%s”。", c.Name)
		return nil
	})
}

func newNoticeTest(e *env) *cobra.Command {
	return e.onChannel("test", e.say("Send a test notice and show what the other side answers", "发送测试通知并显示答复"), func(cmd *cobra.Command, s session, c press.NoticeChannel, r *remote) error {
		test, err := s.TestNoticeChannel(cmd.Context(), c.ID)
		if err != nil {
			return err
		}
		if r.asJSON {
			if err := e.json(test); err != nil {
				return err
			}
			return noticeFailed(test)
		}
		return e.noticeTested(test)
	})
}

// noticeTested prints what came of a test; one that failed is an error, for scripts.
func (e *env) noticeTested(test desk.NoticeTest) error {
	if err := noticeFailed(test); err != nil {
		return err
	}
	e.fields(field{e.say("Test", "测试"), test.Text.In(e.lang)}, field{e.say("Answer", "答复"), test.Answer})
	return nil
}

func noticeFailed(test desk.NoticeTest) error {
	if test.Works {
		return nil
	}
	return press.Fail(press.Unavailable, "notice.test", press.Text{
		EN: strings.TrimSpace(test.Text.EN + " " + test.Fix.EN + " " + test.Answer), ZH: strings.TrimSpace(test.Text.ZH + test.Fix.ZH + " " + test.Answer),
	})
}

// onChannel is a command about one channel, which is named as people call it.
func (e *env) onChannel(use, short string, do func(*cobra.Command, session, press.NoticeChannel, *remote) error) *cobra.Command {
	return onOne(e, use+" CHANNEL", short, "  newsdesk notice "+use+" 值班群", e.channelNamed, do)
}
