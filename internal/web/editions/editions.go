// Package editions is where articles are put together and sent: composing, the calendar, an edition, and its deliveries.
package editions

import (
	"context"
	"embed"
	"net/url"
	"slices"
	"strings"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/web/page"
)

//go:embed *.html
var templates embed.FS

// Room returns the room.
func Room(k *page.Kit) page.Room {
	h := handlers{k}
	editor := []press.Role{press.Editor}
	return page.Room{Name: "editions", Templates: templates, Routes: []page.Route{
		{Pattern: "GET /editions", Handle: h.list},
		{Pattern: "GET /editions/calendar", Handle: h.calendar},
		{Pattern: "GET /editions/calendar/part", Handle: h.calendarPart},
		{Pattern: "GET /editions/new", Roles: editor, Handle: h.newEdition},
		{Pattern: "POST /editions", Roles: editor, Handle: h.compose},
		{Pattern: "GET /editions/cover/{article}/{revision}/{shape}", Handle: h.cover},
		{Pattern: "GET /editions/{id}", Handle: h.show},
		{Pattern: "GET /editions/{id}/state", Handle: h.state},
		{Pattern: "GET /editions/{id}/slots", Roles: editor, Handle: h.slots},
		{Pattern: "POST /editions/{id}/time", Roles: editor, Handle: h.move},
		{Pattern: "POST /editions/{id}/change", Roles: editor, Handle: h.change},
		{Pattern: "POST /editions/{id}/cancel", Roles: editor, Handle: h.cancel},
		{Pattern: "POST /editions/{id}/fire", Roles: editor, Handle: h.fire},
		{Pattern: "POST /editions/{id}/preview", Roles: editor, Handle: h.preview},
		{Pattern: "GET /deliveries/{id}", Handle: h.delivery},
		{Pattern: "GET /deliveries/{id}/state", Handle: h.deliveryState},
		{Pattern: "POST /deliveries/{id}/release", Roles: editor, Handle: h.release},
		{Pattern: "POST /deliveries/{id}/retry", Roles: editor, Handle: h.retry},
		{Pattern: "POST /deliveries/{id}/cancel", Roles: editor, Handle: h.cancelDelivery},
		{Pattern: "POST /deliveries/{id}/went-out", Roles: editor, Handle: h.wentOut},
		{Pattern: "POST /deliveries/{id}/retract", Roles: editor, Handle: h.retract},
		{Pattern: "GET /deliveries/{id}/resend", Roles: editor, Handle: h.askResend},
		{Pattern: "POST /deliveries/{id}/resend", Roles: editor, Handle: h.resend},
	}}
}

type handlers struct{ *page.Kit }

func editionOf(r *page.Request) press.EditionID   { return press.EditionID(r.PathValue("id")) }
func deliveryOf(r *page.Request) press.DeliveryID { return press.DeliveryID(r.PathValue("id")) }

// row is an edition as pages show it.
type row struct {
	store.EditionRow
	Own bool // holds an article that the reader may read
}

// Title is the headline's; empty where the reader may not know it.
func (e row) Title() string {
	if len(e.Pieces) == 0 {
		return ""
	}
	return e.Pieces[0].Title
}

// More is how many articles there are besides the headline.
func (e row) More() int { return max(0, len(e.Pieces)-1) }

// seen is an edition as a person may see it: to a contributor, of other people's articles no more than their places.
func seen(who press.Actor, e store.EditionRow) row {
	out := row{EditionRow: e}
	out.Pieces = slices.Clone(e.Pieces)
	for i, p := range out.Pieces {
		if who.ReadsAll() || p.Author == who.ID {
			out.Own = true
		} else {
			out.Pieces[i] = store.EditionPiece{}
		}
	}
	return out
}

// rows are the editions that a person may see of those a filter chooses.
func (h handlers) rows(ctx context.Context, who press.Actor, f store.EditionFilter) ([]row, int, error) {
	if !who.ReadsAll() {
		f.Author = who.ID
	}
	list, total, err := h.Store.EditionRows(ctx, f)
	out := make([]row, len(list))
	for i, e := range list {
		out[i] = seen(who, e)
	}
	return out, total, err
}

// edition returns one edition, or NotFound where the person may not see it.
func (h handlers) edition(r *page.Request, id press.EditionID) (row, error) {
	e, err := h.Store.Edition(r.Context(), id)
	if err != nil {
		return row{}, err
	}
	list, err := h.Store.EditionRowsOf(r.Context(), []press.Edition{e})
	if err != nil {
		return row{}, err
	}
	out := seen(r.Actor, list[0])
	if !out.Own {
		return row{}, press.Fail(press.NotFound, "edition.missing", press.Say("There is no edition %s.", "没有推送 %s。", id))
	}
	return out, nil
}

// articleLink is where readers find a live article. In the sandbox WeChat's addresses lead to the sandbox's own pages.
func (h handlers) articleLink(address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return ""
	}
	if h.Sandbox != "" && u.Hostname() == "mp.weixin.qq.com" {
		return strings.TrimSuffix(h.Sandbox, "/") + u.RequestURI()
	}
	return address
}

// parseTime reads a day and a time of day in the zone of the office.
func (h handlers) parseTime(day, clock string) (time.Time, error) {
	at, err := time.ParseInLocation("2006-01-02 15:04", strings.TrimSpace(day)+" "+strings.TrimSpace(clock), h.Zone)
	if err != nil {
		return at, press.Fail(press.Invalid, "edition.time", press.Say(
			"Choose a day and a time.", "请填写日期和时间。")).Because(err)
	}
	return at, nil
}
