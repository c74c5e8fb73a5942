package site

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newsdesk/internal/press"
)

// record is what an article's page says about itself: enough to find every other file that it has a part in.
type record struct {
	Column      press.Column      `json:"column,omitempty"`
	PublishedAt time.Time         `json:"published_at"`
	ModifiedAt  time.Time         `json:"-"`
	Photos      []string          `json:"photos,omitempty"` // files, those of attachments too
	Around      []press.ArticleID `json:"-"`                // previous and next
}

func (r record) samePlace(o record) bool {
	return slices.Equal(r.Column, o.Column) && r.PublishedAt.Equal(o.PublishedAt)
}

// newsArticle is the page's structured data in the terms of schema.org.
type newsArticle struct {
	Context     string    `json:"@context"`
	Type        string    `json:"@type"`
	Headline    string    `json:"headline"`
	Alternative string    `json:"alternativeHeadline,omitempty"`
	Description string    `json:"description,omitempty"`
	Section     []string  `json:"articleSection,omitempty"` // the column's path
	Published   time.Time `json:"datePublished"`
	Modified    time.Time `json:"dateModified"`
	Language    string    `json:"inLanguage"`
	Page        string    `json:"mainEntityOfPage"`
	Images      []string  `json:"image,omitempty"`
	Author      *party    `json:"author,omitempty"`
	Editor      *party    `json:"editor,omitempty"`
	Publisher   party     `json:"publisher"`
	SourceOf    *party    `json:"sourceOrganization,omitempty"`
	Accessible  bool      `json:"isAccessibleForFree"`
	PhotoCredit string    `json:"creditText,omitempty"`
	Thumbnail   string    `json:"thumbnailUrl,omitempty"`

	Corrections []correctionComment `json:"correction,omitempty"`
}

// correctionComment is schema.org's form of what readers are told was corrected.
type correctionComment struct {
	Type      string    `json:"@type"`
	Text      string    `json:"text"`
	Published time.Time `json:"datePublished"`
}

type party struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

func partyOf(kind, name string) *party {
	if name == "" {
		return nil
	}
	return &party{Type: kind, Name: name}
}

// readRecord reads back what a page of this package is about; false if the bytes are not such a page.
func (s *Site) readRecord(page []byte) (record, bool) {
	var r record
	found := false
	addPhoto := func(address string) {
		if name := s.nameOf(address); photoName.MatchString(name) && !slices.Contains(r.Photos, name) {
			r.Photos = append(r.Photos, name)
		}
	}
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		if z.Next() == html.ErrorToken {
			r.Photos = append(r.Photos, s.attached(page)...)
			return r, found
		}
		switch t := z.Token(); t.DataAtom {
		case atom.Img, atom.Source:
			eachSource(t, addPhoto)
		case atom.A:
			if rel := attr(t, "rel"); rel == "prev" || rel == "next" {
				if id := articleIn(s.nameOf(attr(t, "href"))); id != "" {
					r.Around = append(r.Around, id)
				}
			}
		case atom.Script:
			if found || t.Type != html.StartTagToken || z.Next() != html.TextToken {
				continue
			}
			var data newsArticle
			if json.Unmarshal(z.Raw(), &data) == nil && data.Type == newsArticleType {
				r.Column, r.PublishedAt, r.ModifiedAt, found = data.Section, data.Published, data.Modified, true
				for _, image := range data.Images {
					addPhoto(image)
				}
			}
		}
	}
}

// eachSource calls f for every address in src and srcset.
func eachSource(t html.Token, f func(string)) {
	f(attr(t, "src"))
	for _, candidate := range strings.Split(attr(t, "srcset"), ",") {
		if fields := strings.Fields(candidate); len(fields) > 0 {
			f(fields[0])
		}
	}
}

func attr(t html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// onDisk returns the record of an article's page as it stands; false if there is none.
func (s *Site) onDisk(w *writer, id press.ArticleID) (record, bool, error) {
	page, err := w.read(s.Path(id))
	if err != nil || page == nil {
		return record{}, false, err
	}
	r, ok := s.readRecord(page)
	return r, ok, nil
}
