package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"newsdesk/internal/servicetest"
)

// databases opens a fresh database of either kind, with the tables made.
type databases struct {
	once    sync.Once
	cluster *cluster
	err     error
}

var testDatabases databases // the one PostgreSQL of this run

func TestMain(m *testing.M) {
	if os.Getenv(crashEnv) != "" {
		crashInTheMiddle()
	}
	code := m.Run()
	if c := testDatabases.cluster; c != nil {
		c.stop()
	}
	os.Exit(code)
}

func (d *databases) postgres(t testing.TB) *cluster {
	t.Helper()
	d.once.Do(func() { d.cluster, d.err = startCluster(context.Background()) })
	if errors.Is(d.err, servicetest.ErrNoPostgres) {
		t.Skip(d.err)
	}
	if d.err != nil {
		t.Fatal(d.err)
	}
	return d.cluster
}

// clock is a time that tests move.
type clock struct {
	sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 22, 8, 0, 0, 123456000, time.UTC)} }

func (c *clock) Now() time.Time {
	c.Lock()
	defer c.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.Lock()
	defer c.Unlock()
	c.now = c.now.Add(d)
}

// opener opens a fresh migrated database for one test, and closes it after the test.
type opener func(t testing.TB, c *clock) *Store

func openOn(t testing.TB, cfg Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func openTestSQLite(t testing.TB, c *clock) *Store {
	t.Helper()
	s := openOn(t, sqliteConfig(t, c))
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func sqliteConfig(t testing.TB, c *clock) Config {
	return Config{Driver: DriverSQLite, DSN: filepath.Join(t.TempDir(), "a b?#%.db"), Now: c.Now}
}

func openTestPostgres(t testing.TB, c *clock) *Store {
	t.Helper()
	return openOn(t, postgresConfig(t, c, testDatabases.postgres(t).template))
}

func postgresConfig(t testing.TB, c *clock, template string) Config {
	t.Helper()
	address, drop, err := testDatabases.postgres(t).fresh(context.Background(), template)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop)
	return Config{Driver: DriverPostgres, DSN: address, Now: c.Now}
}
