package sandbox

import "fmt"

// PublishByHand plays a colleague who presses 发表 on a draft in WeChat's own console: with notify it is a mass send (群发),
// which takes from the same allowance, otherwise a publication, which freepublish/batchget lists. It is over at once, and no
// event tells of it.
func (s *Sandbox) PublishByHand(appid, mediaID string, notify bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, d, err := s.inBox(appid, mediaID)
	if err != nil {
		return err
	}
	now, silent := s.now(), eventPlan{Event: EventLost}
	if !notify {
		s.settlePublication(a, &publication{
			ID: a.takeJobID(), MsgDataID: a.takeJobID(), MediaID: mediaID, Articles: d.Articles, Submitted: now, Due: now, Plan: silent,
		}, now)
		return nil
	}
	span, limit := a.allowance(s.cfg.Limits, now)
	if over(a.counts.add(span, sendsToday), limit) {
		return refuse(45028, "has no masssend quota")
	}
	m := &mass{
		ID: a.takeMsgID(), MsgDataID: a.takeJobID(), Kind: "mpnews", MediaID: mediaID, Articles: d.Articles, ToAll: true,
		Submitted: now, Due: now, Ending: endSuccess, Plan: silent,
	}
	a.masses.put(jobKey(m.ID), m)
	s.settleMass(a, m, now)
	return nil
}

// DeleteByHand plays a colleague who throws a draft away in WeChat's own console.
func (s *Sandbox) DeleteByHand(appid, mediaID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, _, err := s.inBox(appid, mediaID)
	if err == nil {
		s.dropDraft(a, mediaID)
	}
	return err
}

// inBox finds a draft. The lock is held.
func (s *Sandbox) inBox(appid, mediaID string) (*account, *draft, error) {
	a := s.byAppID[appid]
	if a == nil {
		return nil, nil, fmt.Errorf("sandbox: there is no account %q", appid)
	}
	d, found := a.drafts.get(mediaID)
	if !found {
		return nil, nil, fmt.Errorf("sandbox: there is no such draft of %s", appid)
	}
	return a, d, nil
}
