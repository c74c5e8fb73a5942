package export

import (
	"html"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

// Paste is the body as it is pasted into another system's editor: photos are marked with their numbers.
func Paste(c press.Content, captions press.CaptionStyle) string {
	return markup.Clean(c.Body, markup.CleanOptions{Indent: true, Captions: captions})
}

// pastePage is paste.html: the body and nothing else, so that all of what a browser shows may be copied.
func (p *Package) pastePage() string {
	return page(p.Revision.Content, Paste(p.Revision.Content, p.Captions))
}

// wholePage is page.html: the article with its photos, from title to credits.
func (p *Package) wholePage() string {
	c := p.Revision.Content
	body := "<h1>" + html.EscapeString(c.Title) + "</h1>\n"
	if c.Subtitle != "" {
		body += "<p>" + html.EscapeString(c.Subtitle) + "</p>\n"
	}
	body += markup.Clean(c.Body, markup.CleanOptions{Indent: true, Captions: p.Captions, Address: p.relative})
	body += p.attachmentLinks()
	if credits := CreditsLine(c.Credits, markup.Language(c)); credits != "" {
		body += "<p>" + html.EscapeString(credits) + "</p>\n"
	}
	return page(c, body)
}

// page has no style of its own: what is copied from a browser takes the page's look along.
func page(c press.Content, body string) string {
	lang := "zh-CN"
	if markup.Language(c) == press.English {
		lang = "en"
	}
	return "<!doctype html>\n<html lang=\"" + lang + "\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + html.EscapeString(c.Title) +
		"</title>\n</head>\n<body>\n" + body + "</body>\n</html>\n"
}
