package cli

import (
	"log/slog"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/pflag"

	"newsdesk/internal/config"
)

// settings are the flags that every command has.
type settings struct {
	file   string
	set    []string
	lang   string
	loaded *config.Config
}

func (s *settings) flags(e *env, f *pflag.FlagSet) {
	f.StringVar(&s.file, "config", "", e.say("configuration `file` (default: NEWSDESK_CONFIG, else ./newsdesk.yaml)", "配置`文件`（默认 NEWSDESK_CONFIG，其次 ./newsdesk.yaml）"))
	f.StringArrayVar(&s.set, "set", nil, e.say("a setting as `key=value`, over file and environment; may be repeated", "以`键=值`指定配置项，优先于文件和环境变量，可重复"))
	f.StringVar(&s.lang, "lang", "", e.say("language of what is printed: `zh or en`", "输出语言：`zh 或 en`"))
}

// config loads the configuration, once. more are flags of one command, by dotted key.
func (e *env) config(more ...map[string]any) (config.Config, error) {
	if e.settings.loaded != nil && len(more) == 0 {
		return *e.settings.loaded, nil
	}
	flags := map[string]any{}
	for _, pair := range e.settings.set {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return config.Config{}, usage("--set %q has no =; write --set key=value.", "--set %q 缺少等号，应写成 --set 键=值。", key)
		}
		flags[key] = value
	}
	for _, m := range more {
		for key, value := range m {
			flags[key] = value
		}
	}
	cfg, err := config.Load(config.Options{File: e.settings.file, Env: e.environ, Flags: flags})
	if err == nil {
		e.settings.loaded = &cfg
	}
	return cfg, err
}

// logger writes to standard error as the configuration says.
func (e *env) logger(c config.Log) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Level)) // the configuration allows only levels
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(e.errOut, options))
	}
	return slog.New(slog.NewTextHandler(e.errOut, options))
}

// terminal reports whether a person looks at the output.
func (e *env) terminal() bool { return isTerminal(e.out) }

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}
