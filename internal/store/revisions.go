package store

import (
	"context"
	"fmt"

	"newsdesk/internal/press"
)

const revisionColumns = "article, number, hash, content, author, unplaced, notes, created_at"

// scanRevision checks that the content still has the hash it was stored with.
func scanRevision(r row) (rev press.Revision, err error) {
	var content string
	err = r.Scan(text(&rev.Article), &rev.Number, text(&rev.Hash), &content, text(&rev.Author),
		fromJSON(&rev.Unplaced), fromJSON(&rev.Notes), stamp(&rev.CreatedAt))
	if err != nil {
		return rev, err
	}
	rev.Content, err = press.DecodeContent([]byte(content), rev.Hash)
	return rev, err
}

func (t *tx) insertRevision(rev press.Revision) error {
	content, err := press.EncodeJSON(rev.Content)
	if err != nil {
		return err
	}
	unplaced, err := toJSON(rev.Unplaced)
	if err != nil {
		return err
	}
	notes, err := toJSON(rev.Notes)
	if err != nil {
		return err
	}
	if err := t.placeAttachments(rev); err != nil {
		return err
	}
	return t.must(insert("revisions", revisionColumns), rev.Article, rev.Number, rev.Hash, string(content),
		orNull(rev.Author), unplaced, notes, micros(t.orNow(rev.CreatedAt)))
}

// Revision returns a revision of an article with its content; number 0 is the current one. Content that is no longer
// what was stored is an Internal error, "content.hash".
func (s *Store) Revision(ctx context.Context, id press.ArticleID, number int) (rev press.Revision, err error) {
	err = s.read(ctx, "revision", func(t *tx) error {
		if number == 0 {
			a, err := t.article(id)
			if err != nil {
				return err
			}
			number = a.Revision
		}
		rev, err = t.revision(id, number)
		return err
	})
	return rev, err
}

func (t *tx) revision(id press.ArticleID, number int) (press.Revision, error) {
	rev, err := scanRevision(t.one("SELECT "+revisionColumns+" FROM revisions WHERE article = $1 AND number = $2", id, number))
	return rev, missing(err, "revision", fmt.Sprintf("revision %d of the article", number), fmt.Sprintf("第 %d 版，稿件", number), id)
}

func revisionDetail(number int, more string) string {
	return fmt.Sprintf("revision %d: %s", number, more)
}
