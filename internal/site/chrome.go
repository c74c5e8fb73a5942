package site

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"
	"unicode"

	"newsdesk/internal/press"
	"newsdesk/internal/site/search"
)

// chrome is what every page shares; it does not depend on any article.
type chrome struct {
	Name   string
	Lang   string // as in HTML
	Locale string // as in Open Graph
	Seal   string // one character, drawn in the masthead's square
	W      words

	Home, All, Tree, Feed, Map string // addresses
	Style, State, Icon         string // addresses
	ofArticle                  string // of the style sheet of an article's page
	Script                     string // address of what an article's page runs
	Code                       string // address of what it draws a QR code with; "": it offers none
	IconType                   string
	Logo                       *logo // instead of the square
	// The page's ground, for the browser's own bar. The school's colour would stay there on grey days, of which a page's own
	// bytes know nothing.
	PaperLight, PaperDark string
	Filing                string // the site's ICP filing number
	Search, OpenSearch    string // addresses
	JSONFeed              string
	searchScript          string
	variants              string // address of what the search takes for the same
	files                 map[string][]byte
}

// words are the sentences of the pages in one language.
type words struct {
	Home, Here, All, Columns, More, Older, Oldest, Newer, Newest, ArchivePage string
	Previous, Next, NoPrevious, NoNext, Source, Author, Photos, Editor        string
	Reviewer, Updated, Subscribe, Map, Empty, EmptyHint, Latest, Skip         string
	Search, Corrections, Gone, GoneHint                                       string
	Missing, MissingHint, Main, Around, Pages, Published, Articles, Colon     string
	Address, CopyLink, Copied, Photo, PhotoBefore, PhotoAfter, Close, Print   string
	Scan, ScanHint, ScanLabel                                                 string
	Attachments                                                               string
}

func wordsIn(lang press.Lang) words {
	if lang == press.English {
		return words{
			Home: "Home", Here: "Current location", All: "All news", Columns: "Columns", More: "More", Older: "Older",
			Oldest: "Oldest", Newer: "Newer", Newest: "Newest", ArchivePage: "Archive",
			Previous: "Previous", Next: "Next", NoPrevious: "This is the first article", NoNext: "This is the latest article",
			Source: "Source", Author: "By", Photos: "Photos", Editor: "Editor", Reviewer: "Reviewed by", Updated: "Updated",
			Subscribe: "Subscribe (Atom)", Map: "Sitemap", Empty: "Nothing has been published here yet",
			EmptyHint: "The first article will appear here as soon as it is published.", Latest: "Latest", Search: "Search", Skip: "Skip to content",
			Corrections: "Corrections", Gone: "This article has been taken down",
			GoneHint: "The publisher has removed it, and it is not on this site any more.",
			Missing:  "Page not found", MissingHint: "The address may be mistyped, or the article has been withdrawn.",
			Main: "Main", Around: "Previous and next article", Pages: "Pages of this list", Published: "Published",
			Articles: "articles", Colon: ": ",
			Address: "Address of this article", CopyLink: "Copy link", Copied: "Link copied", Print: "Print", Scan: "Share on WeChat",
			ScanHint: "Scan with WeChat to read it on your phone and pass it on", ScanLabel: "QR code of this article’s address",
			Attachments: "Attachments", Photo: "Photo", PhotoBefore: "Previous photo", PhotoAfter: "Next photo", Close: "Close",
		}
	}
	return words{
		Home: "首页", Here: "当前位置", All: "全部新闻", Columns: "全部栏目", More: "更多", Older: "较早", Oldest: "最早",
		Newer: "较新", Newest: "最新", ArchivePage: "往期", Previous: "上一篇", Next: "下一篇", NoPrevious: "已是第一篇",
		NoNext: "已是最新一篇", Source: "来源", Author: "供稿", Photos: "摄影", Editor: "编辑", Reviewer: "审核", Updated: "更新",
		Subscribe: "订阅（Atom）", Map: "网站地图", Empty: "这里还没有文章", EmptyHint: "文章发布后会第一时间出现在这里。",
		Corrections: "更正说明", Gone: "这篇文章已撤下", GoneHint: "文章已从本站撤下，不再提供阅读。",
		Latest: "最新消息", Search: "搜索", Skip: "跳到正文", Missing: "没有找到这个页面", MissingHint: "可能是网址有误，或者文章已经撤下。",
		Main: "主导航", Around: "上一篇与下一篇", Pages: "列表分页", Published: "发布", Articles: "篇", Colon: "：",
		Address: "本文地址", CopyLink: "复制链接", Copied: "链接已复制", Print: "打印本页", Scan: "分享到微信",
		ScanHint: "用微信“扫一扫”，在手机上打开后转发", ScanLabel: "本文网址二维码", Attachments: "附件", Photo: "图片", PhotoBefore: "上一张", PhotoAfter: "下一张", Close: "关闭",
	}
}

func (s *Site) newChrome(l *look) chrome {
	c := chrome{Name: s.cfg.Title.In(s.cfg.Lang), Lang: tagOf(s.cfg.Lang), Locale: localeOf(s.cfg.Lang), W: wordsIn(s.cfg.Lang)}
	c.Seal, c.Filing = sealOf(c.Name), s.cfg.Filing
	c.Home, c.All, c.Tree = s.link(""), s.link(indexFile(nil)), s.link("c/")
	c.Feed, c.Map = s.link(feedFile(nil)), s.link("sitemap.xml")
	c.files = map[string][]byte{}
	c.Style, c.State = s.addAsset(c, "site.css", l.lists), s.link(stateFile)
	if c.ofArticle = c.Style; !bytes.Equal(l.style, l.lists) {
		c.ofArticle = s.addAsset(c, "article.css", l.style)
	}
	if !s.cfg.Alone {
		c.Script = s.addAsset(c, "article.js", squeezeScript(articleScript))
		if s.cfg.Code != "" {
			c.Code = s.addAsset(c, "code.js", []byte(s.cfg.Code))
		}
	}
	c.Icon, c.IconType = s.addAsset(c, l.icon.name, l.icon.data), contentType(path.Ext(l.icon.name))
	c.PaperLight, c.PaperDark = l.paper[0], l.paper[1]
	s.addSearch(&c)
	if l.logo != nil {
		mark := *l.logo
		mark.URL = s.addAsset(c, mark.name, mark.data)
		c.Logo = &mark
	}
	return c
}

// addAsset names a file by its content, so that caches may keep it for good.
func (s *Site) addAsset(c chrome, name string, data []byte) string {
	ext := path.Ext(name)
	file := "assets/" + strings.TrimSuffix(name, ext) + "." + string(press.DigestOf(data)[:10]) + ext
	c.files[file] = data
	return s.link(file)
}

// sealOf returns the first letter of the title.
func sealOf(title string) string {
	for _, r := range title {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "·"
}

// putChrome writes the files that all pages name.
func (s *Site) putChrome(w *writer) error {
	for _, name := range sortedKeys(s.chrome.files) {
		if err := w.put(name, s.chrome.files[name]); err != nil {
			return err
		}
	}
	instead := map[string]missingView{
		"404.html": {s.basis(s.chrome.W.Missing), "404", s.chrome.W.Missing, s.chrome.W.MissingHint},
		"410.html": {s.basis(s.chrome.W.Gone), "410", s.chrome.W.Gone, s.chrome.W.GoneHint},
	}
	for _, name := range sortedKeys(instead) {
		page, err := s.pages.render("missing", instead[name])
		if err != nil {
			return err
		}
		if err := w.put(name, page); err != nil {
			return err
		}
	}
	if err := s.putSearchPage(w); err != nil {
		return err
	}
	return s.putState(w)
}

const lookFile = privateDir + "/look"

// look identifies everything outside the articles that is on every page. When it changes, a rebuild brings the pages in
// step.
func (s *Site) look() []byte {
	data, _ := json.Marshal([]any{
		1, s.pages.digest, s.base.String(), s.chrome.Name, s.chrome.Lang, s.cfg.PageSize,
		s.cfg.Zone.String(), search.Format, s.chrome.variants, s.chrome.Style, s.chrome.ofArticle, s.chrome.Script, s.chrome.Code, s.chrome.Icon, s.cfg.Meta, s.cfg.Filing,
	}) // strings and numbers: cannot fail
	return []byte(press.DigestOf(data))
}
