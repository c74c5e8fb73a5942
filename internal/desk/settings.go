package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"newsdesk/internal/press"
)

// Settings returns the stages of review and the quiet hours as they are now. Stages that nobody has set are those of the
// configuration.
func (d *Desk) Settings(ctx context.Context) (press.Settings, error) {
	s, err := d.Store.Settings(ctx)
	if err != nil {
		return s, err
	}
	if len(s.Stages) == 0 {
		s.Stages = d.Stages
	}
	return s, nil
}

// SaveStages gives review other stages, in the order in which they are signed. A stage without a key is new. The version is
// that of the settings which the administrator has seen.
//
// Articles under review are asked for the stages there are then. One that has every remaining stage signed is not approved
// by the change: it waits for the signature of a stage that was taken away (see press.Settings.Next).
func (d *Desk) SaveStages(ctx context.Context, by press.Actor, version int64, stages []press.Stage) (_ press.Settings, err error) {
	defer press.Wrap(&err, "desk.SaveStages")
	return d.saveSettings(ctx, by, version, func(s press.Settings) press.Settings {
		return s.WithStages(named(stages, s))
	})
}

// SaveQuiet gives the newsroom other quiet hours. The version is that of the settings which the administrator has seen.
func (d *Desk) SaveQuiet(ctx context.Context, by press.Actor, version int64, quiet []press.QuietHours) (_ press.Settings, err error) {
	defer press.Wrap(&err, "desk.SaveQuiet")
	return d.saveSettings(ctx, by, version, func(s press.Settings) press.Settings {
		s.Quiet = slices.Clone(quiet)
		for i := range s.Quiet {
			s.Quiet[i].Name = strings.TrimSpace(s.Quiet[i].Name)
		}
		return s
	})
}

func (d *Desk) saveSettings(ctx context.Context, by press.Actor, version int64, change func(press.Settings) press.Settings) (press.Settings, error) {
	if err := by.Require(press.Administrator); err != nil {
		return press.Settings{}, err
	}
	before, err := d.Settings(ctx)
	if err != nil {
		return before, err
	}
	next := change(before)
	next.Version = version
	if err := next.Check(); err != nil {
		return next, err
	}
	return d.Store.SaveSettings(ctx, by, next, changes(before, next))
}

// named trims the names and gives each new stage a key that no stage has had.
func named(stages []press.Stage, s press.Settings) []press.Stage {
	out := slices.Clone(stages)
	for i := range out {
		out[i].Name = press.Text{EN: strings.TrimSpace(out[i].Name.EN), ZH: strings.TrimSpace(out[i].Name.ZH)}
		for n := 1; out[i].Key == ""; n++ {
			key := fmt.Sprintf("stage-%d", n)
			_, known := s.Stage(key)
			if !known && !slices.ContainsFunc(out, func(st press.Stage) bool { return st.Key == key }) {
				out[i].Key = key
			}
		}
	}
	return out
}

// changes says for the audit log what is different.
func changes(before, next press.Settings) string {
	var out []string
	if a, b := stageList(before.Stages), stageList(next.Stages); a != b {
		out = append(out, a+" → "+b)
	}
	if a, b := quietList(before.Quiet), quietList(next.Quiet); a != b {
		out = append(out, a+" → "+b)
	}
	return strings.Join(out, "; ")
}

func stageList(stages []press.Stage) string {
	names := make([]string, len(stages))
	for i, s := range stages {
		names[i] = s.Name.ZH + "/" + s.Name.EN + " (" + s.Key + ")"
	}
	return "[" + strings.Join(names, ", ") + "]"
}

func quietList(quiet []press.QuietHours) string {
	names := make([]string, len(quiet))
	for i, q := range quiet {
		names[i] = fmt.Sprintf("%s %02d:%02d–%02d:%02d", q.Name, q.From/60, q.From%60, q.Until/60, q.Until%60)
		if len(q.Days) > 0 {
			names[i] += fmt.Sprintf(" %v", q.Days)
		}
	}
	return "[" + strings.Join(names, ", ") + "]"
}
