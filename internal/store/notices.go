package store

import (
	"context"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// Notices.
//
// The transaction that changes a delivery, or an emergency stop, writes a row for each channel that wants to be told, and
// no more: one statement, no network. The primary key (cause, channel) makes a second row for the same cause impossible,
// whoever writes it. Sending is somebody else's work, later:
//
//	waiting ──claim: a message's name is committed──▶ waiting, in a message ──arrived──▶ sent
//	                    ▲                                  │
//	                    ├──refused, nothing has arrived────┤ (goes into a new message, with what has come in since)
//	                    └──no clear answer, or the worker is gone: the same message again, under the same name
//	                                                       older than a day ──▶ given up
//
// One worker at a time sends to a channel: its claim raises the channel's fence, and what it reports names that fence.

const (
	channelColumns = "id, name, road, lang, kinds, paused, mail, host, address, secret, version, updated_at"
	noticeColumns  = "cause, kind, delivery, at, told, progress, done_at"
)

// told is what a notice keeps of its cause besides its columns.
type told struct {
	Who     string        `json:"who,omitempty"`
	Action  string        `json:"action,omitempty"`
	Subject string        `json:"subject,omitempty"`
	Detail  string        `json:"detail,omitempty"`
	State   press.State   `json:"state,omitempty"`
	Reason  *press.Reason `json:"reason,omitempty"`
}

// noticeOf tells the channels of an action of the audit log, if it is one of those that people are told of. What became of a
// delivery is read from its row, which the transaction has written before.
func (t *tx) noticeOf(by press.Actor, action, subject, detail string) error {
	switch {
	case press.TellsOfStop(action):
		return t.tellChannels(press.Notice{
			Cause: action + "/" + subject + "/" + t.now.Format(time.RFC3339Nano), Kind: press.NoticeStopped, At: t.now,
			Who: by.Name, Action: action, Subject: subject, Detail: detail,
		})
	case press.TellsOfDelivery(action):
		d, err := t.delivery(press.DeliveryID(subject))
		if err != nil {
			return err
		}
		kind := press.NoticeOf(action, d)
		if kind == "" {
			return nil
		}
		return t.tellChannels(press.Notice{
			Cause: press.NoticeCause(kind, d), Kind: kind, Delivery: d.ID, At: t.now,
			Who: by.Name, Action: action, Detail: detail, State: d.State, Reason: d.Reason,
		})
	}
	return nil
}

// tellChannels writes the rows of one cause.
func (t *tx) tellChannels(n press.Notice) error {
	rest, err := press.EncodeJSON(told{n.Who, n.Action, n.Subject, n.Detail, n.State, n.Reason})
	if err != nil {
		return err
	}
	return t.must(`INSERT INTO notices (cause, channel, kind, delivery, at, told)
		SELECT $1, c.id, $2, $3, $4, $5 FROM notice_channels c WHERE NOT c.paused AND c.kinds LIKE $6
		ON CONFLICT (cause, channel) DO NOTHING`,
		n.Cause, n.Kind, orNull(n.Delivery), micros(n.At), string(rest), "% "+string(n.Kind)+" %")
}

func scanNotice(r row) (n press.Notice, err error) {
	var rest told
	err = r.Scan(&n.Cause, text(&n.Kind), text(&n.Delivery), stamp(&n.At), fromJSON(&rest), text(&n.Progress), stamp(&n.DoneAt))
	n.Who, n.Action, n.Subject, n.Detail, n.State, n.Reason = rest.Who, rest.Action, rest.Subject, rest.Detail, rest.State, rest.Reason
	return n, err
}

type storedChannel struct {
	press.SealedNoticeChannel
	fence    int64
	failures int
}

const channelStatus = ", sent_at, failing_since, fault, next_at, fence, failures"

func scanChannel(r row) (c storedChannel, err error) {
	var kinds string
	err = r.Scan(text(&c.ID), &c.Name, text(&c.Road), text(&c.Lang), &kinds, &c.Paused, fromJSON(&c.Mail), &c.Host, &c.Address,
		&c.Secret, &c.Version, stamp(&c.UpdatedAt), stamp(&c.SentAt), stamp(&c.FailingSince), fromJSON(&c.Fault), stamp(&c.NextAt),
		&c.fence, &c.failures)
	c.HasSecret = c.Secret != ""
	for kind := range strings.FieldsSeq(kinds) {
		c.Kinds = append(c.Kinds, press.NoticeKind(kind))
	}
	return c, err
}

func channelValues(c press.SealedNoticeChannel, version int64, now time.Time) ([]any, error) {
	mail, err := press.EncodeJSON(c.Mail)
	kinds := " "
	for _, kind := range c.Kinds {
		kinds += string(kind) + " "
	}
	return []any{
		c.ID, c.Name, c.Road, c.Lang, kinds, c.Paused, string(mail), c.Host, c.Address, c.Secret, version, micros(now),
	}, err
}

// NoticeChannels returns the channels by name, with their sealed secrets and how they fare.
func (s *Store) NoticeChannels(ctx context.Context) (out []press.SealedNoticeChannel, err error) {
	err = s.read(ctx, "notice channels", func(t *tx) error {
		rows, err := all(t, scanChannel, "SELECT "+channelColumns+channelStatus+" FROM notice_channels ORDER BY name")
		if err != nil {
			return err
		}
		out = make([]press.SealedNoticeChannel, len(rows))
		for i, row := range rows {
			out[i] = row.SealedNoticeChannel
			err := t.one(`SELECT (SELECT count(*) FROM notices WHERE channel = $1 AND progress = 'waiting'),
				(SELECT count(*) FROM notices WHERE channel = $1 AND progress = 'given_up')`, row.ID).Scan(&out[i].Waiting, &out[i].GivenUp)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// SaveNoticeChannel adds a channel, where its version is 0, or puts it in the place of the version that the person has seen,
// and lets it be tried at once. The detail is for the audit log. It is a Conflict "notice.name" when the name is taken,
// "notice.many" when there are too many, "settings.stale" when somebody else has changed or removed it.
func (s *Store) SaveNoticeChannel(ctx context.Context, by press.Actor, c press.SealedNoticeChannel, detail string) error {
	return s.write(ctx, "save notice channel", func(t *tx) error {
		by, err := t.administrator(by)
		if err != nil {
			return err
		}
		action := "notice.save"
		if c.Version == 0 {
			action, err = "notice.add", t.addChannel(c)
		} else {
			err = t.putChannel(c)
		}
		if err != nil {
			return s.conflict(err, "notice.name", press.Say(
				"There is already a notice channel called “%s”.", "已有名为“%s”的通知渠道。", c.Name))
		}
		return t.audit(by, action, string(c.ID), c.Name+": "+detail)
	})
}

func (t *tx) addChannel(c press.SealedNoticeChannel) error {
	n, err := t.countOf("SELECT id FROM notice_channels", nil)
	if err != nil {
		return err
	}
	if n >= press.MaxNoticeChannels {
		return press.Fail(press.Conflict, "notice.many", press.Say(
			"There are %d notice channels already; remove one first.", "通知渠道已有 %d 个，请先移除一个。", n))
	}
	values, err := channelValues(c, 1, t.now)
	if err != nil {
		return err
	}
	return t.must(insert("notice_channels", channelColumns), values...)
}

func (t *tx) putChannel(c press.SealedNoticeChannel) error {
	values, err := channelValues(c, c.Version+1, t.now)
	if err != nil {
		return err
	}
	n, err := t.exec(update("notice_channels", channelColumns, "id", "version"), append(values, c.ID, c.Version)...)
	if err != nil {
		return err
	}
	if n != 1 {
		return stale()
	}
	return t.must("UPDATE notice_channels SET next_at = NULL WHERE id = $1", c.ID)
}

// RemoveNoticeChannel takes a channel away, with its secrets and whatever waits for it.
func (s *Store) RemoveNoticeChannel(ctx context.Context, by press.Actor, id press.NoticeChannelID, version int64) error {
	return s.write(ctx, "remove notice channel", func(t *tx) error {
		by, err := t.administrator(by)
		if err != nil {
			return err
		}
		names, err := all(t, scanText, "DELETE FROM notice_channels WHERE id = $1 AND version = $2 RETURNING name", id, version)
		if err != nil {
			return err
		}
		if len(names) != 1 {
			return stale()
		}
		if err := t.must("DELETE FROM notices WHERE channel = $1", id); err != nil {
			return err
		}
		return t.audit(by, "notice.remove", string(id), names[0])
	})
}

func scanText(r row) (s string, err error) {
	err = r.Scan(&s)
	return s, err
}

// Notices returns what a channel was told, and what waits for it, the newest first.
func (s *Store) Notices(ctx context.Context, id press.NoticeChannelID, limit int) (out []press.Notice, err error) {
	err = s.read(ctx, "notices", func(t *tx) error {
		out, err = all(t, scanNotice, "SELECT "+noticeColumns+" FROM notices WHERE channel = $1 ORDER BY at DESC, cause DESC LIMIT $2",
			id, bounded(limit))
		return err
	})
	return out, err
}

// DueNoticeChannels returns the channels that something waits for and that may be tried now.
func (s *Store) DueNoticeChannels(ctx context.Context) (out []press.NoticeChannelID, err error) {
	err = s.read(ctx, "due notice channels", func(t *tx) error {
		names, err := all(t, scanText, `SELECT c.id FROM notice_channels c WHERE NOT c.paused
			AND (c.next_at IS NULL OR c.next_at <= $1) AND (c.claimed_until IS NULL OR c.claimed_until <= $1)
			AND EXISTS (SELECT 1 FROM notices n WHERE n.channel = c.id AND n.progress = 'waiting') ORDER BY c.id`, micros(t.now))
		out = make([]press.NoticeChannelID, len(names))
		for i, name := range names {
			out[i] = press.NoticeChannelID(name)
		}
		return err
	})
	return out, err
}

// ClaimNotices gives a channel to one worker until a time, with the notices of one message: that which was under way, or
// else a new one, which gets the name given. What is too old is given up first. With nothing to send the batch is empty and
// nothing is claimed; so it is when another worker has the channel, or it may not be tried yet.
func (s *Store) ClaimNotices(ctx context.Context, id press.NoticeChannelID, until time.Time, message string) (b press.NoticeBatch, err error) {
	err = s.write(ctx, "claim notices", func(t *tx) error {
		b = press.NoticeBatch{}
		claimed, err := all(t, scanChannel, `UPDATE notice_channels SET claimed_until = $1, fence = fence + 1
			WHERE id = $2 AND NOT paused AND (next_at IS NULL OR next_at <= $3) AND (claimed_until IS NULL OR claimed_until <= $3)
			RETURNING `+channelColumns+channelStatus, micros(until), id, micros(t.now))
		if err != nil || len(claimed) == 0 {
			return err
		}
		if err := t.giveUp(id); err != nil {
			return err
		}
		name, list, err := t.nextMessage(id, message)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return t.must("UPDATE notice_channels SET claimed_until = NULL WHERE id = $1", id)
		}
		c := claimed[0]
		b = press.NoticeBatch{Channel: c.SealedNoticeChannel, Fence: c.fence, Tries: c.failures, Message: name, Notices: list}
		return nil
	})
	return b, err
}

// giveUp ends what is too old to be told, and forgets what ended long ago.
func (t *tx) giveUp(id press.NoticeChannelID) error {
	err := t.must(`UPDATE notices SET progress = 'given_up', done_at = $1 WHERE channel = $2 AND progress = 'waiting' AND at <= $3`,
		micros(t.now), id, micros(t.now.Add(-press.NoticeAge)))
	if err != nil {
		return err
	}
	return t.must("DELETE FROM notices WHERE channel = $1 AND progress <> 'waiting' AND done_at <= $2", id, micros(t.now.Add(-press.NoticeKept)))
}

func (t *tx) nextMessage(id press.NoticeChannelID, fresh string) (name string, out []press.Notice, err error) {
	const waiting = " FROM notices WHERE channel = $1 AND progress = 'waiting' AND message "
	under, err := all(t, scanText, "SELECT message"+waiting+"<> '' ORDER BY at, cause LIMIT 1", id)
	if err != nil {
		return "", nil, err
	}
	if len(under) == 0 {
		under = []string{fresh}
		err = t.must(`UPDATE notices SET message = $2 WHERE channel = $1 AND cause IN
			(SELECT cause`+waiting+`= '' ORDER BY at, cause LIMIT $3)`, id, fresh, press.NoticesAtOnce)
		if err != nil {
			return "", nil, err
		}
	}
	out, err = all(t, scanNotice, "SELECT "+noticeColumns+waiting+"= $2 ORDER BY at, cause", id, under[0])
	return under[0], out, err
}

// NoticesArrived notes that a batch's message arrived; the next one may go out at a time. It is a Conflict, "notice.fenced",
// if the worker has lost the channel: another one has begun the same message, under the same name.
func (s *Store) NoticesArrived(ctx context.Context, b press.NoticeBatch, next time.Time) error {
	return s.write(ctx, "notices arrived", func(t *tx) error {
		err := t.endClaim(b, `sent_at = $1, failing_since = NULL, fault = NULL, failures = 0`, next, micros(t.now))
		if err != nil {
			return err
		}
		return t.must("UPDATE notices SET progress = 'sent', done_at = $1 WHERE channel = $2 AND message = $3 AND progress = 'waiting'",
			micros(t.now), b.Channel.ID, b.Message)
	})
}

// NoticesRefused notes why a batch's message did not arrive, and when to try again. Where it is clear that nothing arrived,
// the notices are free for a new message, together with those that have come in since. It is a Conflict like NoticesArrived.
func (s *Store) NoticesRefused(ctx context.Context, b press.NoticeBatch, fault press.NoticeFault, next time.Time) error {
	return s.write(ctx, "notices refused", func(t *tx) error {
		data, err := press.EncodeJSON(fault)
		if err != nil {
			return err
		}
		err = t.endClaim(b, `failing_since = coalesce(failing_since, $1), fault = $5, failures = failures + 1`, next, micros(t.now), string(data))
		if err != nil || fault.Unclear {
			return err
		}
		return t.must("UPDATE notices SET message = '' WHERE channel = $1 AND message = $2 AND progress = 'waiting'", b.Channel.ID, b.Message)
	})
}

// HurryNotices lets a channel be tried at once: a test has just gone through.
func (s *Store) HurryNotices(ctx context.Context, id press.NoticeChannelID) error {
	return s.write(ctx, "hurry notices", func(t *tx) error {
		return t.must("UPDATE notice_channels SET next_at = NULL WHERE id = $1", id)
	})
}

// endClaim gives a channel back under the guard of its fence. set takes $1, and from $5 on the values after it.
func (t *tx) endClaim(b press.NoticeBatch, set string, next time.Time, first any, more ...any) error {
	args := append([]any{first, micros(next), b.Channel.ID, b.Fence}, more...)
	n, err := t.exec("UPDATE notice_channels SET "+set+", claimed_until = NULL, next_at = $2 WHERE id = $3 AND fence = $4", args...)
	if err == nil && n == 0 {
		err = press.Fail(press.Conflict, "notice.fenced", press.Say(
			"Another worker has taken over the notice channel meanwhile, or it was removed.", "该通知渠道已由其他进程接管，或已被移除。"))
	}
	return err
}
