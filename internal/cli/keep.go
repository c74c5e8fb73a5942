package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/app"
	"newsdesk/internal/desk"
	"newsdesk/internal/store"
)

// withDesk opens the database, does something as Newsdesk itself, and closes.
func (e *env) withDesk(ctx context.Context, do func(*desk.Desk) error) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	s, err := e.openStore(ctx, cfg)
	if err != nil {
		return err
	}
	err = do(desk.New(desk.Config{Store: s, Stages: cfg.ReviewStages(), Now: e.now}))
	return errors.Join(err, s.Close())
}

func newMigrate(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: e.say("Bring the database's tables up to date", "升级数据库结构"),
		Long: e.say("Brings the tables to the form this program needs. Make a backup first; running it again does no harm.",
			"将数据库结构升级到本程序所需版本。请先备份；重复运行无害。"),
		Example: "  newsdesk migrate --config /etc/newsdesk/newsdesk.yaml",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return e.migrate(cmd.Context()) },
	}
}

func (e *env) migrate(ctx context.Context) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	if brandNew(cfg) {
		s, err := e.openStore(ctx, cfg)
		if err != nil {
			return err
		}
		e.tell("The database is made.", "数据库已创建。")
		return s.Close()
	}
	s, err := store.Open(ctx, store.Config{Driver: cfg.SQL.Driver, DSN: cfg.SQL.DSN.Reveal(), Logger: e.logger(cfg.Log)})
	if err != nil {
		return err
	}
	from, to, err := s.Migrate(ctx)
	switch {
	case err != nil:
	case from == to:
		e.tell("The database is up to date (schema version %d).", "数据库结构已是最新（版本 %d）。", to)
	default:
		e.tell("The database went from schema version %d to %d.", "数据库结构已从版本 %d 升级到 %d。", from, to)
	}
	if err == nil {
		err = e.makeSearchable(ctx, s)
	}
	return errors.Join(err, s.Close())
}

// makeSearchable derives what the new tables lack. Broken off, it goes on from there the next time, or when serving.
func (e *env) makeSearchable(ctx context.Context, s *store.Store) error {
	n, err := s.IndexArticles(ctx, func(left int) {
		if left > 0 && left%1000 < 25 {
			e.tell("Making articles searchable: %d left …", "正在建立检索：还剩 %d 篇……", left)
		}
	})
	if err == nil && n > 0 {
		e.tell("%d articles can be searched now.", "%d 篇稿件已可检索。", n)
	}
	return err
}

func newConfig(e *env) *cobra.Command {
	check := &cobra.Command{
		Use: "check", Short: e.say("Find mistakes in the configuration", "检查配置"), Example: "  newsdesk config check --config newsdesk.yaml",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := e.config()
			if err != nil {
				return err
			}
			advice, err := app.CheckSite(cfg)
			if err != nil {
				return err
			}
			for _, p := range cfg.Check() {
				e.tell("Advice: %s", "建议：%s", p.In(e.lang))
			}
			for _, text := range advice {
				e.tell("Advice: %s", "建议：%s", text.In(e.lang))
			}
			e.tell("The configuration is good.", "配置无误。")
			return nil
		},
	}
	show := &cobra.Command{
		Use: "show", Short: e.say("Show the configuration in effect, secrets masked", "显示生效的配置，密钥以星号代替"), Example: "  newsdesk config show",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := e.config()
			if err != nil {
				return err
			}
			return cfg.Dump(e.out)
		},
	}
	return e.group("config", e.say("Check and show the configuration", "检查与显示配置"), check, show)
}

func newVersion(e *env) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: e.say("Print the version", "显示版本"), Example: "  newsdesk version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			e.tell("newsdesk %s", "newsdesk %s", e.version)
			return nil
		},
	}
}

func newHealth(e *env) *cobra.Command {
	var server string
	cmd := &cobra.Command{
		Use:   "health",
		Short: e.say("Ask a server whether it can work", "检查服务器是否可用"),
		Long: e.say("Asks /readyz of the server that this configuration describes, on its own port: exit code 0 when it can work, 6 when not.",
			"向本配置所描述的服务器的端口查询 /readyz：可用时退出码为 0，否则为 6。"),
		Example: "  newsdesk health\n  newsdesk health --server https://news.example.edu",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			address, err := e.healthAddress(server)
			if err != nil {
				return err
			}
			ready, err := api.NewClient(address, "", nil).Ready(cmd.Context())
			for part, state := range ready.Parts {
				if state != "ok" {
					e.tell("%s: %s", "%s：%s", part, plain(state))
				}
			}
			if err == nil {
				e.tell("%s is ready.", "%s 运行正常。", address)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&server, "server", "", e.say("`address` of the server (default: NEWSDESK_SERVER, else this machine)", "服务器`地址`（默认 NEWSDESK_SERVER，其次本机）"))
	return cmd
}

func (e *env) healthAddress(given string) (string, error) {
	if address := first(given, e.lookup("NEWSDESK_SERVER")); address != "" {
		return address, nil
	}
	cfg, err := e.config()
	if err != nil {
		return "", err
	}
	return localAddress(cfg.Listen), nil
}
