package editions

import (
	"slices"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// showing is the page of one edition.
type showing struct {
	row
	Creator    string
	Theme      press.Text
	Deliveries []outgoing // of the push, then of the pages
	Pages      []pageRow  // the same pages, by article
	Names      page.TargetNames
	Awaits     []press.Text // websites for which the push waits now
	Until      time.Time    // and no longer than that
	Card       card
	Day        string // the edition's time, for the form that changes it
	Clock      string

	LateMinutes int

	Moves    bool // this reader may change its time
	Cancels  bool // and take it back, or change what is in it
	Fires    bool
	Previews bool
}

// outgoing is a delivery on an edition's page.
type outgoing struct {
	press.Delivery
	Title string   // of the page's article; empty for WeChat
	Links []string // where readers find it
	Steps []step
	Bar   int

	Awaited bool // the push goes out once this page is live
}

// pageRow is the deliveries of one article to websites, side by side.
type pageRow struct {
	Title  string
	Places []outgoing
}

// Topics are what changes when the edition does.
func (s showing) Topics() string {
	out := "edition:" + string(s.ID)
	for _, d := range s.Deliveries {
		out += " delivery:" + string(d.ID)
	}
	return out
}

func (h handlers) show(r *page.Request) error {
	s, err := h.showing(r)
	if err != nil {
		return err
	}
	return r.Render("edition.html", s)
}

// state is what of the page changes by itself.
func (h handlers) state(r *page.Request) error {
	s, err := h.showing(r)
	if err != nil {
		return err
	}
	return r.Fragment("edition.html", "state-part", s)
}

func (h handlers) showing(r *page.Request) (*showing, error) {
	e, err := h.edition(r, editionOf(r))
	if err != nil {
		return nil, err
	}
	at := e.At.In(h.Zone)
	s := &showing{row: e, Day: at.Format(time.DateOnly), Clock: at.Format("15:04"), LateMinutes: int(e.MaxLateness / time.Minute)}
	if e.CreatedBy != "" {
		user, err := h.Store.User(r.Context(), e.CreatedBy)
		if err != nil && press.KindOf(err) != press.NotFound {
			return nil, err
		}
		s.Creator = user.Name
	}
	if t, ok := h.Desk.Office.Themes(r.Context()).Get(e.Theme); ok {
		s.Theme = t.Title
	}
	if err := h.outgoing(r, s); err != nil {
		return nil, err
	}
	if err := h.showCard(r, s); err != nil {
		return nil, err
	}
	editor := r.Actor.Has(press.Editor)
	s.Moves = editor && e.Movable()
	s.Cancels = editor && !e.Cancelled && (e.Movable() || e.Push.State == press.Blocked)
	s.Fires = s.Moves && e.Mode != press.ModeDraft
	s.Previews = editor && e.Push.State == press.Ready
	return s, nil
}

func (h handlers) outgoing(r *page.Request, s *showing) error {
	titles := map[press.ArticleID]string{}
	for _, p := range s.Pieces {
		titles[p.Article] = p.Title
	}
	all := []press.Delivery{s.Push}
	pages, err := h.Store.SiteDeliveries(r.Context(), s.ID)
	if err != nil {
		return err
	}
	for _, d := range append(all, pages...) {
		if d.ID == "" || d.Kind == press.TargetSite && titles[d.Article] == "" {
			continue // of somebody else's article
		}
		out := outgoing{Delivery: d, Title: titles[d.Article]}
		for i, address := range d.URLs {
			if d.Kind == press.TargetSite || i < len(s.Pieces) && s.Pieces[i].Article != "" {
				out.Links = append(out.Links, h.articleLink(address))
			}
		}
		out.Steps, out.Bar = steps(d)
		s.Deliveries = append(s.Deliveries, out)
	}
	s.Names = h.TargetNames(r.Context())
	if err := h.awaits(r, s); err != nil {
		return err
	}
	for _, piece := range s.Pieces {
		p := pageRow{Title: piece.Title}
		for _, out := range s.Deliveries {
			if out.Kind == press.TargetSite && out.Article == piece.Article && piece.Article != "" {
				p.Places = append(p.Places, out)
			}
		}
		if len(p.Places) > 0 {
			s.Pages = append(s.Pages, p)
		}
	}
	return nil
}

// awaits says which pages that are not live yet the push waits for.
func (h handlers) awaits(r *page.Request, s *showing) error {
	push := s.Push
	if push.SitePolicy != press.SiteRequired || push.Mode == press.ModeDraft || push.State != press.Planned && push.State != press.Ready {
		return nil
	}
	targets, err := h.Desk.SiteTargets(r.Context())
	if err != nil {
		return err
	}
	s.Until = push.DueAt.Add(push.MaxLateness)
	for i, d := range s.Deliveries {
		if d.Kind != press.TargetSite || d.State == press.Live || d.State == press.Replaced {
			continue
		}
		rev, err := h.Store.Revision(r.Context(), d.Article, d.Revision)
		if err != nil {
			return err
		}
		if !press.Awaited(targets, rev.Content.Column, d.Target) {
			continue
		}
		s.Deliveries[i].Awaited = true
		if name := s.Names.Of(d.Delivery); !slices.Contains(s.Awaits, name) {
			s.Awaits = append(s.Awaits, name)
		}
	}
	return nil
}

func (h handlers) showCard(r *page.Request, s *showing) error {
	s.Card = card{Account: s.Account, At: s.At}
	for i, p := range s.Pieces {
		if p.Article == "" {
			s.Card.Items = append(s.Card.Items, cardItem{})
			continue
		}
		item, err := h.cardItem(r, p.Article, p.Revision, i == 0)
		if err != nil {
			return err
		}
		s.Card.Items = append(s.Card.Items, item)
	}
	return nil
}

func (h handlers) cancel(r *page.Request) error {
	id := editionOf(r)
	if _, err := h.Desk.CancelEdition(r.Context(), r.Actor, id); err != nil {
		return r.SeeRefusal("/editions/"+string(id), err)
	}
	return r.See("/editions/"+string(id), "editions.cancelled")
}

func (h handlers) fire(r *page.Request) error {
	id := editionOf(r)
	e, err := h.Desk.FireNow(r.Context(), r.Actor, id)
	if err != nil {
		return r.SeeRefusal("/editions/"+string(id), err)
	}
	push, err := h.Store.Push(r.Context(), e.ID)
	if err != nil {
		return err
	}
	return r.See("/deliveries/"+string(push.ID), "editions.fired", "at", r.Formats().MomentText(e.At))
}

func (h handlers) preview(r *page.Request) error {
	id := editionOf(r)
	reader := r.FormValue("reader")
	if err := h.Desk.PreviewTo(r.Context(), r.Actor, id, reader); err != nil {
		return r.SeeRefusal("/editions/"+string(id), err)
	}
	return r.See("/editions/"+string(id), "editions.previewed", "reader", reader)
}
