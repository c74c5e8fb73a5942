package cli

import (
	"time"

	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

func newPublish(e *env) *cobra.Command {
	var r remote
	var to []string
	var at string
	cmd := &cobra.Command{
		Use: "publish ARTICLE", Short: e.say("Bring an approved article to websites, without WeChat", "把已通过审核的稿件发布到网站（不经微信）"), Args: cobra.ExactArgs(1),
		Example: "  newsdesk publish 01m82… --to site,wp --at \"2026-11-24 08:30\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, id, err := about[press.ArticleID](e, &r, args[0])
			if err != nil {
				return err
			}
			body := api.PublishBody{To: to}
			if at != "" && at != "now" {
				if body.At, err = parseTime(at, time.Now(), s.zone); err != nil {
					return err
				}
			}
			done, err := s.PublishToSites(cmd.Context(), id, body)
			if err != nil || r.asJSON {
				return orJSON(e, done, err)
			}
			e.deliveryTable(s, done.Deliveries)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().StringSliceVar(&to, "to", nil, e.say("short `names` of websites, separated by commas (default: all that take its column)", "网站渠道`代号`，以逗号分隔（默认：接收其栏目的全部网站）"))
	cmd.Flags().StringVar(&at, "at", "", e.say("when: `now, +10m, 07:00, 2026-11-24 08:30` (default: now)", "`时间`：now、+10m、07:00、2026-11-24 08:30（默认立即）"))
	return cmd
}
