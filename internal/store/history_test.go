package store

import (
	"slices"
	"time"

	"newsdesk/internal/press"
)

func (f *fixture) history(filter press.HistoryFilter) []press.HistoryEntry {
	f.Helper()
	list, _, err := f.History(f.Context(), filter)
	f.ok(err)
	return list
}

func did(list []press.HistoryEntry) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.Action
	}
	slices.Reverse(out)
	return out
}

func testHistory(f *fixture) {
	began := f.clock.Now()
	a := f.approved("集团召开会议")
	b := f.approved("另一篇")
	e, deliveries := f.compose(f.clock.Now().Add(time.Hour), a, b)
	comment := press.Comment{ID: press.CommentID(f.id()), Article: a.ID, Revision: a.Revision, Where: "title", Text: "改一下"}
	_, err := f.AddComment(f.Context(), f.reviews[0], comment)
	f.ok(err)

	f.concerns(a, e, deliveries)
	f.times(began)
	f.pages()

	own := f.history(press.HistoryFilter{Own: f.editor.ID})
	if len(own) != 0 {
		f.Errorf("whoever has written nothing is told of %v", did(own))
	}
	if revisions, err := f.Revisions(f.Context(), a.ID); err != nil || len(revisions) != 1 || len(revisions[0].SignOffs) != 3 ||
		revisions[0].AuthorName != f.author.Name || revisions[0].Hash != a.Hash {
		f.Errorf("revisions: %+v, %v", revisions, err)
	}
	_, err = f.Revisions(f.Context(), "nothing")
	f.refused(err, press.NotFound, "article.missing")
}

// concerns: an article's history has its own entries, its comments', its editions' and its deliveries', and nobody else's.
func (f *fixture) concerns(a press.Article, e press.Edition, deliveries []press.Delivery) {
	f.Helper()
	all := f.history(press.HistoryFilter{Article: a.ID})
	for _, want := range []string{"article.create", "article.sign", "article.approve", "edition.create", "delivery.plan", "comment.add"} {
		if !slices.Contains(did(all), want) {
			f.Errorf("%s is not in the article's history: %v", want, did(all))
		}
	}
	for _, x := range all {
		if x.Title == "" || x.Action == "article.create" && (x.Title != a.Title || x.Article != a.ID || x.ActorName != f.author.Name) {
			f.Errorf("not explained: %+v", x)
		}
		if x.Action == "edition.create" && (x.More != 1 || x.Edition != e.ID || x.Target != e.Account || !x.Due.Equal(e.At)) {
			f.Errorf("the edition is not explained: %+v", x)
		}
	}
	of := f.history(press.HistoryFilter{Edition: e.ID})
	if len(of) < 2 || slices.ContainsFunc(of, func(x press.HistoryEntry) bool { return x.Edition != e.ID }) {
		f.Errorf("the edition's history: %v with %d deliveries", did(of), len(deliveries))
	}
	if got := did(f.history(press.HistoryFilter{Article: a.ID, Actions: []string{"comment", "article.approve"}})); !slices.Equal(got, []string{"article.approve", "comment.add"}) {
		f.Errorf("by group and action: %v", got)
	}
	if got := did(f.history(press.HistoryFilter{Person: f.reviews[0].ID, Without: []string{"article"}})); !slices.Equal(got, []string{"comment.add"}) {
		f.Errorf("by person, without a group: %v", got)
	}
}

// times: a stretch of time has the entries of that time, whatever the numbers before and after it.
func (f *fixture) times(began time.Time) {
	f.Helper()
	f.clock.pass(48 * time.Hour)
	later := f.article(content("隔天的稿件"), press.ArticleDraft)
	for _, tc := range []struct {
		from, until time.Time
		want        bool
	}{
		{from: began.Add(24 * time.Hour), want: true},
		{until: began.Add(24 * time.Hour)},
		{from: began.Add(24 * time.Hour), until: began.Add(96 * time.Hour), want: true},
		{from: began.Add(96 * time.Hour)},
		{until: began.Add(-time.Hour)},
	} {
		list := f.history(press.HistoryFilter{From: tc.from, Until: tc.until})
		if got := slices.ContainsFunc(list, func(x press.HistoryEntry) bool { return x.Subject == string(later.ID) }); got != tc.want {
			f.Errorf("from %v until %v: there %v, want %v", tc.from, tc.until, got, tc.want)
		}
	}
}

// pages: going on and back leaves nothing out, and a stream has everything once.
func (f *fixture) pages() {
	f.Helper()
	whole := f.history(press.HistoryFilter{Limit: 500})
	first, more, err := f.History(f.Context(), press.HistoryFilter{Limit: 3})
	f.ok(err)
	second := f.history(press.HistoryFilter{Limit: 3, Before: first[2].Seq})
	back := f.history(press.HistoryFilter{Limit: 3, After: second[0].Seq})
	if !more || !slices.Equal(did(slices.Concat(first, second)), did(whole[:6])) || !slices.Equal(did(back), did(first)) {
		f.Errorf("pages %v, %v, back %v", did(first), did(second), did(back))
	}
	own := f.history(press.HistoryFilter{Own: f.author.ID, Limit: 500})
	for at := range own[:len(own)-3] { // a page that is full is found from the entries' side
		if got := f.history(press.HistoryFilter{Own: f.author.ID, Limit: 2, Before: own[at].Seq}); !slices.Equal(got, own[at+1:at+3]) {
			f.Errorf("own entries before %d: %v, want %v", own[at].Seq, did(got), did(own[at+1:at+3]))
		}
		if got := f.history(press.HistoryFilter{Own: f.author.ID, Limit: 2, After: own[at+2].Seq}); !slices.Equal(got, own[at:at+2]) {
			f.Errorf("own entries after %d: %v, want %v", own[at+2].Seq, did(got), did(own[at:at+2]))
		}
	}
	var streamed []press.HistoryEntry
	for e, err := range f.HistoryStream(f.Context(), press.HistoryFilter{}, 1000) {
		f.ok(err)
		streamed = append(streamed, e)
	}
	if !slices.Equal(did(streamed), did(whole)) {
		f.Errorf("streamed %d of %d", len(streamed), len(whole))
	}
	bounded := 0
	for range f.HistoryStream(f.Context(), press.HistoryFilter{}, 4) {
		bounded++
	}
	if bounded != 4 {
		f.Errorf("a stream of at most 4 has %d", bounded)
	}
}

func testLastSigned(f *fixture) {
	a := f.article(content("一稿"), press.ArticleReview)
	last := func(want int) {
		f.Helper()
		if got, err := f.LastSigned(f.Context(), a.ID, a.Revision); err != nil || got != want {
			f.Errorf("before revision %d the last signed one is %d (%v), want %d", a.Revision, got, err, want)
		}
	}
	last(0)
	_, _, err := f.Sign(f.Context(), f.reviews[0], press.DefaultStages(), a.ID, a.Revision, a.Hash)
	f.ok(err)
	last(0) // the present one does not count
	a = f.revise(a, content("二稿"), press.ArticleReview)
	last(1)
	a = f.revise(a, content("三稿"), press.ArticleReview)
	last(1)
}
