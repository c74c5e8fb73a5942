package store

import (
	"context"
	"slices"

	"newsdesk/internal/press"
)

// maxArticleFiles bounds how many files are kept for an article, those that no revision names included.
const maxArticleFiles = 100

const attachmentColumns = "digest, name, bytes"

func scanAttachment(r row) (a press.Attachment, err error) {
	err = r.Scan(text(&a.File), &a.Name, &a.Size)
	return a, err
}

// SaveAttachment notes a file whose bytes are kept elsewhere, and for which article it was uploaded; empty: for none yet. A file
// that is known stays as it was first noted. It is refused if press.CanWrite says so of the person and the article as they
// are now; TooLarge, "attachment.many", for one file too many of an article.
func (s *Store) SaveAttachment(ctx context.Context, by press.Actor, article press.ArticleID, a press.Attachment) error {
	return s.write(ctx, "save attachment", func(t *tx) error {
		who, err := t.attaches(by, article, a.File)
		if err != nil {
			return err
		}
		err = t.must(insert("attachments", attachmentColumns+", added_by, added_at")+" ON CONFLICT (digest) DO NOTHING",
			a.File, a.Name, a.Size, orNull(who.ID), micros(t.now))
		if err != nil || article == "" {
			return err
		}
		fresh, err := t.linkAttachment(article, a.File)
		if err != nil || !fresh {
			return err
		}
		return t.audit(who, "article.attach", string(article), a.Name)
	})
}

// MayAttach refuses what SaveAttachment would refuse of any file, before its bytes are kept.
func (s *Store) MayAttach(ctx context.Context, by press.Actor, article press.ArticleID) error {
	return s.write(ctx, "may attach", func(t *tx) error {
		_, err := t.attaches(by, article, "")
		return err
	})
}

// attaches returns the person as they are now, if they may upload a file for an article.
func (t *tx) attaches(by press.Actor, article press.ArticleID, file press.Digest) (press.Actor, error) {
	if article == "" {
		who, err := t.anew(by)
		if err != nil {
			return who, err
		}
		return who, who.Require(press.Contributor, press.Editor)
	}
	_, who, err := t.writable(by, article)
	if err != nil {
		return who, err
	}
	var n int
	if err := t.one("SELECT count(*) FROM article_attachments WHERE article = $1 AND digest <> $2", article, file).Scan(&n); err != nil {
		return who, err
	}
	if n >= maxArticleFiles {
		return who, press.Fail(press.TooLarge, "attachment.many", press.Say(
			"%d files were uploaded for this article already, and no more are taken.", "该稿件已上传过 %d 个附件，不能再上传。", n))
	}
	return who, nil
}

// linkAttachment notes that a file belongs to an article; fresh: it did not before.
func (t *tx) linkAttachment(article press.ArticleID, file press.Digest) (fresh bool, err error) {
	n, err := t.exec(insert("article_attachments", "article, digest")+" ON CONFLICT (article, digest) DO NOTHING", article, file)
	return n == 1, err
}

// placeAttachments links what a revision names to its article. Invalid, "attachment.missing", for a file that was never kept, or
// had another size.
func (t *tx) placeAttachments(rev press.Revision) error {
	for _, a := range rev.Content.Attachments {
		kept, err := all(t, scanAttachment, "SELECT "+attachmentColumns+" FROM attachments WHERE digest = $1", a.File)
		if err != nil {
			return err
		}
		if len(kept) == 0 || kept[0].Size != a.Size {
			return press.AttachmentMissing(a)
		}
		if _, err := t.linkAttachment(rev.Article, a.File); err != nil {
			return err
		}
	}
	return nil
}

// Attachments returns those of the files that are kept, each under the name that it was first kept under.
func (s *Store) Attachments(ctx context.Context, files []press.Digest) (map[press.Digest]press.Attachment, error) {
	out := make(map[press.Digest]press.Attachment, len(files))
	err := s.read(ctx, "attachments", func(t *tx) error {
		for part := range slices.Chunk(files, maxLimit) {
			var w where
			w.in("digest", anys(part))
			found, err := all(t, scanAttachment, "SELECT "+attachmentColumns+" FROM attachments"+w.String(), w.args...)
			if err != nil {
				return err
			}
			for _, a := range found {
				out[a.File] = a
			}
		}
		return nil
	})
	return out, err
}

// ArticleAttachment returns a file of an article, or, for no article, one that the person was the first to upload. NotFound,
// "attachment.missing", if it is none.
func (s *Store) ArticleAttachment(ctx context.Context, by press.UserID, article press.ArticleID, file press.Digest) (a press.Attachment, err error) {
	err = s.read(ctx, "attachment", func(t *tx) error {
		q, args := "SELECT "+attachmentColumns+" FROM attachments WHERE digest = $1 AND added_by = $2", []any{file, by}
		if article != "" {
			q = "SELECT " + attachmentColumns + ` FROM attachments WHERE digest = $1
				AND EXISTS (SELECT 1 FROM article_attachments x WHERE x.article = $2 AND x.digest = attachments.digest)`
			args = []any{file, article}
		}
		a, err = scanAttachment(t.one(q, args...))
		return missing(err, "attachment", "attachment", "附件", file.Short())
	})
	return a, err
}
