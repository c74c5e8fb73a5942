package store

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

// eachDatabase runs a benchmark on both.
func eachDatabase(b *testing.B, bench func(*testing.B, *fixture)) {
	for _, db := range []struct {
		name string
		open opener
	}{{"sqlite", openTestSQLite}, {"postgres", openTestPostgres}} {
		b.Run(db.name, func(b *testing.B) { bench(b, newFixture(b, db.open)) })
	}
}

// BenchmarkClaimAdvance is one step of a worker: claim, advance with an attempt and an audit entry, release. Three
// durable transactions.
func BenchmarkClaimAdvance(b *testing.B) {
	eachDatabase(b, func(b *testing.B, f *fixture) {
		deliveries := make(chan press.DeliveryID, 32)
		for i := range cap(deliveries) {
			_, ds := f.compose(f.clock.Now(), f.approved(fmt.Sprint(i)))
			deliveries <- ds[0].ID
		}
		step := func() error {
			id := <-deliveries
			defer func() { deliveries <- id }()
			d, err := f.ClaimDelivery(b.Context(), id, "w", f.clock.Now().Add(time.Minute))
			if err != nil {
				return err
			}
			change := press.Postponed(f.clock.Now(), false)
			change.Action = "delivery.bench"
			if d, err = f.Advance(b.Context(), d, change, &press.Attempt{Step: press.StepLook, Outcome: press.OutcomeOK}); err != nil {
				return err
			}
			return f.ReleaseClaim(b.Context(), d)
		}
		b.SetParallelism(4)
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := step(); err != nil {
					b.Error(err)
					return
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
	})
}

const many = 100_000

// fill makes many articles, each with a finished page, behind the store's back.
func fill(b *testing.B, f *fixture) {
	b.Helper()
	a := f.approved("the one that is copied", "News", "Group")
	_, ds := f.compose(f.clock.Now().Add(time.Hour), a)
	d := f.publish(ds[1])
	columns := func(list string, replace map[string]string) string {
		names := strings.Split(list, ", ")
		for i, name := range names {
			if v, ok := replace[name]; ok {
				names[i] = v
			}
		}
		return strings.Join(names, ", ")
	}
	number := "'a' || CAST(n AS TEXT)"
	series := fmt.Sprintf(`WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %d) `, many)
	copyOf := func(table, list, key, value string, replace map[string]string) string {
		return "INSERT INTO " + table + " (" + list + ") " + series + "SELECT " + columns(list, replace) + " FROM " + table +
			", s WHERE " + key + " = '" + value + "'"
	}
	err := f.write(context.Background(), "fill", func(t *tx) error {
		for _, s := range []string{
			copyOf("articles", articleColumns+", title_fold", "id", string(a.ID), map[string]string{"id": number, "created_at": "created_at + n"}),
			copyOf("revisions", revisionColumns, "article", string(a.ID), map[string]string{"article": number}),
			copyOf("deliveries", deliveryColumns, "id", string(d.ID), map[string]string{
				"id": number, "article": number, "due_at": "due_at + n", "live_at": "live_at + n",
			}),
			copyOf("site_pages", "target, revision, "+pageColumns, "article", string(a.ID), map[string]string{
				"article": number, "published_at": "published_at + n",
				"column_key": "CASE n % 50 WHEN 0 THEN 'Rare' || chr(31) ELSE column_key END",
			}),
		} {
			if t.dialect.name() == DriverSQLite {
				s = strings.ReplaceAll(s, "chr(", "char(")
			}
			if err := t.must(s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	if f.dialect.name() == DriverPostgres { // which does this by itself some time later; SQLite does not
		f.ok(f.raw("VACUUM ANALYZE"))
	}
}

// BenchmarkMany is what must stay quick with 100,000 finished pages.
func BenchmarkMany(b *testing.B) {
	eachDatabase(b, func(b *testing.B, f *fixture) {
		fill(b, f)
		ctx := b.Context()
		middle := press.ArticleID(fmt.Sprint("a", many/2))
		at, err := f.PublishedSince(ctx, website, middle)
		f.ok(err)
		for _, q := range []struct {
			name string
			ask  func() (int, error)
			want int
		}{
			{"DueDeliveries", func() (int, error) {
				list, err := f.DueDeliveries(ctx, f.clock.Now().Add(24*time.Hour), 100)
				return len(list), err
			}, 1},
			{"Deliveries/page", func() (int, error) {
				_, total, err := f.Deliveries(ctx, DeliveryFilter{States: []press.State{press.Blocked, press.Unknown}})
				return total, err
			}, 0},
			{"Articles/first", func() (int, error) { list, _, err := f.Articles(ctx, ArticleFilter{}); return len(list), err }, 50},
			{"Articles/search", func() (int, error) {
				_, total, err := f.Articles(ctx, ArticleFilter{Query: "copied"})
				return total, err
			}, many + 1},
			{"PublishedCount/all", func() (int, error) { return f.PublishedCount(ctx, website, nil) }, many + 1},
			{"PublishedCount/rare", func() (int, error) { return f.PublishedCount(ctx, website, press.Column{"Rare"}) }, many / 50},
			{"PublishedColumns", func() (int, error) { list, err := f.PublishedColumns(ctx, website); return len(list), err }, 3},
			{"PublishedBetween/newest", func() (int, error) {
				list, err := f.PublishedBetween(ctx, website, Stretch{Newest: true, Limit: 20})
				return len(list), err
			}, 20},
			{"PublishedBetween/rare", func() (int, error) {
				list, err := f.PublishedBetween(ctx, website, Stretch{Column: press.Column{"Rare"}, From: at, Limit: 20})
				return len(list), err
			}, 20},
			{"PublishedTimes/above", func() (int, error) {
				list, err := f.PublishedTimes(ctx, website, Stretch{Column: press.Column{"News"}, From: at, Limit: 41})
				return len(list), err
			}, 41},
			{"PublishedDates/month", func() (int, error) {
				list, err := f.PublishedDates(ctx, website, Stretch{From: at, Limit: 500})
				return len(list), err
			}, 500},
			{"PublishedNeighbours", func() (int, error) {
				prev, next, err := f.PublishedNeighbours(ctx, website, middle)
				if prev == nil || next == nil {
					return 0, err
				}
				return 2, err
			}, 2},
		} {
			b.Run(q.name, func(b *testing.B) {
				for b.Loop() {
					if n, err := q.ask(); err != nil || n != q.want {
						b.Fatalf("got %d, %v; want %d", n, err, q.want)
					}
				}
			})
		}
	})
}
