//go:build !linux

package place

import (
	"os/exec"
	"time"
)

// runTied runs a child that ends with its context.
func runTied(cmd *exec.Cmd) error {
	cmd.WaitDelay = 2 * time.Second
	return cmd.Run()
}
