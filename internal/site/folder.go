package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"sync"
	"sync/atomic"

	"newsdesk/internal/press"
)

const (
	privateDir = ".newsdesk"
	tempDir    = privateDir + "/tmp"
)

// writer is the right to change the folder, for one operation. Every name is relative to the folder and cannot lead out
// of it.
type writer struct {
	ctx   context.Context
	root  *os.Root
	lock  *os.File
	hook  func(op, name string) error // a test's eye on each change, before it happens
	sync  func(*os.File) error
	dirty map[string]bool // directories whose entries changed since the last settle
	done  func()

	mirrored bool            // readers have a copy of the folder: what changes in it is noted
	noted    map[string]bool // in this operation
	journal  *os.File        // nil until something is noted
	forgot   bool            // that there ever was a place
	unnoted  func(name string)

	lists   map[string]*list           // what the archive has said in this operation
	bodies  map[press.ArticleID]string // for feeds
	columns []press.Column

	written, removed, temps int
	synced                  atomic.Int64
	bytes                   int64
}

// begin waits for the writer's turn and opens the folder. The caller closes the writer.
func (s *Site) begin(ctx context.Context) (*writer, error) {
	select {
	case <-s.turn:
	case <-ctx.Done():
		return nil, fmt.Errorf("site: wait for the writer before: %w", ctx.Err())
	}
	w := &writer{ctx: ctx, hook: s.hook, dirty: map[string]bool{}, lists: map[string]*list{}, bodies: map[press.ArticleID]string{}, done: func() { s.turn <- struct{}{} }}
	w.sync = func(f *os.File) error {
		w.synced.Add(1)
		return s.sync(f)
	}
	w.mirrored, w.noted, w.unnoted = s.cfg.Place != nil, map[string]bool{}, s.mirror.remember
	if err := w.open(s.cfg.Dir); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *writer) open(dir string) (err error) {
	defer func() { err = w.explain(dir, err) }()
	if err = os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if w.root, err = os.OpenRoot(dir); err != nil {
		return err
	}
	if err = w.root.MkdirAll(tempDir, 0o755); err != nil {
		return err
	}
	if w.lock, err = w.root.OpenFile(privateDir+"/lock", os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return err
	}
	if err = lockFile(w.ctx, w.lock); err != nil {
		return err
	}
	return w.sweepTemps()
}

// sweepTemps removes what a crash left half-written. The lock is held, so nobody is writing them now.
func (w *writer) sweepTemps() error {
	left, err := fs.ReadDir(w.root.FS(), tempDir)
	for _, entry := range left {
		err = errors.Join(err, w.root.Remove(tempDir+"/"+entry.Name()))
	}
	return err
}

func (w *writer) close() {
	if w.journal != nil {
		_ = w.journal.Close()
	}
	if w.lock != nil {
		_ = w.lock.Close()
	}
	if w.root != nil {
		_ = w.root.Close()
	}
	w.done()
}

// put makes a file have these bytes. A file that has them already is left alone.
func (w *writer) put(name string, data []byte) error {
	if old, err := w.root.ReadFile(name); err == nil && bytes.Equal(old, data) {
		return nil
	}
	return w.write(name, func(f io.Writer) error {
		_, err := f.Write(data)
		return err
	})
}

// write fills a file aside, syncs it and renames it to its name.
func (w *writer) write(name string, fill func(io.Writer) error) (err error) {
	defer func() { err = w.explain(name, err) }()
	if err = w.watch("write", name); err != nil {
		return err
	}
	w.temps++
	temp := tempDir + "/" + strconv.Itoa(w.temps)
	size, err := w.fill(temp, fill)
	if err == nil {
		err = w.makeDir(path.Dir(name))
	}
	if err == nil {
		err = w.note(name)
	}
	if err == nil {
		err = w.root.Rename(temp, name)
	}
	if err != nil {
		_ = w.root.Remove(temp)
		return err
	}
	w.written, w.bytes = w.written+1, w.bytes+size
	w.dirty[path.Dir(name)] = true
	return nil
}

func (w *writer) fill(temp string, fill func(io.Writer) error) (size int64, err error) {
	f, err := w.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err = fill(f); err != nil {
		return 0, err
	}
	if size, err = f.Seek(0, io.SeekCurrent); err != nil {
		return 0, err
	}
	return size, w.sync(f)
}

// makeDir makes a folder with those above it, each of which then has an entry to be synced.
func (w *writer) makeDir(dir string) error {
	if info, err := w.root.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	for above := path.Dir(dir); above != "."; above = path.Dir(above) {
		w.dirty[above] = true
	}
	w.dirty["."] = true
	return w.root.MkdirAll(dir, 0o755)
}

// read returns a file's bytes; nil if it is not there.
func (w *writer) read(name string) ([]byte, error) {
	data, err := w.root.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, w.explain(name, err)
}

// size returns a file's size; -1 if there is no such file.
func (w *writer) size(name string) int64 {
	info, err := w.root.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return -1
	}
	return info.Size()
}

// remove makes a file not be there, nor folders that it leaves empty. A file that cannot be noted goes all the same, because
// a full disk must not keep what was taken down; it is remembered until the disk takes notes again.
func (w *writer) remove(name string) (err error) {
	defer func() { err = w.explain(name, err) }()
	if w.size(name) < 0 {
		return nil
	}
	if err = w.watch("remove", name); err != nil {
		return err
	}
	noted := w.note(name)
	if err = w.root.Remove(name); err != nil {
		return err
	}
	if noted != nil {
		w.unnoted(name)
	}
	w.removed++
	dir := path.Dir(name)
	for ; dir != "." && w.root.Remove(dir) == nil; dir = path.Dir(dir) {
		delete(w.dirty, dir)
	}
	w.dirty[dir] = true
	return noted
}

// settle makes the changes so far survive a loss of power before any later one.
func (w *writer) settle() error {
	var waiting sync.WaitGroup
	dirs := sortedKeys(w.dirty)
	failed := make([]error, len(dirs))
	for worker := range min(settlers, len(dirs)) { // a disk that is waited for once does many at about the price of one
		waiting.Go(func() {
			for i := worker; i < len(dirs); i += settlers {
				failed[i] = w.explain(dirs[i], w.syncDir(dirs[i]))
			}
		})
	}
	waiting.Wait()
	if err := errors.Join(failed...); err != nil {
		return err
	}
	clear(w.dirty)
	return nil
}

// settlers is how many folders are synced at the same time.
const settlers = 8

func (w *writer) syncDir(dir string) error {
	f, err := w.root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // removed since
	}
	if err != nil {
		return err
	}
	err = w.sync(f)
	return errors.Join(err, f.Close())
}

func (w *writer) watch(op, name string) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if w.hook == nil {
		return nil
	}
	return w.hook(op, name)
}

// explain says which file could not be written. What is explained already, or only cut short, stays as it is.
func (w *writer) explain(name string, err error) error {
	var said *press.Error
	if err == nil || errors.As(err, &said) {
		return err
	}
	if w.ctx.Err() != nil {
		return fmt.Errorf("site: %s: %w", name, w.ctx.Err())
	}
	return press.Fail(press.Unavailable, "site.write", press.Say(
		"The website's file %[1]s cannot be written; readers still see what was there. Check the folder's free space and permissions, and that nothing else stands under that name.",
		"网站文件 %[1]s 无法写入，读者看到的仍是原有内容。请检查网站文件夹的剩余空间、权限，以及是否有同名的其他文件。", name)).Because(err)
}
