package site

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// What a rebuild has done is in two files, which go when it is complete: how far it came, and the names of the files that
// belong to the articles behind it, as hashes.
const (
	rebuildDir  = privateDir + "/rebuild"
	markFile    = rebuildDir + "/mark.json"
	claimsFile  = rebuildDir + "/claims"
	rebuildLock = rebuildDir + "/lock"
)

// noteEvery is how much work a rebuild that is cut off may do twice.
const noteEvery = time.Second

type rebuildMark struct {
	Look     string    `json:"look"` // with another one, everything must be done again
	Started  time.Time `json:"started"`
	After    Position  `json:"after"`
	Articles int       `json:"articles"`
	Claims   int64     `json:"claims"` // bytes of the file that count
	List     string    `json:"list"`   // folder of the last list that is done
	Search   time.Time `json:"search"` // what was published after it is in the index of the search
	Eras     time.Time `json:"eras"`   // and the tables of eras that begin then or later are made
}

// notes are the claims of the articles that were written.
type notes struct {
	root  *os.Root
	lock  *os.File
	file  *os.File
	out   *bufio.Writer
	bytes int64
	saved time.Time
}

// resume begins a rebuild, where the last one was cut off if there is one. Another process's is waited for.
func (s *Site) resume(ctx context.Context) (*rebuild, error) {
	b := &rebuild{s: s}
	w, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	err = w.root.MkdirAll(rebuildDir, 0o755)
	w.close()
	if err != nil {
		return nil, w.explain(rebuildDir, err)
	}
	if b.notes, err = openNotes(ctx, s.cfg.Dir); err != nil {
		return nil, w.explain(rebuildDir, err)
	}
	if err := b.load(ctx); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func openNotes(ctx context.Context, dir string) (_ *notes, err error) {
	n := &notes{}
	defer func() {
		if err != nil {
			n.close()
		}
	}()
	if n.root, err = os.OpenRoot(dir); err != nil {
		return nil, err
	}
	if n.lock, err = n.root.OpenFile(rebuildLock, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, err
	}
	if err = lockFile(ctx, n.lock); err != nil {
		return nil, err
	}
	if n.file, err = n.root.OpenFile(claimsFile, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, err
	}
	n.out = bufio.NewWriterSize(n.file, 1<<16)
	return n, nil
}

func (n *notes) close() {
	for _, c := range []io.Closer{n.file, n.lock, n.root} {
		switch f := c.(type) {
		case *os.File:
			if f != nil {
				_ = f.Close()
			}
		case *os.Root:
			if f != nil {
				_ = f.Close()
			}
		}
	}
}

func (b *rebuild) close() { b.notes.close() }

// load reads the mark. One that does not fit, or claims that are shorter than it says, begin a new rebuild.
func (b *rebuild) load(ctx context.Context) error {
	data, err := b.notes.root.ReadFile(markFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return press.Fail(press.Unavailable, "site.write", press.Say("The note of an unfinished rebuild cannot be read.", "未完成的网站重建记录无法读取。")).Because(err)
	}
	info, err := b.notes.file.Stat()
	if err != nil {
		return err
	}
	if json.Unmarshal(data, &b.mark) != nil || b.mark.Look != string(b.s.look()) || info.Size() < b.mark.Claims {
		b.mark = rebuildMark{Look: string(b.s.look()), Started: time.Now()}
	} else if b.mark.Articles > 0 {
		b.s.cfg.Logger.InfoContext(ctx, "website rebuild goes on", "articles", b.mark.Articles, "begun", b.mark.Started)
	}
	if err := b.notes.file.Truncate(b.mark.Claims); err != nil {
		return err
	}
	b.notes.bytes, err = b.notes.file.Seek(0, io.SeekEnd)
	return err
}

// note stores how far the rebuild is; unless it must, not more often than every noteEvery.
func (b *rebuild) note(ctx context.Context, must bool) error {
	if !must && time.Since(b.notes.saved) < noteEvery {
		return nil
	}
	b.notes.saved = time.Now()
	return b.in(ctx, func(w *writer) error {
		if err := errors.Join(b.notes.out.Flush(), w.sync(b.notes.file)); err != nil {
			return w.explain(claimsFile, err)
		}
		b.mark.Claims = b.notes.bytes
		data, err := json.Marshal(b.mark)
		if err != nil {
			return err
		}
		return w.put(markFile, data)
	})
}

// done says that the site is in step, and forgets how it came to be.
func (b *rebuild) done(ctx context.Context) error {
	return b.in(ctx, func(w *writer) error {
		return errors.Join(w.put(lookFile, b.s.look()), w.settle(), w.remove(markFile), w.remove(claimsFile))
	})
}

// claim notes that an article's page and photos belong.
func (n *notes) claim(page string, is record) {
	n.add(hashOf(page) &^ 1)
	for _, name := range is.Photos {
		n.add(hashOf(name) | 1)
	}
}

func (n *notes) add(h uint64) {
	// A failure is reported by the next Flush.
	_, _ = n.out.Write(binary.LittleEndian.AppendUint64(nil, h))
	n.bytes += 8
}

// read returns the claims of pages and photos.
func (n *notes) read() (pages, photos hashes, err error) {
	if err := n.out.Flush(); err != nil {
		return pages, photos, err
	}
	in := bufio.NewReader(io.NewSectionReader(n.file, 0, n.bytes))
	var next [8]byte
	for {
		if _, err := io.ReadFull(in, next[:]); err == io.EOF {
			break
		} else if err != nil {
			return pages, photos, err
		}
		if h := binary.LittleEndian.Uint64(next[:]); h&1 == 0 {
			pages.sorted = append(pages.sorted, h)
		} else {
			photos.sorted = append(photos.sorted, h)
		}
	}
	slices.Sort(pages.sorted)
	slices.Sort(photos.sorted)
	return pages, photos, nil
}

// hashes is a set of names that may hold one more than once, in eight bytes for each.
type hashes struct {
	sorted []uint64
	more   map[uint64]int
}

func (h *hashes) add(names ...string) {
	if h.more == nil {
		h.more = map[uint64]int{}
	}
	for _, name := range names {
		h.more[hashOf(name)|1]++
	}
}

func (h *hashes) has(name string) bool { return h.count(name) > 0 }

func (h *hashes) count(name string) (n int) {
	sum := hashOf(name)
	for _, v := range []uint64{sum &^ 1, sum | 1} { // a set holds pages or photos, never both
		from, _ := slices.BinarySearch(h.sorted, v)
		to, _ := slices.BinarySearch(h.sorted, v+1)
		n += to - from
	}
	return n + h.more[sum|1]
}

func hashOf(name string) uint64 {
	sum := fnv.New64a()
	_, _ = io.WriteString(sum, name)
	return sum.Sum64()
}

// eachDir calls f for every folder below another that has files of its own, which need not be there.
func eachDir(w *writer, above string, f func(dir string)) error {
	last := ""
	return eachFile(w, above, func(name string) error {
		if dir := path.Dir(name); dir != last {
			last = dir
			f(dir)
		}
		return nil
	})
}
