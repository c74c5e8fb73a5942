package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"newsdesk/internal/app"
	"newsdesk/internal/backup"
	"newsdesk/internal/config"
	"newsdesk/internal/press"
)

func newBackup(e *env) *cobra.Command {
	var withKey, lean bool
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: e.say("Keep everything in one file, while everything runs", "将全部数据备份到一个文件，不影响运行"),
		Long: e.say("Writes one file with every row of the database at one moment and every photo. Servers and workers go on meanwhile. The file\n"+
			"is readable by its owner only; “-” writes to standard output. It can be restored into SQLite or PostgreSQL, disk or S3.\n"+
			"It holds no configuration, and the key that opens the accounts' secrets only with --with-key. “newsdesk restore --check” reads\n"+
			"a backup and says whether it is good.",
			"把数据库某一时刻的全部内容和所有图片写入一个文件，服务无需停止。文件仅所有者可读；写“-”则输出到标准输出。\n"+
				"可恢复到 SQLite 或 PostgreSQL、本地磁盘或 S3。不含配置文件；只有加上 --with-key 才包含公众号密钥的解封密钥。\n检查备份是否完好：newsdesk restore --check 文件。"),
		Example: "  newsdesk backup /backup/newsdesk-$(date +%F).tar\n  newsdesk backup - | ssh vault 'cat > newsdesk.tar'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.backup(cmd.Context(), args[0], withKey, lean)
		},
	}
	cmd.Flags().BoolVar(&withKey, "with-key", false, e.say("put the key file in: whoever has the backup can then act for the accounts", "包含密钥文件：持有备份者即可操作公众号，请严加保管"))
	cmd.Flags().BoolVar(&lean, "without-renditions", false, e.say("leave resized photos out; they are made again when they are wanted", "不含缩放后的图片，恢复后按需重新生成"))
	return cmd
}

func (e *env) backup(ctx context.Context, path string, withKey, lean bool) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	b, err := app.OpenBackup(ctx, cfg, e.version, e.logger(cfg.Log))
	if err != nil {
		return err
	}
	var m backup.Manifest
	write := func(w io.Writer) (err error) {
		p := e.progress()
		defer p.end()
		m, err = b.Make(ctx, w, withKey, lean, func(rows int, at int64) {
			p.show("%d rows, %d MB written …", "已写入 %d 行，%d MB……", rows, at>>20)
		})
		return err
	}
	if path == "-" {
		err = write(e.out)
	} else {
		err = backup.Create(path, write)
	}
	if err == nil {
		b.Note(ctx, m)
	}
	if err = errors.Join(err, b.Close()); err != nil {
		return err
	}
	if path == "-" {
		quiet := *e
		quiet.out = e.errOut
		e = &quiet
	}
	e.manifest(m, cfg.Zone)
	if m.Key == backup.KeyApart {
		e.tell("The key that opens the accounts' secrets is not in it: keep %s beside it.",
			"其中不含解封公众号密钥所需的密钥，请另行保存 %s。", e.keyPlace(cfg))
	}
	if n := len(m.Lost); n > 0 {
		return press.Fail(press.Internal, "backup.lost", press.Say(
			"The backup is made, but %d photos or sizes of photos are missing or damaged in the storage, and so in the backup; the first is %s.",
			"备份已完成，但存储中有 %d 个图片文件缺失或损坏，备份中也没有；第一个为 %s。", n, m.Lost[0].Short()))
	}
	return nil
}

func (e *env) keyPlace(cfg config.Config) string {
	if cfg.Secrets.Key.Set() {
		return "secrets.key"
	}
	return app.KeyFile(cfg)
}

// manifest says what a backup holds.
func (e *env) manifest(m backup.Manifest, zone *time.Location) {
	key := e.say("not in it, and needed for the accounts' secrets", "不在其中；解封公众号密钥时需要")
	switch m.Key {
	case backup.KeyIncluded:
		key = e.say("in it: guard the file", "包含在内，请严加保管")
	case backup.KeyNone:
		key = e.say("none, nothing is sealed", "无，没有封存的密钥")
	}
	e.fields(
		field{e.say("Backup of", "备份时刻"), showTime(m.Made, zone)},
		field{e.say("Made by", "制作程序"), fmt.Sprintf("Newsdesk %s, %s, schema %d", m.Newsdesk, m.Database, m.Schema)},
		field{e.say("Holds", "内容"), e.say("%d articles, %d deliveries, %d people; %d files of photos, %d MB",
			"%d 篇稿件，%d 项投放，%d 位人员；%d 个图片文件，%d MB", m.Rows["articles"], m.Rows["deliveries"], m.Rows["users"], m.Blobs.Count, m.Blobs.Bytes>>20)},
		field{e.say("Key", "密钥"), key},
		field{e.say("Fingerprint", "指纹"), m.Fingerprint},
	)
}

func newRestore(e *env) *cobra.Command {
	var check, keep bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: e.say("Bring a backup back into an empty installation", "将备份恢复到空的安装中"),
		Long: e.say("Checks the whole file first, and then fills the empty database and folders that the configuration names. What may have gone\n"+
			"out since the backup is looked for, or a person is asked; nothing is sent twice. The old machine must not run any more.",
			"先完整检查文件，再写入配置所指的空数据库和空目录。备份之后可能已经发出的投放，会先核对或请人确认，不会重复发送。\n旧机器必须已停止运行。"),
		Example: "  newsdesk restore newsdesk.tar --config /etc/newsdesk/newsdesk.yaml\n  newsdesk restore --check newsdesk.tar",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.restore(cmd.Context(), args[0], check, keep)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, e.say("only check the file", "仅检查文件"))
	cmd.Flags().BoolVar(&keep, "keep", false, e.say("the photos and the website's folder are there still, and stay", "图片存储和网站目录仍在使用，予以保留"))
	return cmd
}

func (e *env) restore(ctx context.Context, path string, check, keep bool) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	if path == "-" && !check {
		return usage("A restore reads the backup twice: save it to a file first.", "恢复需要读取备份两次，请先保存为文件。")
	}
	file, err := e.openBackup(path)
	if err != nil {
		return err
	}
	defer file.Close()
	m, err := e.checkBackup(ctx, file)
	if err != nil {
		return err
	}
	e.manifest(m, cfg.Zone)
	if check {
		return nil
	}
	p := e.progress()
	size := fileSize(file)
	settled, err := app.Restore(ctx, cfg, e.logger(cfg.Log), file, m, keep, func(at int64) {
		p.show("Restoring: %d of %d MB …", "正在恢复：%d / %d MB……", at>>20, size>>20)
	})
	p.end()
	if err != nil {
		return err
	}
	e.restored(cfg, m, settled)
	return nil
}

// restored says what is there again, what a person must look at, and what cannot be known.
func (e *env) restored(cfg config.Config, m backup.Manifest, s press.Settled) {
	e.tell("", "")
	e.tell("Everything is as it was at %[1]s. What was done after that is not in the backup: articles written, signed or sent, pages\n"+
		"retracted, and people or tokens that were removed since. A push that was cancelled, moved or stopped since is back as it was\n"+
		"planned: look through the calendar, and cancel it again before its time. Of the pushes, %[2]d are being looked for at WeChat because they may\n"+
		"have gone out meanwhile, %[3]d ask a person for the same reason, %[4]d were blocked before, and %[5]d are due later and go on by\n"+
		"themselves. Nothing is sent again without having been looked for. Everybody signs in anew, and the website is written anew when\n"+
		"the server starts. THE OLD MACHINE MUST NOT RUN ANY MORE: two Newsdesks on one account send twice. Start with: newsdesk serve",
		"全部数据已恢复到 %[1]s 的状态。此后的操作不在备份中：新写、签字或发出的稿件，撤回的页面，以及其后删除的人员和令牌。\n"+
			"备份之后取消、改期或紧急停发的推送也恢复为原来的安排：请核对日历，在到时间之前重新取消。\n"+
			"推送中，%[2]d 项可能已在此期间发出，正在向微信核对；%[3]d 项因同样原因需要人工确认；%[4]d 项原已受阻；%[5]d 项尚未到时间，\n"+
			"将自动继续。未经核对不会再次发送。所有人需重新登录，网站将在服务启动时重新生成。\n"+
			"旧机器绝不能再运行：两套 Newsdesk 使用同一公众号会重复发送。启动命令：newsdesk serve",
		showTime(m.Made, cfg.Zone), s.Looking, s.Asking, s.Waiting, s.GoingOn)
	if m.Key == backup.KeyApart && !cfg.Secrets.Key.Set() {
		if _, err := os.Stat(app.KeyFile(cfg)); errors.Is(err, fs.ErrNotExist) {
			e.tell("The key is not here: put the old machine's secret.key to %s before starting, or enter the accounts' secrets again.",
				"缺少密钥：请在启动前将旧机器的 secret.key 放到 %s，否则需要重新填写公众号的各项密钥。", app.KeyFile(cfg))
		}
	}
	if n := len(m.Lost); n > 0 {
		e.tell("%d files of photos were missing or damaged when the backup was made; the articles that show them say so.",
			"制作备份时已有 %d 个图片文件缺失或损坏，使用这些图片的稿件会有提示。", n)
	}
}

// openBackup opens a backup to read it; "-" is standard input, which can only be checked.
func (e *env) openBackup(path string) (*os.File, error) {
	if path == "-" {
		if file, ok := e.in.(*os.File); ok {
			return file, nil
		}
		return nil, usage("Name a file.", "请写明文件。")
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, press.Fail(press.NotFound, "path.missing", press.Say("There is no file %s.", "找不到文件 %s。", path)).Because(err)
	}
	if err == nil {
		if info, e := file.Stat(); e != nil || !info.Mode().IsRegular() {
			_ = file.Close()
			err = fs.ErrInvalid
		}
	}
	if err != nil {
		return nil, press.Fail(press.Invalid, "path.unreadable", press.Say("%s cannot be read.", "无法读取 %s。", path)).Because(err)
	}
	return file, nil
}

func (e *env) checkBackup(ctx context.Context, file *os.File) (backup.Manifest, error) {
	p := e.progress()
	defer p.end()
	size := fileSize(file)
	return backup.Check(ctx, file, func(at int64) {
		p.show("Checking: %d of %d MB …", "正在检查：%d / %d MB……", at>>20, size>>20)
	})
}

func fileSize(file *os.File) int64 {
	info, err := file.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}

// progress is a line that is written over, where a person looks at it.
type progress struct {
	*env
	next  time.Time
	shown bool
}

func (e *env) progress() *progress { return &progress{env: e} }

func (p *progress) show(en, zh string, args ...any) {
	if now := time.Now(); isTerminal(p.errOut) && now.After(p.next) {
		p.next, p.shown = now.Add(200*time.Millisecond), true
		fmt.Fprintf(p.errOut, "\r\x1b[K%s", p.say(en, zh, args...))
	}
}

func (p *progress) end() {
	if p.shown {
		fmt.Fprint(p.errOut, "\r\x1b[K")
	}
}
