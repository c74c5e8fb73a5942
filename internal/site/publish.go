package site

import (
	"context"
	"errors"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// Publish writes an article's photos, its page, and what the Archive already knows of it into the lists. Doing it again
// with the same article writes nothing. When the article is counted as live, Refresh brings the lists in step.
//
// It returns an Unavailable refusal with code "site.write" if the folder cannot be written, and with "site.photo" if a
// photo cannot be read; readers then see what they saw before.
func (s *Site) Publish(ctx context.Context, a Article) (res Result, err error) {
	defer press.Wrap(&err, "site.Publish(%s)", a.ID)
	if err := checkArticle(a); err != nil {
		return Result{}, err
	}
	w, err := s.begin(ctx)
	if err != nil {
		return Result{}, err
	}
	defer w.close()
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
	if _, err := s.putArticle(w, a, was, had); err != nil {
		return err
	}
	c := change{column: a.Content.Column, id: a.ID, times: []record{was}}
	if !had {
		c.times = nil
	}
	return s.refresh(w, c)
}

// putArticle writes an article's photos and page.
func (s *Site) putArticle(w *writer, a Article, was record, had bool) (record, error) {
	if err := s.putPhotos(w, a, was); err != nil {
		return record{}, err
	}
	page, is, err := s.renderArticle(w, a)
	if err != nil {
		return record{}, err
	}
	if had {
		if err := s.rememberBefore(w, a.ID, was, is); err != nil {
			return record{}, err
		}
	}
	if err := w.settle(); err != nil {
		return record{}, err
	}
	return is, errors.Join(w.put(s.Path(a.ID), page), w.settle())
}

func checkArticle(a Article) error {
	if err := checkID(a.ID); err != nil {
		return err
	}
	if err := a.Content.Check(); err != nil {
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
	defer w.close()
	if err := s.putChrome(w); err != nil {
		return err
	}
	if id == "" {
		return s.refresh(w, change{column: column, times: []record{{PublishedAt: endOfTime}}})
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
	if err := s.releasePhotos(w, missing(photosOf(before), is.Photos)); err != nil {
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
// it. If the folder takes no new bytes, the page goes all the same and the refusal says that lists still name it.
func (s *Site) Remove(ctx context.Context, id press.ArticleID, column press.Column) (err error) {
	defer press.Wrap(&err, "site.Remove(%s)", id)
	if err := checkID(id); err != nil {
		return err
	}
	w, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	was, had, err := s.onDisk(w, id)
	if err != nil {
		return err
	}
	before, err := readBefore(w, id)
	if err != nil {
		return err
	}
	c := change{column: column, id: id, gone: true, times: append(before, was)} // without a page the whole list is looked at
	if !had {
		c.times = []record{{}}
	}
	return errors.Join(s.refresh(w, c), w.remove(s.Path(id)), s.releasePhotos(w, photosOf(c.times)), w.remove(beforeFile(id)))
}

// change is what happened to an article, as far as the lists are concerned.
type change struct {
	column press.Column
	id     press.ArticleID
	gone   bool
	times  []record // what its page was before; a record without a time means: anywhere
}

// refresh writes whatever a change has a part in; readers meet no dead link between the steps.
func (s *Site) refresh(w *writer, c change) error {
	columns, at, err := s.reach(w, &c)
	if err != nil {
		return err
	}
	if err := s.refreshNeighbours(w, c); err != nil {
		return err
	}
	var empty []*list
	for _, column := range columns {
		l, err := s.openList(w.ctx, column)
		if err != nil {
			return err
		}
		if l.total == 0 && len(l.column) > 0 {
			empty = append(empty, l)
			continue
		}
		if err := l.put(w, at); err != nil {
			return err
		}
	}
	if err := s.refreshOverview(w, at); err != nil {
		return err
	}
	for _, l := range slices.Backward(empty) {
		if err := l.drop(w); err != nil {
			return err
		}
	}
	return w.settle()
}

func (s *Site) refreshOverview(w *writer, at span) error {
	if err := s.putSitemap(w, at); err != nil {
		return err
	}
	if err := s.putTree(w); err != nil {
		return err
	}
	return s.putFront(w)
}

// reach returns the lists that a change has a part in, outer ones first, and the time at which something in them may
// differ. It adds what the article's page says to the change.
func (s *Site) reach(w *writer, c *change) ([]press.Column, span, error) {
	if c.id != "" {
		is, ok, err := s.onDisk(w, c.id)
		if err != nil {
			return nil, whole, err
		}
		if ok {
			c.times = append(slices.Clone(c.times), is)
		}
	}
	byDir := map[string]press.Column{}
	at := whole
	for i, r := range append(slices.Clone(c.times), record{Column: c.column}) {
		for _, column := range lineage(r.Column) {
			byDir[listDir(column)] = column
		}
		switch {
		case i == 0:
			at = r.span()
		case i < len(c.times):
			at = at.join(r.span())
		}
	}
	var out []press.Column
	for _, dir := range sortedKeys(byDir) {
		out = append(out, byDir[dir])
	}
	return out, at, nil
}

// endOfTime is after every article, so that no full list page is looked at.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func (r record) span() span {
	if r.PublishedAt.IsZero() {
		return whole
	}
	return near(r.PublishedAt)
}

// refreshNeighbours writes the part of the article's page, and of those beside it, that names previous and next.
func (s *Site) refreshNeighbours(w *writer, c change) error {
	if c.id == "" {
		return nil
	}
	var beside []press.ArticleID
	for _, r := range c.times {
		beside = append(beside, r.Around...)
	}
	beside, err := s.affected(w, c.id, record{Around: beside})
	if err != nil {
		return err
	}
	if !c.gone {
		beside = append(beside, c.id)
	}
	slices.Sort(beside)
	for _, id := range slices.Compact(beside) {
		if err := s.refreshAround(w, id); err != nil {
			return err
		}
	}
	return w.settle()
}
