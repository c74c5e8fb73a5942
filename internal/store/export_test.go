package store

import "newsdesk/internal/press"

func testNotedExport(f *fixture) {
	ctx := f.Context()
	a := f.approved("exported")
	f.ok(f.NoteExport(ctx, f.editor, a.ID, 1, "zip 1600"))
	log, err := f.Audit(ctx, AuditFilter{Subject: string(a.ID), Action: "article.export"})
	f.ok(err)
	f.same(len(log), 1)
	f.same(log[0].Detail, "revision 1: zip 1600")
	f.refused(f.NoteExport(ctx, f.editor, "01JXXXXXXXXXXXXXXXXXXXXXXX", 1, "zip"), press.NotFound, "article.missing")
	withdrawn := f.approved("withdrawn while its photos were made")
	_, err = f.Withdraw(ctx, f.editor, withdrawn.ID, "not true")
	f.ok(err)
	f.refused(f.NoteExport(ctx, f.editor, withdrawn.ID, 1, "zip"), press.Conflict, "export.withdrawn")
	stranger := press.User{ID: "stranger", Name: "示例外人", Roles: []press.Role{press.Contributor}, CreatedAt: f.clock.Now()}
	f.ok(f.CreateUser(ctx, f.editor, stranger))
	claimed := stranger
	claimed.Roles = []press.Role{press.Editor} // which the session still says
	f.refused(f.NoteExport(ctx, press.Actor{User: claimed}, a.ID, 1, "zip"), press.NotFound, "article.missing")
}
