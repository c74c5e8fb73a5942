package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// CreateEdition adds an edition of approved revisions with its deliveries, and returns them as they are stored. It is a
// Conflict, "edition.unsigned", if an article is not approved, or not in the revision and with the hash that the edition
// names; "edition.repeated", if its first article goes to that account in that way at that instant already. A page that is
// planned for the website already keeps its delivery, brought forward if this edition needs it earlier, and planned again
// if it was cancelled. Whether there is room for the push is judged in the same transaction, and its refusal returned.
func (s *Store) CreateEdition(ctx context.Context, by press.Actor, e press.Edition, deliveries []press.Delivery, room ...press.SlotCheck) (out []press.Delivery, err error) {
	err = s.write(ctx, "create edition", func(t *tx) error {
		if err := t.checkSlots(room); err != nil {
			return err
		}
		out, err = t.createEdition(by, e, deliveries)
		return err
	})
	return out, err
}

func (t *tx) createEdition(by press.Actor, e press.Edition, deliveries []press.Delivery) (out []press.Delivery, err error) {
	if err := t.requireApproved(e.Items); err != nil {
		return nil, err
	}
	if err := t.notRepeated(e); err != nil {
		return nil, err
	}
	if err := t.insertEdition(by, e); err != nil {
		return nil, err
	}
	if err := t.audit(by, "edition.create", string(e.ID), e.Account+" "+e.At.UTC().Format(time.RFC3339)); err != nil {
		return nil, err
	}
	for _, d := range deliveries {
		stored, err := t.plan(by, e.ID, d)
		if err != nil {
			return nil, err
		}
		out = append(out, stored)
	}
	return out, nil
}

// requireApproved locks the articles, so that none is revised before the edition is stored.
func (t *tx) requireApproved(items []press.EditionItem) error {
	for _, item := range inArticleOrder(items) {
		a, err := t.lockArticle(item.Article)
		if err != nil {
			return err
		}
		if a.State != press.ArticleApproved || a.Revision != item.Revision || a.Hash != item.Hash {
			return press.Fail(press.Conflict, "edition.unsigned", press.Text{
				EN: fmt.Sprintf("“%s” is not approved as the edition names it: it is at revision %d, %s. Have it signed, then compose again.", a.Title, a.Revision, a.State.Name().EN),
				ZH: fmt.Sprintf("《%s》与推送所选内容不一致：现为第 %d 版，%s。请审核通过后重新编排。", a.Title, a.Revision, a.State.Name().ZH),
			})
		}
	}
	return nil
}

func inArticleOrder(items []press.EditionItem) []press.EditionItem {
	return slices.SortedFunc(slices.Values(items), func(a, b press.EditionItem) int { return cmp.Compare(a.Article, b.Article) })
}

func (t *tx) insertEdition(by press.Actor, e press.Edition) error {
	if e.CreatedBy == "" {
		e.CreatedBy = by.ID
	}
	err := t.must(insert("editions", editionColumns), e.ID, e.Account, e.Mode, micros(e.At), e.SitePolicy,
		int64(e.MaxLateness), e.Theme, false, orNull(e.CreatedBy), micros(t.orNow(e.CreatedAt)))
	if err != nil {
		return err
	}
	for i, item := range e.Items {
		err := t.must(insert("edition_items", itemColumns+", position"), e.ID, item.Article, item.Revision, item.Hash, item.Title, i)
		if err != nil {
			return t.conflict(err, "edition.twice", press.Say(
				"“%s” is in the edition twice.", "推送中重复选择了《%s》。", item.Title))
		}
	}
	return nil
}

// plan stores a delivery, or makes the one that is there for the same page serve this edition too.
func (t *tx) plan(by press.Actor, edition press.EditionID, d press.Delivery) (press.Delivery, error) {
	if d.Kind == press.TargetWeChat {
		d.Edition = edition
		return t.insertDelivery(by, d)
	}
	have, err := scanDelivery(t.one(t.dialect.forUpdate("SELECT "+deliveryColumns+
		" FROM deliveries WHERE kind = 'site' AND target = $1 AND article = $2 AND revision = $3"), d.Target, d.Article, d.Revision))
	if errors.Is(err, sql.ErrNoRows) {
		return t.insertDelivery(by, d)
	}
	if err != nil {
		return d, err
	}
	next, changed := alsoFor(have, d)
	if !changed {
		return have, nil
	}
	if next.State != have.State { // whoever still worked on the cancelled one is out
		next = decided(next)
	}
	next.UpdatedAt = t.now
	if err := t.updateDelivery(have, next); err != nil {
		return have, err
	}
	why := "without a push"
	if edition != "" {
		why = "for edition " + string(edition)
	}
	return next, t.audit(by, "delivery.plan", string(next.ID), why)
}

// alsoFor makes a page's delivery serve a further edition, whose own plan for it is d.
func alsoFor(have, d press.Delivery) (next press.Delivery, changed bool) {
	next = have
	switch have.State {
	case press.Cancelled, press.Retracted: // whoever composes it again wants it there again
		next.State, next.DueAt, next.NextAt = press.Planned, d.DueAt, d.NextAt
		next.Failures, next.LateAllowed = 0, false
		return next, true
	case press.Planned:
		next.DueAt, next.NextAt = earlier(have.DueAt, d.DueAt), earlier(have.NextAt, d.NextAt)
	}
	return next, !next.DueAt.Equal(have.DueAt) || !next.NextAt.Equal(have.NextAt)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func (t *tx) insertDelivery(by press.Actor, d press.Delivery) (press.Delivery, error) {
	if d.ID == "" {
		d.ID = press.DeliveryID(press.NewID(t.now))
	}
	d.CreatedAt, d.UpdatedAt = t.orNow(d.CreatedAt), t.orNow(d.UpdatedAt)
	values, err := deliveryValues(d)
	if err != nil {
		return d, err
	}
	if err := t.must(insert("deliveries", deliveryColumns), values...); err != nil {
		return d, err
	}
	if d, err = t.delivery(d.ID); err != nil {
		return d, err
	}
	return d, t.audit(by, "delivery.plan", string(d.ID), fmt.Sprintf("%s %s", d.Kind, d.Target))
}

// CancelEdition takes an edition back: its WeChat delivery by press.Cancel, which is a Conflict once it is fired, and
// the planned pages of its items that no other edition needs. It returns the deliveries it changed, WeChat's first.
func (s *Store) CancelEdition(ctx context.Context, by press.Actor, id press.EditionID) (e press.Edition, out []press.Delivery, err error) {
	err = s.write(ctx, "cancel edition", func(t *tx) error {
		e, out, err = t.cancelEdition(by, id)
		return err
	})
	return e, out, err
}

func (t *tx) cancelEdition(by press.Actor, id press.EditionID) (e press.Edition, out []press.Delivery, err error) {
	if e, err = t.lockEdition(id); err != nil {
		return e, nil, err
	}
	e.Cancelled = true
	if err := t.must("UPDATE editions SET cancelled = TRUE WHERE id = $1", id); err != nil {
		return e, nil, err
	}
	change := func(press.Delivery) press.Change { return press.Cancel() }
	if out, err = t.changePush(by, id, change); err != nil {
		return e, nil, err
	}
	pages, err := t.plannedPages(id)
	if err != nil {
		return e, nil, err
	}
	for _, page := range pages {
		if page.needed {
			continue
		}
		d, err := t.decide(by, page.Delivery, press.Cancel())
		if err != nil {
			return e, nil, err
		}
		out = append(out, d)
	}
	return e, out, t.audit(by, "edition.cancel", string(id), "")
}

// RescheduleEdition gives an edition another time, and applies what change makes of each delivery to its WeChat delivery
// and to the planned pages of its items. A page that another edition needs too is brought forward but never put off.
// It returns the deliveries it changed, WeChat's first. It is a Conflict, "edition.repeated", if another edition is there
// already that does the same at that instant.
func (s *Store) RescheduleEdition(ctx context.Context, by press.Actor, id press.EditionID, at time.Time,
	change func(press.Delivery) press.Change, room ...press.SlotCheck,
) (e press.Edition, out []press.Delivery, err error) {
	err = s.write(ctx, "reschedule edition", func(t *tx) error {
		out = nil
		if err := t.checkSlots(room); err != nil {
			return err
		}
		if e, err = t.lockEdition(id); err != nil {
			return err
		}
		if err := t.must("UPDATE editions SET at = $1 WHERE id = $2", micros(at), id); err != nil {
			return err
		}
		detail := e.At.Format(time.RFC3339) + " → " + at.UTC().Format(time.RFC3339)
		e.At = at.UTC().Truncate(time.Microsecond)
		if err := t.notRepeated(e); err != nil {
			return err
		}
		if out, err = t.changePush(by, id, change); err != nil {
			return err
		}
		pages, err := t.plannedPages(id)
		if err != nil {
			return err
		}
		for _, page := range pages {
			d, err := t.reschedulePage(by, page, change(page.Delivery))
			if err != nil {
				return err
			}
			out = append(out, d)
		}
		return t.audit(by, "edition.reschedule", string(id), detail)
	})
	return e, out, err
}

// lockEdition locks the edition and then its articles, so that no other edition of them is made or taken back meanwhile.
func (t *tx) lockEdition(id press.EditionID) (press.Edition, error) {
	e, err := t.edition(t.dialect.forUpdate(editionByID), id)
	if err != nil {
		return e, err
	}
	if e.Cancelled {
		return e, press.Fail(press.Conflict, "edition.cancelled", press.Say(
			"The edition is cancelled already.", "该推送已取消。"))
	}
	for _, item := range inArticleOrder(e.Items) {
		if _, err := t.lockArticle(item.Article); err != nil {
			return e, err
		}
	}
	return e, nil
}

// changePush applies a change to the edition's WeChat delivery. One that somebody cancelled by itself is left alone.
func (t *tx) changePush(by press.Actor, id press.EditionID, change func(press.Delivery) press.Change) ([]press.Delivery, error) {
	pushes, err := all(t, scanDelivery, t.dialect.forUpdate("SELECT "+deliveryColumns+
		" FROM deliveries WHERE kind = 'wechat' AND edition = $1"), id)
	if err != nil {
		return nil, err
	}
	var out []press.Delivery
	for _, d := range pushes {
		if d.State == press.Cancelled {
			continue
		}
		if d, err = t.decide(by, d, change(d)); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// page is a website delivery of one of an edition's items.
type page struct {
	press.Delivery
	needed bool // by another edition that is not cancelled
}

func (t *tx) plannedPages(id press.EditionID) ([]page, error) {
	found, err := all(t, scanDelivery, t.dialect.forUpdate("SELECT "+deliveryColumns+` FROM deliveries
		WHERE kind = 'site' AND state = 'planned'
		AND (article, revision) IN (SELECT article, revision FROM edition_items WHERE edition = $1) ORDER BY id`), id)
	if err != nil {
		return nil, err
	}
	pages := make([]page, len(found))
	for i, d := range found {
		pages[i].Delivery = d
		err := t.one(`SELECT count(*) > 0 FROM edition_items i JOIN editions e ON e.id = i.edition
			WHERE i.article = $1 AND i.revision = $2 AND NOT e.cancelled AND e.id <> $3`, d.Article, d.Revision, id).Scan(&pages[i].needed)
		if err != nil {
			return nil, err
		}
	}
	return pages, nil
}

func (t *tx) reschedulePage(by press.Actor, p page, change press.Change) (press.Delivery, error) {
	next, err := change.Apply(p.Delivery, t.now)
	if err != nil {
		return next, err
	}
	if p.needed {
		next.DueAt, next.NextAt = earlier(p.DueAt, next.DueAt), earlier(p.NextAt, next.NextAt)
	}
	next = decided(next)
	if err := t.updateDelivery(p.Delivery, next); err != nil {
		return next, err
	}
	return next, t.auditChange(by, next, change)
}
