package site

import (
	"fmt"
	"html/template"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// A page of a list names the pages before and after it. When one of those comes or goes, that part is written anew and the
// rest kept, as with an article's neighbours.
var (
	turnStart = []byte("<!--turn-->")
	turnEnd   = []byte("<!--/turn-->")
)

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
	newest, err := l.newest(s.cfg.PageSize)
	if err != nil {
		return err
	}
	v.Entries = s.listed(l.column, newest)
	var turn turnView
	if len(l.latest) > len(newest) {
		next := l.latest[len(l.latest)-len(newest)-1] // the first that the index leaves out
		p, err := l.calendar.pageOf(next.PublishedAt)
		if err != nil {
			return err
		}
		turn.Older = s.link(l.calendar.file(p))
	}
	if !l.empty() {
		turn.Archive = s.link(archiveFile(l.column))
	}
	if v.Turn, err = s.renderTurn(turn); err != nil {
		return err
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

// page makes the page of a period. It depends on the articles of that period, and on which pages are beside it.
func (l *list) page(p period) ([]byte, error) {
	s := l.s
	entries, err := s.cfg.Archive.Entries(l.ctx, Stretch{Column: l.column, From: p.from, Until: p.until, Newest: true, Limit: max(mostEntries, l.calendar.size)})
	if err != nil {
		return nil, err
	}
	v, err := l.periodView(p)
	if err != nil {
		return nil, err
	}
	v.Entries = s.listed(l.column, entries)
	turn, err := l.turn(p)
	if err != nil {
		return nil, err
	}
	v.Turn = template.HTML(turn) // made by our own template
	return s.pages.render("list", v)
}

// periodView is what pages of entries and pages of parts share.
func (l *list) periodView(p period) (listView, error) {
	s := l.s
	v := l.view()
	v.Period = s.periodName(p)
	v.PageTitle = v.Period + " - " + v.PageTitle
	v.Share.Title = v.PageTitle
	v.Canonical = s.absolute(l.calendar.file(p))
	v.Crumbs = append(v.Crumbs, link{Text: s.chrome.W.ArchivePage, URL: s.link(archiveFile(l.column))})
	for _, above := range []period{year(p.from.Year(), s.cfg.Zone), month(p.from.Year(), p.from.Month(), s.cfg.Zone)} {
		if p.within(above) && above.level <= p.level {
			v.Crumbs = append(v.Crumbs, link{Text: s.periodName(above), URL: s.link(l.calendar.file(above))})
		}
	}
	return v, nil
}

// turn makes the part of a page that names the pages beside it, marks included.
func (l *list) turn(p period) ([]byte, error) {
	s := l.s
	beside, err := l.sidesOf(p.from, p.until)
	if err != nil {
		return nil, err
	}
	v := turnView{
		Newest: s.link(indexFile(l.column)), Newer: s.link(indexFile(l.column)), Here: s.periodName(p), Archive: s.link(archiveFile(l.column)),
	}
	if beside.newer != nil {
		v.Newer = s.link(l.calendar.file(*beside.newer))
	}
	if beside.older != nil {
		v.Older = s.link(l.calendar.file(*beside.older))
	}
	inner, err := s.renderTurn(v)
	return slices.Concat(turnStart, []byte(inner), turnEnd), err
}

func (s *Site) renderTurn(v turnView) (template.HTML, error) {
	v.chrome = &s.chrome
	out, err := s.pages.render("turn", v)
	return template.HTML(out), err // made by our own template
}

// putOverview writes the page of a year or month that is cut: it names the months, or the parts of the month.
func (l *list) putOverview(w *writer, p period, o outline) error {
	s := l.s
	v, err := l.periodView(p)
	if err != nil {
		return err
	}
	folder := ""
	if p.level == monthLevel {
		folder = p.name
	}
	named, err := l.calendar.named(folder, o)
	if err != nil {
		return err
	}
	var parts []link
	for _, part := range named {
		if part.within(p) {
			parts = append(parts, link{Text: s.partName(part), URL: s.link(l.calendar.file(part))})
		}
	}
	v.Groups = []group{{Links: parts}}
	if v.Turn, err = s.renderTurn(turnView{Newest: s.link(indexFile(l.column)), Archive: s.link(archiveFile(l.column))}); err != nil {
		return err
	}
	page, err := s.pages.render("archive", v)
	if err != nil {
		return err
	}
	return w.put(l.calendar.file(p), page)
}

// putArchive writes the page that names a list's years, and the months of those that have a page for each.
func (l *list) putArchive(w *writer, o outline) error {
	s := l.s
	v := l.view()
	v.Period = s.chrome.W.ArchivePage
	v.PageTitle = v.Period + " - " + v.PageTitle
	v.Share.Title = v.PageTitle
	v.Canonical = s.absolute(archiveFile(l.column))
	named, err := l.calendar.named("", o)
	if err != nil {
		return err
	}
	for _, p := range named {
		to := link{Text: s.partName(p), URL: s.link(l.calendar.file(p))}
		if n := len(v.Groups); p.level == yearLevel {
			v.Groups = append(v.Groups, group{Heading: to})
		} else if n > 0 {
			v.Groups[n-1].Links = append(v.Groups[n-1].Links, to)
		}
	}
	slices.Reverse(v.Groups)
	if v.Turn, err = s.renderTurn(turnView{Newest: s.link(indexFile(l.column))}); err != nil {
		return err
	}
	page, err := s.pages.render("archive", v)
	if err != nil {
		return err
	}
	return w.put(archiveFile(l.column), page)
}

// periodName is what readers call a period.
func (s *Site) periodName(p period) string {
	english := s.cfg.Lang == press.English
	last := p.until.Add(-time.Second)
	switch {
	case p.level == yearLevel && english:
		return p.from.Format("2006")
	case p.level == yearLevel:
		return p.from.Format("2006年")
	case p.level == monthLevel && english:
		return p.from.Format("January 2006")
	case p.level == monthLevel:
		return p.from.Format("2006年1月")
	case p.level == clockLevel && english:
		return p.from.Format("2 January 2006, ") + clockRange(p)
	case p.level == clockLevel:
		return p.from.Format("2006年1月2日 ") + clockRange(p)
	case english && p.first == p.last:
		return p.from.Format("2 January 2006")
	case english:
		return fmt.Sprintf("%d–%s", p.first, last.Format("2 January 2006"))
	case p.first == p.last:
		return p.from.Format("2006年1月2日")
	}
	return fmt.Sprintf("%s%d日至%d日", p.from.Format("2006年1月"), p.first, p.last)
}

// partName is periodName without what the page above it says already.
func (s *Site) partName(p period) string {
	english := s.cfg.Lang == press.English
	switch {
	case p.level == yearLevel:
	case p.level == monthLevel && english:
		return p.from.Format("January")
	case p.level == monthLevel:
		return p.from.Format("1月")
	case p.level == clockLevel && english:
		return p.from.Format("2 January, ") + clockRange(p)
	case p.level == clockLevel:
		return p.from.Format("2日 ") + clockRange(p)
	case english:
		return periodDays(p) + p.from.Format(" January")
	default:
		return periodDays(p) + "日"
	}
	return s.periodName(p)
}

func periodDays(p period) string {
	if p.first == p.last {
		return fmt.Sprint(p.first)
	}
	return fmt.Sprintf("%d–%d", p.first, p.last)
}

// clockRange is from the first minute or second of a part of a day to the one after its last.
func clockRange(p period) string {
	format := "15:04"
	if p.from.Second() != 0 || p.until.Second() != 0 {
		format = "15:04:05"
	}
	return p.from.Format(format) + "–" + p.until.Format(format)
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
