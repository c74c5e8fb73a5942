package sandbox

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

type articlePage struct {
	base
	Heading, Author, When, Notice, Source string
	Gone, IsText                          bool
	Content                               template.HTML
	Pictures                              []string
}

// showArticle shows what is behind http://mp.weixin.qq.com/s/…, and behind the temporary addresses of previews.
func (s *Sandbox) showArticle(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if id == "" {
		id = r.URL.Query().Get("tempkey")
	}
	p := articlePage{base: newBase(r)}
	a, found := s.fillArticle(&p, id)
	if !found {
		s.showMissing(w, r)
		return
	}
	p.Body = "article"
	switch {
	case p.Gone:
		p.Title = p.T("Deleted", "已删除")
	case a.ArticleType == newsPic:
		p.IsText = true
		p.Content = template.HTML(template.HTMLEscapeString(a.Content))
	default:
		p.Content = template.HTML(localise(a.Content))
	}
	s.render(w, http.StatusOK, "article", p)
}

// fillArticle finds the article and takes from it what the page shows, except its body.
func (s *Sandbox) fillArticle(p *articlePage, id string) (article, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, found := s.shown[id]
	if !found {
		return article{}, false
	}
	now := s.now()
	s.settleDue(at.acct, now)
	list, when, preview := s.articlesAt(at, now)
	if at.index >= len(list) {
		return article{}, false
	}
	a := list[at.index]
	p.about(at.acct, "")
	p.Title, p.Heading, p.Author, p.Gone, p.Source = a.Title, a.Title, a.Author, a.IsDeleted, a.ContentSourceURL
	p.When = china(when).Format("2006-01-02 15:04")
	if preview {
		p.Notice = p.T("Preview: a temporary address", "预览：临时链接")
	}
	if a.ArticleType == newsPic && a.ImageInfo != nil {
		p.Pictures = s.newsPictures(at.acct, a)
	}
	return a, true
}

func (s *Sandbox) articlesAt(at page, now time.Time) (list []article, when time.Time, preview bool) {
	switch at.kind {
	case previewPage:
		if d, found := at.acct.drafts.get(at.key); found {
			return d.Articles, d.Updated, true
		}
	case publishedPage:
		if p, found := at.acct.published.get(at.key); found {
			p = s.laterIfDue(at.acct, p, now)
			return p.Articles, p.Submitted, false
		}
	case massPage:
		if m, found := at.acct.masses.get(at.key); found {
			return m.Articles, m.Finished, m.Preview
		}
	}
	return nil, time.Time{}, false
}

func (s *Sandbox) newsPictures(a *account, art article) []string {
	var out []string
	for _, ref := range art.ImageInfo.ImageList {
		if m, found := a.materials.get(ref.ImageMediaID); found {
			out = append(out, localPath(s.materialItem(m).URL))
		}
	}
	return out
}

// localPath turns an address on the platform's hosts into the same path here; anything else becomes "".
func localPath(address string) string {
	u, err := url.Parse(address)
	if err != nil || (u.Host != "mp.weixin.qq.com" && !isImageHost(u.Host)) || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") {
		return ""
	}
	return u.RequestURI()
}

// localise makes a stored body show on the sandbox's own page: pictures come from here. It also shows a fault of the
// platform that writers must know: white space between list items becomes an empty item.
func localise(stored string) string {
	context := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(stored), context)
	if err != nil {
		return ""
	}
	var out strings.Builder
	for _, n := range nodes {
		localiseNode(n)
		darken(n, nightGround)
		if html.Render(&out, n) != nil {
			return ""
		}
	}
	return out.String()
}

func localiseNode(n *html.Node) {
	for i := range n.Attr {
		localiseAttribute(n, &n.Attr[i])
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if betweenItems(child) {
			child.Type, child.Data, child.DataAtom = html.ElementNode, "li", atom.Li
			continue
		}
		localiseNode(child)
	}
}

func localiseAttribute(n *html.Node, a *html.Attribute) {
	switch {
	case a.Key == "data-src" && n.Data == "img":
		a.Key, a.Val = "src", localPath(a.Val)
	case a.Key == "href" && n.Data == "image":
		a.Val = localPath(a.Val)
	case a.Key == "href":
		if path := localPath(a.Val); strings.HasPrefix(path, "/s/") {
			a.Val = path
		}
	case a.Key == "style":
		a.Val = strings.ReplaceAll(strings.ReplaceAll(a.Val, "https://mmbiz.qpic.cn/", "/"), "http://mmbiz.qpic.cn/", "/")
	}
}

func betweenItems(n *html.Node) bool {
	isItem := func(m *html.Node) bool { return m != nil && m.Data == "li" }
	return n.Type == html.TextNode && strings.TrimSpace(n.Data) == "" && isItem(n.PrevSibling) && isItem(n.NextSibling)
}

// sendPicture serves the bytes behind an mmbiz address, in whatever size they were uploaded.
func (s *Sandbox) sendPicture(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	p := s.pictures[r.PathValue("id")]
	s.mu.Unlock()
	if p == nil {
		http.NotFound(w, r)
		return
	}
	data, err := s.bytes.get(p.Digest)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", contentTypeOf(p.Format))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "max-age=31536000, immutable")
	_, _ = w.Write(data)
}
