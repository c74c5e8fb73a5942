package site

import (
	"html/template"
	"time"

	"newsdesk/internal/press"
)

// basis is what the frame of every page needs.
type basis struct {
	*chrome
	Style       string // the address of the page's style sheet
	PageTitle   string
	Description string
	Canonical   string // absolute
	PageLang    string
	ChromeLang  string // where it is not the page's
	PageFeed    string // a column's own feed; "" for none
	Nav         []link
	Share       *share
	Data        any // structured data
}

type link struct {
	Text    string
	URL     string
	Lang    string // where it is not the chrome's
	Current bool
}

// share is what other programs show of a page when somebody passes its address on (Open Graph).
type share struct {
	Type, Title, Description, Image, Section, Locale string
	ImageAlt                                         string
	ImageWidth, ImageHeight                          int // 0: not known
	Published, Modified                              string
}

type entryView struct {
	URL, Title, Summary, Lang, Thumb string
	Wide                             string // the same picture, larger; "" where there is none
	Light                            string // a lead's picture in WebP, as a srcset; "" where there is none
	Date, Instant                    string
	Column                           link
}

type articleView struct {
	basis
	Crumbs          []link
	Title, Subtitle string
	Meta            []fact // below the title
	Corrections     []correctionView
	Body            template.HTML
	Closing         []fact // at the end of the text
	Around          template.HTML
	Year            int // in which it was published
}

// fact is one thing that is said of an article. A time has an Instant and may have no Name.
type fact struct{ Name, Value, Instant string }

// correctionView is one correction: “本文于2026年11月22日更正：……”, whose date is a link's time of its own.
type correctionView struct{ Before, Date, Instant, After, Note string }

type aroundView struct {
	*chrome
	Prev, Next *entryView
}

type listView struct {
	basis
	Crumbs      []link
	Heading     string
	HeadingLang string
	Sub         []link
	Entries     []*entryView
	Period      string  // what the page is about; "": the newest
	Groups      []group // of the pages that name others
	Turn        template.HTML
}

// group is a year with its months, or the parts of what the page is about.
type group struct {
	Heading link
	Links   []link
}

// turnView is what a page of a list names beside itself; an empty address is left out.
type turnView struct {
	*chrome
	Newest, Newer, Here, Older, Archive string
}

type frontView struct {
	basis
	Lead     *entryView
	Strip    []*entryView
	Latest   []*entryView
	Sections []section
}

type section struct {
	Heading link
	Sub     []link
	Lead    *entryView
	Entries []*entryView
}

// missingView is a page instead of one that is not there.
type missingView struct {
	basis
	Code, Heading, Hint string
}

type treeView struct {
	basis
	Crumbs []link
	Nodes  []node
}

type node struct {
	link
	Depth int
	Feed  string
}

func (s *Site) basis(title string) basis {
	b := basis{chrome: &s.chrome, Style: s.chrome.Style, PageTitle: s.chrome.Name, PageLang: s.chrome.Lang, Nav: s.nav(nil)}
	if title != "" {
		b.PageTitle = title + " - " + s.chrome.Name
	}
	return b
}

// nav returns the masthead's links. They depend on the page's own column only, so that a new column does not change
// every page there is; the front page and the tree of columns list them all.
func (s *Site) nav(column press.Column) []link {
	out := []link{{Text: s.chrome.W.Home, URL: s.chrome.Home}}
	out = append(out, s.path(column)...)
	if n := len(column); n > 0 {
		out[n].Current = true
	}
	return append(out, link{Text: s.chrome.W.All, URL: s.chrome.All}, link{Text: s.chrome.W.Columns, URL: s.chrome.Tree})
}

// path returns a link for each name of a column's path.
func (s *Site) path(column press.Column) []link {
	var out []link
	for i := range column {
		out = append(out, s.columnLink(column[:i+1]))
	}
	return out
}

func (s *Site) columnLink(column press.Column) link {
	if len(column) == 0 {
		return link{}
	}
	name := column[len(column)-1]
	return link{Text: name, URL: s.link(indexFile(column)), Lang: s.foreign(langOf(name))}
}

// foreign returns a language if it is not the chrome's, for a lang attribute that says something.
func (s *Site) foreign(lang string) string {
	if lang == s.chrome.Lang {
		return ""
	}
	return lang
}

func (s *Site) entryView(e *Entry) *entryView {
	if e == nil {
		return nil
	}
	v := &entryView{
		URL: s.link(s.Path(e.Article)), Title: e.Title, Summary: e.Summary, Lang: s.foreign(langOf(e.Title)),
		Date: s.day(e.PublishedAt), Instant: instant(e.PublishedAt), Column: s.columnLink(e.Column),
	}
	if photoName.MatchString(e.Thumb) {
		v.Thumb = s.link(e.Thumb)
		if e.Wide != e.Thumb && photoName.MatchString(e.Wide) {
			v.Wide = s.link(e.Wide)
		}
	}
	return v
}

// newestFirst returns views of entries that come oldest first.
func (s *Site) newestFirst(entries []Entry) []*entryView {
	out := make([]*entryView, 0, len(entries))
	for i := len(entries) - 1; i >= 0; i-- {
		out = append(out, s.entryView(&entries[i]))
	}
	return out
}

// listed returns views for a column's own list, where those that are in no column within it need not say where they are.
func (s *Site) listed(column press.Column, entries []Entry) []*entryView {
	out := s.newestFirst(entries)
	here := s.link(indexFile(column))
	for _, e := range out {
		if e.Column.URL == here {
			e.Column = link{}
		}
	}
	return out
}

func (s *Site) day(t time.Time) string    { return t.In(s.cfg.Zone).Format("2006-01-02") }
func (s *Site) minute(t time.Time) string { return t.In(s.cfg.Zone).Format("2006-01-02 15:04") }

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
