package sandbox

import (
	"net/url"
	"strings"
	"time"
)

// More of what can happen to the event of a job.
const (
	EventEarly    = "early"    // it arrives before the reply to the call that made the job, which has ended by then
	EventForged   = "forged"   // somebody without the token first says that the job ended otherwise
	EventStale    = "stale"    // the same, correctly signed a third of an hour ago
	EventReplayed = "replayed" // the true event's signed address is used again, to say that the job ended otherwise
)

// staleBy is how old the timestamp of a stale event is.
const staleBy = 20 * time.Minute

func eventNames() []string {
	return []string{"", EventLost, EventDoubled, EventOtherKind, EventLate, EventEarly, EventForged, EventStale, EventReplayed}
}

// contrary is the event with the opposite ending: what somebody would say who wants a delivery to be believed refused.
func contrary(e event) event {
	e.body = strings.NewReplacer("<publish_status>0<", "<publish_status>4<", endSuccess, "err(20001)").Replace(e.body)
	return e
}

// postPlanned offers an event, and what a fault ordered around it.
func (s *Sandbox) postPlanned(to Account, plan eventPlan, e event) {
	switch plan.Event {
	case EventForged:
		forger := to
		forger.CallbackToken = "not " + to.CallbackToken
		_ = s.postOnce(to, contrary(e), 1, signedQuery(forger, s.now()))
	case EventStale:
		_ = s.postOnce(to, contrary(e), 1, signedQuery(to, s.now().Add(-staleBy)))
	case EventReplayed:
		query := signedQuery(to, s.now())
		for _, said := range []event{e, contrary(e)} {
			_ = s.postOnce(to, said, 1, copied(query))
		}
		return
	case EventDoubled:
		s.post(to, e)
	}
	s.post(to, e)
}

func copied(q url.Values) url.Values {
	out := url.Values{}
	for k, v := range q {
		out[k] = v
	}
	return out
}

// postEarly ends the job that a call has just made, and offers its event, before the call is answered.
func (c *call) postEarly() {
	if c.fault.Event != EventEarly || c.job == "" {
		return
	}
	s, a := c.s, c.acct
	s.mu.Lock()
	now := s.now()
	s.settleJob(a, c.job, now)
	var e event
	if p, found := a.published.get(c.job); found {
		e = s.publishEvent(a, p, now)
	} else if m, found := a.masses.get(c.job); found {
		e = s.massEvent(a, m, now)
	}
	to := a.cfg
	s.mu.Unlock()
	if e.name != "" && to.CallbackURL != "" {
		s.post(to, e)
	}
}
