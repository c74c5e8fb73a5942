package app

import (
	"context"
	"path/filepath"

	"newsdesk/internal/desk"
)

// setupFile is where the code is that lets somebody on another machine make the first administrator.
func (a *App) setupFile() string { return filepath.Join(a.Config.Data, desk.SetupFileName) }

// prepareSetup writes that code while there is no administrator who can sign in. A server without it still serves: the
// set-up works on its own machine, and by the command line.
func (a *App) prepareSetup(ctx context.Context) {
	if err := a.Desk.PrepareSetup(ctx); err != nil {
		a.opts.Logger.Error("the code of the set-up could not be written", "file", a.setupFile(), "error", err)
		return
	}
	if needed, err := a.Desk.NeedsSetup(ctx); err == nil && needed {
		a.opts.Logger.Info(
			"no administrator yet: open the newsroom to make one; from another machine the code in this file is asked for",
			"file", a.setupFile())
	}
}
