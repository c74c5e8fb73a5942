package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/desk"
	"newsdesk/internal/intake"
	"newsdesk/internal/press"
)

type submitOptions struct {
	remote
	article, column string
}

func newSubmit(e *env) *cobra.Command {
	var o submitOptions
	cmd := &cobra.Command{
		Use:   "submit PATH…",
		Short: e.say("Hand in a parcel: a document with its photos", "提交稿件包：文档与图片"),
		Long: e.say("PATH is a document (the photos that it names are taken from beside it), a folder with a document and photos,\n"+
			"a .zip,\n"+
			"or a document and its photos one by one. Documents are .docx, .txt, .md and .html; where the server has\n"+
			"LibreOffice, .doc, .wps, .odt and .rtf as well.",
			"PATH 可以是文档（自动带上同目录中文档提到的图片）、含文档与图片的文件夹、.zip 压缩包，\n或逐个列出的文档与图片。文档格式：.docx、.txt、.md、.html；服务器装有 LibreOffice 时还可用 .doc、.wps、.odt、.rtf。"),
		Example: "  newsdesk submit ./my-news/\n  newsdesk submit article.txt --column \"News › Group news\"\n  newsdesk submit article.md a.jpg b.jpg --article 01m82…",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return e.submit(cmd.Context(), o, args) },
	}
	o.flags(e, cmd)
	o.jsonFlag(e, cmd)
	cmd.Flags().StringVar(&o.article, "article", "", e.say("`ID` of an article: the parcel becomes its next revision", "稿件`编号`：作为该稿件的新版本"))
	cmd.Flags().StringVar(&o.column, "column", "", e.say("`column` instead of the document's, e.g. \"News › Group news\"", "`栏目`，覆盖文档中的栏目，如 \"新闻资讯 › 集团新闻\""))
	return cmd
}

func (e *env) submit(ctx context.Context, o submitOptions, paths []string) error {
	s, err := e.session(&o.remote)
	if err != nil {
		return err
	}
	parcel := api.Parcel{Column: press.ParseColumn(o.column)}
	if o.article != "" {
		if parcel.Article, err = identifier[press.ArticleID](o.article); err != nil {
			return err
		}
	}
	if parcel.Files, err = intake.FromPaths(paths); err != nil {
		return err
	}
	upload := e.newUpload()
	parcel.Progress = upload.sent
	handed, err := s.HandIn(ctx, parcel)
	upload.end()
	if err != nil {
		return err
	}
	if o.asJSON {
		return e.json(handed)
	}
	e.handedIn(handed)
	return nil
}

func (e *env) handedIn(h api.HandedIn) {
	c := h.Revision.Content
	captions := 0
	for _, p := range c.Body.Pictures() {
		if p.Caption != "" {
			captions++
		}
	}
	e.fields(
		field{e.say("Document", "文档"), documentOf(h.Revision.Notes)},
		field{e.say("Article", "稿件"), string(h.Article.ID)},
		field{e.say("Title", "标题"), h.Article.Title},
		field{e.say("Title in WeChat", "微信标题"), h.Revision.Content.PushTitle},
		field{e.say("Column", "栏目"), h.Article.Column.String()},
		field{e.say("Revision", "版本"), fmt.Sprint(h.Revision.Number)},
		field{e.say("Hash", "内容摘要"), string(h.Revision.Hash)},
		field{e.say("State", "状态"), h.Article.State.Name().In(e.lang)},
		field{e.say("Photos", "图片"), e.say("%d in the body with %d captions, %d not placed", "%d 张在正文中，图注 %d 条；%d 张未放入",
			len(c.Body.Pictures()), captions, len(h.Revision.Unplaced))},
	)
	made := map[press.Digest]int{}
	for _, r := range h.Renditions {
		made[r.Photo]++
	}
	for _, p := range h.Photos {
		gps := ""
		if p.HasGPS {
			gps = e.say("; it says where it was taken, which is not published", "；含拍摄位置，不会发布")
		}
		e.tell("  photo %s: %d × %d, %d renditions%s", "  图片 %s：%d × %d，生成 %d 个尺寸%s", plain(p.Name), p.Width, p.Height, made[p.Digest], gps)
	}
	e.notes(h.Revision.Notes)
}

// documentOf is the document that a revision was read from.
func documentOf(notes []press.Note) string {
	for _, n := range notes {
		if n.Code == desk.NoteRead {
			return plain(n.File)
		}
	}
	return ""
}

// notes prints what intake had to say.
func (e *env) notes(list []press.Note) {
	for _, n := range list {
		if n.Code == desk.NoteRead {
			continue
		}
		fmt.Fprintf(e.out, "  ! %s [%s]\n", plain(n.Text.In(e.lang)), n.Code)
	}
}

// upload shows how far an upload is: a bar on a terminal, otherwise a line for every quarter. It goes to standard error,
// so that the result on standard output stays clean.
type upload struct {
	*env
	bar     *progressbar.ProgressBar
	quarter int64
	working bool
}

func (e *env) newUpload() *upload { return &upload{env: e} }

func (u *upload) sent(sent, all int64) {
	if isTerminal(u.errOut) {
		u.draw(sent, all)
	} else if quarter := sent * 4 / max(all, 1); quarter > u.quarter {
		u.quarter = quarter
		fmt.Fprintln(u.errOut, u.say("uploaded %d %% of %.1f MB", "已上传 %d%%，共 %.1f MB", quarter*25, float64(all)/1e6))
	}
	if sent == all && !u.working {
		u.working = true
		fmt.Fprintln(u.errOut, u.say("the photos are being worked on …", "正在处理图片……"))
	}
}

func (u *upload) draw(sent, all int64) {
	if u.bar == nil {
		u.bar = progressbar.NewOptions64(all, progressbar.OptionSetWriter(u.errOut), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription(u.say("uploading", "上传")), progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(100*time.Millisecond))
	}
	_ = u.bar.Set64(sent) // a terminal that cannot be drawn on is no reason to stop
}

func (u *upload) end() {
	if u.bar != nil {
		_ = u.bar.Finish()
	}
}
