package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"newsdesk/internal/press"
)

// Disk keeps blobs as files: <dir>/ab/cd/abcd…, staged in <dir>/incoming, which must be on the same file system.
type Disk struct {
	dir      string
	incoming string
}

// staleAfter is how long a staged file must not have been written to before it counts as left behind by a crash. Another
// process may be writing into the same folder, so the age decides and not the start.
const staleAfter = 15 * time.Minute

// NewDisk opens a folder, making it if need be, and removes staged files that a crash left.
func NewDisk(dir string) (*Disk, error) {
	dir = filepath.Clean(dir)
	d := &Disk{dir: dir, incoming: filepath.Join(dir, "incoming")}
	if err := os.MkdirAll(d.incoming, 0o750); err != nil {
		return nil, fmt.Errorf("blob: open folder: %w", err)
	}
	if err := d.sweep(time.Now().Add(-staleAfter)); err != nil {
		return nil, fmt.Errorf("blob: sweep: %w", err)
	}
	return d, nil
}

// sweep removes staged files last written before a time.
func (d *Disk) sweep(before time.Time) error {
	entries, err := os.ReadDir(d.incoming)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue // gone meanwhile, or being written
		}
		if err := os.Remove(filepath.Join(d.incoming, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (d *Disk) path(digest press.Digest) string {
	return filepath.Join(d.dir, string(digest[:2]), string(digest[2:4]), string(digest))
}

// Put implements Store. When it returns, the bytes are on the disk, not only in the machine's memory.
func (d *Disk) Put(ctx context.Context, r io.Reader, max int64) (_ press.Digest, _ int64, err error) {
	staged, err := os.CreateTemp(d.incoming, "put-*")
	if err != nil {
		return "", 0, diskError("stage", err)
	}
	defer func() {
		if err != nil {
			staged.Close()
			os.Remove(staged.Name())
		}
	}()
	digest, n, err := hashing(ctx, staged, r, max)
	if err != nil {
		return "", 0, err
	}
	if err := staged.Sync(); err != nil {
		return "", 0, diskError("sync", err)
	}
	if err := staged.Close(); err != nil {
		return "", 0, diskError("close", err)
	}
	if err := d.place(staged.Name(), d.path(digest)); err != nil {
		return "", 0, diskError("place", err)
	}
	return digest, n, nil
}

// place moves a staged file to its address. What is there already is replaced: by the same bytes, unless a disk has spoiled
// them, and then handing them in again mends it.
func (d *Disk) place(staged, target string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o750); err != nil {
		return err
	}
	if err := os.Rename(staged, target); err != nil {
		return err
	}
	// the file's name, and those of folders that may be new, must survive a power cut as well
	for dir := filepath.Dir(target); ; dir = filepath.Dir(dir) {
		if err := syncFolder(dir); err != nil {
			return err
		}
		if dir == d.dir {
			return nil
		}
	}
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

func diskError(doing string, err error) error {
	if isFull(err) {
		return full().Because(err)
	}
	return fmt.Errorf("blob: %s: %w", doing, err)
}

// Open implements Store.
func (d *Disk) Open(ctx context.Context, digest press.Digest) (io.ReadCloser, int64, error) {
	if err := check(ctx, digest); err != nil {
		return nil, 0, err
	}
	f, err := os.Open(d.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, notFound(digest)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("blob: open: %w", err)
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, 0, damaged(digest).Because(err)
	}
	return f, info.Size(), nil
}

// Has implements Store.
func (d *Disk) Has(ctx context.Context, digest press.Digest) (bool, error) {
	if err := check(ctx, digest); err != nil {
		return false, err
	}
	_, err := os.Stat(d.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("blob: stat: %w", err)
	}
	return true, nil
}

// Delete implements Store. The folders stay: removing them would race with Put.
func (d *Disk) Delete(ctx context.Context, digest press.Digest) error {
	if err := check(ctx, digest); err != nil {
		return err
	}
	if err := os.Remove(d.path(digest)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob: delete: %w", err)
	}
	return nil
}

// List implements Store. Files that are not where a blob would be are passed over.
func (d *Disk) List(ctx context.Context, f func(press.Digest, int64) error) error {
	return filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("blob: list: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		digest := press.Digest(e.Name())
		if !e.Type().IsRegular() || !digest.Valid() || path != d.path(digest) {
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // deleted meanwhile
		}
		if err != nil {
			return fmt.Errorf("blob: list: %w", err)
		}
		return f(digest, info.Size())
	})
}

// check guards the path: only a digest of the right form may become part of one.
func check(ctx context.Context, digest press.Digest) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := press.ParseDigest(string(digest))
	return err
}
