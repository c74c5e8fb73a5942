package store

import (
	"context"
	"fmt"

	"newsdesk/internal/press"
)

// NoteExport writes into the audit log that a person took a revision to another system. NotFound, "article.missing", also for
// an article that they may not read by now. A Conflict, "export.withdrawn", for one that was withdrawn while its photos were made.
func (s *Store) NoteExport(ctx context.Context, by press.Actor, id press.ArticleID, revision int, how string) error {
	return s.write(ctx, "note export", func(t *tx) error {
		who, err := t.anew(by)
		if err != nil {
			return err
		}
		a, err := t.article(id)
		if err != nil {
			return err
		}
		if err := who.RequireReading(a); err != nil {
			return err
		}
		if err := a.Exportable(); err != nil {
			return err
		}
		return t.audit(who, "article.export", string(id), fmt.Sprintf("revision %d: %s", revision, how))
	})
}
