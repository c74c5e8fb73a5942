package site

import (
	_ "embed"
	"html/template"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// articleScript shows photos large and copies the article's address.
//
//go:embed assets/article.js
var articleScript []byte

// bodySizes is how wide a picture is that fills the text column of an article's page; the style sheet says the same.
const bodySizes = "(max-width: 600px) 100vw, (max-width: 800px) calc(100vw - 56px), 744px"

// renderBody writes the blocks with the photos where the site has them.
func (s *Site) renderBody(a Article, lang press.Lang) (template.HTML, error) {
	pictures := map[press.Digest]markup.SitePicture{}
	for _, original := range a.Content.Body.Photos() {
		pictures[original] = s.sitePicture(a.Photos[original])
	}
	body, err := markup.Site(a.Content.BodyWithList(), pictures, markup.SiteOptions{Sizes: bodySizes, Lang: lang, Captions: a.Captions})
	return template.HTML(bodyStart + body + bodyEnd), err // markup writes what it made itself, all else escaped
}

func (s *Site) sitePicture(photos []Photo) markup.SitePicture {
	var out markup.SitePicture
	for _, p := range usable(photos) {
		out.Width, out.Height = p.Width, p.Height // the last one is the largest
		out.Sources = append(out.Sources, s.source(p))
		if !s.cfg.Alone {
			out.Large = s.link(PhotoFile(p.Rendition))
		}
	}
	for _, p := range webp(photos) {
		out.WebP = append(out.WebP, s.source(p))
	}
	return out
}

func (s *Site) source(p Photo) markup.Source {
	return markup.Source{URL: s.link(PhotoFile(p.Rendition)), Width: p.Width}
}

// tagOf is a language as HTML names it.
func tagOf(lang press.Lang) string {
	if lang == press.English {
		return "en"
	}
	return "zh-CN"
}

// langOf returns the language of a title or a column's name, as HTML names it.
func langOf(text string) string { return tagOf(markup.Language(press.Content{Title: text})) }
