package articles

import (
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// known is what readers have of an article, and what may be done about it.
type known struct {
	Seen       int              // the newest revision that readers could open once; 0: none
	Correcting bool             // a newer one is on its way through review
	Behind     []press.Presence // WeChat shows an older revision there than the approved one
	Left       int              // targets where readers can open it, or where it is still to go out
	Placed     bool             // there is or was something anywhere
}

// knownOf sums up where an article is.
func knownOf(a press.Article, list []press.Presence) (k known) {
	for _, p := range list {
		k.Placed = true
		if !p.Delivery.LiveAt.IsZero() {
			k.Seen = max(k.Seen, p.Revision)
		}
		switch p.Verdict() {
		case press.VerdictUp, press.VerdictMaybe, press.VerdictGoes, press.VerdictHeld:
			k.Left++
		}
		if p.Delivery.Kind == press.TargetWeChat && p.Visible() && a.State == press.ArticleApproved && a.Revision > p.Revision {
			k.Behind = append(k.Behind, p)
		}
	}
	k.Correcting = k.Seen > 0 && a.Revision > k.Seen && a.State != press.ArticleApproved && a.State != press.ArticleWithdrawn
	return k
}

// correct begins a correction and opens it.
func (h handlers) correct(r *page.Request) error {
	id := r.Article()
	if _, err := h.Desk.Correct(r.Context(), r.Actor, id, r.PostFormValue("note")); err != nil {
		return h.showAgain(r, err, func(a *article) { a.Typed.Note = r.PostFormValue("note") })
	}
	return r.See(pathOf(id)+"/edit", "articles.correct_begun")
}

// showAgain shows the article's page with what was typed.
func (h handlers) showAgain(r *page.Request, refusal error, typed func(*article)) error {
	a, err := h.read(r, 0)
	if err != nil {
		return err
	}
	typed(&a)
	return r.Refuse(refusal, "show.html", a)
}

// retract takes the article down everywhere and shows what came of it.
func (h handlers) retract(r *page.Request) error {
	id := r.Article()
	list, err := h.Desk.RetractEverywhere(r.Context(), r.Actor, id, r.PostFormValue("reason"))
	if err != nil {
		return h.showAgain(r, err, func(a *article) { a.Typed.Reason = r.PostFormValue("reason") })
	}
	for _, p := range list {
		if v := p.Verdict(); v != press.VerdictDown && v != press.VerdictNever {
			return r.See(pathOf(id)+"/where", "articles.retracted_partly")
		}
	}
	return r.See(pathOf(id)+"/where", "articles.retracted_all")
}

// whereabouts is the page that says of each target whether the article is there.
type whereabouts struct {
	press.Article
	List   []press.Presence
	Reason *press.AuditEntry // of the retraction; nil: it was not retracted as a whole
	Editor bool
	Names  page.TargetNames

	Attached int // attachments of the current revision
	Typed    handNote
}

// Behind reports whether a website shows an older revision than the one that is approved.
func (w whereabouts) Behind(p press.Presence) bool {
	return p.Delivery.Kind == press.TargetSite && p.Visible() && w.State == press.ArticleApproved && p.Revision < w.Revision
}

// Gone reports whether a page stands at a website that is no target any more, so that nothing here reaches it.
func (w whereabouts) Gone(p press.Presence) bool {
	_, known := w.Names[p.Delivery.Target]
	return p.Delivery.Kind == press.TargetSite && p.Visible() && !known
}

// Topic is what changes when a target does.
func (w whereabouts) Topic() string { return "article:" + string(w.ID) }

func (h handlers) where(r *page.Request) error {
	w, err := h.whereabouts(r)
	if err != nil {
		return err
	}
	return r.Render("where.html", w)
}

func (h handlers) wherePart(r *page.Request) error {
	w, err := h.whereabouts(r)
	if err != nil {
		return err
	}
	return r.Fragment("where.html", "places", w)
}

func (h handlers) whereabouts(r *page.Request) (w whereabouts, err error) {
	if w.Article, err = h.Store.Article(r.Context(), r.Article()); err != nil {
		return w, err
	}
	if w.List, err = h.Desk.WhereIs(r.Context(), r.Actor, w.ID); err != nil {
		return w, err
	}
	w.Editor, w.Names = r.Actor.Has(press.Editor), h.TargetNames(r.Context())
	current, err := h.Store.Revision(r.Context(), w.ID, w.Revision)
	if err != nil {
		return w, err
	}
	w.Attached = len(current.Content.Attachments)
	if w.State == press.ArticleWithdrawn {
		w.Reason, err = h.last(r, w.ID, "article.retract")
	}
	return w, err
}

// retractFrom takes the article down at one target.
func (h handlers) retractFrom(r *page.Request) error {
	id := r.Article()
	if err := h.Desk.RetractFrom(r.Context(), r.Actor, id, press.DeliveryID(r.PathValue("delivery"))); err != nil {
		return r.SeeRefusal(pathOf(id)+"/where", err)
	}
	return r.See(pathOf(id)+"/where", "articles.retracted_one")
}
