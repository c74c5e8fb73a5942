package cli

import (
	"maps"
	"strings"

	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
)

func newTargets(e *env) *cobra.Command {
	return e.group("targets", e.say("Look after the websites that articles are delivered to", "管理网站渠道"),
		newTargetList(e), newTargetShow(e), newTargetAdd(e), newTargetChange(e), newTargetTest(e), newTargetRemove(e))
}

func newTargetList(e *env) *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use: "list", Short: e.say("List the websites and how they fare", "列出网站渠道及其状况"), Example: "  newsdesk targets list", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			list, err := s.Targets(cmd.Context())
			if err != nil || r.asJSON {
				return orJSON(e, list, err)
			}
			var rows [][]string
			for _, t := range list.Targets {
				rows = append(rows, []string{t.Name, t.Called().In(e.lang), t.Kind.Name().In(e.lang), e.targetUse(t.Target), showTime(t.Health.LiveAt, s.zone), e.targetState(t.Health)})
			}
			e.table([]string{e.say("Name", "代号"), e.say("Title", "名称"), e.say("Kind", "类型"), e.say("Use", "使用"), e.say("Last live", "最近上线"), e.say("State", "状况")}, rows)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	return cmd
}

func (e *env) targetUse(t press.Target) string {
	if !t.On {
		return e.say("off", "停用")
	}
	out := e.say("optional", "可选")
	if t.Policy == press.SiteRequired {
		out = e.say("required", "必须")
	}
	if t.First {
		out += e.say(", first", "，首选")
	}
	return out
}

func (e *env) targetState(h press.TargetHealth) string {
	if h.Troubled() {
		return strings.TrimSpace(e.say("%d blocked, %d failing", "受阻 %d，重试中 %d", h.Blocked, h.Failing) + e.say(": ", "：") + h.Why.In(e.lang))
	}
	return e.say("%d waiting", "待投放 %d", h.Waiting)
}

func newTargetShow(e *env) *cobra.Command {
	return e.onTarget("show", e.say("Show one website", "查看一个网站渠道"), func(cmd *cobra.Command, s session, t desk.TargetRow, r *remote) error {
		if r.asJSON {
			return orJSON(e, t, nil)
		}
		e.target(s, t)
		return nil
	})
}

func (e *env) target(s session, t desk.TargetRow) {
	columns := e.say("all", "全部")
	if len(t.Columns) > 0 {
		names := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			names[i] = c.String()
		}
		columns = strings.Join(names, e.say(", ", "、"))
	}
	secret := e.say("none", "未设置")
	if t.HasSecret {
		secret = e.say("set", "已设置")
	}
	fields := []field{
		{e.say("Name", "代号"), t.Name},
		{e.say("Title", "名称"), t.Called().In(e.lang)},
		{e.say("Kind", "类型"), t.Kind.Name().In(e.lang)},
		{e.say("Address", "地址"), t.Address},
		{e.say("User", "用户"), t.User},
		{e.say("Secret", "密钥"), secret},
		{e.say("Use", "使用"), e.targetUse(t.Target)},
		{e.say("Columns", "栏目"), columns},
		{e.say("Last live", "最近上线"), showTime(t.Health.LiveAt, s.zone)},
		{e.say("Failing since", "失败开始于"), showTime(t.Health.FailingSince, s.zone)},
		{e.say("State", "状况"), e.targetState(t.Health)},
		{e.say("Version", "版本"), e.say("%d", "%d", t.Version)},
	}
	for _, key := range []string{press.OptionRetract, press.OptionCategories, press.OptionAuthors} {
		if value := t.Options[key]; value != "" {
			fields = append(fields, field{key, strings.ReplaceAll(value, "\n", "; ")})
		}
	}
	e.fields(fields...)
}

// targetFlags are what can be said of a website on the command line. Its secret is read from a file, because other users of
// the machine can see a command line.
type targetFlags struct {
	body    api.TargetBody
	columns []string
	options map[string]string
	secret  string
	off     bool
}

func (o *targetFlags) register(e *env, cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.body.Title, "title", "", e.say("what people call it", "名称"))
	f.StringVar(&o.body.Address, "address", "", e.say("`address` of the WordPress, or where requests go", "WordPress 的`地址`，或接收请求的地址"))
	f.StringVar(&o.body.User, "user", "", e.say("WordPress `user` that publishes", "用于发布的 WordPress `用户`"))
	f.StringVar(&o.secret, "secret-file", "", e.say("`file` with the application password or signing key; “-” reads standard input", "存放应用程序密码或签名密钥的`文件`，“-”表示标准输入"))
	f.StringVar(&o.body.Policy, "policy", string(press.SiteOptional), e.say("`required or optional`: whether WeChat waits for it", "`required 或 optional`：微信推送是否等待它"))
	f.StringSliceVar(&o.columns, "column", nil, e.say("`column` that it takes; may be repeated, none: all", "接收的`栏目`，可重复；不写表示全部"))
	f.StringToStringVar(&o.options, "option", nil, e.say("`key=value` of its kind: retract=draft", "类型设置 `key=value`，如 retract=draft"))
	f.BoolVar(&o.body.First, "first", false, e.say("阅读原文 points at its pages", "“阅读原文”指向它的页面"))
	f.BoolVar(&o.off, "off", false, e.say("do not use it (for now)", "暂不启用"))
	f.BoolVar(&o.body.Generate, "new-key", false, e.say("make another signing key for a webhook", "为 Webhook 生成新的签名密钥"))
}

// onto puts what was said on the command line onto a website as it is.
func (o *targetFlags) onto(e *env, cmd *cobra.Command, t press.Target) (api.TargetBody, error) {
	b := api.TargetBody{
		Version: t.Version, Title: t.Title, Address: t.Address, On: t.On, Policy: string(t.Policy), First: t.First, Columns: t.Columns,
		User: t.User, Options: t.Options, Generate: o.body.Generate,
	}
	said := cmd.Flags().Changed
	for name, put := range map[string]func(){
		"title": func() { b.Title = o.body.Title }, "address": func() { b.Address = o.body.Address }, "user": func() { b.User = o.body.User },
		"policy": func() { b.Policy = o.body.Policy }, "first": func() { b.First = o.body.First }, "off": func() { b.On = !o.off },
		"column": func() { b.Columns = columnsSaid(o.columns) }, "option": func() { b.Options = merged(t.Options, o.options) },
	} {
		if said(name) {
			put()
		}
	}
	var err error
	b.Secret, err = e.readTargetSecret(o.secret)
	return b, err
}

// merged are options with others on top; one that is empty is taken away.
func merged(options, said map[string]string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, options)
	maps.Copy(out, said)
	return out
}

func columnsSaid(list []string) (out []press.Column) {
	for _, text := range list {
		if c := press.ParseColumn(text); len(c) > 0 {
			out = append(out, c)
		}
	}
	return out
}

func (e *env) readTargetSecret(name string) (string, error) {
	lines, err := e.secretLines(name, "target.file")
	if err != nil || name == "" {
		return "", err
	}
	if len(lines) != 1 {
		return "", usage("%s should hold the password or key on one line.", "%s 中应只有一行密码或密钥。", name)
	}
	return lines[0], nil
}

func newTargetAdd(e *env) *cobra.Command {
	var r remote
	var o targetFlags
	var kind string
	cmd := &cobra.Command{
		Use: "add NAME", Short: e.say("Add a website", "添加网站渠道"), Args: cobra.ExactArgs(1),
		Example: "  newsdesk targets add wp --kind wordpress --title 学院新闻网 --address https://news.example.edu.cn/ --user newsdesk --secret-file password.txt",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := o.onto(e, cmd, press.Target{Title: args[0], On: true, Policy: press.SitePolicy(o.body.Policy)})
			if err != nil {
				return err
			}
			b.Kind, b.Generate = kind, false
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			saved, err := s.AddTarget(cmd.Context(), api.NewTargetBody{Name: args[0], TargetBody: b})
			return e.targetSaved(s, saved, err, r.asJSON)
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	o.register(e, cmd)
	cmd.Flags().StringVar(&kind, "kind", string(press.SiteWordPress), e.say("`wordpress or webhook`", "`wordpress 或 webhook`"))
	return cmd
}

func newTargetChange(e *env) *cobra.Command {
	var o targetFlags
	cmd := e.onTarget("change", e.say("Change a website; what is not named stays", "修改网站渠道，未写的保持不变"), func(cmd *cobra.Command, s session, t desk.TargetRow, r *remote) error {
		b, err := o.onto(e, cmd, t.Target)
		if err != nil {
			return err
		}
		saved, err := s.ChangeTarget(cmd.Context(), t.Name, b)
		return e.targetSaved(s, saved, err, r.asJSON)
	})
	cmd.Example = "  newsdesk targets change wp --off"
	o.register(e, cmd)
	return cmd
}

func (e *env) targetSaved(s session, saved desk.TargetSaved, err error, asJSON bool) error {
	if err != nil || asJSON {
		return orJSON(e, saved, err)
	}
	e.target(s, desk.TargetRow{Target: saved.Target, Health: press.TargetHealth{Target: saved.Target.Name}})
	for _, told := range saved.Told {
		e.tell("%s", "%s", told.In(e.lang))
	}
	if saved.Secret != "" {
		e.fields(field{e.say("Signing key (shown this once)", "签名密钥（只显示这一次）"), saved.Secret})
	}
	return nil
}

func newTargetRemove(e *env) *cobra.Command {
	return e.onTarget("remove", e.say("Remove a website and its secret; its pages stay", "移除网站渠道及其密钥，已发布的页面保留"), func(cmd *cobra.Command, s session, t desk.TargetRow, r *remote) error {
		list, err := s.RemoveTarget(cmd.Context(), t.Name, t.Version)
		if err != nil || r.asJSON {
			return orJSON(e, list, err)
		}
		e.tell("The website %s was removed. Its pages stay as they are.", "已移除网站渠道“%s”，已发布的页面保持原样。", t.Called().In(e.lang))
		return nil
	})
}

func newTargetTest(e *env) *cobra.Command {
	return e.onTarget("test", e.say("Try the connection and show what works and what does not", "测试连接并逐项显示结果"), func(cmd *cobra.Command, s session, t desk.TargetRow, r *remote) error {
		report, err := s.TestTarget(cmd.Context(), t.Name)
		if err != nil {
			return err
		}
		if r.asJSON {
			if err := e.json(report); err != nil {
				return err
			}
			return targetFailed(report)
		}
		return e.targetTested(report)
	})
}

// targetTested prints what came of a test; one that failed is an error, for scripts.
func (e *env) targetTested(report press.TargetReport) error {
	var rows [][]string
	for _, c := range report.Checks {
		mark := e.say("ok", "通过")
		if !c.OK {
			mark = e.say("failed", "未通过")
		}
		rows = append(rows, []string{c.Name.In(e.lang), mark, strings.TrimSpace(c.Text.In(e.lang) + " " + c.Fix.In(e.lang) + " " + c.Answer)})
	}
	if len(rows) > 0 {
		e.table([]string{e.say("Step", "步骤"), e.say("Result", "结果"), e.say("What it says", "说明")}, rows)
	}
	if err := targetFailed(report); err != nil {
		return err
	}
	e.tell("%s", "%s", report.Text.In(e.lang))
	return nil
}

func targetFailed(report press.TargetReport) error {
	if report.Works {
		return nil
	}
	return press.Fail(press.Unavailable, "target.test", press.Text{
		EN: strings.TrimSpace(report.Text.EN + " " + report.Fix.EN), ZH: report.Text.ZH + report.Fix.ZH,
	})
}

// onTarget is a command about one website, by its short name.
func (e *env) onTarget(use, short string, do func(*cobra.Command, session, desk.TargetRow, *remote) error) *cobra.Command {
	find := func(cmd *cobra.Command, s session, name string) (desk.TargetRow, error) {
		return s.Target(cmd.Context(), name)
	}
	return onOne(e, use+" NAME", short, "  newsdesk targets "+use+" wp", find, do)
}
