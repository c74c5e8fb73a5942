package articles

import (
	"slices"
	"strings"

	"newsdesk/internal/desk"
	"newsdesk/internal/press"
	"newsdesk/internal/store"
	"newsdesk/internal/web/page"
)

const (
	pageSize = 30
	maxPage  = 100_000
)

// listing is what the list shows.
type listing struct {
	Filter   filter
	Rows     []store.ArticleRow
	Total    int
	More     bool // there are more than Total
	Page     int
	Last     bool // there is no page behind this one
	States   []press.ArticleState
	Columns  []press.Column
	Authors  []press.User
	Settings press.Settings
	Moves    bool // the person may choose rows and move them
	Writes   bool
}

// filter is what the address asks for.
type filter struct {
	Query  string
	State  press.ArticleState
	Column string
	Author press.UserID
}

// Chosen reports whether anything is filtered.
func (f filter) Chosen() bool { return f != filter{} }

func filterOf(r *page.Request) filter {
	f := filter{
		Query: strings.TrimSpace(r.FormValue("q")), State: press.ArticleState(r.FormValue("state")),
		Column: press.ParseColumn(r.FormValue("column")).String(), Author: press.UserID(r.FormValue("author")),
	}
	if !slices.Contains(states(), f.State) {
		f.State = ""
	}
	return f
}

func states() []press.ArticleState {
	return []press.ArticleState{
		press.ArticleDraft, press.ArticleReview, press.ArticleReturned, press.ArticleApproved, press.ArticleWithdrawn,
	}
}

func (f filter) rows(who press.Actor, at int) store.ArticleFilter {
	out := store.ArticleFilter{
		Query: f.Query, Column: press.ParseColumn(f.Column), Author: f.Author, Limit: pageSize, Offset: (at - 1) * pageSize,
	}
	if f.State != "" {
		out.States = []press.ArticleState{f.State}
	}
	if !who.ReadsAll() {
		out.OwnOf = who.ID
	}
	return out
}

func (h handlers) list(r *page.Request) error {
	ctx := r.Context()
	l := listing{Filter: filterOf(r), Page: min(max(r.Number("page", 1), 1), maxPage), States: states()}
	l.Writes = r.Actor.Has(press.Contributor) || r.Actor.Has(press.Editor)
	found, err := h.Store.ArticleRows(ctx, l.Filter.rows(r.Actor, l.Page))
	if err != nil {
		return err
	}
	l.Rows, l.Total, l.More, l.Moves = found.Rows, found.Total, found.More, l.Writes && len(found.Rows) > 0
	l.Last = len(l.Rows) < pageSize || !l.More && l.Page*pageSize >= l.Total
	if l.Columns, err = h.Desk.ColumnChoices(ctx); err != nil {
		return err
	}
	if l.Settings, err = h.Desk.Settings(ctx); err != nil {
		return err
	}
	if r.Actor.ReadsAll() {
		if l.Authors, err = h.authors(r); err != nil {
			return err
		}
	}
	return r.Render("list.html", l)
}

// authors are the people whose articles there may be.
func (h handlers) authors(r *page.Request) ([]press.User, error) {
	people, err := h.Store.Users(r.Context())
	return slices.DeleteFunc(people, func(u press.User) bool {
		return !slices.Contains(u.Roles, press.Contributor) && !slices.Contains(u.Roles, press.Editor)
	}), err
}

// moving is the second question before articles get another column.
type moving struct {
	Column press.Column
	Back   string
	Rows   []movingRow
	Moves  int // of those: would be moved
	Signed int // of those: would lose signatures
}

type movingRow struct {
	store.ArticleRow
	Stays bool // it is withdrawn, waits to go out, or is not this person's to change
	Loses bool // signatures
}

// move gives articles another column. It asks once more and says who loses signatures; then it does it.
func (h handlers) move(r *page.Request) error {
	if err := r.ParseForm(); err != nil {
		return press.Fail(press.Invalid, "move.form", press.Say("The choice cannot be read; choose again.", "选择的内容无法读取，请重新选择。")).Because(err)
	}
	var ids []press.ArticleID
	for _, id := range r.PostForm["id"] {
		if !slices.Contains(ids, press.ArticleID(id)) {
			ids = append(ids, press.ArticleID(id))
		}
	}
	back, column := backTo(r), press.ParseColumn(r.PostFormValue("column"))
	switch {
	case len(ids) == 0:
		return r.SeeRefusal(back, press.Fail(press.Invalid, "move.none", press.Say(
			"No article is chosen. Tick those that are to be moved.", "没有选择稿件，请先勾选要移动的稿件。")))
	case len(column) == 0:
		return r.SeeRefusal(back, press.Fail(press.Invalid, "move.column", press.Say(
			"Choose the column to which the articles are to go.", "请选择要移入的栏目。")))
	case r.PostFormValue("sure") == "":
		return h.askMove(r, ids, column, back)
	}
	moved, err := h.Desk.MoveColumn(r.Context(), r.Actor, ids, column)
	if err != nil {
		return err
	}
	if len(moved.Refused) == 0 {
		return r.See(back, "articles.moved", "n", len(moved.Moved), "column", column.String())
	}
	return r.Render("moved.html", movedPage{moved, column, back})
}

type movedPage struct {
	desk.Moved
	Column press.Column
	Back   string
}

func (h handlers) askMove(r *page.Request, ids []press.ArticleID, column press.Column, back string) error {
	rows, err := h.Store.ArticleRowsOf(r.Context(), ids)
	if err != nil {
		return err
	}
	m := moving{Column: column, Back: back}
	for _, a := range rows {
		if !r.Actor.CanRead(a.Article) {
			continue
		}
		row := movingRow{ArticleRow: a, Stays: a.Next != nil || press.CanWrite(r.Actor, a.Article) != nil}
		row.Loses = !row.Stays && len(a.Signed) > 0 && a.Column.String() != column.String()
		if row.Loses {
			m.Signed++
		}
		if !row.Stays {
			m.Moves++
		}
		m.Rows = append(m.Rows, row)
	}
	return r.Render("move.html", m)
}

// backTo is the list that the person came from, as its form says.
func backTo(r *page.Request) string {
	if back := page.OwnPath(r.PostFormValue("back")); strings.HasPrefix(back, "/articles") {
		return back
	}
	return "/articles"
}
