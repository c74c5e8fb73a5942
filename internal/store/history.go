package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// History returns a page of entries, the newest first, and whether there are more beyond its end.
func (s *Store) History(ctx context.Context, f press.HistoryFilter) (out []press.HistoryEntry, more bool, err error) {
	err = s.read(ctx, "history", func(t *tx) error {
		out, more, err = t.history(f)
		return err
	})
	return out, more, err
}

// HistoryStream yields the entries that a filter chooses, the newest first and at most max of them, page by page, so that
// whoever takes them slowly holds no transaction open.
func (s *Store) HistoryStream(ctx context.Context, f press.HistoryFilter, limit int) iter.Seq2[press.HistoryEntry, error] {
	return func(yield func(press.HistoryEntry, error) bool) {
		f.Limit, f.After = maxLimit, 0
		for left := limit; left > 0; {
			f.Limit = min(f.Limit, left)
			page, more, err := s.History(ctx, f)
			if err != nil {
				yield(press.HistoryEntry{}, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
				f.Before = e.Seq
			}
			if left -= len(page); !more {
				return
			}
		}
	}
}

func (t *tx) history(f press.HistoryFilter) ([]press.HistoryEntry, bool, error) {
	limit := bounded(f.Limit)
	// What is frequent fills a page from the next entries, without looking up everything that is like it.
	near := f.Own != "" || len(f.Actions) > 0
	list, err := t.entries(f, limit, near)
	if err == nil && near && len(list) <= limit {
		list, err = t.entries(f, limit, false)
	}
	if err != nil {
		return nil, false, err
	}
	list, more := cut(list, limit)
	out := make([]press.HistoryEntry, len(list))
	for i, e := range list {
		if f.After > 0 {
			i = len(list) - 1 - i
		}
		out[i].AuditEntry = e
	}
	return out, more, t.explain(out, f.Own)
}

// entries reads one more than limit, the newest first; after an entry, the nearest first. Near reads no further than nearby.
func (t *tx) entries(f press.HistoryFilter, limit int, near bool) ([]press.AuditEntry, error) {
	w, err := t.historyWhere(f, near)
	if err != nil {
		return nil, err
	}
	order := "DESC"
	if f.After > 0 {
		order = "ASC"
	}
	place := w.place(limit + 1)
	return all(t, scanAudit, "SELECT seq, at, actor, actor_name, action, subject, detail FROM audit"+w.String()+
		" ORDER BY seq "+order+" LIMIT "+place, w.args...)
}

// nearby is among how many entries what is chosen is looked for one by one.
const nearby = 3000

// concerned lists the authors whom an entry of the log concerns, from its side; concerning is the other way round.
const concerned = `SELECT a.author FROM articles a WHERE a.id = audit.subject
	UNION ALL SELECT a.author FROM edition_items i JOIN articles a ON a.id = i.article WHERE i.edition = audit.subject
	UNION ALL SELECT a.author FROM deliveries d JOIN articles a ON a.id = d.article WHERE d.id = audit.subject
	UNION ALL SELECT a.author FROM deliveries d JOIN edition_items i ON i.edition = d.edition JOIN articles a ON a.id = i.article
		WHERE d.id = audit.subject AND d.kind = 'wechat'`

func (t *tx) near(w *where, f press.HistoryFilter) error {
	if f.Own != "" {
		w.conds = append(w.conds, w.place(f.Own)+" IN ("+concerned+")")
	}
	if f.After > 0 {
		w.add("seq <= ?", f.After+nearby)
		return nil
	}
	from := f.Before
	if from == 0 {
		if err := t.one("SELECT coalesce(max(seq), 0) + 1 FROM audit").Scan(&from); err != nil {
			return err
		}
	}
	w.add("seq >= ?", from-nearby)
	return nil
}

// concerning lists the subjects of everything that concerns articles: themselves (their comments are noted under them),
// the editions that bring them, and the deliveries of either. The articles are those of a condition on a. A page that was
// made for an edition brings one article of it and concerns no other.
const concerning = `SELECT a.id FROM articles a WHERE %[1]s
	UNION ALL SELECT i.edition FROM edition_items i JOIN articles a ON a.id = i.article WHERE %[1]s
	UNION ALL SELECT d.id FROM deliveries d JOIN articles a ON a.id = d.article WHERE %[1]s
	UNION ALL SELECT d.id FROM deliveries d JOIN edition_items i ON i.edition = d.edition JOIN articles a ON a.id = i.article
		WHERE d.kind = 'wechat' AND %[1]s`

func (t *tx) historyWhere(f press.HistoryFilter, near bool) (w where, err error) {
	if f.Article != "" {
		w.conds = append(w.conds, "subject IN ("+fmt.Sprintf(concerning, "a.id = "+w.place(f.Article))+")")
	}
	action := "action"
	switch {
	case near:
		action = "(action || '')" // not by its index
		if err := t.near(&w, f); err != nil {
			return w, err
		}
	case f.Own != "":
		w.conds = append(w.conds, "subject IN ("+fmt.Sprintf(concerning, "a.author = "+w.place(f.Own))+")")
	}
	if f.Edition != "" {
		place := w.place(f.Edition)
		w.conds = append(w.conds, "subject IN (SELECT id FROM editions WHERE id = "+place+
			" UNION ALL SELECT id FROM deliveries WHERE edition = "+place+")")
	}
	if f.Person != "" {
		w.add("actor = ?", f.Person)
	}
	w.actions(action, f.Actions, "", " OR ")
	w.actions("action", f.Without, "NOT ", " AND ")
	if f.Before > 0 {
		w.add("seq < ?", f.Before)
	}
	if f.After > 0 {
		w.add("seq > ?", f.After)
	}
	return w, t.between(&w, f.From, f.Until)
}

// actions chooses by groups and by single actions.
func (w *where) actions(action string, list []string, not, link string) {
	var conds []string
	for _, a := range list {
		if strings.Contains(a, ".") {
			conds = append(conds, not+"("+action+" = "+w.place(a)+")")
		} else {
			conds = append(conds, not+"("+action+" >= "+w.place(a+".")+" AND "+action+" < "+w.place(a+"/")+")") // / follows . in ASCII
		}
	}
	if len(conds) > 0 {
		w.conds = append(w.conds, "("+strings.Join(conds, link)+")")
	}
}

// clockSlack is how far two entries may lie against the order of their numbers: as long as a transaction may take.
const clockSlack = time.Hour

// between chooses by time. The log is read by its numbers, which rise with the time, so the stretch of numbers is looked up
// first; only then are the times compared.
func (t *tx) between(w *where, from, until time.Time) error {
	if !from.IsZero() {
		seq, err := t.seqAt(from.Add(-clockSlack))
		if err != nil {
			return err
		}
		w.add("seq >= ? AND at >= ?", seq, micros(from))
	}
	if !until.IsZero() {
		seq, err := t.seqAt(until.Add(clockSlack))
		if err != nil {
			return err
		}
		w.add("seq < ? AND at < ?", seq, micros(until))
	}
	return nil
}

// seqAt finds by halving the first entry that is not earlier than a moment; one past the last if there is none.
func (t *tx) seqAt(at time.Time) (int64, error) {
	var low, high int64
	if err := t.one("SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) + 1 FROM audit").Scan(&low, &high); err != nil {
		return 0, err
	}
	for low < high {
		middle := low + (high-low)/2
		var seq, when int64 // there are gaps in the numbers
		err := t.one("SELECT seq, at FROM audit WHERE seq >= $1 ORDER BY seq LIMIT 1", middle).Scan(&seq, &when)
		if err != nil {
			return 0, err
		}
		if when >= at.UnixMicro() {
			high = middle
		} else {
			low = seq + 1
		}
	}
	return low, nil
}

// explain looks up what the identifiers of a page of entries stand for; of articles only those of an author, if one is given.
func (t *tx) explain(list []press.HistoryEntry, own press.UserID) error {
	at := map[string][]*press.HistoryEntry{}
	for i := range list {
		at[list[i].Subject] = append(at[list[i].Subject], &list[i])
	}
	if len(at) == 0 {
		return nil
	}
	var subjects where
	ids := make([]any, 0, len(at))
	for id := range at {
		ids = append(ids, id)
	}
	subjects.in("x.id", ids)
	author := subjects.place(own)
	shown := "(" + author + " = '' OR a.author = " + author + ")"
	for _, query := range []string{
		`SELECT x.id, a.title, a.id, '', '', NULL, '' FROM articles x JOIN articles a ON a.id = x.id` + subjects.String() + ` AND ` + shown,
		`SELECT x.id, CASE WHEN a.id IS NULL THEN '' ELSE i.title END, coalesce(a.id, ''), x.id, x.account, x.at, '' FROM editions x
			LEFT JOIN edition_items i ON i.edition = x.id LEFT JOIN articles a ON a.id = i.article AND ` + shown +
			subjects.String() + ` ORDER BY x.id, i.position`,
		`SELECT x.id, CASE WHEN a.id IS NULL THEN '' ELSE coalesce(i.title, a.title) END, coalesce(a.id, ''), coalesce(x.edition, ''), x.target, x.due_at, ''
			FROM deliveries x LEFT JOIN edition_items i ON i.edition = x.edition AND x.kind = 'wechat'
			LEFT JOIN articles a ON a.id = coalesce(i.article, x.article) AND ` + shown + subjects.String() + ` ORDER BY x.id, i.position`,
		`SELECT x.id, '', '', '', '', NULL, x.name FROM users x` + subjects.String() + ` AND (` + author + ` = '' OR x.id = ` + author + `)`,
		`SELECT x.id, '', '', '', '', NULL, u.name FROM tokens x JOIN users u ON u.id = x.user_id` + subjects.String() +
			` AND (` + author + ` = '' OR u.id = ` + author + `)`,
	} {
		found, err := all(t, scanExplained, query, subjects.args...)
		if err != nil {
			return err
		}
		for _, x := range found {
			for _, e := range at[x.Subject] {
				learn(e, x)
			}
		}
	}
	return nil
}

func scanExplained(r row) (x press.HistoryEntry, err error) {
	err = r.Scan(&x.Subject, &x.Title, text(&x.Article), text(&x.Edition), &x.Target, stamp(&x.Due), &x.Person)
	return x, err
}

// learn takes the first article of what brings several, and counts the others. Articles that are not to be told have no
// title.
func learn(e *press.HistoryEntry, x press.HistoryEntry) {
	switch {
	case e.Title != "" && x.Title != "":
		e.More++
	case e.Title == "":
		e.Title, e.Article, e.Edition, e.Target, e.Due, e.Person = x.Title, x.Article, x.Edition, x.Target, x.Due, x.Person
	}
}
