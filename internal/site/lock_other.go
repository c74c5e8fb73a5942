//go:build !unix

package site

import (
	"context"
	"os"
)

// lockFile does nothing where the system has no advisory locks: one process writes the folder there.
func lockFile(context.Context, *os.File) error { return nil }
