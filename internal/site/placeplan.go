package site

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"newsdesk/internal/site/search"
)

// stage says when a change comes to the place: whatever pages name before the pages, what is gone after them.
type stage int

const (
	bringContent   stage = iota // photos, styles, scripts
	bringNew                    // pages and lists that nothing names which readers have now
	unmark                      // marks of articles that are back
	bringArticles               // pages of articles that name those
	bringParts                  // what a list's first page, the sitemap and the search's index name
	bringEntrances              // what readers and feed readers begin with
	bringMarks                  // that articles were taken down
	takeArticles                // their pages
	takeLists                   // and whatever else is no more
	takeContent                 // which nothing shows now
	takeFolders                 // that all this left empty
	stages
)

// ownFolders hold nothing but the website's files. What else stands at a place is somebody's own.
var ownFolders = []string{"a", "all", "assets", "c", "p", "search", "sitemap"}

// plan is what a push does, stage by stage.
type plan struct {
	bring [stages][]File
	take  [stages][]string
}

// planner makes a plan of the folder as it is at one moment: that at which the last name is added while the writer's turn is
// held. Before that, names may be added while others write, if those that change meanwhile are added again.
type planner struct {
	w     *writer
	dir   string          // of stageDir on this machine
	marks bool            // the place reads marks
	fresh map[string]bool // names that the place does not have at all
	made  map[string]bool
	todo  map[string]task
	order []string
}

// task is what is to be done about a name.
type task struct {
	at   stage
	file *File // to be brought; nil: the name is to be taken away
}

func (s *Site) planner(w *writer, fresh map[string]bool) (*planner, error) {
	dir, err := filepath.Abs(filepath.Join(s.cfg.Dir, filepath.FromSlash(stageDir)))
	if err != nil {
		return nil, w.explain(stageDir, err)
	}
	p := &planner{w: w, dir: dir, marks: s.cfg.Place.ReadsMarks(), fresh: fresh, made: map[string]bool{}, todo: map[string]task{}}
	return p, w.explain(stageDir, errors.Join(w.root.RemoveAll(stageDir), p.folder(stageDir)))
}

// alsoNew adds names of files that came since, and that the place does not have.
func (p *planner) alsoNew(fresh map[string]bool) { maps.Copy(p.fresh, fresh) }

// stage puts aside what is to be brought, by links to files that are only ever replaced as a whole.
func (p *planner) stage(names []string) error {
	names, err := p.relevant(names)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := errors.Join(p.add(name), p.w.ctx.Err()); err != nil {
			return p.w.explain(name, err)
		}
	}
	return nil
}

// plan returns what was made of all names.
func (p *planner) plan() (out plan, err error) {
	for _, name := range p.order {
		t, ok := p.todo[name]
		switch {
		case !ok:
		case t.file != nil:
			out.bring[t.at] = append(out.bring[t.at], *t.file)
		default:
			out.take[t.at] = append(out.take[t.at], name)
		}
	}
	slices.SortStableFunc(out.bring[bringNew], func(a, b File) int { return int(stageOf(a.Name) - stageOf(b.Name)) })
	slices.SortStableFunc(out.bring[bringEntrances], func(a, b File) int { return frontLast(a) - frontLast(b) })
	out.take[takeFolders], err = p.emptied(out)
	return out, err
}

func (p *planner) set(name string, t task) {
	if _, again := p.todo[name]; !again {
		p.order = append(p.order, name)
	}
	p.todo[name] = t
}

// forget undoes what was done about a name that is added again. Its place among the others stays.
func (p *planner) forget(name string) error {
	t, again := p.todo[name]
	if !again || t.file == nil {
		return nil
	}
	p.todo[name] = task{at: removalOf(name)}
	return p.w.root.Remove(stageDir + "/" + name)
}

// relevant turns names that changed into those that may be other at the place, each once. A mark and the page beside it
// hang together.
func (p *planner) relevant(names []string) ([]string, error) {
	seen := map[string]bool{}
	var out []string
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	for _, name := range names {
		page, mark := strings.CutSuffix(name, goneMark)
		if !mark || p.marks {
			add(name)
		}
		if mark {
			add(page)
		}
	}
	if p.marks || !seen[goneFile] {
		return out, nil
	}
	return out, eachFile(p.w, "a", func(name string) error { // each of them shows that page
		if page, mark := strings.CutSuffix(name, goneMark); mark {
			add(page)
		}
		return nil
	})
}

// goneFile is the page that says that an article was taken down.
const goneFile = "410.html"

func (p *planner) add(name string) error {
	if err := p.forget(name); err != nil {
		return err
	}
	info, err := p.w.root.Lstat(name)
	switch {
	case err == nil && info.Mode().IsRegular():
		return p.put(p.stageOf(name), name, name)
	case err == nil: // somebody made a folder or a link of that name
		return nil
	case !isMissing(err):
		return err
	case !p.marks && p.w.size(name+goneMark) >= 0 && p.w.size(goneFile) >= 0:
		return p.put(bringMarks, name, goneFile)
	}
	p.set(name, task{at: removalOf(name)})
	return nil
}

// isMissing reports whether a file is not there: also where a file stands in the place of its folder, or where its name is
// longer than a name can be here. In a bucket anybody who may write there can have left one of those.
func isMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ENAMETOOLONG)
}

func (p *planner) put(at stage, name, from string) error {
	to := stageDir + "/" + name
	if err := p.folder(path.Dir(to)); err != nil {
		return err
	}
	if p.w.root.Link(from, to) != nil { // not on every file system
		if err := p.copy(from, to); isMissing(err) { // removed just now
			p.set(name, task{at: removalOf(name)})
			return nil
		} else if err != nil {
			return err
		}
	}
	info, err := p.w.root.Stat(to)
	if err != nil {
		return err
	}
	file := fileAt(p.dir, name, name, info.Size())
	p.set(name, task{at, &file})
	return nil
}

func fileAt(dir, name, from string, size int64) File {
	return File{
		Name: name, Path: filepath.Join(dir, filepath.FromSlash(from)), Size: size,
		ContentType: typeOf(name), CacheControl: caching(name), Disposition: disposition(name),
	}
}

func (p *planner) folder(dir string) error {
	if p.made[dir] {
		return nil
	}
	p.made[dir] = true
	return p.w.root.MkdirAll(dir, 0o755)
}

func (p *planner) copy(from, to string) (err error) {
	in, err := p.w.root.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := p.w.root.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// emptied returns the folders that are no more since files in them went, the innermost first.
func (p *planner) emptied(of plan) ([]string, error) {
	seen := map[string]bool{}
	var out []string
	for _, names := range of.take {
		for _, name := range names {
			for dir := path.Dir(name); dir != "." && !seen[dir]; dir = path.Dir(dir) {
				seen[dir] = true
				_, err := p.w.root.Lstat(dir)
				if errors.Is(err, fs.ErrNotExist) {
					out = append(out, dir)
				} else if err != nil && !isMissing(err) {
					return nil, p.w.explain(dir, err)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(strings.Count(b, "/")-strings.Count(a, "/"), strings.Compare(a, b))
	})
	return out, nil
}

// stageOf says when a file is brought: one that readers have never had before those that they have. With what stands at the
// top a new website opens, so that comes last.
func (p *planner) stageOf(name string) stage {
	at := stageOf(name)
	if p.fresh[name] && strings.Contains(name, "/") && (at == bringArticles || at == bringParts || at == bringEntrances) {
		return bringNew
	}
	return at
}

// frontLast is 1 for the front page, which names the others.
func frontLast(f File) int {
	if f.Name == "index.html" {
		return 1
	}
	return 0
}

// stageOf says when a file is brought that is there already.
func stageOf(name string) stage {
	top, _, below := strings.Cut(name, "/")
	switch {
	case below && (top == "p" || top == "assets"):
		return bringContent
	case strings.HasSuffix(name, goneMark):
		return bringMarks
	case below && top == "a":
		return bringArticles
	case below && (top == "sitemap" || top == search.Dir && name != search.Root || isPeriodPage(name)):
		return bringParts
	}
	return bringEntrances
}

// removalOf says when a file is taken away.
func removalOf(name string) stage {
	switch {
	case strings.HasSuffix(name, goneMark):
		return unmark
	case stageOf(name) == bringContent:
		return takeContent
	case stageOf(name) == bringArticles:
		return takeArticles
	}
	return takeLists
}
