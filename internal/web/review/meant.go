package review

import (
	"slices"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// Confirms reports whether something was found of which an editor may say that it is meant.
func (d *reading) Confirms() bool {
	return slices.ContainsFunc(d.Findings, func(f press.Finding) bool { return f.Blocks && press.MayBeMeant(f.Code) })
}

// meant notes that what the text checks found is meant.
func (h handlers) meant(r *page.Request) error {
	number := r.Number("revision", 0)
	if err := h.Desk.SayMeant(r.Context(), r.Actor, r.Article(), number); err != nil {
		return h.again(r, err, number, typed{})
	}
	return r.See(path(r.Article(), "/review", nil), "checks.meant_done")
}
