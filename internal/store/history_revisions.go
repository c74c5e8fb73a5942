package store

import (
	"context"
	"database/sql"
	"errors"

	"newsdesk/internal/press"
)

// Revisions returns every revision of an article without its content, the newest first, with who saved and who signed it.
func (s *Store) Revisions(ctx context.Context, id press.ArticleID) (out []press.RevisionHead, err error) {
	err = s.read(ctx, "revisions", func(t *tx) error {
		if _, err := t.article(id); err != nil {
			return err
		}
		out, err = all(t, scanRevisionHead, `SELECT r.number, r.hash, r.author, coalesce(u.name, ''), r.created_at FROM revisions r
			LEFT JOIN users u ON u.id = r.author WHERE r.article = $1 ORDER BY r.number DESC`, id)
		if err != nil {
			return err
		}
		return t.addSignOffs(id, out)
	})
	return out, err
}

func scanRevisionHead(r row) (h press.RevisionHead, err error) {
	err = r.Scan(&h.Number, text(&h.Hash), text(&h.Author), &h.AuthorName, stamp(&h.CreatedAt))
	return h, err
}

func (t *tx) addSignOffs(id press.ArticleID, list []press.RevisionHead) error {
	signed, err := all(t, scanSignOff, "SELECT "+signOffColumns+" FROM sign_offs WHERE article = $1 ORDER BY signed_at, stage", id)
	for i := range list {
		for _, o := range signed {
			if o.Revision == list[i].Number {
				list[i].SignOffs = append(list[i].SignOffs, o)
			}
		}
	}
	return err
}

// LastSigned returns the number of the last revision before the given one that anybody has signed; 0 if there is none.
func (s *Store) LastSigned(ctx context.Context, id press.ArticleID, before int) (number int, err error) {
	err = s.read(ctx, "last signed revision", func(t *tx) error {
		err := t.one("SELECT revision FROM sign_offs WHERE article = $1 AND revision < $2 ORDER BY revision DESC LIMIT 1", id, before).Scan(&number)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return number, err
}
