package store

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"newsdesk/internal/press"
)

// The drivers.
const (
	DriverSQLite   = "sqlite"
	DriverPostgres = "postgres"
)

// Config says where the rows are.
type Config struct {
	Driver string // DriverSQLite or DriverPostgres
	DSN    string // a file's path for SQLite, a URL for PostgreSQL
	Now    func() time.Time
	Logger *slog.Logger
}

// Store is an open database. Its methods may be used from any number of goroutines.
type Store struct {
	dialect dialect
	writer  *sql.DB
	reader  *sql.DB // the same as writer on PostgreSQL
	now     func() time.Time
	log     *slog.Logger
}

// Open connects to the database and checks that it answers. It makes no tables: see Migrate and CheckSchema.
// A database that is not there is an Unavailable error, "store.unreachable".
func Open(ctx context.Context, cfg Config) (*Store, error) {
	s := &Store{now: cfg.Now, log: cfg.Logger}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.connect(cfg); err != nil {
		return nil, err
	}
	if err := s.Ping(ctx); err != nil {
		_ = s.Close() // the reason it did not answer is what matters
		return nil, err
	}
	return s, nil
}

func (s *Store) connect(cfg Config) (err error) {
	switch cfg.Driver {
	case DriverSQLite:
		s.dialect = sqliteDialect{}
		s.writer, s.reader, err = openSQLite(cfg.DSN)
	case DriverPostgres:
		s.dialect = postgresDialect{}
		s.writer, err = openPostgres(cfg.DSN)
		s.reader = s.writer
	default:
		err = press.Fail(press.Invalid, "store.driver", press.Say(
			"%q is not a database that Newsdesk knows; use sqlite or postgres.",
			"不支持数据库类型 %q，请使用 sqlite 或 postgres。", cfg.Driver))
	}
	return err
}

// Close closes the connections. Transactions that are under way are rolled back.
func (s *Store) Close() error {
	err := s.writer.Close()
	if s.reader != s.writer {
		if e := s.reader.Close(); err == nil {
			err = e
		}
	}
	return err
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	for _, db := range []*sql.DB{s.writer, s.reader} {
		if err := db.PingContext(ctx); err != nil {
			return s.translate(err)
		}
	}
	return nil
}
