package sandbox

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Edit is a change that a colleague makes to a draft in WeChat's own console. Fields that are nil stay.
type Edit struct{ Title, Author, Digest, Content *string }

// EditDraft plays a colleague who opens a draft in WeChat's console and saves it. The body is stored as that editor writes
// it, with a span around every run of text, even when only the title was changed.
func (s *Sandbox) EditDraft(appid, mediaID string, index int, e Edit) error {
	s.mu.Lock()
	a := s.byAppID[appid]
	if a == nil {
		s.mu.Unlock()
		return fmt.Errorf("sandbox: there is no account %q", appid)
	}
	d, found := a.drafts.get(mediaID)
	s.mu.Unlock()
	if !found || index < 0 || index >= len(d.Articles) {
		return fmt.Errorf("sandbox: there is no such draft of %s", appid)
	}
	form := d.Articles[index]
	form.Content = strings.ReplaceAll(form.Content, "&#39;", "'")
	set(&form.Title, e.Title)
	set(&form.Author, e.Author)
	set(&form.Digest, e.Digest)
	set(&form.Content, e.Content)
	return s.editDraft(a, mediaID, index, form)
}

func counted(s string) text { return text{s, utf8.RuneCountInString(s)} }

// editDraft stores what a form of the console says. The web editor is more generous than the API.
func (s *Sandbox) editDraft(a *account, mediaID string, index int, form article) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, found := a.drafts.get(mediaID)
	if !found || index < 0 || index >= len(d.Articles) {
		return refuse(40007, "invalid media_id")
	}
	next := d.Articles[index]
	next.Title, next.Author, next.Digest, next.ContentSourceURL = form.Title, form.Author, form.Digest, form.ContentSourceURL
	limits := LenientLimits()
	in := sentArticle{
		ArticleType: counted(next.ArticleType), Title: counted(next.Title), Author: counted(next.Author), Digest: counted(next.Digest),
		Content: counted(form.Content),
	}
	if err := limits.checkLengths(in); err != nil {
		return err
	}
	if err := limits.checkSource(counted(next.ContentSourceURL)); err != nil {
		return err
	}
	next, err := limits.acceptBody(next, form.Content, len(d.Articles) == 1)
	if err != nil {
		return err
	}
	if next.ArticleType != newsPic {
		next.Content = addLeaves(next.Content)
	}
	s.replaceArticle(a, d, index, next)
	return nil
}

// addLeaves writes a body as the web editor does: <span leaf=""> around every run of text.
func addLeaves(stored string) string {
	context := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(stored), context)
	if err != nil {
		return stored
	}
	var out strings.Builder
	for _, n := range nodes {
		leaf(n)
		if html.Render(&out, n) != nil {
			return stored
		}
	}
	return out.String()
}

func leaf(n *html.Node) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if child.Type != html.TextNode || strings.TrimSpace(child.Data) == "" || n.Namespace == "svg" {
			leaf(child)
			continue
		}
		span := &html.Node{Type: html.ElementNode, Data: "span", DataAtom: atom.Span, Attr: []html.Attribute{{Key: "leaf"}}}
		n.InsertBefore(span, child)
		n.RemoveChild(child)
		span.AppendChild(child)
		child = span
	}
}
