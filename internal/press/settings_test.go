package press_test

import (
	"slices"
	"testing"
	"time"

	"newsdesk/internal/press"
)

func TestQuietHours(t *testing.T) {
	t.Parallel()
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC) } // the 1st is a Sunday
	night := press.QuietHours{Name: "night", From: 22 * 60, Until: 7 * 60}
	friday := press.QuietHours{Name: "Friday night", From: 22 * 60, Until: 7 * 60, Days: []time.Weekday{time.Friday}}
	exam := press.QuietHours{Name: "exam", From: 8 * 60, Until: 12 * 60, Days: []time.Weekday{time.Monday}}
	late := press.QuietHours{Name: "evening", From: 20 * 60, Until: 24 * 60}
	for _, c := range []struct {
		quiet press.QuietHours
		at    time.Time
		want  bool
	}{
		{night, at(1, 21, 59), false},
		{night, at(1, 22, 0), true},
		{night, at(2, 6, 59), true},
		{night, at(2, 7, 0), false},
		{friday, at(6, 23, 0), true},
		{friday, at(7, 3, 0), true},
		{friday, at(6, 3, 0), false},
		{friday, at(7, 23, 0), false},
		{exam, at(2, 8, 0), true},
		{exam, at(2, 12, 0), false},
		{exam, at(3, 9, 0), false},
		{late, at(1, 23, 59), true},
		{late, at(2, 0, 0), false},
	} {
		if got := c.quiet.Covers(c.at); got != c.want {
			t.Errorf("%s covers %s: %v", c.quiet.Name, c.at.Format("Mon 15:04"), got)
		}
	}
}

func TestNextStage(t *testing.T) {
	t.Parallel()
	stages := press.DefaultStages()
	signed := func(keys ...string) (out []press.SignOff) {
		for _, key := range keys {
			out = append(out, press.SignOff{Stage: key})
		}
		return out
	}
	two := press.Settings{Stages: stages}.WithStages(stages[:2])
	one := two.WithStages(stages[:1])
	back := one.WithStages(stages)
	for _, c := range []struct {
		settings press.Settings
		signed   []press.SignOff
		want     string // "": nobody is waited for
	}{
		{two, nil, "first"},
		{two, signed("first"), "second"},
		{two, signed("first", "second"), "final"}, // complete by the change alone: one more signature
		{two, signed("first", "second", "final"), ""},
		{one, signed("first"), "second"},
		{one, signed("first", "second"), "final"},
		{back, signed("first", "second"), "final"},
		{back, signed("first", "second", "final"), ""},
	} {
		got, ok := c.settings.Next(c.signed)
		if got.Key != c.want || ok != (c.want != "") {
			t.Errorf("of %d stages and %d retired, %d signed: next is %q", len(c.settings.Stages), len(c.settings.Retired), len(c.signed), got.Key)
		}
	}
	if len(back.Retired) != 0 || len(one.Retired) != 2 {
		t.Errorf("retired: %v and %v", back.Retired, one.Retired)
	}
}

func TestSettingsCheck(t *testing.T) {
	t.Parallel()
	good := func() press.Settings {
		return press.Settings{
			Stages: press.DefaultStages(),
			Quiet:  []press.QuietHours{{Name: "夜间", From: 22 * 60, Until: 7 * 60}},
		}
	}
	if err := good().Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*press.Settings){
		"no stage":        func(s *press.Settings) { s.Stages = nil },
		"seven stages":    func(s *press.Settings) { s.Stages = slices.Repeat(s.Stages[:1], 7) },
		"the same name":   func(s *press.Settings) { s.Stages[1].Name.ZH = s.Stages[0].Name.ZH },
		"the same key":    func(s *press.Settings) { s.Stages[1].Key = s.Stages[0].Key },
		"no Chinese name": func(s *press.Settings) { s.Stages[1].Name.ZH = "" },
		"a line break":    func(s *press.Settings) { s.Stages[1].Name.EN = "a\nb" },
		"a key":           func(s *press.Settings) { s.Stages[1].Key = "A key" },
		"quiet: no name":  func(s *press.Settings) { s.Quiet[0].Name = " " },
		"quiet: no time":  func(s *press.Settings) { s.Quiet[0].From = -1 },
		"quiet: no hours": func(s *press.Settings) { s.Quiet[0].Until = s.Quiet[0].From },
		"quiet: no day":   func(s *press.Settings) { s.Quiet[0].Days = []time.Weekday{7} },
		"quiet: many":     func(s *press.Settings) { s.Quiet = slices.Repeat(s.Quiet, 21) },
	} {
		s := good()
		spoil(&s)
		err := s.Check()
		if text := press.TextOf(err); press.KindOf(err) != press.Invalid || text.EN == "" || text.ZH == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
