package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

func newEdition(e *env) *cobra.Command {
	return e.group("edition", e.say("Compose and schedule pushes", "编排与安排推送"),
		newEditionCreate(e), newEditionList(e), newEditionShow(e), newEditionCancel(e), newEditionReschedule(e))
}

// modeName is a mode in words.
func modeName(m press.Mode) press.Text {
	switch m {
	case press.ModeDraft:
		return press.Say("draft", "存入草稿箱")
	case press.ModePublish:
		return press.Say("publish", "发布")
	case press.ModeMass:
		return press.Say("mass", "群发")
	}
	return press.Text{EN: string(m), ZH: string(m)}
}

type editionOptions struct {
	remote
	at   string
	want api.NewEdition
}

func newEditionCreate(e *env) *cobra.Command {
	var o editionOptions
	cmd := &cobra.Command{
		Use: "create --mode MODE --at TIME ARTICLE…", Short: e.say("Put approved articles into an edition", "将已通过的稿件编入推送"),
		Long: e.say("Articles stand in the order given. Modes: draft leaves it in the account's draft box, publish makes a link and tells nobody,\n"+
			"mass tells the followers. TIME is now, +10m, 07:00 (the next one), \"2026-11-23 07:00\" or RFC 3339, in the configured zone.",
			"稿件按给定顺序排列。方式：draft 存入草稿箱，publish 发布链接不通知，mass 群发通知粉丝。\n"+
				"时间可写 now、+10m、07:00（下一个）、\"2026-11-23 07:00\" 或 RFC 3339，按配置的时区。"),
		Example: "  newsdesk edition create --mode mass --at 07:00 01m82…\n  newsdesk edition create --mode publish --at +10m --account main 01m82… 01m83…",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return e.createEdition(cmd.Context(), &o, args) },
	}
	o.flags(e, cmd)
	o.jsonFlag(e, cmd)
	f := cmd.Flags()
	f.StringVar(&o.want.Mode, "mode", "", e.say("`draft, publish or mass`", "`方式`：draft、publish、mass"))
	f.StringVar(&o.at, "at", "", e.say("`time` at which it goes out", "推送`时间`"))
	f.StringVar(&o.want.Account, "account", "", e.say("`name` of the account, where there are several", "公众号`名称`，有多个时必填"))
	f.StringVar(&o.want.Theme, "theme", "", e.say("`theme` (default: the account's)", "`主题`，默认为公众号的主题"))
	f.StringVar(&o.want.SitePolicy, "site-policy", "", e.say("`required` (default: WeChat waits for the website's page) `or optional`", "`required`（默认，等网站页面上线）或 optional"))
	f.StringVar(&o.want.Lateness, "max-lateness", "", e.say("`span` after which a late push asks instead of going out, e.g. 30m", "允许的最大`延迟`，超过则等待人工处理，如 30m"))
	for _, name := range []string{"mode", "at"} {
		_ = cmd.MarkFlagRequired(name) // fails only for a flag that does not exist
	}
	return cmd
}

func (e *env) createEdition(ctx context.Context, o *editionOptions, articles []string) error {
	if !slices.Contains(press.Modes(), press.Mode(o.want.Mode)) {
		return usage("--mode is %q; write draft, publish or mass.", "--mode 的值为 %q，应为 draft、publish 或 mass。", o.want.Mode)
	}
	s, err := e.session(&o.remote)
	if err != nil {
		return err
	}
	if o.want.At, err = parseTime(o.at, e.now(), s.zone); err != nil {
		return err
	}
	for _, arg := range articles {
		id, err := identifier[string](arg)
		if err != nil {
			return err
		}
		o.want.Articles = append(o.want.Articles, id)
	}
	made, err := s.CreateEdition(ctx, o.want)
	return e.showEdition(s, &o.remote, made, err)
}

// showEdition prints an edition that a call brought, unless it brought an error.
func (e *env) showEdition(s session, r *remote, x api.EditionReading, err error) error {
	if err != nil {
		return err
	}
	if r.asJSON {
		return e.json(x)
	}
	cancelled := ""
	if x.Edition.Cancelled {
		cancelled = e.say("cancelled", "已取消")
	}
	e.fields(
		field{e.say("Edition", "推送"), string(x.Edition.ID)},
		field{e.say("Account", "公众号"), x.Edition.Account},
		field{e.say("Mode", "方式"), modeName(x.Edition.Mode).In(e.lang)},
		field{e.say("Time", "时间"), showTime(x.Edition.At, s.zone) + " " + s.zone.String()},
		field{e.say("State", "状态"), cancelled},
		field{e.say("Theme", "主题"), x.Edition.Theme},
	)
	for i, item := range x.Edition.Items {
		fmt.Fprintf(e.out, "  %d. %s  %s\n", i+1, item.Article, plain(item.Title))
	}
	fmt.Fprintln(e.out)
	e.deliveryTable(s, x.Deliveries)
	if x.Stop != nil && !x.Edition.Cancelled {
		fmt.Fprintln(e.out, plain(x.Stop.Text(s.zone).In(e.lang)))
	}
	return nil
}

func newEditionList(e *env) *cobra.Command {
	var r remote
	var q api.EditionQuery
	var from, until string
	cmd := &cobra.Command{
		Use: "list", Short: e.say("List editions", "列出推送"), Example: "  newsdesk edition list --from now", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			if from != "" {
				if q.From, err = parseTime(from, e.now(), s.zone); err != nil {
					return err
				}
			}
			if until != "" {
				if q.Until, err = parseTime(until, e.now(), s.zone); err != nil {
					return err
				}
			}
			list, err := s.Editions(cmd.Context(), q)
			if err != nil || r.asJSON {
				return orJSON(e, list, err)
			}
			e.editions(s, list, q.Offset)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	e.pageFlags(cmd, &q.Page)
	f := cmd.Flags()
	f.StringVar(&from, "from", "", e.say("only those due at this `time` or later", "仅此`时间`及以后"))
	f.StringVar(&until, "until", "", e.say("only those due before this `time`", "仅此`时间`以前"))
	f.StringVar(&q.Account, "account", "", e.say("only this `account`", "仅此`公众号`"))
	f.StringVar(&q.Article, "article", "", e.say("only those with this `article`", "仅含此`稿件`"))
	return cmd
}

// orJSON ends a command with its error, or with JSON.
func orJSON(e *env, v any, err error) error {
	if err != nil {
		return err
	}
	return e.json(v)
}

func (e *env) editions(s session, list api.EditionList, offset int) {
	var rows [][]string
	for _, x := range list.Editions {
		var titles []string
		for _, item := range x.Items {
			titles = append(titles, item.Title)
		}
		state := ""
		if x.Cancelled {
			state = e.say("cancelled", "已取消")
		}
		rows = append(rows, []string{
			string(x.ID), showTime(x.At, s.zone), modeName(x.Mode).In(e.lang), x.Account, state, strings.Join(titles, " · "),
		})
	}
	if len(rows) > 0 {
		e.table([]string{
			"ID", e.say("Time", "时间"), e.say("Mode", "方式"), e.say("Account", "公众号"), e.say("State", "状态"), e.say("Articles", "稿件"),
		}, rows)
	}
	e.more(len(rows), offset, list.Total)
}

func newEditionShow(e *env) *cobra.Command {
	return e.editionCommand("show EDITION", e.say("Show an edition and its deliveries", "显示推送及其投放"), "  newsdesk edition show 01m82…",
		func(ctx context.Context, s session, id press.EditionID) (api.EditionReading, error) {
			return s.Edition(ctx, id)
		})
}

func newEditionCancel(e *env) *cobra.Command {
	return e.editionCommand("cancel EDITION", e.say("Take an edition back before it goes out", "在发出前取消推送"), "  newsdesk edition cancel 01m82…",
		func(ctx context.Context, s session, id press.EditionID) (api.EditionReading, error) {
			return s.CancelEdition(ctx, id)
		})
}

func newEditionReschedule(e *env) *cobra.Command {
	var at string
	cmd := e.editionCommand("reschedule EDITION --at TIME", e.say("Give an edition another time", "更改推送时间"),
		"  newsdesk edition reschedule 01m82… --at \"2026-11-23 07:00\"",
		func(ctx context.Context, s session, id press.EditionID) (api.EditionReading, error) {
			when, err := parseTime(at, e.now(), s.zone)
			if err != nil {
				return api.EditionReading{}, err
			}
			return s.Reschedule(ctx, id, when)
		})
	cmd.Flags().StringVar(&at, "at", "", e.say("the new `time`", "新的`时间`"))
	_ = cmd.MarkFlagRequired("at")
	return cmd
}

// editionCommand is a command that does one thing with one edition and shows it.
func (e *env) editionCommand(use, short, example string, do func(context.Context, session, press.EditionID) (api.EditionReading, error)) *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use: use, Short: short, Example: example, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, id, err := about[press.EditionID](e, &r, args[0])
			if err != nil {
				return err
			}
			reading, err := do(cmd.Context(), s, id)
			return e.showEdition(s, &r, reading, err)
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	return cmd
}
