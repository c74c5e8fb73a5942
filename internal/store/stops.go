package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// The emergency stop.
//
// The transaction that stores the intent of an irrevocable call reads the table of stops, and no intent is stored while one
// is on. Reading is not enough where transactions run side by side: an intent that read just before a stop was committed
// could be committed just after it. So the two exclude each other. On SQLite there is one writer at a time. On PostgreSQL
// each intent shares a lock of its own that the stop takes alone: the stop waits for the intents under way, those that come
// later wait for the stop and then read it. Readers and every other transaction know nothing of it.
//
// An intent holds its share for the milliseconds of its transaction. A process that is frozen in the middle of one must not
// keep an emergency stop waiting, so after stopPatience its session is ended by the database: its intent is rolled back.

const (
	stopPatience = 500 * time.Millisecond // how long a stop waits for intents under way before it ends their sessions
	stopTries    = 4
)

const stopColumns = "account, reason, put_by, put_by_name, put_at"

func scanStop(r row) (s press.Stop, err error) {
	err = r.Scan(&s.Account, &s.Reason, text(&s.By), &s.ByName, stamp(&s.At))
	return s, err
}

// PutStop puts an emergency stop on. From its return on no intent of an irrevocable call of the account is committed. One
// that is on already stays as it is and is returned, with fresh false.
func (s *Store) PutStop(ctx context.Context, by press.Actor, stop press.Stop) (out press.Stop, fresh bool, err error) {
	for try := 1; ; try++ {
		err = s.write(ctx, "emergency stop", func(t *tx) error {
			out, fresh, err = t.putStop(by, stop)
			return err
		})
		if err == nil || try == stopTries || press.CodeOf(err) != "store.busy" {
			return out, fresh, err
		}
		if err := s.endIntents(ctx); err != nil {
			s.log.Error("sessions that keep an emergency stop waiting could not be ended", "error", err)
		}
	}
}

func (t *tx) putStop(by press.Actor, stop press.Stop) (out press.Stop, fresh bool, err error) {
	by, err = t.anew(by)
	if err == nil {
		err = by.MayStop()
	}
	if err == nil {
		err = t.run(t.dialect.stopsIntents())
	}
	if err != nil {
		return stop, false, err
	}
	on, err := all(t, scanStop, "SELECT "+stopColumns+" FROM stops WHERE account = $1", stop.Account)
	if err != nil || len(on) > 0 {
		return append(on, stop)[0], false, err
	}
	stop.By, stop.ByName, stop.At = by.ID, by.Name, t.now
	if err := t.must(insert("stops", stopColumns), stop.Account, stop.Reason, stop.By, stop.ByName, micros(stop.At)); err != nil {
		return stop, false, err
	}
	return stop, true, t.audit(by, "stop.put", stop.Subject(), stop.Reason)
}

// run executes statements that a dialect may have none of.
func (t *tx) run(statements []string) error {
	for _, statement := range statements {
		if err := t.must(statement); err != nil {
			return err
		}
	}
	return nil
}

// endIntents ends the sessions that have held an intent's lock for as long as the stop waited.
func (s *Store) endIntents(ctx context.Context) error {
	statement := s.dialect.endsIntents()
	if statement == "" {
		return nil
	}
	_, err := s.writer.ExecContext(ctx, statement)
	return err
}

// LiftStop ends an emergency stop: NotFound, "stop.none", if there is none of that account. What it held stays blocked.
func (s *Store) LiftStop(ctx context.Context, by press.Actor, account string) (out press.Stop, err error) {
	err = s.write(ctx, "lift emergency stop", func(t *tx) error {
		by, err := t.anew(by)
		if err == nil {
			err = by.MayStop()
		}
		if err != nil {
			return err
		}
		lifted, err := all(t, scanStop, "DELETE FROM stops WHERE account = $1 RETURNING "+stopColumns, account)
		if err != nil {
			return err
		}
		if len(lifted) == 0 {
			what := press.Stop{Account: account}.What()
			return press.Fail(press.NotFound, "stop.none", press.Text{
				EN: "There is no emergency stop of " + what.EN + ".", ZH: what.ZH + "没有处于紧急停发状态。",
			})
		}
		out = lifted[0]
		return t.audit(by, "stop.lift", out.Subject(), out.Reason)
	})
	return out, err
}

// Stops returns the emergency stops that are on, that of all accounts first.
func (s *Store) Stops(ctx context.Context) (out []press.Stop, err error) {
	err = s.read(ctx, "emergency stops", func(t *tx) error {
		out, err = all(t, scanStop, "SELECT "+stopColumns+" FROM stops ORDER BY account")
		return err
	})
	return out, err
}

// mayGoOut refuses while an emergency stop holds the account. Whoever has called it may go on only in the same transaction.
func (t *tx) mayGoOut(account string) error {
	if err := t.run(t.dialect.intent()); err != nil {
		return err
	}
	on, err := all(t, scanStop, "SELECT "+stopColumns+" FROM stops WHERE account IN ('', $1) ORDER BY account", account)
	if err != nil || len(on) == 0 {
		return err
	}
	return on[0].Refusal()
}

// HeldDeliveries returns the pushes that an emergency stop has held and that nobody has decided about since, the first due
// first.
func (s *Store) HeldDeliveries(ctx context.Context) (out []press.Delivery, err error) {
	err = s.read(ctx, "held deliveries", func(t *tx) error {
		out, err = all(t, scanDelivery, "SELECT "+deliveryColumns+` FROM deliveries
			WHERE state = 'blocked' AND kind = 'wechat' AND reason LIKE $1 ORDER BY due_at, id LIMIT $2`,
			fmt.Sprintf(`{"code":%q,%%`, press.CodeStopped), maxLimit)
		return err
	})
	return out, err
}

// PageKept reports whether a page of the website, which nobody can read yet, is kept back: because every push that would bring
// it is held, or would be. A page that is there already is not kept from being corrected.
func (s *Store) PageKept(ctx context.Context, page press.Delivery) (kept bool, err error) {
	err = s.read(ctx, "is the page kept back", func(t *tx) error {
		on, err := all(t, scanStop, "SELECT "+stopColumns+" FROM stops")
		if err != nil {
			return err
		}
		var readable bool
		err = t.one("SELECT count(*) > 0 FROM site_pages WHERE target = $1 AND article = $2", page.Target, page.Article).Scan(&readable)
		if err != nil || readable {
			return err
		}
		pushes, err := all(t, scanDelivery, "SELECT "+prefixed("d", deliveryColumns)+` FROM edition_items i
			JOIN deliveries d ON d.edition = i.edition AND d.kind = 'wechat'
			WHERE i.article = $1 AND i.revision = $2 AND d.state <> 'cancelled'`, page.Article, page.Revision)
		kept = len(pushes) > 0
		for _, push := range pushes {
			kept = kept && (push.HeldByStop() || slices.ContainsFunc(on, func(s press.Stop) bool { return s.Keeps(push) }))
		}
		return err
	})
	return kept, err
}
