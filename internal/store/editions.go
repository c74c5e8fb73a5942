package store

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

// EditionFilter chooses editions; an empty field does not choose.
type EditionFilter struct {
	From             time.Time // planned for then or later
	Until            time.Time // planned for earlier than that
	Account          string
	Article          press.ArticleID // holds it, in whatever revision
	Author           press.UserID    // holds an article of theirs
	IncludeCancelled bool
	Limit            int // 50 if 0, at most 500
	Offset           int
}

const editionColumns = "id, account, mode, at, site_policy, max_lateness, theme, cancelled, created_by, created_at"

func scanEdition(r row) (e press.Edition, err error) {
	var lateness int64
	err = r.Scan(text(&e.ID), &e.Account, text(&e.Mode), stamp(&e.At), text(&e.SitePolicy), &lateness, &e.Theme,
		&e.Cancelled, text(&e.CreatedBy), stamp(&e.CreatedAt))
	e.MaxLateness = time.Duration(lateness)
	return e, err
}

const itemColumns = "edition, article, revision, hash, title"

type storedItem struct {
	edition press.EditionID
	press.EditionItem
}

func scanItem(r row) (i storedItem, err error) {
	err = r.Scan(text(&i.edition), text(&i.Article), &i.Revision, text(&i.Hash), &i.Title)
	return i, err
}

// Edition returns an edition with its items.
func (s *Store) Edition(ctx context.Context, id press.EditionID) (e press.Edition, err error) {
	err = s.read(ctx, "edition", func(t *tx) error {
		e, err = t.edition(editionByID, id)
		return err
	})
	return e, err
}

const editionByID = "SELECT " + editionColumns + " FROM editions WHERE id = $1"

func (t *tx) edition(query string, id press.EditionID) (press.Edition, error) {
	e, err := scanEdition(t.one(query, id))
	if err != nil {
		return e, missing(err, "edition", "edition", "推送", id)
	}
	list := []press.Edition{e}
	err = t.addItems(list)
	return list[0], err
}

// addItems fills in the items of some editions with one query.
func (t *tx) addItems(list []press.Edition) error {
	if len(list) == 0 {
		return nil
	}
	var w where
	at := make(map[press.EditionID]int, len(list))
	ids := make([]any, len(list))
	for i, e := range list {
		at[e.ID], ids[i] = i, e.ID
	}
	w.in("edition", ids)
	items, err := all(t, scanItem, "SELECT "+itemColumns+" FROM edition_items"+w.String()+" ORDER BY edition, position", w.args...)
	if err != nil {
		return err
	}
	for _, item := range items {
		e := &list[at[item.edition]]
		e.Items = append(e.Items, item.EditionItem)
	}
	return nil
}

// Editions returns one page of the editions a filter chooses, with their items, and how many it chooses in all. With
// From they come as a calendar has them, the earliest first; without it the latest come first.
func (s *Store) Editions(ctx context.Context, f EditionFilter) (out []press.Edition, total int, err error) {
	w := f.where()
	err = s.read(ctx, "editions", func(t *tx) error {
		if err := t.one("SELECT count(*) FROM editions"+w.String(), w.args...).Scan(&total); err != nil {
			return err
		}
		tail, args := w.page(f.Limit, f.Offset)
		order := " ORDER BY at DESC, id DESC"
		if !f.From.IsZero() {
			order = " ORDER BY at, id"
		}
		if out, err = all(t, scanEdition, "SELECT "+editionColumns+" FROM editions"+w.String()+order+tail, args...); err != nil {
			return err
		}
		return t.addItems(out)
	})
	return out, total, err
}

func (f EditionFilter) where() (w where) {
	if !f.From.IsZero() {
		w.add("at >= ?", micros(f.From))
	}
	if !f.Until.IsZero() {
		w.add("at < ?", micros(f.Until))
	}
	if f.Account != "" {
		w.add("account = ?", f.Account)
	}
	if f.Article != "" {
		w.add("id IN (SELECT edition FROM edition_items WHERE article = ?)", f.Article)
	}
	switch {
	case f.Author != "" && !f.From.IsZero() && !f.Until.IsZero(): // asked from the side of those few editions
		w.add("? IN (SELECT a.author FROM edition_items i JOIN articles a ON a.id = i.article WHERE i.edition = editions.id)", f.Author)
	case f.Author != "":
		w.add("id IN (SELECT i.edition FROM edition_items i JOIN articles a ON a.id = i.article WHERE a.author = ?)", f.Author)
	}
	if !f.IncludeCancelled {
		w.add("NOT cancelled")
	}
	return w
}
