package articles

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"newsdesk/internal/export"
	"newsdesk/internal/markup"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// taken is what the page for pasting into other systems shows.
type taken struct {
	press.Exported
	Fields   []export.Field
	Show     template.HTML // the body, to be seen and selected
	HTML     string        // the same, to be copied
	Text     string
	Markdown string
	Photos   []export.Photo
	Covers   []press.Recipe
	Sizes    []export.Size
	Mark     string // key of the watermark that photos carry
	Frame    map[press.Recipe]string
}

// export is the page from which a form of another system is filled in.
func (h handlers) export(r *page.Request) error {
	e, err := h.Desk.Exportable(r.Context(), r.Actor, r.Article(), r.Number("revision", 0))
	if err != nil {
		return err
	}
	c, x := e.Revision.Content, export.New(h.Gallery, h.Desk.Files, h.Zone)
	shown, err := export.ParseSizes("1600,960,480") // those that are made beforehand
	if err != nil {
		return err
	}
	p, err := x.Prepare(r.Context(), e, shown, r.Lang)
	if err != nil {
		return err
	}
	rules, err := h.Desk.ColumnRules(r.Context())
	if err != nil {
		return err
	}
	data := taken{
		Exported: e, Fields: x.Fields(e), HTML: export.Paste(c, e.Captions), Text: markup.Text(c.Body), Markdown: markup.MarkdownBody(c.Body, nil),
		Show:   page.Markup(markup.Clean(c.Body, markup.CleanOptions{Captions: e.Captions, Classed: true})),
		Photos: p.Photos(), Sizes: export.Sizes(), Frame: map[press.Recipe]string{},
	}
	if mark := press.RulesFor(c.Column, rules).Watermark.Shown(); mark != nil {
		data.Mark = mark.Key()
	}
	if c.Cover.Photo != "" {
		data.Covers = []press.Recipe{press.CoverWide, press.CoverSquare}
		for _, recipe := range data.Covers {
			data.Frame[recipe] = c.Cover.Frame(recipe).String()
		}
	}
	return r.Render("export.html", data)
}

// exportZip sends the zip as it is made.
func (h handlers) exportZip(r *page.Request) error {
	ctx := r.Context()
	sizes, err := export.ParseSizes(strings.Join(r.URL.Query()["sizes"], ","))
	if err != nil {
		return err
	}
	e, err := h.Desk.Exportable(ctx, r.Actor, r.Article(), r.Number("revision", 0))
	if err != nil {
		return err
	}
	p, err := export.New(h.Gallery, h.Desk.Files, h.Zone).Prepare(ctx, e, sizes, r.Lang)
	if err != nil {
		return err
	}
	if err := h.Desk.Export(ctx, r.Actor, e, p.How()); err != nil {
		return err
	}
	header := r.W.Header()
	header.Set("Content-Type", "application/zip")
	header.Set("Content-Disposition", export.Disposition(p.Name))
	header.Set("Cache-Control", "no-store")
	if err := p.Write(ctx, r.W); err != nil {
		h.Logger.WarnContext(ctx, "an export broke off", "article", e.Article.ID, "error", err)
		panic(http.ErrAbortHandler) // so that nobody takes a part for the whole
	}
	return nil
}

// Chosen reports whether a size is offered as chosen.
func (t taken) Chosen(s export.Size) bool {
	usual, err := export.ParseSizes("")
	if err != nil {
		return false
	}
	for _, u := range usual {
		if u == s {
			return true
		}
	}
	return false
}

// Address is where the newsroom serves a file of a photo.
func (t taken) Address(f export.File) string {
	address := photoPath(f.Photo, f.Size.Recipe)
	if t.Mark != "" {
		address += "?mark=" + t.Mark
	}
	return address
}

// CoverName is what a crop of the cover is saved as.
func (t taken) CoverName(recipe press.Recipe) string {
	width, height := 900, 383
	if recipe == press.CoverSquare {
		width, height = 500, 500
	}
	return "cover-" + strconv.Itoa(width) + "x" + strconv.Itoa(height) + ".jpg"
}
