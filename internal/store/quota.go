package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"newsdesk/internal/press"
)

// statedOr is the limit of a call: as WeChat stated it for the account, or else the one given.
const statedOr = `coalesce((SELECT daily FROM wechat_limits WHERE account = $1 AND call = $3), CAST($4 AS BIGINT))`

// CountCall counts one more use of an allowance that a ledger has in a span ("2026-11-22" or "2026-11") and returns the new
// number. If that would pass the limit (what WeChat stated goes before the one given; 0: none) it is a Quota error,
// "quota.used", with the number there is, and nothing is counted.
func (s *Store) CountCall(ctx context.Context, ledger, call, span string, limit int64) (used int64, err error) {
	err = s.write(ctx, "count call", func(t *tx) error {
		used, err = t.countCall(ledger, call, span, limit, 0)
		return err
	})
	return used, err
}

// CountPaced is CountCall, unless the call was counted in that span less than a pause ago: then it is a Conflict,
// "quota.paced", and nothing is counted. Of any number of processes one goes ahead.
func (s *Store) CountPaced(ctx context.Context, ledger, call, span string, limit int64, pause time.Duration) (used int64, err error) {
	err = s.write(ctx, "count paced call", func(t *tx) error {
		used, err = t.countCall(ledger, call, span, limit, pause)
		return err
	})
	return used, err
}

func (t *tx) countCall(ledger, call, span string, limit int64, pause time.Duration) (used int64, err error) {
	err = t.one(`INSERT INTO wechat_calls (account, period, call, used, counted, last_at)
		VALUES ($1, $2, $3, 1, 1, CAST($5 AS BIGINT))
		ON CONFLICT (account, period, call) DO UPDATE
			SET used = wechat_calls.used + 1, counted = wechat_calls.counted + 1, last_at = excluded.last_at
		WHERE (`+statedOr+` <= 0 OR wechat_calls.used < `+statedOr+`)
			AND (CAST($6 AS BIGINT) <= 0 OR wechat_calls.last_at IS NULL OR wechat_calls.last_at <= CAST($5 AS BIGINT) - CAST($6 AS BIGINT))
		RETURNING used`, ledger, span, call, limit, micros(t.now), pause.Microseconds()).Scan(&used)
	if !errors.Is(err, sql.ErrNoRows) {
		return used, err
	}
	err = t.one("SELECT used, "+statedOr+" FROM wechat_calls WHERE account = $1 AND period = $2 AND call = $3",
		ledger, span, call, limit).Scan(&used, &limit)
	switch {
	case err != nil:
		return used, err
	case limit <= 0 || used < limit:
		return used, press.Fail(press.Conflict, "quota.paced", press.Say(
			"%s was called a moment ago; it is not called again yet.", "刚刚调用过 %s，暂不重复。", call))
	}
	return used, press.Fail(press.Quota, "quota.used", press.Say(
		"The allowance of %[1]d calls of %[2]s in %[3]s is used up.", "%[3]s 的 %[2]s 调用次数（%[1]d 次）已用完。", limit, call, span))
}

// Tallies returns what is known of a ledger's allowances in a span, by call: those that were used or told of, and those of
// which WeChat stated a limit.
func (s *Store) Tallies(ctx context.Context, ledger, span string) (out map[string]press.Tally, err error) {
	err = s.read(ctx, "tallies", func(t *tx) error {
		out, err = t.tallies(ledger, span)
		return err
	})
	return out, err
}

func (t *tx) tallies(ledger, span string) (map[string]press.Tally, error) {
	out := map[string]press.Tally{}
	used, err := all(t, scanTally, `SELECT call, used, counted, refused, told_at, last_at FROM wechat_calls
		WHERE account = $1 AND period = $2`, ledger, span)
	if err != nil {
		return nil, err
	}
	for _, tally := range used {
		out[tally.Call] = tally
	}
	_, err = all(t, func(r row) (call string, err error) {
		var limit int64
		err = r.Scan(&call, &limit)
		tally := out[call]
		tally.Call, tally.Limit, tally.Stated = call, limit, true
		out[call] = tally
		return call, err
	}, "SELECT call, daily FROM wechat_limits WHERE account = $1", ledger)
	return out, err
}

func scanTally(r row) (t press.Tally, err error) {
	err = r.Scan(&t.Call, &t.Used, &t.Counted, &t.Refused, stamp(&t.ToldAt), stamp(&t.LastAt))
	return t, err
}

// settlingTime is for how long a call that was counted may not have reached WeChat yet: it is counted some seconds early, and
// may take a minute.
const settlingTime = 2 * time.Minute

// TellQuota corrects a ledger by what WeChat said of a call on the present day, when it was asked at a moment at which our
// own count was counted. What was counted since is added. A higher number is believed at once; a lower one only where no call
// of ours can be under way, which WeChat has not counted yet, or where all that was known is a refusal.
func (s *Store) TellQuota(ctx context.Context, ledger, call, span string, told press.QuotaTold, counted int64) error {
	return s.write(ctx, "tell quota", func(t *tx) error {
		if told.Limit != 0 {
			err := t.must(`INSERT INTO wechat_limits (account, call, daily, told_at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (account, call) DO UPDATE SET daily = excluded.daily, told_at = excluded.told_at`,
				ledger, call, max(0, told.Limit), micros(t.now))
			if err != nil {
				return err
			}
		}
		return t.must(`INSERT INTO wechat_calls (account, period, call, used, told_at)
			VALUES ($1, $2, $3, CAST($4 AS BIGINT), CAST($5 AS BIGINT))
			ON CONFLICT (account, period, call) DO UPDATE SET told_at = excluded.told_at, refused = FALSE,
				used = CASE WHEN wechat_calls.refused OR excluded.used + wechat_calls.counted - CAST($6 AS BIGINT) >= wechat_calls.used
						OR wechat_calls.last_at IS NULL OR wechat_calls.last_at <= CAST($5 AS BIGINT) - CAST($7 AS BIGINT)
					THEN excluded.used + wechat_calls.counted - CAST($6 AS BIGINT) ELSE wechat_calls.used END`,
			ledger, span, call, max(0, told.Used), micros(t.now), counted, settlingTime.Microseconds())
	})
}

// QuotaRefused notes that WeChat refused a call because its allowance in a span is used up: at least as many are used as the
// limit says, whoever used them.
func (s *Store) QuotaRefused(ctx context.Context, ledger, call, span string, limit int64) error {
	return s.write(ctx, "quota refused", func(t *tx) error {
		return t.must(`INSERT INTO wechat_calls (account, period, call, used, told_at, refused)
			VALUES ($1, $2, $3, `+statedOr+`, $5, TRUE)
			ON CONFLICT (account, period, call) DO UPDATE SET told_at = excluded.told_at, refused = TRUE,
				used = CASE WHEN excluded.used > wechat_calls.used THEN excluded.used ELSE wechat_calls.used END`,
			ledger, span, call, max(0, limit), micros(t.now))
	})
}

// PushUse counts an account's pushes in a mode in a span. Planned ones that are blocked count: a person may release them.
func (s *Store) PushUse(ctx context.Context, q press.PushQuery) (u press.PushUse, err error) {
	err = s.read(ctx, "push use", func(t *tx) error {
		u, err = t.pushUse(q)
		return err
	})
	return u, err
}

func (t *tx) pushUse(q press.PushQuery) (u press.PushUse, err error) {
	err = t.one(`SELECT
		(SELECT count(*) FROM deliveries WHERE kind = 'wechat' AND target = $1 AND mode = $2 AND fired_at >= $3 AND fired_at < $4
			AND state IN ('sending', 'sent', 'unknown', 'live', 'retracted') AND ledger IN ('', $6)),
		(SELECT count(*) FROM deliveries WHERE kind = 'wechat' AND target = $1 AND mode = $2 AND due_at >= $3 AND due_at < $4
			AND state IN ('planned', 'ready', 'blocked') AND edition <> $5)`,
		q.Account, q.Mode, micros(q.From), micros(q.Until), q.Except, q.Ledger).Scan(&u.Made, &u.Planned)
	if err != nil {
		return u, err
	}
	tallies, err := t.tallies(q.Ledger, q.Name)
	if q.Mode == press.ModeMass {
		u.Tally = tallies[press.MassAllowance]
	} else {
		u.Tally = tallies[press.CallPublish]
	}
	return u, err
}

// checkSlots has the room for a push judged, one transaction for an account at a time: two that look at the same moment would
// both find the last place free. It comes before any other lock.
func (t *tx) checkSlots(checks []press.SlotCheck) error {
	for _, c := range checks {
		err := t.must(`INSERT INTO wechat_turns (account, turn) VALUES ($1, 1)
			ON CONFLICT (account) DO UPDATE SET turn = wechat_turns.turn + 1`, c.Account)
		if err != nil {
			return err
		}
		use, err := t.pushUse(c.PushQuery)
		if err != nil {
			return err
		}
		if err := c.Judge(use); err != nil {
			return err
		}
	}
	return nil
}

// PollBook returns what planning an account's polls of one of WeChat's days needs to know.
func (s *Store) PollBook(ctx context.Context, ledger, account string, day press.Span) (b press.PollBook, err error) {
	err = s.read(ctx, "poll book", func(t *tx) error {
		tallies, err := t.tallies(ledger, day.Name)
		if err != nil {
			return err
		}
		b = press.PollBook{Gets: tallies[press.CallPublishGet], Lists: tallies[press.CallPublishList]}
		return t.one(`SELECT
			(SELECT count(*) FROM deliveries WHERE kind = 'wechat' AND state IN ('sending', 'sent', 'unknown') AND target = $1 AND mode = 'publish'),
			(SELECT min(fired_at) FROM deliveries WHERE kind = 'wechat' AND state IN ('sending', 'sent', 'unknown') AND target = $1 AND mode = 'publish'),
			(SELECT count(*) FROM deliveries WHERE kind = 'wechat' AND target = $1 AND mode = 'publish' AND due_at >= $2 AND due_at < $3
				AND state IN ('planned', 'ready')),
			(SELECT max(due_at) FROM deliveries WHERE kind = 'wechat' AND target = $1 AND mode = 'publish' AND due_at >= $2 AND due_at < $3
				AND state IN ('planned', 'ready')),
			(SELECT count(*) FROM deliveries WHERE kind = 'wechat' AND target = $1 AND mode = 'publish' AND fired_at >= $2 AND fired_at < $3)`,
			account, micros(day.From), micros(day.Until)).Scan(&b.Open, stamp(&b.OldestOpen), &b.Scheduled, stamp(&b.LastDue), &b.Fired)
	})
	return b, err
}

// OpenPublications returns an account's publications whose result is not known, at most 500, the oldest first.
func (s *Store) OpenPublications(ctx context.Context, account string) (out []press.DeliveryID, err error) {
	err = s.read(ctx, "open publications", func(t *tx) error {
		out, err = all(t, scanDeliveryID, `SELECT id FROM deliveries WHERE kind = 'wechat' AND state IN ('sending', 'sent', 'unknown')
			AND target = $1 AND mode = 'publish' ORDER BY fired_at, id LIMIT 500`, account)
		return err
	})
	return out, err
}

// SaveSightings keeps what was seen in WeChat's list of publications, and makes the deliveries it is about due now. It
// returns those that wait.
func (s *Store) SaveSightings(ctx context.Context, seen []press.Sighting) (woken []press.DeliveryID, err error) {
	err = s.write(ctx, "save sightings", func(t *tx) error {
		woken = nil
		for _, sighting := range seen {
			urls, err := toJSON(sighting.URLs)
			if err != nil {
				return err
			}
			err = t.must(insert("wechat_sightings", "delivery, article_id, urls, seen_at")+` ON CONFLICT (delivery) DO NOTHING`,
				sighting.Delivery, sighting.ArticleID, urls, micros(t.now))
			if err != nil {
				return err
			}
			ids, err := all(t, scanDeliveryID, `UPDATE deliveries SET next_at = CASE WHEN next_at < $1 THEN next_at ELSE $1 END
				WHERE id = $2 AND state IN ('sent', 'unknown') RETURNING id`, micros(t.now), sighting.Delivery)
			if err != nil {
				return err
			}
			woken = append(woken, ids...)
		}
		return nil
	})
	return woken, err
}

// Sighting returns where a delivery's publication was seen in WeChat's list; NotFound while it was not.
func (s *Store) Sighting(ctx context.Context, id press.DeliveryID) (out press.Sighting, err error) {
	err = s.read(ctx, "sighting", func(t *tx) error {
		out = press.Sighting{Delivery: id}
		err := t.one("SELECT article_id, urls FROM wechat_sightings WHERE delivery = $1", id).Scan(&out.ArticleID, fromJSON(&out.URLs))
		return missing(err, "sighting", "sighting of the publication", "发布记录", id)
	})
	return out, err
}

// Awaits reports whether a push still has to go to an account, or its result is not known.
func (s *Store) Awaits(ctx context.Context, account string) (waits bool, err error) {
	err = s.read(ctx, "awaits", func(t *tx) error {
		return t.one("SELECT count(*) > 0 FROM deliveries WHERE target = $1 AND "+waitingPush, account).Scan(&waits)
	})
	return waits, err
}
