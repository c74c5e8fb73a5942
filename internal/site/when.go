package site

import "time"

// slack is how far the time on an article's page may be from the one in the archive.
const slack = 2 * time.Second

// when is the times at which something in a list may have changed.
type when struct {
	whole bool // at any time
	spans []span
}

// span is a stretch of time, its ends included.
type span struct{ from, to time.Time }

// everywhere stands for "anywhere in the list": every page is compared.
var everywhere = when{whole: true}

// near returns the span around the time on a page.
func near(t time.Time) span { return span{t.Add(-slack), t.Add(slack)} }

// touches reports whether something may have changed from an instant to before another.
func (a when) touches(from, until time.Time) bool {
	for _, s := range a.spans {
		if s.from.Before(until) && !s.to.Before(from) {
			return true
		}
	}
	return a.whole
}
