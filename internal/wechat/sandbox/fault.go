package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

// The ways in which a reply is lost after the effect of its call.
const (
	LostTimeout    = "timeout" // the connection stays open and silent until the caller gives up
	LostReset      = "reset"   // the connection is reset
	LostBadGateway = "502"     // a gateway answers in place of the platform
)

// What can happen to the event of a job.
const (
	EventLost      = "lost"
	EventDoubled   = "doubled"
	EventOtherKind = "other_kind" // MASSSENDJOBFINISH for a publication and the reverse
	EventLate      = "late"
)

// Fault is trouble ordered for calls that are yet to come. Fields left at zero order nothing.
type Fault struct {
	ID    string `json:"id"`              // given by AddFault
	Path  string `json:"path"`            // "/cgi-bin/draft/add", "draft/add", "draft/*"; "*" is every call
	AppID string `json:"appid,omitempty"` // only this account
	Times int    `json:"times,omitempty"` // this many calls; 0: until cleared
	Skip  int    `json:"skip,omitempty"`  // let this many pass first

	Latency    Span   `json:"latency,omitempty"`     // before the effect
	ErrCode    int    `json:"errcode,omitempty"`     // refused with this number
	ErrMsg     string `json:"errmsg,omitempty"`      // and this text
	HTTPStatus int    `json:"http_status,omitempty"` // answered with this status and no JSON
	After      bool   `json:"after,omitempty"`       // errcode and http_status come after the effect, not instead of it
	ReplyLost  string `json:"reply_lost,omitempty"`  // timeout, reset or 502, after the effect
	NoEffect   bool   `json:"no_effect,omitempty"`   // with reply_lost: the request never came through, so there is none

	Event         string `json:"event,omitempty"`           // of the job that this call makes
	EventDelay    Span   `json:"event_delay,omitempty"`     // for late; 30 s when empty
	PublishStatus int    `json:"publish_status,omitempty"`  // 2, 3 or 4: how the publication ends
	FailIdx       []int  `json:"fail_idx,omitempty"`        // for 2 and 4; all articles when empty
	Later         int    `json:"later,omitempty"`           // 5 or 6: what a successful publication becomes
	LaterAfter    Span   `json:"later_after,omitempty"`     // how long after success; 2 s when empty
	LaterEvent    bool   `json:"later_event,omitempty"`     // an event tells of it, which the platform does not promise
	Unlisted      Span   `json:"unlisted,omitempty"`        // how long freepublish/batchget does not know the publication yet
	MassStatus    string `json:"mass_status,omitempty"`     // Status of a failing send: "send fail", "err(20001)"
	NoArticleURLs bool   `json:"no_article_urls,omitempty"` // the mass event carries an empty ArticleUrlResult

	QuotedIDs   bool `json:"quoted_ids,omitempty"`     // publish_id, msg_id and msg_data_id as text
	NoMsgDataID bool `json:"no_msg_data_id,omitempty"` // left out of the reply
}

// Span is a duration that JSON writes as "1.5s" and also reads as a number of milliseconds.
type Span time.Duration

// MarshalJSON writes the span as text, such as "1.5s".
func (d Span) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON reads "1.5s" or a number of milliseconds.
func (d *Span) UnmarshalJSON(raw []byte) error {
	if ms, err := strconv.ParseFloat(string(raw), 64); err == nil {
		*d = Span(ms * float64(time.Millisecond))
		return nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	v, err := time.ParseDuration(s)
	*d = Span(v)
	return err
}

// maxFaults bounds how many faults can wait.
const maxFaults = 1000

// AddFault orders trouble and returns the name under which it can be found. Faults apply in the order in which they were
// added; a call that several of them match gets them all, the earlier winning where two say different things.
func (s *Sandbox) AddFault(f Fault) (string, error) {
	if err := f.check(); err != nil {
		return "", err
	}
	if !strings.HasPrefix(f.Path, "/") && f.Path != "*" {
		f.Path = "/cgi-bin/" + f.Path
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) >= maxFaults {
		return "", fmt.Errorf("sandbox: %d faults are waiting already; clear some", maxFaults)
	}
	s.faultSeq++
	f.ID = "f" + strconv.Itoa(s.faultSeq)
	s.faults = append(s.faults, &f)
	return f.ID, nil
}

func (f Fault) check() error {
	if f.Path == "" {
		return errors.New(`sandbox: a fault needs a path, such as "draft/add" or "*"`)
	}
	if _, err := path.Match(f.Path, "/"); err != nil {
		return fmt.Errorf("sandbox: fault path %q is not a pattern: %w", f.Path, err)
	}
	switch {
	case !oneOf(f.ReplyLost, "", LostTimeout, LostReset, LostBadGateway):
		return fmt.Errorf("sandbox: reply_lost %q is not one of timeout, reset, 502", f.ReplyLost)
	case !oneOf(f.Event, eventNames()...):
		return fmt.Errorf("sandbox: event %q is not one of %s", f.Event, strings.Join(eventNames()[1:], ", "))
	case !oneOf(f.PublishStatus, 0, 2, 3, 4):
		return fmt.Errorf("sandbox: publish_status %d is not one of 2, 3, 4", f.PublishStatus)
	case !oneOf(f.Later, 0, 5, 6):
		return fmt.Errorf("sandbox: later %d is not one of 5, 6", f.Later)
	case f.NoEffect && f.ReplyLost == "":
		return errors.New("sandbox: no_effect says that the reply was lost before the effect; say how in reply_lost")
	case f.HTTPStatus != 0 && (f.HTTPStatus < 200 || f.HTTPStatus > 599):
		return fmt.Errorf("sandbox: http_status %d is not an HTTP status", f.HTTPStatus)
	}
	return nil
}

func oneOf[T comparable](v T, allowed ...T) bool {
	for _, a := range allowed {
		if v == a {
			return true
		}
	}
	return false
}

// Faults returns what is still waiting, with Times and Skip as they are left.
func (s *Sandbox) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Fault, 0, len(s.faults))
	for _, f := range s.faults {
		out = append(out, *f)
	}
	return out
}

// ClearFaults takes back all faults, or those named.
func (s *Sandbox) ClearFaults(ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keepFaults(func(f *Fault) bool { return len(ids) > 0 && !oneOf(f.ID, ids...) })
}

func (s *Sandbox) keepFaults(keep func(*Fault) bool) {
	kept := s.faults[:0]
	for _, f := range s.faults {
		if keep(f) {
			kept = append(kept, f)
		}
	}
	clear(s.faults[len(kept):])
	s.faults = kept
}

// takeFault collects what was ordered for a call, and uses it up.
func (s *Sandbox) takeFault(callPath, appid string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all Fault
	spent := map[*Fault]bool{}
	for _, f := range s.faults {
		if !f.matches(callPath, appid) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		all.merge(*f)
		if f.Times--; f.Times == 0 {
			spent[f] = true
		} else if f.Times < 0 {
			f.Times = 0
		}
	}
	if len(spent) > 0 {
		s.keepFaults(func(f *Fault) bool { return !spent[f] })
	}
	return all
}

func (f *Fault) matches(callPath, appid string) bool {
	if f.AppID != "" && f.AppID != appid {
		return false
	}
	if f.Path == "*" {
		return true
	}
	hit, _ := path.Match(f.Path, callPath)
	return hit
}

func (f *Fault) merge(o Fault) {
	f.ID = strings.TrimPrefix(f.ID+","+o.ID, ",")
	first(&f.Latency, o.Latency)
	first(&f.ErrCode, o.ErrCode)
	first(&f.ErrMsg, o.ErrMsg)
	first(&f.HTTPStatus, o.HTTPStatus)
	first(&f.After, o.After)
	first(&f.ReplyLost, o.ReplyLost)
	first(&f.NoEffect, o.NoEffect)
	first(&f.Event, o.Event)
	first(&f.EventDelay, o.EventDelay)
	first(&f.PublishStatus, o.PublishStatus)
	first(&f.Later, o.Later)
	first(&f.LaterAfter, o.LaterAfter)
	first(&f.LaterEvent, o.LaterEvent)
	first(&f.Unlisted, o.Unlisted)
	first(&f.MassStatus, o.MassStatus)
	first(&f.NoArticleURLs, o.NoArticleURLs)
	first(&f.QuotedIDs, o.QuotedIDs)
	first(&f.NoMsgDataID, o.NoMsgDataID)
	if len(f.FailIdx) == 0 {
		f.FailIdx = o.FailIdx
	}
}

func first[T comparable](have *T, other T) {
	var zero T
	if *have == zero {
		*have = other
	}
}

// id writes an id as the platform does, or as text where a fault orders it.
func (c *call) id(n int64) any {
	if c.fault.QuotedIDs {
		return strconv.FormatInt(n, 10)
	}
	return n
}
