package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"newsdesk/internal/press"
)

// migrations are numbered files, each of them one transaction. A file that a release contained is never changed.
//
//go:embed migrations/sqlite/*.sql migrations/postgres/*.sql
var migrations embed.FS

const versionTable = "goose_db_version"

// Migrate brings the tables to the form this program needs, and returns the version before and after. Two processes may
// do so at the same time. Tables of a newer program are a Conflict, "store.schema", and are left alone.
func (s *Store) Migrate(ctx context.Context) (from, to int64, err error) {
	defer press.Wrap(&err, "store: migrate")
	provider, err := s.provider()
	if err != nil {
		return 0, 0, err
	}
	if from, err = s.version(ctx); err != nil {
		return 0, 0, err
	}
	if err = s.notRestoring(ctx); err != nil {
		return from, from, err
	}
	target := newest(provider)
	if from > target {
		return from, from, schemaNewer(from, target)
	}
	if _, err = provider.Up(ctx); err == nil {
		return from, target, nil
	}
	// On SQLite another process may have done it between our look and our try.
	if to, e := s.version(ctx); e == nil && to == target {
		return from, to, nil
	}
	return from, from, s.translate(err)
}

// CheckSchema returns a Conflict, "store.schema", when the tables are older or newer than this program.
func (s *Store) CheckSchema(ctx context.Context) (err error) {
	defer press.Wrap(&err, "store: check schema")
	if err := s.notRestoring(ctx); err != nil {
		return err
	}
	provider, err := s.provider()
	if err != nil {
		return err
	}
	have, err := s.version(ctx)
	if err != nil {
		return err
	}
	switch want := newest(provider); {
	case have < want:
		return press.Fail(press.Conflict, "store.schema", press.Say(
			"The database has schema version %d, this program needs %d: run newsdesk migrate.",
			"数据库结构版本为 %d，本程序需要 %d：请运行 newsdesk migrate。", have, want))
	case have > want:
		return schemaNewer(have, want)
	}
	return nil
}

func schemaNewer(have, want int64) error {
	return press.Fail(press.Conflict, "store.schema", press.Say(
		"This program is older than the database (schema version %d, it knows %d); install the newer Newsdesk.",
		"本程序比数据库旧（数据库结构版本 %d，本程序支持到 %d），请安装新版 Newsdesk。", have, want))
}

func (s *Store) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+s.dialect.name())
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(s.log), goose.WithTableName(versionTable),
	}
	dialect := goose.DialectSQLite3
	if s.dialect.name() == DriverPostgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, fmt.Errorf("lock for migrations: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, s.writer, files, options...)
}

func newest(p *goose.Provider) int64 {
	sources := p.ListSources()
	return sources[len(sources)-1].Version
}

// version looks without making anything; 0 where there are no tables yet.
func (s *Store) version(ctx context.Context) (version int64, err error) {
	var tables int
	if err := s.writer.QueryRowContext(ctx, s.dialect.hasTable(), versionTable).Scan(&tables); err != nil {
		return 0, s.translate(err)
	}
	if tables == 0 {
		return 0, nil
	}
	err = s.writer.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM `+versionTable).Scan(&version)
	return version, s.translate(err)
}
