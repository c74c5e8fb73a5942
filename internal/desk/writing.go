package desk

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// WritingStore keeps what people write in the newsroom: working copies, comments and the tree of columns.
type WritingStore interface {
	SaveWorking(context.Context, press.Actor, press.Working) (press.Working, press.Article, press.Revision, error)
	DropWorking(context.Context, press.ArticleID, press.UserID) error
	Working(context.Context, press.ArticleID, press.UserID) (press.Working, error)
	Workings(context.Context, press.ArticleID) ([]press.Working, error)
	EmptyDraft(context.Context, press.UserID, press.ContentHash) (press.Article, error)
	SaveRevision(context.Context, press.Actor, press.Saving) (press.Article, error)
	Withdraw(ctx context.Context, by press.Actor, id press.ArticleID, reason string) (press.Article, error)
	Restore(context.Context, press.Actor, press.ArticleID) (press.Article, error)

	AddComment(context.Context, press.Actor, press.Comment) (press.Comment, error)
	Comments(context.Context, press.ArticleID) ([]press.Comment, error)
	SettleComment(ctx context.Context, by press.Actor, id press.CommentID, resolved bool) (press.Comment, error)
	ReturnArticle(ctx context.Context, by press.Actor, id press.ArticleID, revision int, reason string, comments []press.Comment) (press.Article, error)

	ColumnTree(context.Context) (press.ColumnTree, error)
	ColumnCounts(context.Context) ([]press.ColumnCount, error)
	ChangeColumns(ctx context.Context, by press.Actor, action, detail string, about press.Column,
		change func(press.ColumnTree) (press.ColumnTree, error), check func(articles int) error) (press.ColumnTree, int, error)
	MoveToColumn(context.Context, press.Actor, press.ArticleID, press.Column) (a press.Article, moved, unsigned bool, err error)
}

// Writing is an article as the person who writes in it opens it.
type Writing struct {
	Article  press.Article
	Revision press.Revision // the current one
	Working  *press.Working // what the person had typed and not saved
	Others   []press.Working
	Seen     int                   // the newest revision that readers could open once; 0: none
	Pending  *press.Delivery       // an earlier revision waits to go out
	Returned *press.HistoryEntry   // why it came back from review
	Remarks  []press.PlacedComment // those that nobody has resolved, at their places in the current revision
}

// OpenWriting returns an article for writing: what is saved, and what the person had typed since. Others are the people
// who have typed into it as well.
func (d *Desk) OpenWriting(ctx context.Context, by press.Actor, id press.ArticleID) (w Writing, err error) {
	defer press.Wrap(&err, "desk.OpenWriting(%s)", id)
	if w.Article, err = d.Store.Article(ctx, id); err != nil {
		return w, err
	}
	if err := by.RequireReading(w.Article); err != nil {
		return w, err
	}
	if err := press.CanWrite(by, w.Article); err != nil {
		return w, err
	}
	if w.Revision, err = d.Store.Revision(ctx, id, w.Article.Revision); err != nil {
		return w, err
	}
	working, err := d.Store.Working(ctx, id, by.ID)
	switch {
	case err == nil:
		w.Working = &working
	case press.KindOf(err) != press.NotFound:
		return w, err
	}
	if w.Others, err = d.Workings(ctx, by, id); err != nil {
		return w, err
	}
	w.Others = slices.DeleteFunc(w.Others, func(o press.Working) bool { return o.Person == by.ID })
	if seen, err := d.Store.Seen(ctx, id); err == nil {
		w.Seen = seen.Number
	} else if press.CodeOf(err) != "article.unseen" {
		return w, err
	}
	pending, err := d.Store.GoingOut(ctx, id)
	switch {
	case err == nil:
		w.Pending = &pending
	case press.KindOf(err) != press.NotFound:
		return w, err
	}
	return w, d.toMend(ctx, by, &w)
}

// toMend adds what reviewers want changed.
func (d *Desk) toMend(ctx context.Context, by press.Actor, w *Writing) error {
	remarks, err := d.Comments(ctx, by, w.Article.ID, 0)
	if err != nil {
		return err
	}
	w.Remarks = slices.DeleteFunc(remarks, func(c press.PlacedComment) bool { return c.Resolved() })
	if w.Article.State != press.ArticleReturned {
		return nil
	}
	list, _, err := d.Store.History(ctx, press.HistoryFilter{Article: w.Article.ID, Actions: []string{"article.return"}, Limit: 1})
	if len(list) > 0 {
		w.Returned = &list[0]
	}
	return err
}

// Kept is what a writer learns when what they typed has been kept.
type Kept struct {
	Working press.Working
	Article press.Article
	Current press.Revision // without its content; Number above Working.Base: somebody else has saved a newer one
}

// SaveWorking keeps what a person has typed, as it is, until they save it as a revision. What is unsafe is left out of it.
func (d *Desk) SaveWorking(ctx context.Context, by press.Actor, id press.ArticleID, base int, c press.Content) (_ Kept, err error) {
	defer press.Wrap(&err, "desk.SaveWorking(%s)", id)
	if err := by.Require(press.Contributor, press.Editor); err != nil {
		return Kept{}, err
	}
	if _, err := d.readable(ctx, by, id); err != nil {
		return Kept{}, err // whoever may not read it is not told whose it is
	}
	if c, err = c.Typed(); err != nil {
		return Kept{}, err
	}
	if data, err := press.EncodeJSON(c); err != nil || len(data) > press.MaxContentBytes {
		return Kept{}, press.Fail(press.TooLarge, "working.bytes", press.Say(
			"The article has more than %d MB of text and structure; split it in two.",
			"稿件内容超过 %d MB，请拆分为两篇。", press.MaxContentBytes>>20))
	}
	var k Kept
	k.Working, k.Article, k.Current, err = d.Store.SaveWorking(ctx, by, press.Working{Article: id, Base: base, Content: c})
	return k, err
}

// DropWorking forgets what the person has typed and not saved.
func (d *Desk) DropWorking(ctx context.Context, by press.Actor, id press.ArticleID) error {
	return d.Store.DropWorking(ctx, id, by.ID)
}

// Workings returns who has typed into an article and not saved, since when; not what.
func (d *Desk) Workings(ctx context.Context, by press.Actor, id press.ArticleID) ([]press.Working, error) {
	if _, err := d.readable(ctx, by, id); err != nil {
		return nil, err
	}
	return d.Store.Workings(ctx, id)
}

// readable returns an article that a person may read.
func (d *Desk) readable(ctx context.Context, by press.Actor, id press.ArticleID) (press.Article, error) {
	a, err := d.Store.Article(ctx, id)
	if err != nil {
		return a, err
	}
	return a, by.RequireReading(a)
}

// NewArticle begins an article: a draft that says nothing yet. One that the person has begun and left untouched is taken
// up again, so that going back and forth does not fill the list.
func (d *Desk) NewArticle(ctx context.Context, by press.Actor) (_ press.Article, err error) {
	defer press.Wrap(&err, "desk.NewArticle")
	if err := by.Require(press.Contributor, press.Editor); err != nil {
		return press.Article{}, err
	}
	now := d.Now().UTC()
	rev := press.Revision{Author: by.ID, Number: 1, Content: press.Content{}.Normalize(), CreatedAt: now}
	rev.Hash = rev.Content.Hash()
	if there, err := d.Store.EmptyDraft(ctx, by.ID, rev.Hash); press.KindOf(err) != press.NotFound {
		return there, err
	}
	a := press.Article{
		ID: press.ArticleID(press.NewID(now)), State: press.ArticleDraft, Revision: 1, Hash: rev.Hash,
		Author: by.ID, CreatedAt: now, UpdatedAt: now,
	}
	rev.Article = a.ID
	return a, d.Store.CreateArticle(ctx, by, a, rev)
}

// Saved is what became of a content that a person saved.
type Saved struct {
	Article press.Article
	Notes   []press.Note // what the person should know: what was filled in, what goes out all the same
}

// SaveRevision saves what a person has written as the article's next revision and forgets their working copy. With submit
// it is handed in for review, and must have a title and a body. Based on anything but the current revision it is a
// Conflict, "article.stale", and the working copy stays.
//
// The new revision has nobody's signature. See press.StateAfterSaving for what becomes of the article's state.
func (d *Desk) SaveRevision(ctx context.Context, by press.Actor, id press.ArticleID, base int, c press.Content, submit bool) (_ Saved, err error) {
	defer press.Wrap(&err, "desk.SaveRevision(%s)", id)
	article, err := d.readable(ctx, by, id)
	if err != nil {
		return Saved{}, err
	}
	if err := press.CanWrite(by, article); err != nil {
		return Saved{}, err
	}
	before, err := d.Store.Revision(ctx, id, article.Revision)
	if err != nil {
		return Saved{}, err
	}
	return d.saveContent(ctx, by, before, press.Saving{Article: id, Base: base, Submit: submit, Revision: press.Revision{Content: c}})
}

// Submit hands in a revision as it is saved. Its author's unsaved words, if any, stay where they are.
func (d *Desk) Submit(ctx context.Context, by press.Actor, id press.ArticleID, revision int) (_ Saved, err error) {
	defer press.Wrap(&err, "desk.Submit(%s, %d)", id, revision)
	article, err := d.readable(ctx, by, id)
	if err != nil {
		return Saved{}, err
	}
	if err := press.CanWrite(by, article); err != nil {
		return Saved{}, err
	}
	rev, err := d.Store.Revision(ctx, id, revision)
	if err != nil {
		return Saved{}, err
	}
	return d.saveContent(ctx, by, rev, press.Saving{
		Article: id, Base: rev.Number, Submit: true, KeepWorking: true, Revision: press.Revision{Content: rev.Content},
	})
}

func (d *Desk) saveContent(ctx context.Context, by press.Actor, before press.Revision, n press.Saving) (Saved, error) {
	rev := &n.Revision
	rev.Author, rev.CreatedAt = by.ID, d.Now().UTC()
	if err := d.aimCover(ctx, &rev.Content); err != nil {
		return Saved{}, err
	}
	rev.Content = rev.Content.Normalize()
	if err := d.placeAttachments(ctx, &rev.Content); err != nil {
		return Saved{}, err
	}
	if err := rev.Content.Check(); err != nil {
		return Saved{}, err
	}
	if n.Submit {
		if err := d.checkSubmit(ctx, rev); err != nil {
			return Saved{}, err
		}
		if err := d.checkRules(ctx, by, rev); err != nil {
			return Saved{}, err
		}
		if err := d.checkNote(ctx, n.Article, rev.Content); err != nil {
			return Saved{}, err
		}
	}
	// What was taken out of the body is still at hand, in the editor's tray.
	rev.Unplaced = notShown(append(slices.Clone(before.Unplaced), before.Content.Body.Photos()...), rev.Content)
	rev.Unplaced = rev.Unplaced[:min(len(rev.Unplaced), press.MaxPhotos)]
	if rev.Content.Hash() != before.Hash {
		if err := d.warnScheduled(ctx, n.Article, rev); err != nil {
			return Saved{}, err
		}
	}
	article, err := d.Store.SaveRevision(ctx, by, n)
	if err == nil {
		d.changed("article:" + string(n.Article))
	}
	return Saved{Article: article, Notes: rev.Notes}, err
}

// checkSubmit refuses what reviewers could not read to its end, and fills in what every target needs.
func (d *Desk) checkSubmit(ctx context.Context, rev *press.Revision) error {
	if err := press.CheckSubmit(rev.Content); err != nil {
		return err
	}
	if err := d.complete(ctx, rev, &takenPhotos{}); err != nil {
		return err
	}
	shown := rev.Content.Photos()
	known, err := d.Store.Photos(ctx, shown)
	if err != nil {
		return err
	}
	for i, digest := range shown {
		if _, ok := known[digest]; !ok {
			return press.Fail(press.Invalid, "photo.missing", press.Say(
				"Photo %d is not in the gallery. Place it again, then hand the article in.",
				"第 %d 张图片不在图库中，请重新插入后再提交审核。", i+1))
		}
	}
	return nil
}

// maxWithdrawRunes is how long the reason of a withdrawal may be.
const maxWithdrawRunes = 1000

// Withdraw takes an article out of the way of being published; it can be restored.
func (d *Desk) Withdraw(ctx context.Context, by press.Actor, id press.ArticleID, reason string) (_ press.Article, err error) {
	defer press.Wrap(&err, "desk.Withdraw(%s)", id)
	if reason = strings.TrimSpace(reason); utf8.RuneCountInString(reason) > maxWithdrawRunes {
		return press.Article{}, press.Fail(press.Invalid, "withdraw.reason", press.Say(
			"The reason has more than %d characters; shorten it.", "撤稿原因超过 %d 个字，请缩短。", maxWithdrawRunes))
	}
	if _, err := d.readable(ctx, by, id); err != nil {
		return press.Article{}, err
	}
	return d.Store.Withdraw(ctx, by, id, reason)
}

// Restore makes a draft of a withdrawn article.
func (d *Desk) Restore(ctx context.Context, by press.Actor, id press.ArticleID) (_ press.Article, err error) {
	defer press.Wrap(&err, "desk.Restore(%s)", id)
	if _, err := d.readable(ctx, by, id); err != nil {
		return press.Article{}, err
	}
	return d.Store.Restore(ctx, by, id)
}
