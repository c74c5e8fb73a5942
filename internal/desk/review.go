package desk

import (
	"context"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// Reading is one revision as a reviewer sees it: what it says, who has signed, what comes next.
type Reading struct {
	Article  press.Article
	Revision press.Revision
	SignOffs []press.SignOff
	Next     *press.Stage // the stage that waits; nil: none
}

// Read returns a revision of an article; number 0 is the current one.
func (d *Desk) Read(ctx context.Context, id press.ArticleID, number int) (Reading, error) {
	var r Reading
	var err error
	if r.Article, err = d.Store.Article(ctx, id); err != nil {
		return r, err
	}
	if r.Revision, err = d.Store.Revision(ctx, id, number); err != nil {
		return r, err
	}
	if r.SignOffs, err = d.Store.SignOffs(ctx, id, r.Revision.Number); err != nil {
		return r, err
	}
	settings, err := d.Settings(ctx)
	if err != nil {
		return r, err
	}
	if stage, ok := settings.Next(r.SignOffs); ok && r.Article.State == press.ArticleReview {
		r.Next = &stage
	}
	return r, nil
}

// Sign puts a person's name to the next stage of a revision. hash is the one the person has read: a Conflict says that the
// article has changed since.
func (d *Desk) Sign(ctx context.Context, by press.Actor, id press.ArticleID, revision int, hash press.ContentHash) (_ press.Article, _ press.SignOff, err error) {
	defer press.Wrap(&err, "desk.Sign(%s, %d)", id, revision)
	if by.IsSystem() {
		return press.Article{}, press.SignOff{}, press.Fail(press.Forbidden, "review.person", press.Say(
			"Only a person can sign.", "只有真人可以审核签字。"))
	}
	if by.Has(press.Reviewer) { // others are refused without a word about what it says
		if err := d.mustLookRevision(ctx, id, revision); err != nil {
			return press.Article{}, press.SignOff{}, err
		}
	}
	article, signed, err := d.Store.Sign(ctx, by, d.Stages, id, revision, hash)
	if err == nil {
		d.nudgeCorrected(ctx, article)
		d.changed("article:" + string(id))
	}
	return article, signed, err
}

// maxReasonRunes is how long the reason of a return may be.
const maxReasonRunes = 1000

// Return sends an article back to its author with a reason.
func (d *Desk) Return(ctx context.Context, by press.Actor, id press.ArticleID, revision int, reason string) (_ press.Article, err error) {
	defer press.Wrap(&err, "desk.Return(%s, %d)", id, revision)
	if err := by.Require(press.Reviewer, press.Editor); err != nil {
		return press.Article{}, err
	}
	if err := checkReason(reason); err != nil {
		return press.Article{}, err
	}
	from := []press.ArticleState{press.ArticleReview, press.ArticleApproved}
	article, err := d.Store.SetArticleState(ctx, by, id, revision, from, press.ArticleReturned, "article.return", strings.TrimSpace(reason))
	if err == nil {
		d.changed("article:" + string(id))
	}
	return article, err
}

func checkReason(reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" || utf8.RuneCountInString(reason) > maxReasonRunes {
		return press.Fail(press.Invalid, "return.reason", press.Say(
			"Say in 1 to 1,000 characters why the article is returned; its author reads it.", "请填写退回原因（1 至 1000 字），作者会看到。"))
	}
	return nil
}
