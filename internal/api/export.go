package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"newsdesk/internal/export"
	"newsdesk/internal/press"
)

func (s *server) exports() {
	register(s, huma.Operation{
		OperationID: "export-article", Method: http.MethodGet, Path: "/articles/{id}/export", Tags: []string{"articles"},
		Summary: "Export an approved article for other systems",
		Description: "A zip: fields.txt, paste.html (clean HTML, photos marked), page.html, article.docx, article.md, and the photos in each size, in order. " +
			"Only what is approved, or was published, is exported; equal articles give equal bytes.",
		Errors: []int{http.StatusConflict},
		Responses: map[string]*huma.Response{"200": {
			Description: "The zip, named by Content-Disposition",
			Content:     map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}, s.exportArticle)
}

func (s *server) exportArticle(ctx context.Context, by press.Actor, in *struct {
	ArticlePath
	Revision int    `query:"revision" minimum:"0" doc:"0 is the current one, or, where that is not approved yet, the published one"`
	Sizes    string `query:"sizes" maxLength:"40" doc:"widths of the photos, of 1600, 1080, 960 and 480, with commas between; 1600,960 where there is none"`
},
) (*huma.StreamResponse, error) {
	sizes, err := export.ParseSizes(in.Sizes)
	if err != nil {
		return nil, err
	}
	found, err := s.Desk.Exportable(ctx, by, press.ArticleID(in.ID), in.Revision)
	if err != nil {
		return nil, err
	}
	p, err := s.Exports.Prepare(ctx, found, sizes, spoken(ctx))
	if err != nil {
		return nil, err
	}
	if err := s.Desk.Export(ctx, by, found, p.How()); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		out.SetHeader("Content-Type", "application/zip")
		out.SetHeader("Content-Disposition", export.Disposition(p.Name))
		if err := p.Write(out.Context(), out.BodyWriter()); err != nil {
			s.Logger.Warn("an export broke off", "article", found.Article.ID, "error", err)
			panic(http.ErrAbortHandler) // so that nobody takes a part for the whole
		}
	}}, nil
}

// spoken is the language that the reader asked for.
func spoken(ctx context.Context) press.Lang {
	if lang, ok := ctx.Value(langKey).(press.Lang); ok {
		return lang
	}
	return press.Chinese
}

// Export writes the export of an article to w as it comes, and returns what it is called. revision may be 0 and sizes empty.
// Unavailable, "file.cut", says that w got only a part.
func (c *Client) Export(ctx context.Context, id press.ArticleID, revision int, sizes string, w io.Writer) (name string, err error) {
	query := url.Values{}
	if revision > 0 {
		query.Set("revision", strconv.Itoa(revision))
	}
	if sizes != "" {
		query.Set("sizes", sizes)
	}
	header, err := c.fetch(ctx, Prefix+pathOf("articles", id)+"/export", query, w)
	if err != nil {
		return "", err
	}
	return nameOf(header.Get("Content-Disposition"), id), nil
}

// fetch writes a file to w as it comes. Unavailable, "file.cut", says that w got only a part.
func (c *Client) fetch(ctx context.Context, path string, query url.Values, w io.Writer) (http.Header, error) {
	req, err := c.request(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, c.noAnswer(ctx, err)
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return nil, refusal(res)
	}
	if _, err := io.Copy(w, res.Body); err != nil {
		var own *press.Error
		if errors.As(err, &own) { // of what it is written to
			return nil, own
		}
		return nil, press.Fail(press.Unavailable, "file.cut", press.Say(
			"The file broke off on its way; try again.", "文件传输中断，请重试。")).Because(err)
	}
	return res.Header, nil
}

// nameOf is what the answer calls itself; it names no folder, whatever the server says.
func nameOf(disposition string, id press.ArticleID) string {
	_, parameters, err := mime.ParseMediaType(disposition)
	name := path.Base(strings.ReplaceAll(parameters["filename"], `\`, "/"))
	stem := export.SafeName(strings.TrimSuffix(name, ".zip"))
	if err != nil || stem == "" {
		return string(id) + ".zip"
	}
	return stem + ".zip"
}
