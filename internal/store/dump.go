package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// notDumped are the tables that no backup holds: what can be derived from others, and sessions, which a restore ends.
func notDumped() []string { return []string{"article_index", "article_words", "sessions"} }

// Dump gives away every row of one moment while everything runs: begin is called with the schema's version and that moment,
// then each with one row after the other, table by table. A value is nil, a string, an int64 or a bool, the same on both
// databases. Both may take their time; what they return as an error ends the dump and is returned.
func (s *Store) Dump(ctx context.Context, begin func(schema int64, at time.Time) error, each func(table string, columns []string, row []any) error) error {
	if err := s.dumpable(ctx); err != nil {
		return err
	}
	return s.read(ctx, "dump", func(t *tx) error {
		if s.dialect.name() == DriverPostgres { // whoever takes the rows may be slower than a process that hangs is allowed to be
			if err := t.must("SET LOCAL idle_in_transaction_session_timeout = 0"); err != nil {
				return err
			}
		}
		var schema int64
		if err := t.one(`SELECT max(version_id) FROM ` + versionTable).Scan(&schema); err != nil {
			return err
		}
		tables, err := s.tables(schema)
		if err != nil {
			return err
		}
		if err := begin(schema, t.now); err != nil {
			return err
		}
		for _, table := range tables {
			if slices.Contains(notDumped(), table) {
				continue
			}
			if err := t.dumpTable(table, each); err != nil {
				return err
			}
		}
		return nil
	})
}

// dumpable refuses a database that has no tables, half of them, or those of a newer program. Older ones are as good.
func (s *Store) dumpable(ctx context.Context) error {
	if err := s.notRestoring(ctx); err != nil {
		return err
	}
	provider, err := s.provider()
	if err != nil {
		return err
	}
	have, err := s.version(ctx)
	switch target := newest(provider); {
	case err != nil:
		return err
	case have == 0:
		return press.Fail(press.NotFound, "backup.nothing", press.Say(
			"The database has no tables yet; there is nothing to back up.", "数据库中还没有任何表，没有可备份的内容。"))
	case have > target:
		return schemaNewer(have, target)
	}
	return nil
}

func (t *tx) dumpTable(table string, each func(string, []string, []any) error) error {
	rows, err := t.sql.QueryContext(t.ctx, "SELECT * FROM "+table) //nolint:gosec // one of our own tables
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, kinds, err := columnsOf(rows)
	if err != nil {
		return err
	}
	values, at := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		at[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(at...); err != nil {
			return err
		}
		for i, v := range values {
			if n, ok := v.(int64); ok && kinds[columns[i]] == "BOOLEAN" { // SQLite's
				values[i] = n != 0
			}
			if err := portable(v); err != nil {
				return fmt.Errorf("table %s, column %s: %w", table, columns[i], err)
			}
		}
		if err := each(table, columns, values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// columnsOf returns the columns of a result, and their types as the database calls them.
func columnsOf(rows *sql.Rows) (names []string, kinds map[string]string, err error) {
	types, err := rows.ColumnTypes()
	kinds = make(map[string]string, len(types))
	for _, c := range types {
		names, kinds[c.Name()] = append(names, c.Name()), c.DatabaseTypeName()
	}
	return names, kinds, err
}

// portable refuses a value that the other database would not keep as it is.
func portable(v any) error {
	switch v := v.(type) {
	case nil, int64, bool:
		return nil
	case string:
		if strings.IndexByte(v, 0) < 0 && utf8.ValidString(v) {
			return nil
		}
		return errors.New("a text that is not UTF-8")
	}
	return fmt.Errorf("a value of type %T", v)
}

var tableStatement = regexp.MustCompile(`(?mi)^\s*(CREATE TABLE|DROP TABLE|ALTER TABLE)\s+(\w+)(?:\s+RENAME TO\s+(\w+))?`)

// tables are the tables that the migrations up to a version make, in the order in which they make them: a database of
// PostgreSQL may hold others' tables too.
func (s *Store) tables(schema int64) (out []string, err error) {
	files, err := fs.Sub(migrations, "migrations/"+s.dialect.name())
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names { // sorted
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, err
		}
		if version > schema {
			break
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		up, _, _ := strings.Cut(string(text), "-- +goose Down")
		out = tablesAfter(out, up)
	}
	return out, nil
}

func tablesAfter(tables []string, migration string) []string {
	for _, m := range tableStatement.FindAllStringSubmatch(migration, -1) {
		switch statement, name, renamed := strings.ToUpper(m[1]), m[2], m[3]; {
		case statement == "CREATE TABLE":
			tables = append(tables, name)
		case statement == "DROP TABLE":
			tables = slices.DeleteFunc(tables, func(t string) bool { return t == name })
		case renamed != "":
			tables[slices.Index(tables, name)] = renamed
		}
	}
	return tables
}
