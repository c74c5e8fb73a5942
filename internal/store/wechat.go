package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"newsdesk/internal/press"
)

// Media is a picture that an account has: an upload that need not be repeated.
type Media struct {
	Account   string
	Kind      string
	Digest    press.Digest // of the rendition's bytes
	MediaID   string       // permanent material; empty for pictures of a body
	URL       string
	CreatedAt time.Time
}

const mediaColumns = "account, kind, digest, media_id, url, created_at"

// Media returns what an account has of some bytes; NotFound if they were not uploaded, or forgotten.
func (s *Store) Media(ctx context.Context, account, kind string, digest press.Digest) (m Media, err error) {
	err = s.read(ctx, "media", func(t *tx) error {
		err := t.one("SELECT "+mediaColumns+" FROM wechat_media WHERE account = $1 AND kind = $2 AND digest = $3",
			account, kind, digest).Scan(&m.Account, &m.Kind, text(&m.Digest), &m.MediaID, &m.URL, stamp(&m.CreatedAt))
		return missing(err, "media", "upload of picture", "已上传的图片", digest.Short())
	})
	return m, err
}

// SaveMedia notes an upload. If two uploaded the same bytes the first one's note stays.
func (s *Store) SaveMedia(ctx context.Context, m Media) error {
	return s.write(ctx, "save media", func(t *tx) error {
		return t.must(insert("wechat_media", mediaColumns)+" ON CONFLICT (account, kind, digest) DO NOTHING",
			m.Account, m.Kind, m.Digest, m.MediaID, m.URL, micros(t.orNow(m.CreatedAt)))
	})
}

// ForgetMedia drops the note of a media id that the account no longer knows.
func (s *Store) ForgetMedia(ctx context.Context, account, mediaID string) error {
	if mediaID == "" { // pictures of a body have none, and are not meant
		return nil
	}
	return s.write(ctx, "forget media", func(t *tx) error {
		return t.must("DELETE FROM wechat_media WHERE account = $1 AND media_id = $2", account, mediaID)
	})
}

// SaveEvent keeps what WeChat told the callback address, once for each key, and makes the deliveries that it may be
// about due now: the one that was sent with this id, and all whose answer was lost. It returns whether the event is new,
// and if so those deliveries, and the one that is live by this id where the event may change that.
func (s *Store) SaveEvent(ctx context.Context, e press.PushEvent) (fresh bool, woken []press.DeliveryID, err error) {
	status, err := press.EncodeJSON(e.Status)
	if err != nil {
		return false, nil, fmt.Errorf("store: save event: %w", err)
	}
	err = s.write(ctx, "save event", func(t *tx) error {
		fresh, woken = false, nil
		n, err := t.exec(insert("wechat_events", "key, account, mass, push_id, status, created_at, received_at")+
			" ON CONFLICT (key) DO NOTHING", e.Key, e.Account, e.Mass, e.ID, string(status), micros(t.orNow(e.CreatedAt)), micros(t.now))
		if err != nil || n == 0 {
			return err
		}
		fresh = true
		if woken, err = t.wake(e); err != nil {
			return err
		}
		live, err := t.liveAs(e)
		woken = append(woken, live...)
		return err
	})
	return fresh, woken, err
}

// wake makes due what an event may be about. A publication may be told of as a mass push, with its own id; not the reverse.
func (t *tx) wake(e press.PushEvent) ([]press.DeliveryID, error) {
	mode := press.ModePublish
	if e.Mass {
		mode = press.ModeMass
	}
	return all(t, scanDeliveryID, `UPDATE deliveries SET next_at = CASE WHEN next_at < $1 THEN next_at ELSE $1 END
		WHERE kind = 'wechat' AND target = $2 AND ((state = 'sent' AND push_id = $3 AND mode IN ('publish', $4)) OR state = 'unknown')
		RETURNING id`, micros(t.now), e.Account, e.ID, mode)
}

func scanDeliveryID(r row) (id press.DeliveryID, err error) {
	err = r.Scan(text(&id))
	return id, err
}

// Event returns what WeChat told about a push: the latest event of that id; NotFound while there is none. For a publication
// an event of a mass push with its id counts too, behind one of its own kind.
func (s *Store) Event(ctx context.Context, account string, mass bool, id string) (e press.PushEvent, err error) {
	err = s.read(ctx, "event", func(t *tx) error {
		var status string
		err := t.one(`SELECT key, account, mass, push_id, status, created_at FROM wechat_events
			WHERE account = $1 AND push_id = $2 AND mass >= $3 ORDER BY mass, created_at DESC, received_at DESC, key LIMIT 1`,
			account, id, mass).Scan(&e.Key, &e.Account, &e.Mass, &e.ID, &status, stamp(&e.CreatedAt))
		if err != nil {
			return missing(err, "event", "event of the push", "推送结果通知", id)
		}
		return json.Unmarshal([]byte(status), &e.Status)
	})
	return e, err
}
