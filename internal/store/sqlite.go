package store

import (
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"newsdesk/internal/press"
)

// sqliteSettings are in the connection string so that every connection has them. The driver sets the busy timeout
// first. FULL, because an intent that is stored before an irrevocable call must survive a power cut.
const sqliteSettings = "_pragma=busy_timeout(15000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(1)&_pragma=cache_size(-16000)&_dqs=0"

// openSQLite opens one connection that writes and a pool that reads. SQLite has one writer at a time: waiting for it in
// our own pool is fair, and waiting for its file lock is not. Transactions of the writer begin as writers
// (_txlock=immediate), because one that turns into a writer later fails at once when another was faster.
func openSQLite(path string) (writer, reader *sql.DB, err error) {
	address, err := sqliteAddress(path)
	if err != nil {
		return nil, nil, err
	}
	if writer, err = sql.Open("sqlite", address+"&_txlock=immediate"); err != nil {
		return nil, nil, unreachable(err)
	}
	writer.SetMaxOpenConns(1)
	if reader, err = sql.Open("sqlite", address+"&_pragma=query_only(1)"); err != nil {
		_ = writer.Close()
		return nil, nil, unreachable(err)
	}
	readers := max(4, runtime.NumCPU())
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	return writer, reader, nil
}

// sqliteAddress makes the file, readable by its owner only, and returns its address. The log files that SQLite puts
// beside it get the same permissions.
func sqliteAddress(path string) (string, error) {
	if path == "" || strings.HasPrefix(path, ":") || strings.HasPrefix(path, "file:") {
		return "", press.Fail(press.Invalid, "store.path", press.Say(
			"%q is not a path of a database file.", "%q 不是数据库文件的路径。", path))
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", unreachable(err)
	}
	file, err := os.OpenFile(absolute, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", unreachable(err)
	}
	if err := file.Close(); err != nil {
		return "", unreachable(err)
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(absolute), OmitHost: true, RawQuery: sqliteSettings}
	return u.String(), nil
}

type sqliteDialect struct{}

func (sqliteDialect) name() string                  { return DriverSQLite }
func (sqliteDialect) forUpdate(q string) string     { return q }                // the whole database is locked
func (sqliteDialect) isolation() sql.IsolationLevel { return sql.LevelDefault } // a read transaction is a snapshot

func (sqliteDialect) hasTable() string {
	return `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1`
}

func (sqliteDialect) match(terms []term) string { return matchFTS5(terms) }

func (sqliteDialect) matches() string {
	return `SELECT rowid AS doc FROM article_words WHERE article_words MATCH $1`
}

func (d sqliteDialect) walks() string { return d.matches() } // FTS5 finds in the order of doc
func (sqliteDialect) steers() string  { return "" }

func (sqliteDialect) intent() []string       { return nil } // one writer at a time
func (sqliteDialect) stopsIntents() []string { return nil }
func (sqliteDialect) endsIntents() string    { return "" }

func (sqliteDialect) putWords() string {
	return `INSERT OR REPLACE INTO article_words (rowid, words) VALUES ($1, $2)`
}

// sqliteTroubles are the result codes that mean something to us, by the primary code where the extended one is not there.
func (sqliteDialect) trouble(err error) trouble {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return troubleNone
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return troubleUnique
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return troubleReference
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return troubleFull
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return troubleBusy
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOTADB:
		return troubleUnreachable
	}
	return troubleOther
}
