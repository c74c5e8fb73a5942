package review

import (
	"html/template"
	"strings"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/markup"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// sheetPage is the signed sheet of one revision.
type sheetPage struct {
	desk.Review
	Hash    string // in groups
	Missing []desk.StageState
	Credits []markup.Credit
	Saved   press.RevisionHead // who saved the revision, and when
	Text    []template.HTML
	Lang    string
	Now     time.Time
	zone    *time.Location
}

// At is a moment as paper needs it: with its year, in the office's zone.
func (d sheetPage) At(at time.Time) string { return at.In(d.zone).Format("2006-01-02 15:04") }

// sheet shows what was signed by whom, on paper as well.
func (h handlers) sheet(r *page.Request) error {
	rv, err := h.Desk.Review(r.Context(), r.Actor, r.Article(), r.Number("revision", 0), 0)
	if err != nil {
		return err
	}
	content := rv.Revision.Content
	d := sheetPage{Review: rv, Hash: grouped(string(rv.Revision.Hash)), Lang: string(markup.Language(content)), Now: h.Now(), zone: h.Zone}
	d.Credits = markup.Credits(content.Credits, r.Lang)
	for _, st := range rv.Stages {
		if st.SignOff == nil {
			d.Missing = append(d.Missing, st)
		}
	}
	for _, head := range rv.Revisions {
		if head.Number == rv.Revision.Number {
			d.Saved = head
		}
	}
	photos, err := h.Store.Photos(r.Context(), content.Photos())
	if err != nil {
		return err
	}
	w := blockWriter{pictures: map[press.Digest]markup.SitePicture{}, lang: press.Lang(d.Lang)}
	for _, digest := range content.Photos() {
		w.pictures[digest] = pictureOf(photos[digest], digest)
	}
	for _, block := range content.Body.Blocks {
		html, err := w.html(block)
		if err != nil {
			return err
		}
		// What waits until it is scrolled to is not there on paper.
		d.Text = append(d.Text, page.Markup(strings.ReplaceAll(string(html), ` loading="lazy" decoding="async">`, ` decoding="async">`)))
	}
	return r.Render("sheet.html", d)
}
