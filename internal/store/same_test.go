package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// TestSameAnswers asks both databases the same things after the same events; every answer, the log included, is the
// same to the byte.
func TestSameAnswers(t *testing.T) {
	t.Parallel()
	testDatabases.postgres(t)
	sqlite, postgres := answers(newFixture(t, openTestSQLite)), answers(newFixture(t, openTestPostgres))
	for i := range max(len(sqlite), len(postgres)) {
		if i >= len(sqlite) || i >= len(postgres) || sqlite[i] != postgres[i] {
			t.Fatalf("answer %d differs:\nSQLite     %s\nPostgreSQL %s", i, at(sqlite, i), at(postgres, i))
		}
	}
	if len(sqlite) < 40 {
		t.Errorf("only %d answers", len(sqlite))
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "nothing"
}

// answers lives through a day and writes down everything the store says.
func answers(f *fixture) (out []string) {
	ctx := f.Context()
	say := func(v ...any) {
		for i, x := range v {
			if err, ok := x.(error); ok {
				v[i] = string(press.KindOf(err)) + " " + press.CodeOf(err)
			}
		}
		out = append(out, asJSON(v))
	}
	var articles []press.Article
	for i, title := range []string{"Ä", "a", "Z", "é", "运动会", "ａＢ", "_", "%", `\`, "z"} {
		articles = append(articles, f.approved(title, "新闻", strings.Repeat("子", i%3+1)))
		f.clock.pass(time.Duration(i%2) * time.Second) // some at the same moment
	}
	for _, q := range []string{"", "A", "ä", "%", "_", `\`, "会", "É", "z"} {
		list, total, err := f.Articles(ctx, ArticleFilter{Query: q})
		say(list, total, err)
	}
	for i := range articles {
		e, ds := f.compose(f.clock.Now().Add(time.Duration(9-i)*time.Hour), articles[i], articles[(i+3)%len(articles)])
		say(e, ds)
		if i%4 == 3 {
			e, ds, err := f.CancelEdition(ctx, f.editor, e.ID)
			say(e, ds, err)
		}
	}
	due, err := f.DueDeliveries(ctx, f.clock.Now().Add(24*time.Hour), 500)
	say(due, err)
	for i, d := range due {
		d, err := f.ClaimDelivery(ctx, d.ID, fmt.Sprint("w", i%3), f.clock.Now().Add(time.Minute))
		say(d, err)
		now := f.clock.Now()
		change := press.Prepared("M", "mark", now, now)
		if d.Kind == press.TargetSite {
			change = press.WentLive([]string{"u"}, now)
		}
		d, err = f.Advance(ctx, d, change, &press.Attempt{Step: press.StepLook, Worker: "w", Outcome: press.OutcomeOK, Raw: "公\x00"})
		say(d, err)
		attempts, err := f.Attempts(ctx, d.ID)
		say(attempts, err)
	}
	editions, total, err := f.Editions(ctx, EditionFilter{Limit: 4, Offset: 2})
	say(editions, total, err)
	deliveries, total, err := f.Deliveries(ctx, DeliveryFilter{States: press.States(), Limit: 500})
	say(deliveries, total, err)
	pages, err := f.PublishedBetween(ctx, website, Stretch{Column: press.Column{"新闻"}, Newest: true, Limit: 7})
	say(pages, err)
	columns, err := f.PublishedColumns(ctx, website)
	say(columns, err)
	for _, a := range articles[:4] {
		prev, next, err := f.PublishedNeighbours(ctx, website, a.ID)
		say(prev, next, err)
	}
	users, err := f.Users(ctx)
	say(users, err)
	for _, action := range []string{"", "article.", "delivery.l", "edition.cancel"} {
		entries, err := f.Audit(ctx, AuditFilter{Action: action, Limit: 500})
		say(entries, err)
	}
	return slices.Clip(out)
}
