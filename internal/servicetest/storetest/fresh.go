// Package storetest gives tests a database that has the present schema and nothing in it. Bringing one up from nothing costs
// a second under the race detector; most tests want what comes after that.
package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"newsdesk/internal/store"
)

// schema is the file of an empty database, made once for each test program.
var schema = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "newsdesk-schema-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "newsdesk.db")
	s, err := store.Open(context.Background(), store.Config{Driver: store.DriverSQLite, DSN: path})
	if err != nil {
		return nil, err
	}
	if _, _, err := s.Migrate(context.Background()); err != nil {
		_ = s.Close() // the reason it could not be made is what matters
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Fresh puts an empty SQLite database with the present schema at a path, unless there is a file.
func Fresh(t testing.TB, path string) {
	t.Helper()
	data, err := schema()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		return
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Folder returns a new data folder with such a database in it, under the name that an embedded Newsdesk looks for.
func Folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	Fresh(t, filepath.Join(dir, "newsdesk.db"))
	return dir
}
