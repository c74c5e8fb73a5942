// Package web is the newsroom: what the people of a publicity office do, in the browser. Each room is a folder of its own
// with its handlers and templates; page is what they all stand on, words what they say, style how they look, and script what
// runs in the browser.
package web

import (
	"net/http"

	"newsdesk/internal/web/articles"
	"newsdesk/internal/web/editions"
	"newsdesk/internal/web/editor"
	"newsdesk/internal/web/help"
	"newsdesk/internal/web/page"
	"newsdesk/internal/web/people"
	"newsdesk/internal/web/review"
	"newsdesk/internal/web/settings"
	"newsdesk/internal/web/stops"
	"newsdesk/internal/web/today"
)

// Config is what the newsroom is made of.
type Config = page.Config

// Sample is a sample person of a demo.
type Sample = page.Sample

// Newsroom answers everybody's requests.
type Newsroom struct {
	http.Handler
	kit *page.Kit
}

// New puts the rooms together. It refuses templates that cannot be parsed.
func New(cfg Config) (*Newsroom, error) {
	kit, err := page.New(cfg)
	if err != nil {
		return nil, err
	}
	handler, err := kit.Handler(Rooms(kit)...)
	if err != nil {
		return nil, err
	}
	return &Newsroom{handler, kit}, nil
}

// Close ends what would otherwise go on for as long as a page is open.
func (n *Newsroom) Close() { n.kit.Close() }

// Rooms lists the rooms.
func Rooms(k *page.Kit) []page.Room {
	return []page.Room{
		today.Room(k),
		people.Room(k),
		articles.Room(k),
		editor.Room(k),
		review.Room(k),
		settings.Room(k),
		editions.Room(k),
		stops.Room(k),
		help.Room(k),
	}
}
