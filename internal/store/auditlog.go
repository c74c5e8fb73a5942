package store

import (
	"context"

	"newsdesk/internal/press"
)

// AuditFilter chooses entries of the audit log; an empty field does not choose.
type AuditFilter struct {
	Subject string // the thing's identifier
	Actor   press.UserID
	Action  string // a prefix, e.g. "delivery."
	Before  int64  // only entries with a smaller number: the next page
	Limit   int    // 50 if 0, at most 500
}

func scanAudit(r row) (e press.AuditEntry, err error) {
	err = r.Scan(&e.Seq, stamp(&e.At), text(&e.Actor), &e.ActorName, &e.Action, &e.Subject, &e.Detail)
	return e, err
}

// Audit returns entries of the audit log, the newest first.
func (s *Store) Audit(ctx context.Context, f AuditFilter) (out []press.AuditEntry, err error) {
	var w where
	if f.Subject != "" {
		w.add("subject = ?", f.Subject)
	}
	if f.Actor != "" {
		w.add("actor = ?", f.Actor)
	}
	if f.Action != "" {
		w.add("action >= ? AND action < ?", f.Action, f.Action+"\U0010FFFF")
	}
	if f.Before > 0 {
		w.add("seq < ?", f.Before)
	}
	err = s.read(ctx, "audit", func(t *tx) error {
		tail, args := w.page(f.Limit, 0)
		out, err = all(t, scanAudit, "SELECT seq, at, actor, actor_name, action, subject, detail FROM audit"+w.String()+
			" ORDER BY seq DESC"+tail, args...)
		return err
	})
	return out, err
}
