package search

import (
	"slices"

	"newsdesk/internal/press"
)

// writing is the making of some pieces, their groups and what eras say of them.
type writing struct {
	x       Index
	fresh   press.ArticleID            // whose text is on its page alone
	texts   map[press.ArticleID]string // out of pieces as they were; nil: pages alone are believed
	old     map[ref][]Article          // pieces as they were
	now     map[ref][]Article          // and as they are
	known   map[span]section           // out of groups as they were
	made    map[span]section
	written map[span][]ref // what groups that were written say, the oldest piece first
	columns map[ref]column // of pieces that have been read
}

func (x Index) writing() *writing {
	return &writing{x: x, made: map[span]section{}, written: map[span][]ref{}}
}

// remember reads what pieces and groups that are about to change have to say about articles that do not.
func (w *writing) remember(pieces, groups []span) error {
	w.texts, w.known = map[press.ArticleID]string{}, map[span]section{}
	w.old, w.now = map[ref][]Article{}, map[ref][]Article{}
	for _, p := range pieces {
		data, err := w.x.Files.Read(pieceFile(p))
		if err != nil {
			return err
		}
		articles, ok := decodePiece(data)
		if !ok {
			continue
		}
		w.old[ref{p, versionOf(data)}] = articles
		for _, a := range articles {
			w.texts[a.ID] = a.Text
		}
	}
	for _, g := range groups {
		titles, err := w.x.Files.Read(titlesFile(g))
		if err != nil {
			return err
		}
		for _, s := range decodeTitles(titles) {
			w.known[s.piece] = s
		}
	}
	return nil
}

func (w *writing) pieces(leaves []span) error {
	for _, leaf := range leaves {
		if err := w.piece(leaf); err != nil {
			return err
		}
	}
	return nil
}

// piece writes one piece.
func (w *writing) piece(leaf span) error {
	articles, err := w.x.Articles.Between(leaf.from(), leaf.to())
	if err != nil {
		return err
	}
	for i, a := range articles {
		a.Title, a.Column = clean(a.Title, titleRunes), clean(a.Column, titleRunes)
		if a.Text, err = w.text(a.ID); err != nil {
			return err
		}
		articles[i] = a
	}
	newestFirst(articles)
	data := encodePiece(articles)
	w.made[leaf] = sectionOf(leaf, data, articles)
	if w.now != nil {
		w.now[w.made[leaf].ref] = articles
	}
	return w.x.Files.Put(pieceFile(leaf), data)
}

func (w *writing) text(id press.ArticleID) (string, error) {
	if text, ok := w.texts[id]; ok && id != w.fresh {
		return text, nil
	}
	text, err := w.x.Articles.Text(id)
	return clean(text, TextRunes), err
}

// groups writes groups of the pieces that lie in them. A reader who has the old group finds the old pieces until those are removed.
func (w *writing) groups(groups, pieces []span) error {
	if err := w.x.Files.Settle(); err != nil {
		return err
	}
	for _, g := range groups {
		var within []span
		for _, p := range pieces {
			if p.in(g) {
				within = append(within, p)
			}
		}
		if err := w.group(g, within); err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) group(g span, pieces []span) error {
	slices.SortFunc(pieces, func(a, b span) int { return b.from().Compare(a.from()) })
	var sections []section
	for _, p := range pieces {
		s, err := w.section(p)
		if err != nil {
			return err
		}
		sections = append(sections, s)
	}
	w.written[g] = nil
	for _, s := range slices.Backward(sections) {
		w.written[g] = append(w.written[g], s.ref)
	}
	return w.x.Files.Put(titlesFile(g), encodeTitles(sections))
}

// section returns what a group says of a piece: just made, or as it said before, or from the piece itself.
func (w *writing) section(p span) (section, error) {
	if s, ok := w.made[p]; ok {
		return s, nil
	}
	if s, ok := w.known[p]; ok {
		return s, nil
	}
	data, err := w.x.Files.Read(pieceFile(p))
	if err != nil {
		return section{}, err
	}
	if articles, ok := decodePiece(data); ok {
		return sectionOf(p, data, articles), nil
	}
	err = w.piece(p)
	return w.made[p], err
}
