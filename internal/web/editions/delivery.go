package editions

import (
	"context"
	"net/url"
	"slices"

	"newsdesk/internal/desk"
	"newsdesk/internal/manual"
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// step is one part of a delivery's way, and where it is: done, now, bad or empty.
type step struct {
	Key   string // of its words
	State string
}

// ways are the steps by kind and mode.
func way(d press.Delivery) []string {
	switch {
	case d.Kind == press.TargetSite:
		return []string{"planned", "write", "live"}
	case d.Mode == press.ModeDraft:
		return []string{"planned", "prepare", "box"}
	}
	return []string{"planned", "prepare", "wait", "send", "look", "live"}
}

// steps says how far a delivery has come, and in percent.
func steps(d press.Delivery) ([]step, int) {
	names := way(d)
	at, mark := position(d), "now"
	if d.State == press.Blocked {
		mark = "bad"
	}
	out := make([]step, len(names))
	for i, name := range names {
		out[i].Key = name
		switch {
		case i < at:
			out[i].State = "done"
		case i == at:
			out[i].State = mark
		}
	}
	return out, min(100, 100*at/len(names))
}

// position is the step that a delivery is in; beyond the last one where it is at its end.
func position(d press.Delivery) int {
	names, state := way(d), d.State
	if state == press.Blocked {
		state = stoppedAt(d)
	}
	name := ""
	switch state {
	case press.Planned:
		name = names[1]
	case press.Ready:
		name = "wait"
	case press.Sending:
		name = "send"
	case press.Sent, press.Unknown:
		name = "look"
	case press.Live, press.Retracted, press.Replaced:
		return len(names)
	case press.Cancelled:
		return 1
	}
	if i := slices.Index(names, name); i >= 0 {
		return i
	}
	return len(names) // a draft in the box is at its end
}

// stoppedAt is how far a blocked delivery had come; where it goes back to when it is released may be further back.
func stoppedAt(d press.Delivery) press.State {
	switch {
	case d.Kind == press.TargetSite:
		return press.Planned
	case d.PushID != "":
		return press.Sent
	case !d.FiredAt.IsZero() && d.Reason != nil && d.Reason.Back == press.Unknown:
		return press.Unknown
	case d.MediaID != "":
		return press.Ready
	}
	return press.Planned
}

// delivering is the page of one delivery.
type delivering struct {
	press.Delivery
	Edition  *row       // of which it is a part; nil where the reader may not see it
	Place    press.Text // the website that it goes to
	Title    string
	More     int
	Steps    []step
	Bar      int
	Attempts []press.Attempt // the latest first
	Links    []link
	Overdue  bool
	There    string // the page at the website, where somebody edited it
	Settings string // of the website, for who is to mend them
	Help     string // the row of the manual about its reason; empty: none is

	Releases bool
	Quiet    *press.QuietHours // on now, where a release sends
	Stop     *press.Stop       // that would hold it again; it is lifted first
	Retries  bool
	Cancels  bool
	Fires    bool
	Retracts bool
	WentOut  bool   // a person may have seen at WeChat that it did go out
	Typed    string // the addresses that he gave, where they were refused
	Articles int    // that a retraction takes down

	Left []desk.QuotaLine // of what its next step needs

	Behind []desk.ResendItem // articles of which WeChat shows an older revision than the approved one
	Open   bool              // it was to be deleted and sent again, which has not been done
}

// link leads to a live article.
type link struct {
	Title string
	URL   string
}

// Topic is what changes when the delivery does.
func (d delivering) Topic() string { return "delivery:" + string(d.ID) }

func (h handlers) delivery(r *page.Request) error {
	d, err := h.delivering(r)
	if err != nil {
		return err
	}
	return r.Render("delivery.html", d)
}

func (h handlers) deliveryState(r *page.Request) error {
	d, err := h.delivering(r)
	if err != nil {
		return err
	}
	return r.Fragment("delivery.html", "state-part", d)
}

func (h handlers) delivering(r *page.Request) (*delivering, error) {
	ctx := r.Context()
	found, err := h.Store.Delivery(ctx, deliveryOf(r))
	if err != nil {
		return nil, err
	}
	d := &delivering{Delivery: found, Articles: 1, Place: h.TargetNames(ctx).Of(found)}
	if found.Reason != nil {
		d.Help = manual.RowOf(found.Reason.Code, found.Mode)
	}
	if err := h.about(r, d); err != nil {
		return nil, err
	}
	if err := h.troubled(r, d); err != nil {
		return nil, err
	}
	if d.Attempts, err = h.Store.Attempts(ctx, d.ID); err != nil {
		return nil, err
	}
	slices.Reverse(d.Attempts)
	d.Steps, d.Bar = steps(found)
	now := h.Now()
	d.Overdue = d.State.Moving() && d.DueAt.Before(now)
	if !r.Actor.Has(press.Editor) {
		return d, nil
	}
	if d.Left, err = h.left(ctx, found); err != nil {
		return nil, err
	}
	if d.HeldByStop() || d.SendsOnRelease(now) {
		if d.Stop, err = h.Desk.StopOf(ctx, d.Target); err != nil {
			return nil, err
		}
	}
	d.Releases = d.State == press.Blocked && d.Stop == nil
	if d.SendsOnRelease(now) {
		quiet, on, err := h.Desk.QuietAt(ctx, d.NotBefore(now))
		if err != nil {
			return nil, err
		}
		if on {
			d.Quiet = &quiet
		}
	}
	d.Retries = slices.Contains([]press.State{press.Planned, press.Sent, press.Unknown}, d.State) && d.NextAt.After(now) && d.Failures+d.Looks > 0
	d.Cancels = slices.Contains([]press.State{press.Planned, press.Ready, press.Blocked}, d.State)
	d.Fires = d.Kind == press.TargetWeChat && d.Mode != press.ModeDraft && (d.State == press.Planned || d.State == press.Ready) && d.DueAt.After(now)
	d.Retracts = d.State == press.Live
	d.WentOut = d.MayHaveGoneOut()
	return d, h.behind(r, d)
}

// about adds what the delivery brings. A reader who may read none of it is told that there is no such delivery.
func (h handlers) about(r *page.Request, d *delivering) error {
	ctx := r.Context()
	if d.Kind == press.TargetSite {
		article, err := h.Store.Article(ctx, d.Article)
		if err != nil {
			return err
		}
		if !r.Actor.CanRead(article) {
			return noDelivery(d.ID)
		}
		rev, err := h.Store.Revision(ctx, d.Article, d.Revision)
		if err != nil {
			return err
		}
		d.Title = rev.Content.Title
		for _, address := range d.URLs {
			d.Links = append(d.Links, link{d.Title, address})
		}
	}
	if d.Delivery.Edition == "" {
		return nil
	}
	e, err := h.edition(r, d.Delivery.Edition)
	if d.Kind == press.TargetSite && press.KindOf(err) == press.NotFound && err != nil {
		return nil
	}
	if press.KindOf(err) == press.NotFound && err != nil {
		return noDelivery(d.ID)
	}
	if err != nil {
		return err
	}
	d.Edition = &e
	if d.Kind == press.TargetSite {
		return nil
	}
	d.Title, d.More, d.Articles = e.Title(), e.More(), len(e.Pieces)
	for i, address := range d.URLs {
		if i < len(e.Pieces) && e.Pieces[i].Article != "" {
			d.Links = append(d.Links, link{e.Pieces[i].Title, h.articleLink(address)})
		}
	}
	return nil
}

// troubled adds ways to where a website's trouble is looked at and mended.
func (h handlers) troubled(r *page.Request, d *delivering) error {
	if d.Kind != press.TargetSite || d.State != press.Blocked || d.Reason == nil {
		return nil
	}
	if d.Reason.Code == press.CodePageEdited {
		place, err := h.Store.PagePlace(r.Context(), d.Target, d.Article)
		if err != nil {
			return err
		}
		if press.SafeLink(place.Address) {
			d.There = place.Address
		}
		return nil
	}
	if r.Actor.Has(press.Administrator) {
		d.Settings = "/settings/targets/" + url.PathEscape(d.Target)
	}
	return nil
}

func noDelivery(id press.DeliveryID) error {
	return press.Fail(press.NotFound, "delivery.missing", press.Say("There is no delivery %s.", "没有投放 %s。", id))
}

func (h handlers) release(r *page.Request) error {
	release := h.Desk.Release
	if r.FormValue("quiet") != "" { // the page said so
		release = h.Desk.ReleaseInQuiet
	}
	return h.decide(r, release, "deliveries.released")
}

func (h handlers) retry(r *page.Request) error {
	return h.decide(r, h.Desk.Retry, "deliveries.retried")
}

func (h handlers) cancelDelivery(r *page.Request) error {
	return h.decide(r, h.Desk.CancelDelivery, "deliveries.cancelled")
}

// wentOut takes a person's word. Refused, the page keeps the links that were typed.
func (h handlers) wentOut(r *page.Request) error {
	links, id := r.PostFormValue("links"), deliveryOf(r)
	_, err := h.Desk.WentOut(r.Context(), r.Actor, id, links)
	if err == nil {
		return r.See("/deliveries/"+string(id), "deliveries.went_out_done")
	}
	d, pageErr := h.delivering(r)
	if pageErr != nil {
		return pageErr
	}
	d.Typed = links
	return r.Refuse(err, "delivery.html", d)
}

func (h handlers) retract(r *page.Request) error {
	return h.decide(r, h.Desk.Retract, "deliveries.retracted")
}

func (h handlers) decide(r *page.Request, do func(context.Context, press.Actor, press.DeliveryID) (press.Delivery, error), done string) error {
	id := deliveryOf(r)
	if _, err := do(r.Context(), r.Actor, id); err != nil {
		return r.SeeRefusal("/deliveries/"+string(id), err)
	}
	return r.See("/deliveries/"+string(id), done)
}
