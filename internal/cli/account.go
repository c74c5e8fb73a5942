package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/desk"
)

func newAccount(e *env) *cobra.Command {
	return e.group("account", e.say("See what WeChat allows an account", "查看公众号的接口余量"), newAccountQuota(e))
}

func newAccountQuota(e *env) *cobra.Command {
	var r remote
	var ask bool
	cmd := &cobra.Command{
		Use: "quota NAME", Short: e.say("Show what an account may still call today and this month", "查看公众号今日、本月的剩余次数"),
		Long: e.say("Newsdesk counts each limited call before it is made, and corrects its count by what WeChat says. --ask has WeChat asked now,\n"+
			"at most once a minute; it needs an administrator.",
			"每次受限调用前都会先计数，并按微信的说法校正。--ask 立即向微信核对，每分钟最多一次，需要管理员权限。"),
		Example: "  newsdesk account quota main\n  newsdesk account quota main --ask",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			read := (*api.Client).Quota
			if ask {
				read = (*api.Client).AskQuota
			}
			q, err := read(s.Client, cmd.Context(), args[0])
			if err != nil || r.asJSON {
				return orJSON(e, q, err)
			}
			e.quotaTable(s, q)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().BoolVar(&ask, "ask", false, e.say("ask WeChat for its own counts first", "先向微信核对"))
	return cmd
}

func (e *env) quotaTable(s session, q desk.Quota) {
	var rows [][]string
	for _, l := range q.Lines {
		left, limit := e.say("no limit known", "未见限制"), ""
		if l.Limit > 0 {
			left, limit = strconv.Itoa(l.Left), strconv.Itoa(l.Limit)
		}
		source := e.say("own count", "自行计数")
		switch {
		case l.Refused:
			source = e.say("refused %s", "微信拒绝 %s", showTime(l.ToldAt, s.zone))
		case !l.ToldAt.IsZero():
			source = e.say("WeChat %s", "微信 %s", showTime(l.ToldAt, s.zone))
		}
		rows = append(rows, []string{
			l.Name.In(e.lang), left, limit, strconv.Itoa(l.Used), strconv.Itoa(l.Planned), showTime(l.Resets, s.zone), source,
		})
	}
	e.table([]string{
		e.say("What", "项目"), e.say("Left", "剩余"), e.say("Of", "限额"), e.say("Used", "已用"), e.say("Planned", "已排"),
		e.say("Resets", "恢复"), e.say("Source", "依据"),
	}, rows)
}
