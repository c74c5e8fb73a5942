// Package help is the manual in the newsroom.
package help

import (
	"embed"

	"newsdesk/internal/manual"
	"newsdesk/internal/web/page"
)

//go:embed *.html
var templates embed.FS

// Room returns the room.
func Room(*page.Kit) page.Room {
	return page.Room{Name: "help", Templates: templates, Routes: []page.Route{
		{Pattern: "GET /help/faults", Handle: faults},
	}}
}

// faults shows what happens when WeChat or a website fails; a row is found by its key in the address's fragment.
func faults(r *page.Request) error {
	wechat, err := manual.Faults(r.Lang)
	if err != nil {
		return err
	}
	sites, err := manual.Sites(r.Lang)
	if err != nil {
		return err
	}
	return r.Render("faults.html", []*manual.Page{wechat, sites})
}
