package press

import (
	"strings"
	"time"
	"unicode/utf8"
)

// A page stands at a website that was removed here, or is switched off. Newsdesk brings nothing there any more, so a person
// takes the page down at the website itself and says so. That calls nothing; it makes the record true.

// CodeByHand is the code of a try to take a page down that was a person's word.
const CodeByHand = "retract.by_hand"

// MaxHandNote bounds what a person says about taking a page down by hand, in characters.
const MaxHandNote = 1000

// TakenDownByHand is a person's word that a website's page was taken down there. The note may be empty.
func TakenDownByHand(note string) Change {
	c := TakenDown()
	c.Action, c.Detail = "delivery.taken_down_by_hand", note
	c.check = func(d Delivery) error {
		if d.Kind == TargetSite {
			return nil
		}
		return Fail(Conflict, "retract.not_page", Say("Only a website's page can be noted as taken down by hand.", "只有网站页面可以登记为手动撤下。"))
	}
	return c
}

// Reachable refuses a person's word about a page that Newsdesk can take down itself.
func Reachable() error {
	return Fail(Conflict, "retract.reachable", Say(
		"Newsdesk reaches this website: retract the page here. Only where the website was removed or is switched off a person says that it was taken down by hand.",
		"系统仍可访问该网站，请直接撤回。只有渠道已移除或停用时，才需登记手动撤下。"))
}

// HandNote is a note as it is kept. It is refused, "retract.note", where it is too long.
func HandNote(note string) (string, error) {
	note = strings.TrimSpace(note)
	if utf8.RuneCountInString(note) > MaxHandNote {
		return "", Fail(Invalid, "retract.note", Say("The note has at most %d characters.", "说明最多 %d 字。", MaxHandNote))
	}
	return note, nil
}

// HandAttempt is the entry among a delivery's tries about a person's word.
func HandAttempt(by Actor, note string, now time.Time) Attempt {
	said := Say("%s says that it was taken down at the website by hand.", "%s 已确认：在对方网站手动撤下。", by.Name)
	if note != "" {
		said.EN, said.ZH = said.EN+" "+note, said.ZH+note
	}
	return Attempt{Step: StepRetract, Worker: by.Name, StartedAt: now, EndedAt: now, Outcome: OutcomeOK, Code: CodeByHand, Text: said}
}

// ByHand reports whether the page is down because a person has said so.
func (p Presence) ByHand() bool {
	return p.Delivery.State == Retracted && p.Last != nil && p.Last.Code == CodeByHand
}
