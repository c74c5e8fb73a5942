package site

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// atomRead is what RFC 4287 wants of a feed (4.1.1) and of an entry (4.1.2).
type atomRead struct {
	XMLName xml.Name   `xml:"http://www.w3.org/2005/Atom feed"`
	ID      []string   `xml:"id"`
	Title   []string   `xml:"title"`
	Updated []string   `xml:"updated"`
	Author  []string   `xml:"author>name"`
	Links   []atomLink `xml:"link"`
	Entries []struct {
		ID        []string   `xml:"id"`
		Title     []string   `xml:"title"`
		Updated   []string   `xml:"updated"`
		Published []string   `xml:"published"`
		Links     []atomLink `xml:"link"`
		Summary   []string   `xml:"summary"`
		Content   []struct {
			Type string `xml:"type,attr"`
			HTML string `xml:",chardata"`
		} `xml:"content"`
	} `xml:"entry"`
}

func mustAddress(t *testing.T, what, address string) {
	t.Helper()
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" || u.Host != "news.example.edu.cn" {
		t.Errorf("%s: %q is not a whole address of the site", what, address)
	}
}

// mustTime checks for RFC 3339, which both forms want.
func mustTime(t *testing.T, what string, at ...string) time.Time {
	t.Helper()
	if len(at) != 1 {
		t.Fatalf("%s: %d times", what, len(at))
	}
	out, err := time.Parse(time.RFC3339, at[0])
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	return out
}

// checkAtom holds a feed to the rules of RFC 4287 and returns the addresses of its entries.
func checkAtom(t *testing.T, name, text string) (ids []string) {
	t.Helper()
	var f atomRead
	if err := xml.Unmarshal([]byte(text), &f); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(f.ID) != 1 || len(f.Title) != 1 || len(f.Author) != 1 || !slices.ContainsFunc(f.Links, func(l atomLink) bool { return l.Rel == "self" && l.Href == f.ID[0] }) {
		t.Errorf("%s: %v %v %v %v", name, f.ID, f.Title, f.Author, f.Links)
	}
	newest := mustTime(t, name, f.Updated...)
	for _, e := range f.Entries {
		if len(e.ID) != 1 || len(e.Title) != 1 || len(e.Summary) > 1 || len(e.Content) > 1 || slices.Contains(ids, e.ID[0]) {
			t.Fatalf("%s: %+v", name, e)
		}
		ids = append(ids, e.ID[0])
		mustTime(t, e.ID[0], e.Published...)
		if mustTime(t, e.ID[0], e.Updated...).After(newest) {
			t.Errorf("%s: changed after its feed", e.ID[0])
		}
		for _, l := range e.Links {
			mustAddress(t, e.ID[0], l.Href)
		}
		if len(e.Content) > 0 {
			checkPortable(t, e.ID[0], e.Content[0].HTML)
		}
	}
	return ids
}

// checkPortable wants a body to be whole on any other site: whole addresses, pictures with their sizes, no style and no script.
func checkPortable(t *testing.T, what, body string) {
	t.Helper()
	doc := parse(t, body)
	for _, n := range find(doc, "a", "img") {
		for _, key := range []string{"href", "src"} {
			if address := attrOf(n, key); address != "" && !strings.HasPrefix(address, "https://example.edu.cn/") {
				mustAddress(t, what, address)
			}
		}
		if n.Data == "img" && (attrOf(n, "width") == "" || attrOf(n, "srcset") != "") {
			t.Errorf("%s: %v", what, n.Attr)
		}
	}
	if bad := find(doc, "script", "style", "button", "source", "svg"); len(bad) > 0 || strings.Contains(body, "class=") || strings.Contains(body, "<!--") {
		t.Errorf("%s: %d things of the site's own: %s", what, len(bad), body)
	}
}

// checkJSONFeed holds a feed to https://www.jsonfeed.org/version/1.1/ and returns the addresses of its items.
func checkJSONFeed(t *testing.T, name, text string) (ids []string, bodies int) {
	t.Helper()
	var f struct {
		Version, Title, Language string
		Home                     string `json:"home_page_url"`
		Self                     string `json:"feed_url"`
		Items                    *[]map[string]any
	}
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if f.Version != "https://jsonfeed.org/version/1.1" || f.Title == "" || f.Items == nil {
		t.Errorf("%s: %+v", name, f)
	}
	mustAddress(t, name, f.Home)
	mustAddress(t, name, f.Self)
	known := []string{"id", "url", "title", "content_html", "content_text", "summary", "image", "date_published", "date_modified", "tags", "language"}
	for _, item := range *f.Items {
		for key, value := range item {
			if _, isText := value.(string); !slices.Contains(known, key) || isText == (key == "tags") {
				t.Errorf("%s: %s is %v", name, key, value)
			}
		}
		id, _ := item["id"].(string)
		ids = append(ids, id)
		mustAddress(t, name, id)
		for _, key := range []string{"date_published", "date_modified"} {
			at, _ := item[key].(string)
			mustTime(t, id, at)
		}
		html, _ := item["content_html"].(string)
		plain, _ := item["content_text"].(string)
		if (html == "") == (plain == "") {
			t.Errorf("%s: one form of the content is wanted", id)
		}
		if html != "" {
			bodies++
			checkPortable(t, id, html)
		}
	}
	return ids, bodies
}

// TestFeeds follows the feeds of every list through articles that come, are corrected and go.
func TestFeeds(t *testing.T) {
	t.Parallel()
	s, archive := newSite(t, nil)
	if err := s.Refresh(t.Context(), nil, ""); err != nil {
		t.Fatal(err)
	}
	if ids := checkAtom(t, "empty", tree(t, s)["feed.xml"]); len(ids) != 0 {
		t.Errorf("an empty site has %v", ids)
	}
	checkJSONFeed(t, "empty", tree(t, s)["feed.json"])
	var last Article
	for n := range 4 {
		last = sample(t, n)
		live(t, s, archive, last)
	}
	long := sample(t, 30) // of every kind of block, and longer than feeds hold
	for range 400 {
		long.Content.Body.Blocks = append(long.Content.Body.Blocks, para(sentences[0]))
	}
	live(t, s, archive, long)
	for _, column := range []press.Column{nil, groupNews[:1], groupNews, campus, notices} {
		files := tree(t, s)
		ids := checkAtom(t, feedFile(column), files[feedFile(column)])
		same, bodies := checkJSONFeed(t, jsonFeedFile(column), files[jsonFeedFile(column)])
		if !slices.Equal(ids, same) || len(ids) == 0 {
			t.Errorf("%v: %v in Atom, %v in JSON", column, ids, same)
		}
		if wantLess := slices.Contains(ids, s.Address(long.ID)); wantLess == (bodies == len(ids)) {
			t.Errorf("%v: %d bodies of %d articles", column, bodies, len(ids))
		}
	}
	last.Content.Body = press.Body{Blocks: []press.Block{para("更正后的正文 <&> “引号”")}}
	last.Content, last.Photos, last.UpdatedAt = last.Content.Normalize(), nil, last.PublishedAt.Add(time.Hour)
	live(t, s, archive, last)
	for _, name := range []string{"feed.xml", "feed.json", jsonFeedFile(last.Content.Column)} {
		text := tree(t, s)[name]
		if !strings.Contains(text, "更正后的正文") || !strings.Contains(text, instant(last.UpdatedAt)) {
			t.Errorf("%s: the correction is not in it", name)
		}
	}
	archive.delete(last.ID)
	if err := s.Remove(t.Context(), last.ID, last.Content.Column); err != nil {
		t.Fatal(err)
	}
	files := tree(t, s)
	for _, name := range []string{"feed.xml", "feed.json"} {
		if strings.Contains(files[name], string(last.ID)) {
			t.Errorf("%s: the retracted article is in it", name)
		}
	}
	if strings.Contains(files[feedFile(last.Content.Column)]+files[jsonFeedFile(last.Content.Column)], string(last.ID)) {
		t.Error("the column's feeds have the retracted article")
	}
}

// TestSearchIsAnnounced: robots.txt and the description of the search are in the site's language, and every page leads to feeds and search.
func TestSearchIsAnnounced(t *testing.T) {
	t.Parallel()
	for _, lang := range []press.Lang{press.Chinese, press.English} {
		s, archive := newSite(t, func(c *Config) { c.Lang, c.BaseURL = lang, "https://news.example.edu.cn/sub/" })
		live(t, s, archive, plain(0))
		files := tree(t, s)
		var d struct {
			XMLName     xml.Name `xml:"http://a9.com/-/spec/opensearch/1.1/ OpenSearchDescription"`
			ShortName   string
			Description string
			Language    string
			URL         []openSearchURL `xml:"Url"`
		}
		if err := xml.Unmarshal([]byte(files["opensearch.xml"]), &d); err != nil {
			t.Fatal(err)
		}
		if n := len([]rune(d.ShortName)); n == 0 || n > 16 || len([]rune(d.Description)) > 1024 || d.Language != tagOf(lang) || strings.Contains(d.ShortName, "学院") != (lang == press.Chinese) {
			t.Errorf("%+v", d)
		}
		if d.URL[0].Template != "https://news.example.edu.cn/sub/search.html?q={searchTerms}" {
			t.Errorf("%+v", d.URL)
		}
		if robots := files["robots.txt"]; !strings.Contains(robots, "\nDisallow: /sub/search/\n") || !strings.Contains(robots, "\nSitemap: https://news.example.edu.cn/sub/sitemap.xml\n") || !strings.HasPrefix(robots, "# "+s.chrome.Name) {
			t.Error(robots)
		}
		for name, text := range files {
			if !strings.HasSuffix(name, ".html") {
				continue
			}
			page := parse(t, text)
			for kind, file := range map[string]string{"application/feed+json": "feed.json", "application/atom+xml": "feed.xml", "application/opensearchdescription+xml": "opensearch.xml"} {
				if links := find(page, "link[type="+kind+"]"); len(links) == 0 || attrOf(links[0], "href") != "/sub/"+file {
					t.Errorf("%s: no way to %s", name, file)
				}
			}
			if box := find(page, "form.find"); len(box) != 1 || attrOf(box[0], "action") != "/sub/search.html" {
				t.Errorf("%s: no box", name)
			}
		}
	}
}
