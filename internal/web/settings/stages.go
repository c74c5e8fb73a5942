package settings

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/web/page"
)

type stagesPage struct {
	Version int64
	Stages  []stageRow
	Full    bool // there are as many stages as may be
	Retired []press.Stage
	Waiting int  // articles under review
	Changed bool // the rows are not what is saved

	Quiet        []quietRow
	QuietFull    bool
	QuietChanged bool
	Zone         string
}

type stageRow struct {
	press.Stage
	Signers []press.User
	Anybody bool // of them, everyone may sign every stage
}

type quietRow struct {
	Name        string
	From, Until string // as a field for times has it: 22:00
	Days        []dayChoice
}

type dayChoice struct {
	Day     string // 0 is Sunday
	Checked bool
}

func (h handlers) stages(r *page.Request) error {
	data, err := h.stagesPage(r)
	if err != nil {
		return err
	}
	return r.Render("stages.html", data)
}

func (h handlers) stagesPage(r *page.Request) (stagesPage, error) {
	settings, err := h.Desk.Settings(r.Context())
	if err != nil {
		return stagesPage{}, err
	}
	_, waiting, err := h.Store.Articles(r.Context(), store.ArticleFilter{States: []press.ArticleState{press.ArticleReview}, Limit: 1})
	if err != nil {
		return stagesPage{}, err
	}
	data := stagesPage{Version: settings.Version, Retired: settings.Retired, Waiting: waiting, Zone: h.Zone.String()}
	if data.Stages, err = h.stageRows(r, settings.Stages); err != nil {
		return data, err
	}
	for _, q := range settings.Quiet {
		data.Quiet = append(data.Quiet, quietRow{Name: q.Name, From: clock(q.From), Until: clock(q.Until), Days: dayChoices(q.Days)})
	}
	return data.filled(), nil
}

func (p stagesPage) filled() stagesPage {
	p.Full, p.QuietFull = len(p.Stages) >= press.MaxStages, len(p.Quiet) >= press.MaxQuietHours
	return p
}

// stageRows adds to each stage who may sign it.
func (h handlers) stageRows(r *page.Request, stages []press.Stage) ([]stageRow, error) {
	people, err := h.Desk.Users(r.Context(), r.Actor)
	if err != nil {
		return nil, err
	}
	var out []stageRow
	for _, s := range stages {
		row := stageRow{Stage: s}
		for _, u := range people {
			if u.Has(press.Reviewer) && (len(u.Stages) == 0 || slices.Contains(u.Stages, s.Key)) {
				row.Signers = append(row.Signers, u)
			}
		}
		out = append(out, row)
	}
	return out, nil
}

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60%24, minutes%60) }

// minutes reads a time of day; -1 if it is none. Midnight as an end is the end of the day.
func minutes(text string, end bool) int {
	at, err := time.Parse("15:04", text)
	n := at.Hour()*60 + at.Minute()
	switch {
	case err != nil:
		return -1
	case end && n == 0:
		return 24 * 60
	}
	return n
}

// weekdays begin with Monday, as calendars here do.
func weekdays() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

func dayChoices(days []time.Weekday) []dayChoice {
	var out []dayChoice
	for _, d := range weekdays() {
		out = append(out, dayChoice{Day: strconv.Itoa(int(d)), Checked: len(days) == 0 || slices.Contains(days, d)})
	}
	return out
}

// maxRows bounds what is read of a form; more than may be kept is refused by the domain.
const maxRows = 30

// saveStages saves the rows, or changes them as a button says: every button of the form sends the whole form, so that it
// works without scripts and nothing typed is lost.
func (h handlers) saveStages(r *page.Request) error {
	data, err := h.stagesPage(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	stages := typedStages(r)
	version := int64(r.Number("version", 0))
	todo, at := button(r)
	if todo == "save" {
		if _, err = h.Desk.SaveStages(r.Context(), r.Actor, version, stages); err == nil {
			return r.See("/settings/stages", "settings.stages_saved")
		}
	} else {
		stages = rearranged(stages, todo, at)
	}
	rows, rowsErr := h.stageRows(r, stages)
	if rowsErr != nil {
		return rowsErr
	}
	data.Stages, data.Version, data.Changed = rows, version, true
	return answer(r, err, "stages", data.filled())
}

// answer shows a form again, with what was refused on top where something was.
func answer(r *page.Request, err error, name string, data stagesPage) error {
	switch {
	case err != nil:
		return r.Refuse(err, "stages.html", data)
	case r.Partial():
		return r.Fragment("stages.html", name, data)
	}
	return r.Render("stages.html", data)
}

func typedStages(r *page.Request) []press.Stage {
	keys, zh, en := r.PostForm["key"], r.PostForm["zh"], r.PostForm["en"]
	var out []press.Stage
	for i := range min(len(keys), len(zh), len(en), maxRows) {
		out = append(out, press.Stage{Key: keys[i], Name: press.Text{EN: en[i], ZH: zh[i]}})
	}
	return out
}

// button says which of the form's buttons was pressed: "save", "add", or one of a row, such as "up.2".
func button(r *page.Request) (todo string, row int) {
	for _, todo := range []string{"up", "down", "remove"} {
		for row := range maxRows {
			if r.PostForm.Has(todo + "." + strconv.Itoa(row)) {
				return todo, row
			}
		}
	}
	if r.PostForm.Has("add") {
		return "add", -1
	}
	return "save", -1
}

// rearranged applies a row's button to the rows.
func rearranged[T any](rows []T, todo string, at int) []T {
	rows = slices.Clone(rows)
	switch {
	case todo == "add":
		return append(rows, *new(T))
	case at < 0 || at >= len(rows):
	case todo == "remove":
		return slices.Delete(rows, at, at+1)
	case todo == "up" && at > 0:
		rows[at-1], rows[at] = rows[at], rows[at-1]
	case todo == "down" && at < len(rows)-1:
		rows[at+1], rows[at] = rows[at], rows[at+1]
	}
	return rows
}

func (h handlers) saveQuiet(r *page.Request) error {
	data, err := h.stagesPage(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	rows := typedQuiet(r)
	version := int64(r.Number("version", 0))
	todo, at := button(r)
	if todo == "save" {
		if err = h.keepQuiet(r, version, rows); err == nil {
			return r.See("/settings/stages", "settings.quiet_saved")
		}
	} else if rows = rearranged(rows, todo, at); todo == "add" {
		rows[len(rows)-1] = quietRow{From: "22:00", Until: "07:00", Days: dayChoices(nil)}
	}
	data.Quiet, data.Version, data.QuietChanged = rows, version, true
	return answer(r, err, "quiet", data.filled())
}

func (h handlers) keepQuiet(r *page.Request, version int64, rows []quietRow) error {
	for _, row := range rows {
		if !slices.ContainsFunc(row.Days, func(d dayChoice) bool { return d.Checked }) {
			return press.Fail(press.Invalid, "settings.quiet", press.Say(
				"Choose at least one day for the quiet hours “%s”, or remove them.", "静默时段“%s”至少选择一天，或将其移除。", row.Name))
		}
	}
	_, err := h.Desk.SaveQuiet(r.Context(), r.Actor, version, quietHours(rows))
	return err
}

func typedQuiet(r *page.Request) []quietRow {
	names, from, until := r.PostForm["name"], r.PostForm["from"], r.PostForm["until"]
	var out []quietRow
	for i := range min(len(names), len(from), len(until), maxRows) {
		row := quietRow{Name: names[i], From: from[i], Until: until[i]}
		chosen := r.PostForm["days-"+strconv.Itoa(i)]
		for _, d := range weekdays() {
			day := strconv.Itoa(int(d))
			row.Days = append(row.Days, dayChoice{Day: day, Checked: slices.Contains(chosen, day)})
		}
		out = append(out, row)
	}
	return out
}

// quietHours reads the rows; a time that is none is refused by the domain.
func quietHours(rows []quietRow) []press.QuietHours {
	var out []press.QuietHours
	for _, row := range rows {
		q := press.QuietHours{Name: row.Name, From: minutes(row.From, false), Until: minutes(row.Until, true)}
		for i, d := range row.Days {
			if d.Checked {
				q.Days = append(q.Days, weekdays()[i])
			}
		}
		if len(q.Days) == len(row.Days) { // every day, whichever days there are
			q.Days = nil
		}
		out = append(out, q)
	}
	return out
}
