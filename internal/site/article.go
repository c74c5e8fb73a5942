package site

import (
	"cmp"
	"html/template"
	"slices"
	"time"

	"newsdesk/internal/markup"
	"newsdesk/internal/press"
)

const newsArticleType = "NewsArticle"

const descriptionRunes = 160

// renderArticle makes an article's page, and the record that can be read back from it.
func (s *Site) renderArticle(w *writer, a Article) ([]byte, record, error) {
	lang := markup.Language(a.Content)
	body, err := s.renderBody(a, lang)
	if err != nil {
		return nil, record{}, err
	}
	around, err := s.around(w, a.ID)
	if err != nil {
		return nil, record{}, err
	}
	attachments, err := s.attachments(a, lang)
	if err != nil {
		return nil, record{}, err
	}
	v := s.articleView(a, lang, body+attachments)
	v.Around = template.HTML(around) // made by our own template
	page, err := s.pages.render("article", v)
	if err != nil {
		return nil, record{}, err
	}
	is, _ := s.readRecord(page)
	return page, is, nil
}

// articleView is everything on an article's page but the ways to those before and after it.
func (s *Site) articleView(a Article, lang press.Lang, body template.HTML) articleView {
	c := a.Content
	v := articleView{
		basis: s.articleBasis(a, lang), Crumbs: s.path(c.Column), Title: c.Title, Subtitle: c.Subtitle,
		Body: body, Corrections: s.corrections(a.Corrections, lang), Year: a.PublishedAt.In(s.cfg.Zone).Year(),
	}
	v.Meta, v.Closing = s.facts(a)
	return v
}

// corrected reports whether readers should be told of a later time: the hour of going live is no correction.
func corrected(a Article) bool { return a.UpdatedAt.Sub(a.PublishedAt) >= time.Minute }

// corrections are what readers are told, the latest first, in the language of the article.
func (s *Site) corrections(list []press.Correction, lang press.Lang) []correctionView {
	var out []correctionView
	for _, c := range slices.Backward(list) {
		at := c.At.In(s.cfg.Zone)
		v := correctionView{Before: "本文于", Date: at.Format("2006年1月2日"), Instant: instant(c.At), After: "更正：", Note: c.Note}
		if lang == press.English {
			v.Before, v.Date, v.After = "Corrected on ", at.Format("2 January 2006"), ": "
		}
		out = append(out, v)
	}
	return out
}

func modified(a Article) time.Time {
	if corrected(a) {
		return a.UpdatedAt
	}
	return a.PublishedAt
}

// facts are what stands below the title, in the order that is configured, and what is left of the credits for the end of the
// text. An hour at which the article was corrected follows what stands below the title.
func (s *Site) facts(a Article) (meta, closing []fact) {
	c, w := a.Content.Credits, s.chrome.W
	all := map[string]fact{
		"source": {Name: w.Source + w.Colon, Value: c.Source}, "date": {Value: s.minute(a.PublishedAt), Instant: instant(a.PublishedAt)},
		"author": {Name: w.Author + w.Colon, Value: c.Text}, "photos": {Name: w.Photos + w.Colon, Value: c.Photos},
		"editor": {Name: w.Editor + w.Colon, Value: c.Editor}, "reviewer": {Name: w.Reviewer + w.Colon, Value: c.Reviewer},
	}
	for _, name := range s.cfg.Meta {
		meta = append(meta, all[name])
		delete(all, name)
	}
	if corrected(a) {
		meta = append(meta, fact{Name: w.Updated + w.Colon, Value: s.minute(a.UpdatedAt), Instant: instant(a.UpdatedAt)})
	}
	for _, name := range MetaNames() {
		if name != "date" {
			closing = append(closing, all[name])
		}
	}
	unsaid := func(f fact) bool { return f.Value == "" }
	return slices.DeleteFunc(meta, unsaid), slices.DeleteFunc(closing, unsaid)
}

func (s *Site) articleBasis(a Article, lang press.Lang) basis {
	b := s.basis(a.Content.Title)
	b.Style = s.chrome.ofArticle
	if b.PageLang = tagOf(lang); b.PageLang != s.chrome.Lang {
		b.ChromeLang = s.chrome.Lang
	}
	b.Description = a.Content.Summary(descriptionRunes)
	b.Canonical = s.Address(a.ID)
	b.Nav = s.nav(a.Content.Column)
	b.Data = s.newsArticle(a, lang, b.Description)
	b.Share = &share{
		Type: "article", Title: a.Content.Title, Description: b.Description, Locale: localeOf(lang),
		Published: instant(a.PublishedAt), Modified: instant(modified(a)), Section: a.Content.Column.String(),
	}
	if p, ok := shown(a.Photos[a.Content.Cover.Photo]); ok {
		b.Share.Image, b.Share.ImageWidth, b.Share.ImageHeight = s.absolute(PhotoFile(p.Rendition)), p.Width, p.Height
		b.Share.ImageAlt = coverAlt(a.Content)
	}
	return b
}

// coverAlt describes the cover, to those who do not see it, as the body does where it shows the same photo.
func coverAlt(c press.Content) string {
	for _, p := range c.Body.Pictures() {
		if p.Photo == c.Cover.Photo {
			return cmp.Or(p.Alt, p.Caption, c.Title)
		}
	}
	return c.Title
}

func (s *Site) newsArticle(a Article, lang press.Lang, description string) newsArticle {
	c := a.Content
	data := newsArticle{
		Context: "https://schema.org", Type: newsArticleType, Headline: c.Title, Alternative: c.Subtitle,
		Description: description, Section: c.Column, Published: a.PublishedAt.UTC(), Modified: modified(a).UTC(), Language: tagOf(lang),
		Page: s.Address(a.ID), Accessible: true,
		Author: partyOf("Person", c.Credits.Text), Editor: partyOf("Person", c.Credits.Editor),
		SourceOf: partyOf("Organization", c.Credits.Source), PhotoCredit: c.Credits.Photos,
		Publisher: party{Type: "Organization", Name: s.chrome.Name, URL: s.absolute("")},
	}
	for _, c := range a.Corrections {
		data.Corrections = append(data.Corrections, correctionComment{"CorrectionComment", c.Note, c.At.UTC()})
	}
	cover := a.Photos[a.Content.Cover.Photo]
	for _, p := range append(usable(cover), crop(cover)...) {
		data.Images = append(data.Images, s.absolute(PhotoFile(p.Rendition)))
	}
	if len(data.Images) > 0 {
		data.Thumbnail = data.Images[0]
	}
	return data
}

func localeOf(lang press.Lang) string {
	if lang == press.English {
		return "en_US"
	}
	return "zh_CN"
}
