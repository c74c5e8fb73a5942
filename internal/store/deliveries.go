package store

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

// DeliveryFilter chooses deliveries; an empty field does not choose.
type DeliveryFilter struct {
	Edition  press.EditionID // made for it; for the website's pages of its items see SiteDeliveries
	Article  press.ArticleID // website
	Kind     press.TargetKind
	Target   string
	States   []press.State
	DueFrom  time.Time
	DueUntil time.Time // due earlier than that
	Limit    int       // 50 if 0, at most 500
	Offset   int
}

const deliveryColumns = "id, kind, target, edition, mode, article, revision, hash, created_at, " + deliveryChanging

// deliveryChanging are the columns that change; the others are what the delivery is.
const deliveryChanging = "state, reason, due_at, next_at, site_policy, max_lateness, late_allowed, quiet_allowed, draft_intent_at, media_id, " +
	"draft_mark, prepared_at, fired_at, ledger, tries, push_id, push_data_id, publication, urls, live_at, failures, looks, fence, claimed_by, " +
	"claimed_until, restored_from, updated_at"

func scanDelivery(r row) (d press.Delivery, err error) {
	var (
		lateness int64
		revision *int
	)
	err = r.Scan(text(&d.ID), text(&d.Kind), &d.Target, text(&d.Edition), text(&d.Mode), text(&d.Article), &revision,
		text(&d.Hash), stamp(&d.CreatedAt),
		text(&d.State), fromJSON(&d.Reason), stamp(&d.DueAt), stamp(&d.NextAt), text(&d.SitePolicy), &lateness, &d.LateAllowed, &d.QuietAllowed,
		stamp(&d.DraftIntentAt), &d.MediaID, &d.DraftMark, stamp(&d.PreparedAt), stamp(&d.FiredAt), &d.Ledger, &d.Tries, &d.PushID,
		&d.PushDataID, &d.Publication, fromJSON(&d.URLs), stamp(&d.LiveAt), &d.Failures, &d.Looks, &d.Fence, text(&d.ClaimedBy),
		stamp(&d.ClaimedUntil), stamp(&d.RestoredFrom), stamp(&d.UpdatedAt))
	if revision != nil {
		d.Revision = *revision
	}
	d.MaxLateness = time.Duration(lateness)
	return d, err
}

// deliveryValues are a delivery's values in the order of deliveryColumns.
func deliveryValues(d press.Delivery) ([]any, error) {
	var revision any
	if d.Revision != 0 {
		revision = d.Revision
	}
	changing, err := changingValues(d)
	return append([]any{
		d.ID, d.Kind, d.Target, orNull(d.Edition), orNull(d.Mode), orNull(d.Article), revision, orNull(d.Hash), micros(d.CreatedAt),
	}, changing...), err
}

func changingValues(d press.Delivery) ([]any, error) {
	var reason any
	if d.Reason != nil {
		data, err := press.EncodeJSON(d.Reason)
		if err != nil {
			return nil, err
		}
		reason = string(data)
	}
	urls, err := toJSON(d.URLs)
	if err != nil {
		return nil, err
	}
	return []any{
		d.State, reason, micros(d.DueAt), micros(d.NextAt), d.SitePolicy, int64(d.MaxLateness), d.LateAllowed, d.QuietAllowed,
		micros(d.DraftIntentAt), d.MediaID, d.DraftMark, micros(d.PreparedAt), micros(d.FiredAt), d.Ledger, d.Tries, d.PushID,
		d.PushDataID, d.Publication, urls, micros(d.LiveAt), d.Failures, d.Looks, d.Fence, orNull(d.ClaimedBy),
		micros(d.ClaimedUntil), micros(d.RestoredFrom), micros(d.UpdatedAt),
	}, nil
}

const deliveryByID = "SELECT " + deliveryColumns + " FROM deliveries WHERE id = $1"

func (t *tx) delivery(id press.DeliveryID) (press.Delivery, error) {
	d, err := scanDelivery(t.one(deliveryByID, id))
	return d, missing(err, "delivery", "delivery", "投放", id)
}

func (t *tx) lockDelivery(id press.DeliveryID) (press.Delivery, error) {
	d, err := scanDelivery(t.one(t.dialect.forUpdate(deliveryByID), id))
	return d, missing(err, "delivery", "delivery", "投放", id)
}

// Delivery returns a delivery.
func (s *Store) Delivery(ctx context.Context, id press.DeliveryID) (d press.Delivery, err error) {
	err = s.read(ctx, "delivery", func(t *tx) error {
		d, err = t.delivery(id)
		return err
	})
	return d, err
}

// Deliveries returns one page of the deliveries a filter chooses, and how many it chooses in all. With DueFrom the
// earliest come first; without it the latest do.
func (s *Store) Deliveries(ctx context.Context, f DeliveryFilter) (out []press.Delivery, total int, err error) {
	w := f.where()
	err = s.read(ctx, "deliveries", func(t *tx) error {
		if err := t.one("SELECT count(*) FROM deliveries"+w.String(), w.args...).Scan(&total); err != nil {
			return err
		}
		tail, args := w.page(f.Limit, f.Offset)
		order := " ORDER BY due_at DESC, id DESC"
		if !f.DueFrom.IsZero() {
			order = " ORDER BY due_at, id"
		}
		out, err = all(t, scanDelivery, "SELECT "+deliveryColumns+" FROM deliveries"+w.String()+order+tail, args...)
		return err
	})
	return out, total, err
}

func (f DeliveryFilter) where() (w where) {
	for _, c := range []struct{ cond, value string }{
		{"edition = ?", string(f.Edition)},
		{"article = ?", string(f.Article)},
		{"kind = ?", string(f.Kind)},
		{"target = ?", f.Target},
	} {
		if c.value != "" {
			w.add(c.cond, c.value)
		}
	}
	if len(f.States) > 0 {
		w.in("state", anys(f.States))
	}
	if !f.DueFrom.IsZero() {
		w.add("due_at >= ?", micros(f.DueFrom))
	}
	if !f.DueUntil.IsZero() {
		w.add("due_at < ?", micros(f.DueUntil))
	}
	return w
}

// SiteDeliveries returns the website's deliveries of an edition's items, in the edition's order.
func (s *Store) SiteDeliveries(ctx context.Context, id press.EditionID) (out []press.Delivery, err error) {
	err = s.read(ctx, "site deliveries", func(t *tx) error {
		out, err = all(t, scanDelivery, `SELECT `+prefixed("d", deliveryColumns)+` FROM edition_items i
			JOIN deliveries d ON d.article = i.article AND d.revision = i.revision
			WHERE i.edition = $1 AND d.kind = 'site' ORDER BY i.position, d.target`, id)
		return err
	})
	return out, err
}

// Attempts returns every try of a delivery's steps, the first one first.
func (s *Store) Attempts(ctx context.Context, id press.DeliveryID) (out []press.Attempt, err error) {
	err = s.read(ctx, "attempts", func(t *tx) error {
		out, err = all(t, scanAttempt, "SELECT "+attemptColumns+" FROM attempts WHERE delivery = $1 ORDER BY seq", id)
		return err
	})
	return out, err
}

const attemptColumns = "delivery, seq, step, worker, started_at, ended_at, outcome, code, text_en, text_zh, raw"

func scanAttempt(r row) (a press.Attempt, err error) {
	err = r.Scan(text(&a.Delivery), &a.Seq, text(&a.Step), &a.Worker, stamp(&a.StartedAt), stamp(&a.EndedAt),
		text(&a.Outcome), &a.Code, &a.Text.EN, &a.Text.ZH, &a.Raw)
	return a, err
}
