package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newsdesk/internal/photo"
	"newsdesk/internal/press"
)

// Program is one invocation of newsdesk.
type Program struct {
	Version string
	Args    []string // without the program's name
	In      io.Reader
	Out     io.Writer
	ErrOut  io.Writer
	Environ []string         // as os.Environ gives it
	Now     func() time.Time // default time.Now
}

// Run runs a command and returns the exit code. It is Program.Run with what a test usually needs.
func Run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer, environ []string) int {
	return Program{Args: args, In: in, Out: out, ErrOut: errOut, Environ: environ}.Run(ctx)
}

// Run runs the command and returns the exit code. It ends soon after ctx does.
func (p Program) Run(ctx context.Context) int {
	if len(p.Args) == 1 && p.Args[0] == photo.DecoderCommand { // started by another newsdesk, never by a person
		if photo.ServeDecoder(p.In, p.Out) != nil {
			return 1
		}
		return 0
	}
	e := &env{version: p.Version, out: p.Out, errOut: p.ErrOut, in: p.In, environ: p.Environ, now: p.Now}
	if e.now == nil {
		e.now = time.Now
	}
	if e.version == "" {
		e.version = "devel"
	}
	err := e.chooseLanguage(p.Args)
	if err == nil {
		root := newRoot(e)
		root.SetArgs(p.Args)
		err = e.execute(ctx, root)
	}
	if err == nil {
		return 0
	}
	e.complain(err)
	return exitCode(err)
}

// env is what every command of one invocation shares.
type env struct {
	version     string
	out, errOut io.Writer
	in          io.Reader
	environ     []string
	lang        press.Lang
	now         func() time.Time
	settings    settings
	ran         bool // the command line was understood
}

// execute runs the command. What cobra itself refuses, such as a flag that is missing, becomes a refusal of ours.
func (e *env) execute(ctx context.Context, root *cobra.Command) error {
	cmd, err := root.ExecuteContextC(ctx)
	var own *press.Error
	if err == nil || e.ran || errors.As(err, &own) {
		return err
	}
	if rest, ok := strings.CutPrefix(err.Error(), "required flag(s) "); ok {
		names := "--" + strings.ReplaceAll(strings.Trim(strings.TrimSuffix(rest, " not set"), `"`), `", "`, ", --")
		return usage("%[2]s needs %[1]s; see %[2]s --help.", "%[2]s 缺少 %[1]s，请查看 %[2]s --help。", names, cmd.CommandPath())
	}
	return usage("%[2]s: %[1]s; see %[2]s --help.", "%[2]s：命令行有误（%[1]s），请查看 %[2]s --help。", err.Error(), cmd.CommandPath())
}

// say chooses the sentence in the reader's language.
func (e *env) say(en, zh string, args ...any) string { return press.Say(en, zh, args...).In(e.lang) }

// tell writes a line for the reader.
func (e *env) tell(en, zh string, args ...any) { fmt.Fprintln(e.out, e.say(en, zh, args...)) }

// lookup returns a variable of the environment.
func (e *env) lookup(name string) string {
	value := ""
	for _, pair := range e.environ {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			value = v // as for programs in C, the last one wins
		}
	}
	return value
}

func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:   "newsdesk",
		Short: e.say("From a news draft and its photos to WeChat and the website", "从稿件与图片到微信公众号和网站"),
		Long: e.say("Newsdesk takes a news draft and its photos and sees them published: formatted for a WeChat official account,\n"+
			"sent at the minute the staff chose, and mirrored on the website.",
			"Newsdesk 接收稿件与图片并完成发布：为微信公众号排版，在选定的时刻推送，同步到网站。") + "\n\n" + exitCodes(e),
		Example:       "  newsdesk demo\n  newsdesk serve\n  newsdesk submit ./my-news/",
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	e.settings.flags(e, root.PersistentFlags())
	root.AddGroup(
		&cobra.Group{ID: "run", Title: e.say("Run:", "运行：")},
		&cobra.Group{ID: "work", Title: e.say("Work with a running server:", "操作运行中的服务器：")},
		&cobra.Group{ID: "keep", Title: e.say("Look after an installation:", "维护：")},
	)
	add(root, "run", newDemo(e), newServe(e), newWorker(e), newPreview(e))
	add(root, "work", newSubmit(e), newArticle(e), newAttach(e), newDetach(e), newColumn(e), newWords(e), newEdition(e), newPublish(e), newDelivery(e), newStop(e), newResume(e), newAccount(e), newNotice(e), newTargets(e), newRender(e), newExport(e), newHealth(e))
	add(root, "keep", newBackup(e), newRestore(e), newMigrate(e), newConfig(e), newSite(e), newUser(e), newToken(e), newFaults(e), newVersion(e))
	e.polish(root)
	return root
}

func add(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = group
		root.AddCommand(c)
	}
}

// group is a command that only holds others.
func (e *env) group(name, short string, commands ...*cobra.Command) *cobra.Command {
	group := &cobra.Command{Use: name, Short: short, Args: cobra.ArbitraryArgs}
	group.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage("%[1]s has no command %[2]q; see %[1]s --help.", "%[1]s 没有子命令 %[2]q，请查看 %[1]s --help。", cmd.CommandPath(), args[0])
		}
		return cmd.Help()
	}
	var examples []string
	for _, c := range commands {
		first, _, _ := strings.Cut(c.Example, "\n")
		examples = append(examples, first)
		group.AddCommand(c)
	}
	group.Example = strings.Join(examples, "\n")
	return group
}

// usage is a command line that cannot be understood.
func usage(en, zh string, args ...any) error {
	return press.Fail(press.Invalid, "usage", press.Say(en, zh, args...))
}

// complain writes an error as one sentence and its code. Of an error nobody foresaw there is no log but this.
func (e *env) complain(err error) {
	var own *press.Error
	text := press.TextOf(err).In(e.lang)
	switch {
	case errors.As(err, &own), press.KindOf(err) != press.Internal:
	default:
		text = err.Error()
	}
	lines := strings.Split(text, "\n") // a configuration's mistakes are several; titles and a server's words are in others
	for i, line := range lines {
		lines[i] = plain(line)
	}
	fmt.Fprintf(e.errOut, "newsdesk: %s [%s]\n", strings.Join(lines, "\n"), plain(press.CodeOf(err)))
}
