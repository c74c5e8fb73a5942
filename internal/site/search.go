package site

import (
	_ "embed"
	"encoding/xml"
	"fmt"

	"newsdesk/internal/press"
	"newsdesk/internal/site/search"
)

// searchScript looks for words in the index that package search makes.
//
//go:embed assets/search.js
var searchScript []byte

const (
	searchFile     = "search.html"
	openSearchFile = "opensearch.xml"
)

// searchView is the page on which readers search. The script fills it.
type searchView struct {
	basis
	Base   string // of every address within the site
	Script string
	// Variants is the address of the characters that count as others; "": there are none.
	Variants string
	Say      searchWords
}

// searchWords is what the search page says. %d is how many articles are shown.
type searchWords struct {
	Ask, Busy, Found, Loose, Some, None, Paused, Failed, More, Older, Again string
	NoScript                                                                string
}

func searchWordsIn(lang press.Lang) searchWords {
	if lang == press.English {
		return searchWords{
			Ask: "Words in title or text", Busy: "Searching…",
			Found: "Found: %d", Loose: "Nothing matches exactly. Showing articles with the words taken apart: %d",
			Some: "Showing %d so far; there may be more", None: "No article has all of these words. Fewer or shorter words find more.",
			Paused: "Found so far: %d. Older texts have not been searched yet.", Failed: "The search could not be loaded. Is the network there?",
			More: "Show more", Older: "Search older texts", Again: "Try again",
			NoScript: "Searching needs scripts, which this browser does not run. Every article can also be found by its column or its month:",
		}
	}
	return searchWords{
		Ask: "输入标题或正文中的词语", Busy: "正在搜索…",
		Found: "找到 %d 篇", Loose: "没有完全一致的结果，以下 %d 篇含有拆开后的词语",
		Some: "已显示 %d 篇，可能还有更多", None: "没有找到同时包含这些词语的文章，可以减少词语或换个说法再试。",
		Paused: "目前找到 %d 篇，更早的正文尚未搜索。", Failed: "搜索数据未能载入，请检查网络。",
		More: "显示更多", Older: "继续搜索更早的正文", Again: "重试",
		NoScript: "浏览器未启用脚本，无法使用搜索。也可以按栏目或月份查找文章：",
	}
}

// addSearch adds what leads to the search to what all pages share.
func (s *Site) addSearch(c *chrome) {
	c.Search, c.OpenSearch, c.JSONFeed = s.link(searchFile), s.link(openSearchFile), s.link(jsonFeedFile(nil))
	c.searchScript = s.addAsset(*c, "search.js", squeezeScript(searchScript))
	if s.cfg.Variants != "" {
		c.variants = s.addAsset(*c, "variants.txt", []byte(s.cfg.Variants))
	}
	c.files[openSearchFile] = s.openSearch(*c)
	c.files["robots.txt"] = s.robots(*c)
}

// putSearchPage writes the page; what it searches is written with the lists.
func (s *Site) putSearchPage(w *writer) error {
	v := searchView{basis: s.basis(s.chrome.W.Search), Base: s.base.EscapedPath(), Script: s.chrome.searchScript, Variants: s.chrome.variants, Say: searchWordsIn(s.cfg.Lang)}
	page, err := s.pages.render("search", &v)
	if err != nil {
		return err
	}
	return w.put(searchFile, page)
}

// openSearchDescription lets browsers offer the site's search in their own box (OpenSearch 1.1, draft 6).
type openSearchDescription struct {
	XMLName     xml.Name        `xml:"http://a9.com/-/spec/opensearch/1.1/ OpenSearchDescription"`
	ShortName   string          `xml:"ShortName"`
	Description string          `xml:"Description"`
	URL         []openSearchURL `xml:"Url"`
	Image       openSearchImage `xml:"Image"`
	Language    string          `xml:"Language"`
	Encoding    string          `xml:"InputEncoding"`
}

type openSearchURL struct {
	Type     string `xml:"type,attr"`
	Rel      string `xml:"rel,attr"`
	Template string `xml:"template,attr"`
}

type openSearchImage struct {
	Type string `xml:"type,attr"`
	URL  string `xml:",chardata"`
}

func (s *Site) openSearch(c chrome) []byte {
	name := []rune(c.Name)
	d := openSearchDescription{
		ShortName: string(name[:min(len(name), 16)]), Description: c.W.Search + c.W.Colon + c.Name, Language: c.Lang, Encoding: "UTF-8",
		URL: []openSearchURL{
			{"text/html", "results", s.absolute(searchFile) + "?q={searchTerms}"},
			{"application/opensearchdescription+xml", "self", s.absolute(openSearchFile)},
			{"application/atom+xml", "collection", s.absolute(feedFile(nil))},
		},
		Image: openSearchImage{c.IconType, s.absolute(s.nameOf(c.Icon))},
	}
	data, err := marshalXML(d)
	if err != nil {
		panic("site: " + err.Error()) // strings: cannot fail
	}
	return data
}

// robots lets everybody read everything. What the search is made of is the same texts once more.
func (s *Site) robots(c chrome) []byte {
	return fmt.Appendf(nil, "# %s\n# %s\n\nUser-agent: *\nAllow: /\nDisallow: %s\n\nSitemap: %s\n",
		c.Name, s.absolute(""), s.link(search.Dir+"/"), s.absolute("sitemap.xml"))
}
