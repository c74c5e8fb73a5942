package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"newsdesk/internal/app"
)

func newSite(e *env) *cobra.Command {
	return e.group("site", e.say("Look after the website", "维护网站"), newSiteTemplates(e), newSitePush(e), newSiteCheck(e))
}

func newSiteTemplates(e *env) *cobra.Command {
	var theme string
	names := strings.Join(app.SiteThemes(), ", ")
	cmd := &cobra.Command{
		Use:   "templates DIR",
		Short: e.say("Write out a theme's templates, to be changed", "导出主题模板以供修改"),
		Long: e.say("Writes the website's built-in templates and tokens.css into a folder and overwrites nothing. Name the folder in\n"+
			"site.templates, change what you need and delete the rest; config check names mistakes.",
			"将网站内置模板与 tokens.css 写入目录，不覆盖已有文件。随后在 site.templates 中指定该目录，\n按需修改，其余删除；config check 可检查错误。"),
		Example: "  newsdesk site templates ./our-site\n  newsdesk site templates ./our-site --theme campus",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			chosen, err := e.siteTheme(theme)
			if err != nil {
				return err
			}
			written, err := app.WriteSiteTemplates(chosen, args[0])
			for _, name := range written {
				fmt.Fprintln(e.out, filepath.Join(args[0], name))
			}
			return err
		},
	}
	cmd.Flags().StringVar(&theme, "theme", "", e.say("`name` of the theme: %s (default: site.theme)", "主题`名称`：%s（默认 site.theme）", names))
	return cmd
}

// siteTheme is the theme that a flag names, else that of the configuration.
func (e *env) siteTheme(named string) (string, error) {
	if named == "" {
		cfg, err := e.config()
		return cfg.Site.Theme, err
	}
	if !slices.Contains(app.SiteThemes(), named) {
		return "", usage("There is no theme %[1]q; choose one of %[2]s.", "没有名为 %[1]q 的主题，可选：%[2]s。", named, strings.Join(app.SiteThemes(), ", "))
	}
	return named, nil
}
