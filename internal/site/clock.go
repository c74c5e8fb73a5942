package site

import (
	"context"
	"slices"
	"time"

	"newsdesk/internal/press"
)

// monthTimes is how many articles of a month are asked for at once. Of a month with more, each question is asked by itself.
const monthTimes = 4096

// clock answers when the articles of a column went live, within one operation. Questions about one month after another
// come in dozens, so that a month's times are asked for together, and the archive a few times instead of many.
type clock struct {
	s      *Site
	ctx    context.Context
	column press.Column
	months map[time.Time][]time.Time // by when a month begins; nil: too many
}

// clockOf returns the clock of a column, which within one operation is one for all who ask.
func (s *Site) clockOf(w *writer, column press.Column) *clock {
	dir := listDir(column)
	if w.clocks[dir] == nil {
		w.clocks[dir] = &clock{s: s, ctx: w.ctx, column: column}
	}
	return w.clocks[dir]
}

// month returns the times of the month of an instant; false where there are too many.
func (c *clock) month(t time.Time) (p period, times []time.Time, ok bool, err error) {
	t = t.In(c.s.cfg.Zone)
	p = month(t.Year(), t.Month(), c.s.cfg.Zone)
	key := p.from.UTC()
	if times, known := c.months[key]; known {
		return p, times, times != nil, nil
	}
	times, err = c.ask(Stretch{From: p.from, Until: p.until, Limit: monthTimes})
	if err != nil {
		return p, nil, false, err
	}
	if c.months == nil {
		c.months = map[time.Time][]time.Time{}
	}
	if c.months[key] = append([]time.Time{}, times...); len(times) == monthTimes {
		c.months[key] = nil
	}
	return p, times, len(times) < monthTimes, nil
}

func (c *clock) ask(s Stretch) ([]time.Time, error) {
	s.Column = c.column
	return c.s.cfg.Archive.Times(c.ctx, s)
}

// count returns how many articles there are from an instant until before another, up to a limit.
func (c *clock) count(from, until time.Time, limit int) (int, error) {
	p, times, ok, err := c.within(from, until)
	if err != nil {
		return 0, err
	}
	if !ok || until.After(p.until) {
		if c.known(from, until) >= limit {
			return limit, nil
		}
		times, err = c.ask(Stretch{From: from, Until: until, Limit: limit})
		return len(times), err
	}
	return min(countIn(times, from, until), limit), nil
}

// known returns how many articles there are between two instants at least, as far as months have been asked for.
func (c *clock) known(from, until time.Time) (n int) {
	for _, times := range c.months {
		n += countIn(times, from, until)
	}
	return n
}

// countIn counts the times, which are in order, from an instant until before another.
func countIn(times []time.Time, from, until time.Time) int {
	first, _ := slices.BinarySearchFunc(times, from, time.Time.Compare)
	last, _ := slices.BinarySearchFunc(times, until, time.Time.Compare)
	return max(0, last-first)
}

// within is month for a stretch that is in one.
func (c *clock) within(from, until time.Time) (p period, times []time.Time, ok bool, err error) {
	if until.Sub(from) > 31*24*time.Hour {
		return p, nil, false, nil
	}
	return c.month(from)
}

// before returns the last time before an instant; zero if there is none.
func (c *clock) before(t time.Time) (time.Time, error) {
	_, times, ok, err := c.month(t.Add(-1))
	if err != nil {
		return time.Time{}, err
	}
	if i, _ := slices.BinarySearchFunc(times, t, time.Time.Compare); ok && i > 0 {
		return times[i-1], nil
	}
	return c.one(Stretch{Until: t, Newest: true, Limit: 1})
}

// after returns the first time from an instant on; zero if there is none.
func (c *clock) after(t time.Time) (time.Time, error) {
	_, times, ok, err := c.month(t)
	if err != nil {
		return time.Time{}, err
	}
	if i, _ := slices.BinarySearchFunc(times, t, time.Time.Compare); ok && i < len(times) {
		return times[i], nil
	}
	return c.one(Stretch{From: t, Limit: 1})
}

func (c *clock) one(s Stretch) (time.Time, error) {
	times, err := c.ask(s)
	if err != nil || len(times) == 0 {
		return time.Time{}, err
	}
	return times[0], nil
}
