package store

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newsdesk/internal/press"
)

func refusedOpen(t *testing.T, cfg Config, kind press.Kind, code string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	s, err := Open(ctx, cfg)
	if err == nil {
		_ = s.Close()
	}
	if press.KindOf(err) != kind || press.CodeOf(err) != code {
		t.Errorf("open %s %q: got %v (%s), want %s, %s", cfg.Driver, cfg.DSN, err, press.CodeOf(err), kind, code)
	}
	if err != nil && strings.Contains(err.Error()+press.TextOf(err).EN, "s3cret") {
		t.Errorf("the error gives the password away: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "text.db")
	if err := os.WriteFile(file, []byte(strings.Repeat("this is no database. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		cfg  Config
		kind press.Kind
		code string
	}{
		{Config{Driver: "mysql"}, press.Invalid, "store.driver"},
		{Config{Driver: DriverSQLite}, press.Invalid, "store.path"},
		{Config{Driver: DriverSQLite, DSN: ":memory:"}, press.Invalid, "store.path"},
		{Config{Driver: DriverSQLite, DSN: filepath.Join(dir, "no", "such", "folder.db")}, press.Unavailable, "store.unreachable"},
		{Config{Driver: DriverSQLite, DSN: dir}, press.Unavailable, "store.unreachable"},
		{Config{Driver: DriverSQLite, DSN: file}, press.Unavailable, "store.unreachable"},
		{Config{Driver: DriverPostgres, DSN: "postgres://me:s3cret@127.0.0.1:port/x"}, press.Invalid, "store.address"},
		{Config{Driver: DriverPostgres, DSN: "postgres://me:s3cret@127.0.0.1:1/x?sslmode=disable"}, press.Unavailable, "store.unreachable"},
		{Config{Driver: DriverPostgres, DSN: "postgres://me:s3cret@/x?host=" + dir}, press.Unavailable, "store.unreachable"},
	} {
		refusedOpen(t, test.cfg, test.kind, test.code)
	}
}

func TestOpenPostgresRefuses(t *testing.T) {
	t.Parallel()
	c := testDatabases.postgres(t)
	refusedOpen(t, Config{Driver: DriverPostgres, DSN: c.database("no_such_database")}, press.Unavailable, "store.unreachable")
}

// TestPostgresLost takes the server's side of every connection away.
func TestPostgresLost(t *testing.T) {
	t.Parallel()
	c := testDatabases.postgres(t)
	cfg := postgresConfig(t, newClock(), c.template)
	s := openOn(t, cfg)
	err := s.write(t.Context(), "test", func(tx *tx) error {
		if err := c.admin(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = '`+strings.TrimPrefix(strings.Split(cfg.DSN, "?")[0], strings.Split(c.database(""), "?")[0])+`'`); err != nil {
			return err
		}
		return tx.audit(press.System(), "a", "b", "")
	})
	if press.KindOf(err) != press.Unavailable || press.CodeOf(err) != "store.unreachable" {
		t.Errorf("in the middle of a transaction: %v", err)
	}
	if _, err := s.Users(t.Context()); err != nil {
		t.Errorf("the next one takes a new connection: %v", err)
	}
}

func TestSQLiteFile(t *testing.T) {
	t.Parallel()
	cfg := sqliteConfig(t, newClock())
	s := openOn(t, cfg)
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(cfg.DSN), "*"))
	if err != nil || len(files) != 3 {
		t.Errorf("files: %q, %v", files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(file, cfg.DSN) {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
	}
	for name, pool := range map[string]*sql.DB{"writer": s.writer, "reader": s.reader} {
		for pragma, want := range map[string]string{
			"busy_timeout": "15000", "journal_mode": "wal", "synchronous": "2", "foreign_keys": "1",
		} {
			var got string
			if err := pool.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s is %q (%v), want %s", name, pragma, got, err, want)
			}
		}
	}
	if _, err := s.reader.ExecContext(t.Context(), "DELETE FROM users"); err == nil {
		t.Error("the read pool writes")
	}
}

// TestSQLiteFull bounds the file as a full disk would.
func TestSQLiteFull(t *testing.T) {
	t.Parallel()
	f := newFixture(t, openTestSQLite)
	f.ok(f.raw("PRAGMA max_page_count = 1")) // means: no more than there are now
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		err = f.CreateArticle(t.Context(), f.author, press.Article{ID: press.ArticleID(f.id()), State: press.ArticleDraft},
			press.Revision{Content: content(strings.Repeat("long ", 30))})
	}
	f.refused(err, press.Unavailable, "store.full")
	f.ok(f.raw("PRAGMA max_page_count = 1000000"))
	f.article(content("after cleaning up"), press.ArticleDraft)
}

func TestSchemaSQLite(t *testing.T) {
	t.Parallel()
	testSchema(t, sqliteConfig(t, newClock()))
}

func TestSchemaPostgres(t *testing.T) {
	t.Parallel()
	testSchema(t, postgresConfig(t, newClock(), "template0"))
}

func testSchema(t *testing.T, cfg Config) {
	s, other := openOn(t, cfg), openOn(t, cfg)
	refused := func(err error, words string) {
		t.Helper()
		if press.KindOf(err) != press.Conflict || press.CodeOf(err) != "store.schema" || !strings.Contains(press.TextOf(err).EN, words) {
			t.Fatalf("got %v, want a Conflict that says %q", err, words)
		}
	}
	refused(s.CheckSchema(t.Context()), "run newsdesk migrate")
	if _, err := s.Users(t.Context()); press.KindOf(err) != press.Internal {
		t.Errorf("without tables: %v", err)
	}
	provider, err := s.provider()
	if err != nil {
		t.Fatal(err)
	}
	latest := newest(provider)
	stores := []*Store{s, other}
	for i, err := range together(2, func(i int) error {
		_, to, err := stores[i].Migrate(t.Context())
		if err == nil && to != latest {
			t.Errorf("process %d migrated to %d", i, to)
		}
		return err
	}) {
		if err != nil {
			t.Errorf("process %d: %v", i, err)
		}
	}
	if err := other.CheckSchema(t.Context()); err != nil {
		t.Fatal(err)
	}
	if from, to, err := s.Migrate(t.Context()); from != latest || to != latest || err != nil {
		t.Errorf("again: %d to %d, %v", from, to, err)
	}
	if _, err := s.writer.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, TRUE)`, latest+1); err != nil {
		t.Fatal(err)
	}
	refused(s.CheckSchema(t.Context()), "install the newer Newsdesk")
	_, _, err = s.Migrate(t.Context())
	refused(err, "install the newer Newsdesk")
}
