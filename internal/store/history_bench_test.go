package store

import (
	"testing"
	"time"

	"newsdesk/internal/press"
)

// BenchmarkHistory asks a log of 200,000 entries: what concerns an article is found by indexes, however long it is.
func BenchmarkHistory(b *testing.B) {
	f := newFixture(b, openTestSQLite)
	a := f.approved("会议")
	f.compose(f.clock.Now().Add(time.Hour), a)
	f.ok(f.write(f.Context(), "fill", func(t *tx) error {
		return t.must(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
			INSERT INTO audit (at, actor, actor_name, action, subject, detail) SELECT $1 + i, 'x', 'x', 'article.revise', 's' || i, '' FROM n`, micros(t.now))
	}))
	for name, filter := range map[string]press.HistoryFilter{
		"everything": {}, "article": {Article: a.ID}, "own": {Own: f.author.ID}, "time": {Until: f.clock.Now().Add(-time.Hour)},
		"without": {Without: []string{"user"}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f.history(filter)
			}
		})
	}
}
