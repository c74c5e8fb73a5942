package cli

import (
	"context"

	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

type signOptions struct {
	remote
	revision int
	hash     string
	yes      bool
}

func newArticleSign(e *env) *cobra.Command {
	var o signOptions
	cmd := &cobra.Command{
		Use: "sign ARTICLE", Short: e.say("Sign the next stage of a revision", "审核签字：签下一环节"),
		Long: e.say("Signs exactly what is named by --revision and --hash, or else what it has shown you and you confirm. If the article has\n"+
			"changed in between, nothing is signed (exit code 4).",
			"签署 --revision 与 --hash 指明的内容；未指明时先显示内容，确认后签字。\n期间稿件若有改动则不签字（退出码 4）。"),
		Example: "  newsdesk article sign 01m82…\n  newsdesk article sign 01m82… --revision 2 --hash 5f0c…",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return e.sign(cmd.Context(), &o, args[0]) },
	}
	o.flags(e, cmd)
	o.jsonFlag(e, cmd)
	f := cmd.Flags()
	f.IntVar(&o.revision, "revision", 0, e.say("the revision that was read (default: the current one)", "所审阅的版本，默认当前版本"))
	f.StringVar(&o.hash, "hash", "", e.say("the content `hash` of what was read, 64 characters", "所审阅内容的`摘要`，64 位"))
	f.BoolVar(&o.yes, "yes", false, e.say("sign without asking", "不再询问，直接签字"))
	return cmd
}

func (e *env) sign(ctx context.Context, o *signOptions, arg string) error {
	reading, s, err := e.read(ctx, &o.remote, arg, o.revision)
	if err != nil {
		return err
	}
	hash := press.ContentHash(o.hash)
	if hash == "" {
		hash = reading.Revision.Hash
		if err := e.askToSign(ctx, s, reading, o); err != nil {
			return err
		}
	}
	signed, err := s.Sign(ctx, reading.Article.ID, reading.Revision.Number, hash)
	if err != nil {
		return err
	}
	if o.asJSON {
		return e.json(signed)
	}
	e.tell("Signed: %[1]s, by %[2]s. “%[3]s” is %[4]s.", "已签字：%[1]s，%[2]s。“%[3]s”%[4]s。",
		e.stageName(signed.SignOff.Stage), plain(signed.SignOff.PersonName), plain(signed.Article.Title), signed.Article.State.Name().In(e.lang))
	return nil
}

func (e *env) askToSign(ctx context.Context, s session, r api.ArticleReading, o *signOptions) error {
	if !o.asJSON {
		e.article(s, r)
	}
	if o.yes {
		return nil
	}
	return e.confirm(ctx, e.say("Sign this revision?", "确认为此版本签字？"))
}
