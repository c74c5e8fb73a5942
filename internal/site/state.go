package site

import (
	"context"
	"slices"
	"time"
)

// The state of the site as a whole is one small style sheet with a name that never changes. Every page links it and no
// cache keeps it long, so that a day of mourning turns a hundred thousand pages grey by one file, on any web server.
const stateFile = "site-state.css"

const (
	usualState = "/* The site as usual. */\n"
	greyState  = "/* A day of mourning. */\nhtml { -webkit-filter: grayscale(1); filter: grayscale(1); }\n"
)

// Grey reports whether the site is in shades of grey at some time.
func (s *Site) Grey(at time.Time) bool {
	day := at.In(s.cfg.Zone).Format(time.DateOnly)
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
	return s.putState(w)
}

func (s *Site) putState(w *writer) error {
	state := usualState
	if s.Grey(s.cfg.Now()) {
		state = greyState
	}
	return w.put(stateFile, []byte(state))
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
