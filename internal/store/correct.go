package store

import (
	"context"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// everLive are the revisions of an article that readers of some target could open once, and since when.
const everLive = `SELECT revision, min(live_at) AS first FROM (
	SELECT revision, live_at FROM deliveries WHERE kind = 'site' AND article = $1 AND live_at IS NOT NULL
	UNION ALL
	SELECT i.revision, d.live_at FROM edition_items i JOIN deliveries d ON d.edition = i.edition AND d.kind = 'wechat'
		WHERE i.article = $2 AND d.live_at IS NOT NULL) AS seen GROUP BY revision ORDER BY revision`

type liveRevision struct {
	number int
	first  time.Time
}

func (t *tx) everLive(id press.ArticleID) ([]liveRevision, error) {
	return all(t, func(r row) (l liveRevision, err error) {
		err = r.Scan(&l.number, stamp(&l.first))
		return l, err
	}, everLive, id, id)
}

// Seen returns the newest revision of an article that readers could open once; NotFound, "article.unseen", if none.
func (s *Store) Seen(ctx context.Context, id press.ArticleID) (rev press.Revision, err error) {
	err = s.read(ctx, "what readers saw", func(t *tx) error {
		rev, err = t.seen(id)
		return err
	})
	return rev, err
}

func (t *tx) seen(id press.ArticleID) (press.Revision, error) {
	live, err := t.everLive(id)
	if err != nil {
		return press.Revision{}, err
	}
	if len(live) == 0 {
		return press.Revision{}, press.Fail(press.NotFound, "article.unseen", press.Say(
			"The article has not been published anywhere.", "该稿件还没有在任何渠道发布过。"))
	}
	return t.revision(id, live[len(live)-1].number)
}

// requireNote refuses a revision that would correct what readers saw without telling them.
func (t *tx) requireNote(id press.ArticleID, next func() (press.Content, error)) error {
	seen, err := t.seen(id)
	if err != nil {
		if press.CodeOf(err) == "article.unseen" {
			return nil
		}
		return err
	}
	content, err := next()
	if err == nil && press.LacksNote(content, seen.Content) {
		err = press.NoteMissing(content)
	}
	return err
}

// Corrections returns what readers were told was corrected in an article up to a revision, the earliest first. What the
// revision itself says is among it only if it has reached readers.
func (s *Store) Corrections(ctx context.Context, id press.ArticleID, upTo int) (out []press.Correction, err error) {
	err = s.read(ctx, "corrections", func(t *tx) error {
		out = nil
		live, err := t.everLive(id)
		if err != nil {
			return err
		}
		live = slices.DeleteFunc(live, func(l liveRevision) bool { return l.number > upTo })
		live = live[min(1, len(live)):] // the first one corrected nothing
		for _, l := range live[max(0, len(live)-press.MaxCorrections):] {
			rev, err := t.revision(id, l.number)
			if err != nil {
				return err
			}
			if note := rev.Content.Correction; note != "" && (len(out) == 0 || out[len(out)-1].Note != note) {
				out = append(out, press.Correction{Revision: l.number, Note: note, At: l.first})
			}
		}
		return nil
	})
	return out, err
}

// Correct begins a correction of an article that readers saw: a revision that says the same and has the note for readers.
// One that is under way already, with a note of its own, is left as it is. What people have typed since goes on from the new
// revision. It is a Conflict, "correction.unseen", if the article was published nowhere.
func (s *Store) Correct(ctx context.Context, by press.Actor, id press.ArticleID, note string) (a press.Article, err error) {
	err = s.write(ctx, "correct", func(t *tx) error {
		var who press.Actor
		if a, who, err = t.writable(by, id); err != nil {
			return err
		}
		seen, err := t.seen(id)
		if press.CodeOf(err) == "article.unseen" {
			return press.Fail(press.Conflict, "correction.unseen", press.Say(
				"“%s” has not been published anywhere: there is nothing to correct. Just change it.",
				"《%s》还没有发布过，无需更正，直接修改即可。", a.Title))
		}
		if err != nil {
			return err
		}
		current, err := t.revision(id, a.Revision)
		if err != nil {
			return err
		}
		if current.Number > seen.Number && current.Content.Correction != "" && current.Content.Correction != seen.Content.Correction {
			return nil
		}
		return t.beginCorrection(who, &a, current, note)
	})
	return a, err
}

func (t *tx) beginCorrection(who press.Actor, a *press.Article, current press.Revision, note string) (err error) {
	next := press.Revision{Content: current.Content, Author: who.ID, Unplaced: current.Unplaced, CreatedAt: t.now}
	next.Content.Correction = note
	before := a.Revision
	if *a, err = t.revise(who, *a, next, press.StateAfterSaving(a.State, false), "article.correct"); err != nil {
		return err
	}
	typed, err := all(t, scanWorking, t.dialect.forUpdate(`SELECT article, person, '', base, content, saved_at FROM workings
		WHERE article = $1 AND base = $2`), a.ID, before)
	if err != nil {
		return err
	}
	for _, w := range typed {
		w.Content.Correction = note
		content, err := press.EncodeJSON(w.Content)
		if err != nil {
			return err
		}
		if err := t.must("UPDATE workings SET base = $1, content = $2 WHERE article = $3 AND person = $4",
			a.Revision, string(content), a.ID, w.Person); err != nil {
			return err
		}
	}
	return nil
}

// replacePages plans, for each website that shows an older revision of an article, that the approved one takes its place.
func (t *tx) replacePages(by press.Actor, a press.Article) error {
	shown, err := all(t, scanDelivery, "SELECT "+deliveryColumns+` FROM deliveries
		WHERE kind = 'site' AND article = $1 AND state = 'live' AND revision < $2 ORDER BY target, revision`, a.ID, a.Revision)
	if err != nil {
		return err
	}
	for i, d := range shown {
		if i+1 < len(shown) && shown[i+1].Target == d.Target {
			continue
		}
		_, err := t.plan(by, d.Edition, press.Delivery{
			ID: press.DeliveryID(press.NewID(t.now)), Kind: press.TargetSite, Target: d.Target, Edition: d.Edition,
			Article: a.ID, Revision: a.Revision, Hash: a.Hash, State: press.Planned, DueAt: t.now, NextAt: t.now,
			MaxLateness: press.DefaultMaxLateness, CreatedAt: t.now, UpdatedAt: t.now,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Replacing returns the pages that are to take the place of an article's older ones.
func (s *Store) Replacing(ctx context.Context, a press.Article) (out []press.Delivery, err error) {
	err = s.read(ctx, "replacing pages", func(t *tx) error {
		out, err = all(t, scanDelivery, "SELECT "+deliveryColumns+` FROM deliveries
			WHERE kind = 'site' AND article = $1 AND revision = $2 AND state = 'planned'`, a.ID, a.Revision)
		return err
	})
	return out, err
}

const resendColumns = "delivery, position, mode, at, asked_by, asked_name, asked_at, edition"

func scanResending(r row) (v press.Resending, err error) {
	err = r.Scan(text(&v.Delivery), &v.Position, text(&v.Mode), stamp(&v.At), text(&v.AskedBy), &v.AskedName, stamp(&v.AskedAt), text(&v.Edition))
	return v, err
}

// AskResend stores a person's decision to delete a push, or one article of it, and to send again. Asked again before
// anything was sent, the newer decision stands. It is a Conflict, "resend.done", once it was sent.
func (s *Store) AskResend(ctx context.Context, by press.Actor, v press.Resending) (out press.Resending, err error) {
	err = s.write(ctx, "ask to resend", func(t *tx) error {
		d, err := t.lockDelivery(v.Delivery)
		if err != nil {
			return err
		}
		who, err := t.anew(by)
		if err != nil {
			return err
		}
		if err := who.Require(press.Editor); err != nil {
			return err
		}
		if d.Kind != press.TargetWeChat || (d.State != press.Live && d.State != press.Retracted) {
			_, err := press.RetractAsked().Apply(d, t.now)
			return err
		}
		n, err := t.exec(`INSERT INTO resends (`+resendColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)
			ON CONFLICT (delivery, position) DO UPDATE SET mode = $3, at = $4, asked_by = $5, asked_name = $6, asked_at = $7
			WHERE resends.edition IS NULL`,
			v.Delivery, v.Position, v.Mode, micros(v.At), orNull(who.ID), who.Name, micros(t.now))
		if err == nil && n == 0 {
			err = resentAlready()
		}
		if err != nil {
			return err
		}
		out = v
		out.AskedBy, out.AskedName, out.AskedAt = who.ID, who.Name, t.now
		return t.audit(who, "delivery.resend_asked", string(v.Delivery), string(v.Mode))
	})
	return out, err
}

// Resendings returns the decisions to send a push, or articles of it, again.
func (s *Store) Resendings(ctx context.Context, id press.DeliveryID) (out []press.Resending, err error) {
	err = s.read(ctx, "resendings", func(t *tx) error {
		out, err = all(t, scanResending, "SELECT "+resendColumns+" FROM resends WHERE delivery = $1 ORDER BY position", id)
		return err
	})
	return out, err
}

// Resend makes the edition that sends corrected articles again, as CreateEdition does, if what it takes the place of was
// deleted and no article of it was sent again before, by itself or with the whole: a Conflict, "resend.up" or "resend.done",
// otherwise. Both editions name the other in the audit log.
func (s *Store) Resend(ctx context.Context, by press.Actor, v press.Resending, e press.Edition, deliveries []press.Delivery,
	room ...press.SlotCheck,
) (out []press.Delivery, err error) {
	err = s.write(ctx, "resend", func(t *tx) error {
		if err := t.checkSlots(room); err != nil {
			return err
		}
		d, err := t.lockDelivery(v.Delivery)
		if err != nil {
			return err
		}
		gone, err := t.itemsGone(d.ID)
		if err != nil {
			return err
		}
		if d.State != press.Retracted && (v.Position == 0 || !slices.Contains(gone, v.Position)) {
			return press.Fail(press.Conflict, "resend.up", press.Say(
				"WeChat has not confirmed the deletion. Nothing is sent again before it has.", "微信尚未确认删除，确认之前不会重发。"))
		}
		if err := t.notResent(d, gone, e); err != nil {
			return err
		}
		if out, err = t.createEdition(by, e, deliveries); err != nil {
			return err
		}
		n, err := t.exec("UPDATE resends SET edition = $1 WHERE delivery = $2 AND position = $3 AND edition IS NULL", e.ID, v.Delivery, v.Position)
		if err == nil && n != 1 {
			err = resentAlready()
		}
		if err != nil {
			return err
		}
		if err := t.audit(by, "edition.resend", string(e.ID), string(d.Edition)); err != nil {
			return err
		}
		return t.audit(by, "edition.resent", string(d.Edition), string(e.ID))
	})
	return out, err
}

// notResent refuses an edition with an article that was sent again in the place of the same push already: by itself where the
// whole is asked for now, or the other way round. The caller holds the push's lock.
func (t *tx) notResent(push press.Delivery, gone []int, e press.Edition) error {
	was, err := t.edition(editionByID, push.Edition)
	if err != nil {
		return err
	}
	done, err := all(t, scanResending, "SELECT "+resendColumns+" FROM resends WHERE delivery = $1", push.ID)
	if err != nil {
		return err
	}
	for i, item := range was.Items {
		again := slices.ContainsFunc(e.Items, func(next press.EditionItem) bool { return next.Article == item.Article })
		if again && press.Resent(done, i+1, slices.Contains(gone, i+1)) {
			return resentAlready()
		}
	}
	return nil
}

func resentAlready() error {
	return press.Fail(press.Conflict, "resend.done", press.Say("It was sent again already.", "已经重发过了。"))
}

// itemsGone are the places of a push's articles that WeChat deleted by themselves.
func (t *tx) itemsGone(id press.DeliveryID) ([]int, error) {
	return all(t, func(r row) (n int, err error) {
		err = r.Scan(&n)
		return n, err
	}, "SELECT position FROM deleted_items WHERE delivery = $1 ORDER BY position", id)
}

// ItemsGone returns the places, from 1, of a push's articles that WeChat deleted by themselves.
func (s *Store) ItemsGone(ctx context.Context, id press.DeliveryID) (out []int, err error) {
	err = s.read(ctx, "items gone", func(t *tx) error {
		out, err = t.itemsGone(id)
		return err
	})
	return out, err
}
