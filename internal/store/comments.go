package store

import (
	"context"
	"time"

	"newsdesk/internal/press"
)

const commentColumns = "id, article, revision, place, quote, photo, text, author, created_at"

const commentSelect = `SELECT c.id, c.article, c.revision, c.place, c.quote, c.photo, c.text, c.author, a.name, c.created_at,
	c.resolved_by, coalesce(r.name, ''), c.resolved_at
	FROM comments c JOIN users a ON a.id = c.author LEFT JOIN users r ON r.id = c.resolved_by`

func scanComment(r row) (c press.Comment, err error) {
	err = r.Scan(text(&c.ID), text(&c.Article), &c.Revision, &c.Where, &c.Quote, text(&c.Photo), &c.Text, text(&c.Author),
		&c.AuthorName, stamp(&c.At), text(&c.ResolvedBy), &c.ResolvedByName, stamp(&c.ResolvedAt))
	return c, err
}

// AddComment adds a remark. The revision and what is quoted are the caller's; the time and the person are not.
func (s *Store) AddComment(ctx context.Context, by press.Actor, c press.Comment) (out press.Comment, err error) {
	err = s.write(ctx, "add comment", func(t *tx) error {
		if _, err := t.lockArticle(c.Article); err != nil {
			return err
		}
		out, err = t.addComment(by, c)
		return err
	})
	return out, err
}

func (t *tx) addComment(by press.Actor, c press.Comment) (press.Comment, error) {
	var there int
	if err := t.one("SELECT count(*) FROM comments WHERE article = $1", c.Article).Scan(&there); err != nil {
		return c, err
	}
	if there >= press.MaxComments {
		return c, press.Fail(press.TooLarge, "comment.many", press.Say(
			"The article has %d comments; more are not kept.", "该稿件已有 %d 条批注，不能再添加。", there))
	}
	err := t.must(insert("comments", commentColumns), c.ID, c.Article, c.Revision, c.Where, c.Quote, c.Photo, c.Text, by.ID, micros(t.now))
	if err != nil {
		return c, err
	}
	c.Author, c.AuthorName, c.At = by.ID, by.Name, t.now
	return c, t.audit(by, "comment.add", string(c.Article), clip(c.Where+": "+c.Text, 300))
}

// Comments returns the remarks about an article, the oldest first.
func (s *Store) Comments(ctx context.Context, id press.ArticleID) (out []press.Comment, err error) {
	err = s.read(ctx, "comments", func(t *tx) error {
		out, err = all(t, scanComment, commentSelect+" WHERE c.article = $1 ORDER BY c.created_at, c.id", id)
		return err
	})
	return out, err
}

// OpenComments counts the remarks about an article that nobody has resolved.
func (s *Store) OpenComments(ctx context.Context, id press.ArticleID) (n int, err error) {
	err = s.read(ctx, "open comments", func(t *tx) error {
		return t.one("SELECT count(*) FROM comments WHERE article = $1 AND resolved_at IS NULL", id).Scan(&n)
	})
	return n, err
}

// SettleComment says that a remark is dealt with, or that it is not. Saying so twice changes nothing. It is Forbidden if
// press.CanSettle says so of the person as they are now.
func (s *Store) SettleComment(ctx context.Context, by press.Actor, id press.CommentID, resolved bool) (c press.Comment, err error) {
	err = s.write(ctx, "settle comment", func(t *tx) error {
		if c, err = t.comment(id); err != nil {
			return err
		}
		a, err := t.lockArticle(c.Article) // two people may settle it at once
		if err != nil {
			return err
		}
		if c, err = t.comment(id); err != nil {
			return err
		}
		who, err := t.anew(by)
		if err != nil {
			return err
		}
		if err := press.CanSettle(who, a, c); err != nil || c.Resolved() == resolved {
			return err
		}
		c, err = t.settle(who, c, resolved)
		return err
	})
	return c, err
}

func (t *tx) comment(id press.CommentID) (press.Comment, error) {
	c, err := scanComment(t.one(commentSelect+" WHERE c.id = $1", id))
	return c, missing(err, "comment", "comment", "批注", id)
}

func (t *tx) settle(who press.Actor, c press.Comment, resolved bool) (press.Comment, error) {
	action, at := "comment.resolve", micros(t.now)
	c.ResolvedBy, c.ResolvedByName, c.ResolvedAt = who.ID, who.Name, t.now
	if !resolved {
		action, at = "comment.reopen", nil
		c.ResolvedBy, c.ResolvedByName, c.ResolvedAt = "", "", time.Time{}
	}
	if err := t.must("UPDATE comments SET resolved_by = $1, resolved_at = $2 WHERE id = $3", orNull(c.ResolvedBy), at, c.ID); err != nil {
		return c, err
	}
	return c, t.audit(who, action, string(c.Article), clip(c.Where+": "+c.Text, 300))
}

// ReturnArticle sends an article back with a reason and the remarks that go with it, all or nothing.
func (s *Store) ReturnArticle(ctx context.Context, by press.Actor, id press.ArticleID, revision int, reason string, comments []press.Comment) (a press.Article, err error) {
	err = s.write(ctx, "return article", func(t *tx) error {
		from := []press.ArticleState{press.ArticleReview, press.ArticleApproved}
		if a, err = t.setArticleState(by, id, revision, from, press.ArticleReturned, "article.return", reason); err != nil {
			return err
		}
		for _, c := range comments {
			if _, err := t.addComment(by, c); err != nil {
				return err
			}
		}
		return nil
	})
	return a, err
}
