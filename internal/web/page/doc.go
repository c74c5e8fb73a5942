// Package page is what every room of the newsroom stands on: routes and who may take them, a request with its person and
// language, templates in one layout, the catalogue's words, refusals, assets, and live updates.
//
// A room is a folder beside this one with handlers and templates, and a function that returns it:
//
//	//go:embed *.html
//	var templates embed.FS
//
//	func Room(k *page.Kit) page.Room {
//		h := handlers{k}
//		return page.Room{Name: "articles", Templates: templates, Routes: []page.Route{
//			{Pattern: "GET /articles", Handle: h.list},
//			{Pattern: "POST /articles", Roles: []press.Role{press.Contributor, press.Editor}, Handle: h.create},
//		}}
//	}
//
// A handler reads the request, calls one use case and answers; it returns an error, and one place decides what that looks
// like to a person, to htmx and to a script:
//
//	func (h handlers) list(r *page.Request) error {
//		…
//		return r.Render("list.html", data)
//	}
//
// A page file defines "title" and "main", and may define "aside", "head" and "body-class". It sees .Page (the frame's own
// data: Actor, Lang, …) and .Data (what the handler gave). Files whose names begin with an underscore hold definitions that
// all pages of the room share. Every define of a page file can be sent alone, with .Page and .Data, by Fragment.
//
//	{{t "articles.title"}}  {{t "articles.found" "n" .Data.Total}}   the catalogue, see package words
//	{{say .State.Name}}                                              a press.Text in the reader's language
//	{{date .At}} {{clock .At}} {{moment .At}}                        <time>, in the office's zone and the reader's form
//	{{number .N}} {{size .Bytes}} {{percent .A .B}}
//	{{icon "check"}}                                                 a picture from the sprite, hidden from readers aloud
//	{{dict "A" 1 "B" 2}}                                             arguments for a {{template}}
//	{{query .Page.URL "page" 2}}                                     this address with one parameter changed; "" removes it
//	{{json .X}}                                                      for <script type="application/json">
//
// Shared pieces, in partials.html: "refusal" (an error), "state" (an article's or a delivery's badge), "empty" (nothing here
// yet), "pager", "person". No page has inline scripts, styles, event handlers or style attributes: the content security
// policy forbids them, and a test looks.
package page
