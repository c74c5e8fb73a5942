package desk

import (
	"context"
	"iter"

	"newsdesk/internal/press"
)

// ReviewStore is what review and history read.
type ReviewStore interface {
	Revisions(context.Context, press.ArticleID) ([]press.RevisionHead, error)
	LastSigned(ctx context.Context, id press.ArticleID, before int) (int, error)
	History(context.Context, press.HistoryFilter) (list []press.HistoryEntry, more bool, err error)
	HistoryStream(ctx context.Context, f press.HistoryFilter, limit int) iter.Seq2[press.HistoryEntry, error]
}

// History returns a page of the audit log, the newest first, and whether there are more entries beyond its end. Whoever
// reads every article is told of all that concerns articles; others only of what concerns their own. What concerns access
// to Newsdesk itself is told to administrators.
func (d *Desk) History(ctx context.Context, by press.Actor, f press.HistoryFilter) (_ []press.HistoryEntry, more bool, err error) {
	defer press.Wrap(&err, "desk.History")
	if f, err = d.told(ctx, by, f); err != nil {
		return nil, false, err
	}
	return d.Store.History(ctx, f)
}

// MaxHistoryExport is how many entries are exported at once; filters choose others.
const MaxHistoryExport = 50_000

// ExportHistory yields the entries that History would show on all its pages, at most MaxHistoryExport.
func (d *Desk) ExportHistory(ctx context.Context, by press.Actor, f press.HistoryFilter) (_ iter.Seq2[press.HistoryEntry, error], err error) {
	defer press.Wrap(&err, "desk.ExportHistory")
	if f, err = d.told(ctx, by, f); err != nil {
		return nil, err
	}
	return d.Store.HistoryStream(ctx, f, MaxHistoryExport), nil
}

// told narrows a filter to what a person may be told.
func (d *Desk) told(ctx context.Context, by press.Actor, f press.HistoryFilter) (press.HistoryFilter, error) {
	if err := by.Require(press.Roles()...); err != nil {
		return f, err
	}
	if f.Article != "" {
		if _, err := d.readable(ctx, by, f.Article); err != nil {
			return f, err
		}
	}
	f.Own, f.Without = "", nil
	if !by.ReadsAll() {
		f.Own = by.ID
	}
	if !by.IsSystem() && !by.Has(press.Administrator) {
		f.Without = press.Guards()
	}
	return f, nil
}

// Revisions returns the revisions of an article without their contents, the newest first, with who saved and who signed
// each.
func (d *Desk) Revisions(ctx context.Context, by press.Actor, id press.ArticleID) (_ []press.RevisionHead, err error) {
	defer press.Wrap(&err, "desk.Revisions(%s)", id)
	if _, err := d.readable(ctx, by, id); err != nil {
		return nil, err
	}
	return d.Store.Revisions(ctx, id)
}

// LastSigned returns the last revision before the given one that anybody signed, whichever stage; nil if there is none.
// Number 0 is the current revision.
func (d *Desk) LastSigned(ctx context.Context, by press.Actor, id press.ArticleID, number int) (_ *press.Revision, err error) {
	defer press.Wrap(&err, "desk.LastSigned(%s)", id)
	article, err := d.readable(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if number == 0 {
		number = article.Revision
	}
	last, err := d.Store.LastSigned(ctx, id, number)
	if err != nil || last == 0 {
		return nil, err
	}
	rev, err := d.Store.Revision(ctx, id, last)
	return &rev, err
}
