package store

import (
	"strings"
	"time"

	"newsdesk/internal/press"
)

// live composes an edition of one article and brings its page live, a minute after the last one.
func (f *fixture) live(title string, column ...string) press.Delivery {
	f.Helper()
	_, ds := f.compose(f.clock.Now().Add(time.Hour), f.approved(title, column...))
	f.clock.pass(time.Minute)
	return f.publish(ds[1])
}

func (f *fixture) entries(stretch Stretch) string {
	f.Helper()
	list, err := f.PublishedBetween(f.Context(), website, stretch)
	f.ok(err)
	dates, err := f.PublishedDates(f.Context(), website, stretch)
	f.ok(err)
	times, err := f.PublishedTimes(f.Context(), website, stretch)
	f.ok(err)
	var titles []string
	for i, p := range list {
		titles = append(titles, p.Title)
		if d := dates[i]; d.Article != p.Article || !d.PublishedAt.Equal(p.PublishedAt) || !d.UpdatedAt.Equal(p.UpdatedAt) || !times[i].Equal(p.PublishedAt) {
			f.Errorf("%s has other dates: %s, %s", p.Title, asJSON(dates[i]), times[i])
		}
	}
	return strings.Join(titles, " ")
}

func testPublished(f *fixture) {
	ctx := f.Context()
	d1 := f.live("one", "News", "Group")
	f.live("two", "News")
	d3 := f.live("three", "News", "Group", "North")
	f.live("four", "Newsroom")
	d5 := f.live("five")
	f.compose(f.clock.Now(), f.approved("not yet", "Other"))
	for _, test := range []struct {
		column press.Column
		want   string
		total  int
	}{
		{nil, "one two three four five", 5},
		{press.Column{"News"}, "one two three", 3},
		{press.Column{"News", "Group"}, "one three", 2},
		{press.Column{"Newsroom"}, "four", 1},
		{press.Column{"Other"}, "", 0},
	} {
		n, err := f.PublishedCount(ctx, website, test.column)
		f.ok(err)
		if got := f.entries(Stretch{Column: test.column}); got != test.want || n != test.total {
			f.Errorf("%v: got %s (%d), want %s (%d)", test.column, got, n, test.want, test.total)
		}
	}
	for _, test := range []struct {
		stretch Stretch
		want    string
	}{
		{Stretch{From: d1.LiveAt, After: d1.Article, Limit: 2}, "two three"},
		{Stretch{From: d3.LiveAt}, "three four five"},
		{Stretch{From: d1.LiveAt, Until: d3.LiveAt}, "one two"},
		{Stretch{Until: d3.LiveAt, Newest: true, Limit: 1}, "two"},
		{Stretch{Newest: true, Limit: 2}, "four five"},
		{Stretch{Column: press.Column{"News"}, Newest: true, Limit: 2}, "two three"},
		{Stretch{Column: press.Column{"News"}, Limit: 2}, "one two"},
		{Stretch{Column: press.Column{"News"}, From: d1.LiveAt, After: d1.Article}, "two three"},
		{Stretch{Column: press.Column{"News"}, From: d3.LiveAt.Add(time.Microsecond)}, ""},
	} {
		if got := f.entries(test.stretch); got != test.want {
			f.Errorf("%+v: %q, want %q", test.stretch, got, test.want)
		}
	}
	for id, want := range map[press.ArticleID]time.Time{d3.Article: d3.LiveAt, "never live": {}} {
		since, err := f.PublishedSince(ctx, website, id)
		f.ok(err)
		f.same(since, want)
	}
	columns, err := f.PublishedColumns(ctx, website)
	f.ok(err)
	f.same(columns, []press.Column{{"News"}, {"News", "Group"}, {"News", "Group", "North"}, {"Newsroom"}})
	none, err := f.PublishedColumns(ctx, "another website")
	f.ok(err)
	f.same(none, []press.Column(nil))

	neighbours := func(id press.ArticleID) string {
		prev, next, err := f.PublishedNeighbours(ctx, website, id)
		f.ok(err)
		out := []string{"-", "-"}
		for i, p := range []*Published{prev, next} {
			if p != nil {
				out[i] = p.Title
			}
		}
		return strings.Join(out, " ")
	}
	f.same(neighbours(d1.Article), "- two")
	f.same(neighbours(d3.Article), "two four")
	f.same(neighbours(d5.Article), "four -")
	f.same(neighbours("not live"), "- -")
	first, err := f.PublishedBetween(ctx, website, Stretch{Limit: 1})
	f.ok(err)
	f.same(first, []Published{{
		Article: d1.Article, Title: "one", Summary: "The text of “one” <&>.", Column: press.Column{"News", "Group"},
		PublishedAt: d1.LiveAt, UpdatedAt: d1.LiveAt,
	}})
}

func testCorrections(f *fixture) {
	ctx := f.Context()
	first := f.live("mistake", "News")
	f.live("another")
	a := f.approve(f.revise(f.load(first.Article), corrected("correction", "Corrections"), press.ArticleReview))
	_, ds := f.compose(f.clock.Now().Add(time.Hour), a)
	f.same(f.entries(Stretch{}), "mistake another")
	f.clock.pass(time.Minute)
	second := f.publish(ds[1])
	replaced, err := f.SupersedeSite(ctx, second)
	f.ok(err)
	if len(replaced) != 1 || replaced[0].ID != first.ID || replaced[0].State != press.Replaced || replaced[0].Fence != first.Fence+1 {
		f.Fatalf("replaced %s", asJSON(replaced))
	}
	f.same(f.reload(first), replaced[0])
	list, err := f.PublishedBetween(ctx, website, Stretch{})
	f.ok(err)
	if got := list[0]; len(list) != 2 || got.Title != "correction" || !got.PublishedAt.Equal(first.LiveAt) || !got.UpdatedAt.Equal(second.LiveAt) {
		f.Errorf("after the correction: %s", asJSON(list))
	}
	columns, err := f.PublishedColumns(ctx, website)
	f.ok(err)
	f.same(columns, []press.Column{{"Corrections"}})
	f.same(f.actions(string(first.ID)), []string{"delivery.plan", "delivery.live", "delivery.replaced"})
	none, err := f.SupersedeSite(ctx, second)
	f.ok(err)
	f.same(none, []press.Delivery(nil))

	// A page that is no longer live is in no list.
	f.advance(second, press.Blocking(press.Reason{Code: "lost", Back: press.Planned, At: f.clock.Now()}))
	f.same(f.entries(Stretch{}), "another")
	back, err := f.ChangeDelivery(ctx, f.editor, second.ID, press.Release(f.clock.Now()))
	f.ok(err)
	f.publish(back)
	f.same(f.entries(Stretch{}), "correction another")
}
