package page

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"newsdesk/internal/press"
	"newsdesk/internal/web/words"
)

// Formats writes times and numbers in a reader's form and the office's zone.
type Formats struct {
	Lang  press.Lang
	Zone  *time.Location
	Words *words.Words
	Now   func() time.Time
}

// Formats returns the reader's forms.
func (r *Request) Formats() Formats {
	return Formats{Lang: r.Lang, Zone: r.kit.Zone, Words: r.Words(), Now: r.kit.Now}
}

// Clock is the time of day.
func (f Formats) Clock(at time.Time) template.HTML {
	return f.element(at, at.In(f.Zone).Format("15:04"))
}

// Date is the day, with its year where that is another one.
func (f Formats) Date(at time.Time) template.HTML { return f.element(at, f.day(at)) }

// Moment is day and time: "today 07:00", "11月23日 07:00".
func (f Formats) Moment(at time.Time) template.HTML {
	return f.element(at, f.MomentText(at))
}

// MomentText is Moment as plain text.
func (f Formats) MomentText(at time.Time) string {
	if at.IsZero() {
		return "—"
	}
	return f.near(at) + " " + at.In(f.Zone).Format("15:04")
}

// Day is the day with its weekday, for headings.
func (f Formats) Day(at time.Time) string {
	local := at.In(f.Zone)
	if f.Lang == press.Chinese {
		return f.day(at) + " " + []string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}[local.Weekday()]
	}
	return local.Format("Mon") + ", " + f.day(at)
}

func (f Formats) near(at time.Time) string {
	now := f.Now().In(f.Zone)
	today := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, time.UTC)
	local := at.In(f.Zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 12, 0, 0, 0, time.UTC)
	switch int(day.Sub(today).Hours() / 24) {
	case 0:
		return f.Words.T("time.today")
	case 1:
		return f.Words.T("time.tomorrow")
	case -1:
		return f.Words.T("time.yesterday")
	}
	return f.day(at)
}

func (f Formats) day(at time.Time) string {
	local := at.In(f.Zone)
	same := local.Year() == f.Now().In(f.Zone).Year()
	switch {
	case f.Lang == press.Chinese && same:
		return local.Format("1月2日")
	case f.Lang == press.Chinese:
		return local.Format("2006年1月2日")
	case same:
		return local.Format("2 Jan")
	}
	return local.Format("2 Jan 2006")
}

// element says the exact instant to programs, and shows it to whoever points at it.
func (f Formats) element(at time.Time, shown string) template.HTML {
	if at.IsZero() {
		return "—"
	}
	local := at.In(f.Zone)
	return Markup(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`,
		local.Format(time.RFC3339), local.Format("2006-01-02 15:04:05 MST"), template.HTMLEscapeString(shown)))
}

// Number groups digits.
func (f Formats) Number(n any) string {
	tag := language.Chinese
	if f.Lang == press.English {
		tag = language.English
	}
	return message.NewPrinter(tag).Sprintf("%d", n)
}

// Size is a number of bytes for people.
func (f Formats) Size(bytes int64) string {
	if bytes < 1_000_000 {
		return f.Words.T("page.bytes_kb", "n", max(1, (bytes+500)/1000))
	}
	key, unit := "page.bytes_mb", 1e6
	if bytes >= 1e9 {
		key, unit = "page.bytes_gb", 1e9
	}
	n, digits := float64(bytes)/unit, 1
	if n >= 100 {
		digits = 0
	}
	return f.Words.T(key, "n", strings.TrimSuffix(strconv.FormatFloat(n, 'f', digits, 64), ".0"))
}
