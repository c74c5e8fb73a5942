package press

import "fmt"

// Lang is a language that people read Newsdesk in.
type Lang string

// The languages of every sentence Newsdesk says.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

// Text is a sentence for people, said in every language at once, so that it can be kept (as the reason of a blocked
// delivery, say) and shown later to readers of either.
type Text struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// Say makes a Text. Both formats take the same arguments; use %[1]s where the order differs.
func Say(en, zh string, args ...any) Text {
	if len(args) == 0 {
		return Text{EN: en, ZH: zh}
	}
	return Text{EN: fmt.Sprintf(en, args...), ZH: fmt.Sprintf(zh, args...)}
}

// In returns the sentence in a language; English when it is not known.
func (t Text) In(lang Lang) string {
	if lang == Chinese && t.ZH != "" {
		return t.ZH
	}
	return t.EN
}

// IsZero reports whether nothing is said.
func (t Text) IsZero() bool { return t == Text{} }
