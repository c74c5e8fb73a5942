package press

import "time"

// Mode is what a push does.
type Mode string

// The modes.
const (
	ModeDraft   Mode = "draft"   // 存入草稿箱: prepared in the account's draft box, a person presses the button there
	ModePublish Mode = "publish" // 发布: a permanent link; nobody is notified
	ModeMass    Mode = "mass"    // 群发: followers are notified
)

// Modes lists every mode.
func Modes() []Mode { return []Mode{ModeDraft, ModePublish, ModeMass} }

// MaxEditionArticles is how many articles WeChat takes in one push.
const MaxEditionArticles = 8

// SitePolicy is what a push does when the website's page, to which its 阅读原文 points, is not live.
type SitePolicy string

// The policies.
const (
	SiteRequired SitePolicy = "required" // wait for the page, and block when the lateness limit is passed
	SiteOptional SitePolicy = "optional" // send on time all the same
)

// Edition is 1 to 8 approved revisions that go to one account together, at one time.
type Edition struct {
	ID          EditionID     `json:"id"`
	Account     string        `json:"account"`
	Mode        Mode          `json:"mode"`
	At          time.Time     `json:"at"` // UTC
	Items       []EditionItem `json:"items"`
	SitePolicy  SitePolicy    `json:"site_policy"`
	MaxLateness time.Duration `json:"max_lateness"` // nanoseconds; later than this a push asks instead of going out
	Theme       string        `json:"theme,omitempty"`
	Cancelled   bool          `json:"cancelled,omitempty"`
	CreatedBy   UserID        `json:"created_by"`
	CreatedAt   time.Time     `json:"created_at"`
}

// DefaultMaxLateness is the lateness limit where none is given.
const DefaultMaxLateness = 30 * time.Minute

// EditionItem names one approved revision; the hash is the one that was signed.
type EditionItem struct {
	Article  ArticleID   `json:"article"`
	Revision int         `json:"revision"`
	Hash     ContentHash `json:"hash"`
	Title    string      `json:"title"`
}
