package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"newsdesk/internal/app"
	"newsdesk/internal/config"
	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
	"newsdesk/internal/wechat/sandbox"
)

type demoOptions struct {
	parcel  string
	once    bool
	summary string
	data    string
	listen  string
	sandbox string
	in      time.Duration
}

func newDemo(e *env) *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: e.say("Publish an article to the sandbox and a website, and watch", "把一篇稿件发布到沙箱和网站，并查看全过程"),
		Long: e.say(
			"Everything runs in this one process. A parcel is handed in, its photos are resized, three plainly sample reviewers sign it,\n"+
				"and it goes out in mode publish and in mode mass a few seconds later, once each, and to a website.\n"+
				"Afterwards the pages stay open for you until Ctrl-C; with --once the command ends.",
			"所有部件都在这一个进程中运行：提交稿件包，处理图片，三位示例审核人签字，\n"+
				"几秒后分别以“发布”和“群发”方式各发出一次，并同步到网站。\n"+
				"完成后页面保持可访问，按 Ctrl-C 结束；使用 --once 则直接退出。"),
		Example: "  newsdesk demo\n  newsdesk demo --parcel ./my-news/ --once --summary result.json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), e, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.parcel, "parcel", "", e.say("a document or a folder to publish instead of the sample article", "要发布的文档或文件夹；默认使用内置示例稿件"))
	f.BoolVar(&o.once, "once", false, e.say("end when everything is live (exit 0) or cannot be (another code)", "完成后退出：全部上线返回 0，否则返回其他代码"))
	f.StringVar(&o.summary, "summary", "", e.say("write what happened to this file, as JSON", "将结果以 JSON 写入该文件"))
	f.StringVar(&o.data, "data", "", e.say("folder for everything kept (default: a new temporary one)", "数据目录（默认新建临时目录）"))
	f.StringVar(&o.listen, "listen", "127.0.0.1:8080", e.say("address of the website; a free port is taken when this one is in use", "网站地址；端口被占用时自动改用空闲端口"))
	f.StringVar(&o.sandbox, "sandbox", "127.0.0.1:8090", e.say("address of the sandbox; likewise", "沙箱地址；同上"))
	f.DurationVar(&o.in, "in", 3*time.Second, e.say("how far ahead the editions are scheduled", "推送安排在多久之后"))
	return cmd
}

func runDemo(ctx context.Context, e *env, o demoOptions) error {
	files, err := demoFiles(o.parcel, e.lang)
	if err != nil {
		return err
	}
	if err := writeSummary(o.summary, app.Summary{}); err != nil { // now, and not after the whole demo
		return err
	}
	started := time.Now()
	view := &demoView{env: e}
	a, err := openDemo(ctx, e, o, view)
	if err != nil {
		return err
	}
	closed := sync.OnceValue(a.Close)
	defer func() { _ = closed() }()
	if err := a.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	view.zone = a.Config.Zone
	demo := app.Demo{App: a, Files: files, Lang: e.lang, In: o.in, Opened: time.Since(started), Photo: view.photo, Say: view.say}
	summary, err := demo.Run(ctx)
	view.end()
	if writeErr := writeSummary(o.summary, summary); err == nil {
		err = writeErr
	}
	if err != nil && ctx.Err() != nil {
		return press.Fail(press.Conflict, "demo.interrupted", press.Say("Ended before everything was live.", "已中止，尚未全部上线。")).Because(err)
	}
	if err != nil {
		return err
	}
	view.addresses(summary)
	if !summary.Live {
		return press.Fail(press.Conflict, "demo.not_live", press.Say("Not everything went live; the lines above say why.", "并非全部上线，原因见上。"))
	}
	if o.once {
		view.say(press.Say("Everything is kept in %s.", "数据保存在 %s。", a.Config.Data))
		return closed()
	}
	if err := furnish(ctx, e, a, view); err != nil {
		return err
	}
	view.say(press.Say("The pages stay open; Ctrl-C ends. Everything is kept in %s.", "页面保持可访问，按 Ctrl-C 结束。数据保存在 %s。", a.Config.Data))
	<-ctx.Done()
	return closed()
}

// furnish opens the newsroom on a sample office, unless the data folder has an office of its own.
func furnish(ctx context.Context, e *env, a *app.App, view *demoView) error {
	empty, err := a.Desk.NeedsSetup(ctx)
	if err != nil {
		return err
	}
	if empty {
		view.furnishing()
		view.say(press.Say("Furnishing the newsroom with sample people and articles.", "正在布置示例编辑部：示例人员与各种状态的稿件。"))
		if err := (&app.Office{App: a, Lang: e.lang}).Furnish(ctx); err != nil {
			return err
		}
	}
	view.newsroom(a.Config.PublicURL + "/")
	return nil
}

func demoFiles(parcel string, lang press.Lang) ([]intake.File, error) {
	if parcel == "" {
		return app.SampleParcel(lang), nil
	}
	return intake.FromPaths([]string{parcel})
}

// openDemo opens a Newsdesk with everything embedded, on the ports asked for or on free ones.
func openDemo(ctx context.Context, e *env, o demoOptions, view *demoView) (*app.App, error) {
	if o.data == "" {
		dir, err := os.MkdirTemp("", "newsdesk-demo-")
		if err != nil {
			return nil, fmt.Errorf("make a data folder: %w", err)
		}
		o.data = dir
	}
	for {
		cfg, err := config.Load(config.Options{NoFile: true, Flags: map[string]any{
			"data": o.data, "listen": o.listen, "sandbox.listen": o.sandbox, "sandbox.mode": "on", "site.lead": "1s",
			"delivery.wake_early": "1s", "delivery.sweep": "500ms", "site.language": string(e.lang),
			"site.title_zh": "示例学院新闻网", "site.title_en": "Sample College News",
		}})
		if err != nil {
			return nil, err
		}
		a, err := app.Open(ctx, app.Options{
			Config: cfg, Version: e.version, Serve: true, Work: true, Migrate: true, Samples: e.lang, Notify: view.change,
			Logger: slog.New(slog.NewTextHandler(e.errOut, &slog.HandlerOptions{Level: slog.LevelWarn})),
			// Followers of a real account get one push a day; a demo in one folder may be repeated.
			Sandbox: func(c *sandbox.Config) { c.Limits.MassPerDay = 1000 },
		})
		if press.CodeOf(err) != "listen" || err == nil || o.listen == "127.0.0.1:0" {
			return a, err
		}
		o.listen, o.sandbox = "127.0.0.1:0", "127.0.0.1:0"
	}
}

func writeSummary(path string, s app.Summary) error {
	if path == "" {
		return nil
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the summary: %w", err)
	}
	if err := os.WriteFile(filepath.Clean(path), append(data, '\n'), 0o644); err != nil { //nolint:gosec // a report for others to read
		return press.Fail(press.Invalid, "summary.write", press.Say("The summary cannot be written to %s.", "无法写入结果文件 %s。", path)).Because(err)
	}
	return nil
}

// demoView shows a demo while it happens: a bar for the photos and a line for each change.
type demoView struct {
	*env
	zone *time.Location

	mu   sync.Mutex
	bar  *progressbar.ProgressBar
	done int

	shown  map[press.DeliveryID]bool // those that the demo itself sent
	office bool                      // the rest belongs to the sample office, and is told there
}

func (v *demoView) line(format string, args ...any) {
	if v.bar != nil {
		_ = v.bar.Clear()
	}
	fmt.Fprintf(v.out, format+"\n", args...)
}

func (v *demoView) say(text press.Text) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.line("%s", text.In(v.lang))
}

func (v *demoView) photo(p desk.PhotoDone) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.done++
	if v.terminal() && v.bar == nil && p.All > 1 {
		v.bar = progressbar.NewOptions(p.All, progressbar.OptionSetWriter(v.out), progressbar.OptionSetDescription(v.env.say("photos", "图片")),
			progressbar.OptionSetWidth(30), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
	}
	if p.Err != nil {
		v.line("  %s", press.TextOf(p.Err).In(v.lang))
	} else {
		v.line("  %s", press.Say("photo %d/%d: %s, %d × %d, %d renditions", "图片 %d/%d：%s，%d × %d，生成 %d 个尺寸",
			v.done, p.All, p.Name, p.Photo.Width, p.Photo.Height, len(p.Renditions)).In(v.lang))
	}
	if v.bar != nil {
		_ = v.bar.Set(v.done)
	}
}

func (v *demoView) change(d press.Delivery, a *press.Attempt) {
	if a == nil && d.State != press.Sending {
		return // bookkeeping within a step
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.office && !v.shown[d.ID] {
		return
	}
	if v.shown == nil {
		v.shown = map[press.DeliveryID]bool{}
	}
	v.shown[d.ID] = true
	target := v.env.say("website", "网站")
	if d.Kind == press.TargetWeChat {
		target = v.env.say("WeChat %[1]s", "微信%[2]s", d.Mode, modeName(d.Mode).ZH)
	}
	line := v.env.say("  %s  %s: %s", "  %s  %s：%s", time.Now().In(v.zone).Format("15:04:05.000"), target, d.State.Name().In(v.lang))
	if d.Reason != nil {
		line += v.env.say(" — %[1]s %[3]s", "。%[2]s%[4]s", d.Reason.Text.EN, d.Reason.Text.ZH, d.Reason.Fix.EN, d.Reason.Fix.ZH)
	}
	v.line("%s", line)
}

// furnishing is called before the sample office begins to send things of its own.
func (v *demoView) furnishing() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.office = true
}

func (v *demoView) end() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.bar != nil {
		_ = v.bar.Finish()
	}
}

// newsroom says where the newsroom is, and as whom to sign in.
func (v *demoView) newsroom(address string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.line("%s  %s", padded(v.env.say("The newsroom", "编辑部"), 26), address)
	v.line("  %s", v.env.say("Sign in as any of these, with the password %s:", "可用以下任一姓名登录，密码均为 %s：", app.SamplePassword))
	for _, p := range app.SamplePeople() {
		v.line("  · %s", padded(p.Name.In(v.lang), 24)+p.Role.Name().In(v.lang))
	}
	v.line("")
}

func (v *demoView) addresses(s app.Summary) {
	rows := [][2]string{{v.env.say("Website page", "网站页面"), s.Website.Address}}
	for _, p := range s.WeChat {
		label := v.env.say("WeChat article (%[1]s)", "微信文章（%[2]s）", p.Mode, modeName(p.Mode).ZH)
		rows = append(rows, [2]string{label, strings.Join(p.Local, " ")})
	}
	rows = append(rows, [2]string{v.env.say("Follower's chat", "粉丝会话"), s.Chat})
	v.mu.Lock()
	defer v.mu.Unlock()
	v.line("")
	for _, row := range rows {
		v.line("%s  %s", padded(row[0], 26), row[1])
	}
	v.line("")
}
