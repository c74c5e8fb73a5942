// Command newsdesk is the one program of Newsdesk: the server, its workers, and what an operator types.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // zones are known on a machine, or in an image, that has none

	"newsdesk/internal/cli"
)

// version is set by the linker; see the Makefile.
var version = ""

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends at once
	return cli.Program{
		Version: versionOf(version), Args: os.Args[1:], In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr, Environ: os.Environ(),
	}.Run(ctx)
}

// versionOf falls back to what the module system knows, for a program made by “go install”.
func versionOf(linked string) string {
	info, ok := debug.ReadBuildInfo()
	if linked != "" || !ok {
		return linked
	}
	return info.Main.Version
}
