package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"newsdesk/internal/press"
)

// ColumnRules returns the rules of every column that states some, outer columns first.
func (s *Store) ColumnRules(ctx context.Context) (out []press.RuledColumn, err error) {
	err = s.read(ctx, "column rules", func(t *tx) error {
		out, err = t.columnRules()
		return err
	})
	return out, err
}

func (t *tx) columnRules() ([]press.RuledColumn, error) {
	return all(t, func(r row) (c press.RuledColumn, err error) {
		var rules string
		if err = r.Scan(&storedColumn{&c.Column}, &rules, &c.Version); err == nil {
			c.Rules, err = press.DecodeColumnRules(rules)
		}
		return c, err
	}, "SELECT column_key, rules, version FROM column_rules ORDER BY column_key")
}

// SaveColumnRules gives a column of the office its rules, in the place of the version that the person has seen; 0: it had
// none. Rules that state nothing are taken away. It is NotFound, "column.missing", if the office has no such column, and a
// Conflict, "settings.stale", if somebody else was faster.
func (s *Store) SaveColumnRules(ctx context.Context, by press.Actor, c press.RuledColumn) (press.RuledColumn, error) {
	next := c
	err := s.write(ctx, "save column rules", func(t *tx) error {
		next = c
		// The lock of the tree: a column is not renamed meanwhile.
		if err := t.must("UPDATE column_tree SET version = version + 1 WHERE one = 1"); err != nil {
			return err
		}
		by, err := t.administrator(by)
		if err != nil {
			return err
		}
		tree, err := t.columnTree()
		if err != nil {
			return err
		}
		if !tree.Has(c.Column) {
			return press.NoColumn(c.Column)
		}
		key, err := columnKey(c.Column)
		if err != nil {
			return err
		}
		var seen int64
		if err := t.one("SELECT version FROM column_rules WHERE column_key = $1", key).Scan(&seen); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if seen != c.Version {
			return stale()
		}
		text, err := t.putColumnRules(key, &next)
		if err != nil {
			return err
		}
		return t.audit(by, "column.rules", c.Column.String(), text)
	})
	return next, err
}

// putColumnRules writes rules as they are stored, or takes them away where they state nothing.
func (t *tx) putColumnRules(key string, c *press.RuledColumn) (text string, err error) {
	if err := t.must("DELETE FROM column_rules WHERE column_key = $1", key); err != nil {
		return "", err
	}
	if c.Version++; !c.Rules.Stated() {
		c.Version = 0
		return "", nil
	}
	if text, err = c.Rules.Encode(); err != nil {
		return "", err
	}
	return text, t.must(insert("column_rules", "column_key, rules, version, updated_at"), key, text, c.Version, micros(t.now))
}

// followRules lets rules go with their columns: under the new path of one that was renamed or moved, and away with one that
// was removed.
func (t *tx) followRules(before, after press.ColumnTree, changed press.Column) error {
	follow := before.Follow(after, changed)
	list, err := t.columnRules()
	if err != nil {
		return err
	}
	for _, c := range list {
		to, stays := follow(c.Column)
		if stays && to.String() == c.Column.String() {
			continue
		}
		key, err := columnKey(c.Column)
		if err == nil {
			err = t.must("DELETE FROM column_rules WHERE column_key = $1", key)
		}
		if err != nil {
			return err
		}
		if !stays {
			continue
		}
		if key, err = columnKey(to); err == nil {
			_, err = t.putColumnRules(key, &c)
		}
		if err != nil {
			return fmt.Errorf("rules of %s: %w", c.Column, err)
		}
	}
	return nil
}
