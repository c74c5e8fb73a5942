// Package articles is where articles are found, looked at and handed in: the list, an article's own page, and parcels.
package articles

import (
	"embed"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

//go:embed *.html
var templates embed.FS

// writers may begin articles and change them; which ones, the desk asks.
var writers = []press.Role{press.Contributor, press.Editor}

// Room returns the room.
func Room(k *page.Kit) page.Room {
	h := handlers{k}
	return page.Room{Name: "articles", Templates: templates, Routes: []page.Route{
		{Pattern: "GET /articles", Handle: h.list},
		{Pattern: "POST /articles", Roles: writers, Handle: h.begin},
		{Pattern: "POST /articles/move", Roles: writers, Handle: h.move},
		{Pattern: "GET /articles/{id}", Handle: h.show},
		{Pattern: "GET /articles/{id}/file", Handle: h.file},
		{Pattern: "GET /articles/{id}/export", Handle: h.export},
		{Pattern: "GET /articles/{id}/export.zip", Handle: h.exportZip},
		{Pattern: "POST /articles/{id}/submit", Roles: writers, Handle: h.submit},
		{Pattern: "POST /articles/{id}/withdraw", Roles: writers, Handle: h.withdraw},
		{Pattern: "POST /articles/{id}/restore", Roles: writers, Handle: h.restore},
		{Pattern: "POST /articles/{id}/correct", Roles: writers, Handle: h.correct},
		{Pattern: "POST /articles/{id}/publish", Roles: []press.Role{press.Editor}, Handle: h.publish},
		{Pattern: "POST /articles/{id}/retract", Roles: []press.Role{press.Editor}, Handle: h.retract},
		{Pattern: "GET /articles/{id}/where", Handle: h.where},
		{Pattern: "GET /articles/{id}/where/part", Handle: h.wherePart},
		{Pattern: "POST /articles/{id}/where/{delivery}/retract", Roles: []press.Role{press.Editor}, Handle: h.retractFrom},
		{Pattern: "POST /articles/{id}/where/{delivery}/taken-down", Roles: []press.Role{press.Editor}, Handle: h.takenDown},
		{Pattern: "GET /hand-in", Roles: writers, Handle: h.offer},
		{Pattern: "POST /hand-in", Roles: writers, MaxBytes: -1, Handle: h.handIn},
		{Pattern: "GET /hand-in/{id}", Roles: writers, Handle: h.handedIn},
		{Pattern: "POST /hand-in/{id}/into", Roles: writers, Handle: h.into},
	}}
}

type handlers struct{ *page.Kit }

// begin makes an empty draft and opens it.
func (h handlers) begin(r *page.Request) error {
	a, err := h.Desk.NewArticle(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return r.See(pathOf(a.ID)+"/edit", "")
}

func pathOf(id press.ArticleID) string { return "/articles/" + string(id) }
