package site

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// calendar cuts a list into pages by time. A year with at most size articles is one page; one with more has a page for each
// month; a month with more than size is halved, and halved again, until no part has more. So a page is a function of the
// articles of its own stretch of time: an article that comes or goes, wherever it stands in the list, changes one page, and
// now and then cuts one in two or joins two.
type calendar struct {
	w      *writer
	dir    string // of the list, with a slash at the end
	ext    string
	size   int
	zone   *time.Location
	years  bool // years and cut months have pages too, which name their parts; without, months are the longest periods
	count  func(from, until time.Time, limit int) (int, error)
	newest time.Time // of all articles; nothing is after it

	counts map[string]int    // up to size+1, by a period's name
	names  map[string]folder // what is on the disk, by folder
}

type folder []period

func (c *calendar) file(p period) string { return c.dir + p.name + c.ext }

// outline is what of a calendar must be written and removed.
type outline struct {
	pages     []period // with articles, the earliest first
	overviews []period // with parts, longer ones first
	stale     []period
}

// outline returns what a change may have a part in. Everything of a period that at touches is in it; of other periods that
// are on the same level only what is missing, which is when a page was cut.
func (c *calendar) outline(at when) (out outline, err error) {
	c.names = map[string]folder{}
	for _, p := range c.tops(at) {
		if err := c.add(p, at, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// tops are the longest periods that at touches.
func (c *calendar) tops(at when) []period {
	seen := map[string]period{}
	for _, s := range at.spans {
		for p := c.top(s.from); !p.from.After(s.to) && !p.from.After(c.newest); p = c.top(p.until) {
			seen[p.name] = p
		}
		seen[c.top(s.from).name] = c.top(s.from) // beyond the newest there may be pages to be removed
	}
	out := make([]period, 0, len(seen))
	for _, name := range sortedKeys(seen) {
		out = append(out, seen[name])
	}
	return out
}

func (c *calendar) top(t time.Time) period {
	t = t.In(c.zone)
	if c.years {
		return year(t.Year(), c.zone)
	}
	return month(t.Year(), t.Month(), c.zone)
}

func (c *calendar) add(p period, at when, out *outline) error {
	n, err := c.articles(p)
	if err != nil {
		return err
	}
	there, err := c.onDisk(p)
	if err != nil {
		return err
	}
	parts := p.parts()
	if n <= c.size || parts == nil {
		inside, err := c.inside(p)
		out.stale = append(out.stale, inside...)
		if n > 0 {
			out.pages = append(out.pages, p)
		} else if there {
			out.stale = append(out.stale, p)
		}
		return err
	}
	if c.overview(p) {
		out.overviews = append(out.overviews, p)
	} else if there {
		out.stale = append(out.stale, p)
	}
	for _, part := range parts {
		if err := c.addPart(part, at, out); err != nil {
			return err
		}
	}
	return nil
}

func (c *calendar) addPart(part period, at when, out *outline) error {
	if at.touches(part.from, part.until) {
		return c.add(part, at, out)
	}
	if part.from.After(c.newest) {
		return nil
	}
	kept, err := c.onDisk(part)
	if err != nil || kept {
		return err
	}
	if !c.overview(part) { // cut, it has no page of its own
		inside, err := c.inside(part)
		if err != nil || len(inside) > 0 {
			return err
		}
	}
	return c.add(part, everywhere, out)
}

// overview reports whether a period that is cut has a page all the same.
func (c *calendar) overview(p period) bool { return c.years && p.level <= monthLevel }

// articles returns how many articles a period has, as far as size+1.
func (c *calendar) articles(p period) (n int, err error) {
	n, known := c.counts[p.name]
	if !known && !p.from.After(c.newest) {
		n, err = c.count(p.from, p.until, c.size+1)
	}
	if err == nil {
		c.counts[p.name] = n
	}
	return n, err
}

// pageOf returns the period on whose page an article of an instant is.
func (c *calendar) pageOf(t time.Time) (period, error) {
	p := c.top(t)
	for {
		n, err := c.articles(p)
		if err != nil || n <= c.size {
			return p, err
		}
		i := slices.IndexFunc(p.parts(), func(part period) bool { return part.holds(t) })
		if i < 0 {
			return p, nil
		}
		p = p.parts()[i]
	}
}

// inFolder returns the periods that have a page in a folder of the list: "" for years and months, "2026-11" for the parts
// of that month.
func (c *calendar) inFolder(name string) (folder, error) {
	if f, ok := c.names[name]; ok {
		return f, nil
	}
	if err := c.w.listing(c.dir + name); err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(c.w.root.FS(), path.Clean(c.dir+name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, c.w.explain(c.dir+name, err)
	}
	var f folder
	for _, e := range entries {
		base, ok := strings.CutSuffix(e.Name(), c.ext)
		if !ok || !e.Type().IsRegular() {
			continue
		}
		if p, ok := parsePeriod(path.Join(name, base), c.zone); ok {
			f = append(f, p)
		}
	}
	c.names[name] = f
	return f, nil
}

func (c *calendar) onDisk(p period) (bool, error) {
	name := ""
	if p.level > monthLevel {
		name = p.month()
	}
	f, err := c.inFolder(name)
	return slices.ContainsFunc(f, func(o period) bool { return o.name == p.name }), err
}

// inside returns the pages on the disk that are of parts of a period.
func (c *calendar) inside(p period) (out []period, err error) {
	folders := []string{p.month()}
	if p.level == yearLevel {
		folders = []string{""}
		for _, m := range p.parts() {
			folders = append(folders, m.name)
		}
	}
	for _, name := range folders {
		f, err := c.inFolder(name)
		if err != nil {
			return nil, err
		}
		for _, o := range f {
			if o.within(p) {
				out = append(out, o)
			}
		}
	}
	return out, nil
}

// named returns the periods with a page once an outline is carried out, in a folder as inFolder takes it, the earliest
// first; of two that begin together, the longer one.
func (c *calendar) named(name string, o outline) ([]period, error) {
	f, err := c.inFolder(name)
	if err != nil {
		return nil, err
	}
	byName := map[string]period{}
	for _, p := range slices.Concat(f, o.pages, o.overviews) {
		if p.level <= monthLevel == (name == "") && (name == "" || p.month() == name) {
			byName[p.name] = p
		}
	}
	for _, p := range o.stale {
		delete(byName, p.name)
	}
	out := make([]period, 0, len(byName))
	for _, p := range byName {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b period) int { return 2*a.from.Compare(b.from) + b.until.Compare(a.until) })
	return out, nil
}
