package backup

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"newsdesk/internal/press"
)

// Create writes a backup to a new file that only its owner can read. Until it is whole and on the disk it has another name,
// and after an error there is nothing. A file that is there already is left alone: Conflict, "backup.exists".
func Create(path string, write func(io.Writer) error) (err error) {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return press.Fail(press.Conflict, "backup.exists", press.Say(
			"%s is there already; it was left alone. Name a new file.", "%s 已存在，未作改动。请换一个文件名。", path)).Because(err)
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".part-*") // mode 0600
	if err != nil {
		return notWritten(path, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		var wrote *fs.PathError // the file's own, and none of what is read
		if errors.As(err, &wrote) && wrote.Path == f.Name() {
			return notWritten(path, err)
		}
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return notWritten(path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return notWritten(path, err)
	}
	return syncFolder(dir)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) { // network folders do not all know it
		return err
	}
	return nil
}

func notWritten(path string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return press.Fail(press.Unavailable, "backup.full", press.Say(
			"There is no room for the backup %s; nothing was left behind. Make room or name another disk.",
			"磁盘空间不足，备份 %s 未写成，也未留下残余文件。请清理空间或换一个磁盘。", path)).Because(err)
	}
	return press.Fail(press.Unavailable, "backup.write", press.Say(
		"The backup %s cannot be written; look at the folder and its rights.", "备份 %s 无法写入，请检查目录及其权限。", path)).Because(err)
}
