package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// bounded says that a child can be held within bounds here.
const bounded = true

// child runs LibreOffice in a group of processes that is killed whole, away from the network if the system allows that.
func (c *Converter) child(ctx context.Context, dir string, environment, arguments []string) (string, error) {
	said, err := c.start(ctx, dir, environment, arguments, apart())
	if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOSPC) {
		said, err = c.start(ctx, dir, environment, arguments, &syscall.SysProcAttr{}) // no namespaces for us
	}
	return said, err
}

// apart asks for a network of its own, which has nothing in it.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}},
	}
}

func (c *Converter) start(ctx context.Context, dir string, environment, arguments []string, attributes *syscall.SysProcAttr) (string, error) {
	// The shell sets its bounds before it becomes LibreOffice: memory, bytes of one file, processor time.
	const limits = `ulimit -v "$1" && ulimit -f "$2" && ulimit -t "$3" && ulimit -c 0 && shift 3 && exec "$@"`
	bounds := []string{
		"-c", limits, "sh", strconv.FormatInt(c.Memory>>10, 10), strconv.FormatInt(2*c.Bytes/512, 10), strconv.Itoa(2 * int(c.Time/time.Second)), c.Program,
	}
	cmd := exec.CommandContext(ctx, "/bin/sh", append(bounds, arguments...)...) //nolint:gosec // no name that anybody handed in is among them
	attributes.Setpgid, attributes.Pdeathsig = true, syscall.SIGKILL
	cmd.SysProcAttr, cmd.Dir, cmd.Env = attributes, dir, environment
	var said capped
	cmd.Stdout, cmd.Stderr = &said, &said
	group := func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.Cancel, cmd.WaitDelay = group, 2*time.Second
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("office: start: %w", err)
	}
	err := cmd.Wait()
	_ = group() // whatever it left running
	if ctx.Err() != nil {
		err = fmt.Errorf("office: %w", ctx.Err())
	}
	return said.String(), err
}

// capped keeps the beginning of what a child says.
type capped struct{ bytes.Buffer }

// Write never fails, so that the child is not stopped by what it says.
func (c *capped) Write(p []byte) (int, error) {
	if room := 4096 - c.Len(); room > 0 {
		c.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
