package site

import (
	"context"
	"errors"

	"newsdesk/internal/press"
)

// Publish writes an article's photos and its page; doing it again with the same article writes nothing. The lists follow with
// Refresh, once the Archive counts the article as live, or has its correction.
//
// It returns an Unavailable refusal with code "site.write" if the folder cannot be written, and with "site.photo" if a
// photo cannot be read; readers then see what they saw before.
func (s *Site) Publish(ctx context.Context, a Article) (res Result, err error) {
	defer press.Wrap(&err, "site.Publish(%s)", a.ID)
	if err := s.checkArticle(a); err != nil {
		return Result{}, err
	}
	w, err := s.begin(ctx)
	if err != nil {
		return Result{}, err
	}
	defer s.finish(ctx, w, &err)
	if err := s.publish(w, a); err != nil {
		return Result{}, err
	}
	return Result{Address: s.Address(a.ID), File: s.Path(a.ID), Written: w.written, Removed: w.removed, Bytes: w.bytes}, nil
}

func (s *Site) publish(w *writer, a Article) error {
	was, had, err := s.onDisk(w, a.ID)
	if err != nil {
		return err
	}
	if err := s.putChrome(w); err != nil {
		return err
	}
	if err := s.beginLists(w, a.Content.Column); err != nil {
		return err
	}
	return s.putArticle(w, a, was, had)
}

// beginLists makes sure that the lists which the article's page names are there, if only empty. A list that should be long
// begins with the newest here; a rebuild brings the rest.
func (s *Site) beginLists(w *writer, column press.Column) error {
	for _, c := range lineage(column) {
		if w.size(indexFile(c)) >= 0 {
			continue
		}
		l, err := s.openList(w, c)
		if err != nil {
			return err
		}
		var at when
		if !l.empty() {
			at.spans = []span{{l.latest[0].PublishedAt, l.newestTime()}}
		}
		if err := l.put(w, at); err != nil {
			return err
		}
	}
	return nil
}

// putArticle writes an article's photos, attachments and page.
func (s *Site) putArticle(w *writer, a Article, was record, had bool) error {
	if err := s.putContent(w, a, was); err != nil {
		return err
	}
	page, is, err := s.renderArticle(w, a)
	if err != nil {
		return err
	}
	if had {
		if err := s.rememberBefore(w, a.ID, was, is); err != nil {
			return err
		}
	}
	if err := w.settle(); err != nil {
		return err
	}
	return errors.Join(w.put(s.Path(a.ID), page), w.remove(s.goneFile(a.ID)), w.settle())
}

func (s *Site) checkArticle(a Article) error {
	if err := checkID(a.ID); err != nil {
		return err
	}
	if err := a.Content.Check(); err != nil {
		return err
	}
	if err := s.checkAttachments(a); err != nil {
		return err
	}
	for _, original := range a.Content.Body.Photos() {
		if len(usable(a.Photos[original])) == 0 {
			return press.Fail(press.Internal, "site.photo", press.Say(
				"The photo %s has no renditions for the website; the page is not published without it.",
				"图片 %s 没有网站尺寸版本，页面暂不发布。", original.Short()))
		}
	}
	return nil
}

func checkID(id press.ArticleID) error {
	if !press.ValidID(string(id)) {
		return press.Fail(press.Invalid, "site.id", press.Say("%q is not an article's identifier.", "%q 不是稿件编号。", string(id)))
	}
	return nil
}

// Refresh brings lists, front page, feeds, sitemap and the pages of the neighbours in step with the Archive, as far as one
// article changes them. The column is the one that the article has, or had last.
//
// With no article it writes what a site without articles needs: a new site has a front page before its first article.
func (s *Site) Refresh(ctx context.Context, column press.Column, id press.ArticleID) (err error) {
	defer press.Wrap(&err, "site.Refresh(%s)", id)
	w, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer s.finish(ctx, w, &err)
	if err := s.putChrome(w); err != nil {
		return err
	}
	if id == "" {
		return s.refresh(w, change{column: column})
	}
	if err := checkID(id); err != nil {
		return err
	}
	before, err := readBefore(w, id)
	if err != nil {
		return err
	}
	if err := s.refresh(w, change{column: column, id: id, times: before}); err != nil {
		return err
	}
	return s.tidyAfter(w, id, before)
}

// tidyAfter removes photos that a corrected page showed before, now that no list shows them either.
func (s *Site) tidyAfter(w *writer, id press.ArticleID, before []record) error {
	if len(before) == 0 {
		return nil
	}
	is, _, err := s.onDisk(w, id)
	if err != nil {
		return err
	}
	if err := s.releasePhotos(w, id, missing(photosOf(before), is.Photos)); err != nil {
		return err
	}
	return w.remove(beforeFile(id))
}

func photosOf(records []record) []string {
	all := map[string]bool{}
	for _, r := range records {
		for _, name := range r.Photos {
			all[name] = true
		}
	}
	return sortedKeys(all)
}

// Remove takes an article down: its page and those of its photos that no other article shows. The Archive no longer has
// it. From then on its address answers that it is gone. If the folder takes no new bytes, the page goes all the same and the refusal says that lists still name it.
func (s *Site) Remove(ctx context.Context, id press.ArticleID, column press.Column) (err error) {
	defer press.Wrap(&err, "site.Remove(%s)", id)
	if err := checkID(id); err != nil {
		return err
	}
	w, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer s.finish(ctx, w, &err)
	before, err := readBefore(w, id)
	if err != nil {
		return err
	}
	was, had, err := s.onDisk(w, id)
	if err != nil {
		return err
	}
	c := change{column: column, id: id, gone: true, times: before}
	var noted error
	if had {
		c.times = append(c.times, was)
		noted = writeBefore(w, id, c.times) // or a repeat would not know the photos
	}
	since, err := s.cfg.Archive.Since(ctx, id)
	if err != nil {
		return err
	}
	if len(c.times) == 0 && !since.IsZero() {
		c.times = []record{{Column: column, PublishedAt: since}} // no page says where it stood
	}
	empty, failed := s.refreshLists(w, c)
	failed = errors.Join(noted, failed, w.put(s.goneFile(id), nil), w.flush(), w.remove(s.Path(id)), dropAll(w, empty), s.releasePhotos(w, id, photosOf(c.times)))
	if failed != nil {
		return failed
	}
	return w.remove(beforeFile(id))
}
