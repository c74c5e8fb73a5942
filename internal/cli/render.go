package cli

import (
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"newsdesk/internal/app"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

type renderOptions struct {
	target, theme, file string
}

func (o *renderOptions) flags(e *env, cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.target, "for", "", e.say("`wechat or site`", "`渠道`：wechat 或 site"))
	f.StringVar(&o.theme, "theme", "", e.say("WeChat `theme` (default: the account's)", "微信`主题`，默认为公众号的主题"))
	f.StringVarP(&o.file, "output", "o", "", e.say("`file` to write (default: standard output)", "输出`文件`，默认标准输出"))
	_ = cmd.MarkFlagRequired("for") // fails only for a flag that does not exist
}

func (o *renderOptions) kind() (press.TargetKind, error) {
	kind := press.TargetKind(o.target)
	if !slices.Contains([]press.TargetKind{press.TargetWeChat, press.TargetSite}, kind) {
		return "", usage("--for is %q; it must be wechat or site.", "--for 为 %q，应为 wechat 或 site。", o.target)
	}
	return kind, nil
}

func (e *env) write(o *renderOptions, html string) error {
	if o.file == "" {
		fmt.Fprintln(e.out, html)
		return nil
	}
	if err := os.WriteFile(o.file, []byte(html), 0o644); err != nil { //nolint:gosec // a page for anyone to look at
		return press.Fail(press.Unavailable, "output.write", press.Say("%s cannot be written.", "无法写入 %s。", o.file)).Because(err)
	}
	return nil
}

func newRender(e *env) *cobra.Command {
	var r remote
	var o renderOptions
	cmd := &cobra.Command{
		Use: "render ARTICLE --for wechat|site", Short: e.say("Print an article's HTML as a target shows it", "输出稿件在某渠道的 HTML"),
		Example: "  newsdesk render 01m82… --for wechat --theme campus -o page.html", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, err := o.kind()
			if err != nil {
				return err
			}
			s, id, err := about[press.ArticleID](e, &r, args[0])
			if err != nil {
				return err
			}
			html, err := s.Render(cmd.Context(), id, kind, o.theme)
			if err != nil {
				return err
			}
			return e.write(&o, html)
		},
	}
	r.flags(e, cmd)
	o.flags(e, cmd)
	return cmd
}

func newPreview(e *env) *cobra.Command {
	var o renderOptions
	cmd := &cobra.Command{
		Use: "preview PATH… --for wechat|site", Short: e.say("Render a parcel with no server at all", "不经服务器直接预览稿件包"),
		Long: e.say("Writes one HTML file with the pictures inside. What intake has to say goes to standard error.",
			"输出一个内含图片的 HTML 文件；稿件解析的提示写到标准错误。"),
		Example: "  newsdesk preview ./my-news/ --for wechat -o preview.html", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, err := o.kind()
			if err != nil {
				return err
			}
			cfg, err := e.config()
			if err != nil {
				return err
			}
			files, err := intake.FromPaths(args)
			if err != nil {
				return err
			}
			html, notes, err := app.Preview(cmd.Context(), cfg, files, kind, o.theme)
			for _, n := range notes {
				fmt.Fprintf(e.errOut, "  ! %s [%s]\n", plain(n.Text.In(e.lang)), n.Code)
			}
			if err != nil {
				return err
			}
			return e.write(&o, html)
		},
	}
	o.flags(e, cmd)
	return cmd
}
