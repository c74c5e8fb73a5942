//go:build unix

package drill

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Process is a program that runs. Its methods may be called at any time, and from hooks.
type Process struct {
	Name string // serve-1, worker-2, sandbox

	world *World
	cmd   *exec.Cmd
	exit  chan struct{}
	gate  *Gate // in front of the sandbox, for this process alone
	wire  *Wire // in front of PostgreSQL; nil with SQLite

	mu     sync.Mutex
	out    bytes.Buffer
	frozen bool
	killed time.Time
}

// launch starts a program and kills it at the end of the test.
func launch(t testing.TB, name, path string, args []string, dir string, env []string) *Process {
	t.Helper()
	p := &Process{Name: name, exit: make(chan struct{})}
	p.cmd = exec.Command(path, args...) //nolint:gosec,noctx // our own programs; they end with the test
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = dir, env, p, p
	p.cmd.WaitDelay = time.Second
	if err := tied(p.cmd); err != nil {
		t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.exit) }()
	t.Cleanup(p.Kill)
	return p
}

// Write keeps what the program says.
func (p *Process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

// Output is what the program has said so far.
func (p *Process) Output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// Kill ends the process with SIGKILL and waits until it is gone.
func (p *Process) Kill() {
	p.mu.Lock()
	if p.killed.IsZero() {
		p.killed = time.Now()
	}
	p.mu.Unlock()
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.exit
}

// KilledAt is when the process was first killed; zero while it runs.
func (p *Process) KilledAt() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.killed
}

// LoseSQL cuts this process, and no other, off from PostgreSQL until the returned function is called.
func (p *Process) LoseSQL() (restore func()) {
	p.wire.link.Cut()
	return p.wire.link.Restore
}

// PID is the process's number, which workers write into their claims.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Running reports whether the process is there, frozen or not.
func (p *Process) Running() bool {
	select {
	case <-p.exit:
		return false
	default:
		return true
	}
}

// Freeze stops the process with SIGSTOP, in whatever it is doing.
func (p *Process) Freeze() {
	p.mu.Lock()
	p.frozen = true
	p.mu.Unlock()
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGSTOP)
}

// Wake lets a frozen process go on.
func (p *Process) Wake() {
	p.mu.Lock()
	p.frozen = false
	p.mu.Unlock()
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGCONT)
}

// FreezeFor freezes the process now and wakes it after a while, without waiting for that.
func (p *Process) FreezeFor(d time.Duration) {
	p.Freeze()
	time.AfterFunc(d, p.Wake)
}

// await waits until the program has said something, and returns what the expression's groups found.
func (p *Process) await(what *regexp.Regexp, within time.Duration) (string, error) {
	deadline := time.Now().Add(within)
	for {
		if m := what.FindStringSubmatch(p.Output()); m != nil {
			return strings.Join(m[1:], ""), nil
		}
		if !p.Running() || time.Now().After(deadline) {
			return "", fmt.Errorf("%s did not say %s in time:\n%s", p.Name, what, p.Output())
		}
		time.Sleep(5 * time.Millisecond)
	}
}
