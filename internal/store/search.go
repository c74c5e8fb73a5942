package store

import (
	"context"
	"encoding/json"
	"strings"

	"newsdesk/internal/press"
)

// indexVersion names the rules by which article_index and article_words are derived. Raising it makes IndexArticles
// derive every row anew.
const indexVersion = 1

// index derives what lists show and searches find of an article's current revision. It is called in every transaction
// that changes the article's state or revision.
func (t *tx) index(a press.Article) error {
	rev, err := t.indexed(a)
	if err != nil {
		return err
	}
	words := newWordSet(maxIndexedWords)
	if err := words.addFilters(a); err != nil {
		return err
	}
	words.addContent(rev.Content)
	var doc int64
	err = t.one(`INSERT INTO article_index (article, version, reviser, cover) VALUES ($1, $2, $3, $4)
		ON CONFLICT (article) DO UPDATE SET version = excluded.version, reviser = excluded.reviser, cover = excluded.cover
		RETURNING doc`, a.ID, indexVersion, rev.Author, rev.Content.Cover.Photo).Scan(&doc)
	if err != nil {
		return err
	}
	return t.must(t.dialect.putWords(), doc, strings.Join(words.list, " "))
}

// indexed reads what is to be found. That the content is the one that was signed is not asked here: an article that
// somebody has tampered with can still be returned, and is found by its title.
func (t *tx) indexed(a press.Article) (press.Revision, error) {
	var rev press.Revision
	var content string
	err := t.one("SELECT content, author FROM revisions WHERE article = $1 AND number = $2", a.ID, a.Revision).
		Scan(&content, text(&rev.Author))
	if err != nil {
		return rev, err
	}
	if json.Unmarshal([]byte(content), &rev.Content) != nil {
		rev.Content = press.Content{Title: a.Title}
	}
	return rev, nil
}

// indexBatch is how many articles are derived in one transaction: other writers wait for some tens of milliseconds.
const indexBatch = 25

// IndexArticles derives what the index lacks, the newest articles first, and returns how many it derived. Run it after
// Migrate; broken off, it goes on from there the next time. left is called after each batch and may be nil.
func (s *Store) IndexArticles(ctx context.Context, left func(int)) (done int, err error) {
	for {
		n, rest, err := s.indexSome(ctx)
		done += n
		if err != nil || n == 0 {
			return done, err
		}
		if left != nil {
			left(rest)
		}
	}
}

func (s *Store) indexSome(ctx context.Context) (n, left int, err error) {
	err = s.write(ctx, "index articles", func(t *tx) error {
		list, err := all(t, scanArticle, "SELECT "+prefixed("a", articleColumns)+` FROM article_index x
			JOIN articles a ON a.id = x.article WHERE x.version < $1 ORDER BY x.version DESC, x.doc DESC LIMIT $2`, indexVersion, indexBatch)
		if err != nil {
			return err
		}
		for _, a := range list {
			if a, err = t.lockArticle(a.ID); err != nil {
				return err
			}
			if err := t.index(a); err != nil {
				return err
			}
		}
		n = len(list)
		return t.one("SELECT count(*) FROM article_index WHERE version < $1", indexVersion).Scan(&left)
	})
	return n, left, err
}

// matching is a search: the terms of the query, and what the filter asks for, as words of the index. None: there is
// nothing in the query that could be found.
func (f ArticleFilter) matching() ([]term, error) {
	terms := queryTerms(f.Query)
	if len(terms) == 0 && strings.TrimSpace(f.Query) != "" {
		return nil, nil
	}
	if len(f.States) > 0 {
		var states term
		for _, state := range f.States {
			states.words = append(states.words, stateWord(state))
		}
		terms = append(terms, states)
	}
	if len(f.Column) > 0 {
		word, err := columnWord(f.Column)
		if err != nil {
			return nil, err
		}
		terms = append(terms, term{words: []string{word}})
	}
	for _, author := range []press.UserID{f.Author, f.OwnOf} {
		if author != "" {
			terms = append(terms, term{words: []string{authorWord(author)}})
		}
	}
	return terms, nil
}

// matchFTS5 writes the terms as FTS5 reads them. A word is letters, digits and our own marks, never a quotation mark.
func matchFTS5(terms []term) string {
	return writeTerms(terms, " AND ", " OR ", func(w string, prefix bool) string {
		if prefix {
			return `"` + w + `" *`
		}
		return `"` + w + `"`
	})
}

// matchTSQuery writes the terms as PostgreSQL's tsquery.
func matchTSQuery(terms []term) string {
	return writeTerms(terms, " & ", " | ", func(w string, prefix bool) string {
		if prefix {
			return "'" + w + "':*"
		}
		return "'" + w + "'"
	})
}

func writeTerms(terms []term, and, or string, word func(string, bool) string) string {
	parts := make([]string, len(terms))
	for i, t := range terms {
		words := make([]string, len(t.words))
		for j, w := range t.words {
			words[j] = word(w, t.prefix)
		}
		parts[i] = "(" + strings.Join(words, or) + ")"
	}
	return strings.Join(parts, and)
}
