package press

// TargetReport is what trying the connection to a target showed. Nothing of the trial is left there.
type TargetReport struct {
	Works  bool          `json:"works"` // articles can be delivered
	Text   Text          `json:"text"`
	Fix    Text          `json:"fix,omitzero"`
	Checks []TargetCheck `json:"checks"` // in the order they were made; those after one that stops everything are missing
}

// TargetCheck is one step of the trial. It holds no secret.
type TargetCheck struct {
	Name   Text   `json:"name"`
	OK     bool   `json:"ok"`
	Text   Text   `json:"text"`
	Fix    Text   `json:"fix,omitzero"`     // what to do; also where it works, but not as well as it could
	Answer string `json:"answer,omitempty"` // the other side's own words, bounded
}
