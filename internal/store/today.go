package store

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

// Bounds of what a person's day lists of each kind.
const (
	todayRows    = 30
	todayPushes  = 100
	reviewBatch  = 200
	reviewLooked = 10 * reviewBatch // in review and not to be signed by this person, before the search is given up
)

// TodayQuery says whose day is asked for.
type TodayQuery struct {
	Person   press.Actor
	Settings press.Settings // the stages of review
	From     time.Time      // pushes due from then on
	Until    time.Time      // and earlier than that
}

// Today is what waits for a person. Each list ends at a bound; More says that there is more than it shows.
type Today struct {
	Unfinished     []Unfinished // own drafts and returned articles, the latest first
	UnfinishedMore bool
	ToSign         []Waiting // what the person may sign now, the longest waiting first
	ToSignMore     bool
	ToPlan         []ArticleRow  // for editors: approved lately and in no edition yet, the newest first
	Blocked        []DeliveryRow // the earliest due first
	Pushes         []DeliveryRow // to WeChat accounts, in order of time
}

// Unfinished is an article of one's own that is not in review yet, or not any more.
type Unfinished struct {
	ArticleRow
	Unsaved    time.Time // when words were typed into it that are in no revision; zero: there are none
	ReturnedBy string    // who returned it; empty: nobody
	Reason     string    // why
	ReturnedAt time.Time
}

// Waiting is an article that a person may sign.
type Waiting struct {
	ArticleRow
	Stage press.Stage
}

// DeliveryRow is a delivery with what it brings.
type DeliveryRow struct {
	press.Delivery
	Items []DeliveryItem // in the edition's order
}

// DeliveryItem is one article of a delivery.
type DeliveryItem struct {
	Article press.ArticleID
	Title   string
	Author  press.UserID
}

// Today returns what waits for a person. Who does not read every article is told only of their own.
func (s *Store) Today(ctx context.Context, q TodayQuery) (out Today, err error) {
	err = s.read(ctx, "today", func(t *tx) error {
		out = Today{}
		if out.Unfinished, err = t.unfinished(q.Person.ID); err != nil {
			return err
		}
		out.Unfinished, out.UnfinishedMore = cut(out.Unfinished, todayRows)
		if out.ToSign, err = t.toSign(q); err != nil {
			return err
		}
		out.ToSign, out.ToSignMore = cut(out.ToSign, todayRows)
		if out.ToPlan, err = t.toPlan(q.Person); err != nil {
			return err
		}
		if out.Blocked, err = t.blocked(q.Person); err != nil {
			return err
		}
		out.Pushes, err = t.pushes(q)
		return err
	})
	return out, err
}

func cut[T any](list []T, n int) ([]T, bool) {
	if len(list) <= n {
		return list, false
	}
	return list[:n], true
}

func (t *tx) unfinished(person press.UserID) ([]Unfinished, error) {
	ids, err := all(t, scanArticleID, `SELECT id FROM articles WHERE author = $1 AND state IN ('draft', 'returned')
		ORDER BY updated_at DESC, id DESC LIMIT $2`, person, todayRows+1)
	if err != nil {
		return nil, err
	}
	rows, err := t.rowsOf(ids)
	if err != nil {
		return nil, err
	}
	out := make([]Unfinished, len(rows))
	at := make(map[press.ArticleID]*Unfinished, len(rows))
	for i, a := range rows {
		out[i].ArticleRow = a
		at[a.ID] = &out[i]
	}
	if len(out) == 0 {
		return nil, nil
	}
	if err := t.addReasons(ids, at); err != nil {
		return nil, err
	}
	return out, t.addUnsaved(person, ids, at)
}

func scanArticleID(r row) (id press.ArticleID, err error) {
	err = r.Scan(text(&id))
	return id, err
}

// addReasons fills in the last return of each article, from the log.
func (t *tx) addReasons(ids []press.ArticleID, at map[press.ArticleID]*Unfinished) error {
	var w where
	w.in("subject", anys(ids))
	list, err := all(t, scanAudit, "SELECT seq, at, actor, actor_name, action, subject, detail FROM audit WHERE seq IN (SELECT max(seq) FROM audit"+
		w.String()+" AND action = 'article.return' GROUP BY subject)", w.args...)
	for _, e := range list {
		if a := at[press.ArticleID(e.Subject)]; a != nil && a.State == press.ArticleReturned {
			a.ReturnedBy, a.Reason, a.ReturnedAt = e.ActorName, e.Detail, e.At
		}
	}
	return err
}

func (t *tx) addUnsaved(person press.UserID, ids []press.ArticleID, at map[press.ArticleID]*Unfinished) error {
	var w where
	w.add("person = ?", person)
	w.in("article", anys(ids))
	type working struct {
		article press.ArticleID
		saved   time.Time
	}
	list, err := all(t, func(r row) (x working, err error) {
		err = r.Scan(text(&x.article), stamp(&x.saved))
		return x, err
	}, "SELECT article, saved_at FROM workings"+w.String(), w.args...)
	for _, x := range list {
		at[x.article].Unsaved = x.saved
	}
	return err
}

// toSign looks through what is in review, the oldest first, for what press.CanSign allows the person.
func (t *tx) toSign(q TodayQuery) (out []Waiting, err error) {
	if !q.Person.Has(press.Reviewer) {
		return nil, nil
	}
	for looked := 0; looked < reviewLooked && len(out) <= todayRows; looked += reviewBatch {
		ids, err := all(t, scanArticleID, `SELECT a.id FROM articles a WHERE a.state = 'review' AND (a.author IS NULL OR a.author <> $1)
			AND NOT EXISTS (SELECT 1 FROM sign_offs o WHERE o.article = a.id AND o.revision = a.revision AND o.person = $2)
			AND NOT EXISTS (SELECT 1 FROM revisions v WHERE v.article = a.id AND v.author = $3)
			ORDER BY a.created_at, a.id LIMIT $4 OFFSET $5`, q.Person.ID, q.Person.ID, q.Person.ID, reviewBatch, looked)
		if err != nil {
			return nil, err
		}
		found, err := t.signable(q, ids)
		if err != nil {
			return nil, err
		}
		if out = append(out, found...); len(ids) < reviewBatch {
			break
		}
	}
	return out, nil
}

// plannedLooked is how many of the newest approved articles are looked at: what is older was not forgotten but left.
const plannedLooked = 200

func (t *tx) toPlan(who press.Actor) ([]ArticleRow, error) {
	if !who.Has(press.Editor) {
		return nil, nil
	}
	ids, err := all(t, scanArticleID, `SELECT a.id FROM (SELECT id, created_at FROM articles WHERE state = 'approved'
		ORDER BY created_at DESC, id DESC LIMIT $1) a WHERE NOT EXISTS (SELECT 1 FROM edition_items i
		JOIN editions e ON e.id = i.edition WHERE i.article = a.id AND NOT e.cancelled)
		ORDER BY a.created_at DESC, a.id DESC LIMIT $2`, plannedLooked, todayRows)
	if err != nil {
		return nil, err
	}
	return t.rowsOf(ids)
}

func (t *tx) signable(q TodayQuery, ids []press.ArticleID) (out []Waiting, err error) {
	rows, err := t.rowsOf(ids)
	for _, a := range rows {
		stage, more := q.Settings.Next(a.Signed)
		// The writers of all revisions were left out by the query.
		if more && press.CanSign(q.Person, a.Article, []press.UserID{a.Reviser}, stage, a.Signed) == nil {
			out = append(out, Waiting{a, stage})
		}
	}
	return out, err
}

func (t *tx) blocked(who press.Actor) ([]DeliveryRow, error) {
	var w where
	w.add("d.state = 'blocked'")
	return t.deliveryRows(who, w, todayRows)
}

func (t *tx) pushes(q TodayQuery) ([]DeliveryRow, error) {
	var w where
	w.add("d.due_at >= ? AND d.due_at < ? AND d.kind = 'wechat' AND d.state <> 'cancelled'", micros(q.From), micros(q.Until))
	return t.deliveryRows(q.Person, w, todayPushes)
}

// deliveryRows returns deliveries with what they bring, the earliest due first. Who does not read every article gets
// those of their own, and of their items only their own.
func (t *tx) deliveryRows(who press.Actor, w where, limit int) ([]DeliveryRow, error) {
	if !who.ReadsAll() {
		// Asked from the delivery's side, which has a handful of articles; a person may have thousands.
		w.add(`((SELECT a.author FROM articles a WHERE a.id = d.article) = ? OR
			? IN (SELECT a.author FROM edition_items i JOIN articles a ON a.id = i.article WHERE i.edition = d.edition))`,
			who.ID, who.ID)
	}
	tail, args := w.page(limit, 0)
	list, err := all(t, scanDelivery, "SELECT "+prefixed("d", deliveryColumns)+" FROM deliveries d"+w.String()+
		" ORDER BY d.due_at, d.id"+tail, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	out := make([]DeliveryRow, len(list))
	for i, d := range list {
		out[i].Delivery = d
	}
	return out, t.addDeliveryItems(who, out)
}

type deliveryItem struct {
	delivery press.DeliveryID
	DeliveryItem
}

func (t *tx) addDeliveryItems(who press.Actor, list []DeliveryRow) error {
	ids := make([]press.DeliveryID, len(list))
	at := make(map[press.DeliveryID]*DeliveryRow, len(list))
	for i := range list {
		ids[i] = list[i].ID
		at[ids[i]] = &list[i]
	}
	var w where
	w.in("d.id", anys(ids))
	for _, query := range []string{
		`SELECT d.id, a.id, a.title, a.author FROM deliveries d JOIN articles a ON a.id = d.article` + w.String() + ` AND d.kind = 'site'`,
		`SELECT d.id, i.article, i.title, a.author FROM deliveries d JOIN edition_items i ON i.edition = d.edition
			JOIN articles a ON a.id = i.article` + w.String() + ` AND d.kind = 'wechat' ORDER BY i.edition, i.position`,
	} {
		items, err := all(t, func(r row) (x deliveryItem, err error) {
			err = r.Scan(text(&x.delivery), text(&x.Article), &x.Title, text(&x.Author))
			return x, err
		}, query, w.args...)
		if err != nil {
			return err
		}
		for _, x := range items {
			if who.ReadsAll() || x.Author == who.ID {
				d := at[x.delivery]
				d.Items = append(d.Items, x.DeliveryItem)
			}
		}
	}
	return nil
}
