// Package editor is where articles are written: the page with its data, what its script speaks, the photos that pages show,
// and a plain form that does the same without scripts.
package editor

import (
	"embed"
	"net/http"
	"strings"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

//go:embed *.html
var templates embed.FS

var writers = []press.Role{press.Contributor, press.Editor}

// maxSent bounds a content in a request, and what stands around it.
const maxSent = press.MaxContentBytes + 64<<10

// Room returns the room.
func Room(k *page.Kit) page.Room {
	h := handlers{k}
	return page.Room{Name: "editor", Templates: templates, Routes: []page.Route{
		{Pattern: "GET /articles/{id}/edit", Roles: writers, Handle: h.open},
		{Pattern: "PUT /articles/{id}/working", Roles: writers, MaxBytes: maxSent, Handle: h.keep},
		{Pattern: "DELETE /articles/{id}/working", Roles: writers, Handle: h.drop},
		{Pattern: "POST /articles/{id}/revisions", Roles: writers, MaxBytes: maxSent, Handle: h.save},
		{Pattern: "GET /articles/{id}/revisions/{number}", Handle: h.revision},
		{Pattern: "POST /articles/{id}/preview", MaxBytes: maxSent, Handle: h.preview},
		{Pattern: "GET /articles/{id}/frame/{target}", Handle: h.frame},
		{Pattern: "POST /articles/{id}/plain", Roles: writers, MaxBytes: -1, Handle: h.savePlain},
		{Pattern: "POST /articles/{id}/attachments", Roles: writers, MaxBytes: -1, Handle: h.attach},
		{Pattern: "GET /attachments/{article}/{file}", Handle: h.attachment},
		{Pattern: "POST /articles/{id}/forget", Roles: writers, Handle: h.forget},
		{Pattern: "POST /photos", Roles: writers, MaxBytes: -1, Handle: h.upload},
		{Pattern: "POST /photos/{digest}/rotate", Roles: writers, Handle: h.rotate},
		{Pattern: "GET /photos/{digest}/{recipe}", Open: true, Handle: h.photo},
	}}
}

type handlers struct{ *page.Kit }

func pathOf(id press.ArticleID) string { return "/articles/" + string(id) }

// finding is a result of preflight in the reader's language.
type finding struct {
	Blocks bool   `json:"blocks"`
	Code   string `json:"code"`
	Where  string `json:"where"`
	Text   string `json:"text"`
}

// findings looks at a content before it goes anywhere. That looking failed is no reason to refuse what was asked.
func (h handlers) findings(r *page.Request, c press.Content) []finding {
	list, err := h.Desk.PreflightContent(r.Context(), r.Article(), c, "")
	if err != nil {
		h.Logger.WarnContext(r.Context(), "preflight of a working copy", "article", r.Article(), "error", err)
	}
	out := make([]finding, len(list))
	for i, f := range list {
		out[i] = finding{f.Blocks, f.Code, f.Where, r.Say(f.Text)}
	}
	return out
}

// newer says who saved the current revision, and when.
type newer struct {
	Revision int       `json:"revision"`
	Author   string    `json:"author"`
	At       time.Time `json:"at"`
}

func (h handlers) newer(r *page.Request, rev press.Revision) (newer, error) {
	name, err := h.nameOf(r, rev.Author)
	return newer{rev.Number, name, rev.CreatedAt}, err
}

// nameOf is a person's name; of Newsdesk itself the catalogue's.
func (h handlers) nameOf(r *page.Request, id press.UserID) (string, error) {
	if id == "" {
		return r.T("page.newsdesk_did"), nil
	}
	u, err := h.Store.User(r.Context(), id)
	return u.Name, err
}

// stale answers a save that came too late with who was faster, so that both can be shown.
func (h handlers) stale(r *page.Request, err error) error {
	if press.CodeOf(err) != "article.stale" || !r.WantsJSON() {
		return err
	}
	rev, e := h.Store.Revision(r.Context(), r.Article(), 0)
	if e != nil {
		return e
	}
	current, e := h.newer(r, rev)
	if e != nil {
		return e
	}
	data, e := press.EncodeJSON(struct {
		page.Refusal
		Current newer `json:"current"`
	}{page.Refusal{Kind: press.Conflict, Code: "article.stale", Text: r.Say(press.TextOf(err))}, current})
	if e != nil {
		return e
	}
	r.W.Header().Set("Content-Type", "application/problem+json")
	r.W.Header().Set("Cache-Control", "no-store")
	r.W.WriteHeader(http.StatusConflict)
	_, _ = r.W.Write(data) // the reader may have gone
	return nil
}

// photoInfo is what the editor knows of a photo.
type photoInfo struct {
	Name   string      `json:"name"`
	Width  int         `json:"width"`
	Height int         `json:"height"`
	Focus  press.Point `json:"focus,omitzero"` // what it is about, for the cover's first crop
}

func infoOf(p press.Photo) photoInfo { return photoInfo{lastPart(p.Name), p.Width, p.Height, p.Focus} }

func (h handlers) photoInfos(r *page.Request, digests ...press.Digest) (map[press.Digest]photoInfo, error) {
	photos, err := h.Store.Photos(r.Context(), digests)
	out := map[press.Digest]photoInfo{}
	for digest, p := range photos {
		out[digest] = infoOf(p)
	}
	return out, err
}

// lastPart is a file's own name: parcels hand in whole paths.
func lastPart(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}
