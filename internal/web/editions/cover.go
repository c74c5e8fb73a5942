package editions

import (
	"net/http"
	"strconv"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// cover is an article's cover as WeChat will get it: the wide one of a headline, or the square one of the others.
func (h handlers) cover(r *page.Request) error {
	ctx := r.Context()
	id := press.ArticleID(r.PathValue("article"))
	article, err := h.Store.Article(ctx, id)
	if err != nil {
		return err
	}
	if err := r.Actor.RequireReading(article); err != nil {
		return err
	}
	number, err := strconv.Atoi(r.PathValue("revision"))
	recipe, known := map[string]press.Recipe{"wide": press.CoverWide, "square": press.CoverSquare}[r.PathValue("shape")]
	if err != nil || number < 1 || !known {
		return press.Fail(press.NotFound, "cover.missing", press.Say("There is no such cover.", "没有这个封面。"))
	}
	rev, err := h.Store.Revision(ctx, id, number)
	if err != nil {
		return err
	}
	if rev.Content.Cover.Photo == "" {
		return press.Fail(press.NotFound, "cover.missing", press.Say("The article has no cover.", "稿件没有封面。"))
	}
	made, err := h.Gallery.Rendition(ctx, rev.Content.Cover.Photo, recipe, rev.Content.Cover.Frame(recipe))
	if err != nil {
		return err
	}
	tag := `"` + string(made.Digest) + `"`
	header := r.W.Header()
	header.Set("Cache-Control", "private, max-age=31536000, immutable") // a revision never changes
	header.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		r.W.WriteHeader(http.StatusNotModified)
		return nil
	}
	data, err := h.Gallery.Read(ctx, made)
	if err != nil {
		return err
	}
	header.Set("Content-Type", made.ContentType)
	header.Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = r.W.Write(data) // the reader may have gone
	return nil
}
