package site

import (
	"bytes"
	"slices"

	"newsdesk/internal/press"
)

// An article's page names the previous and the next article. When one of those comes or goes, that part of the page is
// written anew and the rest kept, since the content of the page is not at hand. Nothing else on a page can contain the
// marks: everything that people write is escaped.
var (
	aroundStart = []byte("<!--around-->")
	aroundEnd   = []byte("<!--/around-->")
)

// around returns the part of an article's page that names its neighbours, marks included.
func (s *Site) around(w *writer, id press.ArticleID) ([]byte, error) {
	prev, next, err := s.cfg.Archive.Neighbours(w.ctx, id)
	if press.KindOf(err) == press.NotFound {
		prev, next, err = nil, nil, nil
	}
	if err != nil {
		return nil, err
	}
	view := aroundView{chrome: &s.chrome, Prev: s.entryView(prev), Next: s.entryView(next)}
	inner, err := s.pages.render("around", view)
	return slices.Concat(aroundStart, inner, aroundEnd), err
}

// refreshAround writes the neighbours' part of an article's page anew, if there is such a page.
func (s *Site) refreshAround(w *writer, id press.ArticleID) error {
	page, err := w.read(s.Path(id))
	if err != nil || page == nil {
		return err
	}
	from, to := bytes.LastIndex(page, aroundStart), bytes.LastIndex(page, aroundEnd)
	if from < 0 || to < from {
		return nil // not a page of ours; a rebuild replaces it
	}
	part, err := s.around(w, id)
	if err != nil {
		return err
	}
	return w.put(s.Path(id), slices.Concat(page[:from], part, page[to+len(aroundEnd):]))
}

// affected returns the articles whose pages may name another than before once an article came, changed or went: the
// neighbours it has in the archive, and those that its page names.
func (s *Site) affected(w *writer, id press.ArticleID, was record) ([]press.ArticleID, error) {
	prev, next, err := s.cfg.Archive.Neighbours(w.ctx, id)
	if err != nil && press.KindOf(err) != press.NotFound {
		return nil, err
	}
	out := slices.Clone(was.Around)
	for _, e := range []*Entry{prev, next} {
		if e != nil && !slices.Contains(out, e.Article) {
			out = append(out, e.Article)
		}
	}
	return out, nil
}
