//go:build unix

package drill

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"newsdesk/internal/press"
	"newsdesk/internal/store"
)

// Run runs a command of newsdesk in the world's data folder, with its configuration, until it ends. The error has its exit
// code and what it said.
func (w *World) Run(args ...string) (out string, err error) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), program(w.t, "newsdesk"), args...) //nolint:gosec // the program that was built for the test
	cmd.Dir = w.Data
	cmd.Env = append(cmd.Environ(), "NEWSDESK_SQL_DSN="+w.sql, "NEWSDESK_LANGUAGE=en")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var said, trouble bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &trouble
	if err := cmd.Run(); err != nil {
		return said.String(), fmt.Errorf("newsdesk %v: %w: %s", args, err, trouble.String())
	}
	return said.String(), nil
}

// Move leaves the old machine to itself and goes to an empty one: no tables, no photos, another Redis. The sandbox stays what
// it is, for WeChat does not know that a machine was lost. Open looks into the new database once something is in it.
func (w *World) Move(database string) {
	w.t.Helper()
	for _, p := range w.Processes() {
		p.Kill()
	}
	w.Data, w.options.Database, w.Postgres, w.pg = w.t.TempDir(), database, nil, ""
	w.sql = filepath.Join(w.Data, "newsdesk.db")
	if database == Postgres {
		c, err := cluster(false)
		w.ok(err)
		w.Postgres = c.Postgres
		name, err := c.fresh("template0")
		w.ok(err)
		w.sql = c.database(name)
		w.pg, err = c.socket()
		w.ok(err)
	}
	w.openRedis()
	w.configure()
}

// Open opens the database of the machine that Move went to.
func (w *World) Open() {
	w.t.Helper()
	var err error
	w.Store, err = store.Open(w.t.Context(), store.Config{Driver: w.options.Database, DSN: w.sql})
	w.ok(err)
	kept := w.Store
	w.t.Cleanup(func() { _ = kept.Close() })
	w.openDesk()
}

// Reschedule gives the edition of a delivery another time, as an editor would.
func (w *World) Reschedule(d press.Delivery, in time.Duration) press.Delivery {
	w.t.Helper()
	at := time.Now().Add(in)
	_, err := w.Desk.Reschedule(w.t.Context(), press.System(), d.Edition, at)
	w.ok(err)
	w.mu.Lock()
	for i := range w.planned {
		if w.planned[i].ID == d.ID {
			w.planned[i].at = at
		}
	}
	w.mu.Unlock()
	d, err = w.Delivery(d.ID)
	w.ok(err)
	return d
}
