package store

import (
	"context"

	"newsdesk/internal/press"
)

// PlanPages plans that websites get an approved revision without a push at WeChat, and returns the deliveries as they are
// stored: one that is planned for the same revision already is brought forward if that is earlier, and planned again if it
// was cancelled or retracted. It is a Conflict, "edition.unsigned", if the article is not approved in that revision.
func (s *Store) PlanPages(ctx context.Context, by press.Actor, item press.EditionItem, plan []press.Delivery) (out []press.Delivery, err error) {
	err = s.write(ctx, "plan pages", func(t *tx) error {
		out = nil
		who, err := t.anew(by)
		if err != nil {
			return err
		}
		if err := who.Require(press.Editor); err != nil {
			return err
		}
		if err := t.requireApproved([]press.EditionItem{item}); err != nil {
			return err
		}
		for _, d := range plan {
			stored, err := t.plan(who, "", d)
			if err != nil {
				return err
			}
			out = append(out, stored)
		}
		return t.audit(who, "article.to_sites", string(item.Article), targetsOf(plan))
	})
	return out, err
}

// targetsOf names the targets of deliveries.
func targetsOf(plan []press.Delivery) (out string) {
	for i, d := range plan {
		if i > 0 {
			out += ", "
		}
		out += d.Target
	}
	return out
}
