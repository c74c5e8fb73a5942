package site

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"newsdesk/internal/press"
)

// A push brings files in bounded portions; what is there after each is struck off, so that a push that was cut off goes on
// from there.
const (
	portionFiles = 500
	portionBytes = 64 << 20
)

// placePatience is how long whoever publishes an article waits for the place, which may be taking a whole website just now.
const placePatience = 5 * time.Minute

// mirror is what this process knows of the place besides the journal.
type mirror struct {
	turn    chan struct{} // whoever could put a token into it pushes
	mu      sync.Mutex
	unnoted []string // removed while the disk took no notes
}

func (m *mirror) remember(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.unnoted = append(m.unnoted, name)
}

func (m *mirror) remembered() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.unnoted)
}

func (m *mirror) recall() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.unnoted
	m.unnoted = nil
	return out
}

// Pushed says what a push did.
type Pushed struct {
	Files   int // brought there
	Removed int
	Bytes   int64
}

type laterKey struct{}

// PushLater returns a context in which operations only note what the place is to get: whoever calls Push brings it there.
func PushLater(ctx context.Context) context.Context { return context.WithValue(ctx, laterKey{}, true) }

// finish ends an operation and brings what it changed to the place. What was removed goes there too when the rest failed,
// because a page that was taken down must not stay with readers.
func (s *Site) finish(ctx context.Context, w *writer, err *error) {
	removed := w.removed > 0
	s.cfg.Logger.DebugContext(ctx, "website written", "files", w.written, "removed", w.removed, "bytes", w.bytes, "synced", w.synced.Load(), "waits", w.waits)
	w.close()
	if s.cfg.Place == nil || ctx.Value(laterKey{}) != nil || *err != nil && !removed {
		return
	}
	if pushed := s.pushSoon(ctx); *err == nil {
		*err = pushed
	}
}

// pushSoon is Push for somebody who waits.
func (s *Site) pushSoon(ctx context.Context) error {
	bounded, stop := context.WithTimeout(ctx, placePatience)
	defer stop()
	_, err := s.Push(bounded)
	if err == nil || ctx.Err() != nil || bounded.Err() == nil {
		return err
	}
	text := press.Say("The website's place is still taking earlier files.", "网站存放位置还在接收先前的文件。")
	fix := press.Say("Newsdesk goes on by itself; if it takes hours, look at the line to the place.", "系统会自动继续；如果几小时后仍未完成，请检查到该位置的网络。")
	return &press.PageFault{
		Code: "place.busy", Class: press.ClassBackoff, Text: text, Fix: fix, Whose: press.Administrator, Wait: time.Minute,
		Err: press.Fail(press.Unavailable, "place.busy", text).Because(err),
	}
}

// Push brings to the place whatever was noted since it last had everything, and returns when it is there. Nothing noted
// costs next to nothing. It is called after each operation, and again and again by whoever runs the site, because a place
// may be out of reach for a while.
func (s *Site) Push(ctx context.Context) (done Pushed, err error) {
	defer press.Wrap(&err, "site.Push")
	if s.cfg.Place == nil {
		return Pushed{}, nil
	}
	release, err := s.pushTurn(ctx)
	if err != nil {
		return Pushed{}, err
	}
	defer release()
	if err := s.compareIfDue(ctx); err != nil {
		return Pushed{}, err
	}
	todo, turn, err := s.prepare(ctx)
	if err != nil || todo == nil {
		return Pushed{}, err
	}
	if err := s.carry(ctx, todo, turn, &done); err != nil {
		return done, err
	}
	s.cfg.Logger.DebugContext(ctx, "website brought to its place", "files", done.Files, "removed", done.Removed, "bytes", done.Bytes)
	return done, s.settled(ctx, turn)
}

// PushAll is Push after everything at the place was compared with the folder, which reads all of both.
func (s *Site) PushAll(ctx context.Context) (done Pushed, err error) {
	defer press.Wrap(&err, "site.PushAll")
	if s.cfg.Place == nil {
		return Pushed{}, nil
	}
	w, err := s.begin(ctx)
	if err != nil {
		return Pushed{}, err
	}
	err = errors.Join(w.put(allFile, nil), w.settle())
	w.close()
	if err != nil {
		return Pushed{}, err
	}
	return s.Push(ctx)
}

// Waiting returns how many files the place does not have as they are in the folder; all says that nobody knows, because
// everything is to be compared first.
func (s *Site) Waiting(ctx context.Context) (files int, all bool, err error) {
	if s.cfg.Place == nil {
		return 0, false, nil
	}
	w, err := s.begin(ctx)
	if err != nil {
		return 0, false, err
	}
	defer w.close()
	last, _, err := w.lastTurn()
	if err != nil {
		return 0, false, err
	}
	left, err := w.unsent(last)
	return len(left.names), w.size(allFile) >= 0 || !s.knowsPlace(w), err
}

// pushTurn waits until nobody else pushes, in this process or another.
func (s *Site) pushTurn(ctx context.Context) (release func(), err error) {
	select {
	case s.mirror.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("site: wait for the push before: %w", ctx.Err())
	}
	lock, err := s.pushLock(ctx)
	if err == nil {
		err = lockFile(ctx, lock)
	}
	release = func() {
		if lock != nil {
			_ = lock.Close()
		}
		<-s.mirror.turn
	}
	if err != nil {
		release()
		return nil, fmt.Errorf("site: wait for the push before: %w", err)
	}
	return release, nil
}

func (s *Site) pushLock(ctx context.Context) (*os.File, error) {
	w, err := s.begin(ctx) // makes the folder
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := w.root.MkdirAll(pushDir, 0o755); err != nil {
		return nil, w.explain(pushDir, err)
	}
	lock, err := w.root.OpenFile(pushDir+"/lock", os.O_RDWR|os.O_CREATE, 0o644)
	return lock, w.explain(pushDir, err)
}

func (s *Site) knowsPlace(w *writer) bool {
	known, err := w.read(placeFile)
	return err == nil && string(known) == s.cfg.Place.ID()+"\n"
}

// compareIfDue notes everything that is other at the place, if it is another place than before or somebody asked for it.
func (s *Site) compareIfDue(ctx context.Context) error {
	due, err := s.compareDue(ctx)
	if err != nil || !due {
		return err
	}
	dir, err := filepath.Abs(s.cfg.Dir)
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	defer root.Close()
	var stale []string
	err = s.cfg.Place.Compare(ctx, Comparison{
		Dir: dir, Want: s.wanted(ctx, root, dir), Own: ownFolders,
		Stale: func(name string) error { stale = append(stale, name); return nil },
	})
	if err != nil {
		return err
	}
	w, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	s.cfg.Logger.InfoContext(ctx, "website compared with its place", "differ", len(stale))
	isNew := w.isNew
	if !s.knowsPlace(w) { // nobody reads there yet
		isNew = func(string) bool { return true }
	}
	return errors.Join(w.noteAs(isNew, stale), w.put(placeFile, []byte(s.cfg.Place.ID()+"\n")), w.remove(allFile), w.settle())
}

func (s *Site) compareDue(ctx context.Context) (bool, error) {
	w, err := s.begin(ctx)
	if err != nil {
		return false, err
	}
	defer w.close()
	if err := w.note(s.mirror.recall()...); err != nil {
		return false, err
	}
	return w.size(allFile) >= 0 || !s.knowsPlace(w), nil
}

// wanted lists what the place must hold, in the order of the names' bytes.
func (s *Site) wanted(ctx context.Context, root *os.Root, dir string) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		l := &lister{ctx: ctx, root: root, dir: dir, marks: s.cfg.Place.ReadsMarks(), yield: yield}
		if err := l.below("."); err != nil && !errors.Is(err, errEnough) {
			yield(File{}, err)
		}
	}
}

type lister struct {
	ctx   context.Context
	root  *os.Root
	dir   string
	marks bool
	yield func(File, error) bool
}

var errEnough = errors.New("enough")

func (l *lister) below(folder string) error {
	entries, err := fs.ReadDir(l.root.FS(), folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // removed since
	}
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	for _, entry := range entries {
		name := strings.TrimPrefix(folder+"/"+entry.Name(), "./")
		switch {
		case hidden(name):
		case entry.IsDir():
			err = l.below(name)
		case entry.Type().IsRegular():
			err = l.file(name, entry)
		}
		if err = errors.Join(err, l.ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

func sortName(entry fs.DirEntry) string {
	if entry.IsDir() {
		return entry.Name() + "/"
	}
	return entry.Name()
}

func (l *lister) file(name string, entry fs.DirEntry) error {
	from := name
	if page, mark := strings.CutSuffix(name, goneMark); mark && !l.marks {
		if _, err := l.root.Stat(page); err == nil {
			return nil
		}
		name, from = page, goneFile
	}
	info, err := entry.Info()
	if from == goneFile {
		info, err = l.root.Stat(from)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	if !l.yield(fileAt(l.dir, name, from, info.Size()), nil) {
		return errEnough
	}
	return nil
}

// fewNames is how many files are put aside while nobody can write: some ten milliseconds' worth. catchUps is how often what
// changed while more were put aside is put aside in the same way, before nobody can write for as long as it takes.
const (
	fewNames = 500
	catchUps = 20
)

// prepare takes the names that are due and puts aside the files as they are at one moment; nil: there is nothing to do. A place
// that is new gets every file; they are put aside while others write, and those that changed meanwhile again.
func (s *Site) prepare(ctx context.Context) (_ *plan, turn int, err error) {
	var left unsent
	var p *planner
	err = s.reading(ctx, func(w *writer) (err error) {
		if left, turn, err = w.backlog(); err == nil && len(left.names) == 0 {
			err = w.explain(stageDir, w.root.RemoveAll(stageDir)) // of a push that was killed at its very end
		}
		if err != nil || len(left.names) == 0 {
			return err
		}
		p, err = s.planner(w, left.fresh)
		return err
	})
	names := left.names
	if err != nil || p == nil {
		return nil, turn, err
	}
	seen := 0
	for times := 0; len(names) > s.few && times < catchUps; times++ {
		if names, seen, err = s.stageFreely(ctx, p, names, seen); err != nil {
			return nil, turn, err
		}
	}
	out, err := s.stageRest(ctx, p, names, seen)
	return out, turn, err
}

// stageFreely puts files aside while others write, and returns the names of those that changed meanwhile, given how many were
// noted before.
func (s *Site) stageFreely(ctx context.Context, p *planner, names []string, seen int) (changed []string, now int, err error) {
	root, err := os.OpenRoot(s.cfg.Dir)
	if err != nil {
		return nil, seen, fmt.Errorf("site: %w", err)
	}
	defer root.Close()
	p.w = &writer{ctx: ctx, root: root} // it only reads
	if err := p.stage(names); err != nil {
		return nil, seen, err
	}
	err = s.reading(ctx, func(w *writer) (err error) {
		var fresh map[string]bool
		changed, fresh, now, err = w.since(seen)
		p.alsoNew(fresh)
		return err
	})
	return changed, now, err
}

// stageRest puts the last files aside while nobody writes: with them all is as it is now.
func (s *Site) stageRest(ctx context.Context, p *planner, names []string, seen int) (*plan, error) {
	var out plan
	err := s.reading(ctx, func(w *writer) error {
		changed, fresh, _, err := w.since(seen)
		if err != nil {
			return err
		}
		p.alsoNew(fresh)
		p.w = w
		if err := p.stage(slices.Concat(names, changed, s.mirror.remembered())); err != nil {
			return err
		}
		out, err = p.plan()
		return err
	})
	return &out, err
}

// reading has the writer's turn for something that changes no file of the site.
func (s *Site) reading(ctx context.Context, do func(*writer) error) error {
	w, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	return do(w)
}

// since returns the names that were noted after the first few, which were new when they were noted, and how many there are now.
func (w *writer) since(first int) (names []string, fresh map[string]bool, all int, err error) {
	noted, fresh, err := w.notes(todoFile)
	return noted[min(first, len(noted)):], fresh, len(noted), err
}

// settled forgets a push of which everything is at the place.
func (s *Site) settled(ctx context.Context, turn int) error {
	w, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	return errors.Join(w.drop(turn), w.explain(stageDir, w.root.RemoveAll(stageDir)))
}

// carry does what was planned, stage by stage.
func (s *Site) carry(ctx context.Context, p *plan, turn int, done *Pushed) error {
	root, err := os.OpenRoot(s.cfg.Dir)
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	defer root.Close()
	sent, err := root.OpenFile(sentFile(turn), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("site: %w", err)
	}
	defer sent.Close()
	c := &carrier{place: s.cfg.Place, dir: filepath.Join(s.cfg.Dir, filepath.FromSlash(stageDir)), sent: sent, done: done}
	if c.dir, err = filepath.Abs(c.dir); err != nil {
		return fmt.Errorf("site: %w", err)
	}
	for at := range stages {
		for portion := range portions(p.bring[at]) {
			if err := c.bring(ctx, portion); err != nil {
				return err
			}
		}
		for portion := range slices.Chunk(p.take[at], portionFiles) {
			if err := c.place.Remove(ctx, portion); err != nil { // not struck off: the folders they leave come last
				return err
			}
			if at != takeFolders {
				done.Removed += len(portion)
			}
		}
	}
	return nil
}

type carrier struct {
	place Place
	dir   string
	sent  *os.File
	done  *Pushed
}

func (c *carrier) bring(ctx context.Context, files []File) error {
	if err := c.place.Put(ctx, c.dir, files); err != nil {
		return err
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
		c.done.Bytes += f.Size
	}
	c.done.Files += len(files)
	return c.strike(names)
}

// strike writes down that files are at the place. Where nobody reads marks, that settles the mark beside a page too.
func (c *carrier) strike(names []string) error {
	var notes strings.Builder
	for _, name := range names {
		notes.WriteString(name + "\x00")
		if articleIn(name) != "" && !c.place.ReadsMarks() {
			notes.WriteString(name + goneMark + "\x00")
		}
	}
	if _, err := c.sent.WriteString(notes.String()); err != nil {
		return fmt.Errorf("site: note what is at the place: %w", err)
	}
	return nil
}

// portions cuts files into what is brought at once.
func portions(files []File) iter.Seq[[]File] {
	return func(yield func([]File) bool) {
		for len(files) > 0 {
			n, bytes := 0, int64(0)
			for n < len(files) && n < portionFiles && (n == 0 || bytes+files[n].Size <= portionBytes) {
				bytes += files[n].Size
				n++
			}
			if !yield(files[:n]) {
				return
			}
			files = files[n:]
		}
	}
}
