package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"newsdesk/internal/press"
)

// maxPresences is how many deliveries of one article are looked at, the latest.
const maxPresences = 100

// Presences returns where an article is, was or will be, the latest delivery first.
func (s *Store) Presences(ctx context.Context, id press.ArticleID) (out []press.Presence, err error) {
	err = s.read(ctx, "presences", func(t *tx) error {
		out, err = t.presences(id)
		return err
	})
	return out, err
}

func (t *tx) presences(id press.ArticleID) ([]press.Presence, error) {
	pages, err := all(t, scanDelivery, "SELECT "+deliveryColumns+` FROM deliveries
		WHERE kind = 'site' AND article = $1 ORDER BY revision DESC LIMIT $2`, id, maxPresences)
	if err != nil {
		return nil, err
	}
	var out []press.Presence
	for _, d := range pages {
		out = append(out, press.Presence{Delivery: d, Revision: d.Revision})
	}
	type place struct {
		delivery     press.DeliveryID
		revision, at int
		of           int
	}
	places, err := all(t, func(r row) (p place, err error) {
		err = r.Scan(text(&p.delivery), &p.revision, &p.at, &p.of)
		return p, err
	}, `SELECT d.id, i.revision, i.position + 1, (SELECT count(*) FROM edition_items o WHERE o.edition = i.edition)
		FROM edition_items i JOIN deliveries d ON d.edition = i.edition AND d.kind = 'wechat'
		WHERE i.article = $1 ORDER BY d.due_at DESC, d.id DESC LIMIT $2`, id, maxPresences)
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		d, err := t.delivery(p.delivery)
		if err != nil {
			return nil, err
		}
		out = append(out, press.Presence{Delivery: d, Revision: p.revision, Position: p.at, Of: p.of})
	}
	for i := range out {
		if err := t.fillPresence(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fillPresence adds what was done to take the article down there.
func (t *tx) fillPresence(p *press.Presence) error {
	id := p.Delivery.ID
	err := t.one("SELECT max(at) FROM audit WHERE subject = $1 AND action = 'delivery.retract_asked'", id).Scan(stamp(&p.AskedAt))
	if err != nil {
		return err
	}
	last, err := scanAttempt(t.one("SELECT "+attemptColumns+` FROM attempts
		WHERE delivery = $1 AND step = 'retract' ORDER BY seq DESC LIMIT 1`, id))
	switch {
	case err == nil:
		p.Last = &last
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	if p.Position == 0 {
		return nil
	}
	if err := t.one("SELECT count(*) > 0 FROM deleted_items WHERE delivery = $1 AND position = $2", id, p.Position).Scan(&p.Down); err != nil {
		return err
	}
	again, err := scanResending(t.one("SELECT "+resendColumns+` FROM resends
		WHERE delivery = $1 AND position IN (0, $2) ORDER BY asked_at DESC LIMIT 1`, id, p.Position))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	p.Again = &again
	return err
}

// RetractArticle takes an article out of the way of being published, and stops whatever of it has not gone out: pages and
// pushes of it alone are cancelled, pushes that bring others too are held. What is out already is not touched. The person's
// reason is in the audit log. It is Forbidden to whoever is no editor by now.
func (s *Store) RetractArticle(ctx context.Context, by press.Actor, id press.ArticleID, reason string) (a press.Article, stopped []press.Delivery, err error) {
	err = s.write(ctx, "retract article", func(t *tx) error {
		stopped = nil
		if a, err = t.lockArticle(id); err != nil {
			return err
		}
		who, err := t.anew(by)
		if err != nil {
			return err
		}
		if err := who.Require(press.Editor); err != nil {
			return err
		}
		if a.State != press.ArticleWithdrawn {
			if a, err = t.moveArticle(a, press.ArticleWithdrawn); err != nil {
				return err
			}
		}
		if err := t.audit(who, "article.retract", string(id), reason); err != nil {
			return err
		}
		stopped, err = t.stopArticle(who, a)
		return err
	})
	return a, stopped, err
}

// stopArticle stops what has not gone out.
func (t *tx) stopArticle(by press.Actor, a press.Article) (stopped []press.Delivery, err error) {
	list, err := t.presences(a.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		d, err := t.lockDelivery(p.Delivery.ID)
		if err != nil {
			return nil, err
		}
		switch d.State {
		case press.Planned, press.Ready, press.Blocked:
		default:
			continue
		}
		if !d.FiredAt.IsZero() {
			continue // it may be out: only looking tells
		}
		if p.Of > 1 {
			d, err = t.decide(by, d, press.HeldForRetraction(a.Title, t.now))
		} else {
			d, err = t.decide(by, d, press.Cancel())
			if err == nil && d.Kind == press.TargetWeChat {
				err = t.must("UPDATE editions SET cancelled = TRUE WHERE id = $1", d.Edition)
			}
		}
		if err != nil {
			return nil, err
		}
		stopped = append(stopped, d)
	}
	return stopped, nil
}

// mayRelease refuses to let a push go that was held because of an article that is still withdrawn.
func (t *tx) mayRelease(d press.Delivery, change press.Change) error {
	if change.Action != "delivery.release" || d.Reason == nil || d.Reason.Code != press.CodeRetracted {
		return nil
	}
	var title string
	err := t.one(`SELECT a.title FROM edition_items i JOIN articles a ON a.id = i.article
		WHERE i.edition = $1 AND a.state = 'withdrawn' ORDER BY i.position LIMIT 1`, d.Edition).Scan(&title)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return press.Fail(press.Conflict, press.CodeRetracted, press.Say(
		"“%s” was retracted and must not go out. Change the edition so that it leaves the article out, or cancel it.",
		"《%s》已撤回，不能发出。请修改推送，去掉这篇稿件；或取消推送。", title))
}

// ItemDown notes that WeChat deleted one article of a push, by its place from 1, together with the try that led to it.
func (s *Store) ItemDown(ctx context.Context, by press.Actor, id press.DeliveryID, position int, title string, attempt press.Attempt) (d press.Delivery, err error) {
	err = s.write(ctx, "article of a push deleted", func(t *tx) error {
		if d, err = t.lockDelivery(id); err != nil {
			return err
		}
		attempt.Delivery = id
		if err := t.insertAttempt(attempt); err != nil {
			return err
		}
		n, err := t.exec(`INSERT INTO deleted_items (delivery, position, deleted_at) VALUES ($1, $2, $3)
			ON CONFLICT (delivery, position) DO NOTHING`, id, position, micros(t.now))
		if err != nil || n == 0 || d.State != press.Live {
			return err
		}
		d, err = t.decide(by, d, press.ArticleDeleted(title))
		return err
	})
	return d, err
}

// RetractPage notes that an article's page is to go off a website, whichever of its revisions was live there, and that its
// files are still to be removed; see Removals and PageRemoved. It returns the delivery that was named.
func (s *Store) RetractPage(ctx context.Context, by press.Actor, id press.DeliveryID) (d press.Delivery, err error) {
	err = s.write(ctx, "retract page", func(t *tx) error {
		if d, err = t.lockDelivery(id); err != nil {
			return err
		}
		shown, err := all(t, scanDelivery, t.dialect.forUpdate("SELECT "+deliveryColumns+` FROM deliveries
			WHERE kind = 'site' AND target = $1 AND article = $2 AND state = 'live' ORDER BY id`), d.Target, d.Article)
		if err != nil {
			return err
		}
		for _, live := range shown {
			live, err := t.decide(by, live, press.TakenDown())
			if err != nil {
				return err
			}
			if live.ID == id {
				d = live
			}
		}
		return t.must(`INSERT INTO site_removals (target, article, since) VALUES ($1, $2, $3)
			ON CONFLICT (target, article) DO NOTHING`, d.Target, d.Article, micros(t.now))
	})
	return d, err
}

// PageRemoved notes how removing a page's files ended. A failure is StillUp of the delivery, unless another revision took
// its place meanwhile.
func (s *Store) PageRemoved(ctx context.Context, by press.Actor, id press.DeliveryID, attempt press.Attempt) (d press.Delivery, err error) {
	err = s.write(ctx, "page removed", func(t *tx) error {
		if d, err = t.lockDelivery(id); err != nil {
			return err
		}
		attempt.Delivery = id
		if err := t.insertAttempt(attempt); err != nil {
			return err
		}
		if attempt.Outcome != press.OutcomeOK && d.State == press.Retracted {
			if d, err = t.decide(by, d, press.StillUp()); err != nil {
				return err
			}
		}
		return t.removed(d, attempt.Outcome)
	})
	return d, err
}

// Removals returns the deliveries whose pages were to go off a website before a time, and whose files may still be there; among
// them those that were cancelled before that time, when parts of them had been brought ahead: whoever was bringing them has noticed
// by then.
func (s *Store) Removals(ctx context.Context, before time.Time, limit int) (out []press.Delivery, err error) {
	err = s.read(ctx, "removals", func(t *tx) error {
		out, err = all(t, scanDelivery, "SELECT "+prefixed("d", deliveryColumns)+` FROM site_removals r JOIN deliveries d
			ON d.kind = 'site' AND d.target = r.target AND d.article = r.article AND d.state IN ('retracted', 'cancelled')
			WHERE r.since <= $1 AND NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.kind = 'site' AND o.target = r.target
				AND o.article = r.article AND o.state IN ('live', 'planned')) AND d.revision = (SELECT max(o.revision) FROM deliveries o WHERE o.kind = 'site'
				AND o.target = r.target AND o.article = r.article AND o.state = d.state)
			AND (d.state = 'retracted' OR NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.kind = 'site' AND o.target = r.target
				AND o.article = r.article AND (o.state IN ('retracted', 'blocked') OR o.state = 'cancelled' AND o.updated_at > $1)))
			ORDER BY r.since LIMIT $2`, micros(before), bounded(limit))
		return err
	})
	return out, err
}
