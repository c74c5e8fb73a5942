package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

func newArticle(e *env) *cobra.Command {
	return e.group("article", e.say("Read, check, sign, return, correct and take down articles", "查看、预检、审核、退回、更正、撤回稿件"),
		newArticleList(e), newArticleShow(e), newArticlePreflight(e), newArticleSign(e), newArticleReturn(e), newArticleMeant(e),
		newArticleCorrect(e), newArticleRetract(e), newArticleWhere(e), newArticleAttachment(e))
}

// stageName is a review stage in words, as far as this configuration knows it.
func (e *env) stageName(key string) string {
	cfg, err := e.config()
	if err != nil {
		return key
	}
	for _, stage := range cfg.ReviewStages() {
		if stage.Key == key {
			return stage.Name.In(e.lang)
		}
	}
	return plain(key)
}

// pageFlags adds the part of a list to show.
func (e *env) pageFlags(cmd *cobra.Command, p *api.Page) {
	cmd.Flags().IntVar(&p.Limit, "limit", 50, e.say("how many, at most 500", "条数，最多 500"))
	cmd.Flags().IntVar(&p.Offset, "offset", 0, e.say("how many to pass over", "跳过的条数"))
}

func newArticleList(e *env) *cobra.Command {
	var r remote
	var q api.ArticleQuery
	cmd := &cobra.Command{
		Use: "list", Short: e.say("List articles, the newest first", "列出稿件，新的在前"),
		Example: "  newsdesk article list --state review", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := e.session(&r)
			if err != nil {
				return err
			}
			list, err := s.Articles(cmd.Context(), q)
			if err != nil {
				return err
			}
			if r.asJSON {
				return e.json(list)
			}
			e.articles(s, list, q.Offset)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	e.pageFlags(cmd, &q.Page)
	cmd.Flags().StringVar(&q.State, "state", "", e.say("only `draft, review, returned, approved or withdrawn`", "仅此`状态`：draft、review、returned、approved、withdrawn"))
	cmd.Flags().StringVar(&q.Column, "column", "", e.say("only this `column` and those inside it", "仅此`栏目`及其子栏目"))
	cmd.Flags().StringVar(&q.Search, "search", "", e.say("only those in which all these `words` occur", "标题、署名、栏目或正文含全部这些`文字`"))
	return cmd
}

func (e *env) articles(s session, list api.ArticleList, offset int) {
	var rows [][]string
	for _, a := range list.Articles {
		rows = append(rows, []string{
			string(a.ID), a.State.Name().In(e.lang), fmt.Sprint(a.Revision), showTime(a.UpdatedAt, s.zone), a.Column.String(), a.Title,
		})
	}
	if len(rows) > 0 {
		e.table([]string{
			"ID", e.say("State", "状态"), e.say("Rev.", "版本"), e.say("Changed", "更新时间"), e.say("Column", "栏目"), e.say("Title", "标题"),
		}, rows)
	}
	e.more(len(rows), offset, list.Total)
}

func newArticleShow(e *env) *cobra.Command {
	var r remote
	var revision int
	cmd := &cobra.Command{
		Use: "show ARTICLE", Short: e.say("Show an article, its text and who has signed", "显示稿件、正文与审核情况"),
		Example: "  newsdesk article show 01m82…", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			reading, s, err := e.read(cmd.Context(), &r, args[0], revision)
			if err != nil {
				return err
			}
			if r.asJSON {
				return e.json(reading)
			}
			e.article(s, reading)
			e.content(reading.Revision.Content.Content)
			e.attachments(reading.Revision.Content.Attachments)
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().IntVar(&revision, "revision", 0, e.say("this revision instead of the current one", "查看此版本，默认当前版本"))
	return cmd
}

func (e *env) read(ctx context.Context, r *remote, arg string, revision int) (api.ArticleReading, session, error) {
	id, err := identifier[press.ArticleID](arg)
	if err != nil {
		return api.ArticleReading{}, session{}, err
	}
	s, err := e.session(r)
	if err != nil {
		return api.ArticleReading{}, s, err
	}
	reading, err := s.Article(ctx, id, revision)
	return reading, s, err
}

func (e *env) article(s session, r api.ArticleReading) {
	next := ""
	if r.Next != nil {
		next = r.Next.Name.In(e.lang)
	}
	e.fields(
		field{e.say("Article", "稿件"), string(r.Article.ID)},
		field{e.say("Title", "标题"), r.Revision.Content.Title},
		field{e.say("Title in WeChat", "微信标题"), r.Revision.Content.PushTitle},
		field{e.say("Column", "栏目"), r.Revision.Content.Column.String()},
		field{e.say("State", "状态"), r.Article.State.Name().In(e.lang)},
		field{e.say("Revision", "版本"), e.say("%d of %d", "%d（当前 %d）", r.Revision.Number, r.Article.Revision)},
		field{e.say("Hash", "内容摘要"), string(r.Revision.Hash)},
		field{e.say("Changed", "更新时间"), showTime(r.Article.UpdatedAt, s.zone)},
		field{e.say("Waits for", "等待"), next},
	)
	for _, o := range r.SignOffs {
		e.tell("  signed: %s, %s, %s", "  已签：%s，%s，%s", e.stageName(o.Stage), plain(o.PersonName), showTime(o.SignedAt, s.zone))
	}
	e.notes(r.Revision.Notes)
}

// content prints what readers will read, as text.
func (e *env) content(c press.Content) {
	fmt.Fprintln(e.out)
	for line := range strings.SplitSeq(markup.Text(c.Body), "\n") {
		fmt.Fprintln(e.out, plain(line))
	}
	if n := len(c.Body.Photos()); n > 0 {
		e.tell("(%d photos; “newsdesk render” shows them)", "（图片 %d 张，可用 newsdesk render 查看）", n)
	}
}

func newArticlePreflight(e *env) *cobra.Command {
	var r remote
	var theme string
	cmd := &cobra.Command{
		Use: "preflight ARTICLE", Short: e.say("Check what WeChat would refuse and readers would miss", "预检：微信会拒绝的和读者会缺失的"),
		Long:    e.say("Exit code 4 when something must be mended before publishing.", "存在必须修正的问题时退出码为 4。"),
		Example: "  newsdesk article preflight 01m82…", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, id, err := about[press.ArticleID](e, &r, args[0])
			if err != nil {
				return err
			}
			findings, err := s.Preflight(cmd.Context(), id, theme)
			if err != nil {
				return err
			}
			return e.findings(findings, r.asJSON)
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().StringVar(&theme, "theme", "", e.say("`theme` to check with (default: the account's)", "预检所用`主题`，默认为公众号的主题"))
	return cmd
}

func (e *env) findings(list []press.Finding, asJSON bool) error {
	blocking := 0
	for _, f := range list {
		mark := e.say("advice", "建议")
		if f.Blocks {
			mark = e.say("must be mended", "必须修正")
			blocking++
		}
		if !asJSON {
			fmt.Fprintf(e.out, "%s: %s [%s, %s]\n", mark, plain(f.Text.In(e.lang)), f.Code, f.Where)
		}
	}
	if asJSON {
		if err := e.json(api.Findings{Findings: emptyNotNull(list)}); err != nil {
			return err
		}
	}
	if blocking > 0 {
		return press.Fail(press.Conflict, "preflight.blocks", press.Say(
			"%d findings must be mended before this can be published.", "有 %d 处必须修正后才能发布。", blocking))
	}
	if len(list) == 0 && !asJSON {
		e.tell("Nothing to mend.", "没有需要修正的内容。")
	}
	return nil
}

func newArticleReturn(e *env) *cobra.Command {
	var r remote
	var revision int
	var reason string
	cmd := &cobra.Command{
		Use: "return ARTICLE --reason TEXT", Short: e.say("Send an article back to its author", "将稿件退回作者"),
		Example: "  newsdesk article return 01m82… --reason \"The second photo shows another event\"", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			reading, s, err := e.read(cmd.Context(), &r, args[0], revision)
			if err != nil {
				return err
			}
			article, err := s.Return(cmd.Context(), reading.Article.ID, reading.Revision.Number, reason)
			if err != nil {
				return err
			}
			if r.asJSON {
				return e.json(article)
			}
			e.tell("“%s” is returned to its author.", "“%s”已退回作者。", plain(article.Title))
			return nil
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().IntVar(&revision, "revision", 0, e.say("the revision that was read (default: the current one)", "所审阅的版本，默认当前版本"))
	cmd.Flags().StringVar(&reason, "reason", "", e.say("why; its author reads it", "退回原因，作者可见"))
	return cmd
}

// confirm asks a person on a terminal; without one there must be --yes.
func (e *env) confirm(ctx context.Context, question string) error {
	if !isTerminal(e.in) {
		return usage("Nobody is there to ask; repeat with --yes, or name what was read with --revision and --hash.",
			"当前不是终端，无法确认；请加 --yes，或用 --revision 和 --hash 指明所审阅的内容。")
	}
	fmt.Fprint(e.out, question+" [y/N] ")
	answer := make(chan error, 1)
	go func() { answer <- answered(e.in) }() // a terminal cannot be made to stop waiting; the process ends with it
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		fmt.Fprintln(e.out)
		return notConfirmed.Because(ctx.Err())
	}
}

var notConfirmed = press.Fail(press.Invalid, "not_confirmed", press.Say("Nothing was done.", "未执行任何操作。"))

func answered(in io.Reader) error {
	line, err := bufio.NewReader(io.LimitReader(in, 100)).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes", "是":
		return nil
	}
	return notConfirmed.Because(err)
}
