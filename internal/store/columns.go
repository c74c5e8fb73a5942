package store

import (
	"context"

	"newsdesk/internal/press"
)

// ColumnTree returns the office's columns.
func (s *Store) ColumnTree(ctx context.Context) (out press.ColumnTree, err error) {
	err = s.read(ctx, "columns", func(t *tx) error {
		out, err = t.columnTree()
		return err
	})
	return out, err
}

func (t *tx) columnTree() (press.ColumnTree, error) {
	return all(t, func(r row) (c press.Column, err error) {
		err = r.Scan(&storedColumn{&c})
		return c, err
	}, "SELECT column_key FROM columns ORDER BY position, column_key")
}

// ColumnCounts returns how many articles are in each column, by its key; articles without one are left out.
func (s *Store) ColumnCounts(ctx context.Context) (out []press.ColumnCount, err error) {
	err = s.read(ctx, "column counts", func(t *tx) error {
		out, err = all(t, func(r row) (n press.ColumnCount, err error) {
			err = r.Scan(&storedColumn{&n.Column}, &n.Articles)
			return n, err
		}, "SELECT column_key, count(*) FROM articles WHERE column_key <> '' GROUP BY column_key ORDER BY column_key")
		return err
	})
	return out, err
}

// ArticlesWithin counts the articles in a column and below it.
func (s *Store) ArticlesWithin(ctx context.Context, c press.Column) (n int, err error) {
	err = s.read(ctx, "articles within", func(t *tx) error {
		n, err = t.articlesWithin(c)
		return err
	})
	return n, err
}

func (t *tx) articlesWithin(c press.Column) (n int, err error) {
	from, until, err := columnRange(c)
	if err != nil {
		return 0, err
	}
	err = t.one("SELECT count(*) FROM articles WHERE column_key >= $1 AND column_key < $2", from, until).Scan(&n)
	return n, err
}

// ChangeColumns applies a change to the office's columns as they are now, one change after the other. It also counts the
// articles in and below column about, and check may refuse the change for that number.
func (s *Store) ChangeColumns(ctx context.Context, by press.Actor, action, detail string, about press.Column,
	change func(press.ColumnTree) (press.ColumnTree, error), check func(articles int) error,
) (tree press.ColumnTree, articles int, err error) {
	err = s.write(ctx, "change columns", func(t *tx) error {
		// The lock first; what is read after it is what the last one to hold it left.
		if err := t.must("UPDATE column_tree SET version = version + 1 WHERE one = 1"); err != nil {
			return err
		}
		who, err := t.anew(by)
		if err != nil {
			return err
		}
		if err := who.Require(press.Administrator); err != nil {
			return err
		}
		if tree, err = t.columnTree(); err != nil {
			return err
		}
		before := tree
		if tree, err = change(tree); err != nil {
			return err
		}
		if err := t.followRules(before, tree, about); err != nil {
			return err
		}
		if articles, err = t.articlesWithin(about); err != nil {
			return err
		}
		if err := check(articles); err != nil {
			return err
		}
		if err := t.writeColumns(tree); err != nil {
			return err
		}
		return t.audit(who, action, about.String(), detail)
	})
	return tree, articles, err
}

func (t *tx) writeColumns(tree press.ColumnTree) error {
	if err := t.must("DELETE FROM columns"); err != nil {
		return err
	}
	for i, c := range tree {
		key, err := columnKey(c)
		if err != nil {
			return err
		}
		if err := t.must("INSERT INTO columns (column_key, position) VALUES ($1, $2)", key, i); err != nil {
			return err
		}
	}
	return nil
}

// MoveToColumn gives an article another column, which is a new revision that nobody has signed: an approved article goes
// back to review. unsigned says that signatures were lost by it. An article that is there already stays as it is. It is a
// Conflict, "article.scheduled", while the article waits to go out.
func (s *Store) MoveToColumn(ctx context.Context, by press.Actor, id press.ArticleID, column press.Column) (a press.Article, moved, unsigned bool, err error) {
	err = s.write(ctx, "move to column", func(t *tx) error {
		moved, unsigned = false, false
		var who press.Actor
		if a, who, err = t.writable(by, id); err != nil {
			return err
		}
		if a.Column.String() == column.String() {
			return nil
		}
		if err := t.nothingWaits(a); err != nil {
			return err
		}
		signed, err := t.signOffs(id, a.Revision)
		if err != nil {
			return err
		}
		rev, err := t.revision(id, a.Revision)
		if err != nil {
			return err
		}
		rev.Content.Column, rev.Author, rev.CreatedAt, rev.Notes = column, who.ID, t.now, nil
		state := a.State
		if state == press.ArticleApproved {
			state = press.ArticleReview
		}
		moved, unsigned = true, len(signed) > 0
		a, err = t.revise(who, a, rev, state, "article.move")
		return err
	})
	return a, moved, unsigned, err
}
