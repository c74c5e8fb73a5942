package store

import (
	"context"

	"newsdesk/internal/press"
)

// TargetHealth returns how the deliveries to each of some websites fare, in their order.
func (s *Store) TargetHealth(ctx context.Context, targets []string) (out []press.TargetHealth, err error) {
	err = s.read(ctx, "target health", func(t *tx) error {
		out = make([]press.TargetHealth, len(targets))
		for i, name := range targets {
			if out[i], err = t.targetHealth(name); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// unsettled chooses the deliveries to a website that failed and are not settled. There are few, whatever the archive holds.
const unsettled = `d.kind = 'site' AND d.target = $1 AND (d.state = 'blocked' OR d.state = 'planned' AND d.failures > 0)`

func (t *tx) targetHealth(target string) (press.TargetHealth, error) {
	h := press.TargetHealth{Target: target}
	err := t.one(`SELECT (SELECT max(published_at) FROM site_pages WHERE target = $1), count(*), coalesce(sum(CASE WHEN state = 'blocked' THEN 1 ELSE 0 END), 0),
		coalesce(sum(CASE WHEN state = 'planned' AND failures > 0 THEN 1 ELSE 0 END), 0)
		FROM deliveries WHERE kind = 'site' AND target = $1 AND state IN ('planned', 'blocked')`, target).
		Scan(stamp(&h.LiveAt), &h.Waiting, &h.Blocked, &h.Failing)
	if err != nil || !h.Troubled() {
		h.Waiting -= h.Blocked
		return h, err
	}
	h.Waiting -= h.Blocked
	err = t.one(`SELECT coalesce((SELECT min(a.ended_at) FROM attempts a JOIN deliveries d ON d.id = a.delivery WHERE a.outcome <> 'ok' AND `+unsettled+`),
		(SELECT min(d.updated_at) FROM deliveries d WHERE `+unsettled+`))`, target).Scan(stamp(&h.FailingSince))
	if err != nil {
		return h, err
	}
	whys, err := all(t, func(r row) (w press.Text, err error) {
		err = r.Scan(&w.EN, &w.ZH)
		return w, err
	}, `SELECT a.text_en, a.text_zh FROM attempts a JOIN deliveries d ON d.id = a.delivery
		WHERE a.outcome <> 'ok' AND `+unsettled+` ORDER BY a.ended_at DESC, a.seq DESC LIMIT 1`, target)
	if len(whys) > 0 {
		h.Why = whys[0]
	}
	return h, err
}
