package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"newsdesk/internal/backup"
	"newsdesk/internal/blob"
	"newsdesk/internal/config"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// Backup is an installation that is backed up, beside whatever else works on it.
type Backup struct {
	config  config.Config
	version string
	store   *store.Store
	blobs   blob.Store
	log     *slog.Logger
}

// OpenBackup opens the database and the storage of a configuration to back them up.
func OpenBackup(ctx context.Context, c config.Config, version string, log *slog.Logger) (*Backup, error) {
	if c.SQL.Driver == store.DriverSQLite { // opening would make it
		if _, err := os.Stat(c.SQL.DSN.Reveal()); err != nil {
			return nil, press.Fail(press.NotFound, "backup.nothing", press.Say(
				"There is no database %s to back up; name the installation with --config, or run this in its folder.",
				"没有找到数据库 %s。请用 --config 指定配置文件，或在安装目录中运行。", c.SQL.DSN.Reveal())).Because(err)
		}
	}
	s, err := store.Open(ctx, store.Config{Driver: c.SQL.Driver, DSN: c.SQL.DSN.Reveal(), Logger: log})
	if err != nil {
		return nil, err
	}
	blobs, err := openBlobs(ctx, c)
	if err != nil {
		_ = s.Close() // why there is no storage is what matters
		return nil, err
	}
	return &Backup{config: c, version: version, store: s, blobs: blobs, log: log}, nil
}

// Close closes the database.
func (b *Backup) Close() error { return b.store.Close() }

// Make writes the backup. withKey puts the key file into it; lean leaves renditions out.
func (b *Backup) Make(ctx context.Context, w io.Writer, withKey, lean bool, progress func(rows int, at int64)) (backup.Manifest, error) {
	key, file, err := b.key(withKey)
	if err != nil {
		return backup.Manifest{}, err
	}
	return backup.Make(ctx, w, backup.Source{
		Rows: b.store, Blobs: b.blobs, Newsdesk: b.version, Database: b.config.SQL.Driver,
		Key: key, KeyFile: file, Lean: lean, Progress: progress,
	})
}

// KeyFile is where the key lies that opens the accounts' secrets, unless the configuration has it.
func KeyFile(c config.Config) string { return newSealer(c).file }

func (b *Backup) key(include bool) (backup.Key, []byte, error) {
	if b.config.Secrets.Key.Set() {
		if include {
			return "", nil, press.Fail(press.Invalid, "backup.key", press.Say(
				"The key is in the configuration (secrets.key) and is not put into a backup; leave --with-key out and keep the configuration beside the backup.",
				"密钥在配置项 secrets.key 中，不会写入备份。请去掉 --with-key，并将配置文件另行妥善保存。"))
		}
		return backup.KeyApart, nil, nil
	}
	data, err := os.ReadFile(KeyFile(b.config))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return backup.KeyNone, nil, nil
	case err != nil:
		return "", nil, newSealer(b.config).badFile(err)
	case include:
		return backup.KeyIncluded, data, nil
	}
	return backup.KeyApart, nil, nil
}

// Note writes into the history that the backup is made. That is no reason to lose it, so an error is only logged.
func (b *Backup) Note(ctx context.Context, m backup.Manifest) {
	detail := fmt.Sprintf("%s · %d · %d MB", m.Fingerprint[:12], m.Rows["articles"], m.Blobs.Bytes>>20)
	if err := b.store.NoteBackup(ctx, detail); err != nil {
		b.log.WarnContext(ctx, "the history does not say that this backup was made", "error", err)
	}
}

// Restore brings a backup, which backup.Check has passed, into the empty database and storage of a configuration. keep allows
// a storage and a website's folder that are in use.
func Restore(ctx context.Context, c config.Config, log *slog.Logger, file io.ReadSeeker, m backup.Manifest, keep bool, progress func(at int64)) (_ press.Settled, err error) {
	fresh := c.SQL.Driver == store.DriverSQLite && !filled(c.SQL.DSN.Reveal())
	if fresh && !keep {
		if err := unused(ctx, c); err != nil {
			return press.Settled{}, err
		}
	}
	if c.SQL.Driver == store.DriverSQLite {
		err = os.MkdirAll(filepath.Dir(c.SQL.DSN.Reveal()), 0o750)
	}
	if err = errors.Join(err, os.MkdirAll(c.Data, 0o750)); err != nil {
		return press.Settled{}, press.Fail(press.Unavailable, "data.folder", press.Say(
			"The data folder %s cannot be made; choose another with the key data.", "无法创建数据目录 %s，请通过配置项 data 另选目录。", c.Data)).Because(err)
	}
	s, err := store.Open(ctx, store.Config{Driver: c.SQL.Driver, DSN: c.SQL.DSN.Reveal(), Logger: log})
	if err != nil {
		return press.Settled{}, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	begun, err := s.Restoring(ctx)
	if err == nil && !begun && !fresh && !keep {
		err = unused(ctx, c)
	}
	if err != nil {
		return press.Settled{}, err
	}
	blobs, err := openBlobs(ctx, c)
	if err != nil {
		return press.Settled{}, err
	}
	return backup.Restore(ctx, file, m, backup.Target{
		Tables: s, Blobs: blobs, Progress: progress,
		Key:  func(key []byte) error { return keepKey(c, key) },
		Last: func() error { return outdateSite(ctx, c, s, log) },
	})
}

func filled(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() > 0
}

// unused refuses a storage or a website's folder that something is in.
func unused(ctx context.Context, c config.Config) error {
	blobs, err := openBlobs(ctx, c)
	if err != nil {
		return err
	}
	found := errors.New("there is one")
	if err := blobs.List(ctx, func(press.Digest, int64) error { return found }); errors.Is(err, found) {
		where := c.Blobs.Dir
		if c.Blobs.Driver == "s3" {
			where = c.Blobs.S3.Bucket
		}
		return inUse(where, press.Say("photos", "图片"))
	} else if err != nil {
		return err
	}
	if !c.Site.Enabled {
		return nil
	}
	entries, err := os.ReadDir(c.Site.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return press.Fail(press.Unavailable, "site.folder", press.Say(
			"The website's folder %s cannot be read.", "无法读取网站目录 %s。", c.Site.Dir)).Because(err)
	}
	if len(entries) > 0 {
		return inUse(c.Site.Dir, press.Say("pages of a website", "网站页面"))
	}
	return nil
}

func inUse(where string, what press.Text) error {
	return press.Fail(press.Conflict, "restore.in_use", press.Text{
		EN: fmt.Sprintf("%s is in use: there are %s. Restore into an empty folder; or, if they belong to this very office, write --keep: photos stay, and pages that the backup does not know go away. Nothing was changed.", where, what.EN),
		ZH: fmt.Sprintf("%s 已在使用，其中有%s。请恢复到空目录；如果它们就属于本单位，可加 --keep：图片保留，备份中没有的页面会被移除。未作任何改动。", where, what.ZH),
	})
}

// keepKey writes the key file where there is none, and never over another one.
func keepKey(c config.Config, key []byte) error {
	if c.Secrets.Key.Set() {
		return nil // sealed with whichever of the two it was: the accounts' page says if it is the wrong one
	}
	s := newSealer(c)
	if have, err := os.ReadFile(s.file); err == nil {
		if bytes.Equal(bytes.TrimSpace(have), bytes.TrimSpace(key)) {
			return nil
		}
		return press.Fail(press.Conflict, "restore.key", press.Say(
			"%s is there and is another key than the backup's. Move it away and run this again.", "%s 已存在，且与备份中的密钥不同。请先将其移走，再次运行。", s.file))
	}
	f, err := os.OpenFile(s.file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return s.badFile(err)
	}
	_, err = f.Write(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return s.badFile(err)
	}
	return nil
}

// outdateSite has the next start write the whole website anew.
func outdateSite(ctx context.Context, c config.Config, s *store.Store, log *slog.Logger) error {
	if !c.Site.Enabled {
		return nil
	}
	a := &App{Config: c, Store: s, opts: Options{Logger: log}}
	if a.Config.Site.BaseURL == "" { // with any free port the address is not known yet, and not needed
		a.Config.Site.BaseURL = "http://localhost"
	}
	if err := a.openSite(ctx); err != nil {
		return err
	}
	return a.Site.Outdate(ctx)
}
