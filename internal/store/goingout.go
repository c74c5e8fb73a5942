package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"newsdesk/internal/press"
)

// GoingOut returns the first delivery that still has to bring an article to readers, in whatever revision; NotFound when
// there is none.
func (s *Store) GoingOut(ctx context.Context, id press.ArticleID) (d press.Delivery, err error) {
	var delivery press.DeliveryID
	err = s.read(ctx, "find what goes out", func(t *tx) error {
		err := t.one(`SELECT d.id FROM deliveries d
			WHERE d.state IN ('planned', 'ready', 'sending', 'unknown', 'blocked') AND (d.kind = 'site' AND d.article = $1
			OR d.kind = 'wechat' AND EXISTS (SELECT 1 FROM edition_items i WHERE i.edition = d.edition AND i.article = $2))
			ORDER BY d.due_at, d.id LIMIT 1`, id, id).Scan(text(&delivery))
		if err != nil {
			return missing(err, "delivery", "delivery of the article", "稿件的投放", string(id))
		}
		return nil
	})
	if err != nil {
		return d, err
	}
	return s.Delivery(ctx, delivery)
}

// notGoingOut refuses to send back an article whose approved revision still waits to go out: whoever returned it would
// take it for stopped, while the push went on. The caller holds the article's lock, which an edition takes too.
func (t *tx) notGoingOut(a press.Article) error {
	var delivery string
	var due time.Time
	err := t.one(`SELECT d.id, d.due_at FROM deliveries d
		WHERE d.state IN ('planned', 'ready', 'sending', 'unknown', 'blocked')
		AND (d.kind = 'site' AND d.article = $1 AND d.revision = $2 OR d.kind = 'wechat' AND EXISTS
		(SELECT 1 FROM edition_items i WHERE i.edition = d.edition AND i.article = $3 AND i.revision = $4))
		ORDER BY d.due_at, d.id LIMIT 1`, a.ID, a.Revision, a.ID, a.Revision).Scan(&delivery, stamp(&due))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return press.Fail(press.Conflict, "article.scheduled", press.Say(
		"“%[1]s” would go out all the same: the delivery %[2]s is due %[3]s. Have an editor cancel its edition first, then return the article.",
		"退回不会阻止《%[1]s》发出：投放 %[2]s 定于 %[3]s。请先由编辑取消该推送，再退回稿件。",
		a.Title, delivery, due.UTC().Format(time.RFC3339)))
}

// notRepeated refuses an edition that is there already: the same article to the same account, in the same way and at the
// same instant. It is what a second click, or a program that lost the first answer, asks for, and a push cannot be taken
// back. The caller holds the articles' locks.
func (t *tx) notRepeated(e press.Edition) error {
	if len(e.Items) == 0 {
		return nil
	}
	var there string
	err := t.one(`SELECT e.id FROM editions e JOIN edition_items i ON i.edition = e.id
		WHERE e.account = $1 AND e.mode = $2 AND e.at = $3 AND NOT e.cancelled AND i.article = $4 AND e.id <> $5 LIMIT 1`,
		e.Account, e.Mode, micros(e.At), e.Items[0].Article, e.ID).Scan(&there)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return press.Fail(press.Conflict, "edition.repeated", press.Say(
		"“%[1]s” goes out to %[2]s at that moment already, in the edition %[3]s. If it is to go out once more, choose another time.",
		"《%[1]s》已在推送 %[3]s 中安排于同一时刻发往 %[2]s。如需再次发出，请选择其他时间。", e.Items[0].Title, e.Account, there))
}
