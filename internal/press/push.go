package press

import (
	"fmt"
	"strings"
	"time"
)

// The types in this file are what a push says to a WeChat account and hears from it, in terms that neither the client nor
// the courier owns.

// What WeChat takes of an article, by its documentation of December 2025; measured on live accounts it is sometimes more
// generous, never less. All count characters; HTML counts tags and styles too.
const (
	PushTitleRunes  = 32
	PushAuthorRunes = 16
	PushDigestRunes = 120
	PushHTMLRunes   = 20_000 // fewer than this
	PushHTMLBytes   = 1 << 20
	PushSourceBytes = 1024
)

// TitleInPush returns the title that WeChat shows.
func (c Content) TitleInPush() string {
	if c.PushTitle != "" {
		return c.PushTitle
	}
	return c.Title
}

// ShortTitle cuts a title to what WeChat takes, at a space or a punctuation mark where one is near.
func ShortTitle(title string) string {
	runes := []rune(title)
	if len(runes) <= PushTitleRunes {
		return title
	}
	cut := PushTitleRunes - 1
	for i := cut; i > cut*2/3; i-- {
		if strings.ContainsRune(" ,;:，。；：、！？—", runes[i]) {
			cut = i
			break
		}
	}
	return strings.TrimRight(string(runes[:cut]), " ,;:，。；：、—") + "…"
}

// PushArticle is one article of a WeChat draft.
type PushArticle struct {
	Title      string
	Author     string
	Digest     string
	HTML       string // body with mmbiz picture addresses
	SourceURL  string // 阅读原文, and our marker: it carries the delivery's id
	ThumbMedia string // media_id of the cover: permanent material
	CropWide   *Rect  // 2.35:1 of the cover picture; nil: WeChat's choice
	CropSquare *Rect  // 1:1
	Comments   bool
}

// PushDraft is a draft as the account has it.
type PushDraft struct {
	MediaID   string
	UpdatedAt time.Time
	Articles  []PushArticle // HTML may be empty where a list leaves it out
	URLs      []string      // temporary preview addresses, by article
}

// PushResult is the answer to an irrevocable call: what was queued.
type PushResult struct {
	ID     string // publish_id or msg_id
	DataID string // msg_data_id; may be empty
	Raw    string // the answer as it came, without secrets
}

// PublishState is how far WeChat is with a publication or a mass push.
type PublishState string

// The states WeChat reports, one list for both kinds.
const (
	PushRunning   PublishState = "running"
	PushDone      PublishState = "done"
	PushOriginal  PublishState = "originality" // refused by the originality check
	PushFailed    PublishState = "failed"
	PushCensored  PublishState = "censored" // refused by platform review
	PushDeleted   PublishState = "deleted"  // was done; all articles deleted by the account
	PushBanned    PublishState = "banned"   // was done; all articles banned by the platform
	PushAdminWait PublishState = "waiting"  // waits for the account administrator's consent
)

// PushStatus is WeChat's report about a publication or a mass push.
type PushStatus struct {
	State     PublishState
	ArticleID string   // of a publication
	URLs      []string // article addresses in order; a mass push's come only with its event
	FailedIdx []int    // from 1
	Detail    string   // WeChat's own words, e.g. err(40002)
	Raw       string
}

// Publication is one entry of the account's list of publications.
type Publication struct {
	ArticleID  string
	UpdatedAt  time.Time
	SourceURLs []string // the markers, by article
	URLs       []string
	Deleted    bool // every article of it
}

// PushEvent is what WeChat tells the callback address when a job ends. It says when to look; only a mass push's article
// addresses are nowhere else to be had.
type PushEvent struct {
	Account   string     `json:"account"`
	Mass      bool       `json:"mass"` // MASSSENDJOBFINISH; otherwise PUBLISHJOBFINISH
	ID        string     `json:"id"`   // publish_id or msg_id as written
	Status    PushStatus `json:"status"`
	CreatedAt time.Time  `json:"created_at"`
	Key       string     `json:"key"` // equal for repeats of one event
}

// Class is what can be done about a refusal by WeChat.
type Class string

// The classes.
const (
	ClassNow     Class = "now"     // repeat at once (reads only)
	ClassBackoff Class = "backoff" // repeat later
	ClassToken   Class = "token"   // the access token was refused twice, also after a fresh one
	ClassQuota   Class = "quota"   // an allowance is used up
	ClassConfig  Class = "config"  // a person changes settings
	ClassContent Class = "content" // the author changes the article
	ClassDone    Class = "done?"   // the effect may exist: look, never repeat blindly
)

// Refusal is a call to WeChat that did not bring a clear yes. It holds no secret.
type Refusal struct {
	Call    string // e.g. "draft/add"
	Code    int    // errcode; 0 when there was no answer that could be read
	Message string // errmsg, or what happened on the way
	RID     string // WeChat's request id, for its support
	Class   Class
	Text    Text          // what it means, for a person
	Fix     Text          // what to do
	Wait    time.Duration // at least so long before the next try; 0: the caller's choice
	MsgID   string        // with 45065: the job that exists already
	Err     error
}

func (r *Refusal) Error() string {
	if r.Code != 0 {
		return fmt.Sprintf("wechat: %s: %d %s", r.Call, r.Code, r.Message)
	}
	return fmt.Sprintf("wechat: %s: %s", r.Call, r.Message)
}

func (r *Refusal) Unwrap() error { return r.Err }
