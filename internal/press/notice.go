package press

import (
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"
)

// NoticeKind is a kind of thing that people are told of.
type NoticeKind string

// The kinds of notice.
const (
	NoticeBlocked   NoticeKind = "blocked"   // a delivery stopped and waits for a person
	NoticeMissed    NoticeKind = "missed"    // its time passed by more than its lateness limit
	NoticeFailed    NoticeKind = "failed"    // the target took it and then did not carry it out, or took it down again
	NoticeLive      NoticeKind = "live"      // a push is with its readers; in mode draft, in the draft box
	NoticeRetracted NoticeKind = "retracted" // what was live was taken down on a person's word
	NoticeStopped   NoticeKind = "stopped"   // an emergency stop was put on, or lifted
)

// NoticeKinds lists every kind, the most urgent first.
func NoticeKinds() []NoticeKind {
	return []NoticeKind{NoticeBlocked, NoticeMissed, NoticeFailed, NoticeStopped, NoticeLive, NoticeRetracted}
}

// Name is what people call the kind.
func (k NoticeKind) Name() Text {
	switch k {
	case NoticeBlocked:
		return Say("Blocked", "受阻")
	case NoticeMissed:
		return Say("Missed its time", "错过时间")
	case NoticeFailed:
		return Say("Failed", "失败")
	case NoticeLive:
		return Say("Live", "已上线")
	case NoticeRetracted:
		return Say("Retracted", "已撤回")
	case NoticeStopped:
		return Say("Emergency stop", "紧急停发")
	}
	return Text{EN: string(k), ZH: string(k)}
}

// noticeCodePush begins the codes of jobs that WeChat accepted and did not carry out, or took down later.
const noticeCodePush = "push."

// The actions of the audit log that people are told of.
const (
	actionBlocked       = "delivery.blocked"
	actionLive          = "delivery.live"
	actionWentOut       = "delivery.went_out"
	actionReady         = "delivery.ready"
	actionRetracted     = "delivery.retracted"
	actionRetractFailed = "delivery.retract_failed"
	actionByHand        = "delivery.taken_down_by_hand"
	actionStopPut       = "stop.put"
	actionStopLift      = "stop.lift"
)

// TellsOfDelivery reports whether an action may be one of a delivery that people are told of; see NoticeOf.
func TellsOfDelivery(action string) bool {
	return slices.Contains([]string{actionBlocked, actionLive, actionWentOut, actionReady, actionRetracted, actionByHand, actionRetractFailed}, action)
}

// TellsOfStop reports whether an action is that of an emergency stop.
func TellsOfStop(action string) bool { return action == actionStopPut || action == actionStopLift }

// PutsStopOn reports whether an action is an emergency stop being put on.
func PutsStopOn(action string) bool { return action == actionStopPut }

// NoticeOf says of which kind an action is that left a delivery as it is given; "" for what nobody is told of. A page of the
// website that goes live is told with its push.
func NoticeOf(action string, d Delivery) NoticeKind {
	switch {
	case action == actionBlocked:
		return noticeOfReason(d)
	case action == actionRetractFailed:
		return NoticeFailed
	case action == actionRetracted, action == actionByHand:
		return NoticeRetracted
	case action == actionLive && d.Kind == TargetWeChat, action == actionWentOut, action == actionReady && d.Mode == ModeDraft:
		return NoticeLive
	}
	return ""
}

func noticeOfReason(d Delivery) NoticeKind {
	switch {
	case d.Reason == nil:
		return NoticeBlocked
	case d.Reason.Code == "missed":
		return NoticeMissed
	case d.Kind == TargetSite, strings.HasPrefix(d.Reason.Code, noticeCodePush):
		return NoticeFailed
	}
	return NoticeBlocked
}

// NoticeCause names what a notice tells of, the same however often it is asked: a delivery goes live once, and under one
// fencing number everything else happens to it once.
func NoticeCause(kind NoticeKind, d Delivery) string {
	if kind == NoticeLive && d.State == Live {
		return fmt.Sprintf("%s/live", d.ID)
	}
	return fmt.Sprintf("%s/%s/%d", d.ID, kind, d.Fence)
}

// Notice is one cause that one channel is told of.
type Notice struct {
	Cause    string     `json:"cause"` // names it for good; see NoticeCause
	Kind     NoticeKind `json:"kind"`
	Delivery DeliveryID `json:"delivery,omitempty"`
	At       time.Time  `json:"at"`
	Who      string     `json:"who,omitempty"`     // the person behind it; empty: Newsdesk itself
	Action   string     `json:"action,omitempty"`  // of the audit log
	Subject  string     `json:"subject,omitempty"` // of the audit log, where it is no delivery
	Detail   string     `json:"detail,omitempty"`  // of the audit log
	State    State      `json:"delivery_state,omitempty"`
	Reason   *Reason    `json:"reason,omitempty"` // as it was then; the delivery may have gone on since

	Progress NoticeProgress `json:"progress"`
	DoneAt   time.Time      `json:"done_at,omitzero"`
}

// NoticeProgress is how far a notice has come.
type NoticeProgress string

// The ways of a notice.
const (
	NoticeWaiting NoticeProgress = "waiting"
	NoticeSent    NoticeProgress = "sent"
	NoticeGivenUp NoticeProgress = "given_up" // older than NoticeAge, and still not sent
)

// Name is what people call it.
func (p NoticeProgress) Name() Text {
	switch p {
	case NoticeWaiting:
		return Say("Waiting", "待发送")
	case NoticeSent:
		return Say("Sent", "已发送")
	case NoticeGivenUp:
		return Say("Given up", "已放弃")
	}
	return Text{EN: string(p), ZH: string(p)}
}

// Bounds of notices.
const (
	// NoticeAge is how old a notice may become before it is given up: whoever reads it later than that has seen the newsroom
	// since. A longer one tells of an outage what nobody needs any more; a shorter one loses a night.
	NoticeAge = 24 * time.Hour
	// NoticeKept is how long the list remembers what was sent and given up.
	NoticeKept = 90 * 24 * time.Hour
	// NoticesAtOnce is how many causes one message merges at most.
	NoticesAtOnce = 50

	MaxNoticeChannels  = 20
	MaxNoticeNameRunes = 40
)

// NoticeChannelID names a channel.
type NoticeChannelID string

// The parts of a channel that are sealed.
const (
	NoticeAddressPart = "address"
	NoticeSecretPart  = "secret"
)

// Purpose is what a channel's secret is sealed for: moved to another channel or part, it does not open.
func (id NoticeChannelID) Purpose(part string) string { return "notice/" + string(id) + "/" + part }

// NoticeRoad is a way by which notices go out.
type NoticeRoad string

// The roads.
const (
	RoadMail     NoticeRoad = "mail"
	RoadWeCom    NoticeRoad = "wecom"
	RoadDingTalk NoticeRoad = "dingtalk"
	RoadFeishu   NoticeRoad = "feishu"
	RoadWebhook  NoticeRoad = "webhook"
)

// NoticeRoads lists every road.
func NoticeRoads() []NoticeRoad {
	return []NoticeRoad{RoadWeCom, RoadDingTalk, RoadFeishu, RoadMail, RoadWebhook}
}

// Name is what people call the road.
func (r NoticeRoad) Name() Text {
	switch r {
	case RoadMail:
		return Say("E-mail", "电子邮件")
	case RoadWeCom:
		return Say("WeCom group robot", "企业微信群机器人")
	case RoadDingTalk:
		return Say("DingTalk group robot", "钉钉群机器人")
	case RoadFeishu:
		return Say("Feishu group robot", "飞书群机器人")
	case RoadWebhook:
		return Say("Webhook", "Webhook")
	}
	return Text{EN: string(r), ZH: string(r)}
}

// Pace is the least time between two messages on a road. WeCom and DingTalk robots take 20 a minute, Feishu's 100 a minute
// and 5 a second; above that they refuse, DingTalk for ten minutes. What comes in between is merged into the next message.
func (r NoticeRoad) Pace() time.Duration {
	switch r {
	case RoadWeCom, RoadDingTalk:
		return 4 * time.Second
	case RoadFeishu, RoadMail:
		return 2 * time.Second
	}
	return 200 * time.Millisecond
}

// MailSecurity is how a connection to a mail server is protected.
type MailSecurity string

// The ways to protect it.
const (
	MailSTARTTLS MailSecurity = "starttls" // plain at first, then TLS, or not at all
	MailTLS      MailSecurity = "tls"      // TLS from the first byte
	MailPlain    MailSecurity = "none"     // only to this machine, unless the configuration allows it
)

// Mail is where and as whom a channel sends e-mail.
type Mail struct {
	Host     string       `json:"host,omitempty"`
	Port     int          `json:"port,omitempty"`
	Security MailSecurity `json:"security,omitempty"`
	Username string       `json:"username,omitempty"` // empty: without signing in
	From     string       `json:"from,omitempty"`
	To       []string     `json:"to,omitempty"`
}

// NoticeChannel is a place that notices go to, as people see it: everything but its secrets.
type NoticeChannel struct {
	ID        NoticeChannelID `json:"id"`
	Name      string          `json:"name"`
	Road      NoticeRoad      `json:"road"`
	Lang      Lang            `json:"language"`
	Kinds     []NoticeKind    `json:"kinds"`
	Paused    bool            `json:"paused"`
	Mail      Mail            `json:"mail,omitzero"`
	Host      string          `json:"host,omitempty"` // of the address, which itself is a secret
	HasSecret bool            `json:"has_secret"`     // a password or a key to sign with
	Version   int64           `json:"version"`        // raised by every change
	UpdatedAt time.Time       `json:"updated_at"`

	SentAt       time.Time    `json:"sent_at,omitzero"`       // when a message last arrived
	FailingSince time.Time    `json:"failing_since,omitzero"` // since when none does
	Fault        *NoticeFault `json:"fault,omitempty"`        // why
	NextAt       time.Time    `json:"next_at,omitzero"`       // not tried before then
	Waiting      int          `json:"waiting"`
	GivenUp      int          `json:"given_up"` // in the last 90 days
}

// Wants reports whether the channel is told of a kind.
func (c NoticeChannel) Wants(kind NoticeKind) bool { return slices.Contains(c.Kinds, kind) }

// SealedNoticeChannel is a channel as it is kept. Its secrets are sealed: only the installation's key opens them.
type SealedNoticeChannel struct {
	NoticeChannel
	Address string // a robot's or webhook's whole address: the key is in it
	Secret  string // a mail server's password, or what a robot's or webhook's messages are signed with
}

// NoticeRoute is a channel as a sender needs it, its secrets opened.
type NoticeRoute struct {
	Road    NoticeRoad
	Mail    Mail
	Address string
	Secret  string
}

// Host is where the route leads, which people may see: the key is elsewhere in the address.
func (r NoticeRoute) Host() string {
	if r.Road == RoadMail {
		return r.Mail.Host
	}
	u, err := url.Parse(r.Address)
	if err != nil {
		return ""
	}
	return u.Host
}

// String keeps the secrets out of what prints a route.
func (r NoticeRoute) String() string { return "route by " + string(r.Road) }

// GoString is String.
func (r NoticeRoute) GoString() string { return r.String() }

// LogValue is String for log/slog.
func (r NoticeRoute) LogValue() slog.Value { return slog.StringValue(r.String()) }

// NoticeMessage is what goes out at once to one channel, in the channel's language.
type NoticeMessage struct {
	ID     string // stays the same however often it is sent, so that a receiver can drop the second
	At     time.Time
	Lang   Lang
	Test   bool
	Title  string
	Items  []NoticeItem // the oldest first
	URL    string       // of the newsroom's list, where several are told at once
	Office string       // as whom
}

// NoticeItem is one cause in words.
type NoticeItem struct {
	Notice
	Text    string // one sentence: what happened
	Facts   []NoticeFact
	Next    string // what to do; empty: nothing
	URL     string // of the delivery's page
	Edition EditionID
	Account string
	Mode    Mode
	Title   string // the edition's headline
}

// NoticeFact is a name and a value.
type NoticeFact struct{ Name, Value string }

// NoticeFault is why a message did not arrive.
type NoticeFault struct {
	Text    Text          `json:"text"`
	Fix     Text          `json:"fix"`
	Answer  string        `json:"answer,omitempty"` // the other side's own words, without secrets, at most 300 bytes
	Wait    time.Duration `json:"-"`                // the least time until the next try is of use
	Unclear bool          `json:"-"`                // it may have arrived all the same
}

func (f *NoticeFault) Error() string {
	if f.Answer != "" {
		return f.Text.EN + " (" + f.Answer + ")"
	}
	return f.Text.EN
}

// NoticeBatch is what a worker was given to send: the channel, and the notices of one message.
type NoticeBatch struct {
	Channel SealedNoticeChannel
	Fence   int64
	Tries   int    // failed ones before this, one after another
	Message string // its identifier, committed before anything is sent
	Notices []Notice
}
