package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"newsdesk/internal/press"
)

// Limits of the pool. PostgreSQL takes 100 connections by default, which several processes share.
const (
	postgresConns     = 16
	postgresIdle      = 8
	postgresConnLife  = 30 * time.Minute
	postgresIdleLife  = 5 * time.Minute
	postgresDialLimit = 10 * time.Second
)

func openPostgres(address string) (*sql.DB, error) {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		// The parser's own words may quote the address, and with it the password.
		return nil, press.Fail(press.Invalid, "store.address", press.Say(
			"The address of PostgreSQL cannot be read; write it as postgres://name:password@host:5432/database.",
			"无法读取 PostgreSQL 地址，格式应为 postgres://用户名:密码@主机:5432/数据库。"))
	}
	if cfg.ConnectTimeout == 0 || cfg.ConnectTimeout > postgresDialLimit {
		cfg.ConnectTimeout = postgresDialLimit
	}
	for name, value := range map[string]string{
		"application_name":                    "newsdesk",
		"lock_timeout":                        "15s", // as long as SQLite's busy timeout
		"idle_in_transaction_session_timeout": "60s", // a process that hangs does not hold its locks for ever
	} {
		if _, given := cfg.RuntimeParams[name]; !given {
			cfg.RuntimeParams[name] = value
		}
	}
	// What a transaction reads after it got a lock must be what is there by then, whatever the server's default is.
	cfg.RuntimeParams["default_transaction_isolation"] = "read committed"
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(postgresConns)
	db.SetMaxIdleConns(postgresIdle)
	db.SetConnMaxLifetime(postgresConnLife)
	db.SetConnMaxIdleTime(postgresIdleLife)
	return db, nil
}

type postgresDialect struct{}

func (postgresDialect) name() string              { return DriverPostgres }
func (postgresDialect) forUpdate(q string) string { return q + " FOR UPDATE" }

// isolation of a read transaction: all of its queries see one moment, as in SQLite.
func (postgresDialect) isolation() sql.IsolationLevel { return sql.LevelRepeatableRead }

func (postgresDialect) hasTable() string {
	return `SELECT count(*) FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) AND tablename = $1`
}

func (postgresDialect) match(terms []term) string { return matchTSQuery(terms) }

// matches is kept apart from what asks for its rows, or the planner walks through all articles in their order in the hope
// that matches are everywhere.
func (d postgresDialect) matches() string {
	return `SELECT doc FROM (WITH found AS MATERIALIZED (` + d.walks() + `) SELECT doc FROM found) gathered`
}

func (postgresDialect) walks() string {
	return `SELECT doc FROM article_words WHERE words @@ CAST($1 AS tsquery)`
}

// steers: the planner does not count that reading a row's words from beside the table is dear, and takes reading the whole
// table for cheap.
func (postgresDialect) steers() string { return "SET LOCAL enable_seqscan = off" }

// The lock of intents is an advisory one of this database: its two numbers are Newsdesk's, and stand for nothing else.
func (postgresDialect) intent() []string {
	return []string{"SELECT pg_advisory_xact_lock_shared(28260, 1)"}
}

func (postgresDialect) stopsIntents() []string {
	return []string{
		fmt.Sprintf("SET LOCAL lock_timeout = %d", stopPatience.Milliseconds()),
		"SELECT pg_advisory_xact_lock(28260, 1)",
	}
}

func (postgresDialect) endsIntents() string {
	return `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 28260 AND objid = 1
		AND objsubid = 2 AND granted AND mode = 'ShareLock' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
}

func (postgresDialect) putWords() string {
	return `INSERT INTO article_words (doc, words) VALUES ($1, array_to_tsvector(string_to_array($2, ' ')))
		ON CONFLICT (doc) DO UPDATE SET words = excluded.words`
}

func (postgresDialect) trouble(err error) trouble {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return postgresTrouble(refused.Code)
	}
	var dial *pgconn.ConnectError
	if errors.As(err, &dial) {
		return troubleUnreachable
	}
	return troubleNone
}

// postgresTrouble reads an SQLSTATE: class in the first two characters.
func postgresTrouble(code string) trouble {
	switch code {
	case "23505":
		return troubleUnique
	case "23503":
		return troubleReference
	case "40001", "40P01": // serialization failure, deadlock
		return troubleRetry
	case "55P03": // lock timeout
		return troubleBusy
	case "53100":
		return troubleFull
	}
	switch code[:min(2, len(code))] {
	case "08", "28", "3D", "53", "57": // connection, refused login, no such database, no resources, shut down
		return troubleUnreachable
	}
	return troubleOther
}
