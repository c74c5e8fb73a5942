package press

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Settings are what an administrator changes while everything runs: the stages of review and the quiet hours.
type Settings struct {
	Stages  []Stage      `json:"stages"`            // in the order in which they are signed
	Retired []Stage      `json:"retired,omitempty"` // stages there were before; see Next
	Quiet   []QuietHours `json:"quiet,omitempty"`
	Version int64        `json:"-"` // raised by every change; 0: nobody has changed anything yet
}

// QuietHours are hours in which nothing is scheduled, in the zone of the office: the night, an examination.
type QuietHours struct {
	Name  string         `json:"name"`
	From  int            `json:"from"`           // minutes since midnight, 0 to 1439
	Until int            `json:"until"`          // minutes since midnight, 1 to 1440; not after From: it ends on the next day
	Days  []time.Weekday `json:"days,omitempty"` // on which it begins; empty: every day
}

// Bounds of the settings.
const (
	MaxStages        = 6
	MaxStageRunes    = 20
	MaxQuietHours    = 20
	MaxQuietRunes    = 40
	minutesOfDay     = 24 * 60
	maxRetiredStages = 60
)

// Covers reports whether a moment falls into the quiet hours. The moment must be in the zone of the office.
func (q QuietHours) Covers(at time.Time) bool {
	minute := at.Hour()*60 + at.Minute()
	if q.From < q.Until {
		return q.on(at.Weekday()) && minute >= q.From && minute < q.Until
	}
	yesterday := (at.Weekday() + 6) % 7
	return q.on(at.Weekday()) && minute >= q.From || q.on(yesterday) && minute < q.Until
}

func (q QuietHours) on(day time.Weekday) bool {
	return len(q.Days) == 0 || slices.Contains(q.Days, day)
}

// QuietAt returns the quiet hours that a moment falls into. The moment must be in the zone of the office.
func (s Settings) QuietAt(at time.Time) (QuietHours, bool) {
	for _, q := range s.Quiet {
		if q.Covers(at) {
			return q, true
		}
	}
	return QuietHours{}, false
}

// Next returns the stage that waits for a signature in an article under review; false where none does.
//
// An article is approved by a signature and by nothing else. So where a change of the stages left an article with every
// remaining stage signed, it waits for one more: that of a stage which was taken away and which it still lacked. With
// that signature it is approved.
func (s Settings) Next(signed []SignOff) (Stage, bool) {
	if stage, ok := NextStage(s.Stages, signed); ok {
		return stage, true
	}
	return NextStage(s.Retired, signed)
}

// Stage returns the stage of that key, of the present ones or of those there were.
func (s Settings) Stage(key string) (Stage, bool) {
	for _, list := range [][]Stage{s.Stages, s.Retired} {
		if i := slices.IndexFunc(list, func(st Stage) bool { return st.Key == key }); i >= 0 {
			return list[i], true
		}
	}
	return Stage{}, false
}

// WithStages returns the settings with other stages. Those that are no longer among them are kept as retired, the one
// taken away last first.
func (s Settings) WithStages(stages []Stage) Settings {
	out := s
	out.Stages, out.Retired = stages, nil
	for _, old := range slices.Concat(s.Stages, s.Retired) {
		known := slices.ContainsFunc(slices.Concat(stages, out.Retired), func(st Stage) bool { return st.Key == old.Key })
		if !known && len(out.Retired) < maxRetiredStages {
			out.Retired = append(out.Retired, old)
		}
	}
	return out
}

// Check returns what is wrong with the settings.
func (s Settings) Check() error {
	if len(s.Stages) == 0 || len(s.Stages) > MaxStages {
		return Fail(Invalid, "settings.stages", Say("There are 1 to %[1]d stages of review; these are %[2]d.",
			"审核环节应为 1 至 %[1]d 个，当前为 %[2]d 个。", MaxStages, len(s.Stages)))
	}
	for i, stage := range s.Stages {
		if err := stage.check(); err != nil {
			return err
		}
		for _, other := range s.Stages[:i] {
			if other.Key == stage.Key || other.Name.ZH == stage.Name.ZH || other.Name.EN == stage.Name.EN {
				return Fail(Invalid, "settings.stages", Say("Two stages are called %[1]s; give each its own name.",
					"有两个环节都叫“%[2]s”，请使用不同的名称。", stage.Name.EN, stage.Name.ZH))
			}
		}
	}
	return s.checkQuiet()
}

var stageKeyForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

func (s Stage) check() error {
	if !stageKeyForm.MatchString(s.Key) {
		return Fail(Invalid, "settings.stage", Say("The key of a stage is %q; it has 1 to 32 of the characters a-z, 0-9 and -.",
			"审核环节的标识为 %q，应由 1 至 32 个 a-z、0-9、- 组成。", clip(s.Key, 60)))
	}
	for _, name := range []string{s.Name.ZH, s.Name.EN} {
		if !plainName(name, MaxStageRunes) {
			return Fail(Invalid, "settings.stage", Say("A stage needs a name of 1 to %d characters in both languages.",
				"每个审核环节都须有中英文名称，1 至 %d 个字。", MaxStageRunes))
		}
	}
	return nil
}

func (s Settings) checkQuiet() error {
	if len(s.Quiet) > MaxQuietHours {
		return Fail(Invalid, "settings.quiet", Say("At most %d quiet hours can be kept.", "静默时段最多 %d 个。", MaxQuietHours))
	}
	for _, q := range s.Quiet {
		if err := q.check(); err != nil {
			return err
		}
	}
	return nil
}

func (q QuietHours) check() error {
	switch {
	case !plainName(q.Name, MaxQuietRunes):
		return Fail(Invalid, "settings.quiet", Say("Quiet hours need a name of 1 to %d characters.",
			"静默时段须有名称，1 至 %d 个字。", MaxQuietRunes))
	case q.From < 0 || q.From >= minutesOfDay || q.Until < 1 || q.Until > minutesOfDay || q.From == q.Until:
		return Fail(Invalid, "settings.quiet", Say("The quiet hours “%s” need a beginning and another end, such as 22:00 to 07:00.",
			"静默时段“%s”须填写不同的起止时间，如 22:00 至 07:00。", q.Name))
	}
	for i, day := range q.Days {
		if day < time.Sunday || day > time.Saturday || slices.Contains(q.Days[:i], day) {
			return Fail(Invalid, "settings.quiet", Say("The quiet hours “%s” name a day that is none, or one twice.",
				"静默时段“%s”的星期有误。", q.Name))
		}
	}
	return nil
}

// plainName reports whether a name is one line of 1 to limit characters.
func plainName(name string, limit int) bool {
	n := utf8.RuneCountInString(name)
	return n > 0 && n <= limit && utf8.ValidString(name) && name == strings.TrimSpace(name) && !strings.ContainsFunc(name, unicode.IsControl)
}
