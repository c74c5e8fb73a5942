package store

import (
	"context"

	"newsdesk/internal/press"
)

// EditionRow is an edition as calendars and lists show it.
type EditionRow struct {
	press.Edition
	Push   press.Delivery // to WeChat
	Pieces []EditionPiece // as Items, with what lists show of each
}

// EditionPiece is an article of an edition.
type EditionPiece struct {
	press.EditionItem
	Author press.UserID
	Cover  press.Digest // of the article's current revision
}

// Movable reports whether the edition can still be given another time.
func (e EditionRow) Movable() bool {
	return !e.Cancelled && (e.Push.State == press.Planned || e.Push.State == press.Ready)
}

// EditionRows returns one page of the editions a filter chooses, in the order of Editions, and how many it chooses in all.
func (s *Store) EditionRows(ctx context.Context, f EditionFilter) (out []EditionRow, total int, err error) {
	list, total, err := s.Editions(ctx, f)
	if err != nil {
		return nil, total, err
	}
	out, err = s.EditionRowsOf(ctx, list)
	return out, total, err
}

// EditionRowsOf returns the rows of some editions, in their order.
func (s *Store) EditionRowsOf(ctx context.Context, list []press.Edition) (out []EditionRow, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	err = s.read(ctx, "edition rows", func(t *tx) error {
		out = make([]EditionRow, len(list))
		at := make(map[press.EditionID]int, len(list))
		ids := make([]any, len(list))
		for i, e := range list {
			out[i].Edition, at[e.ID], ids[i] = e, i, e.ID
		}
		return t.addPushes(out, at, ids)
	})
	return out, err
}

func (t *tx) addPushes(out []EditionRow, at map[press.EditionID]int, ids []any) error {
	var w where
	w.in("edition", ids)
	pushes, err := all(t, scanDelivery, "SELECT "+deliveryColumns+" FROM deliveries"+w.String()+" AND kind = 'wechat'", w.args...)
	if err != nil {
		return err
	}
	for _, d := range pushes {
		out[at[d.Edition]].Push = d
	}
	type piece struct {
		edition press.EditionID
		EditionPiece
	}
	var p where
	p.in("i.edition", ids)
	pieces, err := all(t, func(r row) (x piece, err error) {
		err = r.Scan(text(&x.edition), text(&x.Article), &x.Revision, text(&x.Hash), &x.Title, text(&x.Author), text(&x.Cover))
		return x, err
	}, "SELECT "+prefixed("i", itemColumns)+`, a.author, coalesce(c.cover, '') FROM edition_items i JOIN articles a ON a.id = i.article
		LEFT JOIN article_index c ON c.article = i.article`+p.String()+" ORDER BY i.edition, i.position", p.args...)
	if err != nil {
		return err
	}
	for _, x := range pieces {
		e := &out[at[x.edition]]
		e.Pieces = append(e.Pieces, x.EditionPiece)
	}
	return nil
}

// freshest is among how many of the articles made last those that wait for an edition are looked for.
const freshest = 2000

// Unscheduled returns approved articles whose approved revision is in no edition, the newest first.
func (s *Store) Unscheduled(ctx context.Context, limit int) (out []ArticleRow, err error) {
	var ids []press.ArticleID
	err = s.read(ctx, "unscheduled", func(t *tx) error {
		ids, err = all(t, scanArticleID, `SELECT a.id FROM (SELECT id, revision, created_at FROM articles WHERE state = 'approved'
			ORDER BY created_at DESC, id DESC LIMIT $1) a WHERE NOT EXISTS (SELECT 1 FROM edition_items i JOIN editions e ON e.id = i.edition
			WHERE i.article = a.id AND i.revision = a.revision AND NOT e.cancelled) ORDER BY a.created_at DESC, a.id DESC LIMIT $2`,
			freshest, bounded(limit))
		return err
	})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return s.ArticleRowsOf(ctx, ids)
}
