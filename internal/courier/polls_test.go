package courier_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/courier"
	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/wechat/sandbox"
)

// jumping is a clock that runs, and that tests put forward.
type jumping struct {
	sync.Mutex
	ahead time.Duration
}

func (j *jumping) Now() time.Time {
	j.Lock()
	defer j.Unlock()
	return time.Now().Add(j.ahead)
}

func (j *jumping) to(at time.Time) {
	j.Lock()
	defer j.Unlock()
	if d := time.Until(at.Add(-j.ahead)); d > 0 {
		j.ahead += d
	}
}

// simulation is a day of an account, driven from one moment at which something is due to the next. No event arrives.
type simulation struct {
	publications int
	delay        time.Duration // that WeChat takes for each
	unplanned    bool          // each is composed a minute before its time, so that the calendar does not know
	failing      int           // one in so many fails
	lost         int           // the answer of one in so many is lost
}

// report is what became of it.
type report struct {
	gets, lists            int64
	median, worst, worst99 time.Duration // from the call to the result
	live, blocked          int
}

const (
	submits   = 1000 // a day, of an account with many followers
	pollsADay = 100 / dayScale
)

func (s simulation) run(t *testing.T) report {
	t.Helper()
	clock := &jumping{}
	day := press.DayOf(time.Now().AddDate(0, 0, 1)) // all of it lies ahead
	o := newOffice(t, setup{idle: true, wake: time.Millisecond, now: clock.Now, box: func(c *sandbox.Config) {
		c.Now, c.PublishDelay = clock.Now, s.delay
		c.Accounts[0].CallbackURL = ""
		c.Accounts[0].Daily = map[string]int{
			press.CallPublish: submits, press.CallDraftGet: 2000, press.CallPublishGet: pollsADay, press.CallPublishList: pollsADay,
		}
	}, courier: func(c *courier.Config) {
		c.Now, c.Queue, c.Pauses, c.Claim = clock.Now, silent{}, courier.Pauses{}, 10*time.Minute
	}})
	for i := range s.publications {
		if s.failing > 0 && i%s.failing == 0 {
			o.fault(sandbox.Fault{Path: "freepublish/submit", PublishStatus: 3, Skip: i, Times: 1})
		}
		if s.lost > 0 && i%s.lost == 1 {
			o.fault(sandbox.Fault{Path: "freepublish/submit", ReplyLost: sandbox.LostReset, Skip: i, Times: 1})
		}
	}
	c := o.newCourier("worker")
	clock.to(day.From.Add(time.Minute))
	o.ok(c.AskQuota(t.Context(), o.accounts[0].Name()))
	random := rand.New(rand.NewPCG(1, 2))
	var times []time.Time
	for range s.publications { // between seven and half past eleven at night, most of them by day
		hours := 7 + 16.5*(random.Float64()+random.Float64())/2
		times = append(times, day.From.Add(time.Duration(hours*float64(time.Hour)).Truncate(time.Minute)))
	}
	slices.SortFunc(times, time.Time.Compare)
	for i := range times { // one after the other: an article goes out once at one instant
		times[i] = times[i].Add(time.Duration(i%50) * time.Second)
	}
	var ids []press.DeliveryID
	for len(times) > 0 || clock.Now().Before(day.Until.Add(-time.Second)) {
		for len(times) > 0 && (!s.unplanned || !times[0].Add(-time.Minute).After(clock.Now())) {
			ids = append(ids, o.composeAt(times[0]))
			times = times[1:]
		}
		next := day.Until.Add(-time.Second)
		if len(times) > 0 {
			next = times[0].Add(-time.Minute)
		}
		s.step(o, c, clock, next)
	}
	return s.judge(o, ids, day)
}

func (o *office) composeAt(at time.Time) press.DeliveryID {
	o.Helper()
	_, deliveries, err := o.desk.Compose(o.Context(), press.System(), desk.NewEdition{Mode: press.ModePublish, At: at, Articles: []press.ArticleID{o.article.ID}})
	o.ok(err)
	return deliveries[0].ID
}

// step drives what is due, or puts the clock to where something is.
func (simulation) step(o *office, c *courier.Courier, clock *jumping, until time.Time) {
	o.Helper()
	due, err := o.store.DueDeliveries(o.Context(), until, 500)
	o.ok(err)
	if len(due) == 0 || due[0].NextAt.After(until) {
		clock.to(until)
		return
	}
	clock.to(due[0].NextAt)
	for _, d := range due {
		if !d.NextAt.After(clock.Now()) {
			c.DriveNow(d.ID)
		}
	}
}

func (s simulation) judge(o *office, ids []press.DeliveryID, day press.Span) (r report) {
	o.Helper()
	var waits []time.Duration
	for _, id := range ids {
		switch d := o.load(id); d.State {
		case press.Live:
			r.live++
			waits = append(waits, d.LiveAt.Sub(d.FiredAt))
		case press.Blocked:
			r.blocked++
			waits = append(waits, d.Reason.At.Sub(d.FiredAt))
		default:
			o.Errorf("at the end of the day a publication of %s is %s, looked at %d times", d.FiredAt, d.State, d.Looks)
		}
	}
	slices.Sort(waits)
	r.median, r.worst99, r.worst = waits[len(waits)/2], waits[len(waits)*99/100], waits[len(waits)-1]
	known, err := o.store.Tallies(o.Context(), o.accounts[0].Ledger().Key, day.Name)
	o.ok(err)
	for call, at := range map[string]*int64{press.CallPublishGet: &r.gets, press.CallPublishList: &r.lists} {
		told, err := o.accounts[0].Quota(o.Context(), call)
		o.ok(err)
		if *at = told.Used; told.Used > pollsADay || told.Used != known[call].Used {
			o.Errorf("%s was called %d times, and the ledger says %d", call, told.Used, known[call].Used)
		}
	}
	if _, effects := o.fired(0); effects != len(ids) {
		o.Errorf("%d publications were made of %d", effects, len(ids))
	}
	o.Logf("%d publications: %d live, %d blocked; %d questions, %d lists; from the call to the result %s at the median, %s at the 99th percentile, %s at most",
		len(ids), r.live, r.blocked, r.gets, r.lists, r.median.Round(time.Second), r.worst99.Round(time.Second), r.worst.Round(time.Second))
	return r
}

// silent is a queue that carries nothing.
type silent struct{}

func (silent) Nudge(context.Context, press.Delivery) error         { return nil }
func (silent) Start(func(context.Context, press.DeliveryID)) error { return nil }
func (silent) Close()                                              {}

// TestPollsOfADay: with every event lost, an account stays inside its 100 questions and 100 lists of the day, and all it
// published is settled by its end; few publications are known of as soon as ever.
//
// It is busy from beginning to end and would make the other tests' calls slow, so it runs by itself.
func TestPollsOfADay(t *testing.T) { //nolint:paralleltest // see above
	for name, c := range map[string]struct {
		simulation
		median, worst time.Duration // at most
	}{
		"ten": {simulation{publications: 10 / dayScale, delay: 2 * time.Second}, 20 * time.Second, 20 * time.Second},
		"150": {simulation{publications: 150 / dayScale, delay: 2 * time.Second}, 5 * time.Minute, 30 * time.Minute},
		"150, slow, some fail or lost": {
			simulation{publications: 150 / dayScale, delay: 40 * time.Second, failing: 30, lost: 30},
			15 * time.Minute, 2 * time.Hour,
		},
		"150, unplanned": {simulation{publications: 150 / dayScale, delay: 2 * time.Second, unplanned: true}, 15 * time.Minute, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if dayScale > 1 && c.failing == 0 && c.publications > 10 {
				t.Skip("too slow with the race detector")
			}
			r := c.run(t)
			if r.median > c.median || r.worst > c.worst {
				t.Errorf("the result is known after %s at the median and %s at most, want %s and %s", r.median, r.worst, c.median, c.worst)
			}
			if c.failing == 0 && r.blocked > 0 {
				t.Errorf("%d are blocked", r.blocked)
			}
		})
	}
}
