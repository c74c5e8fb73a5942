package site

import (
	"context"
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

// mapURLs is how many articles one file of the sitemap names at most; the protocol's bound is 50,000. A month that has more
// is cut as in the lists, so that a file is written quickly however many articles went live in a month.
const mapURLs = 1000

// entriesBatch is how many articles are asked for at once, where all of a stretch are wanted.
const entriesBatch = 500

// mapCalendar cuts all articles into the parts of the sitemap. A part is a month, so that old parts change no more.
func (s *Site) mapCalendar(w *writer) (*calendar, error) {
	all, err := s.openList(w, nil)
	if err != nil {
		return nil, err
	}
	return &calendar{
		w: w, dir: "sitemap/", ext: ".xml", size: mapURLs, zone: s.cfg.Zone,
		newest: all.newestTime(), counts: map[string]int{}, names: map[string]folder{}, count: s.counting(w, nil),
	}, nil
}

// eachDate calls f for the articles that went live within a stretch of time, with nothing but identifier and times.
func (s *Site) eachDate(w *writer, from, until time.Time, f func(Entry)) error {
	return eachOf(w, s.cfg.Archive.Dates, Stretch{From: from, Until: until}, f)
}

func (s *Site) eachEntry(w *writer, stretch Stretch, f func(Entry)) error {
	return eachOf(w, s.cfg.Archive.Entries, stretch, f)
}

func eachOf(w *writer, ask func(context.Context, Stretch) ([]Entry, error), stretch Stretch, f func(Entry)) error {
	for stretch.Limit = entriesBatch; ; {
		entries, err := ask(w.ctx, stretch)
		if err != nil {
			return err
		}
		for _, e := range entries {
			f(e)
			stretch.From, stretch.After = e.PublishedAt, e.Article
		}
		if len(entries) < entriesBatch {
			return nil
		}
	}
}

// putSitemap writes the parts that a change has a part in, then the index, and removes parts that are no more.
func (s *Site) putSitemap(w *writer, c scope) error {
	months, err := s.mapCalendar(w)
	if err != nil {
		return err
	}
	o, err := months.outline(c.at)
	if err != nil {
		return err
	}
	for _, p := range o.pages {
		if err := s.putMapPart(w, months.file(p), p); err != nil {
			return err
		}
	}
	if err := s.putMapOfLists(w); err != nil {
		return err
	}
	stale := map[string]bool{}
	for _, p := range o.stale {
		stale[months.file(p)] = true
	}
	if err := s.putMapIndex(w, stale); err != nil {
		return err
	}
	for _, name := range sortedKeys(stale) {
		if err := w.remove(name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Site) putMapPart(w *writer, name string, p period) error {
	var set urlset
	err := s.eachDate(w, p.from, p.until, func(e Entry) {
		set.URLs = append(set.URLs, mapURL{s.Address(e.Article), instant(lastChange(e))})
	})
	if err != nil {
		return err
	}
	data, err := marshalXML(set)
	if err != nil {
		return err
	}
	return w.put(name, data)
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
func (s *Site) putMapIndex(w *writer, stale map[string]bool) error {
	index := mapIndex{Parts: []mapURL{{Loc: s.absolute("sitemap/pages.xml")}}}
	err := eachFile(w, "sitemap", func(name string) error {
		if mapPart.MatchString(name) && !stale[name] {
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

// mapPart is what the parts that articles are in are called.
var mapPart = regexp.MustCompile(`^sitemap/[0-9]{4,5}-[0-9]{2}(/[0-9-]{2,16})?\.xml$`)
