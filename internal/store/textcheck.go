package store

import (
	"context"

	"newsdesk/internal/press"
)

// AvoidWords returns the office's list of words to avoid and its version, 0 where nobody has written one. A list that is
// known already, by the version have, is not read again: then it is nil.
func (s *Store) AvoidWords(ctx context.Context, have int64) (list []press.AvoidWord, version int64, err error) {
	err = s.read(ctx, "words to avoid", func(t *tx) error {
		if err := t.one("SELECT version FROM avoid_words WHERE one = 1").Scan(&version); err != nil || version == have {
			return err
		}
		return t.one("SELECT words FROM avoid_words WHERE one = 1").Scan(fromJSON(&list))
	})
	return list, version, err
}

// ChangeWords applies a change to the list as it is now, one change after the other. It is a Conflict, "settings.stale", if
// the list is not of the version that the person has seen; -1: whichever it is. Detail says in the log what the change did.
func (s *Store) ChangeWords(ctx context.Context, by press.Actor, seen int64,
	change func([]press.AvoidWord) (list []press.AvoidWord, detail string, err error),
) (list []press.AvoidWord, version int64, err error) {
	err = s.write(ctx, "change words to avoid", func(t *tx) error {
		// The lock first; what is read after it is what the last one to hold it left.
		if err := t.must("UPDATE avoid_words SET version = version + 1, updated_at = $1 WHERE one = 1", micros(t.now)); err != nil {
			return err
		}
		who, err := t.administrator(by)
		if err != nil {
			return err
		}
		list = nil
		if err := t.one("SELECT words, version FROM avoid_words WHERE one = 1").Scan(fromJSON(&list), &version); err != nil {
			return err
		}
		if seen >= 0 && seen != version-1 {
			return stale()
		}
		detail := ""
		if list, detail, err = change(list); err != nil {
			return err
		}
		value, err := toJSON(list)
		if err != nil {
			return err
		}
		if err := t.must("UPDATE avoid_words SET words = $1 WHERE one = 1", value); err != nil {
			return err
		}
		return t.audit(who, "words.save", "words", detail)
	})
	return list, version, err
}

// SayMeant notes that an editor has said of an article's current revision that what the text checks found in it is meant.
// The same again, of other words perhaps, takes its place. It is a Conflict, "article.stale", if there is a newer revision.
func (s *Store) SayMeant(ctx context.Context, by press.Actor, m press.Meant) error {
	return s.write(ctx, "say that it is meant", func(t *tx) error {
		a, err := t.lockArticle(m.Article)
		if err != nil {
			return err
		}
		who, err := t.anew(by)
		if err != nil {
			return err
		}
		if err := who.Require(press.Editor); err != nil {
			return err
		}
		if a.Revision != m.Revision {
			return t.stale(m.Article, m.Revision)
		}
		words, err := toJSON(m.Words)
		if err != nil {
			return err
		}
		if err := t.must("DELETE FROM meant WHERE article = $1 AND revision = $2", m.Article, m.Revision); err != nil {
			return err
		}
		err = t.must(insert("meant", "article, revision, words, said_by, said_name, said_at"),
			m.Article, m.Revision, words, orNull(who.ID), who.Name, micros(t.now))
		if err != nil {
			return err
		}
		return t.audit(who, "article.meant", string(m.Article), revisionDetail(m.Revision, string(a.Hash)))
	})
}

// Meant returns what editors have said to be meant in an article, by revision.
func (s *Store) Meant(ctx context.Context, id press.ArticleID) (out []press.Meant, err error) {
	err = s.read(ctx, "what is meant", func(t *tx) error {
		out, err = all(t, func(r row) (m press.Meant, err error) {
			err = r.Scan(text(&m.Article), &m.Revision, fromJSON(&m.Words), text(&m.By), &m.ByName, stamp(&m.At))
			return m, err
		}, "SELECT article, revision, words, said_by, said_name, said_at FROM meant WHERE article = $1 ORDER BY revision", id)
		return err
	})
	return out, err
}
