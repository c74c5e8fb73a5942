package desk

import (
	"context"
	"slices"

	"newsdesk/internal/press"
)

// ExportStore keeps who took what to other systems.
type ExportStore interface {
	// NoteExport writes that a revision was exported, and how, into the audit log. It refuses whoever may not read the article.
	NoteExport(ctx context.Context, by press.Actor, id press.ArticleID, revision int, how string) error
}

// Exportable returns a revision of an article as it may be taken to other systems: by whoever may read it, once every stage of
// it is signed or readers could open it. Number 0 is the current revision, or, where that is not signed yet, what readers see.
// Conflict, "export.unapproved" or "export.withdrawn", says why there is none.
func (d *Desk) Exportable(ctx context.Context, by press.Actor, id press.ArticleID, number int) (e press.Exported, err error) {
	defer press.Wrap(&err, "desk.Exportable(%s, %d)", id, number)
	if e.Article, err = d.readable(ctx, by, id); err != nil {
		return e, err
	}
	if err := e.Article.Exportable(); err != nil {
		return e, err
	}
	places, err := d.Store.Presences(ctx, id)
	if err != nil {
		return e, err
	}
	if e.Revision, err = d.exportedRevision(ctx, e.Article, number); err != nil {
		return e, err
	}
	signed, err := d.Store.SignOffs(ctx, id, e.Revision.Number)
	if err != nil {
		return e, err
	}
	if err := d.mayLeave(ctx, e, signed, places); err != nil {
		return e, err
	}
	for _, s := range signed {
		if s.SignedAt.After(e.ApprovedAt) {
			e.ApprovedAt = s.SignedAt
		}
	}
	e.Place(places)
	rules, err := d.Store.ColumnRules(ctx)
	e.Captions = press.RulesFor(e.Revision.Content.Column, rules).Caption
	return e, err
}

// exportedRevision chooses the revision where none is named.
func (d *Desk) exportedRevision(ctx context.Context, a press.Article, number int) (press.Revision, error) {
	if number == 0 && a.State != press.ArticleApproved {
		seen, err := d.Store.Seen(ctx, a.ID)
		if press.CodeOf(err) != "article.unseen" {
			return seen, err
		}
	}
	return d.Store.Revision(ctx, a.ID, number)
}

// mayLeave refuses a revision that was neither approved nor read by anybody outside.
func (d *Desk) mayLeave(ctx context.Context, e press.Exported, signed []press.SignOff, places []press.Presence) error {
	current := e.Revision.Number == e.Article.Revision
	if current && e.Article.State == press.ArticleApproved {
		return nil
	}
	if slices.ContainsFunc(places, func(p press.Presence) bool { return p.Revision == e.Revision.Number && !p.Delivery.LiveAt.IsZero() }) {
		return nil
	}
	settings, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	if _, waits := press.NextStage(settings.Stages, signed); !waits && len(signed) > 0 && !current {
		return nil
	}
	return press.Fail(press.Conflict, "export.unapproved", press.Say(
		"Revision %d of “%s” is not approved: elsewhere it would be published all the same. Have every stage signed first.",
		"《%[2]s》第 %[1]d 版尚未通过全部审核，导出即等于发布。请先完成审核。", e.Revision.Number, e.Revision.Content.Title))
}

// Export notes that a person takes an exportable revision along; how says in a few words as what.
func (d *Desk) Export(ctx context.Context, by press.Actor, e press.Exported, how string) (err error) {
	defer press.Wrap(&err, "desk.Export(%s, %d)", e.Article.ID, e.Revision.Number)
	return d.Store.NoteExport(ctx, by, e.Article.ID, e.Revision.Number, how)
}
