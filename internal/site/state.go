package site

import (
	"context"
	"errors"
	"slices"
	"time"
)

// The state of the site as a whole is one small style sheet with a name that never changes. Every page links it, so that a
// day of mourning turns a hundred thousand pages grey by one file, on any web server.
//
// It names the day and so is written anew each day. A web server that says nothing of caching lets browsers guess, and they
// keep a file for a tenth of its age (RFC 9111, section 4.2.2): one that is a year old would stay coloured for a month.
const stateFile = "site-state.css"

const greyStyle = "html { -webkit-filter: grayscale(1); filter: grayscale(1); }\n"

// State returns the style sheet of some time: it changes when a day begins, and only then.
func (s *Site) State(at time.Time) string {
	state := "/* " + s.day(at) + " */\n"
	if s.grey(at) {
		state += greyStyle
	}
	return state
}

func (s *Site) grey(at time.Time) bool {
	day := s.day(at)
	return s.cfg.Grey || slices.Contains(s.cfg.GreyDays, day) || slices.Contains(s.cfg.GreyDays, day[len("2006-"):])
}

// KeepState writes the state of this moment, if it is another than the folder has. Whoever serves the site calls it when
// a day begins.
func (s *Site) KeepState(ctx context.Context) error {
	w, err := s.begin(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	return errors.Join(s.putState(w), w.settle())
}

func (s *Site) putState(w *writer) error {
	return w.put(stateFile, []byte(s.State(s.cfg.Now())))
}

// checkDays refuses what is no day of a calendar. 29 February comes every fourth year and is one.
func checkDays(days []string) error {
	for _, day := range days {
		full := day
		if len(day) == len("01-02") {
			full = "2024-" + day
		}
		if _, err := time.Parse(time.DateOnly, full); err != nil {
			return badConfig("grey_days", day+" is no day like 12-13 or 2026-04-04", day+" 不是日期，应形如 12-13 或 2026-04-04")
		}
	}
	return nil
}
