package editions

import (
	"fmt"
	"slices"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/web/page"
)

const (
	perPage    = 30
	perMonth   = 500 // editions that a calendar page shows at most
	firstHour  = 6   // of a week's page, unless there is something earlier
	hoursOfDay = 24
)

// calendar is a month or a week of editions.
type calendar struct {
	View     string // month or week
	At       time.Time
	Prev     string // days to go to
	Next     string
	Today    string
	From     time.Time
	Until    time.Time
	Weeks    [][]day // of a month
	Days     []day   // of a week; of a month, those with editions, for small screens
	Hours    []hour  // of a week
	Quiet    []quietLine
	Total    int
	Composes bool
}

// day is one day and its editions, the earliest first.
type day struct {
	At       time.Time
	Value    string // 2026-11-23
	Outside  bool   // of the month that is shown
	Past     bool
	Today    bool
	Editions []entry
}

// quietLine is quiet hours in words.
type quietLine struct {
	Name, Hours string
	Days        []time.Weekday // none: every day
}

// hour is one row of a week's page.
type hour struct {
	Clock string
	Slots []slot
}

// slot is one hour of one day.
type slot struct {
	At       time.Time
	Value    string // 2026-11-23T09:00
	Past     bool
	Quiet    string // the name of the quiet hours
	Today    bool
	Editions []entry
}

// entry is an edition on the calendar.
type entry struct {
	row
	Past  bool
	Moves bool // this reader may drag it
}

func (h handlers) calendar(r *page.Request) error {
	c, err := h.month(r)
	if err != nil {
		return err
	}
	return r.Render("calendar.html", c)
}

// calendarPart is the calendar alone, fetched again when something has changed.
func (h handlers) calendarPart(r *page.Request) error {
	c, err := h.month(r)
	if err != nil {
		return err
	}
	return r.Fragment("calendar.html", "part", c)
}

func (h handlers) month(r *page.Request) (*calendar, error) {
	now := h.Now().In(h.Zone)
	c := &calendar{View: r.FormValue("view"), At: midnight(now), Today: now.Format(time.DateOnly), Composes: r.Actor.Has(press.Editor)}
	if at, err := time.ParseInLocation(time.DateOnly, r.FormValue("at"), h.Zone); err == nil && at.Year() > 2000 && at.Year() < 2200 {
		c.At = at
	}
	if c.View != "week" {
		c.View = "month"
	}
	c.span()
	settings, err := h.Desk.Settings(r.Context())
	if err != nil {
		return nil, err
	}
	for _, q := range settings.Quiet {
		c.Quiet = append(c.Quiet, quietLine{q.Name, fmt.Sprintf("%02d:%02d–%02d:%02d", q.From/60, q.From%60, q.Until/60, q.Until%60), q.Days})
	}
	list, total, err := h.rows(r.Context(), r.Actor, store.EditionFilter{From: c.From, Until: c.Until, Limit: perMonth})
	if err != nil {
		return nil, err
	}
	c.Total = total
	byDay := map[string][]entry{}
	for _, e := range list {
		key := e.At.In(h.Zone).Format(time.DateOnly)
		byDay[key] = append(byDay[key], entry{row: e, Past: e.At.Before(now), Moves: c.Composes && e.Movable()})
	}
	c.lay(now, byDay)
	if c.View == "week" {
		c.layHours(now, settings, h.Zone)
	}
	return c, nil
}

// span finds the first and the last day that are shown; weeks begin on Monday.
func (c *calendar) span() {
	if c.View == "week" {
		c.From = monday(c.At)
		c.Until = c.From.AddDate(0, 0, 7)
		c.Prev, c.Next = c.From.AddDate(0, 0, -7).Format(time.DateOnly), c.Until.Format(time.DateOnly)
		return
	}
	first := time.Date(c.At.Year(), c.At.Month(), 1, 0, 0, 0, 0, c.At.Location())
	next := first.AddDate(0, 1, 0)
	c.From, c.Until = monday(first), monday(next.AddDate(0, 0, 6))
	c.Prev, c.Next = first.AddDate(0, -1, 0).Format(time.DateOnly), next.Format(time.DateOnly)
}

func monday(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func (c *calendar) lay(now time.Time, byDay map[string][]entry) {
	today := midnight(now)
	for at := c.From; at.Before(c.Until); at = at.AddDate(0, 0, 1) {
		d := day{
			At: at, Value: at.Format(time.DateOnly), Outside: c.View == "month" && at.Month() != c.At.Month(),
			Past: at.Before(today), Today: at.Equal(today), Editions: byDay[at.Format(time.DateOnly)],
		}
		if c.View == "week" || len(d.Editions) > 0 && !d.Outside {
			c.Days = append(c.Days, d)
		}
		if c.View == "month" {
			if at.Weekday() == time.Monday {
				c.Weeks = append(c.Weeks, nil)
			}
			week := &c.Weeks[len(c.Weeks)-1]
			*week = append(*week, d)
		}
	}
}

// layHours puts a week's editions into the hours of its days.
func (c *calendar) layHours(now time.Time, settings press.Settings, zone *time.Location) {
	first := firstHour
	for _, d := range c.Days {
		for _, e := range d.Editions {
			first = min(first, e.At.In(zone).Hour())
		}
	}
	for clock := first; clock < hoursOfDay; clock++ {
		row := hour{Clock: fmt.Sprintf("%02d:00", clock)}
		for _, d := range c.Days {
			at := time.Date(d.At.Year(), d.At.Month(), d.At.Day(), clock, 0, 0, 0, zone)
			s := slot{At: at, Value: at.Format("2006-01-02T15:04"), Past: at.Before(now), Today: d.Today}
			if quiet, ok := settings.QuietAt(at); ok {
				s.Quiet = quiet.Name
			}
			for _, e := range d.Editions {
				if e.At.In(zone).Hour() == clock {
					s.Editions = append(s.Editions, e)
				}
			}
			row.Slots = append(row.Slots, s)
		}
		c.Hours = append(c.Hours, row)
	}
}

// listing is every edition, page by page.
type listing struct {
	Rows      []entry
	Total     int
	Page      int
	Pages     int
	Account   string
	Accounts  []press.Account
	Cancelled bool
	Composes  bool
}

func (h handlers) list(r *page.Request) error {
	l := listing{
		Page: max(1, r.Number("page", 1)), Account: r.FormValue("account"), Cancelled: r.FormValue("cancelled") != "",
		Accounts: h.Desk.Accounts(r.Context()), Composes: r.Actor.Has(press.Editor),
	}
	list, total, err := h.rows(r.Context(), r.Actor, store.EditionFilter{
		Account: l.Account, IncludeCancelled: l.Cancelled, Limit: perPage, Offset: (l.Page - 1) * perPage,
	})
	if err != nil {
		return err
	}
	now := h.Now()
	for _, e := range list {
		l.Rows = append(l.Rows, entry{row: e, Past: e.At.Before(now), Moves: l.Composes && e.Movable()})
	}
	l.Total, l.Pages = total, (total+perPage-1)/perPage
	return r.Render("list.html", l)
}

// slotAnswer says which places of the calendar an edition cannot be put to, and why.
type slotAnswer struct {
	Days  map[string]string `json:"days"`
	Hours map[string]string `json:"hours"`
}

// maxHours is for how many days single hours are looked at: a week.
const maxHours = 8

func (h handlers) slots(r *page.Request) error {
	e, err := h.edition(r, editionOf(r))
	if err != nil {
		return err
	}
	from, err := time.ParseInLocation(time.DateOnly, r.FormValue("from"), h.Zone)
	until, err2 := time.ParseInLocation(time.DateOnly, r.FormValue("until"), h.Zone)
	if err != nil || err2 != nil {
		return press.Fail(press.Invalid, "slots.days", press.Say("Name the days as from and until.", "请用 from 和 until 指定日期。"))
	}
	settings, err := h.Desk.Settings(r.Context())
	if err != nil {
		return err
	}
	days, err := h.Desk.Slots(r.Context(), e.Account, e.Mode, from, until, e.ID)
	if err != nil {
		return err
	}
	out := slotAnswer{Days: map[string]string{}, Hours: map[string]string{}}
	if e.Mode == press.ModeDraft {
		settings.Quiet = nil // a draft disturbs nobody
	}
	at := e.At.In(h.Zone)
	for _, s := range days {
		key := s.Day.Format(time.DateOnly)
		if s.Refusal != nil {
			out.Days[key] = r.Say(press.TextOf(s.Refusal))
			continue
		}
		kept := time.Date(s.Day.Year(), s.Day.Month(), s.Day.Day(), at.Hour(), at.Minute(), 0, 0, h.Zone)
		if len(days) > maxHours { // a month, where it keeps its hour
			if reason := h.closed(r, settings, kept); reason != "" {
				out.Days[key] = reason
			}
			continue
		}
		for clock := range hoursOfDay {
			hour := time.Date(s.Day.Year(), s.Day.Month(), s.Day.Day(), clock, 0, 0, 0, h.Zone)
			if reason := h.closed(r, settings, hour); reason != "" {
				out.Hours[hour.Format("2006-01-02T15:04")] = reason
			}
		}
	}
	return r.JSON(out)
}

// closed says why a moment of an open day cannot be chosen.
func (h handlers) closed(r *page.Request, settings press.Settings, at time.Time) string {
	if at.Before(h.Now()) {
		return r.T("editions.slot_past")
	}
	if quiet, ok := settings.QuietAt(at); ok {
		return r.T("editions.slot_quiet", "name", quiet.Name)
	}
	return ""
}

// move gives an edition the time that it was dragged to: a day, on which it keeps its hour, or day and hour; or the day and
// the clock of a form.
func (h handlers) move(r *page.Request) error {
	e, err := h.edition(r, editionOf(r))
	if err != nil {
		return err
	}
	at, err := h.movedTo(r, e.At.In(h.Zone))
	if err == nil {
		_, err = h.Desk.Reschedule(r.Context(), r.Actor, e.ID, at)
	}
	back := "/editions/" + string(e.ID)
	if err != nil {
		return r.SeeRefusal(back, err)
	}
	if view := r.FormValue("view"); slices.Contains([]string{"month", "week"}, view) || r.WantsJSON() {
		back = fmt.Sprintf("/editions/calendar?view=%s&at=%s", viewOf(r), at.In(h.Zone).Format(time.DateOnly))
	}
	return r.See(back, "editions.moved", "at", r.Formats().MomentText(at))
}

// viewOf is the calendar that a script drags on.
func viewOf(r *page.Request) string {
	if len(r.FormValue("at")) > len(time.DateOnly) {
		return "week"
	}
	return "month"
}

func (h handlers) movedTo(r *page.Request, was time.Time) (time.Time, error) {
	at := r.FormValue("at")
	switch {
	case at == "":
		return h.parseTime(r.FormValue("day"), r.FormValue("clock"))
	case len(at) > len(time.DateOnly):
		return h.parseTime(at[:len(time.DateOnly)], at[len(time.DateOnly)+1:])
	}
	return h.parseTime(at, was.Format("15:04"))
}
