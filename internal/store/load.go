package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"newsdesk/internal/press"
)

// restoring is the table that says that a restore has begun and not ended. While it is there the database serves nobody.
const restoring = "restore_under_way"

// BeginRestore makes an empty database ready for the rows of a backup with tables of that schema version, and notes that the
// restore of that backup is under way. It returns true where the rows are in already and the restore was broken off after
// that. A Conflict: "restore.not_empty", "restore.newer" for a backup of a newer program, "restore.schema" for empty tables
// of a newer schema than the backup's, "restore.other" where the restore of another backup was broken off.
func (s *Store) BeginRestore(ctx context.Context, schema int64, backup string) (loaded bool, err error) {
	defer press.Wrap(&err, "store: begin restore")
	provider, err := s.provider()
	if err != nil {
		return false, err
	}
	if target := newest(provider); schema > target {
		return false, press.Fail(press.Conflict, "restore.newer", press.Say(
			"The backup was made by a newer Newsdesk (schema version %d, this one knows %d); install that one and restore with it.",
			"该备份由更新版本的 Newsdesk 制作（数据库结构版本 %d，本程序支持到 %d），请安装新版后再恢复。", schema, target))
	}
	loaded, begun, err := s.restoreBegun(ctx, backup)
	if err != nil || begun {
		return loaded, err
	}
	if _, err := s.Restoring(ctx); err != nil {
		return false, err
	}
	have, err := s.version(ctx)
	if err != nil {
		return false, err
	}
	if have > schema {
		return false, press.Fail(press.Conflict, "restore.schema", press.Say(
			"The database has empty tables of schema version %d, the backup has version %d; give a database without tables.",
			"数据库中已有结构版本为 %d 的空表，备份的版本为 %d；请改用没有任何表的数据库。", have, schema))
	}
	if _, err := provider.UpTo(ctx, schema); err != nil {
		return false, s.translate(err)
	}
	return false, s.write(ctx, "note the restore", func(t *tx) error {
		if err := t.must("CREATE TABLE " + restoring + " (backup TEXT NOT NULL, loaded BOOLEAN NOT NULL, begun_at BIGINT NOT NULL)"); err != nil {
			return err
		}
		return t.must("INSERT INTO "+restoring+" (backup, loaded, begun_at) VALUES ($1, FALSE, $2)", backup, micros(t.now))
	})
}

// restoreBegun looks for the note of a restore.
func (s *Store) restoreBegun(ctx context.Context, backup string) (loaded, begun bool, err error) {
	if begun, err = s.restores(ctx); err != nil || !begun {
		return false, false, err
	}
	var which string
	if err := s.writer.QueryRowContext(ctx, "SELECT backup, loaded FROM "+restoring).Scan(&which, &loaded); err != nil {
		return false, true, s.translate(err)
	}
	if which != backup {
		return false, true, press.Fail(press.Conflict, "restore.other", press.Say(
			"The restore of another backup (%s) was broken off in this database; finish it with that file, or give an empty database.",
			"此数据库中有另一份备份（%s）的恢复尚未完成；请用该文件完成恢复，或改用空数据库。", which))
	}
	return loaded, true, nil
}

// Restoring reports whether a restore into this database was begun and is not finished. A database in which anything else was
// done is a Conflict, "restore.not_empty".
func (s *Store) Restoring(ctx context.Context) (begun bool, err error) {
	if begun, err = s.restores(ctx); err != nil || begun {
		return begun, err
	}
	have, err := s.version(ctx)
	if err == nil && have > 0 {
		err = s.empty(ctx)
	}
	return false, err
}

// restores reports whether a restore has begun and not ended.
func (s *Store) restores(ctx context.Context) (bool, error) {
	var tables int
	err := s.writer.QueryRowContext(ctx, s.dialect.hasTable(), restoring).Scan(&tables)
	return tables > 0, s.translate(err)
}

// notRestoring refuses a database in which a restore was broken off.
func (s *Store) notRestoring(ctx context.Context) error {
	under, err := s.restores(ctx)
	if err != nil || !under {
		return err
	}
	return press.Fail(press.Conflict, "restore.unfinished", press.Say(
		"A restore into this database was broken off before its end: run newsdesk restore with the same file again. Nothing is served until then.",
		"此数据库的恢复中途停止，尚未完成：请用同一备份文件再次运行 newsdesk restore。完成之前不提供服务。"))
}

// empty refuses a database in which anything has been done.
func (s *Store) empty(ctx context.Context) error {
	for _, table := range []struct{ name, en, zh string }{
		{"articles", "articles", "篇稿件"}, {"users", "people", "位人员"}, {"photos", "photos", "张图片"}, {"audit", "entries of history", "条记录"},
	} {
		var n int64
		if err := s.writer.QueryRowContext(ctx, "SELECT count(*) FROM "+table.name).Scan(&n); err != nil {
			return s.translate(err)
		}
		if n > 0 {
			return press.Fail(press.Conflict, "restore.not_empty", press.Text{
				EN: fmt.Sprintf("The database is not empty: it has %d %s. A backup is restored into an empty database only; nothing was changed.", n, table.en),
				ZH: fmt.Sprintf("数据库不是空的：已有 %d %s。备份只能恢复到空数据库，未作任何改动。", n, table.zh),
			})
		}
	}
	return nil
}

// Load puts rows into the tables that BeginRestore made, all in one transaction; feed calls put for each row, in the form in
// which Dump gave it. It may be called again from its beginning. Until FinishRestore no worker can take a delivery. A row that
// does not fit its table is Invalid, "restore.row".
func (s *Store) Load(ctx context.Context, feed func(put func(table string, columns []string, row []any) error) error) error {
	err := s.write(ctx, "load", func(t *tx) error {
		l := &loader{tx: t}
		if err := l.begin(); err != nil {
			return err
		}
		if err := feed(l.put); err != nil {
			return err
		}
		return l.end()
	})
	if press.CodeOf(err) == "store.reference" {
		return inconsistent().Because(err)
	}
	return err
}

// loader fills tables.
type loader struct {
	*tx
	tables  []string
	foreign []foreignKey
	into    string // the table that the waiting rows are for
	columns []string
	kinds   map[string]string // of the table's columns
	waiting []any
	bytes   int
}

// The rows of one INSERT: SQLite takes 32,766 values.
const (
	loadValues = 8_000
	loadBytes  = 1 << 20
)

type foreignKey struct{ table, name, definition string }

// begin takes away what would be in the way: foreign keys, which hold again at the end, and the rows that migrations put in.
func (l *loader) begin() (err error) {
	var schema int64
	if err := l.one(`SELECT max(version_id) FROM ` + versionTable).Scan(&schema); err != nil {
		return err
	}
	if l.tables, err = l.Store.tables(schema); err != nil {
		return err
	}
	if l.dialect.name() == DriverSQLite {
		err = l.must("PRAGMA defer_foreign_keys = ON")
	} else {
		err = l.dropForeignKeys()
	}
	for _, table := range l.tables {
		if err == nil {
			err = l.must("DELETE FROM " + table)
		}
	}
	return err
}

// dropForeignKeys takes PostgreSQL's foreign keys off. Putting them back checks every row.
func (l *loader) dropForeignKeys() (err error) {
	l.foreign, err = all(l.tx, func(r row) (k foreignKey, err error) {
		err = r.Scan(&k.table, &k.name, &k.definition)
		return k, err
	}, `SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
		WHERE k.contype = 'f' AND c.relnamespace = CAST(current_schema() AS regnamespace) ORDER BY c.relname, k.conname`)
	if err != nil {
		return err
	}
	l.foreign = slices.DeleteFunc(l.foreign, func(k foreignKey) bool { return !slices.Contains(l.tables, k.table) })
	for _, k := range l.foreign {
		if err := l.must("ALTER TABLE " + k.table + " DROP CONSTRAINT " + k.name); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) put(table string, columns []string, row []any) error {
	if table != l.into || !slices.Equal(columns, l.columns) {
		if err := l.flush(); err != nil {
			return err
		}
		if err := l.turnTo(table, columns); err != nil {
			return err
		}
	}
	if len(row) != len(columns) {
		return badRowOf(table)
	}
	for i, v := range row {
		size, ok := fits(v, l.kinds[columns[i]])
		if !ok {
			return badRowOf(table)
		}
		l.bytes += size
	}
	l.waiting = append(l.waiting, row...)
	if len(l.waiting) >= loadValues || l.bytes >= loadBytes {
		return l.flush()
	}
	return nil
}

// columnsIn returns a table's columns, and the kind of each.
func (l *loader) columnsIn(table string) (names []string, kinds map[string]string, err error) {
	rows, err := l.sql.QueryContext(l.ctx, "SELECT * FROM "+table+" LIMIT 0") //nolint:gosec // one of our own tables
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	names, kinds, err = columnsOf(rows)
	return names, kinds, errors.Join(err, rows.Err())
}

// turnTo looks at the table that the next rows are for: exactly its columns must come.
func (l *loader) turnTo(table string, columns []string) error {
	if !slices.Contains(l.tables, table) || slices.Contains(notDumped(), table) {
		return badRowOf(table)
	}
	names, kinds, err := l.columnsIn(table)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, name := range columns {
		seen[name] = kinds[name] != ""
	}
	if len(columns) != len(names) || len(seen) != len(names) {
		return badRowOf(table)
	}
	for _, known := range seen {
		if !known {
			return badRowOf(table)
		}
	}
	l.into, l.columns, l.kinds = table, slices.Clone(columns), kinds
	return nil
}

// fits reports whether a column of that type keeps a value as it is, and how much the value takes.
func fits(v any, kind string) (size int, ok bool) {
	switch v := v.(type) {
	case nil:
		return 1, true
	case string:
		return len(v), kind == "TEXT" && portable(v) == nil
	case int64:
		return 8, slices.Contains([]string{"BIGINT", "INTEGER", "INT8"}, kind)
	case bool:
		return 1, slices.Contains([]string{"BOOLEAN", "BOOL"}, kind)
	}
	return 0, false
}

func (l *loader) flush() error {
	if len(l.waiting) == 0 {
		return nil
	}
	width := len(l.columns)
	query := insert(l.into, strings.Join(l.columns, ", "))
	values := strings.Index(query, " VALUES ")
	var out strings.Builder
	out.WriteString(query[:values])
	if l.dialect.name() == DriverPostgres {
		out.WriteString(" OVERRIDING SYSTEM VALUE") // the numbers of the audit log stay what they were
	}
	for i := range l.waiting {
		switch {
		case i == 0:
			out.WriteString(" VALUES (")
		case i%width == 0:
			out.WriteString("), (")
		default:
			out.WriteString(", ")
		}
		fmt.Fprintf(&out, "$%d", i+1)
	}
	out.WriteString(")")
	err := l.must(out.String(), l.waiting...)
	l.waiting, l.bytes = l.waiting[:0], 0
	if trouble := l.dialect.trouble(err); trouble == troubleUnique || trouble == troubleOther {
		err = badRowOf(l.into).Because(err)
	}
	return err
}

// end puts back what begin took, derives what no backup holds, and gives every delivery that could move to the restore.
func (l *loader) end() error {
	if err := l.flush(); err != nil {
		return err
	}
	for _, k := range l.foreign {
		if err := l.must("ALTER TABLE " + k.table + " ADD CONSTRAINT " + k.name + " " + k.definition); err != nil {
			return err
		}
	}
	if err := l.goOnCounting(); err != nil {
		return err
	}
	if slices.Contains(l.tables, "article_index") {
		err := l.must(`INSERT INTO article_index (article, version, reviser, cover) SELECT id, 0, '', '' FROM articles ORDER BY created_at, id`)
		if err != nil {
			return err
		}
	}
	const century = 100 * 365 * 24 * time.Hour
	err := l.must("UPDATE deliveries SET claimed_by = 'restore', claimed_until = $1, fence = fence + 1 WHERE next_at IS NOT NULL", micros(l.now.Add(century)))
	if err != nil {
		return err
	}
	return l.must("UPDATE " + restoring + " SET loaded = TRUE")
}

// goOnCounting sets PostgreSQL's counters behind the greatest number that came in; SQLite does so by itself.
func (l *loader) goOnCounting() error {
	if l.dialect.name() == DriverSQLite {
		return nil
	}
	counters, err := all(l.tx, func(r row) (c [2]string, err error) {
		err = r.Scan(&c[0], &c[1])
		return c, err
	}, `SELECT table_name, column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND is_identity = 'YES' ORDER BY table_name`)
	if err != nil {
		return err
	}
	for _, c := range counters {
		if !slices.Contains(l.tables, c[0]) {
			continue
		}
		var next int64
		err := l.one(fmt.Sprintf("SELECT setval(pg_get_serial_sequence($1, $2), coalesce(max(%[2]s), 0) + 1, FALSE) FROM %[1]s", c[0], c[1]), c[0], c[1]).Scan(&next)
		if err != nil {
			return err
		}
	}
	return nil
}

func badRowOf(table string) *press.Error {
	return press.Fail(press.Invalid, "restore.row", press.Say(
		"The backup holds a row that does not fit the table %q; nothing was restored.", "备份中有与数据表 %q 不符的内容，未恢复任何数据。", clip(table, 64)))
}

func inconsistent() *press.Error {
	return press.Fail(press.Invalid, "restore.inconsistent", press.Say(
		"The backup's rows do not fit together; nothing was restored.", "备份中的数据相互矛盾，未恢复任何数据。"))
}

// FinishRestore brings the tables to the form that this program needs, settles every delivery that may have gone out since
// the backup was made, notes the restore, and lets the database serve again.
func (s *Store) FinishRestore(ctx context.Context, made time.Time, detail string) (out press.Settled, err error) {
	provider, err := s.provider()
	if err != nil {
		return out, err
	}
	if _, err := provider.Up(ctx); err != nil {
		return out, fmt.Errorf("store: migrate what was restored: %w", s.translate(err))
	}
	err = s.write(ctx, "finish restore", func(t *tx) error {
		out = press.Settled{}
		open, err := all(t, scanDelivery, t.dialect.forUpdate("SELECT "+deliveryColumns+` FROM deliveries
			WHERE state IN ('planned', 'ready', 'sending', 'sent', 'unknown', 'blocked') ORDER BY id`))
		if err != nil {
			return err
		}
		// What was still to be told has most likely been told since, and is not told twice.
		if err := t.must("UPDATE notices SET progress = 'given_up', done_at = $1 WHERE progress = 'waiting'", micros(t.now)); err != nil {
			return err
		}
		for _, d := range open {
			if err := t.settleRestored(d, made, &out); err != nil {
				return err
			}
		}
		if err := t.must("UPDATE deliveries SET claimed_by = NULL, claimed_until = NULL WHERE claimed_until IS NOT NULL"); err != nil {
			return err
		}
		if err := t.audit(press.System(), "backup.restored", "backup", detail); err != nil {
			return err
		}
		return t.must("DROP TABLE " + restoring)
	})
	return out, err
}

func (t *tx) settleRestored(d press.Delivery, made time.Time, count *press.Settled) error {
	next := d
	if change, ok := press.Restoring(d, made, t.now); ok {
		var err error
		if next, err = t.decide(press.System(), d, change); err != nil {
			return err
		}
	}
	switch {
	case d.State == press.Blocked:
		count.Waiting++
	case next.State == press.Blocked:
		count.Asking++
	case next.State == press.Unknown, next.State == press.Sent:
		count.Looking++
	case next.State != press.Ready || next.Mode != press.ModeDraft:
		count.GoingOn++
	}
	return nil
}

// NoteBackup writes into the history that a backup was made.
func (s *Store) NoteBackup(ctx context.Context, detail string) error {
	return s.write(ctx, "note backup", func(t *tx) error {
		return t.audit(press.System(), "backup.made", "backup", detail)
	})
}
