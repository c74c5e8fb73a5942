//go:build unix

package store

import (
	"context"
	"database/sql"
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
	"sync/atomic"
	"syscall"
	"time"
)

// cluster is a PostgreSQL that only these tests use: started when the first test asks for it, gone at the end.
type cluster struct {
	url      string // of the maintenance database
	template string // a migrated database, copied for each test
	made     atomic.Int64
	private  bool
	stop     func()
}

var errNoPostgres = errors.New("no PostgreSQL on this machine: install it, or give one in NEWSDESK_TEST_POSTGRES")

func startCluster(ctx context.Context) (*cluster, error) {
	c := &cluster{url: os.Getenv("NEWSDESK_TEST_POSTGRES"), template: fmt.Sprintf("newsdesk_test_%d", os.Getpid())}
	c.stop = func() { _ = c.admin(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS "+c.template+" WITH (FORCE)") }
	if c.url == "" {
		c.private = true
		if err := c.start(ctx); err != nil {
			return nil, err
		}
	}
	if err := c.makeTemplate(ctx); err != nil {
		c.stop()
		return nil, fmt.Errorf("make the template database: %w", err)
	}
	return c, nil
}

func (c *cluster) makeTemplate(ctx context.Context) error {
	if err := c.admin(ctx, "CREATE DATABASE "+c.template+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		return err
	}
	s, err := Open(ctx, Config{Driver: DriverPostgres, DSN: c.database(c.template)})
	if err != nil {
		return err
	}
	_, _, err = s.Migrate(ctx)
	return errors.Join(err, s.Close())
}

// fresh makes a database for one test and returns its address and how to drop it.
func (c *cluster) fresh(ctx context.Context, template string) (address string, drop func(), err error) {
	name := fmt.Sprintf("%s_%d", c.template, c.made.Add(1))
	if err := c.admin(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		return "", nil, err
	}
	if c.private { // it goes with the cluster, and dropping takes longer than making
		return c.database(name), func() {}, nil
	}
	return c.database(name), func() { _ = c.admin(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)") }, nil
}

func (c *cluster) admin(ctx context.Context, statement string) error {
	db, err := sql.Open("pgx", c.url)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

func (c *cluster) database(name string) string {
	u, err := url.Parse(c.url)
	if err != nil {
		panic(err)
	}
	u.Path = "/" + name
	return u.String()
}

// start makes a cluster in a temporary folder, reached through a socket in that folder only.
func (c *cluster) start(ctx context.Context) error {
	initdb, postgres, err := findPostgres()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "newsdesk-pg-")
	if err != nil {
		return err
	}
	remove := func() { _ = os.RemoveAll(dir) }
	as, err := unprivileged(dir)
	if err != nil {
		remove()
		return err
	}
	data := filepath.Join(dir, "data")
	initialise := exec.CommandContext(ctx, initdb, "-D", data, "-U", "newsdesk", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initialise.SysProcAttr, initialise.Dir = as, dir
	if out, err := initialise.CombinedOutput(); err != nil {
		remove()
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return c.serve(ctx, postgres, dir, data, as)
}

func (c *cluster) serve(ctx context.Context, postgres, dir, data string, as *syscall.SysProcAttr) error {
	fsync := "off" // the tests do not cut the power
	if benchmarking() {
		fsync = "on"
	}
	server := exec.Command(postgres, "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "max_connections=200",
		"-c", "fsync="+fsync, "-c", "full_page_writes="+fsync, "-c", "log_min_messages=fatal")
	server.SysProcAttr, server.Dir = as, dir
	if err := server.Start(); err != nil {
		return err
	}
	exited := make(chan error, 1)
	go func() { exited <- server.Wait() }()
	c.stop = func() {
		_ = server.Process.Signal(syscall.SIGQUIT) // at once: nothing in it is kept
		<-exited
		_ = os.RemoveAll(dir)
	}
	c.url = "postgres://newsdesk@/postgres?host=" + url.QueryEscape(dir)
	return c.awaitReady(ctx, exited)
}

func (c *cluster) awaitReady(ctx context.Context, exited <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		if c.admin(ctx, "SELECT 1") == nil {
			tick.Stop()
			return nil
		}
		select {
		case err := <-exited:
			return fmt.Errorf("postgres ended: %w", err)
		case <-ctx.Done():
			c.stop()
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
	return "", "", errNoPostgres
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
	return nil, fmt.Errorf("%w (and no user other than root to run it)", errNoPostgres)
}

func benchmarking() bool {
	return slices.ContainsFunc(os.Args, func(arg string) bool { return strings.HasPrefix(arg, "-test.bench=") })
}
