package press

import "time"

// TargetHealth is how the deliveries to a website fare.
type TargetHealth struct {
	Target       string    `json:"target"`
	LiveAt       time.Time `json:"live_at,omitzero"`       // when the last article went live there
	Waiting      int       `json:"waiting,omitempty"`      // deliveries that wait for their time
	Failing      int       `json:"failing,omitempty"`      // of those, what failed and will be tried again
	Blocked      int       `json:"blocked,omitempty"`      // deliveries that a person must decide about
	FailingSince time.Time `json:"failing_since,omitzero"` // the first failure of what failed and is not settled
	Why          Text      `json:"why,omitzero"`           // the newest of those failures
}

// Troubled reports whether something does not get there.
func (h TargetHealth) Troubled() bool { return h.Failing+h.Blocked > 0 }

// Called is what people call the target: its title, or its kind where it has none yet.
func (t Target) Called() Text {
	if t.Title == "" {
		return t.Kind.Name()
	}
	return Text{EN: t.Title, ZH: t.Title}
}
