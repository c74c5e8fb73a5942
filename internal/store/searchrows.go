package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// TotalBound is how far ArticleRows counts.
const TotalBound = 1000

// ArticlePage is one page of a list of articles.
type ArticlePage struct {
	Rows  []ArticleRow
	Total int  // how many the filter chooses, at most TotalBound
	More  bool // there are more than Total
}

// ArticleRow is an article as a list shows it.
type ArticleRow struct {
	press.Article
	AuthorName string
	Reviser    press.UserID    // who saved the current revision
	Cover      press.Digest    // of the current revision
	Signed     []press.SignOff // of the current revision, in the order of signing
	Comments   int             // remarks that nobody has resolved
	Next       *DeliveryBrief  // the first of what still has to happen; nil: nothing
	Last       *DeliveryBrief  // what happened last; nil: nothing
}

// DeliveryBrief is what a list says of a delivery.
type DeliveryBrief struct {
	ID      press.DeliveryID
	Kind    press.TargetKind
	Target  string
	Edition press.EditionID
	Mode    press.Mode
	State   press.State
	At      time.Time // when it is due; of one that went live, when it did
}

// ArticleRows returns one page of the articles a filter chooses, the newest first.
func (s *Store) ArticleRows(ctx context.Context, f ArticleFilter) (page ArticlePage, err error) {
	q, err := s.articleQuery(f)
	if err != nil || q.none {
		return page, err
	}
	err = s.read(ctx, "article rows", func(t *tx) error {
		if err := t.steer(q); err != nil {
			return err
		}
		bound := fmt.Sprintf("%s LIMIT %d", q.which, TotalBound+1)
		if page.Total, err = t.countOf(bound, q.args); err != nil {
			return err
		}
		if page.More = page.Total > TotalBound; page.More {
			page.Total = TotalBound
		}
		if page.More && f.Offset < TotalBound && q.walk != "" {
			q.which = q.walk
		}
		ids, err := t.articleIDs(q, f.Limit, f.Offset)
		if err != nil {
			return err
		}
		page.Rows, err = t.rowsOf(ids)
		return err
	})
	return page, err
}

// ArticleRowsOf returns the rows of some articles, at most 500, in their order; of those that there are.
func (s *Store) ArticleRowsOf(ctx context.Context, ids []press.ArticleID) (out []ArticleRow, err error) {
	err = s.read(ctx, "article rows", func(t *tx) error {
		out, err = t.rowsOf(ids[:min(len(ids), maxLimit)])
		return err
	})
	return out, err
}

// articleQuery is a filter as a query for the keys of what it chooses.
type articleQuery struct {
	none  bool   // the filter chooses nothing, whatever there is
	which string // its first column is the key
	walk  string // the same for the first pages of very many; empty: which is good for them too
	order string
	ids   string // makes identifiers of the keys, with %s for the query of them
	args  []any
}

// articleQuery reads a filter. With words to be searched for, or a column, the index of words answers everything, in the order of doc;
// without them the table does. Either walks an index in the order of the page.
func (s *Store) articleQuery(f ArticleFilter) (q articleQuery, err error) {
	if !f.searches() {
		w := f.where()
		return articleQuery{
			which: "SELECT id FROM articles" + w.String(), order: " ORDER BY created_at DESC, id DESC", ids: "%s", args: w.args,
		}, nil
	}
	if err := plain([]any{f.Query}); err != nil {
		return q, err
	}
	terms, err := f.matching()
	return articleQuery{
		none: len(terms) == 0, which: s.dialect.matches(), walk: s.dialect.walks(), order: " ORDER BY doc DESC",
		ids:  "SELECT x.article FROM (%s) found JOIN article_index x ON x.doc = found.doc ORDER BY x.doc DESC",
		args: []any{s.dialect.match(terms)},
	}, err
}

func (t *tx) steer(q articleQuery) error {
	if how := t.dialect.steers(); how != "" && q.walk != "" {
		return t.must(how)
	}
	return nil
}

func (t *tx) countOf(query string, args []any) (n int, err error) {
	err = t.one("SELECT count(*) FROM ("+query+") counted", args...).Scan(&n)
	return n, err
}

func (t *tx) articleIDs(q articleQuery, limit, offset int) ([]press.ArticleID, error) {
	page := fmt.Sprintf("%s%s LIMIT %d OFFSET %d", q.which, q.order, bounded(limit), max(offset, 0))
	return all(t, scanArticleID, strings.Replace(q.ids, "%s", page, 1), q.args...)
}

// rowsOf returns the rows of some articles in the order of their identifiers here, with one query for each kind of thing
// that is shown.
func (t *tx) rowsOf(ids []press.ArticleID) ([]ArticleRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var w where
	w.in("a.id", anys(ids))
	list, err := all(t, scanArticleRow, "SELECT "+prefixed("a", articleColumns)+`, u.name, x.reviser, x.cover FROM articles a
		LEFT JOIN users u ON u.id = a.author LEFT JOIN article_index x ON x.article = a.id`+w.String(), w.args...)
	if err != nil {
		return nil, err
	}
	at := make(map[press.ArticleID]*ArticleRow, len(list))
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	if err := t.addSigned(ids, at); err != nil {
		return nil, err
	}
	if err := t.addComments(ids, at); err != nil {
		return nil, err
	}
	if err := t.addDeliveries(ids, at); err != nil {
		return nil, err
	}
	out := make([]ArticleRow, 0, len(list))
	for _, id := range ids {
		if a := at[id]; a != nil {
			out = append(out, *a)
		}
	}
	return out, nil
}

func scanArticleRow(r row) (a ArticleRow, err error) {
	err = r.Scan(text(&a.ID), text(&a.State), &a.Revision, text(&a.Hash), &a.Title, &storedColumn{&a.Column},
		text(&a.Author), stamp(&a.CreatedAt), stamp(&a.UpdatedAt), text(&a.AuthorName), text(&a.Reviser), text(&a.Cover))
	return a, err
}

func (t *tx) addSigned(ids []press.ArticleID, at map[press.ArticleID]*ArticleRow) error {
	var w where
	w.in("article", anys(ids))
	signed, err := all(t, scanSignOff, "SELECT "+signOffColumns+" FROM sign_offs"+w.String()+" ORDER BY signed_at, stage", w.args...)
	for _, o := range signed {
		if a := at[o.Article]; a != nil && a.Revision == o.Revision {
			a.Signed = append(a.Signed, o)
		}
	}
	return err
}

func (t *tx) addComments(ids []press.ArticleID, at map[press.ArticleID]*ArticleRow) error {
	var w where
	w.in("article", anys(ids))
	w.add("resolved_at IS NULL")
	type open struct {
		article press.ArticleID
		n       int
	}
	list, err := all(t, func(r row) (o open, err error) {
		err = r.Scan(text(&o.article), &o.n)
		return o, err
	}, "SELECT article, count(*) FROM comments"+w.String()+" GROUP BY article", w.args...)
	for _, o := range list {
		at[o.article].Comments = o.n
	}
	return err
}

type articleDelivery struct {
	article press.ArticleID
	live    time.Time
	DeliveryBrief
}

func scanArticleDelivery(r row) (d articleDelivery, err error) {
	err = r.Scan(text(&d.article), text(&d.ID), text(&d.Kind), &d.Target, text(&d.Edition), text(&d.Mode), text(&d.State),
		stamp(&d.At), stamp(&d.live))
	return d, err
}

const briefColumns = "d.id, d.kind, d.target, d.edition, d.mode, d.state, d.due_at, d.live_at"

// addDeliveries fills in what comes next and what was last, of the pushes and the pages together.
func (t *tx) addDeliveries(ids []press.ArticleID, at map[press.ArticleID]*ArticleRow) error {
	var pages, pushes where
	pages.in("d.article", anys(ids))
	pushes.in("i.article", anys(ids))
	for _, q := range []struct {
		from string
		args []any
	}{
		{"SELECT d.article, " + briefColumns + " FROM deliveries d" + pages.String(), pages.args},
		{"SELECT i.article, " + briefColumns + ` FROM edition_items i
			JOIN deliveries d ON d.edition = i.edition AND d.kind = 'wechat'` + pushes.String(), pushes.args},
	} {
		list, err := all(t, scanArticleDelivery, q.from, q.args...)
		if err != nil {
			return err
		}
		for _, d := range list {
			at[d.article].consider(d)
		}
	}
	return nil
}

// consider takes a delivery as the next or the last one, if it is nearer than what was considered before.
func (a *ArticleRow) consider(d articleDelivery) {
	b := d.DeliveryBrief
	switch {
	case b.State == press.Cancelled || b.State == press.Replaced:
	case b.waits():
		if a.Next == nil || b.At.Before(a.Next.At) || b.At.Equal(a.Next.At) && b.ID < a.Next.ID {
			a.Next = &b
		}
	default:
		if !d.live.IsZero() {
			b.At = d.live
		}
		if a.Last == nil || b.At.After(a.Last.At) || b.At.Equal(a.Last.At) && b.ID > a.Last.ID {
			a.Last = &b
		}
	}
}

// waits reports whether something still has to happen. A draft that lies in the box was all that was asked for.
func (b DeliveryBrief) waits() bool {
	if b.State == press.Ready && b.Mode == press.ModeDraft {
		return false
	}
	return slices.Contains([]press.State{press.Planned, press.Ready, press.Sending, press.Sent, press.Unknown, press.Blocked}, b.State)
}
