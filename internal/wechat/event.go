package wechat

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"strings"

	"newsdesk/internal/press"
)

// pushXML is the part of a callback message that ends a job. The SDK's type lacks MsgID, the article addresses and the
// originality check.
type pushXML struct {
	From       string `xml:"FromUserName"`
	CreateTime int64  `xml:"CreateTime"`
	MsgType    string `xml:"MsgType"`
	Event      string `xml:"Event"`

	Publish *struct {
		ID        string `xml:"publish_id"`
		Status    string `xml:"publish_status"`
		ArticleID string `xml:"article_id"`
		Items     []struct {
			Index int    `xml:"idx"`
			URL   string `xml:"article_url"`
		} `xml:"article_detail>item"`
		FailIdx []int `xml:"fail_idx"`
	} `xml:"PublishEventInfo"`

	MsgID     string `xml:"MsgID"`
	Status    string `xml:"Status"`
	Total     int    `xml:"TotalCount"`
	Filtered  int    `xml:"FilterCount"`
	Sent      int    `xml:"SentCount"`
	Errors    int    `xml:"ErrorCount"`
	Copyright struct {
		State   string `xml:"CheckState"`
		Results []struct {
			Index      int    `xml:"ArticleIdx"`
			AuditState string `xml:"AuditState"`
			Original   string `xml:"OriginalArticleUrl"`
		} `xml:"ResultList>item"`
	} `xml:"CopyrightCheckResult"`
	Articles []struct {
		Index int    `xml:"ArticleIdx"`
		URL   string `xml:"ArticleUrl"`
	} `xml:"ArticleUrlResult>ResultList>item"`
}

// parseEvent reads a message; ok is false for one that ends no job. A publication may also end with MASSSENDJOBFINISH; what
// the message holds decides.
func (a *Account) parseEvent(message []byte) (event press.PushEvent, ok bool, err error) {
	var m pushXML
	if err := xml.Unmarshal(message, &m); err != nil {
		return event, false, err
	}
	if strings.TrimSpace(m.MsgType) != "event" {
		return event, false, nil
	}
	event = press.PushEvent{Account: a.cfg.Name, CreatedAt: unix(m.CreateTime)}
	switch name := strings.TrimSpace(m.Event); {
	case m.Publish != nil && strings.HasSuffix(name, "JOBFINISH"):
		event.ID, event.Status = strings.TrimSpace(m.Publish.ID), m.publication()
	case name == "MASSSENDJOBFINISH":
		event.Mass, event.ID, event.Status = true, strings.TrimSpace(m.MsgID), m.mass()
	default:
		return event, false, nil
	}
	if event.ID == "" {
		return event, false, fmt.Errorf("wechat: the event %s has no id", clip(m.Event, 40))
	}
	event.Status.Raw = a.scrub(clip(string(message), 16<<10))
	event.Key = m.key(event)
	return event, true, nil
}

func (m pushXML) publication() press.PushStatus {
	state, detail, ok := publishState(strings.TrimSpace(m.Publish.Status))
	if !ok { // only a reason to look
		state, detail = press.PushRunning, "publish_status "+clip(m.Publish.Status, 20)
	}
	s := press.PushStatus{State: state, Detail: detail, ArticleID: noSpace(m.Publish.ArticleID), FailedIdx: m.Publish.FailIdx}
	for _, item := range m.Publish.Items {
		s.URLs = place(s.URLs, item.Index, item.URL)
	}
	return s
}

func (m pushXML) mass() press.PushStatus {
	state, detail := massEventState(strings.TrimSpace(m.Status))
	s := press.PushStatus{State: state, Detail: detail + m.counts() + m.copyright()}
	for _, item := range m.Articles {
		s.URLs = place(s.URLs, item.Index, item.URL)
	}
	if state == press.PushOriginal {
		s.FailedIdx = m.copied()
	}
	return s
}

// counts are approximate: the event comes when the push is nearly done.
func (m pushXML) counts() string {
	if m.Total == 0 {
		return ""
	}
	return fmt.Sprintf("; total %d, allowed %d, sent %d, failed %d", m.Total, m.Filtered, m.Sent, m.Errors)
}

// copyright tells what the originality check found: CheckState 1 fine, 2 a reprint that may be sent, 3 not sendable.
func (m pushXML) copyright() string {
	var b strings.Builder
	if s := strings.TrimSpace(m.Copyright.State); s != "" && s != "0" && s != "1" {
		fmt.Fprintf(&b, "; originality check %s", s)
	}
	for _, r := range m.Copyright.Results {
		if original := strings.TrimSpace(r.Original); original != "" {
			fmt.Fprintf(&b, "; article %d: original at %s", r.Index, httpsOnly(clip(original, 300)))
		}
	}
	return b.String()
}

// copied are the articles that the originality check judged to be reprints (AuditState 11) or found an original of.
func (m pushXML) copied() (index []int) {
	for _, r := range m.Copyright.Results {
		if strings.TrimSpace(r.AuditState) == "11" || strings.TrimSpace(r.Original) != "" {
			index = append(index, r.Index)
		}
	}
	return index
}

// key is equal for repeats of one event, whose addresses differ. WeChat's advice is FromUserName and CreateTime; the event
// and its id keep two jobs that end in the same second apart. It is hashed since an openid names a person.
func (m pushXML) key(e press.PushEvent) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d\n%s\n%s\n%s", e.Account, m.From, m.CreateTime, m.Event, e.ID, e.Status.State))
	return hex.EncodeToString(sum[:16])
}
