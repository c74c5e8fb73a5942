//go:build unix

package drill_test

import (
	"testing"
	"time"

	"newsdesk/internal/drill"
	"newsdesk/internal/press"
)

// TestQuietDay: where nothing is hurt everything goes out, on both databases and in every mode.
func TestQuietDay(t *testing.T) {
	t.Parallel()
	for _, database := range []string{drill.SQLite, drill.Postgres} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			w := drill.New(t, drill.Options{Database: database, Accounts: 2, Articles: 3})
			w.Start(drill.Serve("--no-workers"), drill.Worker)
			for i, mode := range press.Modes() {
				w.Schedule(mode, time.Second, i%2, i)
			}
			w.Schedule(press.ModeMass, time.Second, 1, 2, 0)
			report := w.Settle(20 * time.Second)
			report.Must(t, w)
			if report.Live != 3 || report.Box != 1 || report.Once != 3 {
				t.Errorf("%+v", report)
				t.Log(w.Story())
			}
		})
	}
}
