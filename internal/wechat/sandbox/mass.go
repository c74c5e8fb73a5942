package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// The states of a send. The platform shows massApproval as SENDING.
const (
	massApproval = "APPROVAL"
	massSending  = "SENDING"
	massSuccess  = "SEND_SUCCESS"
	massFailed   = "SEND_FAIL"
	massDeleted  = "DELETE"
)

// The Status texts of the event.
const (
	endSuccess     = "send success"
	endAdminNo     = "err(40001)"
	endAdminSilent = "err(40002)"
)

// mass is one mass-send job, or one preview. Slices are replaced, not edited.
type mass struct {
	ID         int64     `json:"id"`
	MsgDataID  int64     `json:"msg_data_id,omitempty"` // news only
	ClientID   string    `json:"clientmsgid"`
	Kind       string    `json:"msgtype"`
	MediaID    string    `json:"media_id,omitempty"`
	Text       string    `json:"text,omitempty"`
	Pictures   []string  `json:"pictures,omitempty"` // addresses, for images
	Articles   []article `json:"articles,omitempty"`
	Pages      []string  `json:"pages,omitempty"`
	Preview    bool      `json:"preview,omitempty"`
	ToAll      bool      `json:"to_all"`
	TagID      int64     `json:"tag_id,omitempty"`
	Recipients int       `json:"recipients"`
	Submitted  time.Time `json:"submitted"`
	Due        time.Time `json:"due"`
	Finished   time.Time `json:"finished"`
	Settled    bool      `json:"settled"`
	State      string    `json:"state"`
	Ending     string    `json:"ending"`
	Approved   string    `json:"approved,omitempty"` // Ending once the administrator agrees
	Plan       eventPlan `json:"plan"`
}

// sentID remembers a clientmsgid.
type sentID struct {
	At  time.Time `json:"at"`
	Job int64     `json:"job"`
}

// massRequest is what sendall, send and preview carry.
type massRequest struct {
	Filter struct {
		ToAll number `json:"is_to_all"`
		TagID number `json:"tag_id"`
	} `json:"filter"`
	ToUser   json.RawMessage `json:"touser"`
	ToWxName text            `json:"towxname"`
	MsgType  text            `json:"msgtype"`
	MpNews   mediaIDRequest  `json:"mpnews"`
	Voice    mediaIDRequest  `json:"voice"`
	MpVideo  mediaIDRequest  `json:"mpvideo"`
	Image    mediaIDRequest  `json:"image"`
	Images   struct {
		MediaIDs []text `json:"media_ids"`
	} `json:"images"`
	Text struct {
		Content text `json:"content"`
	} `json:"text"`
	ClientMsgID text `json:"clientmsgid"`
}

func sendToAll(c *call) (reply, error) {
	in, err := decode[massRequest](c)
	if err != nil {
		return reply{}, err
	}
	m := &mass{ToAll: in.Filter.ToAll.on(), TagID: int64(in.Filter.TagID)}
	if !m.ToAll && m.TagID <= 0 {
		return reply{}, refuse(40152, "invalid tag id")
	}
	return c.send(in, m)
}

func sendToSome(c *call) (reply, error) {
	in, err := decode[massRequest](c)
	if err != nil {
		return reply{}, err
	}
	var users []text
	if json.Unmarshal(in.ToUser, &users) != nil {
		return reply{}, refuse(40031, "invalid openid list")
	}
	switch {
	case len(users) < 2:
		return reply{}, refuse(40130, "invalid openid list size, at least two openid")
	case len(users) > 10_000:
		return reply{}, refuse(40032, "invalid openid list size")
	}
	if slices.ContainsFunc(users, func(u text) bool { return u.value == "" || len(u.value) > 64 }) {
		return reply{}, refuse(40031, "invalid openid list")
	}
	return c.send(in, &mass{Recipients: len(users)})
}

// send is the common way of both interfaces.
func (c *call) send(in massRequest, m *mass) (reply, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settleDue(c.acct, c.at)
	m.Kind, m.ClientID, m.Submitted = in.MsgType.value, in.ClientMsgID.value, c.at
	if over(len(m.ClientID), s.cfg.Limits.ClientMsgID) {
		return reply{}, refuse(45067, "clientmsgid size out of limit")
	}
	if m.ClientID != "" { // before the draft is looked at: a repeat finds it consumed
		if err := c.checkRepeat(m); err != nil {
			return reply{}, err
		}
	}
	if err := c.fill(in, m); err != nil {
		return reply{}, err
	}
	if m.ClientID == "" {
		m.ClientID = derivedClientID(in, m)
		if err := c.checkRepeat(m); err != nil {
			return reply{}, err
		}
	}
	if err := c.spendSend(); err != nil {
		return reply{}, err
	}
	return c.startMass(m)
}

// checkRepeat refuses a clientmsgid that is remembered. The lock is held.
func (c *call) checkRepeat(m *mass) error {
	before, found := c.acct.sent[m.ClientID]
	if !found || c.at.Sub(before.At) >= c.s.cfg.Clocks.ClientMsgID {
		return nil
	}
	c.note = "clientmsgid " + m.ClientID + " repeats msg_id " + jobKey(before.Job)
	if old, found := c.acct.masses.get(jobKey(before.Job)); found && old.State == massApproval {
		return refuse(89504, "mass send is waiting for the administrator")
	}
	if c.at.Sub(before.At) < c.s.cfg.Clocks.ClientMsgIDBusy {
		return refuse(45066, "same clientmsgid retry too fast")
	}
	return refuse(45065, "clientmsgid exist").with("msg_id", c.id(before.Job))
}

// derivedClientID is what the platform uses when the caller names none: audience and content.
func derivedClientID(in massRequest, m *mass) string {
	h := sha256.New()
	fmt.Fprintln(h, m.ToAll, m.TagID, string(in.ToUser), m.Kind, m.Text, m.Pictures)
	if len(m.Articles) == 0 {
		fmt.Fprintln(h, m.MediaID)
	}
	for _, a := range m.Articles {
		a.URL, a.ThumbURL = "", ""
		fmt.Fprintf(h, "%+v\n", a)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// The names under which successful sends are counted.
const (
	sendsToday     = "mass_sends"
	sendsThisMonth = "mass_sends"
)

// spendSend takes one send from the allowance: a day's for subscription accounts, a month's for the others. A send that
// fails gives it back.
func (c *call) spendSend() error {
	span, limit := c.acct.allowance(c.s.cfg.Limits, c.at)
	if over(c.acct.counts.get(span, sendsToday)+1, limit) {
		return refuse(45028, "has no masssend quota")
	}
	c.acct.counts.add(span, sendsToday)
	return nil
}

func (a *account) allowance(l Limits, at time.Time) (span string, limit int) {
	if a.cfg.Kind == Subscription {
		return dayKey(at), l.MassPerDay
	}
	return monthKey(at), l.MassPerMonth
}

// startMass queues the job, or hands it to the administrator. The lock is held.
func (c *call) startMass(m *mass) (reply, error) {
	s := c.s
	m.ID = c.acct.takeMsgID()
	if m.Kind == "mpnews" {
		m.MsgDataID = c.acct.takeJobID()
	}
	m.State, m.Ending, m.Plan = massSending, endSuccess, c.fault.plan()
	if c.fault.MassStatus != "" {
		m.Ending = c.fault.MassStatus
	}
	m.Due = c.at.Add(max(0, s.cfg.PublishDelay))
	waits := m.ToAll && c.acct.cfg.MassProtection
	if waits {
		m.State, m.Approved, m.Ending, m.Due = massApproval, m.Ending, endAdminSilent, c.at.Add(s.cfg.Clocks.Approval)
	}
	c.remember(m)
	c.acct.masses.put(jobKey(m.ID), m)
	c.effect = true
	c.job = jobKey(m.ID)
	c.note = "msg_id " + jobKey(m.ID) + " clientmsgid " + m.ClientID + " " + titles(m.Articles) + shorten(m.Text, 30)
	s.touch()
	if waits {
		c.acct.waiting[jobKey(m.ID)] = m.Due
		s.wake(c.acct, jobKey(m.ID), s.cfg.Clocks.Approval)
		return reply{}, refuse(89505, "mass send has been handed to the administrator for approval")
	}
	s.arrange(c.acct, jobKey(m.ID), m.Due)
	out := map[string]any{"errcode": 0, "errmsg": "send job submission success", "msg_id": c.id(m.ID)}
	if m.MsgDataID != 0 && !c.fault.NoMsgDataID {
		out["msg_data_id"] = c.id(m.MsgDataID)
	}
	return jsonReply(out), nil
}

func (c *call) remember(m *mass) {
	for id, old := range c.acct.sent {
		if c.at.Sub(old.At) >= c.s.cfg.Clocks.ClientMsgID {
			delete(c.acct.sent, id)
		}
	}
	c.acct.sent[m.ClientID] = sentID{c.at, m.ID}
}

// settleMass ends a send: the draft is consumed, the articles get addresses, the event goes out. The lock is held.
func (s *Sandbox) settleMass(a *account, m *mass, now time.Time) {
	next := *m
	next.Settled, next.Finished, next.State = true, now, massFailed
	if next.Recipients == 0 {
		next.Recipients = a.cfg.Followers
	}
	if next.Ending == endSuccess || next.Ending == "sendsuccess" {
		next.State = massSuccess
		s.dropDraft(a, m.MediaID)
		s.linkMass(a, &next, articleURL)
	} else {
		span, _ := a.allowance(s.cfg.Limits, m.Submitted)
		a.counts.giveBack(span, sendsToday)
	}
	a.masses.swap(jobKey(m.ID), &next)
	s.announce(a, next.Plan, s.massEvent(a, &next, now))
	s.touch()
}

// linkMass gives each article of a send its address.
func (s *Sandbox) linkMass(a *account, m *mass, address func(string) string) {
	m.Articles, m.Pages = slices.Clone(m.Articles), nil
	for i := range m.Articles {
		id := newPageID()
		m.Pages = append(m.Pages, id)
		m.Articles[i].URL = address(id)
		s.shown[id] = page{a, massPage, jobKey(m.ID), i}
	}
}

// Decide plays the administrator who is asked about a protected send: yes lets it go, no ends it with err(40001).
func (s *Sandbox) Decide(appid string, msgID int64, yes bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.byAppID[appid]
	if a == nil {
		return fmt.Errorf("sandbox: there is no account %q", appid)
	}
	now := s.now()
	s.settleDue(a, now)
	m, found := a.masses.get(jobKey(msgID))
	if !found || m.State != massApproval || m.Settled {
		return fmt.Errorf("sandbox: message %d of %s is not waiting for the administrator", msgID, appid)
	}
	next := *m
	next.State, next.Ending, next.Due = massSending, endAdminNo, now
	if yes {
		next.Ending, next.Due = m.Approved, now.Add(max(0, s.cfg.PublishDelay))
	}
	a.masses.swap(jobKey(msgID), &next)
	s.arrange(a, jobKey(msgID), next.Due)
	s.touch()
	return nil
}
