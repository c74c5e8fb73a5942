package site

import (
	"encoding/xml"
	"regexp"
	"time"
)

// The elements of a sitemap (sitemaps.org, protocol 0.9).
type urlset struct {
	XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []mapURL `xml:"url"`
}

type mapIndex struct {
	XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
	Parts   []mapURL `xml:"sitemap"`
}

type mapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

// maxMapURLs is the protocol's bound for one file. An office that publishes more in a month loses the oldest of them from
// the sitemap.
const maxMapURLs = 50_000

var monthFile = regexp.MustCompile(`^sitemap/[0-9]{4,5}-[0-9]{2}\.xml$`)

func (s *Site) monthFile(t time.Time) string {
	return "sitemap/" + t.In(s.cfg.Zone).Format("2006-01") + ".xml"
}

// putSitemap writes the parts that a change at some time is in, then the index, and removes parts without articles. A part
// is a month, so that old parts change no more.
func (s *Site) putSitemap(w *writer, at span) error {
	empty, err := s.putMonths(w, at)
	if err != nil {
		return err
	}
	if err := s.putMapOfLists(w); err != nil {
		return err
	}
	if err := s.putMapIndex(w, empty); err != nil {
		return err
	}
	for name := range empty {
		if err := w.remove(name); err != nil {
			return err
		}
	}
	return nil
}

// putMonths writes the months of a span and returns those without articles. The whole span is that of the articles there
// are; parts left over outside it are a rebuild's to remove.
func (s *Site) putMonths(w *writer, at span) (empty map[string]bool, err error) {
	l, err := s.openList(w, nil)
	if err != nil {
		return nil, err
	}
	if at == whole {
		if at, err = l.extent(); err != nil {
			return nil, err
		}
	}
	empty = map[string]bool{}
	from := at.from.In(s.cfg.Zone)
	for month := time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, s.cfg.Zone); !month.After(at.to); month = month.AddDate(0, 1, 0) {
		n, err := s.putMonth(w, l, month)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			empty[s.monthFile(month)] = true
		}
	}
	return empty, nil
}

// extent returns the span from the oldest article to the newest.
func (l *list) extent() (span, error) {
	var out span
	add := func(t time.Time) {
		if out == whole {
			out = span{t, t}
		}
		out = out.join(span{t, t})
	}
	ends, err := l.entries(0, min(1, l.total))
	for _, e := range append(ends, l.index...) {
		add(e.PublishedAt)
	}
	if err != nil || out == whole {
		out = span{time.Unix(1, 0), time.Unix(0, 0)} // no month at all
	}
	return out, err
}

func (s *Site) putMonth(w *writer, l *list, month time.Time) (articles int, err error) {
	from, err := l.position(month)
	if err != nil {
		return 0, err
	}
	to, err := l.position(month.AddDate(0, 1, 0))
	if err != nil || from == to {
		return 0, err
	}
	entries, err := l.entries(max(from, to-maxMapURLs), to)
	if err != nil {
		return 0, err
	}
	set := urlset{URLs: make([]mapURL, len(entries))}
	for i, e := range entries {
		set.URLs[i] = mapURL{s.Address(e.Article), instant(lastChange(e))}
	}
	data, err := marshalXML(set)
	if err != nil {
		return 0, err
	}
	return len(entries), w.put(s.monthFile(month), data)
}

func (s *Site) putMapOfLists(w *writer) error {
	columns, err := s.columns(w)
	if err != nil {
		return err
	}
	set := urlset{URLs: []mapURL{{Loc: s.absolute("")}, {Loc: s.absolute(indexFile(nil))}, {Loc: s.absolute("c/")}}}
	for _, c := range columns {
		set.URLs = append(set.URLs, mapURL{Loc: s.absolute(indexFile(c))})
	}
	data, err := marshalXML(set)
	if err != nil {
		return err
	}
	return w.put("sitemap/pages.xml", data)
}

// putMapIndex names the parts that are there. It says nothing of when they changed: the parts say it of each page.
func (s *Site) putMapIndex(w *writer, empty map[string]bool) error {
	index := mapIndex{Parts: []mapURL{{Loc: s.absolute("sitemap/pages.xml")}}}
	err := eachFile(w, "sitemap", func(name string) error {
		if monthFile.MatchString(name) && !empty[name] {
			index.Parts = append(index.Parts, mapURL{Loc: s.absolute(name)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	data, err := marshalXML(index)
	if err != nil {
		return err
	}
	return w.put("sitemap.xml", data)
}
