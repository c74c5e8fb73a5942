package store

import (
	"context"
	"fmt"
	"strings"

	"newsdesk/internal/press"
)

// ChangeDelivery applies a person's decision. It raises the fence and drops the claim, so that a worker in the middle of
// something loses it. A Conflict if the delivery's state does not allow the change; "stopped", if it would let a push
// go out that an emergency stop holds.
func (s *Store) ChangeDelivery(ctx context.Context, by press.Actor, id press.DeliveryID, change press.Change) (d press.Delivery, err error) {
	err = s.write(ctx, "change delivery", func(t *tx) error {
		if d, err = t.lockDelivery(id); err != nil {
			return err
		}
		next, err := t.decide(by, d, change)
		if err == nil && d.State == press.Blocked && (next.WillFire() || next.RepeatsCall()) {
			err = t.mayGoOut(d.Target)
		}
		d = next
		return err
	})
	return d, err
}

// decide applies a change to a delivery, of which the transaction holds the lock, over the head of any worker.
func (t *tx) decide(by press.Actor, d press.Delivery, change press.Change) (press.Delivery, error) {
	next, err := change.Apply(d, t.now)
	if err != nil {
		return d, err
	}
	if err := t.mayRelease(d, change); err != nil {
		return d, err
	}
	next = decided(next)
	if err := t.updateDelivery(d, next); err != nil {
		return d, err
	}
	return next, t.auditChange(by, next, change)
}

// decided takes the delivery from whichever worker has it.
func decided(d press.Delivery) press.Delivery {
	d.Fence++
	d.ClaimedBy, d.ClaimedUntil = "", press.Delivery{}.ClaimedUntil
	return d
}

func (t *tx) auditChange(by press.Actor, d press.Delivery, change press.Change) error {
	if change.Action == "" {
		return nil
	}
	return t.audit(by, change.Action, string(d.ID), change.Detail)
}

// updateDelivery writes next over old, if the row still has old's state and fence, and keeps the website's list of pages
// in step.
func (t *tx) updateDelivery(old, next press.Delivery) error {
	values, err := changingValues(next)
	if err != nil {
		return err
	}
	n, err := t.exec(updateDeliverySQL, append(values, old.ID, old.State, old.Fence)...)
	if err != nil {
		return err
	}
	if n != 1 {
		return fenced(old)
	}
	if old.Kind == press.TargetSite && (old.State == press.Live || next.State == press.Live) {
		return t.refreshPage(old.Target, old.Article)
	}
	return nil
}

var updateDeliverySQL = update("deliveries", deliveryChanging, "id", "state", "fence")

// update writes an UPDATE of the columns, where the keys are equal to the values that come after theirs.
func update(table, columns string, keys ...string) string {
	names := strings.Split(columns, ", ")
	for i, name := range names {
		names[i] = fmt.Sprintf("%s = $%d", name, i+1)
	}
	conds := make([]string, len(keys))
	for i, key := range keys {
		conds[i] = fmt.Sprintf("%s = $%d", key, len(names)+i+1)
	}
	return "UPDATE " + table + " SET " + strings.Join(names, ", ") + " WHERE " + strings.Join(conds, " AND ")
}

// prefixed puts a table's name before each column.
func prefixed(table, columns string) string {
	return table + "." + strings.ReplaceAll(columns, ", ", ", "+table+".")
}

func fenced(d press.Delivery) error {
	return press.Fail(press.Conflict, "delivery.fenced", press.Say(
		"The delivery %s has been taken over or changed meanwhile; nothing was written.",
		"投放 %s 已被接管或修改，本次未写入。", d.ID))
}

// SupersedeSite notes that a page that is live now stands in the place of the same article's older revisions. It returns
// the deliveries it changed.
func (s *Store) SupersedeSite(ctx context.Context, live press.Delivery) (out []press.Delivery, err error) {
	err = s.write(ctx, "supersede", func(t *tx) error {
		out = nil
		older, err := all(t, scanDelivery, t.dialect.forUpdate("SELECT "+deliveryColumns+` FROM deliveries
			WHERE kind = 'site' AND target = $1 AND article = $2 AND revision < $3 AND state IN ('live', 'planned', 'blocked')
			ORDER BY id`), live.Target, live.Article, live.Revision)
		if err != nil {
			return err
		}
		for _, d := range older {
			if d, err = t.decide(press.System(), d, press.Supersede()); err != nil {
				return err
			}
			out = append(out, d)
		}
		return nil
	})
	return out, err
}
