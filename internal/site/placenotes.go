package site

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
)

// What the place does not have yet is kept in a journal: names of files that may be other there than in the folder. A name
// is on the disk before its file changes, so that a crash at any point leaves a name too many and never one too few. What
// is to be done about a name is asked of the folder when its turn comes, so names may be repeated and are never wrong.
//
// A file that was not there before says so in a note of its own, because no page that readers have now names it: such files
// are brought before those that readers may have open.
//
//	.newsdesk/push/todo     names noted since the last push began, each ended by a zero byte
//	.newsdesk/push/7.out    names that push 7 is to bring there
//	.newsdesk/push/7.sent   those of them that are there; without it they are brought again
//	.newsdesk/push/stage/   what push 7 brings, as it was when it began
//	.newsdesk/push/place    which place all this is about
//	.newsdesk/push/all      empty: everything must be compared, whatever the names say
const (
	pushDir   = privateDir + "/push"
	todoFile  = pushDir + "/todo"
	stageDir  = pushDir + "/stage"
	placeFile = pushDir + "/place"
	allFile   = pushDir + "/all"
)

// freshNote begins the note that a file was not there before it was written.
const freshNote = ".new/"

func outFile(turn int) string  { return pushDir + "/" + strconv.Itoa(turn) + ".out" }
func sentFile(turn int) string { return pushDir + "/" + strconv.Itoa(turn) + ".sent" }

// hidden reports whether a file is not for readers.
func hidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}

// note writes down that files are about to change, before they do.
func (w *writer) note(names ...string) error { return w.noteAs(w.isNew, names) }

// isNew reports whether a file that is about to be written is not there yet.
func (w *writer) isNew(name string) bool {
	_, err := w.root.Lstat(name)
	return errors.Is(err, fs.ErrNotExist)
}

func (w *writer) noteAs(isNew func(string) bool, names []string) error {
	var fresh []byte
	for _, name := range names {
		if w.noted[name] || hidden(name) {
			continue
		}
		w.noted[name] = true
		if isNew(name) {
			fresh = append(append(append(fresh, freshNote...), name...), 0)
		}
		fresh = append(append(fresh, name...), 0)
	}
	if len(fresh) == 0 {
		return nil
	}
	if !w.mirrored {
		return w.forgetPlace()
	}
	err := w.append(fresh)
	if err != nil {
		for _, name := range names {
			delete(w.noted, name)
		}
	}
	return w.explain(todoFile, err)
}

// forgetPlace has a place that is configured again some day look at everything: nothing is noted for it now.
func (w *writer) forgetPlace() error {
	if w.forgot {
		return nil
	}
	w.forgot = true
	return w.discard(placeFile)
}

func (w *writer) append(notes []byte) (err error) {
	if w.journal == nil {
		if w.journal, err = w.openJournal(); err != nil {
			return err
		}
	}
	if _, err = w.journal.Write(notes); err != nil {
		return err
	}
	return w.sync(w.journal)
}

// openJournal opens it to be continued. A note that was cut off is ended, or it would swallow the next.
func (w *writer) openJournal() (*os.File, error) {
	if err := w.root.MkdirAll(pushDir, 0o755); err != nil {
		return nil, err
	}
	f, err := w.root.OpenFile(todoFile, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	last := []byte{0}
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil && size > 0 {
		_, err = f.ReadAt(last, size-1)
	}
	if err == nil && last[0] != 0 {
		_, err = f.Write([]byte{0})
	}
	if err == nil && size == 0 {
		err = errors.Join(w.syncDir(pushDir), w.syncDir(privateDir), w.syncDir("."))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// names reads notes; those of a file that is not there are none. The last one may have been cut off.
func (w *writer) names(file string) ([]string, error) {
	names, _, err := w.notes(file)
	return names, err
}

// notes is names with those of them that were not there before.
func (w *writer) notes(file string) (names []string, fresh map[string]bool, err error) {
	fresh = map[string]bool{}
	data, err := w.read(file)
	if err != nil || len(data) == 0 {
		return nil, fresh, err
	}
	data = data[:bytes.LastIndexByte(data, 0)+1]
	for note := range bytes.SplitSeq(data, []byte{0}) {
		name, isNew := strings.CutPrefix(string(note), freshNote)
		switch {
		case name == "" || !fs.ValidPath(name) || hidden(name):
		case isNew:
			fresh[name] = true
		default:
			names = append(names, name)
		}
	}
	return names, fresh, nil
}

// lastTurn returns the number of the last push, finished or not, and the numbers of all that left files behind.
func (w *writer) lastTurn() (last int, all []int, err error) {
	entries, err := fs.ReadDir(w.root.FS(), pushDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, nil, w.explain(pushDir, err)
	}
	for _, entry := range entries {
		number, kind, _ := strings.Cut(entry.Name(), ".")
		n, err := strconv.Atoi(number)
		if err == nil && n > 0 && (kind == "out" || kind == "sent") && !slices.Contains(all, n) {
			all = append(all, n)
			last = max(last, n)
		}
	}
	return last, all, nil
}

// backlog returns what the place does not have yet, in the order in which it was noted, as a push of its own. The writer's
// turn and that of the push are held.
func (w *writer) backlog() (left unsent, turn int, err error) {
	last, all, err := w.lastTurn()
	if err != nil {
		return left, 0, err
	}
	left, err = w.unsent(last)
	if err != nil || !left.changed {
		return left, last, err
	}
	return left, last + 1, w.turnOver(left, last+1, all)
}

// unsent is what the place does not have yet.
type unsent struct {
	names   []string        // each once
	fresh   map[string]bool // those that are not there at all, as far as is known
	changed bool            // it is other than what the last push began with
}

// unsent returns what a push has left undone and what was noted since.
func (w *writer) unsent(turn int) (u unsent, err error) {
	out, fresh, err1 := w.notes(outFile(turn))
	sent, err2 := w.names(sentFile(turn))
	todo, since, err3 := w.notes(todoFile)
	u = unsent{fresh: since, changed: len(sent) > 0 || len(todo) > 0}
	done := map[string]bool{}
	for _, name := range sent {
		done[name] = true
	}
	left := map[string]bool{}
	for _, name := range out {
		if !done[name] && !left[name] {
			left[name] = true
			u.names = append(u.names, name)
			u.fresh[name] = fresh[name]
		}
	}
	for _, name := range todo { // also what was sent, and has changed since
		if !left[name] {
			left[name] = true
			u.names = append(u.names, name)
		}
	}
	return u, errors.Join(err1, err2, err3)
}

// turnOver makes a push of what is left of the last one and of what was noted since. Only when that is on the disk may the
// old notes go.
func (w *writer) turnOver(left unsent, turn int, all []int) error {
	if len(left.names) > 0 {
		var notes strings.Builder
		for _, name := range left.names {
			if left.fresh[name] {
				notes.WriteString(freshNote + name + "\x00")
			}
			notes.WriteString(name + "\x00")
		}
		err := w.write(outFile(turn), func(f io.Writer) error {
			_, err := io.WriteString(f, notes.String())
			return err
		})
		if err == nil {
			err = w.settle()
		}
		if err != nil {
			return err
		}
	}
	for _, old := range all {
		if err := w.drop(old); err != nil {
			return err
		}
	}
	return w.discard(todoFile)
}

// drop forgets a push. What it sent goes after what it was to send, since nothing is known of names that are in neither.
func (w *writer) drop(turn int) error {
	return errors.Join(w.discard(outFile(turn)), w.discard(sentFile(turn)))
}

func (w *writer) discard(name string) error {
	if err := w.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return w.explain(name, err)
	}
	return nil
}
