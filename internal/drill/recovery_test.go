//go:build unix

package drill_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"newsdesk/internal/drill"
	"newsdesk/internal/press"
)

// asShipped are the timing settings that the program has where nothing is configured.
func asShipped() map[string]string {
	return map[string]string{
		"NEWSDESK_DELIVERY_CLAIM": "15s", "NEWSDESK_DELIVERY_SWEEP": "2s", "NEWSDESK_DELIVERY_WAKE_EARLY": "5s",
		"NEWSDESK_DELIVERY_HASTE": "1",
	}
}

// recoveryPromise is within what a due delivery fires after kill -9 of its worker, at the 99th percentile.
const recoveryPromise = 20 * time.Second

// BenchmarkRecovery measures how long a due delivery waits after the worker that held it was killed with SIGKILL, with the
// settings as shipped. Three workers work, pushes are due all the time, and every few seconds, at a random moment, one worker
// is killed and another started in its place: so workers die while they prepare, wait for an instant, or call. Measured is
// from the kill, or from the instant where that came later, to the irrevocable call's arrival in the sandbox's log, for every
// delivery that the dead worker had claimed and not called yet.
//
//	RECOVERY_KILLS  default 10, which takes a minute and a half on each database
func BenchmarkRecovery(b *testing.B) {
	kills := count(b, "RECOVERY_KILLS", 10)
	for _, database := range []string{drill.SQLite, drill.Postgres} {
		b.Run(database, func(b *testing.B) {
			for b.Loop() {
				if late := figures(b, recovery(b, database, kills), "deliveries"); late > recoveryPromise {
					b.Errorf("a due delivery fired %s after its worker was killed; promised are %s at the 99th percentile", late, recoveryPromise)
				}
			}
		})
	}
}

const (
	killEvery = 8 * time.Second
	dueEvery  = 250 * time.Millisecond
	inAdvance = 8 * time.Second // composed so long before their time: prepared, and then waited for
)

// recovery is a day of kills; orphans are by the time of the last kill that hit them.
func recovery(b *testing.B, database string, kills int) (out []time.Duration) {
	b.Helper()
	r := rand.New(rand.NewPCG(uint64(kills), 20))
	day := time.Duration(kills+1) * killEvery
	pushes := int(day / dueEvery)
	accounts := pushes/70 + 1
	w := drill.New(b, drill.Options{Database: database, Accounts: accounts, Articles: 4, Settings: asShipped()})
	workers := w.Start(drill.Serve("--no-workers"), drill.Worker, drill.Worker, drill.Worker)[1:]
	begun, orphans, next := time.Now(), map[press.DeliveryID]time.Time{}, killEvery/2
	for i := range pushes {
		due := begun.Add(inAdvance + time.Duration(i)*dueEvery)
		time.Sleep(time.Until(due.Add(-inAdvance)))
		w.Schedule(press.ModePublish, time.Until(due), i%accounts, i%4)
		if time.Since(begun) < next {
			continue
		}
		next += killEvery/2 + time.Duration(r.Int64N(int64(killEvery)))
		n := r.IntN(len(workers))
		workers[n].Kill()
		at := workers[n].KilledAt()
		for _, id := range heldBy(b, w, workers[n]) {
			orphans[id] = at
		}
		workers[n] = w.Restart(workers[n])
	}
	report := w.Settle(inAdvance + 90*time.Second)
	report.Must(b, w)
	for _, v := range report.Verdicts {
		at, orphan := orphans[v.Delivery.ID]
		if !orphan || v.Effects == 0 || v.First.Before(at) {
			continue
		}
		if v.At.After(at) {
			at = v.At
		}
		out = append(out, v.First.Sub(at))
	}
	b.Logf("%s: %d pushes, %d of them held by a worker that was killed; once %d, twice %d, lost %d, early %d, claims shared %d",
		database, pushes, len(orphans), report.Once, report.Twice, report.Lost, report.Early, report.Shared)
	return out
}

// figures reports the quantiles in milliseconds, and returns the 99th percentile.
func figures(b *testing.B, all []time.Duration, what string) time.Duration {
	b.Helper()
	if len(all) == 0 {
		b.Fatal("nothing was measured")
	}
	slices.Sort(all)
	at := func(q float64) time.Duration { return all[min(len(all)-1, int(q*float64(len(all))))] }
	for name, q := range map[string]float64{"p50-ms": 0.5, "p99-ms": 0.99, "max-ms": 1} {
		b.ReportMetric(float64(at(q).Microseconds())/1000, name)
	}
	b.ReportMetric(float64(len(all)), what)
	b.ReportMetric(0, "ns/op")
	return at(0.99)
}

// BenchmarkPunctualProcesses measures how late the irrevocable calls of real worker processes arrive at WeChat: two workers on
// this machine, a real redis-server, the settings as shipped, the drafts prepared beforehand. The editions become due evenly
// over the spread; lateness is the arrival in the sandbox's log less the time that an editor chose.
//
//	NEWSDESK_BENCH_DELIVERIES  default 200
//	NEWSDESK_BENCH_SPREAD      default 12s
func BenchmarkPunctualProcesses(b *testing.B) {
	deliveries := count(b, "NEWSDESK_BENCH_DELIVERIES", 200)
	spread := 12 * time.Second
	if text := os.Getenv("NEWSDESK_BENCH_SPREAD"); text != "" {
		var err error
		if spread, err = time.ParseDuration(text); err != nil {
			b.Fatal(err)
		}
	}
	for _, database := range []string{drill.SQLite, drill.Postgres} {
		b.Run(database, func(b *testing.B) {
			for b.Loop() {
				punctual(b, database, deliveries, spread)
			}
		})
	}
}

// punctual has every seventieth edition sent to all followers: an account has only so many of those.
func punctual(b *testing.B, database string, deliveries int, spread time.Duration) {
	b.Helper()
	accounts := max(2, deliveries/70)
	w := drill.New(b, drill.Options{Database: database, Accounts: accounts, Articles: 8, Settings: asShipped()})
	w.Start(drill.Serve("--no-workers"), drill.Worker, drill.Worker)
	first := time.Duration(deliveries)*100*time.Millisecond + 20*time.Second // to compose and prepare them all
	begun := time.Now()
	for i := range deliveries {
		mode := press.ModePublish
		if i < accounts {
			mode = press.ModeMass
		}
		due := begun.Add(first + spread*time.Duration(i)/time.Duration(deliveries))
		w.Schedule(mode, time.Until(due), i%accounts, i%8)
	}
	if left := time.Until(begun.Add(first)); left < 8*time.Second {
		b.Fatalf("this machine is too slow: %s were left when all were composed", left)
	}
	report := w.Settle(first + spread + time.Minute)
	report.Must(b, w)
	unprepared := 0
	var late []time.Duration
	for _, v := range report.Verdicts {
		if v.Effects > 0 {
			late = append(late, v.Late())
		}
		if v.Delivery.PreparedAt.After(v.At.Add(-6 * time.Second)) {
			unprepared++
		}
	}
	if unprepared > 0 || len(late) != deliveries {
		b.Errorf("%d drafts were not ready before their time, %d of %d went out", unprepared, len(late), deliveries)
	}
	figures(b, late, "pushes")
	if report.Early > 0 {
		b.Errorf("%d went out early", report.Early)
	}
}

func count(b *testing.B, name string, otherwise int) int {
	b.Helper()
	n := otherwise
	if text := os.Getenv(name); text != "" {
		if _, err := fmt.Sscan(text, &n); err != nil || n < 1 {
			b.Fatalf("%s is %q; want a number from 1", name, text)
		}
	}
	return n
}
