package settings

import (
	"net/http"
	"slices"
	"strings"

	"newsdesk/internal/press"
	"newsdesk/internal/web/page"
)

type columnsPage struct {
	Tree    []columnRow
	Strays  []columnRow // only articles name them
	Choices []press.Column
	Parent  string // typed and refused
	Name    string
}

// columnRow is a column as the tree shows it.
type columnRow struct {
	press.ColumnNode
	Parent   string
	Index    int // among its siblings that the office lists
	Last     bool
	Deepest  bool // can have none below it
	Children []columnRow
	Asks     press.Text // what the column itself asks of its articles; zero: nothing
}

// Key names the column in forms. No name holds the sign between them.
func (c columnRow) Key() string { return c.Path.String() }

// All is how many articles are in the column and below it.
func (c columnRow) All() int { return c.Articles + c.Below }

func (h handlers) columns(r *page.Request) error {
	data, err := h.columnsPage(r)
	if err != nil {
		return err
	}
	return r.Render("columns.html", data)
}

func (h handlers) columnsPage(r *page.Request) (columnsPage, error) {
	nodes, err := h.Desk.Columns(r.Context())
	if err != nil {
		return columnsPage{}, err
	}
	choices, err := h.Desk.ColumnChoices(r.Context())
	data := columnsPage{Choices: choices}
	data.Choices = slices.DeleteFunc(slices.Clone(choices), func(c press.Column) bool { return len(c) >= press.MaxColumnDepth })
	data.Tree, data.Strays = columnRows(nodes, "")
	if err != nil {
		return data, err
	}
	ruled, err := h.Desk.ColumnRules(r.Context())
	data.Tree = asked(data.Tree, ruled)
	return data, err
}

// columnRows splits what the office lists from what only articles name.
func columnRows(nodes []press.ColumnNode, parent string) (listed, strays []columnRow) {
	for _, n := range nodes {
		row := columnRow{ColumnNode: n, Parent: parent, Index: len(listed), Deepest: len(n.Path) >= press.MaxColumnDepth}
		children, below := columnRows(n.Children, row.Key())
		row.Children = children
		if n.Listed {
			listed = append(listed, row)
		} else if n.Articles > 0 {
			row.Children = nil
			strays = append(strays, row)
		}
		strays = append(strays, below...)
	}
	if len(listed) > 0 {
		listed[len(listed)-1].Last = true
	}
	return listed, strays
}

const columnsPath = "/settings/columns"

func (h handlers) addColumn(r *page.Request) error {
	parent, name := r.FormValue("parent"), strings.TrimSpace(r.FormValue("name"))
	// The name alone is checked for separators, by the domain: they would make it a path.
	column := append(press.ParseColumn(parent), name)
	if err := h.Desk.AddColumn(r.Context(), r.Actor, column); err != nil {
		data, readErr := h.columnsPage(r)
		if readErr != nil {
			return readErr
		}
		data.Parent, data.Name = parent, name
		return r.Refuse(err, "columns.html", data)
	}
	return r.See(columnsPath, "settings.column_added", "name", column.String())
}

func (h handlers) renameColumn(r *page.Request) error {
	column := press.ParseColumn(r.FormValue("column"))
	to, left, err := h.Desk.RenameColumn(r.Context(), r.Actor, column, strings.TrimSpace(r.FormValue("name")))
	if err != nil {
		return r.SeeRefusal(columnsPath, err)
	}
	return h.seeMoved(r, to, left)
}

// seeMoved says what became of a column, and of articles that stay where they were signed.
func (h handlers) seeMoved(r *page.Request, to press.Column, left int) error {
	if left > 0 {
		return r.See(columnsPath, "settings.column_left", "name", to.String(), "n", left)
	}
	return r.See(columnsPath, "settings.column_saved", "name", to.String())
}

// placeColumn moves a column: dropped by a script at an index of another's children, or by a button.
func (h handlers) placeColumn(r *page.Request) error {
	column, parent := press.ParseColumn(r.FormValue("id")), press.ParseColumn(r.FormValue("parent"))
	to, left, err := h.Desk.PlaceColumn(r.Context(), r.Actor, column, parent, r.Number("index", 0))
	switch {
	case err != nil && r.WantsJSON():
		return err
	case err != nil:
		return r.SeeRefusal(columnsPath, err)
	case r.WantsJSON() && r.Method == http.MethodPost:
		return r.JSON(map[string]any{"column": to.String(), "left": left})
	}
	return h.seeMoved(r, to, left)
}

func (h handlers) removeColumn(r *page.Request) error {
	column := press.ParseColumn(r.FormValue("column"))
	if err := h.Desk.RemoveColumn(r.Context(), r.Actor, column); err != nil {
		return r.SeeRefusal(columnsPath, err)
	}
	return r.See(columnsPath, "settings.column_removed", "name", column.String())
}
