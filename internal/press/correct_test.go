package press

import (
	"strings"
	"testing"
	"time"
)

func sampleContent() Content {
	return Content{
		Title: "示例：食堂新菜单今日上线", Digest: "十二道菜品", Column: Column{"新闻资讯", "集团新闻"}, Credits: Credits{Text: "示例供稿"},
		Body: Body{Blocks: []Block{Paragraph{Text: []Run{{Text: "今日中午，第一食堂推出新菜单。"}}}}},
	}.Normalize()
}

// TestOldHashesStay: what was signed before there were correction notes is found under the hash that was signed.
func TestOldHashesStay(t *testing.T) {
	t.Parallel()
	const signed ContentHash = "c3367388f2cec8583fe521d3ee98fae0207c5ba731636058c83a736094051f65" // computed by the program before this field
	c := sampleContent()
	if got := c.Hash(); got != signed {
		t.Fatalf("the hash of a content without a note is %s, was %s", got, signed)
	}
	data, err := EncodeJSON(c)
	if err != nil || strings.Contains(string(data), "correction") {
		t.Errorf("a content without a note is written as %s (%v)", data, err)
	}
	if _, err := DecodeContent(data, signed); err != nil {
		t.Error(err)
	}
	c.Correction = "文中“十二道”应为“二十道”。"
	if c.Hash() == signed {
		t.Error("the note is not part of what is signed")
	}
}

func TestLacksNote(t *testing.T) {
	t.Parallel()
	seen := sampleContent()
	next := seen
	if LacksNote(next, seen) {
		t.Error("what says the same needs no note")
	}
	next.Title = "示例：食堂二十道新菜今日上线"
	if !LacksNote(next, seen) {
		t.Error("another title without a note")
	}
	next.Correction = "标题中的菜品数有误，已更正。"
	if LacksNote(next, seen) {
		t.Error("with its note")
	}
	again := next
	again.Digest = "二十道菜品"
	if !LacksNote(again, next) {
		t.Error("the second correction says what the first one said")
	}
	long := next
	long.Correction = strings.Repeat("更", MaxCorrectionRunes+1)
	if KindOf(long.Check()) != TooLarge {
		t.Errorf("a note of %d characters: %v", MaxCorrectionRunes+1, long.Check())
	}
}

// TestVerdicts: a target whose answer was lost, or whose retraction was cut off, is never called down or up for sure.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	tried := func(after time.Duration, o Outcome) *Attempt { return &Attempt{EndedAt: asked.Add(after), Outcome: o} }
	for name, c := range map[string]struct {
		p    Presence
		want Verdict
	}{
		"live":             {Presence{Delivery: Delivery{State: Live}}, VerdictUp},
		"cut off":          {Presence{Delivery: Delivery{State: Live}, AskedAt: asked, Last: tried(-time.Minute, OutcomeFailed)}, VerdictMaybe},
		"refused":          {Presence{Delivery: Delivery{State: Live}, AskedAt: asked, Last: tried(time.Second, OutcomeFailed)}, VerdictUp},
		"answer lost":      {Presence{Delivery: Delivery{State: Live}, AskedAt: asked, Last: tried(time.Second, OutcomeUnknown)}, VerdictMaybe},
		"one of a push":    {Presence{Delivery: Delivery{State: Live}, AskedAt: asked, Down: true}, VerdictDown},
		"retracted":        {Presence{Delivery: Delivery{State: Retracted}}, VerdictDown},
		"on its way":       {Presence{Delivery: Delivery{State: Sent}}, VerdictMaybe},
		"undecided":        {Presence{Delivery: Delivery{State: Blocked, FiredAt: asked}}, VerdictMaybe},
		"held":             {Presence{Delivery: Delivery{State: Blocked}}, VerdictHeld},
		"waits":            {Presence{Delivery: Delivery{State: Ready, Mode: ModeMass}}, VerdictGoes},
		"in the box":       {Presence{Delivery: Delivery{State: Ready, Mode: ModeDraft}}, VerdictBox},
		"left in the box":  {Presence{Delivery: Delivery{State: Cancelled, MediaID: "m"}}, VerdictBox},
		"never went":       {Presence{Delivery: Delivery{State: Cancelled}}, VerdictNever},
		"undecided, given": {Presence{Delivery: Delivery{State: Cancelled, FiredAt: asked}}, VerdictMaybe},
	} {
		if got := c.p.Verdict(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if text := c.want.Text(); text.EN == "" || text.ZH == "" {
			t.Errorf("%s has no words", c.want)
		}
	}
}
