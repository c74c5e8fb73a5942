package store

import (
	"context"

	"newsdesk/internal/press"
)

const signOffColumns = "article, revision, hash, stage, person, person_name, signed_at"

func scanSignOff(r row) (o press.SignOff, err error) {
	err = r.Scan(text(&o.Article), &o.Revision, text(&o.Hash), &o.Stage, text(&o.Person), &o.PersonName, stamp(&o.SignedAt))
	return o, err
}

// SignOffs returns who signed a revision, in the order in which they did.
func (s *Store) SignOffs(ctx context.Context, id press.ArticleID, number int) (out []press.SignOff, err error) {
	err = s.read(ctx, "sign-offs", func(t *tx) error {
		out, err = t.signOffs(id, number)
		return err
	})
	return out, err
}

func (t *tx) signOffs(id press.ArticleID, number int) ([]press.SignOff, error) {
	return all(t, scanSignOff, "SELECT "+signOffColumns+
		" FROM sign_offs WHERE article = $1 AND revision = $2 ORDER BY signed_at, stage", id, number)
}

// Sign signs the next of the stages for one revision, named by its number and hash, in the name of a person, whose
// rights are read anew; so are the stages, and those given count only while no administrator has set any. With the last
// stage the article is approved. It is a Conflict, "review.stale", if the article is not in review or the person was
// looking at something else than its current revision, and Forbidden if press.CanSign says so.
func (s *Store) Sign(ctx context.Context, by press.Actor, stages []press.Stage, id press.ArticleID, number int,
	hash press.ContentHash,
) (a press.Article, o press.SignOff, err error) {
	err = s.write(ctx, "sign", func(t *tx) error {
		if a, err = t.lockArticle(id); err != nil {
			return err
		}
		if a.State != press.ArticleReview || a.Revision != number || a.Hash != hash {
			return press.Fail(press.Conflict, "review.stale", press.Say(
				"“%[1]s” is at revision %[2]d in state %[3]s by now; what you looked at is no longer up for review. Load it again.",
				"“%[1]s”现为第 %[2]d 版，您查看的内容已不在审核中，请重新载入。", a.Title, a.Revision, a.State))
		}
		if err := t.requireNote(id, func() (press.Content, error) {
			rev, err := t.revision(id, number)
			return rev.Content, err
		}); err != nil {
			return err
		}
		signed, err := t.signOffs(id, number)
		if err != nil {
			return err
		}
		settings, err := t.settings()
		if err != nil {
			return err
		}
		if len(settings.Stages) == 0 {
			settings.Stages = stages
		}
		if o, err = t.signNext(by, settings, a, signed); err != nil {
			return err
		}
		if _, more := press.NextStage(settings.Stages, append(signed, o)); more {
			return nil
		}
		if a, err = t.moveArticle(a, press.ArticleApproved); err != nil {
			return err
		}
		if err := t.replacePages(by, a); err != nil {
			return err
		}
		return t.audit(by, "article.approve", string(id), revisionDetail(number, string(hash)))
	})
	return a, o, err
}

func (t *tx) signNext(by press.Actor, settings press.Settings, a press.Article, signed []press.SignOff) (press.SignOff, error) {
	stage, ok := settings.Next(signed)
	if !ok {
		return press.SignOff{}, press.Fail(press.Conflict, "review.complete", press.Say(
			"Every stage of “%s” is signed already. Return it and hand it in again.", "《%s》的各审核环节均已签字，请退回后重新提交。", a.Title))
	}
	if by.IsSystem() {
		return press.SignOff{}, press.Fail(press.Forbidden, "review.person", press.Say(
			"Only a person can sign.", "只有人员可以审核签字。"))
	}
	who, err := t.user(by.ID)
	if err != nil {
		return press.SignOff{}, err
	}
	if _, err := t.revision(a.ID, a.Revision); err != nil { // it must still say what its hash says
		return press.SignOff{}, err
	}
	writers, err := t.writers(a.ID)
	if err != nil {
		return press.SignOff{}, err
	}
	if err := press.CanSign(press.Actor{User: who}, a, writers, stage, signed); err != nil {
		return press.SignOff{}, err
	}
	o := press.SignOff{
		Article: a.ID, Revision: a.Revision, Hash: a.Hash, Stage: stage.Key, Person: who.ID, PersonName: who.Name, SignedAt: t.now,
	}
	err = t.must(insert("sign_offs", signOffColumns), o.Article, o.Revision, o.Hash, o.Stage, o.Person, o.PersonName, micros(o.SignedAt))
	if err != nil {
		return o, err
	}
	return o, t.audit(by, "article.sign", string(a.ID), revisionDetail(a.Revision, stage.Key))
}

// writers are those who saved a revision of an article.
func (t *tx) writers(id press.ArticleID) ([]press.UserID, error) {
	return all(t, func(r row) (u press.UserID, err error) {
		err = r.Scan(text(&u))
		return u, err
	}, "SELECT DISTINCT author FROM revisions WHERE article = $1 AND author IS NOT NULL", id)
}
