package cli

import (
	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

func newStop(e *env) *cobra.Command {
	var r remote
	var reason string
	var list bool
	cmd := &cobra.Command{
		Use: "stop [ACCOUNT] --reason TEXT", Short: e.say("Emergency stop: hold every push of an account, or of all", "紧急停发：停发一个或全部公众号的推送"),
		Long: e.say("From its answer on no push goes out but one whose call is being made at that moment. Pushes whose time comes meanwhile are\n"+
			"held; “newsdesk resume” lifts the stop, and then each of them is released or cancelled by a person. Drafts are made and results\n"+
			"looked for as ever. Retracting stays possible.",
			"命令返回后不再发出任何推送，只有此刻正在调用微信的除外。停发期间到时间的推送会被拦下；用 newsdesk resume 解除后，\n"+
				"须逐条放行或取消。停发期间照常准备草稿、查询结果，仍可撤回已发布的内容。"),
		Example: "  newsdesk stop --reason \"标题有误\"\n  newsdesk stop main --reason \"账号异常\"\n  newsdesk stop --list",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			if list {
				found, err := s.Stops(cmd.Context())
				if err != nil || r.asJSON {
					return orJSON(e, found, err)
				}
				e.stops(s, found)
				return nil
			}
			if reason == "" {
				return usage("Say why with --reason.", "请用 --reason 写明停发原因。")
			}
			stop, err := s.Stop(cmd.Context(), api.NewStop{Account: optionalArg(args), Reason: reason})
			return e.showStop(s, &r, stop, err)
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().StringVar(&reason, "reason", "", e.say("why, in a few `words`", "停发`原因`"))
	cmd.Flags().BoolVar(&list, "list", false, e.say("show the stops that are on, and what is held", "列出生效中的停发和被拦下的推送"))
	return cmd
}

func newResume(e *env) *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use: "resume [ACCOUNT]", Short: e.say("Lift an emergency stop", "解除紧急停发"),
		Long: e.say("What is not due yet goes out as planned. What was held stays blocked: see “newsdesk stop --list”, then “newsdesk delivery\n"+
			"release” or “cancel” for each.",
			"未到时间的推送按原计划发出。已拦下的仍为受阻状态：用 newsdesk stop --list 查看，再逐条用 newsdesk delivery release 放行，\n或用 cancel 取消。"),
		Example: "  newsdesk resume\n  newsdesk resume main", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			stop, err := s.Resume(cmd.Context(), optionalArg(args))
			return e.showStop(s, &r, stop, err)
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	return cmd
}

func optionalArg(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

func (e *env) showStop(s session, r *remote, stop press.Stop, err error) error {
	if err != nil || r.asJSON {
		return orJSON(e, stop, err)
	}
	e.fields(e.stopFields(s, stop)...)
	return nil
}

func (e *env) stopFields(s session, stop press.Stop) []field {
	return []field{
		{e.say("Stopped", "停发"), stop.What().In(e.lang)},
		{e.say("By", "操作人"), stop.Who().In(e.lang)},
		{e.say("At", "时间"), showTime(stop.At, s.zone)},
		{e.say("Reason", "原因"), plain(stop.Reason)},
	}
}

func (e *env) stops(s session, list api.StopList) {
	var rows [][]string
	for _, stop := range list.Stops {
		rows = append(rows, []string{stop.What().In(e.lang), stop.Who().In(e.lang), showTime(stop.At, s.zone), plain(stop.Reason)})
	}
	if len(rows) > 0 {
		e.table([]string{e.say("Stopped", "停发"), e.say("By", "操作人"), e.say("At", "时间"), e.say("Reason", "原因")}, rows)
	}
	e.deliveryTable(s, list.Held)
}

// newRelease is the one decision that may need a second word.
func newRelease(e *env) *cobra.Command {
	var r remote
	var q api.ReleaseQuery
	cmd := &cobra.Command{
		Use: "release DELIVERY", Short: e.say("Let a blocked delivery go on", "放行受阻的投放"),
		Example: "  newsdesk delivery release 01m82…", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, id, err := about[press.DeliveryID](e, &r, args[0])
			if err != nil {
				return err
			}
			d, err := s.ReleaseDelivery(cmd.Context(), id, q)
			if err != nil || r.asJSON {
				return orJSON(e, d, err)
			}
			e.delivery(s, d)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().BoolVar(&q.Quiet, "in-quiet-hours", false, e.say("even though it goes out in quiet hours", "确认在静默时段内发出"))
	return cmd
}
