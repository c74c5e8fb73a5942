package cli

import (
	"context"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"newsdesk/internal/app"
	"newsdesk/internal/config"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

type serveOptions struct {
	listen, data string
	noWorkers    bool
}

func newServe(e *env) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: e.say("Serve web, API and website, and work on deliveries", "提供网页、API 与网站服务，并处理投放"),
		Long: e.say("Runs everything in one process: web, API, website, workers, and the sandbox of WeChat while no account is configured.\n"+
			"A new SQLite database is made ready; an older one is refused until “newsdesk migrate” has run. Ctrl-C stops in order.",
			"在一个进程中运行全部服务：网页、API、网站、投放；未配置公众号时使用微信沙箱。\n"+
				"全新的 SQLite 数据库会自动建表；旧版数据库需先运行 newsdesk migrate。按 Ctrl-C 有序停止。"),
		Example: "  newsdesk serve\n  newsdesk serve --config /etc/newsdesk/newsdesk.yaml --no-workers",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := e.config(o.settings())
			if err != nil {
				return err
			}
			return e.serve(cmd.Context(), cfg, !o.noWorkers)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", "", e.say("`address:port`, over the key listen", "监听`地址:端口`，优先于配置项 listen"))
	f.StringVar(&o.data, "data", "", e.say("`folder` for everything kept, over the key data", "数据`目录`，优先于配置项 data"))
	f.BoolVar(&o.noWorkers, "no-workers", false, e.say("leave deliveries to “newsdesk worker” elsewhere", "不处理投放，由其他进程 newsdesk worker 完成"))
	return cmd
}

func (o serveOptions) settings() map[string]any {
	out := map[string]any{}
	if o.listen != "" {
		out["listen"] = o.listen
	}
	if o.data != "" {
		out["data"] = o.data
	}
	return out
}

func (e *env) serve(ctx context.Context, cfg config.Config, work bool) error {
	app.BoundHeap(cfg)
	a, err := app.Open(ctx, app.Options{
		Config: cfg, Version: e.version, Serve: true, Work: work, Migrate: brandNew(cfg), Logger: e.logger(cfg.Log),
	})
	if err != nil {
		return err
	}
	e.greet(ctx, a)
	return a.Run(ctx)
}

// greet says where everything is, and what is needed next on an empty desk.
func (e *env) greet(ctx context.Context, a *app.App) {
	list := []field{{"Newsdesk " + e.version, a.Config.PublicURL}, {"API", a.Config.PublicURL + "/api/v1/openapi.yaml"}}
	if a.Site != nil {
		list = append(list, field{e.say("Website", "网站"), a.Config.Site.BaseURL + "/"})
	}
	if a.Sandbox != nil {
		list = append(list, field{e.say("Sandbox, in place of WeChat", "沙箱（代替微信）"), "http://" + a.Config.Sandbox.Listen + "/"})
	}
	e.fields(list...)
	people, err := a.Store.Users(ctx)
	if err != nil || len(people) > 0 {
		return
	}
	e.tell("Nobody is known yet. Open %[1]s/setup to become the first administrator; from another machine it asks for\nthe code in %[2]s. Or add a person and a token from here:",
		"尚无用户。请打开 %[1]s/setup 设置首位管理员；从其他机器打开时，需要输入 %[2]s 中的设置码。\n也可以在命令行添加用户并创建令牌：",
		a.Config.PublicURL, filepath.Join(a.Config.Data, desk.SetupFileName))
	e.tell("  newsdesk user add \"Li Hua\" --role contributor,editor\n  newsdesk token create \"Li Hua\"",
		"  newsdesk user add 李华 --role contributor,editor\n  newsdesk token create 李华")
}

func newWorker(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "worker",
		Short: e.say("Work on deliveries only, beside a server with the same SQL and Redis", "仅处理投放，与服务端共用 SQL 和 Redis"),
		Example: "  newsdesk worker --config /etc/newsdesk/newsdesk.yaml\n" +
			"  NEWSDESK_REDIS_MODE=single NEWSDESK_REDIS_ADDRESSES=redis:6379 newsdesk worker",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := e.config()
			if err != nil {
				return err
			}
			app.BoundHeap(cfg)
			a, err := app.Open(cmd.Context(), app.Options{Config: cfg, Version: e.version, Work: true, Logger: e.logger(cfg.Log)})
			if err != nil {
				return err
			}
			e.tell("Working on deliveries; Ctrl-C stops.", "正在处理投放，按 Ctrl-C 停止。")
			if cfg.Redis.Mode == "embedded" {
				e.tell("redis.mode is embedded, so nobody can nudge this worker: it finds its work by looking every %s. For several processes set redis.mode and redis.addresses.",
					"redis.mode 为 embedded，其他进程无法通知本进程：每 %s 巡检一次。多进程部署请设置 redis.mode 和 redis.addresses。", cfg.Delivery.Sweep)
			}
			return a.Run(cmd.Context())
		},
	}
}

// brandNew reports whether the database is an embedded one that nobody has used yet. Such a one needs no decision.
func brandNew(cfg config.Config) bool {
	if cfg.SQL.Driver != store.DriverSQLite {
		return false
	}
	info, err := os.Stat(cfg.SQL.DSN.Reveal())
	return os.IsNotExist(err) || err == nil && info.Size() == 0
}

// openStore opens the database of the configuration for a command that works on it directly.
func (e *env) openStore(ctx context.Context, cfg config.Config) (*store.Store, error) {
	fresh := brandNew(cfg)
	if fresh {
		if err := os.MkdirAll(filepath.Dir(cfg.SQL.DSN.Reveal()), 0o750); err != nil {
			return nil, press.Fail(press.Unavailable, "data.folder", press.Say(
				"The folder of the database %s cannot be made.", "无法创建数据库目录 %s。", filepath.Dir(cfg.SQL.DSN.Reveal()))).Because(err)
		}
	}
	s, err := store.Open(ctx, store.Config{Driver: cfg.SQL.Driver, DSN: cfg.SQL.DSN.Reveal(), Logger: e.logger(cfg.Log)})
	if err != nil {
		return nil, err
	}
	if fresh {
		_, _, err = s.Migrate(ctx)
	}
	if err == nil {
		err = s.CheckSchema(ctx)
	}
	if err != nil {
		_ = s.Close() // what is wrong with the schema matters
		return nil, err
	}
	return s, nil
}
