package store

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

// ArticleFile is everything around an article but what it says: its revisions, who signed them and where it went.
type ArticleFile struct {
	ArticleRow
	Revisions  []RevisionRow // the newest first
	Deliveries []DeliveryRow // the latest due first
}

// RevisionRow is a revision as a list shows it.
type RevisionRow struct {
	Number     int
	Hash       press.ContentHash
	Author     press.UserID
	AuthorName string
	CreatedAt  time.Time
	Signed     []press.SignOff
}

// maxRevisionRows bounds the list of an article's revisions and deliveries.
const maxRevisionRows = 100

// ArticleFile returns what is known around an article. NotFound, "article.missing", if there is none.
func (s *Store) ArticleFile(ctx context.Context, id press.ArticleID) (f ArticleFile, err error) {
	err = s.read(ctx, "article file", func(t *tx) error {
		f = ArticleFile{}
		if f.Article, err = t.article(id); err != nil {
			return err
		}
		rows, err := t.rowsOf([]press.ArticleID{id})
		if err != nil {
			return err
		}
		f.ArticleRow = rows[0]
		if f.Revisions, err = t.revisionRows(id); err != nil {
			return err
		}
		f.Deliveries, err = t.deliveriesOf(id)
		return err
	})
	return f, err
}

func (t *tx) revisionRows(id press.ArticleID) ([]RevisionRow, error) {
	list, err := all(t, func(r row) (v RevisionRow, err error) {
		err = r.Scan(&v.Number, text(&v.Hash), text(&v.Author), text(&v.AuthorName), stamp(&v.CreatedAt))
		return v, err
	}, `SELECT r.number, r.hash, r.author, u.name, r.created_at FROM revisions r LEFT JOIN users u ON u.id = r.author
		WHERE r.article = $1 ORDER BY r.number DESC LIMIT $2`, id, maxRevisionRows)
	if err != nil {
		return nil, err
	}
	signed, err := all(t, scanSignOff, "SELECT "+signOffColumns+" FROM sign_offs WHERE article = $1 ORDER BY signed_at, stage", id)
	for i := range list {
		for _, o := range signed {
			if o.Revision == list[i].Number {
				list[i].Signed = append(list[i].Signed, o)
			}
		}
	}
	return list, err
}

func (t *tx) deliveriesOf(id press.ArticleID) ([]DeliveryRow, error) {
	list, err := all(t, scanDelivery, "SELECT "+prefixed("d", deliveryColumns)+` FROM deliveries d WHERE d.id IN
		(SELECT p.id FROM deliveries p WHERE p.article = $1
		UNION ALL SELECT w.id FROM edition_items i JOIN deliveries w ON w.edition = i.edition AND w.kind = 'wechat' WHERE i.article = $2)
		ORDER BY d.due_at DESC, d.id DESC LIMIT $3`, id, id, maxRevisionRows)
	out := make([]DeliveryRow, len(list))
	for i, d := range list {
		out[i].Delivery = d
	}
	return out, err
}
