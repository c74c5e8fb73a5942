// Package review is where articles are read, remarked on, signed and returned, on a phone before all; where the signed
// sheet is printed; and where the history of everything is read.
package review

import (
	"embed"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

//go:embed *.html
var templates embed.FS

// Room returns the room.
func Room(k *page.Kit) page.Room {
	h := handlers{k}
	signs := []press.Role{press.Reviewer}
	returns := []press.Role{press.Reviewer, press.Editor}
	return page.Room{Name: "review", Templates: templates, Routes: []page.Route{
		{Pattern: "GET /articles/{id}/review", Handle: h.read},
		{Pattern: "GET /articles/{id}/review/wechat", Handle: h.wechat},
		{Pattern: "POST /articles/{id}/review/sign", Roles: signs, Handle: h.sign},
		{Pattern: "POST /articles/{id}/review/return", Roles: returns, Handle: h.sendBack},
		{Pattern: "POST /articles/{id}/review/meant", Roles: []press.Role{press.Editor}, Handle: h.meant},
		{Pattern: "POST /articles/{id}/review/comments", Handle: h.comment},
		{Pattern: "POST /articles/{id}/review/comments/{comment}", Handle: h.settle},
		{Pattern: "GET /articles/{id}/sheet", Handle: h.sheet},
		{Pattern: "GET /articles/{id}/history", Handle: h.articleHistory},
		{Pattern: "GET /history", Handle: h.history},
		{Pattern: "GET /history.csv", Handle: h.export},
	}}
}

type handlers struct{ *page.Kit }
