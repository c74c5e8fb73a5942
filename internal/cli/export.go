package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"newsdesk/internal/press"
)

// exportOptions are the flags of newsdesk export.
type exportOptions struct {
	revision   int
	sizes, out string
}

func newExport(e *env) *cobra.Command {
	var r remote
	var o exportOptions
	cmd := &cobra.Command{
		Use: "export ARTICLE", Short: e.say("Take an approved article to a system that Newsdesk cannot reach", "导出已通过的稿件，供其他系统粘贴使用"),
		Long: e.say("Writes a zip: the fields, clean HTML to paste, a Word document, Markdown, and the photos in order, in each size.\nWithout --out it is called by date and title, in this folder; a file that is there is not replaced.",
			"输出一个 zip：各字段、供粘贴的 HTML、Word 文档、Markdown，以及按顺序编号的各尺寸图片。\n不加 --out 时存到当前目录，以日期和标题命名，不覆盖已有文件。"),
		Example: "  newsdesk export 01m82… --sizes 1600,960 --out news.zip", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.revision < 0 {
				return usage("--revision is %d; revisions are numbered from 1.", "--revision 为 %d，版本号从 1 开始。", o.revision)
			}
			s, id, err := about[press.ArticleID](e, &r, args[0])
			if err != nil {
				return err
			}
			if o.out == "-" {
				_, err := s.Export(cmd.Context(), id, o.revision, o.sizes, e.out)
				return err
			}
			name, err := toDisk(o.out, func(w io.Writer) (string, error) { return s.Export(cmd.Context(), id, o.revision, o.sizes, w) })
			if err != nil {
				return err
			}
			fmt.Fprintln(e.out, name)
			return nil
		},
	}
	r.flags(e, cmd)
	f := cmd.Flags()
	f.IntVar(&o.revision, "revision", 0, e.say("`number` of the revision (default: the current one, or else the published one)", "`版本号`，默认当前版本，未通过时为已发布的版本"))
	f.StringVarP(&o.out, "out", "o", "", e.say("`file` to write, or - for standard output (default: date-title.zip)", "输出`文件`，- 表示标准输出，默认“日期-标题.zip”"))
	f.StringVar(&o.sizes, "sizes", "", e.say("`widths` of the photos, of 1600, 1080, 960 and 480 (default: 1600,960)", "图片`宽度`，可选 1600、1080、960、480，默认 1600,960"))
	return cmd
}

// toDisk writes what fetch gives beside the place, and puts the whole file there at the end: nothing is ever half written under
// its name. Without out it is called as fetch says, in this folder, and replaces nothing.
func toDisk(out string, fetch func(io.Writer) (name string, err error)) (name string, err error) {
	dir := "."
	if out != "" {
		dir = filepath.Dir(out)
	}
	file, err := os.CreateTemp(dir, ".newsdesk-*")
	if err != nil {
		return "", notWritten(dir, err)
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}()
	if name, err = fetch(onDisk{file, dir}); err != nil {
		return "", err
	}
	if err := file.Close(); err != nil {
		return "", notWritten(dir, err)
	}
	if out != "" {
		name = out
	} else if _, err := os.Lstat(name); err == nil {
		return "", press.Fail(press.Conflict, "output.exists", press.Say(
			"%s is there already; name another file with --out.", "%s 已存在，请用 --out 指定其他文件。", name))
	}
	if err := os.Chmod(file.Name(), 0o644); err != nil { //nolint:gosec // what is to be handed on
		return "", notWritten(name, err)
	}
	if err := os.Rename(file.Name(), name); err != nil {
		return "", notWritten(name, err)
	}
	return name, nil
}

// onDisk says of what cannot be written where it was to be.
type onDisk struct {
	io.Writer
	where string
}

func (d onDisk) Write(p []byte) (int, error) {
	n, err := d.Writer.Write(p)
	if err != nil {
		err = notWritten(d.where, err)
	}
	return n, err
}

func notWritten(where string, err error) error {
	return press.Fail(press.Unavailable, "output.write", press.Say("%s cannot be written.", "无法写入 %s。", where)).Because(err)
}
