package site

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// level is how long a period is.
type level int

const (
	yearLevel level = iota
	monthLevel
	dayLevel   // some days of a month
	clockLevel // some hours, minutes or seconds of a day
)

// period is a stretch of time that a page of a list may be about: a year, a month, or what is left of a month by halving
// it. Which periods there are depends on the calendar alone and not on what was published; its name is its page's file
// without the ending.
//
//	2026  2026-11  2026-11/01-15  2026-11/08-11  2026-11/09  2026-11/09-000000-120000
type period struct {
	level       level
	from, until time.Time // until is the instant after the last
	first, last int       // days of the month, or the second of the day and the one after the last
	name        string
}

func year(y int, zone *time.Location) period {
	return period{yearLevel, time.Date(y, 1, 1, 0, 0, 0, 0, zone), time.Date(y+1, 1, 1, 0, 0, 0, 0, zone), 0, 0, fmt.Sprintf("%04d", y)}
}

func month(y int, m time.Month, zone *time.Location) period {
	from := time.Date(y, m, 1, 0, 0, 0, 0, zone)
	return period{monthLevel, from, time.Date(y, m+1, 1, 0, 0, 0, 0, zone), 0, 0, fmt.Sprintf("%04d-%02d", y, m)}
}

// days are the days first to last of the month that begins at start.
func days(start time.Time, first, last int) period {
	y, m, _ := start.Date()
	p := period{dayLevel, time.Date(y, m, first, 0, 0, 0, 0, start.Location()), time.Date(y, m, last+1, 0, 0, 0, 0, start.Location()), first, last, ""}
	p.name = fmt.Sprintf("%s/%02d-%02d", p.month(), first, last)
	if first == last {
		p.name = fmt.Sprintf("%s/%02d", p.month(), first)
	}
	return p
}

// hours are the seconds from first to before last of a day, counted from its beginning: a day on which the clocks are
// changed has no ambiguous ones.
func hours(day time.Time, first, last int) period {
	at := func(second int) time.Time { return day.Add(time.Duration(second) * time.Second) }
	p := period{clockLevel, at(first), at(last), first, last, ""}
	p.name = fmt.Sprintf("%s/%02d-%06d-%06d", p.month(), day.Day(), clockDigits(first), clockDigits(last))
	return p
}

func clockDigits(second int) int { return second/3600*10_000 + second/60%60*100 + second%60 }

// month is the folder of the pages of a month's parts.
func (p period) month() string { return p.from.Format("2006-01") }

// day is when the day begins in which a period is.
func (p period) day() time.Time {
	y, m, d := p.from.Add(-time.Duration(p.first) * time.Second).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, p.from.Location())
}

func (p period) holds(t time.Time) bool { return !t.Before(p.from) && t.Before(p.until) }

// within reports whether a period is a part of another one, and not that one itself.
func (p period) within(o period) bool {
	return p.name != o.name && !p.from.Before(o.from) && !p.until.After(o.until)
}

// parts are the periods into which a period with too many articles is cut, the earliest first; none for a second.
func (p period) parts() []period {
	switch p.level {
	case yearLevel:
		var out []period
		for m := time.January; m <= time.December; m++ {
			out = append(out, month(p.from.Year(), m, p.from.Location()))
		}
		return out
	case monthLevel:
		return halves(1, p.until.AddDate(0, 0, -1).Day(), func(a, b int) period { return days(p.from, a, b) })
	case dayLevel:
		if p.first < p.last {
			return halves(p.first, p.last, func(a, b int) period { return days(p.from, a, b) })
		}
		seconds := int(p.until.Sub(p.from) / time.Second)
		return []period{hours(p.from, 0, seconds/2), hours(p.from, seconds/2, seconds)}
	}
	if p.last-p.first < 2 {
		return nil
	}
	middle, day := (p.first+p.last)/2, p.day()
	return []period{hours(day, p.first, middle), hours(day, middle, p.last)}
}

func halves(first, last int, of func(first, last int) period) []period {
	middle := (first + last) / 2
	return []period{of(first, middle), of(middle+1, last)}
}

var periodName = regexp.MustCompile(`^([0-9]{4,5})(?:-([0-9]{2})(?:/([0-9]{2})(?:-([0-9]{2})|-([0-9]{6})-([0-9]{6}))?)?)?$`)

// parsePeriod returns the period of a name; false if it is none.
func parsePeriod(name string, zone *time.Location) (period, bool) {
	m := periodName.FindStringSubmatch(name)
	if m == nil {
		return period{}, false
	}
	var n [7]int
	for i, digits := range m[1:] {
		n[i+1], _ = strconv.Atoi(digits) // "" is 0
	}
	var p period
	start := time.Date(n[1], time.Month(n[2]), 1, 0, 0, 0, 0, zone)
	switch {
	case m[2] == "":
		p = year(n[1], zone)
	case m[3] == "":
		p = month(n[1], time.Month(n[2]), zone)
	case m[5] != "":
		p = hours(start.AddDate(0, 0, n[3]-1), seconds(n[5]), seconds(n[6]))
	case m[4] != "":
		p = days(start, n[3], n[4])
	default:
		p = days(start, n[3], n[3])
	}
	return p, p.name == name && p.from.Before(p.until) && m[2] != "00" && m[2] <= "12"
}

// seconds is what clockDigits was made from.
func seconds(digits int) int { return digits/10_000*3600 + digits/100%100*60 + digits%100 }

// span is a period without the instant after it.
func (p period) span() span { return span{p.from, p.until.Add(-1)} }

var periodPage = regexp.MustCompile(`^(.*/)(?:[0-9]{4,5}(?:-[0-9]{2})?|([0-9]{4,5}-[0-9]{2})/[0-9]{2}(?:-[0-9]{2}|-[0-9]{6}-[0-9]{6})?)\.html$`)

// isPeriodPage reports whether a file is the page of a list for a period.
func isPeriodPage(name string) bool { return periodPage.MatchString(name) }

// listOf returns the folder of the list that such a file is of, and the month that has cut it, if one has; "" for any other.
func listOf(name string) (list, month string) {
	if m := periodPage.FindStringSubmatch(name); m != nil {
		return m[1], m[2]
	}
	return "", ""
}
