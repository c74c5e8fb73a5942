// Package today is the newsroom's first page: what waits for the person who looks.
package today

import (
	"embed"
	"slices"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/web/page"
)

//go:embed *.html
var templates embed.FS

// Room returns the room.
func Room(k *page.Kit) page.Room {
	h := handlers{k}
	return page.Room{Name: "today", Templates: templates, Routes: []page.Route{
		{Pattern: "GET /{$}", Handle: h.show},
		{Pattern: "GET /today/part", Handle: h.part},
	}}
}

type handlers struct{ *page.Kit }

// day is what the page shows.
type day struct {
	store.Today
	Now    time.Time
	Days   []pushDay
	Held   []store.DeliveryRow // of the blocked ones, those that an emergency stop held
	Left   []desk.Allowance
	Writes bool
	Begin  []step // what a new office lacks, for its administrator; empty: nothing
	Names  page.TargetNames

	who press.Actor
}

// step is something an administrator does before an office can work.
type step struct {
	Name string // of its words
	Href string
	Done bool
}

// begin lists the steps while one is left to do: somebody who writes, one reviewer for each stage, somebody who schedules,
// and a column.
func (h handlers) begin(r *page.Request, settings press.Settings) ([]step, error) {
	if !r.Actor.Has(press.Administrator) {
		return nil, nil
	}
	people, err := h.Store.Users(r.Context())
	if err != nil {
		return nil, err
	}
	columns, err := h.Desk.ColumnChoices(r.Context())
	if err != nil {
		return nil, err
	}
	count := func(role press.Role) (n int) {
		for _, u := range people {
			if u.Has(role) {
				n++
			}
		}
		return n
	}
	steps := []step{
		{"today.begin_writers", "/people/new", count(press.Contributor) > 0},
		{"today.begin_reviewers", "/people/new", count(press.Reviewer) >= len(settings.Stages)},
		{"today.begin_editors", "/people/new", count(press.Editor) > 0},
		{"today.begin_columns", "/settings/columns", len(columns) > 0},
	}
	if !slices.ContainsFunc(steps, func(s step) bool { return !s.Done }) {
		return nil, nil
	}
	return steps, nil
}

// pushDay is the pushes of one day.
type pushDay struct {
	At     time.Time
	Pushes []store.DeliveryRow
}

// Nothing reports whether nothing waits for this person.
func (d day) Nothing() bool {
	return len(d.Unfinished)+len(d.ToSign)+len(d.ToPlan) == 0 && !d.MyTurn() && !(d.Decides() && len(d.Held) > 0)
}

// Decides reports whether the person releases and cancels what was held.
func (d day) Decides() bool { return d.who.Has(press.Editor) }

// Turn reports whether a blocked delivery waits for this person.
func (d day) Turn(row store.DeliveryRow) bool {
	return row.Reason != nil && (row.Reason.Whose == "" || d.who.Has(row.Reason.Whose))
}

// MyTurn reports whether any of the blocked deliveries does.
func (d day) MyTurn() bool { return slices.ContainsFunc(d.Blocked, d.Turn) }

func (h handlers) show(r *page.Request) error {
	d, err := h.day(r)
	if err != nil {
		return err
	}
	return r.Render("today.html", d)
}

// part is the page's content alone, fetched again whenever something has changed.
func (h handlers) part(r *page.Request) error {
	d, err := h.day(r)
	if err != nil {
		return err
	}
	return r.Fragment("today.html", "part", d)
}

// apart takes the pushes that an emergency stop held out of those that are blocked: they are decided on one page, one by one.
func apart(list []store.DeliveryRow) (blocked, held []store.DeliveryRow) {
	for _, row := range list {
		if row.HeldByStop() {
			held = append(held, row)
		} else {
			blocked = append(blocked, row)
		}
	}
	return blocked, held
}

func (h handlers) day(r *page.Request) (day, error) {
	ctx := r.Context()
	settings, err := h.Desk.Settings(ctx)
	if err != nil {
		return day{}, err
	}
	now := h.Now().In(h.Zone)
	first := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, h.Zone)
	d := day{who: r.Actor, Now: now, Writes: r.Actor.Has(press.Contributor) || r.Actor.Has(press.Editor)}
	d.Today, err = h.Store.Today(ctx, store.TodayQuery{
		Person: r.Actor, Settings: settings, From: first, Until: first.AddDate(0, 0, 2),
	})
	if err != nil {
		return d, err
	}
	d.Blocked, d.Held = apart(d.Blocked)
	d.Names = h.TargetNames(ctx)
	for i := range 2 {
		d.Days = append(d.Days, pushDay{At: first.AddDate(0, 0, i)})
	}
	for _, push := range d.Pushes {
		i := 0
		if !push.DueAt.Before(d.Days[1].At) {
			i = 1
		}
		d.Days[i].Pushes = append(d.Days[i].Pushes, push)
	}
	if d.Begin, err = h.begin(r, settings); err != nil {
		return d, err
	}
	d.Left, err = h.Desk.Allowances(ctx)
	return d, err
}
