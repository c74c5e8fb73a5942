package desk

import (
	"context"
	"strings"

	"newsdesk/internal/press"
)

// NewComment is a remark that a person makes.
type NewComment struct {
	Revision int    // 0: the current one
	Where    string // see press.CheckPlace
	Quote    string // the words that were selected; empty or not found there: the beginning of what stands there
	Text     string
}

// maxReturnComments is how many remarks may come with a return.
const maxReturnComments = 100

// AddComment adds a remark about a place in an article. Whoever may read the article may make one.
func (d *Desk) AddComment(ctx context.Context, by press.Actor, id press.ArticleID, n NewComment) (_ press.Comment, err error) {
	defer press.Wrap(&err, "desk.AddComment(%s)", id)
	if err := writtenByPerson(by); err != nil {
		return press.Comment{}, err
	}
	if _, err := d.readable(ctx, by, id); err != nil {
		return press.Comment{}, err
	}
	rev, err := d.Store.Revision(ctx, id, n.Revision)
	if err != nil {
		return press.Comment{}, err
	}
	c, err := d.comment(rev, n)
	if err != nil {
		return c, err
	}
	return d.Store.AddComment(ctx, by, c)
}

func writtenByPerson(by press.Actor) error {
	if by.IsSystem() || by.Disabled {
		return press.Fail(press.Forbidden, "comment.person", press.Say("Only a person can comment.", "只有人员可以添加批注。"))
	}
	return nil
}

func (d *Desk) comment(rev press.Revision, n NewComment) (press.Comment, error) {
	n.Text = strings.TrimSpace(strings.ReplaceAll(n.Text, "\r\n", "\n"))
	if err := press.CheckComment(n.Text); err != nil {
		return press.Comment{}, err
	}
	if err := press.CheckPlace(n.Where, rev.Content); err != nil {
		return press.Comment{}, err
	}
	c := press.Comment{
		ID: press.CommentID(press.NewID(d.Now())), Article: rev.Article, Revision: rev.Number, Where: n.Where, Text: n.Text,
	}
	c.Quote, c.Photo = press.QuoteAt(rev.Content, n.Where, n.Quote)
	return c, nil
}

// Comments returns the remarks about an article, the oldest first, each with its place in a revision (0: the current one).
func (d *Desk) Comments(ctx context.Context, by press.Actor, id press.ArticleID, number int) (_ []press.PlacedComment, err error) {
	defer press.Wrap(&err, "desk.Comments(%s)", id)
	if _, err := d.readable(ctx, by, id); err != nil {
		return nil, err
	}
	list, err := d.Store.Comments(ctx, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	rev, err := d.Store.Revision(ctx, id, number)
	if err != nil {
		return nil, err
	}
	out := make([]press.PlacedComment, len(list))
	for i, c := range list {
		out[i] = press.Anchor(c, rev.Content)
	}
	return out, nil
}

// ResolveComment says that a remark is dealt with: its author's, the article's author's or an editor's word.
func (d *Desk) ResolveComment(ctx context.Context, by press.Actor, id press.CommentID) (press.Comment, error) {
	return d.Store.SettleComment(ctx, by, id, true)
}

// ReopenComment takes ResolveComment back.
func (d *Desk) ReopenComment(ctx context.Context, by press.Actor, id press.CommentID) (press.Comment, error) {
	return d.Store.SettleComment(ctx, by, id, false)
}

// ReturnWithComments sends an article back to its author with a reason and with remarks about places in that revision, all
// or nothing.
func (d *Desk) ReturnWithComments(ctx context.Context, by press.Actor, id press.ArticleID, revision int, reason string, comments []NewComment) (_ press.Article, err error) {
	defer press.Wrap(&err, "desk.ReturnWithComments(%s, %d)", id, revision)
	if err := by.Require(press.Reviewer, press.Editor); err != nil {
		return press.Article{}, err
	}
	if err := checkReason(reason); err != nil {
		return press.Article{}, err
	}
	if len(comments) > maxReturnComments {
		return press.Article{}, press.Fail(press.TooLarge, "comment.many", press.Say(
			"At most %d comments go with a return.", "退回时最多附 %d 条批注。", maxReturnComments))
	}
	rev, err := d.Store.Revision(ctx, id, revision)
	if err != nil {
		return press.Article{}, err
	}
	list := make([]press.Comment, len(comments))
	for i, n := range comments {
		if list[i], err = d.comment(rev, n); err != nil {
			return press.Article{}, err
		}
	}
	return d.Store.ReturnArticle(ctx, by, id, rev.Number, strings.TrimSpace(reason), list)
}
