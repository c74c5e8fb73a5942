//go:build unix

package drill_test

import (
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/drill"
	"newsdesk/internal/press"
)

var (
	whole  = flag.Bool("whole", false, "every cell of the matrix, not one of each row")
	every  = flag.Int("every", 1, "one of so many rows of the matrix")
	chosen = flag.String("rows", "", "only the rows whose group and name, with a colon between them, match this expression")
	atOnce = flag.Int("cells", 6, "cells of the matrix that run at the same time")
)

// column is a mode on a database.
type column struct {
	database string
	mode     press.Mode
}

// columns are those in which a row makes sense.
func (r row) columns() (out []column) {
	for _, database := range []string{drill.SQLite, drill.Postgres} {
		for _, mode := range press.Modes() {
			if (r.databases == nil || slices.Contains(r.databases, database)) && (r.modes == nil || slices.Contains(r.modes, mode)) {
				out = append(out, column{database, mode})
			}
		}
	}
	return out
}

// TestMatrix hurts a delivery in every way there is, in every mode and on both databases, and has the sandbox's log say
// what became of it. Without -whole each row runs in one column, and the next row in the next; with -every n one row of n.
func TestMatrix(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs real processes for minutes")
	}
	began := time.Now()
	type job struct {
		row
		column
	}
	jobs := make(chan job)
	var table tally
	var workers sync.WaitGroup
	for range *atOnce {
		workers.Go(func() {
			for j := range jobs {
				start := time.Now()
				var report drill.Report
				ran := false
				passed := t.Run(strings.ReplaceAll(fmt.Sprintf("%s/%s/%s-%s", j.group, j.name, j.database, j.mode), " ", "_"), func(t *testing.T) {
					report = j.run(t, j.database, j.mode)
					ran = true
				})
				table.add(j.row, report, ran, passed, time.Since(start))
			}
		})
	}
	wanted := regexp.MustCompile(*chosen)
	for i, r := range rows() {
		if !wanted.MatchString(r.group + ": " + r.name) {
			continue
		}
		columns := r.columns()
		if !*whole {
			if i%*every != 0 {
				continue
			}
			columns = columns[i / *every % len(columns):][:1]
		}
		for _, col := range columns {
			jobs <- job{r, col}
		}
	}
	close(jobs)
	workers.Wait()
	fmt.Print(table.String(), "\n  ", time.Since(began).Round(time.Second), ", ", *atOnce, " cells at a time\n")
}

// counts are the sums of a group of rows.
type counts struct {
	cells, once, none, twice, lost, early, live, box, blocked, changed, shared, spare, skipped, failed int
	slowest                                                                                            time.Duration
}

// tally is the matrix's counts.
type tally struct {
	mu     sync.Mutex
	groups []string
	sums   map[string]*counts
	asked  []string // where a person was asked, and why
}

func (y *tally) add(r row, report drill.Report, ran, passed bool, took time.Duration) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.sums == nil {
		y.sums = map[string]*counts{}
	}
	for _, v := range report.Verdicts {
		if d := v.Delivery; d.State == press.Blocked {
			y.asked = append(y.asked, fmt.Sprintf("%s, %s, %s: %s (calls with effect: %d)", r.group, r.name, d.Mode, d.Reason.Code, v.Effects))
		}
	}
	for _, group := range []string{r.group, "all"} {
		c := y.sums[group]
		if c == nil {
			c = &counts{}
			y.sums[group] = c
			if group != "all" {
				y.groups = append(y.groups, group)
			}
		}
		switch {
		case !passed:
			c.failed++
		case !ran:
			c.skipped++
			continue
		}
		c.cells++
		c.once, c.none, c.twice = c.once+report.Once, c.none+report.None, c.twice+report.Twice
		c.lost, c.early, c.changed = c.lost+report.Lost, c.early+report.Early, c.changed+report.Changed
		c.live, c.box, c.blocked = c.live+report.Live, c.box+report.Box, c.blocked+report.Blocked
		c.spare = c.spare + report.Spare
		if !r.clocks {
			c.shared += report.Shared
		}
		c.slowest = max(c.slowest, took)
	}
}

// String writes the table.
func (y *tally) String() string {
	const form = "  %-42s %5v %5v %5v %5v %5v %7v %5v %5v %5v %7v %6v %5v %6v %7v %7v\n"
	var out strings.Builder
	fmt.Fprintf(&out, form, "", "cells", "once", "none", "live", "box", "blocked", "lost", "twice", "early", "changed", "shared", "spare", "failed", "skipped", "slowest")
	for _, group := range append(slices.Clone(y.groups), "all") {
		c := y.sums[group]
		if c == nil {
			continue
		}
		fmt.Fprintf(&out, form, group, c.cells, c.once, c.none, c.live, c.box, c.blocked, c.lost, c.twice, c.early, c.changed, c.shared,
			c.spare, c.failed, c.skipped, c.slowest.Round(100*time.Millisecond))
	}
	slices.Sort(y.asked)
	for _, line := range slices.Compact(y.asked) {
		fmt.Fprintln(&out, "  a person is asked:", line)
	}
	return out.String()
}
