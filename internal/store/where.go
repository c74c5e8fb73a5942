package store

import (
	"fmt"
	"strings"
)

// Bounds of a page of any list.
const (
	defaultLimit = 50
	maxLimit     = 500
)

// where collects the conditions of a filter. It writes no value into the query, only places for them.
type where struct {
	conds []string
	args  []any
}

// add takes a condition with ? where its values go.
func (w *where) add(cond string, args ...any) {
	for _, arg := range args {
		cond = strings.Replace(cond, "?", w.place(arg), 1)
	}
	w.conds = append(w.conds, cond)
}

// in takes a list, of which there must be at least one.
func (w *where) in(column string, list []any) {
	places := make([]string, len(list))
	for i, v := range list {
		places[i] = w.place(v)
	}
	w.conds = append(w.conds, column+" IN ("+strings.Join(places, ", ")+")")
}

func (w *where) place(arg any) string {
	w.args = append(w.args, arg)
	return fmt.Sprintf("$%d", len(w.args))
}

func (w *where) String() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conds, " AND ")
}

// page returns the tail of the query, and its values with those of the conditions.
func (w *where) page(limit, offset int) (string, []any) {
	args := append(w.args[:len(w.args):len(w.args)], bounded(limit), max(offset, 0))
	return fmt.Sprintf(" LIMIT $%d OFFSET $%d", len(args)-1, len(args)), args
}

func bounded(limit int) int {
	if limit <= 0 {
		return defaultLimit
	}
	return min(limit, maxLimit)
}

func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// insert writes an INSERT of one row with a place for each column.
func insert(table, columns string) string {
	n := strings.Count(columns, ",") + 1
	places := make([]string, n)
	for i := range places {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	return "INSERT INTO " + table + " (" + columns + ") VALUES (" + strings.Join(places, ", ") + ")"
}
