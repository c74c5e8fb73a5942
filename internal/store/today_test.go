package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// testFoundAfterChanges walks an article through everything that can happen to it; a search within its state must find
// it at every step, under the words it has now and no others.
func testFoundAfterChanges(f *fixture) {
	ctx := f.Context()
	found := func(query string, state press.ArticleState, want bool) {
		f.Helper()
		list, total, err := f.Articles(ctx, ArticleFilter{Query: query, States: []press.ArticleState{state}})
		f.ok(err)
		if (total == 1) != want || len(list) != total {
			f.Fatalf("%s in %s: %d found, want %v", query, state, total, want)
		}
	}
	a := f.article(content("运动会开幕", "新闻"), press.ArticleDraft)
	found("运动会", press.ArticleDraft, true)
	found("运动会", press.ArticleReview, false)
	a = f.revise(a, content("校庆开幕", "新闻"), press.ArticleReview)
	found("运动会", press.ArticleReview, false)
	found("校庆", press.ArticleDraft, false)
	found("校庆", press.ArticleReview, true)
	a = f.approve(a)
	found("校庆", press.ArticleReview, false)
	found("校庆", press.ArticleApproved, true)
	_, err := f.SetArticleState(ctx, f.editor, a.ID, a.Revision, []press.ArticleState{press.ArticleApproved}, press.ArticleReturned, "article.return", "again")
	f.ok(err)
	found("校庆", press.ArticleReturned, true)
	found("校庆", press.ArticleApproved, false)
}

// testIndexAfterMigration takes the index away, as in a database of an older program, and has it made again in two goes.
func testIndexAfterMigration(f *fixture) {
	ctx := f.Context()
	const n = indexBatch + 3
	for range n {
		f.article(content("旧稿"), press.ArticleDraft)
	}
	f.ok(f.raw("DELETE FROM article_words", "UPDATE article_index SET version = 0, cover = '', reviser = ''"))
	search := func() int {
		p, err := f.ArticleRows(ctx, ArticleFilter{Query: "旧稿"})
		f.ok(err)
		return p.Total
	}
	if got := search(); got != 0 {
		f.Fatalf("%d found without an index", got)
	}
	done, left, err := f.indexSome(ctx)
	f.ok(err)
	if done != indexBatch || left != 3 || search() != indexBatch {
		f.Fatalf("after one go: %d done, %d left, %d found", done, left, search())
	}
	rest, err := f.IndexArticles(ctx, nil)
	f.ok(err)
	again, err := f.IndexArticles(ctx, nil)
	f.ok(err)
	if rest != 3 || again != 0 || search() != n {
		f.Fatalf("then %d, then %d; %d found", rest, again, search())
	}
	page, err := f.ArticleRows(ctx, ArticleFilter{Query: "旧稿", Limit: 1})
	f.ok(err)
	if page.Rows[0].Reviser != f.author.ID {
		f.Errorf("the index knows %q as who saved it", page.Rows[0].Reviser)
	}
}

func testArticleRows(f *fixture) {
	ctx := f.Context()
	a, b := f.approved("甲", "新闻"), f.article(content("乙"), press.ArticleReview)
	_, _, err := f.Sign(ctx, f.reviews[1], press.DefaultStages(), b.ID, b.Revision, b.Hash)
	f.ok(err)
	early, late := f.clock.Now().Add(time.Hour), f.clock.Now().Add(5*time.Hour)
	_, first := f.compose(early, a)
	f.compose(late, a)
	f.publish(first[1])
	page, err := f.ArticleRows(ctx, ArticleFilter{})
	f.ok(err)
	if len(page.Rows) != 2 || page.Total != 2 || page.More {
		f.Fatalf("page: %s", asJSON(page))
	}
	got := map[press.ArticleID]ArticleRow{}
	for _, r := range page.Rows {
		got[r.ID] = r
	}
	row := got[a.ID]
	f.same(row.Article, a)
	f.same(len(row.Signed), 3)
	f.same(got[b.ID].Signed[0].PersonName, "Sun")
	if row.AuthorName != f.author.Name || row.Next == nil || row.Next.ID != first[0].ID || !row.Next.At.Equal(early) || row.Last == nil || row.Last.ID != first[1].ID {
		f.Errorf("row: %s", asJSON(row))
	}
	file, err := f.Store.ArticleFile(ctx, a.ID)
	f.ok(err)
	f.same(file.ArticleRow, row)
	if len(file.Revisions) != 1 || file.Revisions[0].AuthorName != f.author.Name || len(file.Revisions[0].Signed) != 3 || len(file.Deliveries) != 3 {
		f.Errorf("file: %s", asJSON(file))
	}
	_, err = f.Store.ArticleFile(ctx, "none")
	f.refused(err, press.NotFound, "article.missing")
	f.ok(f.write(ctx, "copy", func(t *tx) error {
		for i := range TotalBound {
			err := t.must("INSERT INTO articles SELECT $1, state, revision, hash, title, title_fold, column_key, author, created_at, updated_at FROM articles WHERE id = $2",
				fmt.Sprint("x", i), a.ID)
			if err == nil {
				err = t.must("INSERT INTO revisions SELECT $1, number, hash, content, author, unplaced, notes, created_at FROM revisions WHERE article = $2",
					fmt.Sprint("x", i), a.ID)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
	page, err = f.ArticleRows(ctx, ArticleFilter{Limit: 2, Offset: TotalBound})
	f.ok(err)
	if page.Total != TotalBound || !page.More || len(page.Rows) != 2 {
		f.Errorf("%d of more than %d counted, %v, %d rows", page.Total, TotalBound, page.More, len(page.Rows))
	}
}

func testToday(f *fixture) {
	ctx := f.Context()
	ask := func(who press.Actor) Today {
		f.Helper()
		t, err := f.Store.Today(ctx, TodayQuery{
			Person: who, Settings: press.Settings{Stages: press.DefaultStages()}, From: f.clock.Now(), Until: f.clock.Now().Add(48 * time.Hour),
		})
		f.ok(err)
		return t
	}
	titles := func(list []Waiting) string {
		var out []string
		for _, w := range list {
			out = append(out, w.Title+" "+w.Stage.Key)
		}
		return strings.Join(out, ", ")
	}
	other := f.person("Second author", press.Contributor)
	draft := f.article(content("draft"), press.ArticleDraft)
	f.clock.pass(time.Minute)
	back := f.article(content("returned"), press.ArticleReview)
	_, err := f.SetArticleState(ctx, f.reviews[0], back.ID, 1, []press.ArticleState{press.ArticleReview}, press.ArticleReturned, "article.return", "the date is wrong")
	f.ok(err)
	waits := f.article(content("waits"), press.ArticleReview)
	pushed := f.approved("pushed")
	_, ds := f.compose(f.clock.Now().Add(time.Hour), pushed)
	far, _ := f.compose(f.clock.Now().Add(72*time.Hour), pushed)
	reason := press.Reason{Code: "missed", Text: press.Say("late", "迟了"), Whose: press.Editor, Back: press.Planned}
	f.advance(f.claim(ds[0], "w"), press.Blocking(reason))

	mine := ask(f.author)
	if len(mine.Unfinished) != 2 || mine.Unfinished[0].ID != back.ID || mine.Unfinished[0].Reason != "the date is wrong" ||
		mine.Unfinished[0].ReturnedBy != "Qian" || mine.Unfinished[1].ID != draft.ID || len(mine.ToSign) != 0 {
		f.Errorf("the author's day: %s", asJSON(mine))
	}
	if len(mine.Blocked) != 1 || mine.Blocked[0].Reason.Code != "missed" || mine.Blocked[0].Items[0].Title != "pushed" || len(mine.Pushes) != 1 {
		f.Errorf("the author's deliveries: %s (the one of %s is too far away)", asJSON(mine), far.ID)
	}
	loose := f.approved("loose")
	if t := ask(f.editor); len(t.ToPlan) != 1 || t.ToPlan[0].ID != loose.ID {
		f.Errorf("to plan: %s", asJSON(t.ToPlan))
	}
	if t := ask(other); len(t.ToPlan)+len(t.Unfinished)+len(t.ToSign)+len(t.Blocked)+len(t.Pushes) != 0 {
		f.Errorf("another author is told of others' articles: %s", asJSON(t))
	}
	if got := titles(ask(f.reviews[0]).ToSign); got != "waits first" {
		f.Errorf("to sign: %s", got)
	}
	_, _, err = f.Sign(ctx, f.reviews[0], press.DefaultStages(), waits.ID, 1, waits.Hash)
	f.ok(err)
	final := f.person("Only final", press.Reviewer)
	final.Stages = []string{"final"}
	for who, want := range map[*press.Actor]string{&f.reviews[0]: "", &f.reviews[1]: "waits second", &final: "", &f.editor: ""} {
		if got := titles(ask(*who).ToSign); got != want {
			f.Errorf("%s may sign %q, want %q", who.Name, got, want)
		}
	}
}

func TestQueryTerms(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"":            "",
		" ，。！":        "",
		"运动会":         `("运动") AND ("动会")`,
		"会":           `("会")`,
		"2026年 ＡI新闻稿": `("2026") AND ("年") AND ("ai") AND ("新闻") AND ("闻稿")`,
		"Group news":  `("group") AND ("news" *)`,
		"a b":         `("a") AND ("b")`,
		`" OR x*`:     `("or") AND ("x")`,
		"カタ カタ":       `("カタ")`,
	} {
		if got := matchFTS5(queryTerms(query)); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
	if n := len(queryTerms(strings.Repeat("天地玄黄宇宙洪荒", 1000))); n > maxQueryWords {
		t.Errorf("%d terms", n)
	}
}
