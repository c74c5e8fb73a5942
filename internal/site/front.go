package site

import (
	"cmp"

	"newsdesk/internal/press"
)

// How much the front page shows.
const (
	frontLatest  = 9
	frontStrip   = 4
	frontLook    = 24 // newest articles among which pictures are looked for
	sectionItems = 6
)

// putFront writes the front page: the newest with a picture, the newest, and the newest of each column.
func (s *Site) putFront(w *writer, _ scope) error {
	all, err := s.openList(w, nil)
	if err != nil {
		return err
	}
	newest, err := all.newest(frontLook)
	if err != nil {
		return err
	}
	v := frontView{basis: s.basis("")}
	v.Canonical = s.absolute("")
	v.Share = &share{Type: "website", Title: s.chrome.Name, Locale: s.chrome.Locale}
	v.arrange(s.newestFirst(newest))
	if v.Lead != nil {
		v.Share.Image = s.absolute(s.nameOf(cmp.Or(v.Lead.Wide, v.Lead.Thumb)))
	}
	if err := s.lightLead(w, v.Lead, v.Share); err != nil {
		return err
	}
	columns, err := s.columns(w)
	if err != nil {
		return err
	}
	v.Nav = s.frontNav(columns)
	if v.Sections, err = s.sections(w, columns); err != nil {
		return err
	}
	page, err := s.pages.render("front", v)
	if err != nil {
		return err
	}
	return w.put("index.html", page)
}

// arrange picks the lead and the strip among those with a picture; what neither shows is the list of the latest.
func (v *frontView) arrange(newest []*entryView) {
	taken := map[*entryView]bool{}
	for _, e := range newest {
		switch {
		case e.Thumb == "":
		case v.Lead == nil:
			v.Lead, taken[e] = e, true
		case len(v.Strip) < frontStrip:
			v.Strip = append(v.Strip, e)
		}
	}
	if len(v.Strip) < frontStrip {
		v.Strip = nil // a row with gaps looks broken
	}
	for _, e := range newest {
		if len(v.Latest) < frontLatest && !taken[e] {
			v.Latest = append(v.Latest, e)
		}
	}
}

func (s *Site) frontNav(columns []press.Column) []link {
	out := []link{{Text: s.chrome.W.Home, URL: s.chrome.Home, Current: true}}
	out = append(out, s.columnLinks(sectionColumns(columns))...)
	return append(out, link{Text: s.chrome.W.All, URL: s.chrome.All}, link{Text: s.chrome.W.Columns, URL: s.chrome.Tree})
}

// sectionColumns returns the outermost columns, or where everything is in one, those inside it.
func sectionColumns(columns []press.Column) []press.Column {
	top := children(columns, nil)
	if len(top) == 1 {
		if inner := children(columns, top[0]); len(inner) > 1 {
			return inner
		}
	}
	return top
}

func (s *Site) sections(w *writer, columns []press.Column) ([]section, error) {
	var out []section
	for _, column := range sectionColumns(columns) {
		l, err := s.openList(w, column)
		if err != nil {
			return nil, err
		}
		newest, err := l.newest(sectionItems)
		if err != nil {
			return nil, err
		}
		sec := section{Heading: s.columnLink(column), Sub: s.columnLinks(children(columns, column))}
		for _, e := range s.newestFirst(newest) {
			if sec.Lead == nil && e.Thumb != "" {
				sec.Lead = e
				continue
			}
			sec.Entries = append(sec.Entries, e)
		}
		out = append(out, sec)
	}
	return out, nil
}

// putTree writes the page of all columns.
func (s *Site) putTree(w *writer, _ scope) error {
	columns, err := s.columns(w)
	if err != nil {
		return err
	}
	v := treeView{basis: s.basis(s.chrome.W.Columns), Crumbs: []link{{Text: s.chrome.W.Columns, URL: s.chrome.Tree}}}
	v.Canonical = s.absolute("c/")
	v.Nav = s.frontNav(columns)
	v.Nav[0].Current, v.Nav[len(v.Nav)-1].Current = false, true
	if v.Nodes, err = s.nodes(w, columns, nil); err != nil {
		return err
	}
	page, err := s.pages.render("tree", v)
	if err != nil {
		return err
	}
	return w.put("c/index.html", page)
}

// nodes returns the columns below another, each followed by its own.
func (s *Site) nodes(w *writer, columns []press.Column, above press.Column) ([]node, error) {
	var out []node
	for _, c := range children(columns, above) {
		inner, err := s.nodes(w, columns, c)
		if err != nil {
			return nil, err
		}
		out = append(out, node{link: s.columnLink(c), Depth: len(c), Feed: s.link(feedFile(c))})
		out = append(out, inner...)
	}
	return out, nil
}
