package store

import (
	"context"
	"database/sql"
	"errors"

	"newsdesk/internal/press"
)

// SaveWorking keeps what a person has typed into an article, in the place of what they had typed before, and returns the
// article with its current revision, so that they learn when somebody else has saved a newer one. It is not audited. It
// is Forbidden, or a Conflict, if press.CanWrite says so of the person as they are now.
func (s *Store) SaveWorking(ctx context.Context, by press.Actor, w press.Working) (kept press.Working, a press.Article, current press.Revision, err error) {
	content, err := press.EncodeJSON(w.Content)
	if err != nil {
		return w, a, current, err
	}
	err = s.write(ctx, "save working copy", func(t *tx) error {
		var who press.Actor
		if a, who, err = t.writable(by, w.Article); err != nil {
			return err
		}
		kept = w
		kept.Person, kept.PersonName, kept.SavedAt = who.ID, who.Name, t.now
		if kept.Base < 1 || kept.Base > a.Revision {
			return t.stale(a.ID, w.Base)
		}
		if current, err = t.revisionHead(a.ID, a.Revision); err != nil {
			return err
		}
		return t.must(`INSERT INTO workings (article, person, base, content, saved_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (article, person) DO UPDATE SET base = $3, content = $4, saved_at = $5`,
			w.Article, who.ID, w.Base, string(content), micros(t.now))
	})
	return kept, a, current, err
}

// writable returns an article and the person as they are now, if the person may write in it.
func (t *tx) writable(by press.Actor, id press.ArticleID) (a press.Article, who press.Actor, err error) {
	if a, err = t.lockArticle(id); err != nil {
		return a, who, err
	}
	if who, err = t.anew(by); err != nil {
		return a, who, err
	}
	return a, who, press.CanWrite(who, a)
}

// anew reads a person's roles again: they may have changed since the session began.
func (t *tx) anew(by press.Actor) (press.Actor, error) {
	if by.IsSystem() {
		return by, nil
	}
	u, err := t.user(by.ID)
	return press.Actor{User: u}, err
}

// revisionHead is a revision without what it says.
func (t *tx) revisionHead(id press.ArticleID, number int) (rev press.Revision, err error) {
	rev.Article, rev.Number = id, number
	err = t.one("SELECT hash, author, created_at FROM revisions WHERE article = $1 AND number = $2", id, number).
		Scan(text(&rev.Hash), text(&rev.Author), stamp(&rev.CreatedAt))
	return rev, err
}

// DropWorking forgets what a person has typed into an article. There being nothing is no error.
func (s *Store) DropWorking(ctx context.Context, id press.ArticleID, person press.UserID) error {
	return s.write(ctx, "drop working copy", func(t *tx) error { return t.dropWorking(id, person) })
}

func (t *tx) dropWorking(id press.ArticleID, person press.UserID) error {
	return t.must("DELETE FROM workings WHERE article = $1 AND person = $2", id, person)
}

// Working returns what a person has typed into an article; NotFound, "working.missing", if that is nothing.
func (s *Store) Working(ctx context.Context, id press.ArticleID, person press.UserID) (w press.Working, err error) {
	err = s.read(ctx, "working copy", func(t *tx) error {
		w, err = scanWorking(t.one(`SELECT w.article, w.person, u.name, w.base, w.content, w.saved_at
			FROM workings w JOIN users u ON u.id = w.person WHERE w.article = $1 AND w.person = $2`, id, person))
		return missing(err, "working", "unsaved text in the article", "未保存的内容，稿件", id)
	})
	return w, err
}

// Workings returns who has typed into an article and not saved, since when, without what they typed.
func (s *Store) Workings(ctx context.Context, id press.ArticleID) (out []press.Working, err error) {
	err = s.read(ctx, "working copies", func(t *tx) error {
		out, err = all(t, scanWorking, `SELECT w.article, w.person, u.name, w.base, '', w.saved_at
			FROM workings w JOIN users u ON u.id = w.person WHERE w.article = $1 ORDER BY w.saved_at, w.person`, id)
		return err
	})
	return out, err
}

// WorkingsOf returns the articles into which a person has typed and not saved, the latest first, without what they typed.
func (s *Store) WorkingsOf(ctx context.Context, person press.UserID, limit int) (out []press.Working, err error) {
	err = s.read(ctx, "working copies of a person", func(t *tx) error {
		out, err = all(t, scanWorking, `SELECT w.article, w.person, u.name, w.base, '', w.saved_at
			FROM workings w JOIN users u ON u.id = w.person WHERE w.person = $1 ORDER BY w.saved_at DESC, w.article LIMIT $2`,
			person, bounded(limit))
		return err
	})
	return out, err
}

func scanWorking(r row) (w press.Working, err error) {
	err = r.Scan(text(&w.Article), text(&w.Person), &w.PersonName, &w.Base, fromJSON(&w.Content), stamp(&w.SavedAt))
	return w, err
}

// EmptyDraft returns a person's article that has only been begun: its first revision, with a given hash, into which nobody
// has typed. NotFound, "article.missing", if there is none.
func (s *Store) EmptyDraft(ctx context.Context, person press.UserID, hash press.ContentHash) (a press.Article, err error) {
	err = s.read(ctx, "empty draft", func(t *tx) error {
		a, err = scanArticle(t.one("SELECT "+articleColumns+` FROM articles WHERE author = $1 AND state = 'draft' AND revision = 1
			AND hash = $2 AND NOT EXISTS (SELECT 1 FROM workings w WHERE w.article = articles.id) ORDER BY created_at DESC LIMIT 1`,
			person, hash))
		return missing(err, "article", "empty article of", "空白稿件，作者", person)
	})
	return a, err
}

// SaveRevision adds a revision on top of Saving.Base and drops the person's working copy. What says the same as the
// current revision makes no new one, so that a call whose answer was lost can be repeated. It is a Conflict,
// "article.stale", if somebody else was faster; the working copy stays then.
func (s *Store) SaveRevision(ctx context.Context, by press.Actor, n press.Saving) (a press.Article, err error) {
	err = s.write(ctx, "save revision", func(t *tx) error {
		var who press.Actor
		if a, who, err = t.writable(by, n.Article); err != nil {
			return err
		}
		if n.Submit {
			err := t.requireNote(a.ID, func() (press.Content, error) { return n.Revision.Content, nil })
			if err != nil {
				return err
			}
		}
		hash := n.Revision.Content.Hash()
		if hash != a.Hash && n.Base != a.Revision {
			return t.stale(a.ID, n.Base)
		}
		if hash == a.Hash {
			err = t.submitAsItIs(who, &a, n.Submit)
		} else {
			n.Revision.Author = who.ID
			a, err = t.revise(who, a, n.Revision, press.StateAfterSaving(a.State, n.Submit), "article.revise")
		}
		if err != nil || n.KeepWorking {
			return err
		}
		return t.dropWorking(a.ID, who.ID)
	})
	return a, err
}

// submitAsItIs hands in the current revision. One that is in review, or signed, is where it should be.
func (t *tx) submitAsItIs(by press.Actor, a *press.Article, submit bool) (err error) {
	if !submit || a.State == press.ArticleReview || a.State == press.ArticleApproved {
		return nil
	}
	if *a, err = t.moveArticle(*a, press.ArticleReview); err != nil {
		return err
	}
	return t.audit(by, "article.submit", string(a.ID), revisionDetail(a.Revision, string(a.Hash)))
}

// revise adds the next revision of an article, which must still be at a.Revision.
func (t *tx) revise(by press.Actor, a press.Article, rev press.Revision, state press.ArticleState, action string) (press.Article, error) {
	rev.Article, rev.Number, rev.Hash = a.ID, a.Revision+1, rev.Content.Hash()
	key, err := columnKey(rev.Content.Column)
	if err != nil {
		return a, err
	}
	// The guard first: it takes the article's lock before the new row is there.
	n, err := t.exec(`UPDATE articles SET state = $1, revision = $2, hash = $3, title = $4, title_fold = $5,
		column_key = $6, updated_at = $7 WHERE id = $8 AND revision = $9`, state, rev.Number, rev.Hash, rev.Content.Title,
		folded(rev.Content.Title), key, micros(t.now), a.ID, a.Revision)
	if err != nil {
		return a, err
	}
	if n == 0 {
		return a, t.stale(a.ID, a.Revision)
	}
	if err := t.insertRevision(rev); err != nil {
		return a, err
	}
	if a, err = t.article(a.ID); err != nil {
		return a, err
	}
	if err := t.index(a); err != nil {
		return a, err
	}
	return a, t.audit(by, action, string(a.ID), revisionDetail(rev.Number, string(state)))
}

// Withdraw takes an article out of the way of being published. It is a Conflict, "article.scheduled" or "article.public",
// while any revision of it waits to go out or is on the website.
func (s *Store) Withdraw(ctx context.Context, by press.Actor, id press.ArticleID, reason string) (a press.Article, err error) {
	err = s.write(ctx, "withdraw", func(t *tx) error {
		var who press.Actor
		if a, who, err = t.writable(by, id); err != nil {
			return err
		}
		if err := t.nowherePublic(a); err != nil {
			return err
		}
		if a, err = t.moveArticle(a, press.ArticleWithdrawn); err != nil {
			return err
		}
		return t.audit(who, "article.withdraw", string(id), reason)
	})
	return a, err
}

// nowherePublic refuses to withdraw what goes out all the same, or is out.
func (t *tx) nowherePublic(a press.Article) error {
	var pages int
	if err := t.one("SELECT count(*) FROM site_pages WHERE article = $1", a.ID).Scan(&pages); err != nil {
		return err
	}
	if pages > 0 {
		return press.Fail(press.Conflict, "article.public", press.Say(
			"“%s” is on the website. Have an editor retract it there first.", "《%s》已在网站上发布，请先由编辑撤回。", a.Title))
	}
	return t.nothingWaits(a)
}

// nothingWaits refuses what would not stop a delivery of the article, in whatever revision.
func (t *tx) nothingWaits(a press.Article) error {
	var delivery string
	err := t.one(`SELECT d.id FROM deliveries d
		WHERE d.state IN ('planned', 'ready', 'sending', 'sent', 'unknown', 'blocked') AND (d.kind = 'site' AND d.article = $1
		OR d.kind = 'wechat' AND EXISTS (SELECT 1 FROM edition_items i WHERE i.edition = d.edition AND i.article = $2))
		ORDER BY d.due_at, d.id LIMIT 1`, a.ID, a.ID).Scan(text(&delivery))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return press.Fail(press.Conflict, "article.scheduled", press.Say(
		"“%[1]s” waits to go out (delivery %[2]s). Have an editor cancel its edition first.",
		"《%[1]s》正等待发出（投放 %[2]s），请先由编辑取消该推送。", a.Title, delivery))
}

// Restore makes a draft of a withdrawn article.
func (s *Store) Restore(ctx context.Context, by press.Actor, id press.ArticleID) (a press.Article, err error) {
	err = s.write(ctx, "restore", func(t *tx) error {
		if a, err = t.lockArticle(id); err != nil {
			return err
		}
		who, err := t.anew(by)
		if err != nil {
			return err
		}
		if err := press.CanChange(who, a); err != nil {
			return err
		}
		if a.State != press.ArticleWithdrawn {
			return press.Fail(press.Conflict, "article.state", press.Text{
				EN: "“" + a.Title + "” is " + a.State.Name().EN + ", not withdrawn; there is nothing to restore.",
				ZH: "《" + a.Title + "》当前为“" + a.State.Name().ZH + "”，无需恢复。",
			})
		}
		if a, err = t.moveArticle(a, press.ArticleDraft); err != nil {
			return err
		}
		return t.audit(who, "article.restore", string(id), revisionDetail(a.Revision, string(a.State)))
	})
	return a, err
}
