//go:build unix && !linux

package drill

import (
	"os/exec"
	"syscall"
)

// tied starts a process in a group of its own.
func tied(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd.Start()
}
