package cli

import (
	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

func newWentOut(e *env) *cobra.Command {
	var r remote
	var seen api.Sighted
	var yes bool
	cmd := &cobra.Command{
		Use: "went-out DELIVERY", Short: e.say("Say that an undecided push did go out", "确认结果不明的推送已经发出"),
		Long: e.say("For a blocked push of which Newsdesk cannot know whether it went out. Look at 发表记录 in WeChat's console first. The\n"+
			"delivery is live from then on, which cannot be taken back; nothing is sent.",
			"用于无法判断是否已经发出的受阻推送，请先到微信后台查看“发表记录”。确认后投放记为已上线，不能撤销；不会发送任何内容。"),
		Example: "  newsdesk delivery went-out 01m82… --link https://mp.weixin.qq.com/s/…", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := identifier[press.DeliveryID](args[0])
			if err != nil {
				return err
			}
			if !yes {
				if err := e.confirm(cmd.Context(), e.say("Have you seen it in 发表记录? It is then live here for good.", "确认已在“发表记录”中看到？记为已上线后不能改回。")); err != nil {
					return err
				}
			}
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			d, err := s.WentOut(cmd.Context(), id, seen)
			if err != nil || r.asJSON {
				return orJSON(e, d, err)
			}
			e.delivery(s, d)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, e.say("do it without asking", "不再询问"))
	cmd.Flags().StringArrayVar(&seen.Links, "link", nil, e.say("`address` of an article in WeChat, once for each, in the order of the push", "微信文章`链接`，每篇一个，按推送顺序"))
	return cmd
}
