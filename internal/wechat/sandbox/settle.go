package sandbox

import "time"

// Jobs end when their time has come: a timer ends them, and so does any read that comes later than that, so that a clock
// moved by a test is obeyed without one.

// arrange makes sure that a job ends at its time. The lock is held.
func (s *Sandbox) arrange(a *account, key string, due time.Time) {
	a.waiting[key] = due
	if s.cfg.PublishDelay < 0 {
		s.settleDue(a, due)
		return
	}
	s.wake(a, key, due.Sub(s.now()))
}

func (s *Sandbox) wake(a *account, key string, in time.Duration) {
	time.AfterFunc(max(0, in), func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		due, waits := a.waiting[key]
		if !waits || s.closed {
			return
		}
		now := s.now()
		if left := due.Sub(now); left > 0 {
			if s.cfg.Now == nil { // a clock of the caller's own is followed by reads and by Settle
				s.wake(a, key, left)
			}
			return
		}
		s.settleJob(a, key, now)
	})
}

// Settle ends every job whose time has come by the sandbox's clock. Only a test with a clock of its own needs it.
func (s *Sandbox) Settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		s.settleDue(a, s.now())
	}
}

// settleDue ends the jobs of an account that are due. The lock is held.
func (s *Sandbox) settleDue(a *account, now time.Time) {
	for key, due := range a.waiting {
		if !now.Before(due) {
			s.settleJob(a, key, now)
		}
	}
}

func (s *Sandbox) settleJob(a *account, key string, now time.Time) {
	delete(a.waiting, key)
	if p, found := a.published.get(key); found && !p.Settled {
		s.settlePublication(a, p, now)
	}
	if m, found := a.masses.get(key); found && !m.Settled {
		s.settleMass(a, m, now)
	}
}
