package desk_test

import (
	"testing"

	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// TestExportable: what is taken elsewhere is published there, so that only what was signed off leaves the house, in the hands
// of whoever may read it.
func TestExportable(t *testing.T) {
	t.Parallel()
	o, ctx := open(t), t.Context()
	draft := o.inReview("Not signed yet")
	_, err := o.Exportable(ctx, o.editor, draft.ID, 0)
	o.refused(err, press.Conflict, "export.unapproved")

	a := o.approved("Signed by all")
	e, err := o.Exportable(ctx, o.writer, a.ID, 0)
	o.ok(err)
	if e.Revision.Number != 1 || e.ApprovedAt.IsZero() || !e.PublishedAt.IsZero() || !e.At().Equal(e.ApprovedAt) {
		t.Errorf("%+v", e)
	}
	for _, number := range []int{0, 1} {
		_, err = o.Exportable(ctx, o.other, a.ID, number)
		o.refused(err, press.NotFound, "article.missing")
	}
	_, err = o.Exportable(ctx, o.editor, a.ID, 9)
	o.refused(err, press.NotFound, "revision.missing")
	o.ok(o.Export(ctx, o.writer, e, "zip 1600"))
	o.refused(o.Export(ctx, o.other, e, "zip 1600"), press.NotFound, "article.missing")
	history, err := o.rows.Audit(ctx, store.AuditFilter{Subject: string(a.ID), Action: "article.export"})
	o.ok(err)
	if len(history) != 1 || history[0].Detail != "revision 1: zip 1600" || history[0].Actor != o.writer.ID {
		t.Errorf("the log says %+v", history)
	}

	next := e.Revision.Content
	next.Title += "!"
	_, err = o.SaveRevision(ctx, o.editor, a.ID, 1, next, false)
	o.ok(err)
	_, err = o.Exportable(ctx, o.editor, a.ID, 0)
	o.refused(err, press.Conflict, "export.unapproved")
	e, err = o.Exportable(ctx, o.editor, a.ID, 1)
	o.ok(err)
	if e.Revision.Content.Title != "Signed by all" {
		t.Errorf("the signed revision is %q", e.Revision.Content.Title)
	}
	_, err = o.Withdraw(ctx, o.editor, a.ID, "no more")
	o.ok(err)
	_, err = o.Exportable(ctx, o.editor, a.ID, 1)
	o.refused(err, press.Conflict, "export.withdrawn")
}
