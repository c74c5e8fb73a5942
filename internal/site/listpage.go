package site

import "newsdesk/internal/press"

func (l *list) view() listView {
	s := l.s
	v := listView{basis: s.basis(""), Heading: s.chrome.W.All}
	v.Nav = s.nav(l.column)
	if n := len(l.column); n > 0 {
		v.Heading, v.HeadingLang = l.column[n-1], s.foreign(langOf(l.column[n-1]))
		v.Crumbs = s.path(l.column)
		v.PageFeed = s.link(feedFile(l.column))
	} else {
		v.Crumbs = []link{{Text: v.Heading, URL: s.chrome.All}}
		v.Nav[1].Current = true
	}
	v.PageTitle = v.Heading + " - " + s.chrome.Name
	v.Canonical = s.absolute(indexFile(l.column))
	v.Share = &share{Type: "website", Title: v.PageTitle, Locale: s.chrome.Locale}
	return v
}

func (l *list) putIndex(w *writer) error {
	s := l.s
	v := l.view()
	v.Entries = s.newestFirst(l.index)
	if l.pages > 0 {
		v.Older, v.Oldest = s.link(pageFile(l.column, l.pages)), s.link(pageFile(l.column, 1))
	}
	columns, err := s.columns(w)
	if err != nil {
		return err
	}
	if len(l.column) > 0 {
		v.Sub = s.columnLinks(children(columns, l.column))
	}
	page, err := s.pages.render("list", v)
	if err != nil {
		return err
	}
	return w.put(indexFile(l.column), page)
}

// page makes archive page n. It depends on its own articles, and on whether there is a page after it.
func (l *list) page(n int) ([]byte, error) {
	s := l.s
	entries, err := l.entries((n-1)*s.cfg.PageSize, n*s.cfg.PageSize)
	if err != nil {
		return nil, err
	}
	v := l.view()
	v.Number, v.Entries = n, s.newestFirst(entries)
	if len(entries) > 0 {
		v.First, v.Last = s.day(entries[0].PublishedAt), s.day(entries[len(entries)-1].PublishedAt)
	}
	v.Canonical = s.absolute(pageFile(l.column, n))
	v.Newest = s.link(indexFile(l.column))
	if v.Newer = v.Newest; n < l.pages {
		v.Newer = s.link(pageFile(l.column, n+1))
	}
	if n > 1 {
		v.Older, v.Oldest = s.link(pageFile(l.column, n-1)), s.link(pageFile(l.column, 1))
	}
	return s.pages.render("list", v)
}

func (s *Site) columnLinks(columns []press.Column) []link {
	var out []link
	for _, c := range columns {
		out = append(out, s.columnLink(c))
	}
	return out
}

// children returns the columns one level below another, in the archive's order.
func children(columns []press.Column, above press.Column) []press.Column {
	var out []press.Column
	for _, c := range columns {
		if len(c) == len(above)+1 && inside(c, above) {
			out = append(out, c)
		}
	}
	return out
}

func inside(c, above press.Column) bool {
	if len(c) < len(above) {
		return false
	}
	for i, name := range above {
		if c[i] != name {
			return false
		}
	}
	return true
}
