package sandbox

import "time"

// Call is one line of the log of calls. It holds no secret and no token.
type Call struct {
	Seq        uint64    `json:"seq"`
	Time       time.Time `json:"time"` // when it arrived
	AppID      string    `json:"appid,omitempty"`
	Method     string    `json:"method"`
	Path       string    `json:"path"`
	Summary    string    `json:"summary,omitempty"` // what it was about: ids, titles, counts
	ErrCode    int       `json:"errcode"`
	Status     int       `json:"status"` // of HTTP
	Effect     bool      `json:"effect"` // something changed
	Millis     int64     `json:"millis"` // until the reply was ready
	RID        string    `json:"rid"`
	Fault      string    `json:"fault,omitempty"`      // ids of the faults that were laid over it
	ReplyLost  string    `json:"reply_lost,omitempty"` // the caller did not get this reply
	Client     string    `json:"client,omitempty"`     // address of the caller
	Reply      string    `json:"reply,omitempty"`      // start of the reply, for errors only
	BodyLength int       `json:"body_length"`
}

const replyShown = 300

func (s *Sandbox) record(c *call, p reply, code int, took time.Duration) {
	line := Call{
		Time: c.at, AppID: c.appid(), Method: c.r.Method, Path: shorten(c.path, 100), Summary: shorten(c.note, 200), ErrCode: code,
		Status: p.status, Effect: c.effect, Millis: took.Milliseconds(), RID: c.rid, Fault: c.fault.ID,
		ReplyLost: c.fault.ReplyLost, BodyLength: len(c.body),
	}
	if addr := clientAddr(c.r); addr.IsValid() {
		line.Client = addr.String()
	}
	if code != 0 {
		line.Reply = shorten(string(p.body), replyShown)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	line.Seq = s.calls.next
	if _, old := s.calls.add(line); old != nil {
		delete(s.rids, old.RID)
	}
	s.rids[c.rid] = line.Seq
}

// CallFilter narrows the log of calls; empty fields do not.
type CallFilter struct {
	AppID string
	Path  string // exact, with or without /cgi-bin/
	After uint64 // only later sequence numbers
	Limit int    // newest first; 0 means all that is kept
}

// Calls returns the log of calls, newest first. The newest 5,000 are kept.
func (s *Sandbox) Calls(f CallFilter) []Call {
	if f.Path != "" && f.Path[0] != '/' {
		f.Path = "/cgi-bin/" + f.Path
	}
	if f.Limit == 0 {
		f.Limit = -1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls.newest(f.Limit, func(c Call) bool {
		return (f.AppID == "" || c.AppID == f.AppID) && (f.Path == "" || c.Path == f.Path) && c.Seq > f.After
	})
}
