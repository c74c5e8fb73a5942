package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

func newArticleCorrect(e *env) *cobra.Command {
	var r remote
	var note string
	cmd := &cobra.Command{
		Use: "correct ARTICLE --note TEXT", Short: e.say("Begin the correction of a published article", "开始更正已发布的稿件"),
		Long: e.say("Makes the article's next revision, which says the same and has the note for readers. Change it, hand it in and have it\n"+
			"signed; then the website's page is replaced by itself. Until then readers see what they see now.",
			"建立带更正说明的新版本。修改、提交并通过审核后，网站页面自动替换；在此之前读者看到的不变。"),
		Example: "  newsdesk article correct 01m82… --note \"The second paragraph named the wrong day\"", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, id, err := about[press.ArticleID](e, &r, args[0])
			if err != nil {
				return err
			}
			article, err := s.Correct(cmd.Context(), id, note)
			if err != nil || r.asJSON {
				return orJSON(e, article, err)
			}
			e.tell("“%[1]s” is at revision %[2]d, which will be its correction.", "《%[1]s》已建立第 %[2]d 版，用于更正。", plain(article.Title), article.Revision)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().StringVar(&note, "note", "", e.say("what is corrected, in one sentence for readers", "更正说明，一句话，读者可见"))
	return cmd
}

func newArticleRetract(e *env) *cobra.Command {
	var r remote
	var reason string
	var yes bool
	cmd := &cobra.Command{
		Use: "retract ARTICLE --reason TEXT", Short: e.say("Take an article down everywhere", "从所有渠道撤回稿件"),
		Long: e.say("Takes the website's page down (its address answers 410), has WeChat delete the article for good, and stops what has not\n"+
			"gone out. The article is withdrawn. It may be repeated where a target did not answer. Ends with exit code 1 while it\n"+
			"is, or may be, up somewhere.",
			"撤下网站页面（原地址返回 410），请微信永久删除文章，停下尚未发出的推送，稿件同时撤稿。\n有渠道未答复时可重复执行；只要仍在线或可能在线，退出码为 1。"),
		Example: "  newsdesk article retract 01m82… --reason \"It names the wrong person\" --yes", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.retractArticle(cmd.Context(), &r, args[0], reason, yes)
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().StringVar(&reason, "reason", "", e.say("why; kept in the audit log", "撤回原因，记入操作记录"))
	cmd.Flags().BoolVar(&yes, "yes", false, e.say("do it without asking", "不再询问，直接撤回"))
	return cmd
}

func (e *env) retractArticle(ctx context.Context, r *remote, arg, reason string, yes bool) error {
	id, err := identifier[press.ArticleID](arg)
	if err != nil {
		return err
	}
	s, err := e.session(r)
	if err != nil {
		return err
	}
	if !yes {
		if err := e.confirm(ctx, e.say("Take it down everywhere? WeChat deletes for good.", "确认从所有渠道撤回？微信的删除无法恢复。")); err != nil {
			return err
		}
	}
	places, err := s.RetractArticle(ctx, id, reason)
	if err != nil {
		return err
	}
	if r.asJSON {
		err = e.json(places)
	} else {
		e.places(s, places)
	}
	for _, p := range places {
		if p.Verdict == press.VerdictUp || p.Verdict == press.VerdictMaybe {
			return press.Fail(press.Conflict, "retract.partly", press.Say("It is, or may be, up somewhere.", "仍有渠道在线，或可能在线。"))
		}
	}
	return err
}

func newArticleWhere(e *env) *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use: "where ARTICLE", Short: e.say("Show of each target whether the article is there", "查看稿件在各渠道的情况"),
		Example: "  newsdesk article where 01m82…", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, id, err := about[press.ArticleID](e, &r, args[0])
			if err != nil {
				return err
			}
			places, err := s.Where(cmd.Context(), id)
			if err != nil || r.asJSON {
				return orJSON(e, places, err)
			}
			e.places(s, places)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	return cmd
}

func (e *env) places(s session, list []api.Place) {
	var rows [][]string
	for _, p := range list {
		said := p.Text.In(e.lang)
		if p.Last != nil && p.Last.Outcome != press.OutcomeOK && (p.Verdict == press.VerdictUp || p.Verdict == press.VerdictMaybe) {
			said += " " + p.Last.Text.In(e.lang)
		}
		if p.OutOfReach {
			said += " " + e.say("Newsdesk cannot take it down there (newsdesk delivery taken-down).", "系统无法在该处撤下（newsdesk delivery taken-down）。")
		}
		if p.ByHand() {
			said += " " + p.Last.Text.In(e.lang)
		}
		rows = append(rows, []string{string(p.Delivery.ID), e.targetName(p.Delivery), fmt.Sprint(p.Revision), showTime(p.Delivery.LiveAt, s.zone), said})
	}
	if len(rows) > 0 {
		e.table([]string{"ID", e.say("To", "渠道"), e.say("Rev.", "版本"), e.say("Live", "上线时间"), e.say("Readers", "读者")}, rows)
	}
}

type resendOptions struct {
	remote
	item int
	mode string
	at   string
	yes  bool
}

func newDeliveryResend(e *env) *cobra.Command {
	var o resendOptions
	cmd := &cobra.Command{
		Use: "resend DELIVERY", Short: e.say("Have WeChat delete a push, then send its corrected articles", "请微信删除推送，再重发更正后的稿件"),
		Long: e.say("Shows what it costs and asks. Nothing is sent again before WeChat has confirmed the deletion; cut off in between, the\n"+
			"same command goes on from there.",
			"先显示代价并询问。微信确认删除之前不会重发；中途中断时，再次执行即可继续。"),
		Example: "  newsdesk delivery resend 01m82…\n  newsdesk delivery resend 01m82… --item 2 --mode publish --yes", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return e.resend(cmd.Context(), &o, args[0]) },
	}
	o.flags(e, cmd)
	o.jsonFlag(e, cmd)
	f := cmd.Flags()
	f.IntVar(&o.item, "item", 0, e.say("only this article of the push, from 1", "仅推送中的第几篇，从 1 起"))
	f.StringVar(&o.mode, "mode", "", e.say("`draft, publish or mass` (default: as it was sent)", "方式：`draft、publish、mass`，默认与原推送相同"))
	f.StringVar(&o.at, "at", "", e.say("when it is sent again (default: at once)", "重发时间，默认立即"))
	f.BoolVar(&o.yes, "yes", false, e.say("do it without asking", "不再询问"))
	return cmd
}

func (e *env) resend(ctx context.Context, o *resendOptions, arg string) error {
	id, err := identifier[press.DeliveryID](arg)
	if err != nil {
		return err
	}
	s, err := e.session(&o.remote)
	if err != nil {
		return err
	}
	order := api.ResendOrder{Position: o.item, Mode: o.mode, AcceptCosts: true}
	if o.at != "" {
		if order.At, err = parseTime(o.at, time.Now(), s.zone); err != nil {
			return err
		}
	}
	cost, err := s.ResendCost(ctx, id)
	if err != nil {
		return err
	}
	if !o.asJSON {
		e.costs(cost)
	}
	if !o.yes {
		if err := e.confirm(ctx, e.say("Delete it and send again?", "确认删除并重发？")); err != nil {
			return err
		}
	}
	reading, err := s.Resend(ctx, id, order)
	if err != nil || o.asJSON {
		return orJSON(e, reading, err)
	}
	e.tell("Deleted. The correction goes out in the edition %[1]s.", "微信已确认删除，更正版本在推送 %[1]s 中发出。", string(reading.Edition.ID))
	return nil
}

func (e *env) costs(cost api.ResendCost) {
	for _, i := range cost.Items {
		fmt.Fprintln(e.out, press.Say("%[1]d. %[2]s: revision %[3]d is shown, %[4]d is approved", "%[1]d. 《%[2]s》：显示第 %[3]d 版，已通过第 %[4]d 版",
			i.Position, plain(i.Title), i.Shown, i.Newest).In(e.lang))
	}
	for _, text := range cost.Costs {
		fmt.Fprintln(e.out, "- "+text.In(e.lang))
	}
	for _, m := range cost.Modes {
		fmt.Fprintln(e.out, "  "+modeName(m.Mode).In(e.lang)+": "+m.Text.In(e.lang))
	}
}
