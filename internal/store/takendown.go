package store

import (
	"context"

	"newsdesk/internal/press"
)

// TakenDown applies a person's word that a website's page was taken down there by hand, whichever revision of the article is
// live there, and keeps the try that says so. It is Forbidden to whoever is no editor by now, and a Conflict,
// "retract.reachable", where the website is a target that is on: there Newsdesk takes it down.
func (s *Store) TakenDown(ctx context.Context, by press.Actor, id press.DeliveryID, change press.Change, attempt press.Attempt) (d press.Delivery, err error) {
	err = s.write(ctx, "taken down by hand", func(t *tx) error {
		if d, err = t.lockDelivery(id); err != nil {
			return err
		}
		who, err := t.anew(by)
		if err != nil {
			return err
		}
		if err := who.Require(press.Editor); err != nil {
			return err
		}
		target, found, err := t.target(d.Target)
		if err != nil {
			return err
		}
		// Whether the static website is there says the configuration, and not its row.
		if found && target.On && !target.removed && target.Kind != press.SiteStatic {
			return press.Reachable()
		}
		if d, err = t.decide(who, d, change); err != nil {
			return err
		}
		attempt.Delivery = id
		if err := t.insertAttempt(attempt); err != nil {
			return err
		}
		return t.alsoDown(who, d, change)
	})
	return d, err
}

// alsoDown applies the change to other revisions that are live at the place of a delivery.
func (t *tx) alsoDown(by press.Actor, d press.Delivery, change press.Change) error {
	others, err := all(t, scanDelivery, t.dialect.forUpdate("SELECT "+deliveryColumns+` FROM deliveries
		WHERE kind = 'site' AND target = $1 AND article = $2 AND state = 'live' ORDER BY id`), d.Target, d.Article)
	for _, live := range others {
		if err == nil {
			_, err = t.decide(by, live, change)
		}
	}
	return err
}
