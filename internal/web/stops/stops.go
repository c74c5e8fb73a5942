// Package stops is the emergency stop in the newsroom: the button, what is on, and what it has held.
package stops

import (
	"context"
	"embed"
	"strings"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

//go:embed *.html
var templates embed.FS

// Room returns the room.
func Room(k *page.Kit) page.Room {
	h := handlers{k}
	may := []press.Role{press.Editor, press.Administrator}
	return page.Room{Name: "stops", Templates: templates, Routes: []page.Route{
		{Pattern: "GET /stops", Roles: may, Handle: h.show},
		{Pattern: "GET /stops/note", Watching: true, Handle: h.note},
		{Pattern: "GET /stops/part", Roles: may, Watching: true, Handle: h.part},
		{Pattern: "POST /stops", Roles: may, Handle: h.put},
		{Pattern: "POST /stops/lift", Roles: may, Handle: h.lift},
	}}
}

type handlers struct{ *page.Kit }

// stopping is what the page shows.
type stopping struct {
	Stops    []press.Stop
	Held     []held
	Accounts []press.Account
	Account  string // as it was chosen and typed
	Reason   string
	Quiet    *press.QuietHours // on now
	Decides  bool              // this reader releases and cancels
}

// held is a push that waits for a person.
type held struct {
	press.Delivery
	Title string
	More  int
	Stop  *press.Stop // that holds its account still
}

func (h handlers) show(r *page.Request) error {
	s, err := h.stopping(r)
	if err != nil {
		return err
	}
	return r.Render("stops.html", s)
}

func (h handlers) part(r *page.Request) error {
	s, err := h.stopping(r)
	if err != nil {
		return err
	}
	return r.Fragment("stops.html", "part", s)
}

// note is what stands on every page while a stop is on, for everybody.
func (h handlers) note(r *page.Request) error {
	on, err := h.Desk.Stops(r.Context())
	if err != nil {
		return err
	}
	return r.Fragment("stops.html", "note", map[string]any{"Stops": on, "May": r.Actor.Has(press.Editor) || r.Actor.Has(press.Administrator)})
}

func (h handlers) stopping(r *page.Request) (*stopping, error) {
	ctx := r.Context()
	s := &stopping{
		Accounts: h.Desk.Accounts(ctx), Account: r.FormValue("account"), Reason: strings.TrimSpace(r.FormValue("reason")),
		Decides: r.Actor.Has(press.Editor),
	}
	var err error
	if s.Stops, err = h.Desk.Stops(ctx); err != nil {
		return nil, err
	}
	quiet, on, err := h.Desk.QuietAt(ctx, h.Now())
	if err != nil {
		return nil, err
	}
	if on {
		s.Quiet = &quiet
	}
	list, err := h.Desk.Held(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		one, err := h.held(ctx, d, s.Stops)
		if err != nil {
			return nil, err
		}
		s.Held = append(s.Held, one)
	}
	return s, nil
}

func (h handlers) held(ctx context.Context, d press.Delivery, on []press.Stop) (held, error) {
	out := held{Delivery: d}
	e, err := h.Store.Edition(ctx, d.Edition)
	if err != nil {
		return out, err
	}
	out.Title, out.More = e.Items[0].Title, len(e.Items)-1
	for _, s := range on {
		if out.Stop == nil && s.Holds(d.Target) {
			out.Stop = &s
		}
	}
	return out, nil
}

func (h handlers) put(r *page.Request) error {
	_, err := h.Desk.Stop(r.Context(), r.Actor, r.FormValue("account"), r.FormValue("reason"))
	if err == nil {
		return r.See("/stops", "stops.put")
	}
	s, again := h.stopping(r)
	if again != nil {
		return again
	}
	return r.Refuse(err, "stops.html", s)
}

func (h handlers) lift(r *page.Request) error {
	if _, err := h.Desk.Resume(r.Context(), r.Actor, r.FormValue("account")); err != nil {
		return r.SeeRefusal("/stops", err)
	}
	return r.See("/stops", "stops.lifted")
}
