package store

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/press"
)

func testWorking(f *fixture) {
	ctx := f.Context()
	a := f.article(content("a"), press.ArticleDraft)
	typed := press.Content{Title: "  half a", Body: press.Body{Blocks: []press.Block{press.Paragraph{Text: []press.Run{}}}}}
	_, err := f.Working(ctx, a.ID, f.author.ID)
	f.refused(err, press.NotFound, "working.missing")

	kept, _, current, err := f.SaveWorking(ctx, f.author, press.Working{Article: a.ID, Base: 1, Content: typed})
	f.ok(err)
	f.same(kept.SavedAt, f.clock.Now())
	f.same([]any{current.Number, current.Author, current.Hash}, []any{1, f.author.ID, a.Hash})
	f.clock.pass(time.Second)
	typed.Title = "  half a title "
	_, _, _, err = f.SaveWorking(ctx, f.author, press.Working{Article: a.ID, Base: 1, Content: typed})
	f.ok(err)
	_, _, _, err = f.SaveWorking(ctx, f.editor, press.Working{Article: a.ID, Base: 1, Content: content("mine")})
	f.ok(err)

	got, err := f.Working(ctx, a.ID, f.author.ID)
	f.ok(err)
	f.same(got, press.Working{
		Article: a.ID, Person: f.author.ID, PersonName: f.author.Name, Base: 1, Content: typed, SavedAt: f.clock.Now(),
	})
	list, err := f.Workings(ctx, a.ID)
	f.ok(err)
	if len(list) != 2 || list[0].Content.Title != "" {
		f.Fatalf("workings %s", asJSON(list))
	}

	// Somebody saves: the other one's words stay, and they learn of it.
	b, err := f.SaveRevision(ctx, f.editor, saving(a, "mine"))
	f.ok(err)
	_, err = f.Working(ctx, a.ID, f.editor.ID)
	f.refused(err, press.NotFound, "working.missing")
	_, _, current, err = f.SaveWorking(ctx, f.author, press.Working{Article: a.ID, Base: 1, Content: typed})
	f.ok(err)
	f.same([]any{current.Number, current.Author}, []any{2, f.editor.ID})
	_, err = f.SaveRevision(ctx, f.author, saving(a, "half a title"))
	f.refused(err, press.Conflict, "article.stale")
	_, err = f.Working(ctx, a.ID, f.author.ID)
	f.ok(err)
	f.same(f.load(a.ID), b)
	f.same(f.actions(string(a.ID)), []string{"article.create", "article.revise"}) // working copies are nobody else's affair

	_, _, _, err = f.SaveWorking(ctx, f.author, press.Working{Article: a.ID, Base: 3, Content: typed})
	f.refused(err, press.Conflict, "article.stale")
	_, _, _, err = f.SaveWorking(ctx, f.reviews[0], press.Working{Article: a.ID, Base: 2, Content: typed})
	f.refused(err, press.Forbidden, "role")
	other := f.person("Other", press.Contributor)
	_, _, _, err = f.SaveWorking(ctx, other, press.Working{Article: a.ID, Base: 2, Content: typed})
	f.refused(err, press.Forbidden, "article.other")
	f.ok(f.SetUserDisabled(ctx, f.editor, f.author.Name, true)) // since the page was opened
	_, _, _, err = f.SaveWorking(ctx, f.author, press.Working{Article: a.ID, Base: 2, Content: typed})
	f.refused(err, press.Forbidden, "role")
	f.ok(f.DropWorking(ctx, a.ID, f.author.ID))
	f.ok(f.DropWorking(ctx, a.ID, f.author.ID))
	mine, err := f.WorkingsOf(ctx, f.author.ID, 10)
	f.ok(err)
	f.same(len(mine), 0)
}

func saving(a press.Article, title string) press.Saving {
	return press.Saving{Article: a.ID, Base: a.Revision, Revision: press.Revision{Content: content(title)}}
}

func testSaveRevision(f *fixture) {
	ctx := f.Context()
	for name, test := range map[string]struct {
		from, want, submitted press.ArticleState
	}{
		"draft":    {press.ArticleDraft, press.ArticleDraft, press.ArticleReview},
		"returned": {press.ArticleReturned, press.ArticleReturned, press.ArticleReview},
		"review":   {press.ArticleReview, press.ArticleReview, press.ArticleReview},
		"approved": {press.ArticleApproved, press.ArticleDraft, press.ArticleReview},
	} {
		for _, submit := range []bool{false, true} {
			a := f.article(content(name), press.ArticleReview)
			if test.from == press.ArticleApproved {
				a = f.approve(a)
			} else if test.from != press.ArticleReview {
				a = f.revise(a, content(name+" begun"), test.from)
			}
			next := saving(a, name+" changed")
			next.Submit = submit
			b, err := f.SaveRevision(ctx, f.author, next)
			f.ok(err)
			want := test.want
			if submit {
				want = test.submitted
			}
			signed, err := f.SignOffs(ctx, a.ID, b.Revision)
			f.ok(err)
			if b.State != want || b.Revision != a.Revision+1 || len(signed) != 0 {
				f.Errorf("%s, submit %v: %s", name, submit, asJSON(b))
			}
			again, err := f.SaveRevision(ctx, f.author, next) // the answer was lost, so the call is repeated
			f.ok(err)
			f.same(again, b)
		}
	}
	a := f.article(content("as it is"), press.ArticleDraft)
	same := press.Saving{Article: a.ID, Base: 1, Submit: true, Revision: press.Revision{Content: content("as it is")}}
	b, err := f.SaveRevision(ctx, f.author, same)
	f.ok(err)
	f.same([]any{b.State, b.Revision}, []any{press.ArticleReview, 1})
	f.same(f.actions(string(a.ID)), []string{"article.create", "article.submit"})
	_, err = f.SaveRevision(ctx, f.author, press.Saving{Article: "none", Base: 1})
	f.refused(err, press.NotFound, "article.missing")

	empty, err := f.EmptyDraft(ctx, f.author.ID, a.Hash)
	f.refused(err, press.NotFound, "article.missing")
	f.same(empty, press.Article{})
	begun := f.article(content("begun"), press.ArticleDraft)
	empty, err = f.EmptyDraft(ctx, f.author.ID, begun.Hash)
	f.ok(err)
	f.same(empty, begun)
}

func testWithdraw(f *fixture) {
	ctx := f.Context()
	a := f.approved("withdrawn")
	e, ds := f.compose(f.clock.Now().Add(time.Hour), a)
	_, err := f.Withdraw(ctx, f.author, a.ID, "no longer true")
	f.refused(err, press.Conflict, "article.scheduled")
	f.publish(ds[1])
	_, err = f.Withdraw(ctx, f.author, a.ID, "no longer true")
	f.refused(err, press.Conflict, "article.public")
	_, _, err = f.CancelEdition(ctx, f.editor, e.ID)
	f.ok(err)

	b := f.article(content("b"), press.ArticleReview)
	_, err = f.Withdraw(ctx, f.reviews[0], b.ID, "")
	f.refused(err, press.Forbidden, "role")
	b, err = f.Withdraw(ctx, f.author, b.ID, "no longer true")
	f.ok(err)
	f.same(b.State, press.ArticleWithdrawn)
	_, err = f.SaveRevision(ctx, f.editor, saving(b, "c"))
	f.refused(err, press.Conflict, "article.withdrawn")
	_, err = f.AddRevision(ctx, f.author, b.ID, b.Revision, saving(b, "c").Revision, press.ArticleDraft) // a parcel that was on its way
	f.refused(err, press.Conflict, "article.withdrawn")
	_, err = f.AddRevision(ctx, f.reviews[0], b.ID, b.Revision, saving(b, "c").Revision, press.ArticleDraft)
	f.refused(err, press.Forbidden, "role")
	b, err = f.Restore(ctx, f.editor, b.ID)
	f.ok(err)
	f.same(b.State, press.ArticleDraft)
	_, err = f.Restore(ctx, f.editor, b.ID)
	f.refused(err, press.Conflict, "article.state")
	f.same(f.actions(string(b.ID)), []string{"article.create", "article.withdraw", "article.restore"})
}

func testComments(f *fixture) {
	ctx := f.Context()
	a := f.article(content("a"), press.ArticleReview)
	c := press.Comment{ID: "c1", Article: a.ID, Revision: 1, Where: "body.blocks[0]", Quote: "The text", Text: "日期有误？"}
	made, err := f.AddComment(ctx, f.reviews[0], c)
	f.ok(err)
	c.Author, c.AuthorName, c.At = f.reviews[0].ID, "Qian", f.clock.Now()
	f.same(made, c)
	_, err = f.AddComment(ctx, f.reviews[0], press.Comment{ID: "c2", Article: a.ID, Revision: 2, Where: "title", Text: "x"})
	f.refused(err, press.NotFound, "store.reference")

	_, err = f.SettleComment(ctx, f.reviews[1], "c1", true)
	f.refused(err, press.Forbidden, "comment.other")
	_, err = f.SettleComment(ctx, f.author, "none", true)
	f.refused(err, press.NotFound, "comment.missing")
	f.clock.pass(time.Minute)
	for range 2 { // the second time changes nothing
		made, err = f.SettleComment(ctx, f.author, "c1", true)
		f.ok(err)
		f.same([]any{made.ResolvedBy, made.ResolvedByName, made.ResolvedAt}, []any{f.author.ID, f.author.Name, f.clock.Now()})
	}
	n, err := f.OpenComments(ctx, a.ID)
	f.ok(err)
	f.same(n, 0)
	made, err = f.SettleComment(ctx, f.reviews[0], "c1", false)
	f.ok(err)
	f.same(made, c)

	_, err = f.ReturnArticle(ctx, f.editor, a.ID, 1, "see the comments", []press.Comment{{ID: "c3", Article: a.ID, Revision: 1, Where: "title", Text: "shorter"}, {ID: "c3", Article: a.ID, Revision: 1, Where: "title", Text: "twice"}})
	f.refused(err, press.Conflict, "store.exists")
	f.same(f.load(a.ID).State, press.ArticleReview) // all or nothing
	back, err := f.ReturnArticle(ctx, f.editor, a.ID, 1, "see the comments", []press.Comment{{ID: "c3", Article: a.ID, Revision: 1, Where: "title", Text: "shorter"}})
	f.ok(err)
	f.same(back.State, press.ArticleReturned)
	f.revise(back, content("b"), press.ArticleReview)
	list, err := f.Comments(ctx, a.ID) // they stay when the text moves on
	f.ok(err)
	if len(list) != 2 || list[0].ID != "c1" || list[1].AuthorName != f.editor.Name {
		f.Fatalf("comments %s", asJSON(list))
	}
	f.same(f.actions(string(a.ID)), []string{
		"article.create", "comment.add", "comment.resolve", "comment.reopen", "article.return", "comment.add", "article.revise",
	})
	for i := range press.MaxComments {
		_, err = f.AddComment(ctx, f.editor, press.Comment{ID: press.CommentID(fmt.Sprint("n", i)), Article: a.ID, Revision: 1, Where: "title", Text: "x"})
		if err != nil {
			f.same(i, press.MaxComments-2)
			f.refused(err, press.TooLarge, "comment.many")
			return
		}
	}
	f.Error("there is no end of comments")
}

func testColumns(f *fixture) {
	ctx := f.Context()
	admin := f.person("Admin", press.Administrator)
	news, group := press.Column{"新闻"}, press.Column{"新闻", "集团"}
	fine := func(int) error { return nil }
	add := func(c press.Column) func(press.ColumnTree) (press.ColumnTree, error) {
		return func(t press.ColumnTree) (press.ColumnTree, error) { return t.Add(c) }
	}
	_, _, err := f.ChangeColumns(ctx, f.editor, "column.add", "", group, add(group), fine)
	f.refused(err, press.Forbidden, "role")
	tree, n, err := f.ChangeColumns(ctx, admin, "column.add", "", group, add(group), fine)
	f.ok(err)
	f.same(tree, press.ColumnTree{news, group})
	f.same(n, 0)
	f.article(content("a", "新闻", "集团"), press.ArticleDraft)
	f.article(content("b", "新闻"), press.ArticleDraft)
	f.article(content("c", "通知"), press.ArticleDraft)
	f.article(content("d"), press.ArticleDraft)
	counts, err := f.ColumnCounts(ctx)
	f.ok(err)
	f.same(counts, []press.ColumnCount{{Column: news, Articles: 1}, {Column: group, Articles: 1}, {Column: press.Column{"通知"}, Articles: 1}})
	within, err := f.ArticlesWithin(ctx, news)
	f.ok(err)
	f.same(within, 2)

	refuse := errors.New("used")
	_, n, err = f.ChangeColumns(ctx, admin, "column.remove", "", news,
		func(t press.ColumnTree) (press.ColumnTree, error) { return t.Remove(news) },
		func(articles int) error { f.same(articles, 2); return refuse })
	if !errors.Is(err, refuse) || n != 2 {
		f.Fatalf("removed %d: %v", n, err)
	}
	tree, err = f.ColumnTree(ctx)
	f.ok(err)
	f.same(tree, press.ColumnTree{news, group})
	f.same(f.actions("新闻 › 集团"), []string{"column.add"})

	var wg sync.WaitGroup // two administrators at once: nobody's column is lost
	for i := range 8 {
		wg.Go(func() {
			c := press.Column{fmt.Sprint("c", i)}
			if _, _, err := f.ChangeColumns(ctx, admin, "column.add", "", c, add(c), fine); err != nil {
				f.Error(err)
			}
		})
	}
	wg.Wait()
	tree, err = f.ColumnTree(ctx)
	f.ok(err)
	f.same(len(tree), 10)
}

func testMoveToColumn(f *fixture) {
	ctx := f.Context()
	to := press.Column{"通知"}
	a := f.approved("a", "新闻")
	b, moved, unsigned, err := f.MoveToColumn(ctx, f.editor, a.ID, to)
	f.ok(err)
	f.same([]any{moved, unsigned, b.State, b.Revision, b.Column}, []any{true, true, press.ArticleReview, 2, to})
	rev, err := f.Store.Revision(ctx, a.ID, 2)
	f.ok(err)
	f.same([]any{rev.Content.Title, rev.Content.Column, rev.Author}, []any{"a", to, f.editor.ID})
	b, moved, _, err = f.MoveToColumn(ctx, f.editor, a.ID, to)
	f.ok(err)
	f.same([]any{moved, b.Revision}, []any{false, 2})
	draft := f.article(content("d"), press.ArticleDraft)
	d, moved, unsigned, err := f.MoveToColumn(ctx, f.author, draft.ID, to)
	f.ok(err)
	f.same([]any{moved, unsigned, d.State}, []any{true, false, press.ArticleDraft})

	c := f.approved("c", "新闻")
	f.compose(f.clock.Now().Add(time.Hour), c)
	_, _, _, err = f.MoveToColumn(ctx, f.editor, c.ID, to)
	f.refused(err, press.Conflict, "article.scheduled")
	if !strings.Contains(press.TextOf(err).ZH, "《c》") {
		f.Errorf("it is not named: %s", press.TextOf(err).ZH)
	}
	_, _, _, err = f.MoveToColumn(ctx, f.reviews[0], c.ID, to)
	f.refused(err, press.Forbidden, "role")
	f.same(f.actions(string(a.ID))[5:], []string{"article.move"})
}

func TestWritingSQLite(t *testing.T) {
	t.Parallel()
	testWriting(t, openTestSQLite)
}

func TestWritingPostgres(t *testing.T) {
	t.Parallel()
	testDatabases.postgres(t)
	testWriting(t, openTestPostgres)
}

func testWriting(t *testing.T, open opener) {
	for name, test := range map[string]func(*fixture){
		"working copies": testWorking, "save": testSaveRevision, "withdraw": testWithdraw, "comments": testComments,
		"columns": testColumns, "move": testMoveToColumn,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newFixture(t, open))
		})
	}
}
