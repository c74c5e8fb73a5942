package articles

import (
	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// handNote is what somebody typed about a page that was taken down by hand.
type handNote struct {
	Delivery press.DeliveryID
	Note     string
}

// takenDown takes a person's word that a page was taken down at its website. Refused, the page keeps what was typed.
func (h handlers) takenDown(r *page.Request) error {
	at, note := press.DeliveryID(r.PathValue("delivery")), r.PostFormValue("note")
	_, err := h.Desk.TakenDown(r.Context(), r.Actor, at, note)
	if err == nil {
		return r.See(pathOf(r.Article())+"/where", "articles.by_hand_done")
	}
	w, pageErr := h.whereabouts(r)
	if pageErr != nil {
		return pageErr
	}
	w.Typed = handNote{at, note}
	return r.Refuse(err, "where.html", w)
}
