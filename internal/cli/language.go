package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"newsdesk/internal/config"
	"newsdesk/internal/press"
)

// chooseLanguage settles the language before the commands are made, because their help is in it: --lang, then
// NEWSDESK_LANGUAGE, then the locale, then the configuration.
func (e *env) chooseLanguage(args []string) error {
	e.lang = e.locale()
	wanted := argument(args, "lang")
	if wanted == "" {
		return nil
	}
	lang, ok := languageOf(wanted)
	if !ok {
		return usage("%q is not a language; use zh or en.", "%q 不是可用的语言，请用 zh 或 en。", wanted)
	}
	e.lang = lang
	return nil
}

func (e *env) locale() press.Lang {
	for _, name := range []string{"NEWSDESK_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"} {
		value := e.lookup(name)
		if value == "" {
			continue
		}
		if lang, ok := languageOf(value); ok {
			return lang
		}
	}
	cfg, err := config.Load(config.Options{Env: e.environ})
	if err != nil {
		return config.Default().Language // what is wrong will be said by the command that needs it
	}
	return cfg.Language
}

func languageOf(s string) (press.Lang, bool) {
	s = strings.ToLower(s)
	for _, lang := range []press.Lang{press.Chinese, press.English} {
		if rest, ok := strings.CutPrefix(s, string(lang)); ok && (rest == "" || strings.ContainsAny(rest[:1], "_-.")) {
			return lang, true
		}
	}
	return "", false
}

// argument finds a flag's value without parsing the rest.
func argument(args []string, name string) string {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if value, ok := strings.CutPrefix(arg, "--"+name+"="); ok {
			return value
		}
		if arg == "--"+name && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// polish puts what cobra writes itself into the reader's language and makes its errors ours.
func (e *env) polish(root *cobra.Command) {
	root.SetOut(e.out)
	root.SetErr(e.errOut)
	root.SetIn(e.in)
	root.SetUsageFunc(e.usageOf)
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(cmd *cobra.Command, args []string) error {
		target, _, err := root.Find(args)
		if err != nil {
			return usage("There is no command %q; see newsdesk --help.", "没有命令 %q，请查看 newsdesk --help。", strings.Join(args, " "))
		}
		return target.Help()
	}})
	root.Args = cobra.ArbitraryArgs
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			return usage("There is no command %q; did you mean %s?", "没有命令 %q，是否应为 %s？", args[0], strings.Join(near, ", "))
		}
		return usage("There is no command %q; see newsdesk --help.", "没有命令 %q，请查看 newsdesk --help。", args[0])
	}
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		var unknown *pflag.NotExistError
		if errors.As(err, &unknown) && len(unknown.GetSpecifiedName()) > 1 {
			return usage("%[2]s has no --%[1]s; see %[2]s --help.", "%[2]s 没有选项 --%[1]s，请查看 %[2]s --help。",
				unknown.GetSpecifiedName(), cmd.CommandPath())
		}
		return usage("%[2]s: %[1]s; see %[2]s --help.", "%[2]s：命令行选项有误（%[1]s），请查看 %[2]s --help。", err.Error(), cmd.CommandPath())
	})
	eachCommand(root, func(cmd *cobra.Command) {
		cmd.DisableFlagsInUseLine = true
		cmd.InitDefaultHelpFlag()
		cmd.Flags().Lookup("help").Usage = e.say("show this", "显示此帮助")
		if run := cmd.RunE; run != nil {
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				e.ran = true
				return run(cmd, args)
			}
		}
		if check := cmd.Args; check != nil {
			cmd.Args = func(cmd *cobra.Command, args []string) error {
				switch err := check(cmd, args); {
				case err != nil && len(args) == 0:
					return usage("Something is missing; write it as: %s", "缺少参数，应写成：%s", cmd.UseLine())
				case err != nil && !strings.Contains(cmd.Use, " "):
					return usage("%[1]s takes no %[2]q; see %[1]s --help.", "%[1]s 不接受参数 %[2]q，请查看 %[1]s --help。", cmd.CommandPath(), args[0])
				case err != nil:
					return usage("%[2]s: %[1]s; see %[2]s --help.", "%[2]s：参数有误（%[1]s），请查看 %[2]s --help。", err.Error(), cmd.CommandPath())
				}
				return nil
			}
		}
	})
}

func eachCommand(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, c := range cmd.Commands() {
		eachCommand(c, visit)
	}
}
