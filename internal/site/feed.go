package site

import (
	"encoding/xml"
	"path"
	"time"
)

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
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

// putFeed writes the feed of the newest articles of a list.
func (l *list) putFeed(w *writer) error {
	newest, err := l.newest(feedLength)
	if err != nil {
		return err
	}
	data, err := marshalXML(l.feed(newest))
	if err != nil {
		return err
	}
	return w.put(feedFile(l.column), data)
}

func (l *list) feed(newest []Entry) atomFeed {
	s := l.s
	file := feedFile(l.column)
	home := s.absolute(path.Dir(file) + "/")
	f := atomFeed{Lang: s.chrome.Lang, ID: s.absolute(file), Title: s.chrome.Name, Author: atomPerson{s.chrome.Name}}
	if len(l.column) > 0 {
		f.Title = l.column.String() + " - " + s.chrome.Name
	} else {
		home = s.absolute("")
	}
	f.Links = []atomLink{{"self", "application/atom+xml", f.ID}, {"alternate", "text/html", home}}
	updated := time.Unix(0, 0)
	for i := len(newest) - 1; i >= 0; i-- {
		f.Entries = append(f.Entries, s.atomEntry(newest[i]))
		if t := lastChange(newest[i]); t.After(updated) {
			updated = t
		}
	}
	f.Updated = instant(updated)
	return f
}

func (s *Site) atomEntry(e Entry) atomEntry {
	address := s.Address(e.Article)
	out := atomEntry{
		Lang: langOf(e.Title), ID: address, Title: e.Title, Summary: e.Summary,
		Published: instant(e.PublishedAt), Updated: instant(lastChange(e)),
		Links: []atomLink{{"alternate", "text/html", address}},
	}
	if len(e.Column) > 0 {
		out.Category = []atomCategory{{e.Column.String()}}
	}
	if m := photoName.FindStringSubmatch(e.Thumb); m != nil {
		out.Links = append(out.Links, atomLink{"enclosure", contentType("." + m[3]), s.absolute(e.Thumb)})
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
