package place

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// runTied runs a child that ends with its context, whole, and with this process: an rsync left over from a process that was
// killed would bring older pages over newer ones.
func runTied(cmd *exec.Cmd) error {
	runtime.LockOSThread() // the kernel ties the child to the thread that started it
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 2 * time.Second
	err := cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // whatever it left running
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		return fmt.Errorf("place: a child of rsync went on: %w", err)
	}
	return err
}
