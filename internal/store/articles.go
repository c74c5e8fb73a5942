package store

import (
	"context"
	"slices"
	"strings"

	"newsdesk/internal/press"
)

// ArticleFilter chooses articles; an empty field does not choose.
type ArticleFilter struct {
	States []press.ArticleState
	Column press.Column // with everything below it
	Author press.UserID
	OwnOf  press.UserID // only what this person handed in, beside all else; for who does not read every article
	Query  string       // every word of it, or pair of Chinese characters, is in the title, the credits or the body
	Limit  int          // 50 if 0, at most 500
	Offset int
}

const articleColumns = "id, state, revision, hash, title, column_key, author, created_at, updated_at"

func scanArticle(r row) (a press.Article, err error) {
	err = r.Scan(text(&a.ID), text(&a.State), &a.Revision, text(&a.Hash), &a.Title, &storedColumn{&a.Column},
		text(&a.Author), stamp(&a.CreatedAt), stamp(&a.UpdatedAt))
	return a, err
}

// CreateArticle adds an article with its first revision. Title, column and hash are taken from the revision's content.
func (s *Store) CreateArticle(ctx context.Context, by press.Actor, a press.Article, rev press.Revision) error {
	return s.write(ctx, "create article", func(t *tx) error {
		rev.Article, rev.Number = a.ID, 1
		rev.Hash = rev.Content.Hash()
		key, err := columnKey(rev.Content.Column)
		if err != nil {
			return err
		}
		created := micros(t.orNow(a.CreatedAt))
		err = t.must(insert("articles", articleColumns+", title_fold"), a.ID, a.State, 1, rev.Hash, rev.Content.Title, key,
			orNull(a.Author), created, micros(t.orNow(a.UpdatedAt)), folded(rev.Content.Title))
		if err != nil {
			return err
		}
		if err := t.insertRevision(rev); err != nil {
			return err
		}
		a.Revision, a.Title, a.Column = 1, rev.Content.Title, rev.Content.Column
		if err := t.index(a); err != nil {
			return err
		}
		return t.audit(by, "article.create", string(a.ID), rev.Content.Title)
	})
}

// AddRevision saves a new state of an article on top of revision base, as number base+1, and gives the article a state.
// It is a Conflict, "article.stale", if base is not the current revision, and refused if press.CanWrite says so of the
// person and the article as they are now. Nobody has signed the new one.
func (s *Store) AddRevision(ctx context.Context, by press.Actor, id press.ArticleID, base int, rev press.Revision,
	state press.ArticleState,
) (a press.Article, err error) {
	err = s.write(ctx, "add revision", func(t *tx) error {
		now, who, err := t.writable(by, id)
		if err != nil {
			return err
		}
		now.Revision = base // what it was made from
		a, err = t.revise(who, now, rev, state, "article.revise")
		return err
	})
	return a, err
}

// stale says why a guarded update found no row.
func (t *tx) stale(id press.ArticleID, base int) error {
	a, err := t.article(id)
	if err != nil {
		return err
	}
	return press.Fail(press.Conflict, "article.stale", press.Say(
		"Somebody saved revision %[1]d of “%[2]s” in the meantime; this is based on revision %[3]d. Load it again.",
		"《%[2]s》已有人保存了第 %[1]d 版，您的修改基于第 %[3]d 版，请重新载入。", a.Revision, a.Title, base))
}

// SetArticleState moves an article whose current revision is the given one (0: whichever it is) and which is in one of
// the states from. Otherwise it is a Conflict: "article.stale" or "article.state"; or "article.scheduled", if an approved
// one is to be returned that still waits to go out.
func (s *Store) SetArticleState(ctx context.Context, by press.Actor, id press.ArticleID, revision int,
	from []press.ArticleState, to press.ArticleState, action, detail string,
) (a press.Article, err error) {
	err = s.write(ctx, "set article state", func(t *tx) error {
		a, err = t.setArticleState(by, id, revision, from, to, action, detail)
		return err
	})
	return a, err
}

func (t *tx) setArticleState(by press.Actor, id press.ArticleID, revision int, from []press.ArticleState,
	to press.ArticleState, action, detail string,
) (press.Article, error) {
	a, err := t.lockArticle(id)
	if err != nil {
		return a, err
	}
	if revision != 0 && a.Revision != revision {
		return a, t.stale(id, revision)
	}
	if !slices.Contains(from, a.State) {
		return a, press.Fail(press.Conflict, "article.state", press.Say(
			"“%[1]s” is in state %[2]s by now, which does not allow this.", "《%[1]s》当前状态为 %[2]s，不能执行此操作。",
			a.Title, a.State))
	}
	if a.State == press.ArticleApproved && to == press.ArticleReturned {
		if err := t.notGoingOut(a); err != nil {
			return a, err
		}
	}
	if a, err = t.moveArticle(a, to); err != nil {
		return a, err
	}
	return a, t.audit(by, action, string(id), detail)
}

// moveArticle is guarded by what was read before; the lock makes sure that it still holds.
func (t *tx) moveArticle(a press.Article, to press.ArticleState) (press.Article, error) {
	n, err := t.exec("UPDATE articles SET state = $1, updated_at = $2 WHERE id = $3 AND revision = $4 AND state = $5",
		to, micros(t.now), a.ID, a.Revision, a.State)
	if err == nil && n != 1 {
		err = t.stale(a.ID, a.Revision)
	}
	a.State, a.UpdatedAt = to, t.now
	if err == nil {
		err = t.index(a)
	}
	return a, err
}

const articleByID = "SELECT " + articleColumns + " FROM articles WHERE id = $1"

func (t *tx) article(id press.ArticleID) (press.Article, error) {
	a, err := scanArticle(t.one(articleByID, id))
	return a, missing(err, "article", "article", "稿件", id)
}

func (t *tx) lockArticle(id press.ArticleID) (press.Article, error) {
	a, err := scanArticle(t.one(t.dialect.forUpdate(articleByID), id))
	return a, missing(err, "article", "article", "稿件", id)
}

// Article returns an article without what it says; that is in its revisions.
func (s *Store) Article(ctx context.Context, id press.ArticleID) (a press.Article, err error) {
	err = s.read(ctx, "article", func(t *tx) error {
		a, err = t.article(id)
		return err
	})
	return a, err
}

// searches reports whether the index of words answers. It does for columns too: an article stands in it under each of its
// column's levels in the order of lists, where the table's index would have to sort all of a broad column first.
func (f ArticleFilter) searches() bool { return strings.TrimSpace(f.Query) != "" || len(f.Column) > 0 }

// Articles returns one page of the articles a filter chooses, the newest first, and how many it chooses in all.
func (s *Store) Articles(ctx context.Context, f ArticleFilter) (out []press.Article, total int, err error) {
	q, err := s.articleQuery(f)
	if err != nil || q.none {
		return nil, 0, err
	}
	err = s.read(ctx, "articles", func(t *tx) error {
		if err := t.steer(q); err != nil {
			return err
		}
		if total, err = t.countOf(q.which, q.args); err != nil {
			return err
		}
		ids, err := t.articleIDs(q, f.Limit, f.Offset)
		if err != nil {
			return err
		}
		rows, err := t.rowsOf(ids)
		out = make([]press.Article, len(rows))
		for i, r := range rows {
			out[i] = r.Article
		}
		return err
	})
	return out, total, err
}

func (f ArticleFilter) where() (w where) {
	if len(f.States) > 0 {
		w.in("state", anys(f.States))
	}
	for _, author := range []press.UserID{f.Author, f.OwnOf} {
		if author != "" {
			w.add("author = ?", author)
		}
	}
	return w
}
