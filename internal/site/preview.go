package site

import (
	"bytes"
	"html/template"
	"time"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// Preview renders what stands between masthead and footer of an article's page, for an article that may not be saved yet.
// Nothing is written, and no archive is asked: the links to the articles before and after it are left out.
func (s *Site) Preview(c press.Content, at time.Time, pictures map[press.Digest]markup.SitePicture, captions press.CaptionStyle) (string, error) {
	lang := markup.Language(c)
	body, err := markup.Site(c.BodyWithList(), pictures, markup.SiteOptions{Sizes: bodySizes, Lang: lang, Captions: captions})
	if err != nil {
		return "", err
	}
	a := Article{Content: c, PublishedAt: at, UpdatedAt: at}
	if c.Correction != "" {
		a.Corrections = append(a.Corrections, press.Correction{Note: c.Correction, At: at})
	}
	attachments, err := s.attachments(a, lang)
	if err != nil {
		return "", err
	}
	page, err := s.pages.render("article", s.articleView(a, lang, template.HTML(body)+attachments)) // markup writes what it made itself, all else escaped
	if err != nil {
		return "", err
	}
	from, until := bytes.Index(page, []byte("<main")), bytes.LastIndex(page, []byte("</main>"))
	return string(page[from : until+len("</main>")]), nil
}

// Stylesheet is the style sheet of an article's page.
func (s *Site) Stylesheet() string { return string(s.style) }
