package store

import (
	"fmt"

	"newsdesk/internal/press"
)

func testAttachments(f *fixture) {
	ctx := f.Context()
	a, other := f.approved("with attachments"), f.approved("without")
	kept := press.Attachment{File: press.DigestOf([]byte("form")), Name: "报名表.docx", Size: 4}
	f.ok(f.SaveAttachment(ctx, f.editor, a.ID, kept))
	again := kept
	again.Name = "别名.docx"
	f.ok(f.SaveAttachment(ctx, f.editor, a.ID, again))
	got, err := f.ArticleAttachment(ctx, f.editor.ID, a.ID, kept.File)
	f.ok(err)
	f.same(got, kept) // as it was first kept
	_, err = f.ArticleAttachment(ctx, f.editor.ID, other.ID, kept.File)
	f.refused(err, press.NotFound, "attachment.missing")
	_, err = f.ArticleAttachment(ctx, f.editor.ID, "", kept.File)
	f.ok(err)
	_, err = f.ArticleAttachment(ctx, "somebody", "", kept.File)
	f.refused(err, press.NotFound, "attachment.missing")
	log, err := f.Audit(ctx, AuditFilter{Subject: string(a.ID), Action: "article.attach"})
	f.ok(err)
	f.same(len(log), 1)
	f.same(log[0].Detail, "报名表.docx")

	// A revision that names a file makes it its article's; one that was never kept, or is not what it was, makes no revision.
	save := func(list ...press.Attachment) error {
		current, err := f.Article(ctx, other.ID)
		f.ok(err)
		c := press.Content{Title: "without", Attachments: list}
		_, err = f.SaveRevision(ctx, f.editor, press.Saving{Article: other.ID, Base: current.Revision, Revision: press.Revision{Content: c}})
		return err
	}
	larger, unknown := kept, kept
	larger.Size, unknown.File = 5, press.DigestOf([]byte("unknown"))
	f.refused(save(larger), press.Invalid, "attachment.missing")
	f.refused(save(unknown), press.Invalid, "attachment.missing")
	f.ok(save(again))
	_, err = f.ArticleAttachment(ctx, f.editor.ID, other.ID, kept.File)
	f.ok(err)

	claimed := press.User{ID: "stranger", Name: "示例外人", Roles: []press.Role{press.Reviewer}, CreatedAt: f.clock.Now()}
	f.ok(f.CreateUser(ctx, f.editor, claimed))
	claimed.Roles = []press.Role{press.Editor} // which the session still says
	f.refused(f.SaveAttachment(ctx, press.Actor{User: claimed}, a.ID, kept), press.Forbidden, "role")
	f.refused(f.SaveAttachment(ctx, press.Actor{User: claimed}, "", kept), press.Forbidden, "role")
	for i := range maxArticleFiles {
		kept.File = press.DigestOf(fmt.Append(nil, i))
		if err = f.SaveAttachment(ctx, f.editor, a.ID, kept); err != nil {
			break
		}
	}
	f.refused(err, press.TooLarge, "attachment.many")
	f.refused(f.MayAttach(ctx, f.editor, a.ID), press.TooLarge, "attachment.many")
	kept.File = press.DigestOf(fmt.Append(nil, 0)) // which is there already
	f.ok(f.SaveAttachment(ctx, f.editor, a.ID, kept))
}
