package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"newsdesk/internal/press"
)

// maxTries is how often a transaction runs that PostgreSQL broke off in favour of another one.
const maxTries = 4

// tx is a transaction with its own moment. It hands texts to the database only if both databases can keep them.
type tx struct {
	*Store
	sql *sql.Tx
	ctx context.Context // of the one method that the transaction serves
	now time.Time
}

// write runs one transaction that changes something: committed when f returns nil, rolled back when it returns an error
// or panics. f may run again from its beginning after a deadlock, so it sets its results and does not add to them.
func (s *Store) write(ctx context.Context, what string, f func(*tx) error) error {
	var err error
	for range maxTries {
		err = s.transact(ctx, s.writer, nil, f)
		if err == nil || s.dialect.trouble(err) != troubleRetry {
			break
		}
	}
	return s.finish(ctx, err, what)
}

// read runs one transaction that sees one moment of the database and changes nothing.
func (s *Store) read(ctx context.Context, what string, f func(*tx) error) error {
	opts := &sql.TxOptions{ReadOnly: true, Isolation: s.dialect.isolation()}
	return s.finish(ctx, s.transact(ctx, s.reader, opts, f), what)
}

func (s *Store) finish(ctx context.Context, err error, what string) error {
	var refusal *press.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && !errors.As(err, &refusal):
		// The drivers say in words of their own that they were interrupted.
		return fmt.Errorf("store: %s: %w: %w", what, ctx.Err(), err)
	}
	return fmt.Errorf("store: %s: %w", what, s.translate(err))
}

func (s *Store) transact(ctx context.Context, db *sql.DB, opts *sql.TxOptions, f func(*tx) error) error {
	begun, err := db.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed { // an error, or a panic on its way up
			_ = begun.Rollback()
		}
	}()
	if err := f(&tx{Store: s, sql: begun, ctx: ctx, now: s.now().UTC().Truncate(time.Microsecond)}); err != nil {
		return err
	}
	committed = true
	return begun.Commit()
}

// row is the one row a query brings.
type row interface{ Scan(dst ...any) error }

type badRow struct{ err error }

func (r badRow) Scan(...any) error { return r.err }

func (t *tx) one(query string, args ...any) row {
	if err := plain(args); err != nil {
		return badRow{err}
	}
	return t.sql.QueryRowContext(t.ctx, query, args...)
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	if err := plain(args); err != nil {
		return 0, err
	}
	res, err := t.sql.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// must runs a statement whose number of changed rows says nothing.
func (t *tx) must(query string, args ...any) error {
	_, err := t.exec(query, args...)
	return err
}

// all runs a query and reads each of its rows.
func all[T any](t *tx, scan func(row) (T, error), query string, args ...any) (out []T, err error) {
	if err := plain(args); err != nil {
		return nil, err
	}
	rows, err := t.sql.QueryContext(t.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// plain makes the domain's own string types plain strings, and refuses text that PostgreSQL cannot keep (a NUL
// character, or what is not UTF-8), so that both databases refuse it alike.
func plain(args []any) error {
	for i, arg := range args {
		v := reflect.ValueOf(arg)
		if !v.IsValid() || v.Kind() != reflect.String {
			continue
		}
		text := v.String()
		if strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text) {
			return press.Fail(press.Invalid, "store.text", press.Say(
				"The text holds characters that cannot be kept (NUL, or bytes that are not UTF-8).",
				"文本含有无法保存的字符（NUL 或非 UTF-8 字节）。"))
		}
		args[i] = text
	}
	return nil
}

// audit notes who did what to which thing, in the transaction that does it, and has the channels told that want to be.
func (t *tx) audit(by press.Actor, action, subject, detail string) error {
	err := t.must(`INSERT INTO audit (at, actor, actor_name, action, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)`,
		micros(t.now), by.ID, by.Name, action, subject, detail)
	if err != nil {
		return err
	}
	return t.noticeOf(by, action, subject, detail)
}
