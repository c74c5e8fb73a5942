package press

import (
	"slices"
	"time"
)

// MaxCorrectionRunes bounds what readers are told of a correction: a sentence or two.
const MaxCorrectionRunes = 300

// MaxCorrections is how many corrections of one article are listed for readers, the latest ones.
const MaxCorrections = 20

// Correction is what readers are told was corrected in an article that they could read before.
type Correction struct {
	Revision int       `json:"revision"` // that says it
	Note     string    `json:"note"`
	At       time.Time `json:"at"` // when it first reached readers
}

// LacksNote reports whether a content that is to stand in the place of one that readers have seen would do so without a
// word: it says something else, and what was corrected is not said, or is what was said of an earlier correction.
func LacksNote(next, seen Content) bool {
	return next.Hash() != seen.Hash() && (next.Correction == "" || next.Correction == seen.Correction)
}

// NoteMissing refuses a correction without its note.
func NoteMissing(next Content) error {
	if next.Correction != "" {
		return Fail(Invalid, "correction.same", Say(
			"The correction note is still that of the last correction. Say what is corrected this time, in one sentence for readers.",
			"更正说明还是上一次的。请用一句话告诉读者这次更正了什么。"))
	}
	return Fail(Invalid, "correction.missing", Say(
		"Readers have seen “%[1]s” already. Say in the correction note, in one sentence for them, what is corrected.",
		"《%[1]s》已经发布过，请在“更正说明”中用一句话告诉读者更正了什么。", next.Title))
}

// Resending is a person's decision to have WeChat delete what it shows and to send the newest approved revisions again. It
// is stored before anything is deleted; nothing is sent before the deletion is confirmed, and nothing is sent by itself.
type Resending struct {
	Delivery  DeliveryID `json:"delivery"`
	Position  int        `json:"position"` // of the one article, from 1; 0: the whole push
	Mode      Mode       `json:"mode"`
	At        time.Time  `json:"at,omitzero"` // zero: at once
	AskedBy   UserID     `json:"asked_by"`
	AskedName string     `json:"asked_name"`
	AskedAt   time.Time  `json:"asked_at"`
	Edition   EditionID  `json:"edition,omitempty"` // the one that was made; empty: nothing was sent again yet
}

// Resent reports whether an article of a push, by its place from 1, was sent again already: by itself, or with the whole push,
// which leaves out what WeChat had deleted by itself before.
func Resent(list []Resending, position int, goneByItself bool) bool {
	return slices.ContainsFunc(list, func(v Resending) bool {
		return v.Edition != "" && (v.Position == position || v.Position == 0 && !goneByItself)
	})
}

// Presence is what readers have of one article at one target, by one delivery.
type Presence struct {
	Delivery Delivery   `json:"delivery"`
	Revision int        `json:"revision"` // that the delivery brings
	Position int        `json:"position"` // in its edition, from 1; 0: a website's page
	Of       int        `json:"of"`       // articles in the edition
	Down     bool       `json:"down"`     // this article was deleted by itself; the rest of the push stays
	AskedAt  time.Time  `json:"asked_at,omitzero"`
	Last     *Attempt   `json:"last,omitempty"` // the last try to take it down
	Again    *Resending `json:"again,omitempty"`

	OutOfReach bool `json:"out_of_reach,omitempty"` // a page at a website that was removed here or is switched off
}

// Visible reports whether readers can open the article there, as far as Newsdesk knows.
func (p Presence) Visible() bool { return p.Delivery.State == Live && !p.Down }

// Verdict says where a target stands with an article that was to be nowhere.
type Verdict string

// The verdicts.
const (
	VerdictDown  Verdict = "down"  // was there, and is gone
	VerdictUp    Verdict = "up"    // is there
	VerdictMaybe Verdict = "maybe" // is there, or will be, or is not: looking tells
	VerdictHeld  Verdict = "held"  // stopped before it went out; a person decides
	VerdictGoes  Verdict = "goes"  // is still to go out
	VerdictBox   Verdict = "box"   // lies in WeChat's draft box, where a person may send it
	VerdictNever Verdict = "never" // cancelled before it went out
)

// Verdict judges a presence.
func (p Presence) Verdict() Verdict {
	d := p.Delivery
	switch d.State {
	case Live:
		return p.liveVerdict()
	case Retracted, Replaced:
		return VerdictDown
	case Sending, Sent, Unknown:
		return VerdictMaybe
	case Blocked:
		if !d.FiredAt.IsZero() {
			return VerdictMaybe
		}
		return VerdictHeld
	case Cancelled:
		switch {
		case !d.FiredAt.IsZero():
			return VerdictMaybe
		case d.MediaID != "":
			return VerdictBox
		}
		return VerdictNever
	case Ready:
		if d.Mode == ModeDraft {
			return VerdictBox
		}
	}
	return VerdictGoes
}

func (p Presence) liveVerdict() Verdict {
	switch {
	case p.Down:
		return VerdictDown
	case p.AskedAt.IsZero():
		return VerdictUp
	case p.Last == nil || p.Last.EndedAt.Before(p.AskedAt): // asked, and whoever did so was cut off
		return VerdictMaybe
	case p.Last.Outcome == OutcomeUnknown:
		return VerdictMaybe
	}
	return VerdictUp
}

// Text is the verdict in words.
func (v Verdict) Text() Text {
	switch v {
	case VerdictDown:
		return Say("Taken down: readers cannot open it any more.", "已撤下，读者打不开了。")
	case VerdictUp:
		return Say("Still up: readers can open it.", "仍在线，读者可以打开。")
	case VerdictMaybe:
		return Say("May be up: it is not known. Look there, then take it down once more; doing so twice does no harm.",
			"可能仍在线，暂不能确定。请先打开查看，再次撤回，重复操作没有影响。")
	case VerdictHeld:
		return Say("Stopped before it went out. It stays so until a person decides.", "发出前已停下，等人决定，不会自行发出。")
	case VerdictGoes:
		return Say("Is still to go out.", "尚未发出，到时间仍会发出。")
	case VerdictBox:
		return Say("The draft lies in WeChat's draft box. Delete it there, so that nobody sends it by hand.",
			"草稿还在微信草稿箱，请到微信后台删除，以免被手动发出。")
	case VerdictNever:
		return Say("Cancelled before it went out.", "发出前已取消。")
	}
	return Text{EN: string(v), ZH: string(v)}
}
