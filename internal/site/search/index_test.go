package search

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// folder is Files in memory, which can be made to fail and counts what is done to it.
type folder struct {
	files   map[string][]byte
	written []string
	removed []string
	fail    int // at which change, from 1; 0: never
}

var errCut = errors.New("cut off here")

func newFolder() *folder { return &folder{files: map[string][]byte{}} }

func (f *folder) Read(name string) ([]byte, error) { return f.files[name], nil }
func (f *folder) Settle() error                    { return nil }

func (f *folder) change() error {
	if f.fail > 0 && len(f.written)+len(f.removed)+1 >= f.fail {
		return errCut
	}
	return nil
}

func (f *folder) Put(name string, data []byte) error {
	if old, ok := f.files[name]; ok && bytes.Equal(old, data) {
		return nil
	}
	if err := f.change(); err != nil {
		return err
	}
	f.files[name], f.written = data, append(f.written, name)
	return nil
}

func (f *folder) Remove(name string) error {
	if _, ok := f.files[name]; !ok {
		return nil
	}
	if err := f.change(); err != nil {
		return err
	}
	delete(f.files, name)
	f.removed = append(f.removed, name)
	return nil
}

func (f *folder) List(dir string) ([]string, error) {
	names := map[string]bool{}
	for name := range f.files {
		if rest, ok := strings.CutPrefix(name, dir+"/"); ok {
			first, _, _ := strings.Cut(rest, "/")
			names[first] = true
		}
	}
	return slices.Sorted(maps.Keys(names)), nil
}

// archive is Articles in memory. It counts the texts that were asked for.
type archive struct {
	live  []Article // oldest first
	texts int
	known map[press.ArticleID]int // where an article was found last
}

func (a *archive) set(all ...Article) {
	for _, one := range all {
		a.drop(one.ID)
		i, _ := slices.BinarySearchFunc(a.live, one, older)
		a.live = slices.Insert(a.live, i, one)
	}
}

func older(a, b Article) int {
	return 2*a.PublishedAt.Compare(b.PublishedAt) + strings.Compare(string(a.ID), string(b.ID))
}

func (a *archive) drop(id press.ArticleID) {
	a.live = slices.DeleteFunc(a.live, func(o Article) bool { return o.ID == id })
}

func (a *archive) stretch(from, to time.Time) []Article {
	at := func(t time.Time) int {
		i, _ := slices.BinarySearchFunc(a.live, t, func(o Article, t time.Time) int { return o.PublishedAt.Compare(t) })
		return i
	}
	return a.live[at(from):at(to)]
}

func (a *archive) Count(from, to time.Time) (int, error) { return len(a.stretch(from, to)), nil }

func (a *archive) Between(from, to time.Time) ([]Article, error) {
	out := slices.Clone(a.stretch(from, to))
	for i := range out {
		out[i].Text = ""
	}
	return out, nil
}

func (a *archive) Text(id press.ArticleID) (string, error) {
	a.texts++
	if i, ok := a.known[id]; ok && i < len(a.live) && a.live[i].ID == id {
		return a.live[i].Text, nil
	}
	a.known = map[press.ArticleID]int{}
	for i, o := range a.live {
		a.known[o.ID] = i
	}
	return a.live[a.known[id]].Text, nil
}

// rebuilt is what a rebuild makes of an archive in an empty folder.
func rebuilt(t testing.TB, a *archive) map[string][]byte {
	t.Helper()
	fresh := newFolder()
	first, last := time.Unix(1, 0), time.Unix(0, 0)
	if len(a.live) > 0 {
		first, last = a.live[0].PublishedAt, a.live[len(a.live)-1].PublishedAt
	}
	keep, err := (Index{fresh, a, variants}).Rebuild(first, last)
	if err != nil {
		t.Fatal(err)
	}
	for name := range fresh.files {
		if !keep[name] {
			t.Errorf("a rebuild would remove its own %s", name)
		}
	}
	if len(keep) != len(fresh.files) {
		t.Errorf("a rebuild keeps %d files and has %d", len(keep), len(fresh.files))
	}
	return fresh.files
}

func same(t testing.TB, when string, got, want map[string][]byte) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !bytes.Equal(got[name], want[name]) {
			t.Fatalf("%s: %s differs (%d bytes, a rebuild has %d)", when, name, len(got[name]), len(want[name]))
		}
	}
	for name := range got {
		if want[name] == nil {
			t.Fatalf("%s: %s is left over", when, name)
		}
	}
}

// TestEveryChangeGivesTheBytesOfARebuild lets articles come in bursts and trickles, be corrected, moved in time and taken down, until there is
// nothing left; each change may be cut off anywhere first, and is repeated.
func TestEveryChangeGivesTheBytesOfARebuild(t *testing.T) {
	t.Parallel()
	f, a, by := newFolder(), &archive{}, newAuthor(1)
	x, steps := Index{f, a, variants}, 0
	step := func(when string, id press.ArticleID, times ...time.Time) {
		t.Helper()
		f.fail, f.written, f.removed = 1+by.IntN(10), nil, nil
		if err := x.Update(id, times...); err != nil && !errors.Is(err, errCut) {
			t.Fatal(err)
		}
		f.fail = 0
		if err := x.Update(id, times...); err != nil {
			t.Fatal(err)
		}
		if steps++; steps%11 == 0 || len(a.live) < 2 {
			same(t, when, f.files, rebuilt(t, a))
		}
	}
	short := func(n int, every time.Duration) Article {
		one := by.article(n, every)
		one.Text = by.text(30)
		return one
	}
	var all []Article
	for n := range 3 * PieceArticles { // a trickle over years, with a burst of one second and one of an hour
		one := short(n, 100*time.Hour)
		switch {
		case n > 30 && n < 110:
			one.PublishedAt = begun.Add(3000*time.Hour + time.Duration(n)*time.Millisecond)
		case n >= 110 && n < 185:
			one.PublishedAt = begun.Add(9000*time.Hour + time.Duration(n)*20*time.Second)
		}
		all = append(all, one)
		a.set(one)
		step(fmt.Sprint("article ", n), one.ID, one.PublishedAt)
	}
	for _, n := range []int{0, 40, 120, 190} {
		one := all[n]
		one.Title, one.Text = "更正：<b>题目</b> “引号” \u2028", "正文改了"
		a.set(one)
		step(fmt.Sprint("corrected ", n), one.ID, one.PublishedAt)
		was := one.PublishedAt
		one.PublishedAt = was.Add(5000 * time.Hour)
		a.set(one)
		step(fmt.Sprint("moved ", n), one.ID, was, one.PublishedAt)
		all[n] = one
	}
	for _, n := range by.Perm(len(all)) {
		a.drop(all[n].ID)
		step(fmt.Sprint("removed ", n), all[n].ID, all[n].PublishedAt)
	}
	if len(f.files) != 1 {
		t.Errorf("an empty index has %d files", len(f.files))
	}
}

// TestGroupsAndErasAreCut: where a stretch gets too large for one group, it becomes two, of which an era may have too many, and one again.
func TestGroupsAndErasAreCut(t *testing.T) {
	t.Parallel()
	a, by := &archive{}, newAuthor(2)
	root := rootOf(begun)
	for index := root.above(eraShift).halves()[1].index << (eraShift - 1 - rootShift); len(a.live) < EraGroups; index++ {
		one := by.article(len(a.live), 0)
		one.PublishedAt, one.Text = span{rootShift, index}.from(), by.text(30)
		a.set(one)
	}
	for n := range GroupArticles - 1 { // with the one that is there
		one := by.article(100+n, 6*time.Hour)
		one.Text = ""
		a.set(one)
	}
	one := by.article(100+GroupArticles, 6*time.Hour)
	f := &folder{files: rebuilt(t, a)}
	x := Index{f, a, variants}
	cut := func(when string, groups, eras int) {
		t.Helper()
		for err := errCut; err != nil; { // cut off at each change, and repeated
			f.fail, f.written, f.removed = f.fail+1, nil, nil
			if err = x.Update(one.ID, one.PublishedAt); err != nil && !errors.Is(err, errCut) {
				t.Fatal(err)
			}
		}
		f.fail = 0
		all, _ := decodeRoot(f.files[Root])
		if len(all) != groups || len(erasOf(all)) != eras {
			t.Errorf("%s: %d groups in %d eras", when, len(all), len(erasOf(all)))
		}
		same(t, when, f.files, rebuilt(t, a))
	}
	cut("nothing new", EraGroups, 1)
	a.set(one)
	cut("parted", EraGroups+1, 2)
	a.drop(one.ID)
	cut("joined", EraGroups, 1)
}

// TestAChangeIsSmall: in an archive of thousands, an article that comes, changes or goes rewrites six files at most and reads one text.
func TestAChangeIsSmall(t *testing.T) {
	t.Parallel()
	a, by := &archive{}, newAuthor(3)
	for n := range 3000 {
		one := by.article(n, 8*time.Hour)
		one.Text = one.Title
		a.live = append(a.live, one)
	}
	f := &folder{files: rebuilt(t, a)}
	for _, n := range []int{2999, 1500, 7} {
		one := a.live[n]
		one.Text = "改过的正文"
		a.set(one)
		f.written, f.removed, a.texts = nil, nil, 0
		if err := (Index{f, a, variants}).Update(one.ID, one.PublishedAt); err != nil {
			t.Fatal(err)
		}
		if len(f.written) > 6 || len(f.removed) != 0 || a.texts != 1 {
			t.Errorf("article %d: wrote %v, removed %v, read %d texts", n, f.written, f.removed, a.texts)
		}
	}
	same(t, "corrected", f.files, rebuilt(t, a))
}

// TestTornFilesAreMadeAnew: whatever a file became, the change that meets it leaves it right, and a rebuild does so for all.
func TestTornFilesAreMadeAnew(t *testing.T) {
	t.Parallel()
	a, by := &archive{}, newAuthor(4)
	for n := range 200 {
		one := by.article(n, 8*time.Hour)
		one.Text = by.text(20)
		a.live = append(a.live, one)
	}
	whole := rebuilt(t, a)
	newest := a.live[len(a.live)-1]
	for name, data := range whole {
		for _, torn := range [][]byte{nil, {}, data[:len(data)/2], []byte(`[["25-41","x",[]]]`), []byte("[[]]"), []byte("\xff\xff\xff\xff[")} {
			f := &folder{files: maps.Clone(whole)}
			f.files[name] = torn
			x := Index{f, a, variants}
			if path.Ext(name) != ".json" || strings.Contains(name, "titles") || name == Root {
				if err := x.Update(newest.ID, newest.PublishedAt); err != nil {
					t.Fatal(err)
				}
				same(t, fmt.Sprintf("%s was %.20q", name, torn), f.files, whole)
			}
			f.files[name] = torn
			if _, err := x.Rebuild(a.live[0].PublishedAt, newest.PublishedAt); err != nil {
				t.Fatal(err)
			}
			same(t, fmt.Sprintf("%s was %.20q, rebuilt", name, torn), f.files, whole)
		}
	}
}
