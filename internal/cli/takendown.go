package cli

import (
	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

func newTakenDown(e *env) *cobra.Command {
	var r remote
	var said api.HandNote
	var yes bool
	cmd := &cobra.Command{
		Use: "taken-down DELIVERY", Short: e.say("Say that a page was taken down at its website by hand", "登记页面已在对方网站手动撤下"),
		Long: e.say("For a page at a website that was removed here or is switched off. Make sure first that readers cannot open it any\n"+
			"more. Nothing is called.",
			"用于渠道已移除或停用、页面仍在对方网站的情况。请先确认读者已经打不开。这里只作登记，不会访问对方网站。"),
		Example: "  newsdesk delivery taken-down 01m82… --note \"Deleted by the website's office\"", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, id, err := about[press.DeliveryID](e, &r, args[0])
			if err != nil {
				return err
			}
			if !yes {
				if err := e.confirm(cmd.Context(), e.say("Have you opened its address, and the page is gone?", "确认已打开原地址核实，页面已撤下？")); err != nil {
					return err
				}
			}
			d, err := s.TakenDown(cmd.Context(), id, said)
			if err != nil || r.asJSON {
				return orJSON(e, d, err)
			}
			e.delivery(s, d)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().StringVar(&said.Note, "note", "", e.say("what is worth knowing, such as who did it", "说明，例如由谁撤下"))
	cmd.Flags().BoolVar(&yes, "yes", false, e.say("do it without asking", "不再询问"))
	return cmd
}
