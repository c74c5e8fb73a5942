// Package apptest gives tests a whole Newsdesk: everything real and embedded, on free ports of this machine, on a database
// that is made once for each test program.
package apptest

import (
	"context"
	"log/slog"
	"maps"
	"testing"

	"newsdesk/internal/app"
	"newsdesk/internal/config"
	"newsdesk/internal/servicetest/storetest"
)

// Settings are the configuration that Open takes: a new data folder, free ports, a sandbox that keeps nothing, and flags over
// that.
func Settings(t testing.TB, flags map[string]any) config.Config {
	t.Helper()
	all := map[string]any{
		"listen": "127.0.0.1:0", "sandbox.listen": "127.0.0.1:0", "sandbox.state_file": "memory",
	}
	if raced {
		all["site.webp"] = false
	}
	maps.Copy(all, flags)
	if all["data"] == nil {
		all["data"] = storetest.Folder(t)
	}
	cfg, err := config.Load(config.Options{NoFile: true, Flags: all})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// Quick are flags for tests that wait for pushes.
func Quick(flags map[string]any) map[string]any {
	all := map[string]any{"site.lead": "0s", "delivery.wake_early": "1s", "delivery.sweep": "300ms"}
	maps.Copy(all, flags)
	return all
}

// Open starts a Newsdesk and closes it with the test. It serves and works on deliveries, unless change, which may be nil, says
// otherwise.
func Open(t testing.TB, flags map[string]any, change func(*app.Options)) *app.App {
	t.Helper()
	options := app.Options{
		Config: Settings(t, flags), Version: "test", Serve: true, Work: true, Migrate: true, Logger: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&options)
	}
	a, err := app.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := a.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	return a
}
