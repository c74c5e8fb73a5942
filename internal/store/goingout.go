package store

import (
	"database/sql"
	"errors"
	"time"

	"newsdesk/internal/press"
)

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
