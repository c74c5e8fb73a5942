package review

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

// historyPage is a page of the audit log with its filters.
type historyPage struct {
	Filter   filter
	Rows     []row
	Article  *press.Article // the page is that of one article
	Edition  string         // in words
	People   []press.User
	Groups   []press.ActionGroup
	Older    string // addresses; empty: there are none
	Newer    string
	Export   string
	Filtered bool
	Names    page.TargetNames
	Own      bool // only what concerns the reader's own articles is told
}

// filter is what the address says.
type filter struct {
	Article press.ArticleID
	Edition press.EditionID
	Person  press.UserID
	Group   string
	From    string // 2006-01-02
	Until   string // the last day, as people mean it
}

// row is one entry in words.
type row struct {
	press.HistoryEntry
	Name    press.Text
	Details press.Text
	Group   press.ActionGroup
}

const historyRows = 50

func (h handlers) history(r *page.Request) error { return h.showHistory(r, "") }

func (h handlers) articleHistory(r *page.Request) error { return h.showHistory(r, r.Article()) }

func (h handlers) showHistory(r *page.Request, article press.ArticleID) error {
	d := historyPage{Filter: readFilter(r, article), Own: !r.Actor.ReadsAll()}
	for _, g := range press.ActionGroups() {
		if !g.Guards || r.Actor.Has(press.Administrator) {
			d.Groups = append(d.Groups, g)
		}
	}
	f, err := d.Filter.query(h.Zone)
	if err != nil {
		return r.Refuse(err, "history.html", d)
	}
	if err := h.subjects(r, &d); err != nil {
		return err
	}
	f.Limit, f.Before, f.After = historyRows, int64(r.Number("before", 0)), int64(r.Number("after", 0))
	list, more, err := h.Desk.History(r.Context(), r.Actor, f)
	if err != nil {
		return err
	}
	d.Names = h.TargetNames(r.Context())
	if d.Rows, err = h.rows(r.Context(), list, d.Names); err != nil {
		return err
	}
	d.pages(r, f, more)
	return r.Render("history.html", d)
}

// subjects looks up the article and the people that the page names. Of people only those are offered who can have done
// something that this reader is told of.
func (h handlers) subjects(r *page.Request, d *historyPage) error {
	if d.Filter.Article != "" {
		rd, err := h.Desk.Read(r.Context(), d.Filter.Article, 0)
		if err == nil {
			err = r.Actor.RequireReading(rd.Article)
		}
		if err != nil {
			return err
		}
		d.Article = &rd.Article
	}
	if d.Filter.Edition != "" {
		d.Edition = string(d.Filter.Edition)
		if e, err := h.Store.Edition(r.Context(), d.Filter.Edition); err == nil && !d.Own {
			d.Edition = e.Account + " " + r.Formats().MomentText(e.At)
		}
	}
	people, err := h.Store.Users(r.Context())
	if !d.Own {
		d.People = people
	}
	return err
}

func readFilter(r *page.Request, article press.ArticleID) filter {
	f := filter{
		Article: article, Edition: press.EditionID(short(r.FormValue("edition"))), Person: press.UserID(short(r.FormValue("person"))),
		Group: short(r.FormValue("group")), From: short(r.FormValue("from")), Until: short(r.FormValue("until")),
	}
	if f.Article == "" {
		f.Article = press.ArticleID(short(r.FormValue("article")))
	}
	return f
}

// short cuts what no identifier or date is as long as.
func short(s string) string { return s[:min(len(s), 64)] }

// query is the filter as the store takes it.
func (f filter) query(zone *time.Location) (press.HistoryFilter, error) {
	out := press.HistoryFilter{Article: f.Article, Edition: f.Edition, Person: f.Person}
	if f.Group != "" {
		if !press.KnownAction(f.Group) {
			return out, press.Fail(press.Invalid, "history.group", press.Say("There is no group of actions %q.", "没有名为“%s”的操作类别。", f.Group))
		}
		out.Actions = []string{f.Group}
	}
	for _, day := range []struct {
		text  string
		after int
		to    *time.Time
	}{{f.From, 0, &out.From}, {f.Until, 1, &out.Until}} {
		if day.text == "" {
			continue
		}
		at, err := time.ParseInLocation(time.DateOnly, day.text, zone)
		if err != nil || at.Year() < 2000 || at.Year() > 2200 {
			return out, press.Fail(press.Invalid, "history.date", press.Say(
				"%q is not a day; write it as 2026-11-23.", "“%s”不是有效日期，请写成 2026-11-23 的形式。", day.text))
		}
		*day.to = at.AddDate(0, 0, day.after)
	}
	return out, nil
}

// values are the filter as an address.
func (f filter) values() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		"article": string(f.Article), "edition": string(f.Edition), "person": string(f.Person), "group": f.Group, "from": f.From, "until": f.Until,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

func (d *historyPage) pages(r *page.Request, f press.HistoryFilter, more bool) {
	q := d.Filter.values()
	d.Export = "/history.csv"
	if len(q) > 0 {
		d.Export += "?" + q.Encode()
	}
	q.Del("article")
	d.Filtered = len(q) > 0
	if strings.HasPrefix(r.URL.Path, "/history") && d.Filter.Article != "" {
		q.Set("article", string(d.Filter.Article))
	}
	if len(d.Rows) == 0 {
		return
	}
	at := func(name string, seq int64) string {
		q := maps(q)
		q.Set(name, strconv.FormatInt(seq, 10))
		return r.URL.Path + "?" + q.Encode()
	}
	if f.Before > 0 || f.After > 0 && more {
		d.Newer = at("after", d.Rows[0].Seq)
	}
	if f.After > 0 || more {
		d.Older = at("before", d.Rows[len(d.Rows)-1].Seq)
	}
}

func maps(q url.Values) url.Values {
	out := url.Values{}
	for name, list := range q {
		out[name] = slices.Clone(list)
	}
	return out
}

func (h handlers) rows(ctx context.Context, list []press.HistoryEntry, names page.TargetNames) ([]row, error) {
	settings, err := h.Desk.Settings(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]row, len(list))
	for i, e := range list {
		out[i] = h.row(e, settings, names)
	}
	return out, nil
}

func (h handlers) row(e press.HistoryEntry, settings press.Settings, names page.TargetNames) row {
	out := row{HistoryEntry: e, Name: press.ActionName(e.Action), Details: e.Details(settings, h.Zone), Group: press.GroupOf(e.Action)}
	if e.Action == "delivery.plan" {
		place := names.Called(e.Target)
		out.Details = press.Text{EN: "to “" + place.EN + "”", ZH: "投往“" + place.ZH + "”"}
	}
	return out
}

// About is the address of what an entry is about; empty where there is no page.
func (r row) About() string {
	switch {
	case r.Edition != "":
		return "/editions/" + url.PathEscape(string(r.Edition))
	case r.HistoryEntry.Article != "":
		return "/articles/" + url.PathEscape(string(r.HistoryEntry.Article))
	}
	return ""
}

// Known reports whether a row is about what its reader knows anyway: the article that the page is of, or the person who
// did it.
func (d historyPage) Known(e row) bool {
	if e.Person != "" {
		return e.Person == e.ActorName
	}
	return d.Article != nil && e.HistoryEntry.Article == d.Article.ID && e.Target == ""
}

// perWrite is how long a reader of an export may take for one stretch of it.
const perWrite = 30 * time.Second

// export writes the entries that the page's filters choose as a table for Excel: UTF-8 with its mark, so that Chinese is
// read as Chinese, and no cell that would be taken for a formula.
func (h handlers) export(r *page.Request) error {
	f, err := readFilter(r, "").query(h.Zone)
	if err != nil {
		return err
	}
	entries, err := h.Desk.ExportHistory(r.Context(), r.Actor, f)
	if err != nil {
		return err
	}
	settings, err := h.Desk.Settings(r.Context())
	if err != nil {
		return err
	}
	name := "newsdesk-history-" + h.Now().In(h.Zone).Format("20060102-1504") + ".csv"
	header := r.W.Header()
	header.Set("Content-Type", "text/csv; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	header.Set("Cache-Control", "no-store")
	_, _ = r.W.Write([]byte("\ufeff")) // the reader may have gone; the writer below notices
	out := csv.NewWriter(r.W)
	out.UseCRLF = true
	_ = out.Write(h.csvHead(r))
	n := 0
	names := h.TargetNames(r.Context())
	for e, err := range entries {
		if err != nil {
			h.Logger.ErrorContext(r.Context(), "an export of the history broke off", "error", err)
			_ = out.Write([]string{r.T("history.broken_off")})
			break
		}
		if n++; n%200 == 1 {
			out.Flush()
			_ = http.NewResponseController(r.W).SetWriteDeadline(time.Now().Add(perWrite)) // not every writer can
		}
		if out.Write(h.csvRow(r, h.row(e, settings, names))) != nil {
			break
		}
	}
	out.Flush()
	return nil // what began as a table cannot end as a page
}

func (h handlers) csvHead(r *page.Request) []string {
	return []string{
		r.T("history.number"), r.T("history.when"), r.T("history.who"), r.T("history.what"), r.T("history.about"), r.T("history.details"),
		r.T("history.code"), r.T("history.subject"),
	}
}

func (h handlers) csvRow(r *page.Request, e row) []string {
	who := e.ActorName
	if who == "" {
		who = r.T("page.newsdesk_did")
	}
	about := e.Title
	if about == "" {
		about = e.Person
	}
	if e.More > 0 {
		about += " +" + strconv.Itoa(e.More)
	}
	cells := []string{
		strconv.FormatInt(e.Seq, 10), e.At.In(h.Zone).Format("2006-01-02 15:04:05"), who, r.Say(e.Name), about, r.Say(e.Details), e.Action, e.Subject,
	}
	for i, cell := range cells {
		cells[i] = defused(cell)
	}
	return cells
}

// defused puts an apostrophe before what a spreadsheet would take for a formula.
func defused(cell string) string {
	if strings.IndexAny(strings.TrimLeft(cell, " "), "=+-@\t\r＝＋－＠") == 0 || strings.HasPrefix(cell, "\n") {
		return "'" + cell
	}
	return cell
}

// anchor is the id of a place on the page, as the template function "where" makes it.
func anchor(where string) string {
	return fmt.Sprint("at-", strings.NewReplacer("[", "-", "]", "", ".", "-", " ", "-").Replace(where))
}
