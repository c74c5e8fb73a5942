package courier

import (
	"slices"
	"time"

	"newsdesk/internal/press"
)

// Pauses are how long the protocol waits, and for what. A zero field has its default; drills and tests shorten them.
type Pauses struct {
	// Retry is the pause after a step's first failed try; each further one doubles it, up to RetryMax. Defaults 1 s and
	// 5 min. Shorter gets over a hiccup sooner and makes more calls in an outage; a person is asked after maxFailures.
	Retry, RetryMax time.Duration
	// Poll are the pauses between looks at a job; the last one stays. Shorter knows the end sooner where the event is lost,
	// and costs more of the 100 polls that an account has in a day. Default 15 s, 30 s, 1, 2, 5, 10, 30 min.
	Poll []time.Duration
	// Mass is how long a mass push's lost answer is left alone before the identical call is repeated. WeChat refuses the
	// same clientmsgid within a minute: shorter only earns that refusal. Default 61 s.
	Mass time.Duration
	// MassWindow is until how long after the first call a mass push is repeated. WeChat remembers a clientmsgid for 24 hours;
	// later the repetition would be a second push, so an hour is left for clocks and queues. Default 23 h.
	MassWindow time.Duration
	// Undecided is how long an unanswered publication is looked for before a person is asked. Shorter asks people about what
	// WeChat is still busy with. Default 10 min.
	Undecided time.Duration
	// Job is how long WeChat may take over a job, the administrator's 30 minutes included, before a person is told. Default 24 h.
	Job time.Duration
	// Quota is the pause between looks once the day's polls are used up. Default 30 min.
	Quota time.Duration
	// Site is the longest pause between looks at the website's page that a push waits for. Shorter sends sooner after the
	// page is mended, for more reads of the database. Default 10 s.
	Site time.Duration
	// After is how long after a push went live it is looked at again, in case WeChat took it down and no event said so. More
	// looks tell of it sooner, and cost more of the 100 polls that an account has in a day. Default 1 h, 1 day, 7 days.
	After []time.Duration
}

func (p Pauses) filled() Pauses {
	setDefault(&p.Retry, time.Second)
	setDefault(&p.RetryMax, 5*time.Minute)
	setDefault(&p.Mass, 61*time.Second)
	setDefault(&p.MassWindow, 23*time.Hour)
	setDefault(&p.Undecided, 10*time.Minute)
	setDefault(&p.Job, 24*time.Hour)
	setDefault(&p.Quota, 30*time.Minute)
	setDefault(&p.Site, 10*time.Second)
	if len(p.After) == 0 {
		p.After = []time.Duration{time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}
	}
	if len(p.Poll) == 0 {
		p.Poll = []time.Duration{
			15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
		}
	}
	return p
}

// Faster returns the pauses divided by a number, for drills before a sandbox whose own clocks run as much faster.
func (p Pauses) Faster(by int) Pauses {
	p = p.filled()
	n := time.Duration(max(1, by))
	for _, d := range []*time.Duration{&p.Retry, &p.RetryMax, &p.Mass, &p.MassWindow, &p.Undecided, &p.Job, &p.Quota, &p.Site} {
		*d /= n
	}
	p.Poll, p.After = slices.Clone(p.Poll), slices.Clone(p.After)
	for _, list := range [][]time.Duration{p.Poll, p.After} {
		for i := range list {
			list[i] /= n
		}
	}
	return p
}

// poll is the pause after so many looks.
func (p Pauses) poll(looks int) time.Duration { return p.Poll[min(looks, len(p.Poll)-1)] }

// retry is the pause after so many failed tries before this one.
func (p Pauses) retry(failures int) time.Duration {
	return min(p.RetryMax, p.Retry<<min(failures, 20))
}

// maxFailures is how many tries of one step may fail, one after another, before a person is asked: with the default pauses
// about half an hour.
const maxFailures = 13

// site is the pause of a push that waits for the website's page: a quarter of the time it has waited already.
func (c *Courier) sitePause(d press.Delivery) time.Duration {
	return min(c.Pauses.Site, max(100*time.Millisecond, c.now().Sub(d.DueAt)/4))
}

const (
	// maxRefires is how often one mass push is asked about by repeating it.
	maxRefires = 12
	// looksForEvent is how many looks a finished mass push's event is waited for.
	looksForEvent = 3
	// shortWait is a wait that is spent in place: giving the claim up for it would take longer, and a nudge may come a second
	// before its moment.
	shortWait = 1500 * time.Millisecond
)
