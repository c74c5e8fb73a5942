package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"newsdesk/internal/api"
	"newsdesk/internal/press"
)

func newAttach(e *env) *cobra.Command {
	var r remote
	var name string
	cmd := &cobra.Command{
		Use: "attach ARTICLE FILE…", Short: e.say("Attach files that readers of the website can fetch", "给稿件添加附件，读者可在网站下载"),
		Long: e.say("Uploads the files and saves the article's next revision, which has them after those that it has. Nobody has signed it.\n"+
			"PDF, Word, Excel, PowerPoint, WPS, OpenDocument, text and CSV without macros; at most 10 of 20 MB each.\n"+
			"WeChat takes no attachments: its readers reach them through 阅读原文.",
			"上传文件并保存为新版本，附件排在已有附件之后，新版本须重新审核。\n可用 PDF、Word、Excel、PPT、WPS、OpenDocument、TXT、CSV，不得含宏；最多 10 个，每个不超过 20 MB。\n微信不支持附件，读者可经“阅读原文”到网站下载。"),
		Example: "  newsdesk attach 01m82… timetable.pdf form.docx\n  newsdesk attach 01m82… form-v3.docx --name \"Entry form.docx\"", Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if name != "" && len(args) > 2 {
				return usage("--name names one file, and there are %d.", "--name 只能用于一个文件，这里有 %d 个。", len(args)-1)
			}
			return e.attach(cmd.Context(), &r, args[0], args[1:], name)
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	cmd.Flags().StringVar(&name, "name", "", e.say("what readers see of the one file, with its ending (default: the file's own name)", "附件`名称`，含后缀，仅用于一个文件（默认用文件名）"))
	return cmd
}

func (e *env) attach(ctx context.Context, r *remote, arg string, paths []string, name string) error {
	reading, s, err := e.read(ctx, r, arg, 0)
	if err != nil {
		return err
	}
	list := reading.Revision.Content.Attachments
	for _, path := range paths {
		kept, err := e.uploadAttachment(ctx, s, reading.Article.ID, path, first(name, filepath.Base(path)))
		if err != nil {
			return err
		}
		list = append(list, kept)
	}
	return e.setAttachments(ctx, s, r, reading, list)
}

func (e *env) uploadAttachment(ctx context.Context, s session, id press.ArticleID, path, name string) (press.Attachment, error) {
	unread := press.Fail(press.Invalid, "attachment.read", press.Say("The file %s cannot be read.", "无法读取文件 %s。", path))
	info, err := os.Stat(path)
	if err != nil || info.IsDir() {
		return press.Attachment{}, unread.Because(err)
	}
	if err := press.CheckAttachmentKind(name); err != nil { // before it is sent
		return press.Attachment{}, err
	}
	if err := press.CheckAttachmentSize(name, info.Size()); err != nil {
		return press.Attachment{}, err
	}
	file, err := os.Open(path)
	if err != nil {
		return press.Attachment{}, unread.Because(err)
	}
	defer file.Close()
	return s.Attach(ctx, id, name, info.Size(), file)
}

// setAttachments saves the revision that has the list, and shows it.
func (e *env) setAttachments(ctx context.Context, s session, r *remote, reading api.ArticleReading, list []press.Attachment) error {
	saved, err := s.SetAttachments(ctx, reading.Article.ID, reading.Revision.Number, list)
	if err != nil || r.asJSON {
		return orJSON(e, saved, err)
	}
	e.tell("“%[1]s” is at revision %[2]d with %[3]d attachments.", "《%[1]s》已保存为第 %[2]d 版，附件 %[3]d 个。",
		plain(saved.Article.Title), saved.Revision.Number, len(saved.Revision.Content.Attachments))
	e.attachments(saved.Revision.Content.Attachments)
	return nil
}

func (e *env) attachments(list []press.Attachment) {
	for i, a := range list {
		e.tell("  attachment %d: %s, %s", "  附件 %d：%s，%s", i+1, plain(a.Name), a.SizeText())
	}
}

func newDetach(e *env) *cobra.Command {
	var r remote
	cmd := &cobra.Command{
		Use: "detach ARTICLE NAME…", Short: e.say("Take attachments out of an article", "移除稿件的附件"),
		Long:    e.say("Saves the article's next revision without them. NAME is an attachment's name as “newsdesk article show” prints it, or its number.", "保存为不含这些附件的新版本。NAME 为 newsdesk article show 显示的附件名或序号。"),
		Example: "  newsdesk detach 01m82… timetable.pdf", Args: cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			reading, s, err := e.read(cmd.Context(), &r, args[0], 0)
			if err != nil {
				return err
			}
			gone := map[int]bool{}
			for _, name := range args[1:] {
				i, err := attachmentIn(reading.Revision.Content.Attachments, name)
				if err != nil {
					return err
				}
				gone[i] = true
			}
			var left []press.Attachment
			for i, a := range reading.Revision.Content.Attachments {
				if !gone[i] {
					left = append(left, a)
				}
			}
			return e.setAttachments(cmd.Context(), s, &r, reading, left)
		},
	}
	r.flags(e, cmd)
	r.jsonFlag(e, cmd)
	return cmd
}

// attachmentIn finds an attachment by its name, or by its number from 1.
func attachmentIn(list []press.Attachment, name string) (int, error) {
	found := -1
	for i, a := range list {
		if a.Name == name || fmt.Sprint(i+1) == name {
			if found >= 0 {
				return 0, usage("Two attachments are called %q; give the number of one.", "有两个附件名为“%s”，请改用序号。", name)
			}
			found = i
		}
	}
	if found >= 0 {
		return found, nil
	}
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.Name
	}
	return 0, press.Fail(press.NotFound, "attachment.missing", press.Say(
		"The article has no attachment %[1]q; it has: %[2]s.", "稿件没有名为“%[1]s”的附件，现有：%[2]s。", name, first(strings.Join(names, ", "), "—")))
}

func newArticleAttachment(e *env) *cobra.Command {
	var r remote
	var revision int
	var out string
	cmd := &cobra.Command{
		Use: "attachment ARTICLE NAME", Short: e.say("Fetch an attachment of an article", "下载稿件的附件"),
		Long: e.say("NAME is its name or its number, as “newsdesk article show” prints them. A file that is there is not replaced without --out.",
			"NAME 为 newsdesk article show 显示的附件名或序号。不加 --out 时不覆盖已有文件。"),
		Example: "  newsdesk article attachment 01m82… 1 --out timetable.pdf", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			reading, s, err := e.read(cmd.Context(), &r, args[0], revision)
			if err != nil {
				return err
			}
			list := reading.Revision.Content.Attachments
			i, err := attachmentIn(list, args[1])
			if err != nil {
				return err
			}
			fetch := func(w io.Writer) (string, error) {
				_, err := s.ReadAttachment(cmd.Context(), reading.Article.ID, list[i].File, w)
				return press.AttachmentName(list[i].Name), err
			}
			if out == "-" {
				_, err := fetch(e.out)
				return err
			}
			name, err := toDisk(out, fetch)
			if err != nil {
				return err
			}
			fmt.Fprintln(e.out, plain(name))
			return nil
		},
	}
	r.flags(e, cmd)
	cmd.Flags().IntVar(&revision, "revision", 0, e.say("of this revision instead of the current one", "取此版本的附件，默认当前版本"))
	cmd.Flags().StringVarP(&out, "out", "o", "", e.say("`file` to write, or - for standard output (default: the attachment's name)", "输出`文件`，- 表示标准输出，默认用附件名"))
	return cmd
}
