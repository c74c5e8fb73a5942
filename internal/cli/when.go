package cli

import (
	"strings"
	"time"
)

// parseTime reads a time as an operator writes it, in a zone: now, +10m, 07:00 (the next one), 2026-11-23 07:00, RFC 3339.
func parseTime(s string, now time.Time, zone *time.Location) (time.Time, error) {
	s = strings.TrimSpace(s)
	now = now.In(zone)
	if s == "now" {
		return now, nil
	}
	if span, ok := strings.CutPrefix(s, "+"); ok {
		if d, err := time.ParseDuration(span); err == nil && d >= 0 {
			return now.Add(d), nil
		}
		return time.Time{}, badTime(s)
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.In(zone), nil
	}
	for _, layout := range []string{"15:04", "15:04:05"} {
		if clock, err := time.Parse(layout, s); err == nil {
			return nextClock(clock, now, s)
		}
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.Parse(layout, s); err == nil {
			return onWallClock(at.Year(), at.Month(), at.Day(), at, zone, s)
		}
	}
	return time.Time{}, badTime(s)
}

// nextClock is the next moment at which the clock shows a time: today, or else tomorrow.
func nextClock(clock, now time.Time, s string) (time.Time, error) {
	at, err := onWallClock(now.Year(), now.Month(), now.Day(), clock, now.Location(), s)
	if err == nil && !at.After(now) {
		at, err = onWallClock(now.Year(), now.Month(), now.Day()+1, clock, now.Location(), s)
	}
	return at, err
}

// onWallClock refuses a time that the zone's clock skips, where summer time begins.
func onWallClock(year int, month time.Month, day int, clock time.Time, zone *time.Location, s string) (time.Time, error) {
	at := time.Date(year, month, day, clock.Hour(), clock.Minute(), clock.Second(), 0, zone)
	if at.Hour() != clock.Hour() || at.Minute() != clock.Minute() {
		return at, usage("The clock in %[2]s skips %[1]s; choose another time.", "%[2]s 的时钟会跳过 %[1]s，请另选时间。", s, zone.String())
	}
	return at, nil
}

func badTime(s string) error {
	return usage("%q is not a time; write now, +10m, 07:00, “2026-11-23 07:00” or 2026-11-23T07:00:00+08:00.",
		"%q 不是有效的时间，可写 now、+10m、07:00、“2026-11-23 07:00”或 2026-11-23T07:00:00+08:00。", s)
}

// showTime writes a time in a zone, to the second; nothing for no time.
func showTime(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("2006-01-02 15:04:05")
}
