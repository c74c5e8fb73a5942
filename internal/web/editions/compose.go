package editions

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/web/page"
)

const (
	freeLimit  = 40 // approved articles offered at once
	foundLimit = 20 // by a search
	choices    = 4  // times proposed
)

// composing is the page on which an edition is put together, with what was chosen so far.
type composing struct {
	Edition  press.EditionID // that is being changed; empty: a new one
	Chosen   []candidate     // in order
	Free     []candidate
	Query    string
	Account  string
	Mode     press.Mode
	Day      string
	Clock    string
	Theme    string
	Site     press.SitePolicy
	Lateness int // minutes

	Accounts   []press.Account
	Themes     []theme
	Modes      []modeChoice
	Times      []proposal
	Latenesses []int
	Places     []int
	HasSite    bool
	At         time.Time // zero where day or time cannot be read
	Slot       press.Text
	Stop       *press.Stop // that holds the account now
	Card       card
}

// candidate is an approved article that may go into an edition.
type candidate struct {
	store.ArticleRow
	Place int // in the edition, from 1; 0: not in it
}

// theme is a look that an edition may have.
type theme struct {
	Name  string
	Title press.Text
}

func (h handlers) themes(r *page.Request) (out []theme) {
	all := h.Desk.Office.Themes(r.Context())
	for _, name := range all.Names() {
		t, _ := all.Get(name)
		out = append(out, theme{Name: name, Title: t.Title})
	}
	return out
}

// modeChoice is a mode with what is left of its allowance on the day that is chosen.
type modeChoice struct {
	Mode    press.Mode
	Counted bool
	Left    desk.Allowance
}

// proposal is a time worth choosing.
type proposal struct {
	At      time.Time
	Value   string
	Refusal press.Text // why it cannot be chosen; zero: it can
}

// card is what the account's followers see in their chat.
type card struct {
	Account string
	At      time.Time
	Items   []cardItem
}

// cardItem is one article of a card.
type cardItem struct {
	Title  string
	Digest string
	Cover  string // address of the picture
}

func (h handlers) newEdition(r *page.Request) error {
	c, err := h.composing(r)
	if err != nil {
		return err
	}
	return r.Render("compose.html", c)
}

// composing reads what was chosen so far from the form or the address, and gathers what there is to choose from.
func (h handlers) composing(r *page.Request) (*composing, error) {
	if err := r.ParseForm(); err != nil {
		return nil, press.Fail(press.Invalid, "edition.form", press.Say("The form cannot be read.", "表单内容无法读取。")).Because(err)
	}
	c := &composing{Accounts: h.Desk.Accounts(r.Context()), Latenesses: []int{10, 30, 60, 120, 360}, HasSite: h.Desk.SiteTarget != ""}
	for i := range press.MaxEditionArticles {
		c.Places = append(c.Places, i+1)
	}
	var err error
	switch id := press.EditionID(r.FormValue("edition")); {
	case r.Form.Has("mode"):
		c.Edition = id
		h.read(r, c)
	case id != "":
		err = h.fromEdition(r, c, id)
	default:
		h.first(r, c)
	}
	if err != nil {
		return nil, err
	}
	return c, h.fill(r, c)
}

// read takes what a form holds.
func (h handlers) read(r *page.Request, c *composing) {
	c.Query, c.Account, c.Mode = strings.TrimSpace(r.FormValue("q")), r.FormValue("account"), press.Mode(r.FormValue("mode"))
	c.Day, c.Clock, c.Theme = r.FormValue("day"), r.FormValue("clock"), r.FormValue("theme")
	c.Site, c.Lateness = press.SitePolicy(r.FormValue("site")), r.Number("lateness", 30)
	if at := r.FormValue("when"); at != "" { // a proposed time was pressed
		if day, clock, ok := strings.Cut(at, "T"); ok {
			c.Day, c.Clock = day, clock
		}
	}
	for name, values := range r.Form {
		id, ok := strings.CutPrefix(name, "place.")
		if n, err := strconv.Atoi(values[0]); ok && err == nil && n > 0 && press.ValidID(id) {
			c.Chosen = append(c.Chosen, candidate{ArticleRow: store.ArticleRow{Article: press.Article{ID: press.ArticleID(id)}}, Place: n})
		}
	}
	slices.SortFunc(c.Chosen, func(a, b candidate) int {
		if a.Place != b.Place {
			return a.Place - b.Place
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
}

// first is a new edition: of the articles and for the day that the address names.
func (h handlers) first(r *page.Request, c *composing) {
	c.Mode, c.Site, c.Lateness = press.ModePublish, press.SiteRequired, int(h.Desk.MaxLateness/time.Minute)
	c.Query = strings.TrimSpace(r.FormValue("q"))
	if len(c.Accounts) > 0 {
		c.Account = c.Accounts[0].Name
	}
	for _, id := range r.Form["article"] {
		if press.ValidID(id) && len(c.Chosen) < press.MaxEditionArticles {
			c.Chosen = append(c.Chosen, candidate{ArticleRow: store.ArticleRow{Article: press.Article{ID: press.ArticleID(id)}}})
		}
	}
	at := h.Now().In(h.Zone).AddDate(0, 0, 1)
	c.Day, c.Clock = at.Format(time.DateOnly), "07:00"
	if day, err := time.ParseInLocation(time.DateOnly, r.FormValue("day"), h.Zone); err == nil {
		c.Day = day.Format(time.DateOnly)
	}
	if clock, err := time.Parse("15:04", r.FormValue("clock")); err == nil {
		c.Clock = clock.Format("15:04")
	}
}

// fromEdition is a change of an edition.
func (h handlers) fromEdition(r *page.Request, c *composing, id press.EditionID) error {
	e, err := h.edition(r, id)
	if err != nil {
		return err
	}
	at := e.At.In(h.Zone)
	c.Edition, c.Account, c.Mode, c.Theme, c.Site = e.ID, e.Account, e.Mode, e.Theme, e.SitePolicy
	c.Day, c.Clock, c.Lateness = at.Format(time.DateOnly), at.Format("15:04"), int(e.MaxLateness/time.Minute)
	for _, item := range e.Items {
		c.Chosen = append(c.Chosen, candidate{ArticleRow: store.ArticleRow{Article: press.Article{ID: item.Article}}})
	}
	return nil
}

// fill adds what there is to choose from, and what comes of what was chosen.
func (h handlers) fill(r *page.Request, c *composing) error {
	if !slices.Contains(c.Latenesses, c.Lateness) && c.Lateness > 0 {
		c.Latenesses = append(c.Latenesses, c.Lateness)
		slices.Sort(c.Latenesses)
	}
	c.Themes = h.themes(r)
	c.At, _ = h.parseTime(c.Day, c.Clock) // zero is shown as not chosen
	if c.Theme == "" {
		for _, a := range c.Accounts {
			if a.Name == c.Account {
				c.Theme = a.Theme
			}
		}
	}
	if err := h.candidates(r, c); err != nil {
		return err
	}
	if err := h.look(r, c); err != nil {
		return err
	}
	var err error
	if c.Stop, err = h.Desk.StopOf(r.Context(), c.Account); err != nil {
		return err
	}
	return h.times(r, c)
}

// candidates loads what is chosen and what else is there. What may not be read or is gone falls out.
func (h handlers) candidates(r *page.Request, c *composing) error {
	ctx := r.Context()
	ids := make([]press.ArticleID, len(c.Chosen))
	for i, one := range c.Chosen {
		ids[i] = one.ID
	}
	known, err := h.Store.ArticleRowsOf(ctx, ids)
	if err != nil {
		return err
	}
	c.Chosen = nil
	for i, a := range known {
		c.Chosen = append(c.Chosen, candidate{ArticleRow: a, Place: i + 1})
	}
	free, err := h.Store.Unscheduled(ctx, freeLimit)
	if err != nil {
		return err
	}
	if c.Query != "" {
		found, err := h.Store.ArticleRows(ctx, store.ArticleFilter{States: []press.ArticleState{press.ArticleApproved}, Query: c.Query, Limit: foundLimit})
		if err != nil {
			return err
		}
		free = found.Rows
	}
	for _, a := range free {
		if !slices.Contains(ids, a.ID) {
			c.Free = append(c.Free, candidate{ArticleRow: a})
		}
	}
	return nil
}

// look is the card as followers will see it.
func (h handlers) look(r *page.Request, c *composing) error {
	c.Card = card{Account: c.Account, At: c.At}
	for i, one := range c.Chosen {
		if i == press.MaxEditionArticles {
			break
		}
		item, err := h.cardItem(r, one.ID, one.Revision, i == 0)
		if err != nil {
			return err
		}
		c.Card.Items = append(c.Card.Items, item)
	}
	return nil
}

func (h handlers) cardItem(r *page.Request, id press.ArticleID, revision int, headline bool) (cardItem, error) {
	rev, err := h.Store.Revision(r.Context(), id, revision)
	if err != nil {
		return cardItem{}, err
	}
	shape := "square"
	if headline {
		shape = "wide"
	}
	item := cardItem{Title: rev.Content.TitleInPush(), Digest: rev.Content.Summary(press.PushDigestRunes)}
	if rev.Content.Cover.Photo != "" {
		item.Cover = fmt.Sprintf("/editions/cover/%s/%d/%s", id, rev.Number, shape)
	}
	return item, nil
}

// times says what is wrong with the time that is chosen, what is left on its day, and proposes others.
func (h handlers) times(r *page.Request, c *composing) error {
	ctx := r.Context()
	day := c.At
	if day.IsZero() {
		day = h.Now()
	}
	for _, mode := range []press.Mode{press.ModeMass, press.ModePublish, press.ModeDraft} {
		choice := modeChoice{Mode: mode}
		var err error
		choice.Left, choice.Counted, err = h.Desk.Allowance(ctx, c.Account, mode, day, c.Edition)
		if err != nil && press.KindOf(err) != press.Invalid {
			return err
		}
		c.Modes = append(c.Modes, choice)
	}
	if !c.At.IsZero() {
		if err := h.Desk.CheckSlot(ctx, c.Account, c.Mode, c.At, c.Edition); err != nil {
			c.Slot = press.TextOf(err)
		}
	}
	for _, at := range h.usual() {
		p := proposal{At: at, Value: at.Format("2006-01-02T15:04")}
		if err := h.Desk.CheckSlot(ctx, c.Account, c.Mode, at, c.Edition); err != nil {
			p.Refusal = press.TextOf(err)
		}
		c.Times = append(c.Times, p)
	}
	return nil
}

// usual are the next moments at which offices like to publish.
func (h handlers) usual() (out []time.Time) {
	now := h.Now().In(h.Zone)
	for day := 0; len(out) < choices; day++ {
		for _, hour := range []int{7, 12, 18} {
			at := time.Date(now.Year(), now.Month(), now.Day()+day, hour, 0, 0, 0, h.Zone)
			if at.After(now.Add(30*time.Minute)) && len(out) < choices {
				out = append(out, at)
			}
		}
	}
	return out
}

func (h handlers) compose(r *page.Request) error {
	return h.save(r, func(n desk.NewEdition) (press.Edition, error) {
		e, _, err := h.Desk.Compose(r.Context(), r.Actor, n)
		return e, err
	}, "editions.composed")
}

func (h handlers) change(r *page.Request) error {
	return h.save(r, func(n desk.NewEdition) (press.Edition, error) {
		e, _, err := h.Desk.ChangeEdition(r.Context(), r.Actor, editionOf(r), n)
		return e, err
	}, "editions.changed")
}

func (h handlers) save(r *page.Request, do func(desk.NewEdition) (press.Edition, error), done string) error {
	c, err := h.composing(r)
	if err != nil {
		return err
	}
	n := desk.NewEdition{
		Account: c.Account, Mode: c.Mode, SitePolicy: c.Site, Theme: c.Theme, MaxLateness: time.Duration(c.Lateness) * time.Minute,
	}
	for _, one := range c.Chosen {
		n.Articles = append(n.Articles, one.ID)
	}
	if n.At, err = h.parseTime(c.Day, c.Clock); err != nil {
		return r.Refuse(err, "compose.html", c)
	}
	e, err := do(n)
	if err != nil {
		return r.Refuse(err, "compose.html", c)
	}
	return r.See("/editions/"+string(e.ID), done)
}
