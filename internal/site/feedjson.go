package site

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"

	"newsdesk/internal/press"
)

// jsonFeed is a feed in the form of https://www.jsonfeed.org/version/1.1/.
type jsonFeed struct {
	Version  string         `json:"version"`
	Title    string         `json:"title"`
	Home     string         `json:"home_page_url"`
	Self     string         `json:"feed_url"`
	Authors  []jsonAuthor   `json:"authors"`
	Language string         `json:"language"`
	Items    []jsonFeedItem `json:"items"` // empty, never null
}

type jsonAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// jsonFeedItem has its body or else, because the form wants one of the two, its summary as text.
type jsonFeedItem struct {
	ID        string   `json:"id"`
	URL       string   `json:"url"`
	Title     string   `json:"title"`
	HTML      string   `json:"content_html,omitempty"`
	Text      string   `json:"content_text,omitempty"`
	Summary   string   `json:"summary,omitempty"`
	Image     string   `json:"image,omitempty"`
	Published string   `json:"date_published"`
	Modified  string   `json:"date_modified"`
	Tags      []string `json:"tags,omitempty"`
	Language  string   `json:"language"`

	Attachments []jsonFile `json:"attachments,omitempty"`
}

type jsonFile struct {
	URL   string `json:"url"`
	Type  string `json:"mime_type"`
	Title string `json:"title"`
}

const jsonFeedName = "feed.json"

func jsonFeedFile(column press.Column) string {
	return strings.TrimSuffix(feedFile(column), "feed.xml") + jsonFeedName
}

// PageJSONFeed returns the other form of a column's own feed.
func (b basis) PageJSONFeed() string {
	if b.PageFeed == "" {
		return ""
	}
	return strings.TrimSuffix(b.PageFeed, "feed.xml") + jsonFeedName
}

func (l *list) putJSONFeed(w *writer, items []feedItem) error {
	s := l.s
	title, home := l.feedHome()
	f := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: title, Home: home, Self: s.absolute(jsonFeedFile(l.column)),
		Authors: []jsonAuthor{{s.chrome.Name, s.absolute("")}}, Language: s.chrome.Lang, Items: []jsonFeedItem{},
	}
	for _, item := range items {
		f.Items = append(f.Items, s.jsonItem(item))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(f); err != nil {
		return err
	}
	return w.put(jsonFeedFile(l.column), out.Bytes())
}

func (s *Site) jsonItem(e feedItem) jsonFeedItem {
	out := jsonFeedItem{
		ID: e.address, URL: e.address, Title: e.Title, HTML: e.body, Summary: e.Summary, Tags: e.Column,
		Published: instant(e.PublishedAt), Modified: instant(lastChange(e.Entry)), Language: langOf(e.Title),
	}
	if photoName.MatchString(e.Thumb) {
		out.Image = s.absolute(e.Thumb)
	}
	for _, name := range e.files {
		out.Attachments = append(out.Attachments, jsonFile{s.absolute(name), typeOf(name), path.Base(name)})
	}
	if out.HTML != "" {
		return out
	}
	if out.Text = e.Summary; out.Text == "" {
		out.Text = e.Title
	}
	return out
}
