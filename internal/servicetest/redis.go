package servicetest

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Redis is a redis-server of its own on a private socket.
type Redis struct {
	Address string // of the socket

	cmd *exec.Cmd
	dir string
}

// StartRedis starts a redis-server for one test, and skips the test where there is none. It keeps nothing on disk.
func StartRedis(t testing.TB) *Redis {
	t.Helper()
	dir, err := os.MkdirTemp("", "newsdesk-redis-") // short: a socket's path has room for some hundred bytes
	if err != nil {
		t.Fatal(err)
	}
	r := &Redis{Address: filepath.Join(dir, "redis.sock"), dir: dir}
	t.Cleanup(func() { r.Kill(); _ = os.RemoveAll(dir) })
	if err := r.Start(t.Context()); errors.Is(err, exec.ErrNotFound) {
		t.Skip("no redis-server on this machine")
	} else if err != nil {
		t.Fatal(err)
	}
	return r
}

// Start starts the server again after Kill, empty, and waits until it answers.
func (r *Redis) Start(ctx context.Context) error {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return exec.ErrNotFound
	}
	r.cmd = exec.Command(path, //nolint:gosec,noctx // the program found in PATH; it outlives the call that started it
		"--port", "0", "--unixsocket", r.Address, "--save", "", "--dir", r.dir)
	if err := r.cmd.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	var dialer net.Dialer
	for {
		if conn, err := dialer.DialContext(ctx, "unix", r.Address); err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return errors.New("redis-server did not answer in time")
		case <-tick.C:
		}
	}
}

// Kill ends the server as a crash would.
func (r *Redis) Kill() {
	if r.cmd == nil {
		return
	}
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
	r.cmd = nil
}
