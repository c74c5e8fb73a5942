//go:build unix

package servicetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Postgres is a PostgreSQL of its own, reached through a socket in a temporary folder only.
type Postgres struct {
	URL  string // of the maintenance database
	data string
	stop func()

	run   func(context.Context) error // starts the server on its data
	crash func()
}

// ErrNoPostgres says that there is none on this machine.
var ErrNoPostgres = errors.New("no PostgreSQL on this machine: install it, or give one in NEWSDESK_TEST_POSTGRES")

// StartPostgres makes a cluster in a temporary folder and waits until it answers. durable asks it to survive a power cut,
// which only measurements need.
func StartPostgres(ctx context.Context, durable bool) (*Postgres, error) {
	initdb, postgres, err := findPostgres()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "newsdesk-pg-")
	if err != nil {
		return nil, err
	}
	p := &Postgres{
		URL: "postgres://newsdesk@/postgres?host=" + url.QueryEscape(dir), data: filepath.Join(dir, "data"),
		stop: func() { _ = os.RemoveAll(dir) },
	}
	if err := p.start(ctx, initdb, postgres, dir, durable); err != nil {
		p.Stop()
		return nil, err
	}
	return p, nil
}

// Stop ends the server at once; nothing in it is kept.
func (p *Postgres) Stop() { p.stop() }

func (p *Postgres) start(ctx context.Context, initdb, postgres, dir string, durable bool) error {
	as, err := unprivileged(dir)
	if err != nil {
		return err
	}
	initialise := exec.CommandContext(ctx, initdb, "-D", p.data, "-U", "newsdesk", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync") //nolint:gosec // the program found in PATH
	initialise.SysProcAttr, initialise.Dir = as, dir
	if out, err := initialise.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	fsync := "off"
	if durable {
		fsync = "on"
	}
	p.run = func(ctx context.Context) error { return p.serve(ctx, postgres, dir, fsync, as) }
	return p.run(ctx)
}

// Restart ends the server as a crash would, without a word to those who are connected, and starts it again on its data.
func (p *Postgres) Restart(ctx context.Context, away time.Duration) error {
	p.crash()
	select {
	case <-time.After(away):
	case <-ctx.Done():
		return ctx.Err()
	}
	return p.run(ctx)
}

func (p *Postgres) serve(ctx context.Context, postgres, dir, fsync string, as *syscall.SysProcAttr) error {
	server := exec.Command(postgres, //nolint:gosec,noctx // likewise; it outlives the context that started it
		"-D", p.data, "-k", dir, "-c", "listen_addresses=", "-c", "max_connections=200",
		"-c", "fsync="+fsync, "-c", "full_page_writes="+fsync, "-c", "log_min_messages=fatal")
	server.SysProcAttr, server.Dir = as, dir
	if err := server.Start(); err != nil {
		return err
	}
	exited := make(chan error, 1)
	go func() { exited <- server.Wait() }()
	p.crash = sync.OnceFunc(func() {
		_ = server.Process.Signal(syscall.SIGQUIT)
		<-exited //nolint:errcheck // it was ended by force
	})
	p.stop = func() {
		p.crash()
		_ = os.RemoveAll(dir)
	}
	return p.awaitReady(ctx)
}

// awaitReady waits until the server says in its own file that it answers queries; it takes connections earlier.
func (p *Postgres) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		status, err := os.ReadFile(filepath.Join(p.data, "postmaster.pid"))
		if lines := strings.Split(string(status), "\n"); err == nil && len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready" {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("postgres did not answer in time")
		case <-tick.C:
		}
	}
}

func findPostgres() (initdb, postgres string, err error) {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Reverse(dirs) // the newest first
	for _, dir := range append(dirs, filepath.SplitList(os.Getenv("PATH"))...) {
		initdb, postgres = filepath.Join(dir, "initdb"), filepath.Join(dir, "postgres")
		if isFile(initdb) && isFile(postgres) {
			return initdb, postgres, nil
		}
	}
	return "", "", ErrNoPostgres
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// unprivileged says as whom the server runs, since PostgreSQL refuses to run as root, and gives that user the folder.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2, os.Chown(dir, int(uid), int(gid))); err != nil {
			return nil, err
		}
		return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
	}
	return nil, fmt.Errorf("%w (and no user other than root to run it)", ErrNoPostgres)
}
