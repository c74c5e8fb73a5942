package site

import (
	"encoding/xml"
	"path"
	"time"
)

// A list has a feed in each of two forms, of its newest articles: Atom (RFC 4287) and JSON Feed 1.1. Both carry summaries of
// all of them, and the bodies of the newest as far as those fit into feedBodies: a change then reads some twenty pages and writes
// some hundred kilobytes for each list, whatever the articles are.
const (
	feedLength = 30
	feedBodies = 48 << 10 // bytes
)

// feedItem is an article as both forms of a feed show it.
type feedItem struct {
	Entry
	address string
	body    string   // with whole addresses; "" to leave it out
	files   []string // its attachments, of those with a body
}

// feedItems returns the newest articles of a list, the newest first.
func (l *list) feedItems(w *writer) ([]feedItem, error) {
	newest, err := l.newest(feedLength)
	if err != nil {
		return nil, err
	}
	left := feedBodies
	var out []feedItem
	for i := len(newest) - 1; i >= 0; i-- {
		item := feedItem{Entry: newest[i], address: l.s.Address(newest[i].Article)}
		if left > 0 {
			if item.body, item.files, err = l.s.feedBody(w, item.Article); err != nil {
				return nil, err
			}
			if left -= len(item.body); left < 0 {
				item.body, item.files = "", nil
			}
		}
		out = append(out, item)
	}
	return out, nil
}

// putFeed writes both feeds of a list.
func (l *list) putFeed(w *writer) error {
	items, err := l.feedItems(w)
	if err != nil {
		return err
	}
	data, err := marshalXML(l.atom(items))
	if err != nil {
		return err
	}
	if err := w.put(feedFile(l.column), data); err != nil {
		return err
	}
	return l.putJSONFeed(w, items)
}

// feedHome returns what a feed is called and where readers find its list.
func (l *list) feedHome() (title, home string) {
	if len(l.column) == 0 {
		return l.s.chrome.Name, l.s.absolute("")
	}
	return l.column.String() + " - " + l.s.chrome.Name, l.s.absolute(path.Dir(feedFile(l.column)) + "/")
}

// The elements of an Atom feed (RFC 4287).
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  atomPerson  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Lang      string         `xml:"xml:lang,attr"`
	ID        string         `xml:"id"`
	Title     string         `xml:"title"`
	Published string         `xml:"published"`
	Updated   string         `xml:"updated"`
	Links     []atomLink     `xml:"link"`
	Category  []atomCategory `xml:"category"`
	Summary   string         `xml:"summary,omitempty"`
	Content   *atomContent   `xml:"content"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",chardata"`
}

func (l *list) atom(items []feedItem) atomFeed {
	s := l.s
	title, home := l.feedHome()
	f := atomFeed{Lang: s.chrome.Lang, ID: s.absolute(feedFile(l.column)), Title: title, Author: atomPerson{s.chrome.Name}}
	f.Links = []atomLink{{"self", contentTypeAtom, f.ID}, {"alternate", "text/html", home}}
	updated := time.Unix(0, 0)
	for _, item := range items {
		f.Entries = append(f.Entries, s.atomEntry(item))
		if t := lastChange(item.Entry); t.After(updated) {
			updated = t
		}
	}
	f.Updated = instant(updated)
	return f
}

const contentTypeAtom = "application/atom+xml"

func (s *Site) atomEntry(e feedItem) atomEntry {
	out := atomEntry{
		Lang: langOf(e.Title), ID: e.address, Title: e.Title, Summary: e.Summary,
		Published: instant(e.PublishedAt), Updated: instant(lastChange(e.Entry)),
		Links: []atomLink{{"alternate", "text/html", e.address}},
	}
	if len(e.Column) > 0 {
		out.Category = []atomCategory{{e.Column.String()}}
	}
	if m := photoName.FindStringSubmatch(e.Thumb); m != nil {
		out.Links = append(out.Links, atomLink{"enclosure", contentType("." + m[3]), s.absolute(e.Thumb)})
	}
	for _, name := range e.files {
		out.Links = append(out.Links, atomLink{"enclosure", typeOf(name), s.absolute(name)})
	}
	if e.body != "" {
		out.Content = &atomContent{"html", e.body}
	}
	return out
}

// lastChange returns when an entry was last worth reading again.
func lastChange(e Entry) time.Time {
	return modified(Article{PublishedAt: e.PublishedAt, UpdatedAt: e.UpdatedAt})
}

// marshalXML writes a document; characters that XML cannot hold become U+FFFD.
func marshalXML(v any) ([]byte, error) {
	data, err := xml.MarshalIndent(v, "", " ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), append(data, '\n')...), nil
}
