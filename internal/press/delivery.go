package press

import (
	"slices"
	"time"
)

// TargetKind is a kind of place that content is delivered to.
type TargetKind string

// The kinds of target.
const (
	TargetWeChat TargetKind = "wechat"
	TargetSite   TargetKind = "site"
)

// State is where a delivery stands; the package comment draws the whole machine.
type State string

// The states of a delivery.
const (
	Planned   State = "planned"   // scheduled; nothing sent yet
	Ready     State = "ready"     // WeChat: the draft is in the box; in mode draft this is the end
	Sending   State = "sending"   // the intent of the one irrevocable call is stored
	Sent      State = "sent"      // accepted by WeChat; the result is not known yet
	Unknown   State = "unknown"   // the call may or may not have happened; settled by looking
	Live      State = "live"      // readers can open it
	Blocked   State = "blocked"   // a person must decide; Reason says what and how
	Cancelled State = "cancelled" // taken back before it went out
	Replaced  State = "replaced"  // website: a newer revision is live in its place
	Retracted State = "retracted" // was live, taken down
)

// States lists every state.
func States() []State {
	return []State{Planned, Ready, Sending, Sent, Unknown, Live, Blocked, Cancelled, Replaced, Retracted}
}

// Moving reports whether a worker may have something to do in this state.
func (s State) Moving() bool {
	return slices.Contains([]State{Planned, Ready, Sending, Sent, Unknown}, s)
}

// Delivery is the work of bringing one edition to a WeChat account, or one revision to a website.
type Delivery struct {
	ID      DeliveryID `json:"id"`
	Kind    TargetKind `json:"kind"`
	Target  string     `json:"target"` // the account's name, or the website's
	Edition EditionID  `json:"edition,omitempty"`
	Mode    Mode       `json:"mode,omitempty"`

	Article  ArticleID   `json:"article,omitempty"` // website
	Revision int         `json:"revision,omitempty"`
	Hash     ContentHash `json:"hash,omitempty"`

	State        State         `json:"state"`
	Reason       *Reason       `json:"reason,omitempty"` // why it is blocked
	DueAt        time.Time     `json:"due_at"`
	NextAt       time.Time     `json:"next_at,omitzero"` // when a worker should look at it again; zero: never by itself
	SitePolicy   SitePolicy    `json:"site_policy,omitempty"`
	MaxLateness  time.Duration `json:"max_lateness,omitempty"`
	LateAllowed  bool          `json:"late_allowed,omitempty"`  // a person released it after its time
	QuietAllowed bool          `json:"quiet_allowed,omitempty"` // a person released it in quiet hours, and knew

	DraftIntentAt time.Time `json:"draft_intent_at,omitzero"` // a draft/add may have happened since then
	MediaID       string    `json:"media_id,omitempty"`       // the draft
	DraftMark     string    `json:"draft_mark,omitempty"`     // what the draft said when it was made, to notice edits
	PreparedAt    time.Time `json:"prepared_at,omitzero"`
	FiredAt       time.Time `json:"fired_at,omitzero"` // when the irrevocable call was last made
	Ledger        string    `json:"ledger,omitempty"`  // whose allowance that call counts in, see Ledger
	Tries         int       `json:"tries,omitempty"`   // irrevocable calls made
	PushID        string    `json:"push_id,omitempty"` // publish_id or msg_id
	PushDataID    string    `json:"push_data_id,omitempty"`
	Publication   string    `json:"publication,omitempty"` // WeChat's article_id, by which a publication is taken down
	URLs          []string  `json:"urls,omitempty"`        // of the live articles, in order
	LiveAt        time.Time `json:"live_at,omitzero"`

	Failures int `json:"failures,omitempty"` // failed tries of the present step, one after another
	Looks    int `json:"looks,omitempty"`    // polls for the result since it was fired

	RestoredFrom time.Time `json:"restored_from,omitzero"` // the backup that it came back from; see restore.go

	Fence        int64     `json:"fence"` // raised by every claim and by every person's decision
	ClaimedBy    string    `json:"claimed_by,omitempty"`
	ClaimedUntil time.Time `json:"claimed_until,omitzero"`

	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Reason says why a delivery is blocked and who does what about it.
type Reason struct {
	Code  string    `json:"code"` // stable, e.g. "wechat.45028", "missed", "draft.edited"
	Class Class     `json:"class,omitempty"`
	Text  Text      `json:"text"`           // what happened
	Fix   Text      `json:"fix"`            // what to do
	Whose Role      `json:"whose"`          // whose turn it is
	Back  State     `json:"back"`           // the state that release returns to
	Ends  State     `json:"ends,omitempty"` // the state that cancel leads to; empty: cancelled
	At    time.Time `json:"at"`
}

// Attempt is one try of one step of a delivery, kept so that staff can see it.
type Attempt struct {
	Delivery  DeliveryID `json:"delivery"`
	Seq       int        `json:"seq"` // from 1
	Step      Step       `json:"step"`
	Worker    string     `json:"worker"`
	StartedAt time.Time  `json:"started_at"`
	EndedAt   time.Time  `json:"ended_at"`
	Outcome   Outcome    `json:"outcome"`
	Code      string     `json:"code,omitempty"`
	Text      Text       `json:"text,omitzero"`
	Raw       string     `json:"raw,omitempty"` // the target's own answer, without secrets, at most 4 KB
}

// Step is a part of a delivery's way.
type Step string

// The steps.
const (
	StepPrepare Step = "prepare" // renditions, uploads, draft/add
	StepCheck   Step = "check"   // is the draft still what was stored
	StepFire    Step = "fire"    // the irrevocable call
	StepLook    Step = "look"    // asking for the result, or whether there is one
	StepWrite   Step = "write"   // the website's files
)

// Outcome is how a try ended.
type Outcome string

// The outcomes.
const (
	OutcomeOK      Outcome = "ok"
	OutcomeFailed  Outcome = "failed"  // will be tried again
	OutcomeUnknown Outcome = "unknown" // no clear answer
	OutcomeBlocked Outcome = "blocked"
)
