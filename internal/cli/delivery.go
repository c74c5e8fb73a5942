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

func newDelivery(e *env) *cobra.Command {
	return e.group("delivery", e.say("Watch deliveries and decide about blocked ones", "查看投放，处理受阻的投放"),
		newDeliveryList(e), newDeliveryShow(e),
		newRelease(e), newWentOut(e),
		e.decision("retry DELIVERY", e.say("Make the next try now", "立即重试"), "  newsdesk delivery retry 01m82…", (*api.Client).RetryDelivery),
		e.decision("cancel DELIVERY", e.say("Take one delivery back", "取消一项投放"), "  newsdesk delivery cancel 01m82…", (*api.Client).CancelDelivery),
		e.decision("retract DELIVERY", e.say("Take down what it brought to readers", "撤回已上线的内容"), "  newsdesk delivery retract 01m82…", (*api.Client).RetractDelivery),
		newTakenDown(e), newDeliveryResend(e))
}

func newDeliveryList(e *env) *cobra.Command {
	var r remote
	var q api.DeliveryQuery
	cmd := &cobra.Command{
		Use: "list", Short: e.say("List deliveries", "列出投放"), Example: "  newsdesk delivery list --state blocked", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if q.State != "" && !slices.Contains(press.States(), press.State(q.State)) {
				return usage("--state is %q; write one of %v.", "--state 的值为 %q，可选：%v。", q.State, press.States())
			}
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			list, err := s.Deliveries(cmd.Context(), q)
			if err != nil || r.asJSON {
				return orJSON(e, list, err)
			}
			e.deliveryTable(s, list.Deliveries)
			e.more(len(list.Deliveries), q.Offset, list.Total)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	e.pageFlags(cmd, &q.Page)
	f := cmd.Flags()
	f.StringVar(&q.State, "state", "", e.say("only this `state`, e.g. blocked, planned, live", "仅此`状态`，如 blocked、planned、live"))
	f.StringVar(&q.Kind, "kind", "", e.say("only `wechat or site`", "仅此`渠道`：wechat 或 site"))
	f.StringVar(&q.Edition, "edition", "", e.say("only of this `edition`", "仅此`推送`"))
	f.StringVar(&q.Article, "article", "", e.say("only of this `article`", "仅此`稿件`"))
	return cmd
}

// targetName says where a delivery goes.
func (e *env) targetName(d press.Delivery) string {
	if d.Kind == press.TargetWeChat {
		return e.say("WeChat ", "微信 ") + d.Target + ", " + modeName(d.Mode).In(e.lang)
	}
	if d.Target != press.SiteTarget {
		return e.say("website ", "网站 ") + d.Target
	}
	return e.say("website", "网站")
}

func (e *env) deliveryTable(s session, list []press.Delivery) {
	if len(list) == 0 {
		return
	}
	var rows [][]string
	for _, d := range list {
		rows = append(rows, []string{
			string(d.ID), e.targetName(d), d.State.Name().In(e.lang), showTime(d.DueAt, s.zone), showTime(d.LiveAt, s.zone), e.outcome(d),
		})
	}
	e.table([]string{
		"ID", e.say("To", "渠道"), e.say("State", "状态"), e.say("Due", "计划时间"), e.say("Live", "上线时间"), e.say("Result", "结果"),
	}, rows)
}

func (e *env) outcome(d press.Delivery) string {
	if d.Reason != nil {
		return d.Reason.Text.In(e.lang)
	}
	return strings.Join(d.URLs, " ")
}

func newDeliveryShow(e *env) *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use: "show DELIVERY", Short: e.say("Show a delivery and every try of it", "显示投放及其每次尝试"),
		Example: "  newsdesk delivery show 01m82…", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, id, err := about[press.DeliveryID](e, &r, args[0])
			if err != nil {
				return err
			}
			reading, err := s.Delivery(cmd.Context(), id)
			if err != nil || r.asJSON {
				return orJSON(e, reading, err)
			}
			e.delivery(s, reading.Delivery)
			e.attempts(s, reading.Attempts)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	return cmd
}

func (e *env) delivery(s session, d press.Delivery) {
	list := []field{
		{e.say("Delivery", "投放"), string(d.ID)},
		{e.say("To", "渠道"), e.targetName(d)},
		{e.say("State", "状态"), d.State.Name().In(e.lang)},
		{e.say("Edition", "推送"), string(d.Edition)},
		{e.say("Article", "稿件"), string(d.Article)},
		{e.say("Due", "计划时间"), showTime(d.DueAt, s.zone)},
		{e.say("Prepared", "草稿就绪"), showTime(d.PreparedAt, s.zone)},
		{e.say("Fired", "发出时间"), showTime(d.FiredAt, s.zone)},
		{e.say("Live", "上线时间"), showTime(d.LiveAt, s.zone)},
		{e.say("Draft", "草稿"), d.MediaID},
		{e.say("Push", "发布编号"), d.PushID},
		{e.say("Addresses", "地址"), strings.Join(d.URLs, " ")},
	}
	if d.Reason != nil {
		list = append(list,
			field{e.say("Blocked because", "受阻原因"), d.Reason.Text.In(e.lang) + " [" + d.Reason.Code + "]"},
			field{e.say("To do", "处理办法"), d.Reason.Fix.In(e.lang)},
			field{e.say("Whose turn", "处理人"), string(d.Reason.Whose)})
	}
	e.fields(list...)
}

func (e *env) attempts(s session, list []press.Attempt) {
	if len(list) == 0 {
		return
	}
	var rows [][]string
	for _, a := range list {
		took := fmt.Sprintf("%d ms", a.EndedAt.Sub(a.StartedAt).Milliseconds())
		rows = append(rows, []string{fmt.Sprint(a.Seq), showTime(a.StartedAt, s.zone), took, string(a.Step), string(a.Outcome), a.Text.In(e.lang)})
	}
	fmt.Fprintln(e.out)
	e.table([]string{"#", e.say("Begun", "开始"), e.say("Took", "耗时"), e.say("Step", "步骤"), e.say("Outcome", "结果"), e.say("Remark", "说明")}, rows)
}

// decision is a command by which a person decides about one delivery.
func (e *env) decision(use, short, example string, decide func(*api.Client, context.Context, press.DeliveryID) (press.Delivery, error)) *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use: use, Short: short, Example: example, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, id, err := about[press.DeliveryID](e, &r, args[0])
			if err != nil {
				return err
			}
			d, err := decide(s.Client, cmd.Context(), id)
			if err != nil || r.asJSON {
				return orJSON(e, d, err)
			}
			e.delivery(s, d)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	return cmd
}
