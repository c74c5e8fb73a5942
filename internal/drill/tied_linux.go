package drill

import (
	"os/exec"
	"runtime"
	"syscall"
)

// tied has the kernel kill a process when this program dies, by a test's timeout or by force. The kernel means the thread
// that started the process; Go's threads come and go, so one of them is kept for this alone.
func tied(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	done := make(chan error, 1)
	starts <- start{cmd, done}
	return <-done
}

type start struct {
	cmd  *exec.Cmd
	done chan error
}

var starts = make(chan start)

func init() {
	go func() {
		runtime.LockOSThread()
		for s := range starts {
			s.done <- s.cmd.Start()
		}
	}()
}
