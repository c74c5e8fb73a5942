package app

import (
	"context"
	"errors"
)

// indexArticles makes articles searchable that are not yet, beside everything else: after a migration that was broken off,
// or a new way of making words. Until it is done searches and lists of a column miss them, and nothing else does.
func (a *App) indexArticles() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		n, err := a.Store.IndexArticles(ctx, nil)
		switch {
		case err != nil && !errors.Is(err, context.Canceled):
			a.opts.Logger.Error("articles could not be made searchable; the next start goes on with it", "done", n, "error", err)
		case n > 0:
			a.opts.Logger.Info("articles made searchable", "articles", n)
		}
	}()
	a.later(func() error {
		cancel()
		<-done
		return nil
	})
}
