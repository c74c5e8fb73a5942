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
	"strings"
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
	aside []*unplaced     // files under their unfinished names, in the order in which they are to be placed
	named map[string]*unplaced
	done  func()

	mirrored bool            // readers have a copy of the folder: what changes in it is noted
	noted    map[string]bool // in this operation
	journal  *os.File        // nil until something is noted
	forgot   bool            // that there ever was a place
	unnoted  func(name string)

	lists   map[string]*list             // what the archive has said in this operation
	bodies  map[press.ArticleID]feedPart // for feeds
	columns []press.Column
	clocks  map[string]*clock // by the list's folder

	written, removed, temps int
	waits                   int // for the disk, one after another
	synced                  atomic.Int64
	bytes                   int64
}

// unplaced is a file that is written and has not got its name yet.
type unplaced struct {
	name, temp string
	file       *os.File
	size       int64
	fresh      bool // there is no other under its name
}

// mostAside bounds how many files wait for their names, and are open, at the same time.
const mostAside = 64

// begin waits for the writer's turn and opens the folder. The caller closes the writer.
func (s *Site) begin(ctx context.Context) (*writer, error) {
	select {
	case <-s.turn:
	case <-ctx.Done():
		return nil, fmt.Errorf("site: wait for the writer before: %w", ctx.Err())
	}
	w := &writer{ctx: ctx, hook: s.hook, dirty: map[string]bool{}, named: map[string]*unplaced{}, lists: map[string]*list{}, clocks: map[string]*clock{}, bodies: map[press.ArticleID]feedPart{}, done: func() { s.turn <- struct{}{} }}
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
	w.abandon()
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
	if old, err := w.root.ReadFile(w.at(name)); err == nil && bytes.Equal(old, data) {
		return nil
	}
	return w.write(name, func(f io.Writer) error {
		_, err := f.Write(data)
		return err
	})
}

// write fills a file aside. It gets its name with the next flush; within this operation it has it already.
func (w *writer) write(name string, fill func(io.Writer) error) (err error) {
	defer func() { err = w.explain(name, err) }()
	if err = w.ctx.Err(); err != nil {
		return err
	}
	if w.named[name] != nil || len(w.aside) >= mostAside {
		if err = w.flush(); err != nil {
			return err
		}
	}
	w.temps++
	u := &unplaced{name: name, temp: tempDir + "/" + strconv.Itoa(w.temps), fresh: w.size(name) < 0}
	if err = w.fill(u, fill); err != nil {
		return errors.Join(err, w.root.Remove(u.temp))
	}
	w.aside, w.named[name] = append(w.aside, u), u
	return nil
}

func (w *writer) fill(u *unplaced, fill func(io.Writer) error) (err error) {
	if u.file, err = w.root.OpenFile(u.temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644); err != nil {
		return err
	}
	if err = fill(u.file); err == nil {
		u.size, err = u.file.Seek(0, io.SeekCurrent)
	}
	if err != nil {
		return errors.Join(err, u.file.Close())
	}
	return nil
}

// at is where a file's bytes are just now.
func (w *writer) at(name string) string {
	if u := w.named[name]; u != nil {
		return u.temp
	}
	return name
}

// flush syncs the files that were written aside, all together, and renames them over the old ones in the order in which they
// were written. Those behind one that cannot have its name do not get theirs: they may name it.
func (w *writer) flush() error {
	if len(w.aside) == 0 {
		return nil
	}
	defer w.abandon()
	w.waits++
	names, failed := make([]string, len(w.aside)), make([]error, len(w.aside))
	together(len(w.aside), func(i int) {
		u := w.aside[i]
		names[i] = u.name
		failed[i] = w.explain(u.name, errors.Join(w.sync(u.file), u.file.Close()))
		u.file = nil
	})
	n := len(w.aside)
	for i, err := range failed {
		if err != nil {
			n = min(n, i)
		}
	}
	if err := w.note(names[:n]...); err != nil {
		return err
	}
	for _, u := range w.aside[:n] {
		if err := w.explain(u.name, w.place(u)); err != nil {
			return err
		}
	}
	return errors.Join(failed...)
}

// place gives a file its name.
func (w *writer) place(u *unplaced) error {
	if err := w.watch("write", u.name); err != nil {
		return err
	}
	if err := w.makeDir(path.Dir(u.name)); err != nil {
		return err
	}
	if err := w.root.Rename(u.temp, u.name); err != nil {
		return err
	}
	u.temp = ""
	w.written, w.bytes = w.written+1, w.bytes+u.size
	w.dirty[path.Dir(u.name)] = true
	return nil
}

// abandon forgets the files that got no name.
func (w *writer) abandon() {
	for _, u := range w.aside {
		if u.file != nil {
			_ = u.file.Close()
		}
		if u.temp != "" {
			_ = w.root.Remove(u.temp)
		}
	}
	w.aside = nil
	clear(w.named)
}

// listing is called before what there is in a folder, or below it, is asked: what is new there must have its name.
func (w *writer) listing(dir string) error {
	for _, u := range w.aside {
		if u.fresh && strings.HasPrefix(u.name, strings.TrimSuffix(dir, "/")+"/") {
			return w.flush()
		}
	}
	return nil
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
	data, err := w.root.ReadFile(w.at(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, w.explain(name, err)
}

// size returns a file's size; -1 if there is no such file.
func (w *writer) size(name string) int64 {
	info, err := w.root.Stat(w.at(name))
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
	if err = w.flush(); err != nil { // what names it no more
		return err
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
	if err := w.flush(); err != nil || len(w.dirty) == 0 {
		return err
	}
	w.waits++
	dirs := sortedKeys(w.dirty)
	failed := make([]error, len(dirs))
	together(len(dirs), func(i int) { failed[i] = w.explain(dirs[i], w.syncDir(dirs[i])) })
	if err := errors.Join(failed...); err != nil {
		return err
	}
	clear(w.dirty)
	return nil
}

// syncers is how many files are synced at the same time: a disk that is waited for once does many at about the price of one.
const syncers = 16

func together(n int, do func(i int)) {
	var waiting sync.WaitGroup
	for worker := range min(syncers, n) {
		waiting.Go(func() {
			for i := worker; i < n; i += syncers {
				do(i)
			}
		})
	}
	waiting.Wait()
}

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
