package cli

import (
	"time"

	"github.com/spf13/cobra"

	"newsdesk/internal/app"
	"newsdesk/internal/config"
)

func newSitePush(e *env) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "push",
		Short: e.say("Bring the website to its place", "将网站同步到存放位置"),
		Long: e.say("Brings whatever waits in site.dir to where readers find it (site.place); a running server does that by itself.\n"+
			"With --all everything there is compared first: what differs is brought, what does not belong is removed, and files\n"+
			"outside the website's own folders are left alone. Cut off, it goes on where it was. Run it as the server's user.",
			"将 site.dir 中待同步的内容送到读者访问的位置（site.place）；服务器运行时会自动同步。\n"+
				"加 --all 则先全部核对：补齐不一致的文件，删除多余的文件，网站目录以外的文件不动。\n"+
				"中断后再次运行会接着进行。请以服务器所用的系统用户运行。"),
		Example: "  newsdesk site push\n  newsdesk site push --all",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, cfg, err := e.sitePlace()
			if err != nil {
				return err
			}
			began := time.Now()
			done, err := p.Push(cmd.Context(), all)
			if done.Files+done.Removed > 0 || err == nil {
				e.tell("%[1]s: %[2]d files brought (%[3]s), %[4]d removed, in %[5]s.", "%[1]s：已同步 %[2]d 个文件（%[3]s），删除 %[4]d 个，用时 %[5]s。",
					cfg.Site.Place.Kind, done.Files, config.FormatSize(done.Bytes), done.Removed, time.Since(began).Round(100*time.Millisecond))
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, e.say("compare everything first, which reads all of both sides", "先全部核对（会读取两边的所有文件）"))
	return cmd
}

func newSiteCheck(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: e.say("Try whether the website's place takes files", "测试网站存放位置是否可用"),
		Long: e.say("Writes a small hidden file at the website's place (site.place), removes it, and says how much waits to be brought there.",
			"在网站存放位置（site.place）写入并删除一个很小的隐藏文件，并显示有多少内容待同步。"),
		Example: "  newsdesk site check",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, cfg, err := e.sitePlace()
			if err != nil {
				return err
			}
			waiting, all, err := p.Check(cmd.Context())
			if err != nil {
				return err
			}
			e.tell("%s takes files and gives them back.", "%s 可以写入和删除文件。", cfg.Site.Place.Kind)
			switch {
			case all:
				e.tell("Everything is to be compared there: run newsdesk site push --all, or leave it to the server.", "尚未核对过该位置：可运行 newsdesk site push --all，也可由服务器自动完成。")
			case waiting > 0:
				e.tell("%d files wait to be brought there.", "有 %d 个文件待同步。", waiting)
			}
			return nil
		},
	}
}

func (e *env) sitePlace() (*app.SitePlace, config.Config, error) {
	cfg, err := e.config()
	if err != nil {
		return nil, cfg, err
	}
	p, err := app.OpenSitePlace(cfg)
	return p, cfg, err
}
